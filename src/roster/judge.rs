use std::collections::{BTreeMap, BTreeSet};

use super::words::UNKNOWN;
use crate::domain::{Outcome, Space};
use crate::proposal::Rulings;

/// The names of what a proposal may do with a person on a roster, by number.
pub(super) const VERDICTS: [&str; 4] =
    [Outcome::ALL[0].name(), Outcome::ALL[1].name(), Outcome::ALL[2].name(), "unknown"];

/// The number of `unknown`.
const OPEN: u8 = 3;

/// What a roster says of a person: below, the index of the profile with the levels that are known and the
/// first of those that are not; above, a bit for each attribute whose level is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known(u32);

impl Known {
    /// Adds what is known of another attribute.
    pub(super) fn add(&mut self, other: Known) {
        self.0 += other.0;
    }

    pub(super) fn of_profile(profile: u16) -> Known {
        Known(profile.into())
    }

    pub(super) fn is_complete(self) -> bool {
        self.0 < Space::MAX_PROFILES as u32
    }

    fn index(self) -> usize {
        self.0 as usize % Space::MAX_PROFILES
    }
}

/// An attribute of the profile space.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    levels: u32,
    /// How far apart profiles are that differ by one of its levels.
    stride: u32,
    /// Marks that its level is not known. Of an attribute with one level it is always known, and the
    /// others are 16 at most, because each doubles the number of profiles.
    bit: u32,
}

/// What proposals do with people of whom not everything may be known: an outcome that the text gives to
/// whatever they may be is theirs; where that differs it is `unknown`.
#[derive(Debug)]
pub(super) struct Judge {
    attributes: Vec<Attribute>,
    /// Verdicts by proposal and profile, with room for all that a space can have.
    complete: Vec<Box<[u8; Space::MAX_PROFILES]>>,
    /// Verdicts by proposal on those met of whom something is not known.
    incomplete: BTreeMap<Known, Vec<u8>>,
}

impl Judge {
    pub(super) fn new(space: &Space, rulings: &[&Rulings]) -> Judge {
        let mut stride = space.len() as u32;
        let mut bit = Space::MAX_PROFILES as u32;
        let attributes = space.attributes().iter().map(|attribute| {
            let levels = attribute.levels.len() as u32;
            stride /= levels;
            let of_this = if levels > 1 { bit } else { 0 };
            // After the sixteenth none is left, and none is needed.
            bit = if levels > 1 { bit << 1 } else { bit };
            Attribute { levels, stride, bit: of_this }
        });
        let attributes = attributes.collect();
        let verdicts = |rulings: &&Rulings| {
            let mut verdicts = Box::new([OPEN; Space::MAX_PROFILES]);
            for profile in space.profiles() {
                verdicts[profile.index()] = rulings.on(profile).outcome.index() as u8;
            }
            verdicts
        };
        let complete = rulings.iter().map(verdicts).collect();
        Judge { attributes, complete, incomplete: BTreeMap::new() }
    }

    /// What an attribute's level, which may be [`UNKNOWN`], says of a person.
    pub(super) fn known(&self, attribute: usize, level: u16) -> Known {
        let attribute = &self.attributes[attribute];
        match level {
            UNKNOWN => Known(attribute.bit),
            level => Known(attribute.stride * u32::from(level)),
        }
    }

    /// How many levels an attribute has.
    pub(super) fn levels(&self, attribute: usize) -> u16 {
        self.attributes[attribute].levels as u16
    }

    /// The profiles that people can have of whom this is known.
    pub(super) fn profiles(&self, known: Known) -> Vec<u16> {
        let mut profiles = vec![known.index() as u16];
        for attribute in self.attributes.iter().filter(|attribute| known.0 & attribute.bit > 0) {
            let levels = (0..attribute.levels).map(|level| (attribute.stride * level) as u16);
            profiles = profiles.iter().flat_map(|p| levels.clone().map(move |level| p + level)).collect();
        }
        profiles
    }

    /// Works out the verdicts on those of whom something is not known, once for all who are alike.
    pub(super) fn meet(&mut self, incomplete: &BTreeSet<Known>) {
        let mut new = Vec::new();
        for &known in incomplete.iter().filter(|known| !self.incomplete.contains_key(known)) {
            let profiles = self.profiles(known);
            let verdict = |of_profile: &Box<[u8; Space::MAX_PROFILES]>| {
                let mut verdicts = profiles.iter().map(|profile| of_profile[usize::from(*profile)]);
                let first = verdicts.next().unwrap_or(OPEN);
                if verdicts.all(|verdict| verdict == first) { first } else { OPEN }
            };
            new.push((known, self.complete.iter().map(verdict).collect()));
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

    /// The levels of a profile that were not known: `residence=south wish=home`.
    pub(super) fn drawn(&self, space: &Space, known: Known, profile: u16) -> String {
        let profile = u32::from(profile);
        let attributes = self.attributes.iter().zip(space.attributes());
        let drawn =
            attributes.filter(|(attribute, _)| known.0 & attribute.bit > 0).map(|(attribute, variable)| {
                let level = profile / attribute.stride % attribute.levels;
                format!("{}={}", variable.name, variable.levels[level as usize])
            });
        drawn.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Profile, Variable};

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
            known.iter_mut().zip(levels).for_each(|(known, level)| known.add(judge.known(attribute, *level)));
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
                    let point = space.point(**profile).iter().map(|level| u16::from(*level));
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

    #[test]
    fn what_was_drawn_is_said_of_what_was_not_known() {
        let space = space();
        let judge = judge(&space, &[0; 12]);
        let known = known(&judge, &[vec![2, UNKNOWN], vec![UNKNOWN, 0], vec![UNKNOWN, UNKNOWN]]);
        assert_eq!(judge.profiles(known[0]), [8, 9, 10, 11]);
        assert_eq!(judge.drawn(&space, known[0], 10), "c=l2");
        assert_eq!(judge.drawn(&space, known[1], 6), "a=l1 c=l2");
        assert_eq!(judge.profiles(known[1]).len(), 12);
    }

    /// As many attributes as the space can have, and one more with a single level.
    #[test]
    fn sixteen_attributes_of_two_levels_fit() {
        let mut attributes: Vec<Variable> = (0..16).map(|i| variable(&format!("a{i}"), 2)).collect();
        attributes.push(variable("one", 1));
        let space = Space::new(attributes).unwrap();
        let judge = Judge::new(&space, &[]);
        let nothing = known(&judge, &vec![vec![UNKNOWN]; 17])[0];
        assert_eq!(judge.profiles(nothing).len(), Space::MAX_PROFILES);
        let last: Vec<Vec<u16>> = vec![vec![1]; 16].into_iter().chain([vec![0]]).collect();
        assert_eq!(known(&judge, &last), [Known(65_535)]);
    }
}
