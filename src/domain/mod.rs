//! The words of the field as types: attributes, profiles, conditions, decision tables, outcomes,
//! sources. No file is read here and nothing is random.

mod condition;
mod control;
mod decision_table;
mod describe;
mod engine;
mod error;
mod estimate;
mod millionths;
mod normal_form;
mod numbers_version;
mod outcome;
mod problem;
mod reserved;
mod setting;
mod source;
mod space;
mod stream;
mod suggestion;

pub use condition::{Condition, Test};
#[cfg(feature = "polars")]
pub(crate) use control::escape_line;
pub(crate) use control::{escape_controls, is_control};
pub use decision_table::{Audit, Conflict, DecisionTable, Rule, Then};
pub use describe::{describe, describe_in_words};
pub use engine::Engine;
pub use error::{Access, Error};
pub use estimate::{Estimate, Spread};
pub use millionths::{Millionths, cascade};
pub(crate) use normal_form::compose;
pub use numbers_version::NUMBERS_VERSION;
pub use outcome::{Outcome, OutcomeKind, OutcomeList, OutcomeSet, OutcomeText};
pub use problem::{Dialect, Help, Place, Problem, SourceFile};
pub(crate) use reserved::is_reserved;
pub use setting::Setting;
pub use source::{Basis, Citation, Source, Status};
pub use space::{Profile, Space, Variable};
pub(crate) use stream::{Purpose, Stream, below};
pub use suggestion::{nearest, suggestion};
