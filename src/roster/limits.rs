//! Limits on a roster as a whole: its people are counted in a reading of their own, limits are applied to them as to a
//! replicate, and in a second reading each row draws its outcome from the urn of its kind.

use std::collections::BTreeMap;

use super::columns::Resolved;
use super::imputation::Imputer;
use super::options::ImputeFrom;
use super::partial_profile::{Encoding, PartialProfile, find_incomplete};
use super::report::{LimitedProposal, LimitsApplied};
use crate::domain::{Error, Profile, Setting, Space};
use crate::proposal::{LimitInForce, Rulebook};
use crate::simulate::{Kind, Replicate, Urns};

/// The proposals with limits that can decide somebody's outcome.
pub(super) fn find_limited(space: &Space, rulebooks: &[Rulebook]) -> Vec<LimitedProposal> {
    let limited = rulebooks.iter().enumerate().map(|(position, rulebook)| {
        let decides = |limit: &&LimitInForce| {
            space.profiles().any(|profile| {
                limit.concerns(profile) && rulebook.outcomes_of(profile).contains(&limit.outcome)
            })
        };
        let limits = rulebook.limits.iter().filter(decides).map(|limit| limit.id.clone()).collect();
        LimitedProposal { position, name: rulebook.name().label(), limits, applied: LimitsApplied::No }
    });
    limited.filter(|proposal| !proposal.limits.is_empty()).collect()
}

/// The people of a roster, counted by what is known of them once unknown levels are imputed.
pub(super) struct RosterTally<'a> {
    setting: &'a Setting,
    threads: &'a rayon::ThreadPool,
    imputer: Option<Imputer<'a>>,
    rows: u64,
    /// By profile.
    complete: Vec<u64>,
    incomplete: BTreeMap<PartialProfile, u64>,
}

impl<'a> RosterTally<'a> {
    /// A tally of nobody.
    ///
    /// # Errors
    ///
    /// If the parameters drawn for imputation make shares exceed 1.
    pub(super) fn new(
        setting: &'a Setting,
        impute: Option<&ImputeFrom>,
        threads: &'a rayon::ThreadPool,
    ) -> Result<RosterTally<'a>, Error> {
        let imputer = impute.map(|from| Imputer::new(setting, from)).transpose()?;
        let (complete, incomplete) = (vec![0; setting.space.len()], BTreeMap::new());
        Ok(RosterTally { setting, threads, imputer, rows: 0, complete, incomplete })
    }

    /// Counts the roster's next rows.
    pub(super) fn add(&mut self, resolved: Resolved) {
        let mut rows = resolved.rows;
        if let Some(imputer) = &mut self.imputer {
            let incomplete = self.threads.install(|| find_incomplete(&rows));
            imputer.impute(self.rows, &mut rows, &incomplete);
        }
        for &row in &rows {
            match row.is_complete() {
                true => self.complete[row.index()] += 1,
                false => *self.incomplete.entry(row).or_default() += 1,
            }
        }
        self.rows += rows.len() as u64;
    }

    /// Applies the limits of every proposal for which all rows say what its limits look at, and notes which these are.
    pub(super) fn apply_limits(
        &self,
        rulebooks: &[Rulebook],
        limited: &mut [LimitedProposal],
        replicate: Replicate,
    ) -> Urns<PartialProfile> {
        for proposal in limited.iter_mut() {
            proposal.applied = match self.count_unclear_rows(&rulebooks[proposal.position]) {
                0 => LimitsApplied::Yes,
                rows => LimitsApplied::Incomplete { rows },
            };
        }
        let applied = limited.iter().filter(|proposal| proposal.applied == LimitsApplied::Yes);
        let applied = applied.map(|proposal| proposal.position).collect();
        Urns::fill(rulebooks, applied, self.kinds(), replicate)
    }

    /// The number of rows of which it is unknown how they count under a rulebook's limits.
    fn count_unclear_rows(&self, rulebook: &Rulebook) -> u64 {
        let encoding = Encoding::new(&self.setting.space);
        let profiles: Vec<Profile> = self.setting.space.profiles().collect();
        let is_unclear = |partial: PartialProfile| {
            let completions = encoding.completions(partial).into_iter();
            let mut treatments =
                completions.map(|profile| rulebook.treatment_of(profiles[usize::from(profile)]));
            let first = treatments.next();
            treatments.any(|treatment| Some(treatment) != first)
        };
        let unclear = self.incomplete.iter().filter(|(partial, _)| is_unclear(**partial));
        unclear.map(|(_, rows)| rows).sum()
    }

    /// The kinds of people. Where it does not matter to limits which of several profiles people have, the first stands
    /// for them.
    fn kinds(&self) -> Vec<Kind<'static, PartialProfile>> {
        let profiles: Vec<Profile> = self.setting.space.profiles().collect();
        let complete = self.complete.iter().enumerate().filter(|(_, people)| **people > 0);
        let complete =
            complete.map(|(profile, people)| (PartialProfile::of_profile(profile as u16), *people));
        let incomplete = self.incomplete.iter().map(|(partial, people)| (*partial, *people));
        let kinds = complete.chain(incomplete).map(|(key, people)| {
            let (profile, stream) = (profiles[key.index()], ("", u64::from(key.number())));
            Kind { key, profile, people, stream }
        });
        kinds.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Texts;

    fn texts() -> Texts {
        Texts::load(&["1952-07-03-nam-il".into(), "1952-06-15-zhou-numbers".into()], &[]).unwrap()
    }

    /// What is known of people with these levels; `?` is unknown, and attributes not named have their defaults.
    fn partial(space: &Space, levels: &[(&str, &str)]) -> PartialProfile {
        let encoding = Encoding::new(space);
        let mut partial = PartialProfile::default();
        for (position, attribute) in space.attributes().iter().enumerate() {
            let named = levels.iter().find(|(name, _)| *name == attribute.name);
            let level = named.map(|(_, level)| attribute.level(level));
            partial.add(encoding.term(position, level.unwrap_or(space.default_level(position))));
        }
        partial
    }

    fn korean(
        captor: &'static str,
        residence: &'static str,
        wish: &'static str,
    ) -> [(&'static str, &'static str); 5] {
        [
            ("captor", captor),
            ("force", "kpa"),
            ("nationality", "korean"),
            ("residence", residence),
            ("wish", wish),
        ]
    }

    #[test]
    fn proposals_are_limited_only_where_a_limit_decides() {
        let texts = texts();
        let [limited] = &find_limited(&texts.setting.space, &texts.rulebooks)[..] else { panic!("not one") };
        assert_eq!((limited.position, limited.name.as_str()), (1, "1952-06-15-zhou-numbers"));
        assert_eq!(limited.limits, ["ninety-thousand-willing-first"]);
    }

    /// Ten more than may go. The unknown residence of those who wish to go to their own side makes no difference; an
    /// unknown wish does, unless it is that of somebody whom the limit is not about.
    #[test]
    fn rows_count_unless_limits_would_treat_them_otherwise() {
        let texts = texts();
        let (space, zhou) = (&texts.setting.space, &texts.rulebooks[1]);
        let threads = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let mut tally = RosterTally::new(&texts.setting, None, &threads).unwrap();
        let partials = [
            korean("unc", "?", "own-side"),
            korean("unc", "north", "own-side"),
            korean("kpa-cpv", "south", "?"),
        ];
        let partials = partials.map(|levels| partial(space, &levels));
        for (rows, people) in partials.into_iter().zip([40_000, 50_010, 3]) {
            tally.add(Resolved { rows: vec![rows; people], findings: Vec::new() });
        }
        assert_eq!((tally.rows, tally.count_unclear_rows(zhou)), (90_013, 0));
        let mut limited = find_limited(space, &texts.rulebooks);
        let replicate = Replicate { seed: 1952, number: 0 };
        let mut urns = tally.apply_limits(&texts.rulebooks, &mut limited, replicate);
        assert_eq!(limited[0].applied, LimitsApplied::Yes);
        let rows = partials.into_iter().zip([40_000, 50_010, 3]);
        let drawn = urns.draw(rows.flat_map(|(row, people)| std::iter::repeat_n(row, people)));
        let released = texts.setting.outcomes.find("released");
        assert_eq!(drawn.under(1).filter(|(_, outcome)| Some(*outcome) == released).count(), 10);
        tally.add(Resolved {
            rows: vec![partial(space, &korean("unc", "north", "?")); 7],
            findings: Vec::new(),
        });
        tally.apply_limits(&texts.rulebooks, &mut limited, replicate);
        assert_eq!(limited[0].applied, LimitsApplied::Incomplete { rows: 7 });
    }
}
