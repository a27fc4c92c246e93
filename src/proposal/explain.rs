//! Why a proposal gives one profile its outcome: the rules that decide, why the others do not, and what other
//! readings would give.

use super::definition::Proposal;
use super::interpretation::Interpretation;
use super::limit::LimitInForce;
use super::rulebook::Rulebook;
use crate::domain::{Outcome, Profile, Setting, Space, Test};

/// Why a proposal gives one profile its outcome.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The outcome.
    pub outcome: Outcome,
    /// The rules that decide; all yield the same outcome.
    pub deciding: Vec<usize>,
    /// Why each of the other rules does not decide.
    pub others: Vec<RuleTrace>,
    /// The outcome under each other value of each reading, the other readings unchanged.
    pub alternatives: Vec<Alternative>,
    /// The limits that the profile's people are subject to, by position in the rulebook.
    pub limits: Vec<usize>,
    /// How many combinations of readings give each outcome of the setting, in its order.
    pub over_all_readings: Vec<usize>,
}

/// Why a rule does not decide.
#[derive(Debug, Clone)]
pub enum RuleTrace {
    /// It applies, but gives way to an exception or, if it is a silence, to any rule.
    GivesWay {
        /// The rule.
        rule: usize,
        /// The rule that prevails over it.
        to: usize,
    },
    /// It does not apply.
    DoesNotApply {
        /// The rule.
        rule: usize,
        /// The tests that fail, of the alternative condition with the fewest.
        unmet: Vec<Test>,
    },
}

/// The outcome under another value of one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The reading, by position.
    pub reading: usize,
    /// Its other value.
    pub value: u8,
    /// The outcome under that value.
    pub outcome: Outcome,
    /// Whether a limit may then take such people the outcome.
    pub limited: bool,
}

/// Explains the outcome that a rulebook gives a profile.
pub fn explain(setting: &Setting, rulebook: &Rulebook, profile: Profile) -> Explanation {
    let space = &setting.space;
    let (proposal, ruling) = (rulebook.proposal(), rulebook.ruling_on(profile));
    let point = rulebook.interpretation.point(space, profile);
    let deciding = proposal.table.deciding(&point);
    let others = (0..proposal.rules.len()).filter(|rule| !deciding.contains(rule));
    let others = others.map(|rule| trace_idle_rule(proposal, &point, rule, ruling.rule)).collect();
    let mut over_all_readings = vec![0; setting.outcomes.iter().count()];
    for chosen in proposal.combinations() {
        if let Some(outcome) = proposal.table.value(&[space.levels(profile), &chosen].concat()) {
            over_all_readings[outcome.index()] += 1;
        }
    }
    let alternatives = find_alternatives(space, &rulebook.interpretation, profile);
    let limits = limits_on(rulebook, profile);
    Explanation { outcome: ruling.outcome, deciding, others, alternatives, limits, over_all_readings }
}

/// The limits that may take a profile's people their outcome, or the one that an earlier limit left them.
fn limits_on(rulebook: &Rulebook, profile: Profile) -> Vec<usize> {
    let outcomes = rulebook.outcomes_of(profile);
    let limits = rulebook.limits.iter().enumerate();
    let subject = limits.filter(|(_, limit)| limit.concerns(profile) && outcomes.contains(&limit.outcome));
    subject.map(|(position, _)| position).collect()
}

/// Why a rule does not decide at a point where `deciding` does.
fn trace_idle_rule(proposal: &Proposal, point: &[u8], rule: usize, deciding: usize) -> RuleTrace {
    let rules = &proposal.table.rules;
    if rules[rule].applies(point) {
        let exception = (0..rules.len())
            .find(|&other| rules[other].applies(point) && rules[other].exception_to.contains(&rule));
        return RuleTrace::GivesWay { rule, to: exception.unwrap_or(deciding) };
    }
    let unmet = rules[rule].when.iter().map(|condition| condition.failing(point).cloned().collect());
    RuleTrace::DoesNotApply { rule, unmet: unmet.min_by_key(Vec::len).unwrap_or_default() }
}

/// The outcomes with one reading changed at a time.
fn find_alternatives(space: &Space, interpretation: &Interpretation, profile: Profile) -> Vec<Alternative> {
    let mut alternatives = Vec::new();
    for (reading, declared) in interpretation.proposal.readings.iter().enumerate() {
        for value in declared.values().filter(|value| *value != interpretation.chosen[reading]) {
            let mut point = interpretation.point(space, profile);
            point[space.variables().len() + reading] = value;
            if let Some(outcome) = interpretation.proposal.table.value(&point) {
                let readings = &point[space.variables().len()..];
                let limits = LimitInForce::all(space, &interpretation.proposal.limits, readings);
                let limited = limits.iter().any(|limit| limit.outcome == outcome && limit.concerns(profile));
                alternatives.push(Alternative { reading, value, outcome, limited });
            }
        }
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::super::toy::{self, RELEASED, REPATRIATED, RETAINED};
    use super::*;
    use crate::domain::{Rule, Then};

    /// The profile with these levels.
    fn profile(levels: [u8; 2]) -> Profile {
        toy::setting().space.profile(&levels).unwrap()
    }

    fn explain_toy(rules: Vec<(String, Rule<Outcome>)>, levels: [u8; 2]) -> Explanation {
        explain(&toy::setting(), &toy::compile(toy::proposal(Vec::new(), rules)), profile(levels))
    }

    fn rules() -> Vec<(String, Rule<Outcome>)> {
        vec![
            toy::rule("everybody", &[], REPATRIATED),
            toy::exception(0, toy::rule("stay", &[(0, &[0]), (1, &[1])], RELEASED)),
        ]
    }

    #[test]
    fn an_exception_decides_and_the_rule_gives_way_to_it() {
        let why = explain_toy(rules(), [0, 1]);
        assert_eq!((why.outcome, &why.deciding[..]), (RELEASED, &[1][..]));
        assert!(matches!(why.others[..], [RuleTrace::GivesWay { rule: 0, to: 1 }]), "{:?}", why.others);
    }

    #[test]
    fn a_rule_that_does_not_apply_names_its_unmet_tests() {
        let why = explain_toy(rules(), [1, 1]);
        assert_eq!((why.outcome, &why.deciding[..]), (REPATRIATED, &[0][..]));
        let [RuleTrace::DoesNotApply { rule: 1, unmet }] = &why.others[..] else {
            panic!("{:?}", why.others)
        };
        assert_eq!(unmet.iter().map(|test| test.variable).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn the_nearest_of_alternative_conditions_is_shown() {
        let (id, mut stay) = toy::rule("stay", &[(0, &[0]), (1, &[1])], RELEASED);
        stay.when.extend(toy::rule("", &[(1, &[2])], RELEASED).1.when);
        let everybody = toy::rule("everybody", &[], REPATRIATED);
        let why = explain_toy(vec![everybody, toy::exception(0, (id, stay))], [1, 0]);
        let [RuleTrace::DoesNotApply { unmet, .. }] = &why.others[..] else { panic!("{:?}", why.others) };
        assert_eq!(unmet.iter().map(|test| test.variable).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_silence_gives_way_to_any_rule() {
        let unc = toy::rule("unc", &[(0, &[0])], RELEASED);
        let rules = vec![toy::silence(toy::rule("silence", &[], RETAINED)), unc];
        let why = explain_toy(rules, [0, 0]);
        assert!(matches!(why.others[..], [RuleTrace::GivesWay { rule: 0, to: 1 }]), "{:?}", why.others);
    }

    #[test]
    fn alternatives_change_one_reading_at_a_time() {
        let (id, rule) = toy::rule("all", &[], RETAINED);
        let values = vec![RETAINED, RELEASED, REPATRIATED];
        let all = (id, Rule { then: Then::By { variable: toy::FIRST_READING, values }, ..rule });
        let late = toy::rule("late", &[(toy::FIRST_READING + 1, &[1])], RETAINED);
        let readings = vec![
            toy::reading("left", &["retained", "released", "repatriated"]),
            toy::reading("late", &["no", "yes"]),
        ];
        let rulebook = toy::compile(toy::proposal(readings, vec![all, toy::exception(0, late)]));
        let why = explain(&toy::setting(), &rulebook, profile([0, 0]));
        let alternative = |reading, value, outcome| Alternative { reading, value, outcome, limited: false };
        let expected =
            [alternative(0, 1, RELEASED), alternative(0, 2, REPATRIATED), alternative(1, 1, RETAINED)];
        assert_eq!(why.alternatives, expected);
        // The rule `late` retains under three of the six combinations, `left` under one of the others.
        let mut expected = [0; 3];
        expected[RETAINED.index()] = 4;
        expected[RELEASED.index()] = 1;
        expected[REPATRIATED.index()] = 1;
        assert_eq!(why.over_all_readings, expected);
    }
}
