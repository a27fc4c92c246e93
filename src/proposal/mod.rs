//! Proposals: decision tables from profile to outcome, each rule with its citation; their check,
//! explanation and comparison. Rules are pure: chance lives only in the population.

mod check;
mod definition;
mod diff;
mod explain;
mod interpretation;
mod name;
mod rulebook;
#[cfg(test)]
mod toy;

pub use check::check;
pub use definition::{Case, Proposal, Reading, RuleText};
pub use diff::{Difference, Move, diff};
pub use explain::{Alternative, Explanation, RuleTrace, explain};
pub use interpretation::Interpretation;
pub use name::{ChosenReading, ProposalName};
pub use rulebook::{Rulebook, Ruling, Rulings};
