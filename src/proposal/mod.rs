//! Proposals: decision tables from profile to outcome, each rule with its citation; their check,
//! explanation and comparison. Rules are pure: chance lives only in the population.

mod check;
mod diff;
mod explain;
mod rulebook;

use crate::domain::{Citation, Condition, DecisionTable, Outcome, Place, Variable};

pub use check::check;
pub use diff::{Difference, Move, diff};
pub use explain::{Alternative, Explanation, RuleTrace, explain};
pub use rulebook::{Interpretation, Ruling, Rulings};

/// A text that says what is to happen with which prisoner.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its id, also its file's name: `1952-07-03-nam-il`.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// The day it was made, `1952-07-03`.
    pub date: Option<String>,
    /// Who made it.
    pub by: Option<String>,
    /// Anything a reader should know beforehand.
    pub note: Option<String>,
    /// Its ambiguities.
    pub readings: Vec<Reading>,
    /// What there is to say about each rule of the table, in the same order.
    pub rules: Vec<RuleText>,
    /// The rules themselves; points are a profile's levels and then the readings' levels.
    pub table: DecisionTable<Outcome>,
    /// Worked cases.
    pub cases: Vec<Case>,
    /// Where its file names it.
    pub place: Place,
}

/// A named choice between interpretations of an ambiguous passage.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its name and its values.
    pub variable: Variable,
    /// The question it answers.
    pub question: String,
    /// For each value, what it means.
    pub meanings: Vec<String>,
    /// The value in force unless another is chosen.
    pub default: u8,
    /// Where its file declares it.
    pub place: Place,
}

/// A rule's name, grounds and place.
#[derive(Debug, Clone)]
pub struct RuleText {
    /// Its id within the proposal.
    pub id: String,
    /// The passage it rests on; a silence has none.
    pub citation: Option<Citation>,
    /// What a silence means and why.
    pub note: Option<String>,
    /// Where its file states it.
    pub place: Place,
}

/// A worked case: what a historian who knows the text expects.
#[derive(Debug, Clone)]
pub struct Case {
    /// The case in words.
    pub name: String,
    /// The prisoners meant; attributes not named may be anything.
    pub profiles: Condition,
    /// The readings assumed, by number and value; the others are at their defaults.
    pub readings: Vec<(usize, u8)>,
    /// What the text does with them.
    pub expect: Outcome,
    /// Where its file states it.
    pub place: Place,
}

impl Proposal {
    /// The defaults of all readings.
    pub fn defaults(&self) -> Vec<u8> {
        self.readings.iter().map(|reading| reading.default).collect()
    }

    /// Every combination of values of the readings, the last reading changing fastest.
    pub fn combinations(&self) -> Vec<Vec<u8>> {
        let mut combinations = vec![Vec::new()];
        for reading in &self.readings {
            let values = (0..=u8::MAX).take(reading.variable.levels.len());
            combinations = combinations
                .iter()
                .flat_map(|chosen: &Vec<u8>| {
                    values.clone().map(|value| [chosen.as_slice(), &[value]].concat())
                })
                .collect();
        }
        combinations
    }

    /// The variables that rules may test: attributes, derived attributes, readings.
    pub fn variables(&self, space: &crate::domain::Space) -> Vec<Variable> {
        let readings = self.readings.iter().map(|reading| reading.variable.clone());
        space.variables().iter().cloned().chain(readings).collect()
    }
}
