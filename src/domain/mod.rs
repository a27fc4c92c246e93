//! The words of the field as types: attributes, profiles, conditions, decision tables, outcomes,
//! sources. No file is read here and nothing is random.

mod condition;
mod crossings;
mod decision_table;
mod describe;
mod error;
mod outcome;
mod outcome_table;
mod problem;
mod setting;
mod source;
mod space;
mod stream;
mod suggestion;

mod transition_table;

pub use condition::{Condition, Test};
pub use crossings::{Crossings, Point};
pub use decision_table::{Audit, Conflict, DecisionTable, Rule, Then};
pub use describe::{describe, describe_in_words};
pub use error::{Access, Error};
pub use outcome::{Outcome, OutcomeSet};
pub use outcome_table::{
    Count, Engine, Millionths, OutcomeRow, OutcomeTable, Provenance, RowReplicates, Spread, cascade,
};
pub use problem::{Dialect, Help, Place, Problem, SourceFile};
pub use setting::Setting;
pub use source::{Basis, Citation, Source, Status};
pub use space::{Profile, Space, Variable};
pub(crate) use stream::{Purpose, Stream, below};
pub use suggestion::suggestion;
pub use transition_table::{Comparison, ProposalName, Transition, TransitionTable};
