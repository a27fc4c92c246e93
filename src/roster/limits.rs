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
