//! The record beside the simulation: figures that somebody counted, and what the model gives for the same people.

use std::sync::Arc;

use super::notes::{count_distinct, notes};
use super::sampling::Sampling;
use super::setup::Study;
use super::target_report::{TargetReport, TargetRow, Verdict, summary};
use crate::domain::{Engine, Error, Estimate, Outcome, Profile, Setting, Status};
use crate::input::{LoadedTargets, Request, load_targets};
use crate::proposal::Rulebook;
use crate::scenario::Target;
use crate::simulate::{Population, RowMap, summarise};
use crate::table::Provenance;

/// The targets of a setting, with the scenarios that they are compared with.
#[derive(Debug)]
pub struct Record {
    setting: Arc<Setting>,
    targets: Vec<Target>,
    scenarios: Vec<Compared>,
}

/// A scenario with the targets that it is compared with.
#[derive(Debug)]
struct Compared {
    study: Study,
    /// The targets, by position, each with the position of its proposal in the study.
    targets: Vec<(usize, Option<usize>)>,
}

impl Record {
    /// Loads the targets of a setting and the scenarios they are compared with: a built-in setting by name, or that in a
    /// folder.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files, or that the setting has no targets.
    pub fn open(setting: &str) -> Result<Record, Error> {
        let loaded = load_targets(setting)?;
        let mut names: Vec<&str> = loaded.targets.iter().map(|target| target.scenario.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let scenarios = names.into_iter().map(|name| Compared::load(&loaded, name));
        let scenarios = scenarios.collect::<Result<_, _>>()?;
        Ok(Record { setting: Arc::new(loaded.setting), targets: loaded.targets, scenarios })
    }

    /// The number of people of all scenarios.
    pub fn people(&self) -> u64 {
        self.scenarios.iter().map(|compared| compared.study.scenario().population()).sum()
    }

    /// Simulates every scenario by the engine `counts` and compares the targets with it.
    ///
    /// # Errors
    ///
    /// If a draw of the parameters makes shares exceed 1, or the user stops it.
    pub fn compare(&self, sampling: &Sampling) -> Result<TargetReport, Error> {
        let mut rows: Vec<Option<TargetRow>> = vec![None; self.targets.len()];
        let mut provenance = Provenance::default();
        for compared in &self.scenarios {
            let study = sampling.apply(&compared.study);
            for (position, row) in compared.rows(&study, &self.targets)? {
                rows[position] = Some(row);
            }
            provenance = provenance.and(&study.provenance(Engine::Counts));
        }
        let scenarios = || self.scenarios.iter().map(|compared| compared.study.scenario());
        let figures = |status| self.targets.iter().filter(|target| target.basis.status == status).count();
        let doubtful = |status| count_distinct(scenarios(), status) + figures(status);
        provenance.unverified = doubtful(Status::Unverified);
        provenance.assumed = doubtful(Status::Assumed);
        let rows: Vec<TargetRow> = rows.into_iter().flatten().collect();
        let setting = Arc::clone(&self.setting);
        let mut notes = notes(&setting, &provenance, false);
        notes.insert(0, summary(&rows));
        Ok(TargetReport { setting, rows, notes, provenance })
    }
}

impl Compared {
    /// Loads a scenario with every proposal that one of its targets names.
    fn load(loaded: &LoadedTargets, name: &str) -> Result<Compared, Error> {
        let of_scenario: Vec<(usize, &Target)> =
            loaded.targets.iter().enumerate().filter(|(_, target)| target.scenario == name).collect();
        let mut proposals: Vec<String> = Vec::new();
        let mut targets = Vec::new();
        for &(position, target) in &of_scenario {
            let proposal = target.proposal.as_ref().map(|name| {
                proposals.iter().position(|known| known == name).unwrap_or_else(|| {
                    proposals.push(name.clone());
                    proposals.len() - 1
                })
            });
            targets.push((position, proposal));
        }
        let scenario = loaded.scenario_to_load(of_scenario[0].1);
        let study = Study::load(Request { scenario, proposals, ..Request::default() })?;
        Ok(Compared { study, targets })
    }

    /// The rows of its targets, by position.
    fn rows(&self, study: &Study, all: &[Target]) -> Result<Vec<(usize, TargetRow)>, Error> {
        let population = study.population();
        let rulebooks = &study.texts().rulebooks;
        let counted: Vec<Counted<'_>> = self
            .targets
            .iter()
            .map(|&(position, proposal)| Counted {
                target: &all[position],
                rulebook: proposal.map(|proposal| &rulebooks[proposal]),
            })
            .collect();
        let row_map = count_targets(&study.texts().setting, &population, &counted);
        let plan = study.plan(Engine::Counts);
        let summary = study.on_threads(|| summarise(&population, &row_map, plan, study.progress()))??;
        let row = |(row, &(position, _)): (usize, &(usize, Option<usize>))| {
            (position, counted[row].beside(summary.estimate(row)))
        };
        Ok(self.targets.iter().enumerate().map(row).collect())
    }
}

/// A target and the rulebook whose outcomes it counts.
struct Counted<'a> {
    target: &'a Target,
    rulebook: Option<&'a Rulebook>,
}

impl Counted<'_> {
    /// Whether somebody with this profile and outcome is counted.
    fn counts(&self, setting: &Setting, profile: Profile, outcome: Option<Outcome>) -> bool {
        let levels = setting.space.levels(profile);
        let has_outcome = match (&self.target.outcomes, outcome) {
            (Some(outcomes), Some(outcome)) => outcomes.contains(&outcome),
            _ => true,
        };
        has_outcome && self.target.when.iter().any(|condition| condition.holds(levels))
    }

    fn has_limits(&self) -> bool {
        self.rulebook.is_some_and(|rulebook| !rulebook.limits.is_empty())
    }

    /// The target beside the number simulated.
    fn beside(&self, simulated: Estimate) -> TargetRow {
        let target = self.target.clone();
        let recorded = target.number as f64;
        let deviation = (simulated.mean.people() - recorded) / recorded;
        let verdict = match target.is_fitted {
            true => Verdict::Fitted,
            false if deviation.abs() <= target.tolerance => Verdict::Agrees,
            false => Verdict::Misses,
        };
        let proposal = self.rulebook.map(|rulebook| Arc::clone(rulebook.name()));
        TargetRow { target, proposal, simulated, deviation, verdict }
    }
}

/// Maps people to a row for each target.
fn count_targets(setting: &Setting, population: &Population, counted: &[Counted<'_>]) -> RowMap {
    let of_tables = |_, profile: Profile| -> Vec<usize> {
        let tables = counted.iter().enumerate().filter(|(_, counted)| !counted.has_limits());
        let counts = |(row, counted): (usize, &Counted<'_>)| {
            let outcome = counted.rulebook.map(|rulebook| rulebook.ruling_on(profile).outcome);
            counted.counts(setting, profile, outcome).then_some(row)
        };
        tables.filter_map(counts).collect()
    };
    let row_map = RowMap::new(population, counted.len(), of_tables);
    let limited = counted.iter().enumerate().filter(|(_, counted)| counted.has_limits());
    limited.fold(row_map, |row_map, (row, counted)| {
        let rulebooks: Vec<&Rulebook> = counted.rulebook.into_iter().collect();
        row_map.and_limited(population, &rulebooks, |_, profile, outcomes| {
            counted.counts(setting, profile, outcomes.first().copied()).then_some(row).into_iter().collect()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> TargetReport {
        let sampling = Sampling { replicates: 50, ..Sampling::default() };
        Record::open("korea").unwrap().compare(&sampling).unwrap()
    }

    /// The same number by way of an outcome table.
    #[test]
    fn a_target_is_compared_with_the_count_of_an_outcome_table() {
        let report = report();
        let row = report.rows.iter().find(|row| {
            row.target.outcomes.as_ref().is_some_and(|outcomes| outcomes.len() == 1)
                && row.target.when.len() == 1
                && row.target.when[0].tests.len() == 1
                && row.target.when[0].tests[0].variable == 0
                && row.proposal.is_some()
        });
        let row = row.expect("a target of one captor and one outcome");
        let name = row.target.proposal.as_ref().unwrap();
        let study = Study::open(&row.target.scenario).and_then(|study| study.proposal(name)).unwrap();
        let outcomes = study.replicates(50).by(&["captor"]).unwrap().outcomes(Engine::Counts).unwrap();
        let counted = outcomes.rows.iter().filter(|counted| {
            let levels = &report.setting.space.variables()[0].levels;
            let level = levels.iter().position(|level| *level == counted.by[0]).unwrap();
            row.target.when[0].tests[0].allowed[level]
                && row.target.outcomes.as_ref().unwrap().contains(&counted.outcome)
        });
        let mean: u128 = counted.map(|counted| counted.mean.0).sum();
        assert!(mean.abs_diff(row.simulated.mean.0) <= 2, "{mean} is not {:?}", row.simulated.mean);
    }

    #[test]
    fn a_figure_that_set_a_size_never_agrees() {
        let report = report();
        assert!(report.rows.iter().all(|row| row.target.is_fitted == (row.verdict == Verdict::Fitted)));
        let verdicts = |verdict| report.rows.iter().filter(|row| row.verdict == verdict).count();
        assert!(
            Verdict::ALL.iter().all(|verdict| verdicts(*verdict) > 0),
            "misses are told as agreements are"
        );
        for row in report.rows.iter().filter(|row| row.verdict == Verdict::Agrees) {
            assert!(row.deviation.abs() <= row.target.tolerance, "{}", row.target.id);
        }
    }

    #[test]
    fn the_table_has_a_row_for_each_target() {
        let report = report();
        assert_eq!(report.table().height(), report.rows.len());
        assert!(report.notes[0].contains("do not. Fitted"), "{}", report.notes[0]);
    }
}
