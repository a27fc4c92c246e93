use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::words::UNKNOWN;
use crate::domain::{Outcome, Space};
use crate::proposal::Rulings;

/// The names of what a proposal may do with a person on a roster, by number.
pub(super) const VERDICTS: [&str; 4] =
    [Outcome::ALL[0].name(), Outcome::ALL[1].name(), Outcome::ALL[2].name(), "unknown"];

/// The number of `unknown`.
const OPEN: u8 = 3;

/// People of a roster looked at by one thread at a time.
const STRETCH: usize = 1 << 16;

/// What a roster says of a person: below, the index of the profile with the levels that are known and the
/// first of those that are not; above, a bit for each attribute whose level is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known(u64);

impl Known {
    pub(super) fn of_profile(profile: u16) -> Known {
        Known(u64::from(profile))
    }

    pub(super) fn is_complete(self) -> bool {
        self.0 < Space::MAX_PROFILES as u64
    }

    fn index(self) -> usize {
        self.0 as usize % Space::MAX_PROFILES
    }
}

/// An attribute of the profile space.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    levels: u64,
    /// How far apart profiles are that differ by one of its levels.
    stride: u64,
    /// Marks that its level is not known. Of an attribute with one level it is always known, and the
    /// others are 16 at most, because each doubles the number of profiles.
    bit: u64,
}

/// What proposals do with people of whom not everything may be known: an outcome that the text gives to
/// whatever they may be is theirs; where that differs it is `unknown`.
#[derive(Debug)]
pub(super) struct Judge {
    attributes: Vec<Attribute>,
    /// Verdicts by proposal and profile.
    complete: Vec<Vec<u8>>,
    /// Verdicts by proposal on those met of whom something is not known.
    incomplete: BTreeMap<Known, Vec<u8>>,
}

impl Judge {
    pub(super) fn new(space: &Space, rulings: &[&Rulings]) -> Judge {
        let mut stride = space.len() as u64;
        let mut bit = Space::MAX_PROFILES as u64;
        let attributes = space.attributes().iter().map(|attribute| {
            let levels = attribute.levels.len() as u64;
            stride /= levels;
            let of_this = if levels > 1 { bit } else { 0 };
            bit <<= u64::from(levels > 1);
            Attribute { levels, stride, bit: of_this }
        });
        let attributes = attributes.collect();
        let verdicts = |rulings: &&Rulings| {
            space.profiles().map(|profile| rulings.on(profile).outcome.index() as u8).collect()
        };
        let complete = rulings.iter().map(verdicts).collect();
        Judge { attributes, complete, incomplete: BTreeMap::new() }
    }

    /// What is known of each person, given the levels of each attribute.
    pub(super) fn known(&self, levels: &[Vec<u16>]) -> Vec<Known> {
        let mut known = vec![Known(0); levels.first().map_or(0, Vec::len)];
        known.par_chunks_mut(STRETCH).enumerate().for_each(|(number, known)| {
            for (attribute, levels) in self.attributes.iter().zip(levels) {
                for (known, &level) in known.iter_mut().zip(&levels[number * STRETCH..]) {
                    known.0 += match level {
                        UNKNOWN => attribute.bit,
                        level => attribute.stride * u64::from(level),
                    };
                }
            }
        });
        known
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
    pub(super) fn meet(&mut self, known: &[Known]) {
        let mut new = Vec::new();
        for known in incomplete(known).into_iter().filter(|known| !self.incomplete.contains_key(known)) {
            let profiles = self.profiles(known);
            let verdict = |of_profile: &Vec<u8>| {
                let mut verdicts = profiles.iter().map(|profile| of_profile[usize::from(*profile)]);
                let first = verdicts.next().unwrap_or(OPEN);
                if verdicts.all(|verdict| verdict == first) { first } else { OPEN }
            };
            new.push((known, self.complete.iter().map(verdict).collect()));
        }
        self.incomplete.extend(new);
    }

    /// A proposal's verdicts, person by person; they must have been [met](Judge::meet).
    pub(super) fn verdicts(&self, proposal: usize, known: &[Known]) -> impl Iterator<Item = u8> {
        let complete = &self.complete[proposal];
        known.iter().map(move |known| match known.is_complete() {
            true => complete[known.index()],
            false => self.incomplete.get(known).map_or(OPEN, |verdicts| verdicts[proposal]),
        })
    }

    /// The levels of a profile that were not known: `residence=south wish=home`.
    pub(super) fn drawn(&self, space: &Space, known: Known, profile: u16) -> String {
        let profile = u64::from(profile);
        let attributes = self.attributes.iter().zip(space.attributes());
        let drawn =
            attributes.filter(|(attribute, _)| known.0 & attribute.bit > 0).map(|(attribute, variable)| {
                let level = profile / attribute.stride % attribute.levels;
                format!("{}={}", variable.name, variable.levels[level as usize])
            });
        drawn.collect::<Vec<_>>().join(" ")
    }
}

/// Those of whom something is not known, each once.
pub(super) fn incomplete(known: &[Known]) -> BTreeSet<Known> {
    let stretches = known.par_chunks(STRETCH);
    let some =
        stretches.map(|known| known.iter().copied().filter(|k| !k.is_complete()).collect::<BTreeSet<_>>());
    some.reduce(BTreeSet::new, |mut a, b| {
        a.extend(b);
        a
    })
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
        judge.complete.push(outcomes.to_vec());
        judge
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
            let known = judge.known(&levels);
            judge.meet(&known);
            let verdicts: Vec<u8> = judge.verdicts(0, &known).collect();
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
        let known = judge.known(&[vec![2, UNKNOWN], vec![UNKNOWN, 0], vec![UNKNOWN, UNKNOWN]]);
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
        let nothing = judge.known(&vec![vec![UNKNOWN]; 17])[0];
        assert_eq!(judge.profiles(nothing).len(), Space::MAX_PROFILES);
        assert!(
            judge.known(&vec![vec![1]; 16].into_iter().chain([vec![0]]).collect::<Vec<_>>())[0].is_complete()
        );
    }
}
