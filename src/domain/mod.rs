//! The words of the field as types: attributes, profiles, conditions, decision tables, outcomes,
//! sources. No file is read here and nothing is random.

mod condition;
mod cover;
mod crossings;
mod diagnostic;
mod outcome;
mod outcome_table;
mod setting;
mod source;
mod space;
mod table;
mod transition_table;

pub use condition::{Condition, Test};
pub use cover::{describe, describe_in_words};
pub use crossings::{Crossings, Point};
pub use diagnostic::{Diagnostic, Place, SourceFile};
pub use outcome::{Outcome, OutcomeSet};
pub use outcome_table::{
    AxisValue, Engine, Millionths, Moved, OutcomeRow, OutcomeTable, PointOutcomes, RowReplicates, Sample,
    Spread, cascade,
};
pub use setting::Setting;
pub use source::{Basis, Citation, Source, Status};
pub use space::{Profile, Space, Variable};
pub use table::{Audit, Conflict, Rule, Table, Then};
pub use transition_table::{Comparison, Side, Transition, TransitionTable};
