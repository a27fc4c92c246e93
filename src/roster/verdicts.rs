//! What each proposal does with a person whose levels are partly unknown: the outcome that it gives to
//! every profile the person may have, or `unknown` where these outcomes differ or a limit decides.

use std::collections::{BTreeMap, BTreeSet};

use super::partial_profile::{Encoding, PartialProfile};
use crate::domain::{OutcomeList, Profile, Setting, Space};
use crate::proposal::Rulebook;

/// The names of verdicts, by number: the setting's outcomes, and then `unknown`.
pub(super) fn verdict_names(outcomes: &OutcomeList) -> Vec<String> {
    outcomes.names().chain([OutcomeList::UNKNOWN]).map(String::from).collect()
}

/// The verdicts of proposals on partial profiles, as numbers into [`verdict_names`].
#[derive(Debug)]
pub(super) struct Verdicts {
    encoding: Encoding,
    /// The number of the verdict `unknown`.
    unknown: u8,
    /// By proposal and profile, with room for every index that a partial profile can have.
    complete: Vec<Box<[u8; Space::MAX_PROFILES]>>,
    /// By proposal, on the incomplete partial profiles that have occurred so far.
    incomplete: BTreeMap<PartialProfile, Vec<u8>>,
}

impl Verdicts {
    /// The verdicts of these rulebooks; `unknown` on profiles about which limits decide.
    pub(super) fn new(setting: &Setting, rulebooks: &[Rulebook]) -> Verdicts {
        let (space, unknown) = (&setting.space, setting.outcomes.iter().count() as u8);
        let verdicts = |rulebook: &Rulebook| {
            let mut verdicts = of_table(space, unknown, rulebook);
            let is_limited = |profile: &Profile| rulebook.outcomes_of(*profile).len() > 1;
            let limited = space.profiles().filter(|_| !rulebook.limits.is_empty()).filter(is_limited);
            limited.for_each(|profile| verdicts[profile.index()] = unknown);
            verdicts
        };
        let complete = rulebooks.iter().map(verdicts).collect();
        Verdicts { encoding: Encoding::new(space), unknown, complete, incomplete: BTreeMap::new() }
    }

    /// Takes the verdicts of a proposal from its table alone, where somebody else sees to its limits.
    pub(super) fn ignore_limits(&mut self, proposal: usize, space: &Space, rulebook: &Rulebook) {
        self.complete[proposal] = of_table(space, self.unknown, rulebook);
    }

    /// Works out the verdicts on incomplete partial profiles, each once.
    pub(super) fn prepare(&mut self, incomplete: &BTreeSet<PartialProfile>) {
        let mut new = Vec::new();
        for &partial in incomplete.iter().filter(|partial| !self.incomplete.contains_key(partial)) {
            let profiles = self.encoding.completions(partial);
            let verdict = |of_profile: &[u8; Space::MAX_PROFILES]| {
                let mut verdicts = profiles.iter().map(|profile| of_profile[usize::from(*profile)]);
                let first = verdicts.next().unwrap_or(self.unknown);
                if verdicts.all(|verdict| verdict == first) { first } else { self.unknown }
            };
            new.push((partial, self.complete.iter().map(|of_profile| verdict(of_profile)).collect()));
        }
        self.incomplete.extend(new);
    }

    /// A proposal's verdict on each row. Unless all rows are complete, the incomplete ones must have been
    /// [prepared](Verdicts::prepare).
    pub(super) fn on(&self, proposal: usize, rows: &[PartialProfile], all_complete: bool) -> Vec<u8> {
        let complete = &self.complete[proposal];
        let mut verdicts: Vec<u8> = rows.iter().map(|partial| complete[partial.index()]).collect();
        if !all_complete {
            let incomplete = rows.iter().zip(&mut verdicts).filter(|(partial, _)| !partial.is_complete());
            for (partial, verdict) in incomplete {
                *verdict = self.incomplete.get(partial).map_or(self.unknown, |verdicts| verdicts[proposal]);
            }
        }
        verdicts
    }
}

/// The outcome of every profile before limits, as a verdict.
fn of_table(space: &Space, unknown: u8, rulebook: &Rulebook) -> Box<[u8; Space::MAX_PROFILES]> {
    let mut verdicts = Box::new([unknown; Space::MAX_PROFILES]);
    for profile in space.profiles() {
        verdicts[profile.index()] = rulebook.ruling_on(profile).outcome.index() as u8;
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Variable;

    const UNKNOWN: u8 = 3;

    fn variable(name: &str, levels: usize) -> Variable {
        Variable { name: name.into(), levels: (0..levels).map(|level| format!("l{level}")).collect() }
    }

    /// A space with an attribute of one level in its midst.
    fn small_space() -> Space {
        Space::new(vec![variable("a", 3), variable("b", 1), variable("c", 4)]).unwrap()
    }

    /// The verdicts of one proposal, by profile.
    fn verdicts_of(space: &Space, outcomes: &[u8]) -> Verdicts {
        let encoding = Encoding::new(space);
        let mut verdicts =
            Verdicts { encoding, unknown: UNKNOWN, complete: Vec::new(), incomplete: BTreeMap::new() };
        let mut complete = Box::new([UNKNOWN; Space::MAX_PROFILES]);
        complete[..outcomes.len()].copy_from_slice(outcomes);
        verdicts.complete.push(complete);
        verdicts
    }

    fn partial_profiles(encoding: &Encoding, levels: &[Vec<Option<u8>>]) -> Vec<PartialProfile> {
        let mut rows = vec![PartialProfile::default(); levels[0].len()];
        for (attribute, levels) in levels.iter().enumerate() {
            let rows = rows.iter_mut().zip(levels);
            rows.for_each(|(row, level)| row.add(encoding.term(attribute, *level)));
        }
        rows
    }

    proptest! {
        /// Against all completions, written out.
        #[test]
        fn an_outcome_is_that_of_every_completion_or_unknown(
            outcomes in prop::collection::vec(0u8..3, 12),
            people in prop::collection::vec((0u8..4, 0u8..2, 0u8..5), 1..50),
        ) {
            let space = small_space();
            let mut verdicts = verdicts_of(&space, &outcomes);
            let level = |level: u8, levels: u8| (level < levels).then_some(level);
            let levels = [
                people.iter().map(|p| level(p.0, 3)).collect::<Vec<_>>(),
                people.iter().map(|p| level(p.1, 1)).collect(),
                people.iter().map(|p| level(p.2, 4)).collect(),
            ];
            let rows = partial_profiles(&verdicts.encoding, &levels);
            verdicts.prepare(&rows.iter().copied().filter(|partial| !partial.is_complete()).collect());
            for (person, verdict) in verdicts.on(0, &rows, false).into_iter().enumerate() {
                let fits = |profile: &&Profile| {
                    let mut point = space.levels(**profile).iter().zip(&levels);
                    point.all(|(level, cells)| cells[person].is_none_or(|cell| cell == *level))
                };
                let profiles: Vec<_> = space.profiles().collect();
                let mut possible: Vec<u8> =
                    profiles.iter().filter(fits).map(|profile| outcomes[profile.index()]).collect();
                possible.sort_unstable();
                possible.dedup();
                let expected = if let [only] = possible[..] { only } else { UNKNOWN };
                prop_assert_eq!(verdict, expected);
            }
        }
    }
}
