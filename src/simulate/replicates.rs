//! Independent replicates of a population, drawn by either engine and counted by row.

use std::ops::Range;

use rayon::prelude::*;

use super::progress::stop_if_cancelled;
use super::realisation::{Realisation, Replicate};
use super::tally::{self, Tally};
use super::{Population, Progress, RowMap, counts, individuals};
use crate::domain::{Engine, Error, Profile, Purpose, Stream};

/// By which engine, from which seed and how often a population is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The engine. [`expect`](super::expect) ignores it.
    pub engine: Engine,
    /// The seed.
    pub seed: u64,
    /// The number of replicates; replicate `k` is the same however many there are.
    pub replicates: u64,
}

/// Head-counts, by replicate and row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draws {
    /// The rows of the first replicate, then those of the second, and so on.
    counts: Vec<u64>,
    rows: usize,
    /// The number of places that a replicate takes up: one for each row, but at least one, so that the number of
    /// replicates can be read off the length.
    width: usize,
}

/// A number of replicates whose rows stay in the fastest memory while they are gathered.
const GATHERED_AT_ONCE: usize = 32;

impl Draws {
    /// All zeros.
    fn zeros(replicates: u64, rows: usize) -> Draws {
        let width = rows.max(1);
        Draws { counts: vec![0; replicates as usize * width], rows, width }
    }

    /// The head-counts of one row, by replicate.
    pub fn row(&self, row: usize) -> Vec<u64> {
        self.counts.iter().skip(row).step_by(self.width).copied().collect()
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The head-counts of several rows, each by replicate. Neighbouring rows are gathered together, because
    /// they lie side by side in memory.
    pub(super) fn gather(&self, rows: Range<usize>) -> Vec<Vec<u64>> {
        let mut counts = vec![Vec::with_capacity(self.counts.len() / self.width); rows.len()];
        for chunk in self.counts.chunks(GATHERED_AT_ONCE * self.width) {
            for (row, counts) in rows.clone().zip(&mut counts) {
                counts.extend(chunk.iter().skip(row).step_by(self.width));
            }
        }
        counts
    }

    /// The number of replicates.
    pub fn replicates(&self) -> u64 {
        (self.counts.len() / self.width) as u64
    }
}

/// Draws the population `plan.replicates` times and counts the rows. [`Engine::Exact`], which draws
/// nobody, is treated as [`Engine::Counts`].
///
/// # Errors
///
/// If interrupted, or if a draw of the parameters makes shares exceed 1.
pub fn draw(
    population: &Population,
    row_map: &RowMap,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Draws, Error> {
    let drawing = Drawing::new(population, plan, progress);
    let mut draws = Draws::zeros(plan.replicates, row_map.rows());
    let replicates = draws.counts.par_chunks_exact_mut(draws.width).enumerate();
    let drawn = replicates.try_for_each(|(replicate, rows)| {
        let replicate = Replicate { seed: plan.seed, number: replicate as u64 };
        let tally = drawing.draw_tally(replicate.number)?;
        row_map.count(&tally, replicate, rows);
        Ok(())
    });
    drawn.map_err(|error| drawing.realisation.earliest_failure(error, progress))?;
    Ok(draws)
}

/// People of one stratum and profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellCount {
    /// The number of the stratum.
    pub stratum: usize,
    /// Their profile.
    pub profile: Profile,
    /// Their number.
    pub people: u64,
}

/// Counts the people of one replicate by individuals: those whom [`draw_microdata`](super::draw_microdata) delivers one
/// by one. Strata and profiles with nobody in them are left out.
///
/// # Errors
///
/// If interrupted; if the parameters drawn make shares exceed 1.
pub fn count_people(
    population: &Population,
    replicate: Replicate,
    progress: &dyn Progress,
) -> Result<Vec<CellCount>, Error> {
    let plan = Plan { engine: Engine::Individuals, seed: replicate.seed, replicates: 1 };
    let drawing = Drawing::new(population, plan, progress);
    let tally = drawing.draw_tally(replicate.number)?;
    let strata = population.blueprints.iter().enumerate();
    let cells = strata.flat_map(|(stratum, blueprint)| {
        let cells = blueprint.cells.iter().zip(tally.stratum(stratum));
        cells.map(move |(cell, people)| CellCount { stratum, profile: cell.profile, people: *people })
    });
    Ok(cells.filter(|cell| cell.people > 0).collect())
}

/// What the replicates of a population have in common.
struct Drawing<'a> {
    realisation: Realisation<'a>,
    /// Where each stratum's cells lie in a tally.
    bounds: Vec<usize>,
    engine: Engine,
    progress: &'a dyn Progress,
    /// The random numbers of each stratum's people.
    streams: Vec<Stream>,
}

impl<'a> Drawing<'a> {
    fn new(population: &'a Population, plan: Plan, progress: &'a dyn Progress) -> Self {
        let purpose = match plan.engine {
            Engine::Individuals => Purpose::Individuals,
            Engine::Counts | Engine::Exact => Purpose::Counts,
        };
        let strata = population.scenario.strata.iter();
        Drawing {
            realisation: Realisation::new(population, plan.seed),
            bounds: tally::bounds(population),
            engine: plan.engine,
            progress,
            streams: strata.map(|stratum| Stream::new(purpose, &stratum.id, plan.seed)).collect(),
        }
    }

    /// Draws all people of a replicate.
    fn draw_tally(&self, replicate: u64) -> Result<Tally<'_>, Error> {
        let mut tally = Tally::zeros(&self.bounds);
        for (stratum, shares) in self.realisation.shares(replicate)?.iter().enumerate() {
            self.add_stratum(stratum, shares, replicate, tally.stratum_mut(stratum))?;
        }
        Ok(tally)
    }

    /// Draws the people of one stratum and adds them to its counts.
    fn add_stratum(
        &self,
        stratum: usize,
        shares: &[f64],
        replicate: u64,
        counts: &mut [u64],
    ) -> Result<(), Error> {
        let stream = &self.streams[stratum];
        let mut rng = stream.rng(replicate, 0);
        let mut drawn = 0;
        self.realisation.units(stratum, shares, replicate, |unit| {
            stop_if_cancelled(self.progress)?;
            match self.engine {
                Engine::Individuals => {
                    individuals::add_people(&unit, stream, replicate, self.progress, counts)
                }
                Engine::Counts | Engine::Exact => {
                    counts::add_people(unit.weights, unit.people, &mut rng, counts);
                    drawn += unit.people;
                    Ok(())
                }
            }
        })?;
        self.progress.advance(drawn);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Distribution, Quantity, Stratum};
    use crate::simulate::fixture::{self, Cancels};
    use crate::simulate::{People, Silent, draw_microdata, expect, summarise};

    /// Every engine, in units and without them, ends within a question of each thread.
    #[test]
    fn a_cancelled_simulation_leaves_the_rest_alone() {
        let large = fixture::stratum("large", 1 << 52, Quantity::Parameter(0));
        let share = fixture::parameter("share", Distribution::Uniform { min: 0.1, max: 0.2 });
        let many = Stratum { id: "many".into(), units: fixture::units(1_000_000), ..large.clone() };
        let scenario = fixture::scenario(vec![many, large], vec![share]);
        let population = Population::new(&fixture::setting(), scenario);
        let row_map = RowMap::new(&population, 40, |stratum, profile| vec![20 * stratum + profile.index()]);
        let threads = 4;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for (engine, questions) in ENGINES.into_iter().flat_map(|engine| [1, 10].map(|after| (engine, after)))
        {
            let progress = Cancels::after(questions);
            let plan = Plan { engine, seed: 1, replicates: 1_000_000 };
            let summary = pool.install(|| summarise(&population, &row_map, plan, &progress));
            assert!(matches!(summary, Err(Error::Interrupted { .. })), "{engine:?}");
            assert!((1..=threads as u64).contains(&progress.asked_afterwards()), "{engine:?}: {progress:?}");
        }
        // One question for the unit and one for each batch of its people.
        let progress = Cancels::after(3);
        let mut batches = 0;
        let each = |_: &People| {
            batches += 1;
            Ok(())
        };
        assert!(
            draw_microdata(&population, Replicate { seed: 1, number: 0 }, &pool, &progress, each).is_err()
        );
        assert_eq!((progress.asked_afterwards(), batches), (1, 2));
    }

    const ENGINES: [Engine; 3] = [Engine::Individuals, Engine::Counts, Engine::Exact];

    /// One in a thousand replicates fails, so on several threads another than the earliest often fails first.
    #[test]
    fn the_earliest_replicate_whose_shares_exceed_one_is_reported() {
        let strata = vec![fixture::stratum("one", 100, Quantity::Parameter(0))];
        let share = fixture::parameter("share", Distribution::Uniform { min: 0.0, max: 0.7007 });
        let scenario = fixture::scenario(strata, vec![share]);
        let population = Population::new(&fixture::setting(), scenario);
        let row_map = RowMap::new(&population, 0, |_, _| Vec::new());
        let plan = |replicates| Plan { engine: Engine::Counts, seed: 1, replicates };
        let draws = |replicates| draw(&population, &row_map, plan(replicates), &Silent).map(drop);
        let expects = |replicates| expect(&population, &row_map, plan(replicates), &Silent).map(drop);
        let earliest = (0..).find(|replicate| draws(replicate + 1).is_err());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        for _ in 0..20 {
            for failed in pool.install(|| [draws(20_000), expects(20_000)]) {
                match failed {
                    Err(Error::SharesExceedOne { scenario, stratum, replicate, sum }) => {
                        assert_eq!((scenario.as_str(), stratum.as_str()), ("test/test", "one"));
                        assert_eq!(Some(replicate), earliest);
                        assert!(sum > 1.0 && sum <= 1.0007, "{sum}");
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}
