use super::{Case, Proposal};
use crate::domain::{Problem, Profile, Setting, Space, Then, describe_in_words};

/// The most points (profiles times combinations of readings) that are enumerated.
const MAX_POINTS: usize = 1 << 20;

/// Proves by enumeration that a proposal gives every profile exactly one outcome under every
/// combination of its readings, that each rule and reading matters, and that its worked cases
/// come out as expected. Returns everything that is wrong.
pub fn check(setting: &Setting, proposal: &Proposal) -> Vec<Problem> {
    let cycles = exception_cycles(proposal);
    if !cycles.is_empty() {
        return cycles;
    }
    let readings = proposal.readings.iter().map(|r| r.variable.levels.len());
    let combinations = readings.fold(1usize, usize::saturating_mul);
    if combinations.saturating_mul(setting.space.len()) > MAX_POINTS {
        let what = format!(
            "{} profiles times {combinations} combinations of readings are more than the {MAX_POINTS} \
             that can be checked",
            setting.space.len(),
        );
        return vec![Problem::at(&proposal.place, what).help("split the proposal or drop a reading")];
    }
    let mut problems = table_problems(&setting.space, proposal);
    problems.extend(unused_readings(&setting.space, proposal));
    problems.extend(proposal.cases.iter().filter_map(|case| failing(&setting.space, proposal, case)));
    problems
}

fn exception_cycles(proposal: &Proposal) -> Vec<Problem> {
    let rules = &proposal.table.rules;
    let reaches_itself = |start: usize| {
        let mut seen = vec![false; rules.len()];
        let mut next = rules[start].exception_to.clone();
        while let Some(rule) = next.pop() {
            if !std::mem::replace(&mut seen[rule], true) {
                next.extend(&rules[rule].exception_to);
            }
        }
        seen[start]
    };
    (0..rules.len())
        .filter(|&rule| reaches_itself(rule))
        .map(|rule| {
            let text = &proposal.rules[rule];
            let what = format!("rule {} is an exception to itself, in a circle", text.id);
            Problem::at(&text.place, what)
                .label("part of the circle")
                .help("keep `exception_to` only on the rule that prevails")
        })
        .collect()
}

fn table_problems(space: &Space, proposal: &Proposal) -> Vec<Problem> {
    let variables = proposal.variables(space);
    let points: Vec<Vec<u8>> = proposal
        .combinations()
        .iter()
        .flat_map(|chosen| space.combinations().iter().map(move |point| [point.as_slice(), chosen].concat()))
        .collect();
    let audit = proposal.table.audit(&points);
    let mut problems = Vec::new();
    if !audit.gaps.is_empty() {
        let what = format!(
            "proposal {} leaves {} of {} profiles and readings without an outcome",
            proposal.id,
            audit.gaps.len(),
            points.len(),
        );
        let gap = Problem::at(&proposal.place, what).label("no rule applies where");
        let gap = describe_in_words(&variables, &points, audit.gaps).into_iter().fold(gap, Problem::note);
        problems.push(gap.help("add a rule, or declare with [[silence]] what the text's silence means"));
    }
    for conflict in audit.conflicts {
        let [first, second] = conflict.rules.map(|rule| &proposal.rules[rule]);
        let what = format!("rules {} and {} disagree", first.id, second.id);
        let label = |rule: usize| {
            let then = proposal.table.rules[rule].then.at(&points[conflict.combinations[0]]);
            format!("says {then} here")
        };
        let conflict_at = Problem::at(&second.place, what)
            .label(label(conflict.rules[1]))
            .also(&first.place, label(conflict.rules[0]));
        let where_both = describe_in_words(&variables, &points, conflict.combinations);
        let conflict_at = where_both.into_iter().fold(conflict_at, Problem::note);
        problems.push(conflict_at.help("narrow one of them, or declare one as `exception_to` the other"));
    }
    for rule in audit.unreachable {
        let text = &proposal.rules[rule];
        let what = format!("rule {} never decides anything", text.id);
        problems.push(
            Problem::at(&text.place, what)
                .label("no profile is left for it under any reading")
                .help("remove it, widen its `when`, or correct what takes precedence over it"),
        );
    }
    problems
}

fn unused_readings(space: &Space, proposal: &Proposal) -> Vec<Problem> {
    let asks = |variable: usize| {
        proposal.table.rules.iter().any(|rule| {
            let tests = rule.when.iter().flat_map(|condition| &condition.tests);
            let yields = matches!(rule.then, Then::By { variable: by, .. } if by == variable);
            yields || tests.into_iter().any(|test| test.variable == variable)
        })
    };
    let first = space.variables().len();
    let readings = proposal.readings.iter().enumerate();
    readings
        .filter(|(i, _)| !asks(first + i))
        .map(|(_, reading)| {
            let what = format!("no rule asks about reading {}", reading.variable.name);
            Problem::at(&reading.place, what)
                .label("changes nothing")
                .help("test it in a rule's `when`, or remove it")
        })
        .collect()
}

fn failing(space: &Space, proposal: &Proposal, case: &Case) -> Option<Problem> {
    let mut chosen = proposal.defaults();
    case.readings.iter().for_each(|&(reading, value)| chosen[reading] = value);
    let wrong = |profile: &Profile| {
        let point = [space.levels(*profile), &chosen].concat();
        case.profiles.holds(&point)
            && proposal.table.value(&point).is_some_and(|outcome| outcome != case.expect)
    };
    let profile = space.profiles().find(wrong)?;
    let point = [space.levels(profile), &chosen].concat();
    let rule = *proposal.table.deciding(&point).first()?;
    let text = &proposal.rules[rule];
    let then = proposal.table.rules[rule].then.at(&point);
    let what = format!("worked case \"{}\" fails: expected {}, got {then}", case.name, case.expect);
    Some(
        Problem::at(&case.place, what)
            .label(format!("expects {}", case.expect))
            .also(&text.place, format!("rule {} decides {then}", text.id))
            .note(format!("for {}", space.words(profile)))
            .help("correct the case if the text does say this, otherwise the rule"),
    )
}
