//! Limits: rules on numbers of people, applied to everybody together after the table has ruled on each.
//!
//! A table says what happens to a prisoner whoever else there is. "One for one", "no more than 90,000" and "a fifth is
//! withheld" depend on how many there are. A limit names a group and an outcome, how many of the group may keep it, and
//! what happens to the others.

use std::collections::BTreeSet;

use crate::domain::{Citation, Condition, Outcome, OutcomeSet, Place, Profile, Space, Then};

/// A limit as a proposal's file states it. Conditions are tested at points: a profile's levels, then the readings.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its id within the proposal.
    pub id: String,
    /// The people it is about: those for whom any of these holds.
    pub group: Vec<Condition>,
    /// The outcome that only some of them may keep.
    pub outcome: Outcome,
    /// How many may keep it.
    pub at_most: Bound,
    /// Who goes ahead of the others of the group; empty if nobody does.
    pub first: Vec<Condition>,
    /// The outcome of those over the limit. Where it is the limit's own outcome, the limit does not bind.
    pub rest: Then<Outcome>,
    /// The passage it rests on.
    pub citation: Citation,
    /// Where its file states it.
    pub place: Place,
}

/// How many people may keep an outcome.
#[derive(Debug, Clone)]
pub enum Bound {
    /// This number.
    People(u64),
    /// This part of everybody in the group, in billionths, rounded down.
    Share(u64),
    /// As many as have an outcome among the people for whom any of the conditions holds.
    Count {
        /// The outcome counted.
        outcome: Outcome,
        /// Among whom.
        of: Vec<Condition>,
    },
}

/// The parts of one in which shares of a group are stated.
pub const BILLIONTHS: u64 = 1_000_000_000;

impl Limit {
    /// The variables that the limit tests, and whose level it yields.
    pub(super) fn tested(&self) -> BTreeSet<usize> {
        let of = match &self.at_most {
            Bound::Count { of, .. } => of.as_slice(),
            Bound::People(_) | Bound::Share(_) => &[],
        };
        let conditions = self.group.iter().chain(&self.first).chain(of);
        let tested = conditions.flat_map(|condition| &condition.tests).map(|test| test.variable);
        let yielded = match &self.rest {
            Then::Always(_) => None,
            Then::By { variable, .. } => Some(*variable),
        };
        tested.chain(yielded).collect()
    }

    /// The outcomes that those over the limit may have.
    pub(super) fn outcomes_of_rest(&self) -> OutcomeSet {
        match &self.rest {
            Then::Always(outcome) => [*outcome].into_iter().collect(),
            Then::By { values, .. } => values.iter().copied().collect(),
        }
    }
}

/// A limit under one choice of readings, laid over all profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitInForce {
    /// Its position in the proposal.
    pub position: usize,
    /// Its id, after which its random numbers are named.
    pub id: String,
    /// The outcome that only some may keep.
    pub outcome: Outcome,
    /// The outcome of the others.
    pub rest: Outcome,
    group: Vec<bool>,
    first: Vec<bool>,
    at_most: BoundInForce,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum BoundInForce {
    People(u64),
    Share(u64),
    Count { outcome: Outcome, of: Vec<bool> },
}

impl LimitInForce {
    /// The limits that bind somebody under these values of the readings, in order.
    pub(super) fn all(space: &Space, limits: &[Limit], readings: &[u8]) -> Vec<LimitInForce> {
        if limits.is_empty() {
            return Vec::new();
        }
        let with_readings = |profile| [space.levels(profile), readings].concat();
        let points: Vec<Vec<u8>> = space.profiles().map(with_readings).collect();
        let limits = limits.iter().enumerate();
        limits.filter_map(|(position, limit)| LimitInForce::new(&points, position, limit)).collect()
    }

    /// `None` where it binds nobody; `points` are all profiles with the readings.
    fn new(points: &[Vec<u8>], position: usize, limit: &Limit) -> Option<LimitInForce> {
        let holding = |conditions: &[Condition]| -> Vec<bool> {
            points.iter().map(|point| conditions.iter().any(|condition| condition.holds(point))).collect()
        };
        let rest = *limit.rest.at(points.first()?);
        let group = holding(&limit.group);
        if rest == limit.outcome || !group.contains(&true) {
            return None;
        }
        let at_most = match &limit.at_most {
            Bound::People(people) => BoundInForce::People(*people),
            Bound::Share(share) => BoundInForce::Share(*share),
            Bound::Count { outcome, of } => BoundInForce::Count { outcome: *outcome, of: holding(of) },
        };
        let first = holding(&limit.first);
        let (id, outcome) = (limit.id.clone(), limit.outcome);
        Some(LimitInForce { position, id, outcome, rest, group, first, at_most })
    }

    /// Whether people with this profile are of the group, go ahead within it, and are counted.
    pub(super) fn treatment_of(&self, profile: Profile) -> [bool; 3] {
        let is_counted = match &self.at_most {
            BoundInForce::Count { of, .. } => of[profile.index()],
            BoundInForce::People(_) | BoundInForce::Share(_) => false,
        };
        let is_of_group = self.group[profile.index()];
        [is_of_group, is_of_group && self.first[profile.index()], is_counted]
    }

    /// Whether people with this profile go ahead of others of the group.
    pub fn puts_first(&self, profile: Profile) -> bool {
        self.treatment_of(profile)[1]
    }

    /// Whether the limit is about people with this profile.
    pub fn concerns(&self, profile: Profile) -> bool {
        self.group[profile.index()]
    }
}

/// People of one profile by outcome, in an order that stands for all of them: who comes last is over a limit first.
/// So the same people are over a limit in every text that has it.
pub type Allotment = Vec<(Outcome, u64)>;

/// Applies limits in order to people by cell, where a cell has people of one profile, allotted to outcomes.
///
/// `draw` shares places among cells by lot: it gets the limit, the number of places and the people who want one by
/// cell, and returns how many of each cell have one.
pub fn apply_limits(
    limits: &[LimitInForce],
    profiles: &[Profile],
    cells: &mut [Allotment],
    mut draw: impl FnMut(&LimitInForce, u64, &[u64]) -> Vec<u64>,
) {
    for limit in limits {
        let with = |cell: &Allotment, outcome: Outcome| -> u64 {
            cell.iter().filter(|(of, _)| *of == outcome).map(|(_, people)| people).sum()
        };
        let among = |marked: &[bool], outcome: Option<Outcome>| -> u64 {
            let cells = profiles.iter().zip(cells.iter()).filter(|(profile, _)| marked[profile.index()]);
            let people = |cell: &Allotment| match outcome {
                Some(outcome) => with(cell, outcome),
                None => cell.iter().map(|(_, people)| people).sum(),
            };
            cells.map(|(_, cell)| people(cell)).sum()
        };
        let at_most = match &limit.at_most {
            BoundInForce::People(people) => *people,
            BoundInForce::Share(share) => share_of(among(&limit.group, None), *share),
            BoundInForce::Count { outcome, of } => among(of, Some(*outcome)),
        };
        let wanting = |first: bool| -> Vec<u64> {
            let cells = profiles.iter().zip(cells.iter());
            let wants = |profile: &Profile| limit.concerns(*profile) && limit.first[profile.index()] == first;
            cells.map(|(profile, cell)| if wants(profile) { with(cell, limit.outcome) } else { 0 }).collect()
        };
        let (first, others) = (wanting(true), wanting(false));
        let ahead: u64 = first.iter().sum();
        let behind: u64 = others.iter().sum();
        if ahead + behind <= at_most {
            continue;
        }
        let places_of_first = ahead.min(at_most);
        let kept = [(first, places_of_first), (others, at_most - places_of_first)];
        let kept = kept.map(|(wanting, places)| share_places(limit, places, wanting, &mut draw));
        let is_bound = |cell: &usize| limit.concerns(profiles[*cell]);
        (0..cells.len()).filter(is_bound).for_each(|cell| {
            keep(&mut cells[cell], limit, kept[0][cell] + kept[1][cell]);
        });
    }
}

/// A part of some people in billionths, rounded down.
fn share_of(people: u64, share: u64) -> u64 {
    (u128::from(people) * u128::from(share) / u128::from(BILLIONTHS)) as u64
}

/// Shares places among cells: by lot only where there are too few.
fn share_places(
    limit: &LimitInForce,
    places: u64,
    wanting: Vec<u64>,
    draw: &mut impl FnMut(&LimitInForce, u64, &[u64]) -> Vec<u64>,
) -> Vec<u64> {
    match wanting.iter().sum::<u64>() {
        people if people <= places => wanting,
        _ if places == 0 => vec![0; wanting.len()],
        _ => draw(limit, places, &wanting),
    }
}

/// Leaves the limit's outcome to this many people of a cell, the first of them, and gives the others the rest's.
fn keep(cell: &mut Allotment, limit: &LimitInForce, mut kept: u64) {
    let mut allotted = Allotment::with_capacity(cell.len() + 1);
    for &(outcome, people) in cell.iter() {
        let stay = if outcome == limit.outcome { people.min(kept) } else { people };
        kept -= if outcome == limit.outcome { stay } else { 0 };
        let parts = [(outcome, stay), (limit.rest, people - stay)];
        allotted.extend(parts.into_iter().filter(|(_, people)| *people > 0));
    }
    *cell = allotted;
}

#[cfg(test)]
mod tests {
    use super::super::toy::{self, RELEASED, REPATRIATED, RETAINED};
    use super::*;

    /// In order of the cells, without lots.
    fn in_order(_: &LimitInForce, mut places: u64, wanting: &[u64]) -> Vec<u64> {
        let take = |people: &u64| {
            let taken = places.min(*people);
            places -= taken;
            taken
        };
        wanting.iter().map(take).collect()
    }

    fn limit(at_most: BoundInForce, first: &[usize]) -> LimitInForce {
        LimitInForce {
            position: 0,
            id: "limit".into(),
            outcome: REPATRIATED,
            rest: RETAINED,
            // Those held by the first captor.
            group: (0..6).map(|profile| profile < 3).collect(),
            first: (0..6).map(|profile| first.contains(&profile)).collect(),
            at_most,
        }
    }

    fn settle(limits: &[LimitInForce], people: [u64; 6]) -> Vec<Allotment> {
        let profiles: Vec<Profile> = toy::setting().space.profiles().collect();
        let mut cells: Vec<Allotment> = people.iter().map(|people| vec![(REPATRIATED, *people)]).collect();
        apply_limits(limits, &profiles, &mut cells, in_order);
        cells
    }

    #[test]
    fn those_over_a_number_have_the_outcome_of_the_rest() {
        let cells = settle(&[limit(BoundInForce::People(12), &[])], [10, 5, 1, 7, 0, 0]);
        assert_eq!(cells[0], [(REPATRIATED, 10)]);
        assert_eq!(cells[1], [(REPATRIATED, 2), (RETAINED, 3)]);
        assert_eq!(cells[2], [(RETAINED, 1)]);
        assert_eq!(cells[3], [(REPATRIATED, 7)], "not of the group");
    }

    #[test]
    fn a_limit_that_nobody_reaches_changes_nothing() {
        let cells = settle(&[limit(BoundInForce::People(16), &[])], [10, 5, 1, 7, 0, 0]);
        assert_eq!(cells[1], [(REPATRIATED, 5)]);
    }

    #[test]
    fn who_goes_ahead_has_a_place_before_the_others() {
        let cells = settle(&[limit(BoundInForce::People(6), &[1])], [10, 5, 1, 7, 0, 0]);
        assert_eq!(
            (&cells[0][..], &cells[1][..]),
            (&[(REPATRIATED, 1), (RETAINED, 9)][..], &[(REPATRIATED, 5)][..])
        );
        let cells = settle(&[limit(BoundInForce::People(3), &[1])], [10, 5, 1, 7, 0, 0]);
        assert_eq!((&cells[0][..], cells[1][0]), (&[(RETAINED, 10)][..], (REPATRIATED, 3)));
    }

    #[test]
    fn a_share_is_of_the_group_and_rounded_down() {
        let cells = settle(&[limit(BoundInForce::Share(290_000_000), &[])], [100, 0, 0, 7, 0, 0]);
        assert_eq!(cells[0], [(REPATRIATED, 29), (RETAINED, 71)]);
        assert_eq!(share_of(10, 999_999_999), 9);
        assert_eq!(share_of(1 << 53, BILLIONTHS), 1 << 53);
    }

    #[test]
    fn a_count_is_that_of_another_group() {
        let of = (0..6).map(|profile| profile >= 3).collect();
        let one_for_one = limit(BoundInForce::Count { outcome: REPATRIATED, of }, &[]);
        let cells = settle(&[one_for_one], [10, 5, 1, 7, 2, 0]);
        assert_eq!(cells[0], [(REPATRIATED, 9), (RETAINED, 1)]);
        assert_eq!(cells[1], [(RETAINED, 5)]);
    }

    /// The second limit sees what the first has left, and the last of a cell are the first to go.
    #[test]
    fn limits_are_applied_one_after_the_other() {
        let second = LimitInForce { rest: RELEASED, ..limit(BoundInForce::People(4), &[]) };
        let cells = settle(&[limit(BoundInForce::People(6), &[]), second], [10, 0, 0, 0, 0, 0]);
        assert_eq!(cells[0], [(REPATRIATED, 4), (RELEASED, 2), (RETAINED, 4)]);
    }
}
