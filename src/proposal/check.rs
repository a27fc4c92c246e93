//! Proves by enumeration that a proposal is complete, free of conflict and without idle parts.

use super::check_limits::check_limits;
use super::definition::{Case, Proposal};
use crate::domain::{Conflict, Problem, Profile, Setting, Space, Variable, describe_in_words};

/// The most points (profiles times combinations of readings) that are enumerated.
const MAX_POINTS: usize = 1 << 20;

/// Proves by enumeration that a proposal gives every profile exactly one outcome under every combination of its
/// readings, that each rule and reading matters, and that its worked cases come out as expected. Returns
/// everything that is wrong.
pub fn check(setting: &Setting, proposal: &Proposal) -> Vec<Problem> {
    let cycles = find_exception_cycles(proposal);
    if !cycles.is_empty() {
        return cycles;
    }
    let space = &setting.space;
    let readings = proposal.readings.iter().map(|reading| reading.variable.levels.len());
    let combinations = readings.fold(1usize, usize::saturating_mul);
    let profiles = space.distinct_profiles(&proposal.tested());
    if combinations.saturating_mul(profiles.len()) > MAX_POINTS {
        let what = format!(
            "{} profiles times {combinations} combinations of readings are more than the {MAX_POINTS} \
             that can be checked",
            profiles.len(),
        );
        return vec![Problem::at(&proposal.place, what).help("split the proposal or remove a reading")];
    }
    let mut problems = audit_table(setting, proposal, &profiles);
    problems.extend(find_unused_readings(space, proposal));
    if problems.is_empty() {
        // Limits are applied to what a sound table gives.
        problems.extend(check_limits(setting, proposal, &profiles));
    }
    problems.extend(proposal.cases.iter().filter_map(|case| refute(setting, proposal, &profiles, case)));
    problems
}

fn find_exception_cycles(proposal: &Proposal) -> Vec<Problem> {
    let cyclic = (0..proposal.rules.len()).filter(|&rule| is_exception_to_itself(proposal, rule));
    let problem = |rule: usize| {
        let text = &proposal.rules[rule];
        Problem::at(&text.place, format!("rule `{}` is in a cycle of exceptions", text.id))
            .label("an exception to itself")
            .help("keep `exception_to` only on the rule that prevails")
    };
    cyclic.map(problem).collect()
}

/// Whether the rule is an exception to itself, directly or through other rules.
fn is_exception_to_itself(proposal: &Proposal, rule: usize) -> bool {
    let rules = &proposal.table.rules;
    let mut seen = vec![false; rules.len()];
    let mut next = rules[rule].exception_to.clone();
    while let Some(other) = next.pop() {
        if !std::mem::replace(&mut seen[other], true) {
            next.extend(&rules[other].exception_to);
        }
    }
    seen[rule]
}

/// Everything that is wrong with the table of rules: gaps, conflicts, rules that decide nothing.
fn audit_table(setting: &Setting, proposal: &Proposal, profiles: &[Profile]) -> Vec<Problem> {
    let space = &setting.space;
    let variables = proposal.variables(space);
    let combinations = proposal.combinations();
    let levels: Vec<&[u8]> = profiles.iter().map(|profile| space.levels(*profile)).collect();
    let audit = proposal.table.audit(&levels, &combinations);
    if audit.gaps.is_empty() && audit.conflicts.is_empty() {
        let idle = audit.unreachable.into_iter();
        return idle.map(|rule| unreachable_problem(proposal, rule)).collect();
    }
    let with = |chosen| levels.iter().map(move |levels| [*levels, chosen].concat());
    let points: Vec<Vec<u8>> = combinations.iter().flat_map(|chosen| with(chosen.as_slice())).collect();
    let mut problems = Vec::new();
    if !audit.gaps.is_empty() {
        problems.push(gap_problem(proposal, &variables, &points, audit.gaps));
    }
    for (number, conflict) in audit.conflicts.into_iter().enumerate() {
        // Describing where rules conflict is slow, and only the first problems are shown.
        let combinations = conflict.combinations.clone();
        let problem = conflict_problem(setting, proposal, &points, conflict);
        problems.push(match number < Problem::SHOWN {
            true => problem.notes(describe_in_words(&variables, &points, combinations)),
            false => problem,
        });
    }
    problems.extend(audit.unreachable.into_iter().map(|rule| unreachable_problem(proposal, rule)));
    problems
}

fn gap_problem(proposal: &Proposal, variables: &[Variable], points: &[Vec<u8>], gaps: Vec<usize>) -> Problem {
    let what = format!(
        "proposal `{}` leaves {} of {} profiles and readings without an outcome",
        proposal.id,
        gaps.len(),
        points.len(),
    );
    Problem::at(&proposal.place, what)
        .label("no rule applies where")
        .notes(describe_in_words(variables, points, gaps))
        .help("add a rule, or declare with [[silence]] what the text's silence means")
}

fn conflict_problem(
    setting: &Setting,
    proposal: &Proposal,
    points: &[Vec<u8>],
    conflict: Conflict,
) -> Problem {
    let [first, second] = conflict.rules.map(|rule| &proposal.rules[rule]);
    let what = format!("rules `{}` and `{}` disagree where both apply", first.id, second.id);
    let yields = |rule: usize| {
        let then = proposal.table.rules[rule].then.at(&points[conflict.combinations[0]]);
        format!("yields {}", setting.outcomes.name(*then))
    };
    Problem::at(&second.place, what)
        .label(yields(conflict.rules[1]))
        .also(&first.place, yields(conflict.rules[0]))
        .help("narrow one of them, or declare one as `exception_to` the other")
}

fn unreachable_problem(proposal: &Proposal, rule: usize) -> Problem {
    let text = &proposal.rules[rule];
    Problem::at(&text.place, format!("rule `{}` never decides anything", text.id))
        .label("no profile is left for it under any reading")
        .help("remove it, widen its `when`, or correct what takes precedence over it")
}

/// Readings that no rule or limit tests or yields.
fn find_unused_readings(space: &Space, proposal: &Proposal) -> Vec<Problem> {
    let (first, tested) = (space.variables().len(), proposal.tested());
    let readings = proposal.readings.iter().enumerate();
    let unused = readings.filter(|(position, _)| !tested.contains(&(first + position)));
    let problem = |name: &str, place| {
        Problem::at(place, format!("nothing tests reading `{name}`"))
            .label("has no effect")
            .help("test it in a condition, or remove it")
    };
    unused.map(|(_, reading)| problem(&reading.variable.name, &reading.place)).collect()
}

/// Profiles that stand for all that neither the proposal nor the case can tell apart, if there are more of them than the
/// proposal alone can tell apart.
fn profiles_of_case(space: &Space, proposal: &Proposal, case: &Case) -> Option<Vec<Profile>> {
    let mut tested = proposal.tested();
    let mut more =
        case.profiles.tests.iter().map(|test| test.variable).filter(|v| !tested.contains(v)).peekable();
    more.peek()?;
    let more: Vec<usize> = more.collect();
    tested.extend(more);
    Some(space.distinct_profiles(&tested))
}

/// The problem with a worked case that does not come out as expected.
fn refute(setting: &Setting, proposal: &Proposal, profiles: &[Profile], case: &Case) -> Option<Problem> {
    let space = &setting.space;
    let mut chosen = proposal.defaults();
    case.readings.iter().for_each(|&(reading, value)| chosen[reading] = value);
    let is_wrong = |profile: &Profile| {
        if !case.profiles.holds(space.levels(*profile)) {
            return false;
        }
        let point = [space.levels(*profile), &chosen].concat();
        proposal.table.value(&point).is_some_and(|outcome| outcome != case.expect)
    };
    let profile = match profiles_of_case(space, proposal, case) {
        Some(more) => more.into_iter().find(is_wrong),
        None => profiles.iter().copied().find(is_wrong),
    }?;
    let point = [space.levels(profile), &chosen].concat();
    let rule = *proposal.table.deciding(&point).first()?;
    let text = &proposal.rules[rule];
    let name = |outcome| setting.outcomes.name(outcome);
    let (expect, then) = (name(case.expect), name(*proposal.table.rules[rule].then.at(&point)));
    let what = format!("worked case \"{}\" fails: expected {expect}, got {then}", case.name);
    Some(
        Problem::at(&case.place, what)
            .label(format!("expects {expect}"))
            .also(&text.place, format!("rule `{}` decides {then}", text.id))
            .note(format!("for {}", space.words(profile)))
            .help("correct the case if the text does say this, otherwise the rule"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::toy::{self, RELEASED, REPATRIATED, RETAINED};
    use super::*;
    use crate::domain::{Outcome, Rule};

    type ToyRule = (String, Rule<Outcome>);

    fn check_rules(rules: Vec<ToyRule>) -> Vec<Problem> {
        check(&toy::setting(), &toy::proposal(Vec::new(), rules))
    }

    /// The message of the only problem.
    fn only(problems: &[Problem]) -> &str {
        let [problem] = problems else { panic!("{problems:?}") };
        &problem.message
    }

    fn everybody() -> ToyRule {
        toy::rule("everybody", &[], REPATRIATED)
    }

    #[test]
    fn a_sound_proposal_has_no_problems() {
        let home = toy::rule("home", &[(1, &[0])], RELEASED);
        let problems = check_rules(vec![everybody(), toy::exception(0, home)]);
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_gap_is_described() {
        let problems = check_rules(vec![toy::rule("asked", &[(1, &[0, 1])], RELEASED)]);
        assert_eq!(only(&problems), "proposal `toy` leaves 2 of 6 profiles and readings without an outcome");
        assert_eq!(problems[0].notes, ["wish = none"]);
    }

    #[test]
    fn a_conflict_names_both_rules_and_where_they_meet() {
        let home = toy::rule("home", &[(0, &[0]), (1, &[0])], RELEASED);
        let problems = check_rules(vec![everybody(), home]);
        assert_eq!(only(&problems), "rules `everybody` and `home` disagree where both apply");
        assert_eq!(problems[0].label, "yields released");
        assert_eq!(problems[0].also[0].1, "yields repatriated");
        assert_eq!(problems[0].notes, ["captor = unc, wish = home"]);
    }

    #[test]
    fn a_rule_that_never_decides_is_found() {
        let nobody = toy::rule("nobody", &[(1, &[])], RELEASED);
        assert_eq!(only(&check_rules(vec![everybody(), nobody])), "rule `nobody` never decides anything");
        let silence = toy::silence(toy::rule("silence", &[], RETAINED));
        assert_eq!(only(&check_rules(vec![everybody(), silence])), "rule `silence` never decides anything");
    }

    #[test]
    fn a_cycle_of_exceptions_is_found_before_anything_is_enumerated() {
        let second = toy::rule("second", &[], RELEASED);
        let problems = check_rules(vec![toy::exception(1, everybody()), toy::exception(0, second)]);
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        let expected =
            ["rule `everybody` is in a cycle of exceptions", "rule `second` is in a cycle of exceptions"];
        assert_eq!(messages, expected);
        assert_eq!(check_rules(vec![toy::exception(0, everybody())]).len(), 1);
    }

    #[test]
    fn a_reading_must_be_tested_by_a_rule() {
        let readings = || vec![toy::reading("left", &["a", "b"])];
        let unused = toy::proposal(readings(), vec![everybody()]);
        assert_eq!(only(&check(&toy::setting(), &unused)), "nothing tests reading `left`");
        let a = toy::rule("a", &[(toy::FIRST_READING, &[0])], RELEASED);
        let b = toy::rule("b", &[(toy::FIRST_READING, &[1])], RETAINED);
        let used = toy::proposal(readings(), vec![a, b]);
        assert!(check(&toy::setting(), &used).is_empty());
    }

    /// Under the default alone there is no gap.
    #[test]
    fn every_combination_of_readings_is_enumerated() {
        let a = toy::rule("a", &[(toy::FIRST_READING, &[0])], RELEASED);
        let proposal = toy::proposal(vec![toy::reading("left", &["a", "b"])], vec![a]);
        let problems = check(&toy::setting(), &proposal);
        assert_eq!(only(&problems), "proposal `toy` leaves 6 of 12 profiles and readings without an outcome");
        assert_eq!(problems[0].notes, ["left = b"]);
    }

    #[test]
    fn a_worked_case_must_come_out_as_expected() {
        let mut proposal = toy::proposal(Vec::new(), vec![everybody()]);
        proposal.cases = vec![toy::case(&[], REPATRIATED)];
        assert!(check(&toy::setting(), &proposal).is_empty());
        proposal.cases = vec![toy::case(&[], RELEASED)];
        let problems = check(&toy::setting(), &proposal);
        assert_eq!(only(&problems), "worked case \"everybody\" fails: expected released, got repatriated");
    }

    #[test]
    fn a_worked_case_may_assume_a_reading() {
        let a = toy::rule("a", &[(toy::FIRST_READING, &[0])], RELEASED);
        let b = toy::rule("b", &[(toy::FIRST_READING, &[1])], RETAINED);
        let mut proposal = toy::proposal(vec![toy::reading("left", &["a", "b"])], vec![a, b]);
        proposal.cases = vec![toy::case(&[], RELEASED), toy::case(&[(0, 1)], RETAINED)];
        assert!(check(&toy::setting(), &proposal).is_empty());
    }

    #[test]
    fn more_readings_than_can_be_enumerated_are_refused() {
        let readings = (0..10).map(|i| toy::reading(&format!("r{i}"), &["a", "b", "c", "d"])).collect();
        let problems = check(&toy::setting(), &toy::proposal(readings, vec![everybody()]));
        assert!(only(&problems).contains("more than the 1048576"), "{problems:?}");
    }
}
