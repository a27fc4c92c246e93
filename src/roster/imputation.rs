//! Imputation of unknown levels: each incomplete row gets a profile drawn from the scenario's population,
//! given what the row says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use polars::prelude::*;

use super::options::ImputeFrom;
use super::partial_profile::{Encoding, PartialProfile};
use crate::domain::{Error, Setting, Space};
use crate::simulate::{ConditionalProfiles, Imputation, Population, Replicate};

/// The column of levels that were imputed.
pub(super) const IMPUTED: &str = "imputed";

/// Imputes unknown levels, batch by batch.
#[derive(Debug)]
pub(super) struct Imputer<'a> {
    space: &'a Space,
    encoding: Encoding,
    imputation: Imputation,
    /// Rows in which something was imputed.
    rows: u64,
}

impl<'a> Imputer<'a> {
    /// Prepares to impute from a scenario.
    ///
    /// # Errors
    ///
    /// If the parameters drawn make shares exceed 1.
    pub(super) fn new(setting: &'a Setting, from: &ImputeFrom) -> Result<Imputer<'a>, Error> {
        let population = Population::new(setting, Arc::clone(&from.scenario));
        let imputation = Imputation::new(
            &setting.space,
            &population,
            Replicate { seed: from.seed, number: from.replicate },
        )?;
        Ok(Imputer { space: &setting.space, encoding: Encoding::new(&setting.space), imputation, rows: 0 })
    }

    /// Completes the incomplete rows for which the scenario has people, and gives the levels imputed in
    /// each. `first` is the number of the first row within the roster, from 0: draws depend on it.
    pub(super) fn impute(
        &mut self,
        first: u64,
        rows: &mut [PartialProfile],
        incomplete: &BTreeSet<PartialProfile>,
    ) -> StringChunked {
        let law =
            |partial: &PartialProfile| self.imputation.conditional_on(&self.encoding.completions(*partial));
        let laws: BTreeMap<PartialProfile, Option<ConditionalProfiles>> =
            incomplete.iter().map(|partial| (*partial, law(partial))).collect();
        let numbers = self.imputation.random_numbers(first, rows.len());
        let mut imputed = StringChunkedBuilder::new(IMPUTED.into(), rows.len());
        for (row, number) in rows.iter_mut().zip(numbers) {
            let Some(Some(law)) = laws.get(row) else {
                imputed.append_null();
                continue;
            };
            let profile = law.profile(number);
            imputed.append_value(self.encoding.unknown_levels(self.space, *row, profile));
            *row = PartialProfile::of_profile(profile);
            self.rows += 1;
        }
        imputed.finish()
    }

    /// The number of rows in which something was imputed.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::fixture::korea;

    /// What is known of a Korean prisoner in the UNC's hands who served in this force.
    fn korean(setting: &Setting, force: &str) -> PartialProfile {
        let encoding = Encoding::new(&setting.space);
        let levels = [("captor", "unc"), ("force", force), ("nationality", "korean")];
        let mut partial = PartialProfile::default();
        for (position, attribute) in setting.space.attributes().iter().enumerate() {
            let level = levels.iter().find(|(name, _)| *name == attribute.name);
            partial.add(encoding.term(position, level.map(|(_, level)| attribute.level(level).unwrap())));
        }
        partial
    }

    /// Imputes rows that are read in batches of this size.
    fn impute(rows: &[PartialProfile], batch: usize) -> (Vec<PartialProfile>, Vec<Option<String>>, u64) {
        let (setting, scenario, _) = korea();
        let from = ImputeFrom { scenario, seed: 7, replicate: 0 };
        let mut imputer = Imputer::new(&setting, &from).unwrap();
        let (mut rows, mut imputed, mut first) = (rows.to_vec(), Vec::new(), 0);
        for rows in rows.chunks_mut(batch) {
            let incomplete = rows.iter().copied().filter(|row| !row.is_complete()).collect();
            let texts = imputer.impute(first, rows, &incomplete);
            imputed.extend(texts.iter().map(|text| text.map(String::from)));
            first += rows.len() as u64;
        }
        (rows, imputed, imputer.rows())
    }

    #[test]
    fn only_unknown_levels_are_imputed_and_only_for_people_of_the_scenario() {
        let (setting, ..) = korea();
        let (prisoner, nobody) = (korean(&setting, "kpa"), korean(&setting, "roka"));
        let complete = PartialProfile::of_profile(0);
        let (rows, imputed, count) = impute(&[prisoner, complete, nobody], 3);
        assert_eq!(rows[1..], [complete, nobody]);
        assert!(Encoding::new(&setting.space).completions(prisoner).contains(&(rows[0].index() as u16)));
        let text = imputed[0].as_ref().unwrap();
        assert!(text.starts_with("residence=") && text.contains(" wish="), "{text}");
        assert_eq!((&imputed[1], &imputed[2], count), (&None, &None, 1));
    }

    #[test]
    fn a_row_gets_the_same_levels_however_rows_are_read() {
        let (setting, ..) = korea();
        let rows = vec![korean(&setting, "kpa"); 1_000];
        let all = impute(&rows, 1_000);
        assert_eq!(impute(&rows, 7), all);
        assert!(all.0.iter().any(|row| *row != all.0[0]), "everybody got the same levels");
    }
}
