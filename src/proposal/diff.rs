use super::Rulings;
use crate::domain::{Outcome, Profile, Space, describe_in_words};

/// Where two interpretations part.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The profiles on which they differ.
    pub profiles: Vec<Profile>,
    /// All of these in the fewest conditions found: one line each.
    pub conditions: Vec<String>,
    /// The same by what becomes of whom, in the order of outcomes.
    pub moves: Vec<Move>,
}

/// The profiles that go from one outcome to another.
#[derive(Debug, Clone)]
pub struct Move {
    /// The outcome under the first.
    pub from: Outcome,
    /// The outcome under the second.
    pub to: Outcome,
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// These in the fewest conditions found: one line each.
    pub conditions: Vec<String>,
    /// The rules of the first that decide about them.
    pub rules_from: Vec<usize>,
    /// The rules of the second that decide about them.
    pub rules_to: Vec<usize>,
}

/// Compares two compiled interpretations on every profile: exact, no population involved.
pub fn diff(space: &Space, a: &Rulings, b: &Rulings) -> Difference {
    let differing = |profile: &Profile| a.on(*profile).outcome != b.on(*profile).outcome;
    let profiles: Vec<Profile> = space.profiles().filter(differing).collect();
    let pairs = Outcome::ALL.into_iter().flat_map(|from| Outcome::ALL.map(|to| (from, to)));
    let moves = pairs
        .filter(|(from, to)| from != to)
        .map(|(from, to)| movement(space, a, b, from, to))
        .filter(|movement| !movement.profiles.is_empty())
        .collect();
    Difference { conditions: in_words(space, &profiles), profiles, moves }
}

fn movement(space: &Space, a: &Rulings, b: &Rulings, from: Outcome, to: Outcome) -> Move {
    let goes = |p: &Profile| a.on(*p).outcome == from && b.on(*p).outcome == to;
    let profiles: Vec<Profile> = space.profiles().filter(goes).collect();
    let rules = |rulings: &Rulings| {
        let mut rules: Vec<usize> = profiles.iter().map(|p| rulings.on(*p).rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    };
    let (rules_from, rules_to) = (rules(a), rules(b));
    Move { from, to, conditions: in_words(space, &profiles), rules_from, rules_to, profiles }
}

fn in_words(space: &Space, profiles: &[Profile]) -> Vec<String> {
    let marked = profiles.iter().map(|profile| profile.index());
    describe_in_words(space.variables(), space.combinations(), marked)
}
