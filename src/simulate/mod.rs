//! Populations drawn from a scenario and counted: by individuals, by counts, or in closed form.
//!
//! Every number is a function of the scenario, the seed, the purpose, the stratum, the replicate
//! and the block, and of nothing else: not of threads, order, or which proposals are asked.

mod binomial;
mod counts;
mod exact;
#[cfg(test)]
mod fit;
mod imputation;
mod individuals;

mod leaning;
mod microdata;
mod moves;
mod outcomes;
mod population;
mod realisation;
mod replicates;
mod solve;
mod summary;

pub use exact::{Expectation, expect};
pub use imputation::{Conditional, Imputation};
pub use microdata::{People, Stretch, microdata};
pub use moves::{moves, pair_counting, side, transitions};
pub use outcomes::{Column, OutcomeRows, outcomes, sample};
pub use population::{Population, RowMap};
pub use replicates::{Draws, Plan, Progress, Silent, Stop, draw};
pub use solve::{Varied, crossings};
pub use summary::{Summary, summarise};
