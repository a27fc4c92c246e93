//! What a proposal's file declares: its readings, its rules and limits with their citations, and its worked cases.

use std::collections::BTreeSet;

use super::limit::Limit;
use crate::domain::{Citation, Condition, DecisionTable, Outcome, OutcomeSet, Place, Space, Then, Variable};

/// A text that says what is to happen to which prisoner.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its id, also its file's name.
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
    /// The name, citation and place of each rule of the table, in the same order.
    pub rules: Vec<RuleText>,
    /// The rules themselves; points are a profile's levels followed by the readings' values.
    pub table: DecisionTable<Outcome>,
    /// Rules on numbers, applied after the table in this order.
    pub limits: Vec<Limit>,
    /// Worked cases of the table.
    pub cases: Vec<Case>,
    /// Worked cases of the limits.
    pub cases_of_numbers: Vec<CaseOfNumbers>,
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

impl Reading {
    /// The most values a reading may have: their numbers are bytes.
    pub const MAX_VALUES: usize = 256;

    /// Its values by number, in declared order.
    pub fn values(&self) -> impl Iterator<Item = u8> + Clone + use<> {
        (0..=u8::MAX).take(self.variable.levels.len())
    }
}

/// A rule's name, citation and place.
#[derive(Debug, Clone)]
pub struct RuleText {
    /// Its id within the proposal.
    pub id: String,
    /// The passage it rests on; a silence has none.
    pub citation: Option<Citation>,
    /// What a silence means and why.
    pub note: Option<String>,
    /// Whether the text asks once more, and gives the outcome to those who then ask for it: it is against nobody's wish.
    pub on_request: bool,
    /// Where its file states it.
    pub place: Place,
}

/// A worked case: what a historian who knows the text expects.
#[derive(Debug, Clone)]
pub struct Case {
    /// The case in words.
    pub name: String,
    /// The prisoners it describes; attributes not named may have any level.
    pub profiles: Condition,
    /// The readings assumed, by position and value; the others are at their defaults.
    pub readings: Vec<(usize, u8)>,
    /// The outcome the text gives them.
    pub expect: Outcome,
    /// Where its file states it.
    pub place: Place,
}

/// A worked case of limits: so many people of some profiles, and how many have each outcome.
#[derive(Debug, Clone)]
pub struct CaseOfNumbers {
    /// The case in words.
    pub name: String,
    /// The people: whom a condition describes, and their number.
    pub people: Vec<(Condition, u64)>,
    /// The readings assumed, by position and value; the others are at their defaults.
    pub readings: Vec<(usize, u8)>,
    /// The number of people with each outcome; no others have any.
    pub expect: Vec<(Outcome, u64)>,
    /// Where its file states it.
    pub place: Place,
}

impl Proposal {
    /// The default value of every reading.
    pub fn defaults(&self) -> Vec<u8> {
        self.readings.iter().map(|reading| reading.default).collect()
    }

    /// Every combination of values of the readings, the last reading changing fastest.
    pub fn combinations(&self) -> Vec<Vec<u8>> {
        let mut combinations = vec![Vec::new()];
        for reading in &self.readings {
            let extended = |chosen: &Vec<u8>| -> Vec<Vec<u8>> {
                reading.values().map(|value| [chosen.as_slice(), &[value]].concat()).collect()
            };
            combinations = combinations.iter().flat_map(extended).collect();
        }
        combinations
    }

    /// The outcomes that it can give somebody under some of its readings.
    pub fn outcomes(&self) -> OutcomeSet {
        let of_rule = |then: &Then<Outcome>| -> Vec<Outcome> {
            match then {
                Then::Always(outcome) => vec![*outcome],
                Then::By { values, .. } => values.clone(),
            }
        };
        let of_table: OutcomeSet = self.table.rules.iter().flat_map(|rule| of_rule(&rule.then)).collect();
        self.limits.iter().map(Limit::outcomes_of_rest).fold(of_table, OutcomeSet::union)
    }

    /// The variables that some rule or limit tests, or yields the level of.
    pub fn tested(&self) -> BTreeSet<usize> {
        let of_limits = self.limits.iter().flat_map(Limit::tested);
        self.table.tested().into_iter().chain(of_limits).collect()
    }

    /// The variables that rules may test: attributes, derived attributes, readings.
    pub fn variables(&self, space: &Space) -> Vec<Variable> {
        let readings = self.readings.iter().map(|reading| reading.variable.clone());
        space.variables().iter().cloned().chain(readings).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::toy;

    #[test]
    fn the_last_reading_changes_fastest() {
        let readings = vec![toy::reading("a", &["0", "1"]), toy::reading("b", &["0", "1", "2"])];
        let combinations = toy::proposal(readings, Vec::new()).combinations();
        let expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        assert_eq!(combinations, expected.map(|chosen| chosen.to_vec()));
    }

    #[test]
    fn a_proposal_without_readings_has_one_combination() {
        assert_eq!(toy::proposal(Vec::new(), Vec::new()).combinations(), [Vec::<u8>::new()]);
    }

    /// 256 does not fit into the byte that numbers a value.
    #[test]
    fn a_reading_may_have_as_many_values_as_a_byte() {
        let values: Vec<String> = (0..256).map(|value| value.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let combinations = toy::proposal(vec![toy::reading("a", &values)], Vec::new()).combinations();
        assert_eq!(combinations.len(), 256);
        assert_eq!(combinations[255], [255]);
    }
}
