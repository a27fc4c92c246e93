//! Proves that the limits of a proposal bind somebody, and that their worked cases come out as expected.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::definition::{CaseOfNumbers, Proposal};
use super::interpretation::Interpretation;
use super::limit::{Allotment, BILLIONTHS, Bound, Limit, LimitInForce, apply_limits};
use super::rulebook::Rulebook;
use crate::domain::{Condition, Outcome, OutcomeSet, Problem, Profile, Setting};

/// Everything that is wrong with the limits of a proposal whose table is sound; `profiles` stand for all.
pub(super) fn check_limits(setting: &Setting, proposal: &Proposal, profiles: &[Profile]) -> Vec<Problem> {
    if proposal.limits.is_empty() && proposal.cases_of_numbers.is_empty() {
        return Vec::new();
    }
    let points = Points::new(setting, proposal, profiles);
    let limits = proposal.limits.iter().enumerate();
    let mut problems: Vec<Problem> =
        limits.flat_map(|(position, limit)| idle_parts(setting, &points, position, limit)).collect();
    let (cases, proposal) = (proposal.cases_of_numbers.iter(), Arc::new(proposal.clone()));
    problems.extend(cases.filter_map(|case| refute(setting, &proposal, profiles, case)));
    problems
}

/// Every profile under every combination of readings, with the outcomes that it can have before each limit.
struct Points {
    points: Vec<Vec<u8>>,
    /// By point, and then by limit: the outcomes that the table and the limits before it can have given.
    before: Vec<Vec<OutcomeSet>>,
}

impl Points {
    fn new(setting: &Setting, proposal: &Proposal, profiles: &[Profile]) -> Points {
        let with = |chosen: &Vec<u8>| -> Vec<Vec<u8>> {
            profiles.iter().map(|profile| [setting.space.levels(*profile), chosen].concat()).collect()
        };
        let points: Vec<Vec<u8>> = proposal.combinations().iter().flat_map(with).collect();
        let before = points.iter().map(|point| outcomes_before(proposal, point)).collect();
        Points { points, before }
    }

    /// Whether somebody of the limit's group goes ahead.
    fn can_go_ahead(&self, position: usize, limit: &Limit) -> bool {
        let holds = |conditions: &[Condition], point: &[u8]| conditions.iter().any(|c| c.holds(point));
        let mut points = self.points.iter().zip(&self.before);
        points.any(|(point, before)| {
            before[position].contains(limit.outcome)
                && holds(&limit.group, point)
                && holds(&limit.first, point)
        })
    }

    /// Whether somebody for whom a condition holds can have the outcome before the limit at this position.
    fn can_have(&self, position: usize, conditions: &[Condition], outcome: Outcome) -> bool {
        let mut points = self.points.iter().zip(&self.before);
        points.any(|(point, before)| {
            before[position].contains(outcome) && conditions.iter().any(|condition| condition.holds(point))
        })
    }
}

/// The outcomes that people at a point can have before each limit.
fn outcomes_before(proposal: &Proposal, point: &[u8]) -> Vec<OutcomeSet> {
    let mut outcomes: OutcomeSet = proposal.table.value(point).into_iter().collect();
    let mut before = Vec::with_capacity(proposal.limits.len());
    for limit in &proposal.limits {
        before.push(outcomes);
        if outcomes.contains(limit.outcome) && limit.group.iter().any(|condition| condition.holds(point)) {
            outcomes = outcomes.union([*limit.rest.at(point)].into_iter().collect());
        }
    }
    before
}

/// The parts of a limit that have no effect under any reading.
fn idle_parts(setting: &Setting, points: &Points, position: usize, limit: &Limit) -> Vec<Problem> {
    let name = |outcome| setting.outcomes.name(outcome);
    let problem = |what: String| Problem::at(&limit.place, format!("limit `{}` {what}", limit.id));
    let mut problems = Vec::new();
    if !points.can_have(position, &limit.group, limit.outcome) {
        let what = format!("binds nobody: none of its group can be {}", name(limit.outcome));
        problems.push(problem(what).help("widen its `group`, or correct its `outcome`"));
    }
    if limit.outcomes_of_rest().iter().all(|rest| rest == limit.outcome) {
        let what = format!("changes nothing: those over it are {} as well", name(limit.outcome));
        problems.push(problem(what).help("give the others another outcome in `rest`"));
    }
    if !limit.first.is_empty() && !points.can_go_ahead(position, limit) {
        let what =
            format!("lets nobody go ahead: none of its group in `first` can be {}", name(limit.outcome));
        problems.push(problem(what).help("correct its `first`, or remove it"));
    }
    if let Bound::Share(BILLIONTHS) = limit.at_most {
        problems
            .push(problem("never binds: all of its group keep the outcome".into()).help("lower the share"));
    }
    if let Bound::Count { outcome, of } = &limit.at_most
        && !points.can_have(position, of, *outcome)
    {
        let what = format!("counts nobody: none of those in `of` can be {}", name(*outcome));
        problems.push(problem(what).help("correct `of` or `count`"));
    }
    problems
}

/// The problem with a worked case of numbers that does not come out as expected.
fn refute(
    setting: &Setting,
    proposal: &Arc<Proposal>,
    profiles: &[Profile],
    case: &CaseOfNumbers,
) -> Option<Problem> {
    let mut how = Interpretation::by_default(proposal.clone());
    case.readings.iter().for_each(|&(reading, value)| how.chosen[reading] = value);
    let rulebook = Rulebook::compile(&setting.space, how).ok()?;
    let problem = |what: String| Problem::at(&case.place, format!("worked case \"{}\" {what}", case.name));
    let mut cells = Vec::with_capacity(case.people.len());
    for (who, people) in &case.people {
        match treated_alike(setting, &rulebook, profiles, who) {
            Some(profile) => cells.push((profile, *people)),
            None => {
                let variables = setting.space.variables();
                let what = format!("is unclear: not all with {} are treated alike", who.words(variables));
                return Some(problem(what).help("name more attributes in `profile`"));
            }
        }
    }
    let found = settle(&rulebook, &cells, &(0..cells.len()).collect::<Vec<_>>());
    if orders(cells.len()).iter().any(|order| settle(&rulebook, &cells, order) != found) {
        let what = "is unclear: the numbers depend on who is drawn".to_string();
        return Some(problem(what).help("choose people for whom it does not matter who is drawn"));
    }
    let mut expected = case.expect.clone();
    expected.retain(|(_, people)| *people > 0);
    expected.sort_unstable();
    (found != expected).then(|| {
        let words = |numbers: &[(Outcome, u64)]| {
            let words: Vec<String> = numbers
                .iter()
                .map(|(of, people)| format!("{people} {}", setting.outcomes.name(*of)))
                .collect();
            if words.is_empty() { "nobody".into() } else { words.join(", ") }
        };
        let what = format!("fails: expected {}, got {}", words(&expected), words(&found));
        problem(what).help("correct the case if the text does say this, otherwise the limit")
    })
}

/// A profile of those described, if the table and every limit treat all of these alike.
fn treated_alike(
    setting: &Setting,
    rulebook: &Rulebook,
    profiles: &[Profile],
    who: &Condition,
) -> Option<Profile> {
    let described = profiles.iter().filter(|profile| who.holds(setting.space.levels(**profile)));
    let treatment = |profile: Profile| {
        let limits = rulebook.limits.iter().map(|limit| limit.treatment_of(profile)).collect::<Vec<_>>();
        (rulebook.ruling_on(profile).outcome, limits)
    };
    let mut described = described.copied();
    let first = described.next()?;
    described.all(|profile| treatment(profile) == treatment(first)).then_some(first)
}

/// Orders in which places may go to cells: all of them, or for more than six cells those that begin or end with each.
fn orders(cells: usize) -> Vec<Vec<usize>> {
    if cells > 6 {
        let forward = |first: usize| (0..cells).map(|cell| (first + cell) % cells).collect::<Vec<usize>>();
        let backward = |last: usize| forward(last).into_iter().rev().collect();
        return (0..cells).flat_map(|cell| [forward(cell), backward(cell)]).collect();
    }
    (0..cells).fold(vec![Vec::new()], |orders: Vec<Vec<usize>>, cell| {
        let inserted = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            let places = 0..=order.len();
            places.map(|place| [&order[..place], &[cell], &order[place..]].concat()).collect()
        };
        orders.iter().flat_map(inserted).collect()
    })
}

/// The number of people with each outcome, in order of outcomes, where places go to cells in this order.
fn settle(rulebook: &Rulebook, people: &[(Profile, u64)], order: &[usize]) -> Vec<(Outcome, u64)> {
    let profiles: Vec<Profile> = people.iter().map(|(profile, _)| *profile).collect();
    let allot = |(profile, people): &(Profile, u64)| vec![(rulebook.ruling_on(*profile).outcome, *people)];
    let mut cells: Vec<Allotment> = people.iter().map(allot).collect();
    apply_limits(&rulebook.limits, &profiles, &mut cells, |_: &LimitInForce, places, wanting| {
        let mut left = places;
        let mut kept = vec![0; wanting.len()];
        for &cell in order {
            kept[cell] = left.min(wanting[cell]);
            left -= kept[cell];
        }
        kept
    });
    let mut sums: BTreeMap<Outcome, u64> = BTreeMap::new();
    cells.iter().flatten().for_each(|(outcome, people)| *sums.entry(*outcome).or_default() += people);
    sums.into_iter().filter(|(_, people)| *people > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::super::toy::{self, RELEASED, REPATRIATED, RETAINED};
    use super::*;
    use crate::domain::{Citation, Status, Test, Then};

    fn held_by(captor: u8) -> Vec<Condition> {
        vec![Condition {
            tests: vec![Test { variable: 0, allowed: (0..2).map(|level| level == captor).collect() }],
        }]
    }

    /// Everybody is repatriated; of those held by the first captor no more than by the second.
    fn one_for_one() -> Proposal {
        let mut proposal = toy::proposal(Vec::new(), vec![toy::rule("all", &[], REPATRIATED)]);
        proposal.limits = vec![Limit {
            id: "one-for-one".into(),
            group: held_by(0),
            outcome: REPATRIATED,
            at_most: Bound::Count { outcome: REPATRIATED, of: held_by(1) },
            first: Vec::new(),
            rest: Then::Always(RETAINED),
            citation: Citation { source: "memo".into(), locus: "1".into(), note: None, status: Status::Seen },
            place: toy::place(),
        }];
        proposal
    }

    fn messages(proposal: Proposal) -> Vec<String> {
        let setting = toy::setting();
        let profiles: Vec<Profile> = setting.space.profiles().collect();
        let problems = check_limits(&setting, &proposal, &profiles);
        problems.into_iter().map(|problem| problem.message).collect()
    }

    fn case(people: Vec<(Vec<Condition>, u64)>, expect: Vec<(Outcome, u64)>) -> CaseOfNumbers {
        let people = people.into_iter().map(|(who, people)| (who[0].clone(), people)).collect();
        CaseOfNumbers {
            name: "ten for four".into(),
            people,
            readings: Vec::new(),
            expect,
            place: toy::place(),
        }
    }

    #[test]
    fn a_sound_limit_and_its_case_pass() {
        let mut proposal = one_for_one();
        let expect = vec![(RETAINED, 6), (REPATRIATED, 8)];
        proposal.cases_of_numbers = vec![case(vec![(held_by(0), 10), (held_by(1), 4)], expect)];
        assert_eq!(messages(proposal), [""; 0]);
    }

    #[test]
    fn a_case_that_fails_says_what_came_out() {
        let mut proposal = one_for_one();
        proposal.cases_of_numbers =
            vec![case(vec![(held_by(0), 10), (held_by(1), 4)], vec![(REPATRIATED, 14)])];
        let expected =
            "worked case \"ten for four\" fails: expected 14 repatriated, got 8 repatriated, 6 retained";
        assert_eq!(messages(proposal), [expected]);
    }

    #[test]
    fn people_who_are_not_treated_alike_are_no_case() {
        let mut proposal = one_for_one();
        proposal.cases_of_numbers =
            vec![case(vec![(vec![Condition::default()], 10)], vec![(REPATRIATED, 10)])];
        let message = "worked case \"ten for four\" is unclear: not all with everybody are treated alike";
        assert_eq!(messages(proposal), [message]);
    }

    #[test]
    fn parts_without_effect_are_found() {
        let mut proposal = one_for_one();
        proposal.limits[0].outcome = RELEASED;
        proposal.limits[0].rest = Then::Always(RELEASED);
        proposal.limits[0].first = held_by(0);
        proposal.limits[0].at_most = Bound::Count { outcome: RETAINED, of: held_by(1) };
        let beginnings: Vec<String> =
            messages(proposal).iter().map(|message| message.split(':').next().unwrap().to_string()).collect();
        let expected = ["binds nobody", "changes nothing", "lets nobody go ahead", "counts nobody"];
        assert_eq!(beginnings, expected.map(|part| format!("limit `one-for-one` {part}")));
    }
}
