//! The exact difference between two proposals: which profiles get another outcome, and by which rules.

use super::rulebook::{Rulebook, Rulings};
use crate::domain::{Outcome, Profile, Setting, Space, describe_in_words};

/// The profiles to which two proposals give different outcomes.
#[derive(Debug, Clone)]
pub struct Difference {
    /// How many profiles there are that the two can tell apart.
    pub all: usize,
    /// The profiles on which they differ.
    pub profiles: Vec<Profile>,
    /// These in the fewest conditions found, one line each.
    pub conditions: Vec<String>,
    /// These by their two outcomes, in the order of outcomes.
    pub moves: Vec<Move>,
}

/// The profiles that move from one outcome to another.
#[derive(Debug, Clone)]
pub struct Move {
    /// The outcome under the first.
    pub from: Outcome,
    /// The outcome under the second.
    pub to: Outcome,
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// These in the fewest conditions found, one line each.
    pub conditions: Vec<String>,
    /// The rules of the first that decide them.
    pub rules_from: Vec<usize>,
    /// The rules of the second that decide them.
    pub rules_to: Vec<usize>,
}

/// Compares the rulings of two proposals on every profile. The difference is exact: no population is involved.
///
/// Attributes with a default that neither proposal tests are left aside: profiles are counted at their defaults.
pub fn diff(setting: &Setting, a: &Rulebook, b: &Rulebook) -> Difference {
    let (space, outcomes) = (&setting.space, || setting.outcomes.iter());
    let mut tested = a.proposal().tested();
    tested.extend(b.proposal().tested());
    let all = space.distinct_profiles(&tested);
    let (a, b) = (&a.rulings, &b.rulings);
    let differing = |profile: &&Profile| a.on(**profile).outcome != b.on(**profile).outcome;
    let profiles: Vec<Profile> = all.iter().filter(differing).copied().collect();
    let pairs = outcomes().flat_map(|from| outcomes().map(move |to| (from, to)));
    let moves = pairs
        .filter(|(from, to)| from != to)
        .map(|(from, to)| find_move(space, &all, (a, from), (b, to)))
        .filter(|found| !found.profiles.is_empty())
        .collect();
    Difference { conditions: describe_profiles(space, &all, &profiles), all: all.len(), profiles, moves }
}

/// The profiles to which the first proposal gives one outcome and the second another.
fn find_move(
    space: &Space,
    all: &[Profile],
    (a, from): (&Rulings, Outcome),
    (b, to): (&Rulings, Outcome),
) -> Move {
    let moves = |p: &&Profile| a.on(**p).outcome == from && b.on(**p).outcome == to;
    let profiles: Vec<Profile> = all.iter().filter(moves).copied().collect();
    let rules = |rulings: &Rulings| {
        let mut rules: Vec<usize> = profiles.iter().map(|p| rulings.on(*p).rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    };
    let (rules_from, rules_to) = (rules(a), rules(b));
    Move { from, to, conditions: describe_profiles(space, all, &profiles), rules_from, rules_to, profiles }
}

fn describe_profiles(space: &Space, all: &[Profile], profiles: &[Profile]) -> Vec<String> {
    let points: Vec<Vec<u8>> = all.iter().map(|profile| space.levels(*profile).to_vec()).collect();
    // Both lists are in order, and the one holds the other.
    let marked = profiles.iter().filter_map(|profile| all.binary_search(profile).ok());
    describe_in_words(space.variables(), &points, marked)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::toy::{self, RELEASED, REPATRIATED, RETAINED};
    use super::*;

    fn difference(a: [Outcome; 6], b: [Outcome; 6]) -> Difference {
        diff(&toy::setting(), &toy::by_profile(a), &toy::by_profile(b))
    }

    /// A move without its rules, profiles by index.
    fn summary(found: &Move) -> (Outcome, Outcome, Vec<usize>, &[String]) {
        let profiles = found.profiles.iter().map(|profile| profile.index()).collect();
        (found.from, found.to, profiles, &found.conditions)
    }

    #[test]
    fn moves_are_exact() {
        let found =
            difference([REPATRIATED; 6], [REPATRIATED, RELEASED, RETAINED, REPATRIATED, RELEASED, RELEASED]);
        let moves: Vec<_> = found.moves.iter().map(summary).collect();
        let released = ["wish = stay", "captor = kpa, wish is not home"].map(String::from);
        let retained = ["captor = unc, wish = none"].map(String::from);
        assert_eq!(moves[0], (REPATRIATED, RELEASED, vec![1, 4, 5], &released[..]));
        assert_eq!(moves[1], (REPATRIATED, RETAINED, vec![2], &retained[..]));
        assert_eq!(moves.len(), 2);
        assert_eq!(found.profiles.len(), 4);
        assert_eq!(found.conditions, ["wish is not home"]);
    }

    #[test]
    fn moves_name_the_deciding_rules_once() {
        let all = toy::compile(toy::proposal(Vec::new(), vec![toy::rule("all", &[], RETAINED)]));
        let rules = vec![
            toy::rule("all", &[], RELEASED),
            toy::exception(0, toy::rule("none", &[(1, &[2])], RELEASED)),
        ];
        let other = toy::compile(toy::proposal(Vec::new(), rules));
        let found = diff(&toy::setting(), &all, &other);
        assert_eq!(found.moves.len(), 1);
        assert_eq!(
            (found.moves[0].rules_from.clone(), found.moves[0].rules_to.clone()),
            (vec![0], vec![0, 1])
        );
    }

    fn outcomes() -> impl Strategy<Value = [Outcome; 6]> {
        prop::array::uniform6(prop::sample::select(vec![REPATRIATED, RELEASED, RETAINED]))
    }

    proptest! {
        #[test]
        fn a_proposal_does_not_differ_from_itself(a in outcomes()) {
            let found = difference(a, a);
            prop_assert!(found.profiles.is_empty() && found.moves.is_empty() && found.conditions.is_empty());
        }

        #[test]
        fn the_difference_back_is_the_mirror_image(a in outcomes(), b in outcomes()) {
            let (there, back) = (difference(a, b), difference(b, a));
            prop_assert_eq!(&there.profiles, &back.profiles);
            prop_assert_eq!(&there.conditions, &back.conditions);
            prop_assert_eq!(there.moves.len(), back.moves.len());
            for found in &there.moves {
                let mirrored = back.moves.iter().find(|other| (other.from, other.to) == (found.to, found.from));
                let mirrored = mirrored.expect("the move back");
                prop_assert_eq!(&found.profiles, &mirrored.profiles);
                prop_assert_eq!(&found.conditions, &mirrored.conditions);
                prop_assert_eq!(&found.rules_from, &mirrored.rules_to);
                prop_assert_eq!(&found.rules_to, &mirrored.rules_from);
            }
        }

        #[test]
        fn every_differing_profile_is_in_exactly_one_move(a in outcomes(), b in outcomes()) {
            let found = difference(a, b);
            let mut moved: Vec<Profile> = found.moves.iter().flat_map(|m| m.profiles.clone()).collect();
            moved.sort_unstable();
            prop_assert_eq!(&moved, &found.profiles);
            let differing = (0..6).filter(|profile| a[*profile] != b[*profile]);
            prop_assert_eq!(moved.iter().map(|p| p.index()).collect::<Vec<_>>(), differing.collect::<Vec<_>>());
        }
    }
}
