use std::collections::{BTreeMap, BTreeSet};

use super::known::{Attributes, Known};
use crate::domain::{Outcome, Space};
use crate::proposal::Rulings;

/// The names of what a proposal may do with a person on a roster, by number.
pub(super) const VERDICTS: [&str; 4] =
    [Outcome::ALL[0].name(), Outcome::ALL[1].name(), Outcome::ALL[2].name(), "unknown"];

/// The number of `unknown`.
const OPEN: u8 = 3;

/// What proposals do with people of whom not everything may be known: an outcome that the text gives to
/// whatever they may be is theirs; where that differs it is `unknown`.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) attributes: Attributes,
    /// Verdicts by proposal and profile, with room for all that a space can have.
    complete: Vec<Box<[u8; Space::MAX_PROFILES]>>,
    /// Verdicts by proposal on those met of whom something is not known.
    incomplete: BTreeMap<Known, Vec<u8>>,
}

impl Judge {
    pub(super) fn new(space: &Space, rulings: &[&Rulings]) -> Judge {
        let verdicts = |rulings: &&Rulings| {
            let mut verdicts = Box::new([OPEN; Space::MAX_PROFILES]);
            for profile in space.profiles() {
                verdicts[profile.index()] = rulings.on(profile).outcome.index() as u8;
            }
            verdicts
        };
        let complete = rulings.iter().map(verdicts).collect();
        Judge { attributes: Attributes::new(space), complete, incomplete: BTreeMap::new() }
    }

    /// Works out the verdicts on those of whom something is not known, once for all who are alike.
    pub(super) fn meet(&mut self, incomplete: &BTreeSet<Known>) {
        let mut new = Vec::new();
        for &known in incomplete.iter().filter(|known| !self.incomplete.contains_key(known)) {
            let profiles = self.attributes.profiles(known);
            let verdict = |of_profile: &[u8; Space::MAX_PROFILES]| {
                let mut verdicts = profiles.iter().map(|profile| of_profile[usize::from(*profile)]);
                let first = verdicts.next().unwrap_or(OPEN);
                if verdicts.all(|verdict| verdict == first) { first } else { OPEN }
            };
            new.push((known, self.complete.iter().map(|of_profile| verdict(of_profile)).collect()));
        }
        self.incomplete.extend(new);
    }

    /// A proposal's verdicts, person by person; those of whom something is not known, if there are any,
    /// must have been [met](Judge::meet).
    pub(super) fn verdicts(&self, proposal: usize, known: &[Known], all_complete: bool) -> Vec<u8> {
        let complete = &self.complete[proposal];
        let mut verdicts: Vec<u8> = known.iter().map(|known| complete[known.index()]).collect();
        if !all_complete {
            let incomplete = known.iter().zip(&mut verdicts).filter(|(known, _)| !known.is_complete());
            for (known, verdict) in incomplete {
                *verdict = self.incomplete.get(known).map_or(OPEN, |verdicts| verdicts[proposal]);
            }
        }
        verdicts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Profile, Variable};
    use crate::roster::words::UNKNOWN;

    fn variable(name: &str, levels: usize) -> Variable {
        Variable { name: name.into(), levels: (0..levels).map(|level| format!("l{level}")).collect() }
    }

    /// A space with an attribute of one level in its midst, and a text that gives each profile its own
    /// outcome.
    fn space() -> Space {
        Space::new(vec![variable("a", 3), variable("b", 1), variable("c", 4)]).unwrap()
    }

    fn judge(space: &Space, outcomes: &[u8]) -> Judge {
        let mut judge = Judge::new(space, &[]);
        let mut verdicts = Box::new([OPEN; Space::MAX_PROFILES]);
        verdicts[..outcomes.len()].copy_from_slice(outcomes);
        judge.complete.push(verdicts);
        judge
    }

    fn known(judge: &Judge, levels: &[Vec<u16>]) -> Vec<Known> {
        let mut known = vec![Known::default(); levels[0].len()];
        for (attribute, levels) in levels.iter().enumerate() {
            known
                .iter_mut()
                .zip(levels)
                .for_each(|(known, level)| known.add(judge.attributes.known(attribute, *level)));
        }
        known
    }

    proptest! {
        /// Against all completions, written out.
        #[test]
        fn an_outcome_is_that_of_every_completion_or_unknown(
            outcomes in prop::collection::vec(0u8..3, 12),
            people in prop::collection::vec((0u16..4, 0u16..2, 0u16..5), 1..50),
        ) {
            let space = space();
            let mut judge = judge(&space, &outcomes);
            let level = |level: u16, levels: u16| if level == levels { UNKNOWN } else { level };
            let levels = [
                people.iter().map(|p| level(p.0, 3)).collect::<Vec<_>>(),
                people.iter().map(|p| level(p.1, 1)).collect(),
                people.iter().map(|p| level(p.2, 4)).collect(),
            ];
            let known = known(&judge, &levels);
            judge.meet(&known.iter().copied().filter(|known| !known.is_complete()).collect());
            let verdicts = judge.verdicts(0, &known, false);
            for (person, verdict) in verdicts.into_iter().enumerate() {
                let fits = |profile: &&Profile| {
                    let point = space.levels(**profile).iter().map(|level| u16::from(*level));
                    point.zip(&levels).all(|(level, said)| said[person] == UNKNOWN || said[person] == level)
                };
                let profiles: Vec<_> = space.profiles().collect();
                let mut possible: Vec<u8> =
                    profiles.iter().filter(fits).map(|profile| outcomes[profile.index()]).collect();
                possible.sort_unstable();
                possible.dedup();
                let expected = if let [only] = possible[..] { only } else { OPEN };
                prop_assert_eq!(verdict, expected);
            }
        }
    }
}
