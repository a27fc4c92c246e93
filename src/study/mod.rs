//! Questions asked of a setting, a scenario and proposals, one question in each file: options in, a result type
//! out, and one way from the result to a [`Table`](crate::table::Table).

mod breakdown;
mod citations;
pub(crate) mod columns;
mod compare;
mod crossings;
mod difference;
mod entries;
mod explain;
mod model;
mod notes;
mod outcome_rows;
mod outcomes;
mod restriction;
mod sampling;
mod setup;
mod solve;
mod target_report;
mod targets;
mod texts;
mod threads;
mod timeline;

pub use breakdown::Breakdown;
pub use citations::places_that_cite;
#[cfg(feature = "polars")]
pub(crate) use columns::BY;
pub use columns::{ALL as COLUMNS, Described};
pub use compare::{Comparison, Transition, Transitions};
pub use crossings::{Crossing, Crossings};
pub use difference::{DifferenceReport, LimitMove, PeopleMoved};
pub use entries::{Entry, entry_names, find_entries};
pub use explain::ExplanationReport;
pub use model::{Model, ModelOptions};
#[cfg(feature = "polars")]
pub(crate) use notes::notes;
pub use outcome_rows::{OutcomeRow, RowReplicates};
pub use outcomes::Outcomes;
pub use restriction::Restriction;
pub use sampling::Sampling;
pub use setup::Study;
pub use solve::{Solution, Solve, Target};
pub use target_report::{TargetReport, TargetRow, Verdict};
pub use targets::Record;
pub use texts::Texts;
#[cfg(feature = "polars")]
pub(crate) use threads::start_threads;
pub use timeline::{Timeline, TimelineReport};
