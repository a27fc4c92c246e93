//! Targets: figures from the record that simulated results are held against.

use crate::domain::{Basis, Condition, Outcome};

/// A figure from the record, and which simulated number it is compared with.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its id within the setting.
    pub id: String,
    /// What was counted, for people.
    pub what: String,
    /// The number recorded.
    pub number: u64,
    /// The day of which it is, or by which it was complete.
    pub date: Option<String>,
    /// Who counted.
    pub by: Option<String>,
    /// Where it is found.
    pub basis: Basis,
    /// The scenario that simulates it, by its full name.
    pub scenario: String,
    /// The proposal applied, perhaps with readings; absent where people are counted whatever their outcome.
    pub proposal: Option<String>,
    /// The people counted: those for whom any of these holds.
    pub when: Vec<Condition>,
    /// The outcomes counted; absent for all.
    pub outcomes: Option<Vec<Outcome>>,
    /// How far the simulated mean may be off, as a part of the number recorded.
    pub tolerance: f64,
    /// Why as far as that.
    pub because: String,
    /// Whether the number set a size or a parameter of the scenario, so that agreement is no evidence.
    pub is_fitted: bool,
}
