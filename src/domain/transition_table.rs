use super::{Count, Outcome, Provenance};

/// A proposal under one reading, by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalName {
    /// The proposal's id.
    pub proposal: String,
    /// The readings in force, `clause-b=emended;left=retained`; empty if the text has none.
    pub reading: String,
    /// Those of them that are not the defaults.
    pub departures: String,
}

impl ProposalName {
    /// The proposal's id, with the readings that are not the defaults.
    pub fn title(&self) -> String {
        match self.departures.as_str() {
            "" => self.proposal.clone(),
            departures => format!("{} ({})", self.proposal, departures.replace(';', ", ")),
        }
    }
}

/// The people who have one outcome under a first proposal and one under a second.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The outcome under the first.
    pub from: Outcome,
    /// The outcome under the second.
    pub to: Outcome,
    /// How many people they are.
    pub people: Count,
    /// Their mean as a part of everybody, 0 to 1; absent if there is nobody at all.
    pub share: Option<f64>,
}

/// What a second proposal does with the people of each outcome of a first: the same people.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first.
    pub from: ProposalName,
    /// The second.
    pub to: ProposalName,
    /// Nine: by outcome under the first, then by outcome under the second.
    pub transitions: Vec<Transition>,
    /// The people whose outcome is not the same under both.
    pub moved: Count,
}

/// Proposals compared two by two on the same people.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionTable {
    /// The scenario's name, `korea/1952-07-03`.
    pub scenario: String,
    /// The pairs, in declared order.
    pub comparisons: Vec<Comparison>,
    /// Where the numbers come from.
    pub sample: Provenance,
}

impl TransitionTable {
    /// What every output says about its prisoners and numbers.
    pub fn notes(&self) -> Vec<String> {
        self.sample.notes(true)
    }
}
