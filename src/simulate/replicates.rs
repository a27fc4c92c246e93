use std::fmt;
use std::ops::Range;

use rayon::prelude::*;

use super::realisation::Realisation;
use super::{Population, RowMap, counts, individuals};
use crate::domain::{Engine, Error};
use crate::domain::{Purpose, Stream};
use crate::scenario::SharesExceedOne;

/// Hears how a simulation gets on, and may stop it.
pub trait Progress: Sync {
    /// So many more people have been drawn.
    fn advance(&self, people: u64);
    /// Whether to stop; asked before every block of people and every replicate.
    fn cancelled(&self) -> bool;
}

/// Says nothing and never stops.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: u64) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// By individuals or by counts; for [`expect`](super::expect) it does not matter.
    pub engine: Engine,
    /// The seed.
    pub seed: u64,
    /// How many replicates; replicate `k` is the same however many there are.
    pub replicates: u64,
}

/// Why a simulation ended early.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// [`Progress::cancelled`] said so.
    Interrupted,
    /// The parameters drawn leave no room for the rest of a stratum's shares.
    SharesExceedOne {
        /// The replicate in which it happened.
        replicate: u64,
        /// The stratum, by number.
        stratum: usize,
        /// What exceeded 1.
        shares: SharesExceedOne,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Interrupted => f.write_str("interrupted"),
            Stop::SharesExceedOne { replicate, stratum, shares } => {
                write!(f, "replicate {replicate}, stratum {stratum}: {shares}")
            }
        }
    }
}

impl std::error::Error for Stop {}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Error {
        match stop {
            Stop::Interrupted => Error::INTERRUPTED,
            Stop::SharesExceedOne { replicate, stratum, shares } => Error::SharesExceedOne {
                scenario: "the scenario".into(),
                stratum: format!("number {}", stratum + 1),
                replicate,
                sum: shares.sum,
            },
        }
    }
}

/// Head-counts, by replicate and row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draws {
    /// The rows of one replicate after those of the other.
    counts: Vec<u64>,
    /// How many places a replicate takes up.
    width: usize,
}

/// Replicates whose rows stay in the fastest memory while they are gathered.
const FEW: usize = 32;

impl Draws {
    /// Of nobody yet; a replicate without rows still takes up a place, so that it is one.
    fn none(replicates: u64, rows: usize) -> Draws {
        let width = rows.max(1);
        Draws { counts: vec![0; replicates as usize * width], width }
    }

    /// Head-counts of one row, by replicate.
    pub fn row(&self, row: usize) -> Vec<u64> {
        self.counts.iter().skip(row).step_by(self.width).copied().collect()
    }

    /// Head-counts of rows, each by replicate: at once, because they lie side by side.
    pub(super) fn rows(&self, rows: Range<usize>) -> Vec<Vec<u64>> {
        let mut counts = vec![Vec::with_capacity(self.counts.len() / self.width); rows.len()];
        for few in self.counts.chunks(FEW * self.width) {
            for (row, counts) in rows.clone().zip(&mut counts) {
                counts.extend(few.iter().skip(row).step_by(self.width));
            }
        }
        counts
    }

    /// Number of replicates.
    pub fn replicates(&self) -> u64 {
        (self.counts.len() / self.width) as u64
    }
}

/// Draws the population `plan.replicates` times and counts the rows; [`Engine::Exact`], which draws
/// nobody, is taken for [`Engine::Counts`].
///
/// # Errors
///
/// If interrupted, or if a draw of the parameters makes shares exceed 1.
pub fn draw(
    population: &Population<'_>,
    counting: &RowMap,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Draws, Stop> {
    let drawing = Drawing::new(population, counting, plan, progress);
    let mut draws = Draws::none(plan.replicates, counting.rows);
    let replicates = draws.counts.par_chunks_exact_mut(draws.width).enumerate();
    let drawn = replicates.try_for_each(|(replicate, rows)| drawing.rows(replicate as u64, rows));
    if progress.cancelled() {
        return Err(Stop::Interrupted);
    }
    drawn.map(|()| draws)
}

/// Draws the people of replicates, by individuals or by counts.
struct Drawing<'a> {
    realisation: Realisation<'a>,
    counting: &'a RowMap,
    engine: Engine,
    progress: &'a dyn Progress,
    people: Vec<Stream>,
}

impl<'a> Drawing<'a> {
    fn new(
        population: &'a Population<'a>,
        counting: &'a RowMap,
        plan: Plan,
        progress: &'a dyn Progress,
    ) -> Self {
        let purpose = match plan.engine {
            Engine::Individuals => Purpose::Individuals,
            Engine::Counts | Engine::Exact => Purpose::Counts,
        };
        let strata = population.scenario.strata.iter();
        let people = strata.map(|stratum| Stream::new(purpose, &stratum.id, plan.seed)).collect();
        let realisation = Realisation::new(population, plan.seed);
        Drawing { realisation, counting, engine: plan.engine, progress, people }
    }

    fn rows(&self, replicate: u64, rows: &mut [u64]) -> Result<(), Stop> {
        let mut tally = Vec::new();
        for (stratum, shares) in self.realisation.shares(replicate)?.iter().enumerate() {
            if self.progress.cancelled() {
                return Err(Stop::Interrupted);
            }
            self.tally(stratum, shares, replicate, &mut tally)?;
            self.counting.add(stratum, &tally, rows);
        }
        Ok(())
    }

    /// The tally of one stratum, by cell, in place of another's.
    fn tally(
        &self,
        stratum: usize,
        shares: &[f64],
        replicate: u64,
        tally: &mut Vec<u64>,
    ) -> Result<(), Stop> {
        let stream = &self.people[stratum];
        tally.clear();
        tally.resize(self.counting.of_cell[stratum].len(), 0);
        let mut rng = stream.rng(replicate, 0);
        let mut drawn = 0;
        self.realisation.units(stratum, shares, replicate, |unit| {
            match self.engine {
                Engine::Individuals => {
                    individuals::add(&unit, stream, replicate, self.progress, tally);
                }
                Engine::Counts | Engine::Exact => {
                    counts::add(unit.law, unit.people, &mut rng, tally);
                    drawn += unit.people;
                }
            }
            Ok(())
        })?;
        self.progress.advance(drawn);
        Ok(())
    }
}
