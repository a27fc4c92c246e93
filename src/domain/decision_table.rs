//! Decision tables: rules with conditions, exceptions and silences, and the proof by enumeration that they
//! yield exactly one value everywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Test};

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
        self.find_deciding(|rule| self.rules[rule].applies(levels), &mut deciding);
        deciding
    }

    /// Which of the rules that apply decide: all but those displaced by an exception, and silences only where no rule
    /// applies.
    fn find_deciding(&self, applies: impl Fn(usize) -> bool, deciding: &mut Vec<usize>) {
        deciding.clear();
        for silence in [false, true] {
            let rules = (0..self.rules.len()).filter(|rule| self.rules[*rule].silence == silence);
            deciding.extend(rules.filter(|rule| applies(*rule)));
            if !deciding.is_empty() {
                break;
            }
        }
        if deciding.iter().any(|rule| !self.rules[*rule].exception_to.is_empty()) {
            let displaced: Vec<usize> =
                deciding.iter().flat_map(|rule| self.rules[*rule].exception_to.iter().copied()).collect();
            deciding.retain(|rule| !displaced.contains(rule));
        }
    }

    /// The value for these levels of a table that passed its audit.
    pub fn value(&self, levels: &[u8]) -> Option<T> {
        let first = *self.deciding(levels).first()?;
        Some(self.rules[first].then.at(levels).clone())
    }

    /// Goes through every combination of levels of first variables (a profile's) with levels of further ones (readings)
    /// and reports gaps, conflicts and rules that never decide. The combination of `first` number f with `further` number
    /// g has the position `g * first.len() + f`.
    ///
    /// Each condition is asked once about each list of levels, not about each combination: it holds for a combination
    /// where its tests of the first variables and its tests of the further ones hold.
    pub fn audit(&self, first: &[&[u8]], further: &[Vec<u8>]) -> Audit {
        let split = first.first().map_or(0, |levels| levels.len());
        let conditions = Alternatives::new(self);
        let holding =
            |levels: &[u8], from: usize| conditions.holding(|test| test.variable >= split, levels, from);
        let of_further: Vec<Vec<u64>> = further.iter().map(|levels| holding(levels, split)).collect();
        let of_first: Vec<Vec<u64>> =
            first.iter().map(|levels| conditions.holding(|test| test.variable < split, levels, 0)).collect();
        let mut gaps = Vec::new();
        let mut conflicts = Conflicts::default();
        let mut decides = vec![false; self.rules.len()];
        let mut deciding = Vec::new();
        for (g, in_further) in of_further.iter().enumerate() {
            for (f, in_first) in of_first.iter().enumerate() {
                self.find_deciding(|rule| conditions.meet(rule, in_first, in_further), &mut deciding);
                let position = g * first.len() + f;
                let Some(&decider) = deciding.first() else {
                    gaps.push(position);
                    continue;
                };
                deciding.iter().for_each(|rule| decides[*rule] = true);
                if deciding.len() > 1 {
                    let levels = [first[f], &further[g]].concat();
                    let then = |rule: usize| self.rules[rule].then.at(&levels);
                    let others = deciding.iter().filter(|rule| then(**rule) != then(decider));
                    others.for_each(|rule| conflicts.record([decider, *rule], position));
                }
            }
        }
        let unreachable = (0..self.rules.len()).filter(|&i| !decides[i]).collect();
        Audit { gaps, conflicts: conflicts.found, unreachable }
    }
}

/// The conditions of all rules, each a bit, rule after rule.
struct Alternatives<'t> {
    conditions: Vec<&'t Condition>,
    /// By rule: the bits of its conditions.
    of_rule: Vec<Vec<u64>>,
}

impl<'t> Alternatives<'t> {
    fn new<T>(table: &'t DecisionTable<T>) -> Alternatives<'t> {
        let conditions: Vec<&Condition> = table.rules.iter().flat_map(|rule| &rule.when).collect();
        let mut next = 0;
        let of_rule = table.rules.iter().map(|rule| {
            let own = next..next + rule.when.len();
            next = own.end;
            bits((0..conditions.len()).map(|condition| own.contains(&condition)))
        });
        Alternatives { of_rule: of_rule.collect(), conditions }
    }

    /// The conditions whose tests of some variables hold for these levels, which begin with the variable `from`.
    fn holding(&self, tested: impl Fn(&Test) -> bool, levels: &[u8], from: usize) -> Vec<u64> {
        let holds = |test: &&Test| test.allowed[usize::from(levels[test.variable - from])];
        let conditions = self.conditions.iter();
        bits(
            conditions
                .map(|condition| condition.tests.iter().filter(|test| tested(test)).all(|test| holds(&test))),
        )
    }

    /// Whether one of a rule's conditions is among both.
    fn meet(&self, rule: usize, a: &[u64], b: &[u64]) -> bool {
        self.of_rule[rule].iter().zip(a).zip(b).any(|((rule, a), b)| rule & a & b > 0)
    }
}

/// Flags as bits of words.
fn bits(flags: impl Iterator<Item = bool>) -> Vec<u64> {
    let flags: Vec<bool> = flags.collect();
    let word = |flags: &[bool]| flags.iter().rev().fold(0, |word, flag| word << 1 | u64::from(*flag));
    flags.chunks(64).map(word).collect()
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

    /// The second variable as a further one, such as a reading.
    fn audit(table: &DecisionTable<char>) -> Audit {
        let all = combinations();
        let whole: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        let found = table.audit(&whole, &[Vec::new()]);
        let (first, further): (Vec<&[u8]>, _) = (vec![&[0], &[1]], [vec![0], vec![1]]);
        let mut in_two = table.audit(&first, &further);
        // The same combinations in another order.
        let moved = |positions: &mut Vec<usize>| {
            positions.iter_mut().for_each(|position| *position = [0, 2, 1, 3][*position]);
            positions.sort_unstable();
        };
        moved(&mut in_two.gaps);
        in_two.conflicts.iter_mut().for_each(|conflict| moved(&mut conflict.combinations));
        assert_eq!(found, in_two);
        found
    }

    #[test]
    fn an_exception_displaces_what_it_is_an_exception_to() {
        let table = DecisionTable { rules: vec![rule(0, BOTH, 'a', &[]), rule(1, FIRST, 'b', &[0])] };
        let clean = Audit { gaps: vec![], conflicts: vec![], unreachable: vec![] };
        assert_eq!(audit(&table), clean);
        let values: String = combinations().iter().filter_map(|levels| table.value(levels)).collect();
        assert_eq!(values, "baba");
    }

    #[test]
    fn gaps_conflicts_and_unreachable_rules_are_all_found() {
        let nowhere = rule(0, [false, false], 'c', &[]);
        let table =
            DecisionTable { rules: vec![rule(0, FIRST, 'a', &[]), rule(1, FIRST, 'b', &[]), nowhere] };
        let audit = audit(&table);
        assert_eq!(audit.gaps, [3]);
        assert_eq!(audit.conflicts, [Conflict { rules: [0, 1], combinations: vec![0] }]);
        assert_eq!(audit.unreachable, [2]);
    }

    #[test]
    fn two_rules_with_one_value_do_not_conflict() {
        let table = DecisionTable { rules: vec![rule(0, BOTH, 'a', &[]), rule(1, FIRST, 'a', &[])] };
        assert!(audit(&table).conflicts.is_empty());
    }

    #[test]
    fn a_silence_speaks_only_where_no_rule_does() {
        let silence = Rule { silence: true, ..rule(0, BOTH, 's', &[]) };
        let table = DecisionTable { rules: vec![silence, rule(1, FIRST, 'a', &[])] };
        let values: String = combinations().iter().filter_map(|levels| table.value(levels)).collect();
        assert_eq!(values, "asas");
    }
}
