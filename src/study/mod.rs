//! Questions asked of a setting, a scenario and proposals, one question in each file: options in, a result type
//! out, and one way from the result to a [`Table`](crate::table::Table).

mod breakdown;
pub(crate) mod columns;
mod compare;
mod crossings;
mod difference;
mod explain;
mod model;
mod notes;
mod outcome_rows;
mod outcomes;
mod setup;
mod solve;
mod texts;
mod threads;

pub use breakdown::Breakdown;
pub use columns::{ALL as COLUMNS, BY, Described};
pub use compare::{Comparison, Transition, Transitions, count_pairs};
pub use crossings::{Crossing, Crossings, find_crossings};
pub use difference::{DifferenceReport, PeopleMoved};
pub use explain::ExplanationReport;
pub use model::{Model, ModelOptions};
#[cfg(feature = "polars")]
pub(crate) use notes::notes;
pub use outcome_rows::{OutcomeRow, OutcomeRows, RowReplicates};
pub use outcomes::Outcomes;
pub use setup::Study;
pub use solve::{Solution, Solve, Target};
pub use texts::Texts;
pub use threads::start_threads;
