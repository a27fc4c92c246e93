use super::{Interpretation, Proposal};
use crate::domain::{Outcome, Profile, Space, Test};

/// Why a proposal does what it does with one profile.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The outcome.
    pub outcome: Outcome,
    /// Rules that decide: all agree.
    pub deciding: Vec<usize>,
    /// Every other rule, with why it does not decide.
    pub others: Vec<RuleTrace>,
    /// What each other value of each reading would give, the rest left as they are.
    pub alternatives: Vec<Alternative>,
    /// How many combinations of readings give each outcome, by [`Outcome::index`].
    pub over_all_readings: [usize; 3],
}

/// Why a rule does not decide.
#[derive(Debug, Clone)]
pub enum RuleTrace {
    /// It applies, but gives way to an exception or, as a silence, to any rule.
    GivesWay {
        /// The rule.
        rule: usize,
        /// What prevails over it.
        to: usize,
    },
    /// It does not apply.
    DoesNotApply {
        /// The rule.
        rule: usize,
        /// The demands it makes that are not met, of the alternative that comes nearest.
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
    /// What that would give.
    pub outcome: Outcome,
}

/// Explains what an interpretation does with a profile. `None` if the proposal leaves the
/// profile open, which [`check`](super::check) would have said.
pub fn explain(space: &Space, how: &Interpretation, profile: Profile) -> Option<Explanation> {
    let proposal = &how.proposal;
    let point = how.point(space, profile);
    let table = &proposal.table;
    let outcome = table.value(&point)?;
    let deciding = table.deciding(&point);
    let others = (0..table.rules.len())
        .filter(|rule| !deciding.contains(rule))
        .map(|rule| trace(proposal, &point, rule, &deciding))
        .collect();
    let mut over_all_readings = [0; 3];
    for chosen in proposal.combinations() {
        let outcome = table.value(&[space.levels(profile), &chosen].concat())?;
        over_all_readings[outcome.index()] += 1;
    }
    let alternatives = alternatives(space, how, profile);
    Some(Explanation { outcome, deciding, others, alternatives, over_all_readings })
}

fn trace(proposal: &Proposal, point: &[u8], rule: usize, deciding: &[usize]) -> RuleTrace {
    let rules = &proposal.table.rules;
    if rules[rule].applies(point) {
        let exception = (0..rules.len())
            .find(|&other| rules[other].applies(point) && rules[other].exception_to.contains(&rule));
        return RuleTrace::GivesWay { rule, to: exception.unwrap_or(deciding[0]) };
    }
    let unmet = rules[rule].when.iter().map(|condition| condition.failing(point).cloned().collect());
    RuleTrace::DoesNotApply { rule, unmet: unmet.min_by_key(Vec::len).unwrap_or_default() }
}

fn alternatives(space: &Space, how: &Interpretation, profile: Profile) -> Vec<Alternative> {
    let mut alternatives = Vec::new();
    for (reading, declared) in how.proposal.readings.iter().enumerate() {
        for value in 0..declared.variable.levels.len() as u8 {
            let mut point = how.point(space, profile);
            let position = space.variables().len() + reading;
            if std::mem::replace(&mut point[position], value) == value {
                continue;
            }
            if let Some(outcome) = how.proposal.table.value(&point) {
                alternatives.push(Alternative { reading, value, outcome });
            }
        }
    }
    alternatives
}
