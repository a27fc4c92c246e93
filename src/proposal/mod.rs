//! Proposals: decision tables from profile to outcome, each rule with its citation; their check,
//! explanation and comparison. Rules are pure: chance lives only in the population.

mod check;
mod check_limits;
mod definition;
mod diff;
mod explain;
mod interpretation;
mod limit;
mod name;
mod rulebook;
#[cfg(test)]
mod toy;

pub use check::check;
pub use definition::{Case, CaseOfNumbers, Proposal, Reading, RuleText};
pub use diff::{Difference, Move, diff};
pub use explain::{Alternative, Explanation, RuleTrace, explain};
pub use interpretation::Interpretation;
pub use limit::{Allotment, BILLIONTHS, Bound, Limit, LimitInForce, apply_limits};
pub use name::{ChosenReading, ProposalName};
pub use rulebook::{Rulebook, Ruling, Rulings};
