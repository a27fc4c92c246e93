//! Decision tables: rules with conditions, exceptions and silences, and the proof by enumeration that they
//! yield exactly one value everywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Condition;

/// What a rule yields: a constant, or a value that depends on the level of one variable
/// (`then = "$left"`).
#[derive(Debug, Clone, PartialEq)]
pub enum Then<T> {
    /// The same value everywhere.
    Always(T),
    /// One value for each level of the variable.
    By {
        /// The number of the variable.
        variable: usize,
        /// A value for each of its levels.
        values: Vec<T>,
    },
}

impl<T> Then<T> {
    /// The value for these levels.
    pub fn at(&self, levels: &[u8]) -> &T {
        match self {
            Then::Always(value) => value,
            Then::By { variable, values } => &values[usize::from(levels[*variable])],
        }
    }
}

/// A row of a decision table.
#[derive(Debug, Clone)]
pub struct Rule<T> {
    /// The rule applies where any of these conditions holds.
    pub when: Vec<Condition>,
    /// What the rule yields.
    pub then: Then<T>,
    /// The rules (by position) that it displaces where both apply.
    pub exception_to: Vec<usize>,
    /// Whether the rule applies only where no other does: it declares what the silence of a text means.
    pub silence: bool,
}

impl<T> Rule<T> {
    /// Whether the rule applies to these levels.
    pub fn applies(&self, levels: &[u8]) -> bool {
        self.when.iter().any(|condition| condition.holds(levels))
    }
}

/// Rules that map levels, one for every variable, to a value. One type serves proposals, derived
/// attributes and what each wish accepts.
///
/// Where rules with different values apply, one must be an exception to the other; a silence
/// gives way to every rule. [`DecisionTable::audit`] proves by enumeration that this leaves exactly one
/// value everywhere.
#[derive(Debug, Clone)]
pub struct DecisionTable<T> {
    /// The rules, in declared order.
    pub rules: Vec<Rule<T>>,
}

impl<T> DecisionTable<T> {
    /// The variables that some rule tests or yields the level of.
    pub fn tested(&self) -> BTreeSet<usize> {
        let in_rule = |rule: &Rule<T>| {
            let tests = rule.when.iter().flat_map(|condition| &condition.tests).map(|test| test.variable);
            let yielded = match &rule.then {
                Then::Always(_) => None,
                Then::By { variable, .. } => Some(*variable),
            };
            tests.chain(yielded).collect::<Vec<usize>>()
        };
        self.rules.iter().flat_map(in_rule).collect()
    }
}

impl<T: PartialEq + Clone> DecisionTable<T> {
    /// The rules left to decide about these levels: those that apply, without the ones displaced by an
    /// exception that applies too. In a sound table they all yield the same.
    pub fn deciding(&self, levels: &[u8]) -> Vec<usize> {
        let mut deciding = Vec::new();
        self.find_deciding(levels, &mut Vec::new(), &mut deciding);
        deciding
    }

    /// The same, into lists that can be used again.
    fn find_deciding(&self, levels: &[u8], applying: &mut Vec<usize>, deciding: &mut Vec<usize>) {
        applying.clear();
        deciding.clear();
        for silence in [false, true] {
            let rules = self.rules.iter().enumerate();
            let found = rules.filter(|(_, rule)| rule.silence == silence && rule.applies(levels));
            applying.extend(found.map(|(position, _)| position));
            if !applying.is_empty() {
                break;
            }
        }
        let displaced = |rule: &usize| applying.iter().any(|by| self.rules[*by].exception_to.contains(rule));
        deciding.extend(applying.iter().filter(|rule| !displaced(rule)));
    }

    /// The value for these levels of a table that passed its audit.
    pub fn value(&self, levels: &[u8]) -> Option<T> {
        let first = *self.deciding(levels).first()?;
        Some(self.rules[first].then.at(levels).clone())
    }

    /// Goes through all combinations of levels and reports gaps, conflicts and rules that never decide.
    pub fn audit<'l>(&self, combinations: impl IntoIterator<Item = &'l [u8]>) -> Audit {
        let mut gaps = Vec::new();
        let mut conflicts = Conflicts::default();
        let mut decides = vec![false; self.rules.len()];
        let (mut applying, mut deciding) = (Vec::new(), Vec::new());
        for (index, levels) in combinations.into_iter().enumerate() {
            self.find_deciding(levels, &mut applying, &mut deciding);
            let Some(&first) = deciding.first() else {
                gaps.push(index);
                continue;
            };
            for &rule in &deciding {
                decides[rule] = true;
                if self.rules[rule].then.at(levels) != self.rules[first].then.at(levels) {
                    conflicts.record([first, rule], index);
                }
            }
        }
        let unreachable = (0..self.rules.len()).filter(|&i| !decides[i]).collect();
        Audit { gaps, conflicts: conflicts.found, unreachable }
    }
}

/// Conflicts in the order in which they are found, and where that of a pair of rules is.
#[derive(Default)]
struct Conflicts {
    found: Vec<Conflict>,
    of_rules: BTreeMap<[usize; 2], usize>,
}

impl Conflicts {
    fn record(&mut self, rules: [usize; 2], combination: usize) {
        match self.of_rules.get(&rules) {
            Some(known) => self.found[*known].combinations.push(combination),
            None => {
                self.of_rules.insert(rules, self.found.len());
                self.found.push(Conflict { rules, combinations: vec![combination] });
            }
        }
    }
}

/// What is wrong with a table, as enumeration found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The combinations of levels that no rule reaches, by position.
    pub gaps: Vec<usize>,
    /// The pairs of rules that disagree, neither an exception to the other.
    pub conflicts: Vec<Conflict>,
    /// The rules that decide nowhere, by position.
    pub unreachable: Vec<usize>,
}

/// Two rules that yield different values for the same levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The rules, by position.
    pub rules: [usize; 2],
    /// The combinations of levels for which they do, by position.
    pub combinations: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Test;

    fn rule(variable: usize, allowed: [bool; 2], then: char, exception_to: &[usize]) -> Rule<char> {
        let test = Test { variable, allowed: allowed.to_vec() };
        Rule {
            when: vec![Condition { tests: vec![test] }],
            then: Then::Always(then),
            exception_to: exception_to.to_vec(),
            silence: false,
        }
    }

    fn combinations() -> Vec<Vec<u8>> {
        vec![vec![0, 0], vec![0, 1], vec![1, 0], vec![1, 1]]
    }

    const FIRST: [bool; 2] = [true, false];
    const BOTH: [bool; 2] = [true, true];

    #[test]
    fn an_exception_displaces_what_it_is_an_exception_to() {
        let table = DecisionTable { rules: vec![rule(0, BOTH, 'a', &[]), rule(1, FIRST, 'b', &[0])] };
        let clean = Audit { gaps: vec![], conflicts: vec![], unreachable: vec![] };
        assert_eq!(table.audit(combinations().iter().map(Vec::as_slice)), clean);
        let values: String = combinations().iter().filter_map(|levels| table.value(levels)).collect();
        assert_eq!(values, "baba");
    }

    #[test]
    fn gaps_conflicts_and_unreachable_rules_are_all_found() {
        let nowhere = rule(0, [false, false], 'c', &[]);
        let table =
            DecisionTable { rules: vec![rule(0, FIRST, 'a', &[]), rule(1, FIRST, 'b', &[]), nowhere] };
        let audit = table.audit(combinations().iter().map(Vec::as_slice));
        assert_eq!(audit.gaps, [3]);
        assert_eq!(audit.conflicts, [Conflict { rules: [0, 1], combinations: vec![0] }]);
        assert_eq!(audit.unreachable, [2]);
    }

    #[test]
    fn two_rules_with_one_value_do_not_conflict() {
        let table = DecisionTable { rules: vec![rule(0, BOTH, 'a', &[]), rule(1, FIRST, 'a', &[])] };
        assert!(table.audit(combinations().iter().map(Vec::as_slice)).conflicts.is_empty());
    }

    #[test]
    fn a_silence_speaks_only_where_no_rule_does() {
        let silence = Rule { silence: true, ..rule(0, BOTH, 's', &[]) };
        let table = DecisionTable { rules: vec![silence, rule(1, FIRST, 'a', &[])] };
        let values: String = combinations().iter().filter_map(|levels| table.value(levels)).collect();
        assert_eq!(values, "asas");
    }
}
