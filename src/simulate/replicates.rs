use std::fmt;

use rayon::prelude::*;

use super::population::lean;
use super::stream::{Purpose, Stream};
use super::{Counting, Population, counts, individuals};
use crate::domain::Engine;
use crate::scenario::{Law, SharesExceedOne};

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
    let realisation = Realisation::new(population, plan, progress);
    let replicates = (0..plan.replicates).into_par_iter();
    let draws: Result<Vec<_>, Stop> =
        replicates.map(|replicate| realisation.rows(counting, replicate)).collect();
    if progress.cancelled() {
        return Err(Stop::Interrupted);
    }
    Ok(Draws(draws?))
}

/// What draws replicates of a population.
struct Realisation<'a> {
    population: &'a Population<'a>,
    plan: Plan,
    progress: &'a dyn Progress,
    leaning: Vec<Stream>,
    people: Vec<Stream>,
}

impl<'a> Realisation<'a> {
    fn new(population: &'a Population<'a>, plan: Plan, progress: &'a dyn Progress) -> Self {
        let streams = |purpose| -> Vec<Stream> {
            let strata = population.scenario.strata.iter();
            strata.map(|stratum| Stream::new(purpose, &stratum.id, plan.seed)).collect()
        };
        let people = match plan.engine {
            Engine::Individuals => streams(Purpose::Individuals),
            Engine::Counts | Engine::Exact => streams(Purpose::Counts),
        };
        Realisation { population, plan, progress, leaning: streams(Purpose::Leaning), people }
    }

    fn rows(&self, counting: &Counting, replicate: u64) -> Result<Vec<u64>, Stop> {
        let mut rows = vec![0; counting.rows];
        let parameters = self.population.parameters(self.plan.seed, replicate);
        let shares = self.population.shares(&parameters);
        let shares =
            shares.map_err(|(stratum, shares)| Stop::SharesExceedOne { replicate, stratum, shares })?;
        for (stratum, shares) in shares.into_iter().enumerate() {
            if self.progress.cancelled() {
                return Err(Stop::Interrupted);
            }
            counting.add(stratum, &self.stratum(stratum, shares, replicate), &mut rows);
        }
        Ok(rows)
    }

    /// The tally of one stratum, by cell.
    fn stratum(&self, stratum: usize, shares: Vec<Vec<f64>>, replicate: u64) -> Vec<u64> {
        let blueprint = &self.population.blueprints[stratum];
        let declared = &self.population.scenario.strata[stratum];
        let stream = &self.people[stratum];
        let mut tally = vec![0; blueprint.cells.len()];
        let mut law = blueprint.law(&shares);
        let mut people = stream.rng(replicate, 0);
        let mut draw = |unit: u64, law: &Law, size: u64| match self.plan.engine {
            Engine::Individuals => {
                let drawn = individuals::tally(law, size, stream, replicate, unit, self.progress);
                tally.iter_mut().zip(drawn).for_each(|(sum, people)| *sum += people);
            }
            Engine::Counts | Engine::Exact => {
                self.progress.advance(size);
                counts::add(law, size, &mut people, &mut tally);
            }
        };
        match &declared.units {
            None => draw(0, &law, declared.size),
            Some(units) => {
                let mut rng = self.leaning[stratum].rng(replicate, 0);
                let varied = blueprint.rows_of(units.vary);
                let mut leaning = shares.clone();
                for (unit, size) in (0..).zip(units.sizes(declared.size)) {
                    for &row in &varied {
                        lean(&shares[row], units.concentration, &mut rng, &mut leaning[row]);
                    }
                    blueprint.law_into(&leaning, &mut law);
                    draw(unit, &law, size);
                }
            }
        }
        tally
    }
}
