//! Populations drawn from a scenario and counted: by individuals, by counts, or in closed form.
//!
//! Every number is a function of the scenario, the seed, the purpose, the stratum, the replicate
//! and the block, and of nothing else: not of threads, order, or which proposals are asked.

mod binomial;
mod counts;
mod exact;
#[cfg(test)]
mod fit;
#[cfg(test)]
mod fixture;
mod hypergeometric;
mod imputation;
mod individuals;
mod leaning;
mod limited;
mod microdata;
mod parameters;
mod population;
mod progress;
mod quantise;
mod realisation;
mod replicates;
mod row_map;
mod summary;
mod tally;
mod urns;

pub use exact::{Expectation, expect};
pub use imputation::{ConditionalProfiles, Imputation};
pub use microdata::{People, UnitRun, draw_microdata};
pub use population::Population;
pub use progress::{Progress, Silent};
pub use realisation::Replicate;
pub use replicates::{CellCount, Draws, Plan, count_people, draw};
pub use row_map::RowMap;
pub use summary::{Summary, summarise};
pub use urns::{Drawn, Kind, Urns};
