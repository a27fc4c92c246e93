//! The words of the field as types: attributes, profiles, conditions, decision tables, outcomes,
//! sources. No file is read here and nothing is random.

mod condition;
mod decision_table;
mod describe;
mod engine;
mod error;
mod escape;
mod estimate;
mod millionths;
mod outcome;
mod problem;
mod setting;
mod source;
mod space;
mod stream;
mod suggestion;

pub use condition::{Condition, Test};
pub use decision_table::{Audit, Conflict, DecisionTable, Rule, Then};
pub use describe::{describe, describe_in_words};
pub use engine::Engine;
pub use error::{Access, Error};
pub(crate) use escape::escape_controls;
pub use estimate::{Estimate, Spread};
pub use millionths::{Millionths, cascade};
pub use outcome::{Outcome, OutcomeSet};
pub use problem::{Dialect, Help, Place, Problem, SourceFile};
pub use setting::Setting;
pub use source::{Basis, Citation, Source, Status};
pub use space::{Profile, Space, Variable};
pub(crate) use stream::{Purpose, Stream, below};
pub use suggestion::suggestion;
