//! The record beside the simulation: figures that somebody counted, and what the model gives for the same people.

use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names};
use super::notes::notes;
use super::sampling::Sampling;
use super::setup::Study;
use crate::domain::{Engine, Error, Estimate, Outcome, Profile, Setting};
use crate::input::{LoadedTargets, Request, load_targets};
use crate::proposal::{ProposalName, Rulebook};
use crate::scenario::Target;
use crate::simulate::{Population, RowMap, summarise};
use crate::table::{DEFAULT, Provenance, Show, Style, Table, Values, grouped};

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

/// What a target and the simulation say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The mean is within the tolerance.
    Agrees,
    /// It is not.
    Misses,
    /// The number recorded set a size or a parameter of the scenario: agreement is no evidence.
    Fitted,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 3] = [Verdict::Agrees, Verdict::Misses, Verdict::Fitted];

    /// The verdict's name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Misses => "misses",
            Verdict::Fitted => "fitted",
        }
    }
}

/// A target beside the number simulated.
#[derive(Debug, Clone)]
pub struct TargetRow {
    /// The target.
    pub target: Target,
    /// The proposal applied; absent where people are counted whatever their outcome.
    pub proposal: Option<Arc<ProposalName>>,
    /// The number simulated.
    pub simulated: Estimate,
    /// How far the mean is off, as a part of the number recorded.
    pub deviation: f64,
    /// What that says.
    pub verdict: Verdict,
}

/// Every target of a setting beside the number simulated.
#[derive(Debug, Clone)]
pub struct TargetReport {
    setting: Arc<Setting>,
    /// The targets, in declared order.
    pub rows: Vec<TargetRow>,
    /// What every output says of them.
    pub notes: Vec<String>,
    /// What they rest on.
    pub provenance: Provenance,
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

/// How many targets agree, miss and are fitted.
fn summary(rows: &[TargetRow]) -> String {
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let [agree, miss, fitted] = Verdict::ALL.map(count);
    format!(
        "Of {} figures that set nothing in their scenario, {agree} agree within their tolerance and {miss} do not. \
         {fitted} are fitted: they set a size or a parameter, so that agreement is no evidence.",
        agree + miss,
    )
}

impl TargetReport {
    /// The targets as a tidy table: a row for each, the number recorded beside the one simulated.
    pub fn table(&self) -> Table {
        let text =
            |of: &dyn Fn(&TargetRow) -> Option<String>| Values::Text(self.rows.iter().map(of).collect());
        let number =
            |of: fn(&TargetRow) -> f64| Values::Number(self.rows.iter().map(|row| Some(of(row))).collect());
        let recorded = self.rows.iter().map(|row| Some(row.target.number)).collect();
        let estimates: Vec<Estimate> = self.rows.iter().map(|row| row.simulated).collect();
        let verdicts = self.rows.iter().map(|row| row.verdict.name());
        let verdicts = Values::categories(Verdict::ALL.map(|verdict| verdict.name().to_string()), verdicts);
        let proposals = |of: fn(&ProposalName) -> String, none: &str| {
            names(self.rows.iter().map(|row| row.proposal.as_deref().map_or(none.to_string(), of)))
        };
        let basis = |row: &TargetRow| row.target.basis.clone();
        let mut columns = vec![
            column(columns::TARGET, text(&|row| Some(row.target.id.clone())), Show::InFiles),
            column(columns::WHAT, text(&|row| Some(row.target.what.clone())), Show::Heading { before: "" }),
            column(columns::DATE, text(&|row| row.target.date.clone()), Show::InFiles),
            column(columns::COUNTED_BY, text(&|row| row.target.by.clone()), Show::InFiles),
            column(columns::VERDICT, verdicts, Show::Label),
            column(
                columns::SCENARIO,
                names(self.rows.iter().map(|row| row.target.scenario.clone())),
                Show::Label,
            ),
            column(columns::PROPOSAL, proposals(|name| name.id.clone(), "everybody"), Show::Label),
            column(columns::READING, proposals(ProposalName::reading, DEFAULT), Show::InFiles),
            column(columns::WHEN, text(&|row| Some(self.condition(&row.target))), Show::InFiles),
            column(columns::OUTCOMES, text(&|row| self.outcomes(&row.target)), Show::InFiles),
            column(columns::RECORDED, Values::Count(recorded), Show::measure("recorded", Style::Whole)),
        ];
        columns.extend(estimate_columns(&estimates));
        columns.extend([
            column(
                columns::DEVIATION,
                number(|row| row.deviation),
                Show::measure("off by", Style::SignedPercent),
            ),
            column(
                columns::TOLERANCE,
                number(|row| row.target.tolerance),
                Show::measure("tolerance", Style::Percent),
            ),
            column(columns::BECAUSE, text(&|row| Some(row.target.because.clone())), Show::InFiles),
            column(columns::SOURCE, text(&|row| basis(row).source), Show::InFiles),
            column(columns::STATUS, text(&|row| Some(basis(row).status.name().into())), Show::InFiles),
            column(columns::NOTE, text(&|row| basis(row).note), Show::InFiles),
        ]);
        Table {
            title: format!(
                "{}: figures from the record beside means of {} replicates by counts, seed {}",
                self.setting.title,
                grouped(self.provenance.replicates.unwrap_or_default()),
                self.provenance.seed.unwrap_or_default(),
            ),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            ..Table::default()
        }
    }

    fn condition(&self, target: &Target) -> String {
        let variables = self.setting.space.variables();
        let words = target.when.iter().map(|condition| condition.words(variables));
        words.collect::<Vec<_>>().join(" or ")
    }

    fn outcomes(&self, target: &Target) -> Option<String> {
        let outcomes = target.outcomes.as_ref()?;
        let names = outcomes.iter().map(|outcome| self.setting.outcomes.name(*outcome));
        Some(names.collect::<Vec<_>>().join(" or "))
    }
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
        assert!(report.notes[0].contains("do not"), "{}", report.notes[0]);
    }
}
