use std::fmt;

use rayon::prelude::*;

use super::realisation::Realisation;
use super::stream::{Purpose, Stream};
use super::{Counting, Population, counts, individuals};
use crate::domain::Engine;
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

/// Head-counts, by replicate and row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draws(Vec<Vec<u64>>);

impl Draws {
    /// Head-counts of one row, by replicate.
    pub fn row(&self, row: usize) -> Vec<u64> {
        self.0.iter().map(|rows| rows[row]).collect()
    }

    /// Number of replicates.
    pub fn replicates(&self) -> u64 {
        self.0.len() as u64
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
    counting: &Counting,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Draws, Stop> {
    let drawing = Drawing::new(population, counting, plan, progress);
    let draws: Result<Vec<_>, Stop> =
        (0..plan.replicates).into_par_iter().map(|replicate| drawing.rows(replicate)).collect();
    if progress.cancelled() {
        return Err(Stop::Interrupted);
    }
    Ok(Draws(draws?))
}

/// Draws the people of replicates, by individuals or by counts.
struct Drawing<'a> {
    realisation: Realisation<'a>,
    counting: &'a Counting,
    engine: Engine,
    progress: &'a dyn Progress,
    people: Vec<Stream>,
}

impl<'a> Drawing<'a> {
    fn new(
        population: &'a Population<'a>,
        counting: &'a Counting,
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

    fn rows(&self, replicate: u64) -> Result<Vec<u64>, Stop> {
        let mut rows = vec![0; self.counting.rows];
        for (stratum, shares) in self.realisation.shares(replicate)?.iter().enumerate() {
            if self.progress.cancelled() {
                return Err(Stop::Interrupted);
            }
            let tally = self.tally(stratum, shares, replicate)?;
            self.counting.add(stratum, &tally, &mut rows);
        }
        Ok(rows)
    }

    /// The tally of one stratum, by cell.
    fn tally(&self, stratum: usize, shares: &[Vec<f64>], replicate: u64) -> Result<Vec<u64>, Stop> {
        let stream = &self.people[stratum];
        let mut tally = vec![0; self.counting.of_cell[stratum].len()];
        let mut rng = stream.rng(replicate, 0);
        self.realisation.units(stratum, shares, replicate, |unit| {
            match self.engine {
                Engine::Individuals => {
                    individuals::add(&unit, stream, replicate, self.progress, &mut tally);
                }
                Engine::Counts | Engine::Exact => {
                    counts::add(unit.law, unit.people, &mut rng, &mut tally);
                    self.progress.advance(unit.people);
                }
            }
            Ok(())
        })?;
        Ok(tally)
    }
}
