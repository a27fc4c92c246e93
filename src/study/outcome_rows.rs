//! How an outcome table's rows lie in memory while they are counted.
//!
//! Each group of each rulebook takes a block of places side by side: three measures (everybody, against their wish,
//! text silent) of each outcome in the table. With 2 groups and 3 outcomes, the people to whom rulebook 1 gives the
//! second outcome in group 0 are counted at place 1 * (2 * 9) + 0 * 9 + 1 * 3 = 21, those of them against their wish
//! at 22, and those on whom the text is silent at 23.

use std::sync::Arc;

use super::breakdown::Breakdown;
use super::restriction::Counted;
use crate::domain::{Millionths, Outcome, OutcomeSet, Profile, Setting, Spread, cascade};
use crate::proposal::{Proposal, ProposalName, Rulebook};
use crate::simulate::{Draws, Population, RowMap, Summary};

/// One row of an outcome table. Numbers of people; an absent value is `None`, never 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeRow {
    /// The proposal under its readings.
    pub proposal: Arc<ProposalName>,
    /// The levels of the attributes that the table is broken down by.
    pub by: Vec<String>,
    /// What happens to the people counted.
    pub outcome: Outcome,
    /// Mean over replicates, in people.
    pub mean: Millionths,
    /// How the number varies.
    pub spread: Spread,
    /// `mean` as a part of everybody with the same `by` columns, 0 to 1; absent if nobody is.
    pub share: Option<f64>,
    /// Of `mean`, the people whose wish does not accept the outcome that the text gives them; 0 where the setting
    /// records no wishes.
    pub against_wish: Millionths,
    /// Of `mean`, the people on whom the text is silent: its file declares the outcome counted.
    pub text_silent: Millionths,
}

/// What single replicates counted of an outcome row, by replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReplicates {
    /// The people.
    pub people: Vec<u64>,
    /// Of these, the people whose wish does not accept the outcome that the text gives them.
    pub against_wish: Vec<u64>,
    /// Of these, the people on whom the text is silent.
    pub text_silent: Vec<u64>,
}

/// How the rows of an outcome table are laid out: by rulebook, group, outcome and measure. It
/// depends on the strata and columns, not on sizes, parameters or readings.
#[derive(Debug)]
pub(super) struct OutcomeRows {
    /// The levels of the grouping columns, by group.
    groups: Vec<Vec<String>>,
    /// The group of each cell, by stratum, in the order of the profiles.
    of_cell: Vec<Vec<(Profile, usize)>>,
    /// The outcomes in the table, in the setting's order.
    outcomes: Vec<Outcome>,
}

/// The outcomes that some of these proposals can give under some reading, in the setting's order: those that a table
/// about them shows.
pub(super) fn outcomes_of<'a>(proposals: impl IntoIterator<Item = &'a Proposal>) -> Vec<Outcome> {
    let all = proposals.into_iter().map(Proposal::outcomes).fold(OutcomeSet::default(), OutcomeSet::union);
    all.iter().collect()
}

/// The part of a total, rounded to nine decimals.
fn part(part: u128, whole: u128) -> f64 {
    (part as f64 / whole as f64 * 1e9).round() / 1e9
}

/// What is counted of the people with an outcome: all, those whose wish does not accept it although the text speaks of
/// them, and those on whom the text is silent.
const MEASURES: usize = 3;

impl OutcomeRows {
    /// Lays the rows out for the people of a population who are counted, broken down by these columns, and these
    /// outcomes.
    pub(super) fn new(
        setting: &Setting,
        population: &Population,
        by: &[Breakdown],
        counted: &Counted,
        outcomes: Vec<Outcome>,
    ) -> OutcomeRows {
        let key = |stratum: usize, profile: Profile| -> Vec<usize> {
            by.iter().map(|column| column.level(setting, stratum, profile)).collect()
        };
        let strata = || population.blueprints.iter().enumerate();
        let mut keys: Vec<Vec<usize>> = strata()
            .flat_map(|(s, blueprint)| blueprint.cells.iter().map(move |cell| (s, cell.profile)))
            .filter(|(s, profile)| counted.includes(setting, *s, *profile))
            .map(|(s, profile)| key(s, profile))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let group = |s, profile| keys.partition_point(|k| *k < key(s, profile));
        let of_cell = strata()
            .map(|(s, b)| b.cells.iter().map(|c| (c.profile, group(s, c.profile))).collect())
            .collect();
        let name = |(column, &level): (&Breakdown, &usize)| match *column {
            Breakdown::Stratum => population.scenario.strata[level].id.clone(),
            Breakdown::Variable(variable) => setting.space.variables()[variable].levels[level].clone(),
        };
        let groups = keys.iter().map(|key| by.iter().zip(key).map(name).collect()).collect();
        OutcomeRows { groups, of_cell, outcomes }
    }

    /// The number of places of one group: the measures of each outcome.
    fn block(&self) -> usize {
        self.outcomes.len() * MEASURES
    }

    /// The number of places of one rulebook.
    fn per_rulebook(&self) -> usize {
        self.groups.len() * self.block()
    }

    /// The outcomes in the table.
    pub(super) fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The number of values that one replicate stores for this many rulebooks.
    pub(crate) fn numbers(&self, rulebooks: usize) -> u64 {
        (rulebooks * self.per_rulebook()) as u64
    }

    /// The number of groups.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The levels of the grouping columns, by group.
    pub(super) fn group_names(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// What is to be counted so that the rulebooks can be answered.
    pub(super) fn row_map(
        &self,
        setting: &Setting,
        population: &Population,
        rulebooks: &[Rulebook],
    ) -> RowMap {
        let rows_under = |q: usize, stratum: usize, profile: Profile, outcome: Outcome| {
            let first = q * self.per_rulebook() + self.place(self.group_of(stratum, profile), outcome);
            let ruling = rulebooks[q].ruling_on(profile);
            // Where the text is silent, or asked once more, it goes against nobody's wish; a limit does.
            let by_table = ruling.outcome == outcome;
            let (silent, on_request) = (ruling.silent && by_table, ruling.on_request && by_table);
            let against = !silent && !on_request && setting.is_against_wish(profile, outcome);
            let rows = [(first, true), (first + 1, against), (first + 2, silent)];
            rows.into_iter().filter(|(_, counts)| *counts).map(|(row, _)| row)
        };
        let of_tables = |stratum: usize, profile: Profile| -> Vec<usize> {
            let tables = rulebooks.iter().enumerate().filter(|(_, rulebook)| rulebook.limits.is_empty());
            let rows = tables.flat_map(|(q, rulebook)| {
                rows_under(q, stratum, profile, rulebook.ruling_on(profile).outcome)
            });
            rows.collect()
        };
        let row_map = RowMap::new(population, rulebooks.len() * self.per_rulebook(), of_tables);
        let limited = rulebooks.iter().enumerate().filter(|(_, rulebook)| !rulebook.limits.is_empty());
        limited.fold(row_map, |row_map, (q, rulebook)| {
            row_map.and_limited(population, &[rulebook], |stratum, profile, outcomes| {
                rows_under(q, stratum, profile, outcomes[0]).collect()
            })
        })
    }

    /// The group of a stratum's prisoners with this profile.
    fn group_of(&self, stratum: usize, profile: Profile) -> usize {
        let cells = &self.of_cell[stratum];
        let cell = cells.binary_search_by_key(&profile, |(profile, _)| *profile);
        cell.map_or(0, |cell| cells[cell].1)
    }

    /// The first place of an outcome in a group, within those of a rulebook.
    fn place(&self, group: usize, outcome: Outcome) -> usize {
        // The rulebooks' outcomes are among those of the table.
        let position = self.outcomes.binary_search(&outcome).unwrap_or_default();
        group * self.block() + position * MEASURES
    }

    /// The rows of the table, by rulebook, group and outcome.
    pub(super) fn rows(&self, rulebooks: &[Rulebook], summary: &Summary) -> Vec<OutcomeRow> {
        let mut rows = Vec::new();
        for (q, rulebook) in rulebooks.iter().enumerate() {
            let first = q * self.per_rulebook();
            let name = rulebook.name();
            let people = |group: usize| {
                let outcomes = self.outcomes.iter();
                outcomes.map(move |outcome| summary.sums[first + self.place(group, *outcome)])
            };
            let numerators: Vec<u128> = (0..self.groups.len()).flat_map(people).collect();
            let mut means = cascade(&numerators, summary.denominator).into_iter();
            for (group, by) in self.groups.iter().enumerate() {
                let total: u128 = people(group).sum();
                for (&outcome, mean) in self.outcomes.iter().zip(&mut means) {
                    let row = first + self.place(group, outcome);
                    rows.push(OutcomeRow {
                        proposal: Arc::clone(name),
                        by: by.clone(),
                        outcome,
                        mean,
                        spread: summary.spreads[row],
                        share: (total > 0).then(|| part(summary.sums[row], total)),
                        against_wish: summary.mean(row + 1),
                        text_silent: summary.mean(row + 2),
                    });
                }
            }
        }
        rows
    }

    /// What single replicates counted of each row of the table, in the order of [`OutcomeRows::rows`].
    pub(super) fn replicates(&self, rulebooks: &[Rulebook], draws: &Draws) -> Vec<RowReplicates> {
        let rows = 0..rulebooks.len() * self.groups.len() * self.outcomes.len();
        let firsts = rows.map(|row| row * MEASURES);
        let counted = |first| RowReplicates {
            people: draws.row(first),
            against_wish: draws.row(first + 1),
            text_silent: draws.row(first + 2),
        };
        firsts.map(counted).collect()
    }
}
