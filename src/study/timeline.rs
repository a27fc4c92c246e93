//! The negotiation day by day: the proposals on the table at each date, applied to the prisoners of that date.

use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names};
use super::notes::{count_distinct, notes};
use super::outcome_rows::OutcomeRow;
use super::outcomes::{outcome_names, parts};
use super::sampling::Sampling;
use super::setup::Study;
use crate::domain::{Engine, Error, Estimate, OutcomeSet, Setting, Status};
use crate::input::{DatedScenario, Request, dated_scenarios};
use crate::table::{Matrix, Provenance, Show, Table, grouped};

/// The scenarios of a setting that are of a day, each with the proposals then on the table.
#[derive(Debug)]
pub struct Timeline {
    setting: Arc<Setting>,
    days: Vec<(String, Study)>,
}

/// What each proposal does with the people of its day.
#[derive(Debug, Clone)]
pub struct TimelineReport {
    setting: Arc<Setting>,
    /// The day and the scenario of each row.
    pub days: Vec<DatedScenario>,
    /// The rows: by day, proposal and outcome.
    pub rows: Vec<OutcomeRow>,
    /// What every output says of them.
    pub notes: Vec<String>,
    /// What they rest on.
    pub provenance: Provenance,
}

impl Timeline {
    /// Loads the dated scenarios of a setting: a built-in one by name, or that in a folder.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files, or that no scenario is of a day.
    pub fn open(setting: &str) -> Result<Timeline, Error> {
        let days = dated_scenarios(setting)?.into_iter().map(|DatedScenario { date, scenario }| {
            let study = Study::load(Request { scenario: scenario.clone(), ..Request::default() })?;
            let on_the_table = study.scenario().on_the_table.iter().flatten().map(|(name, _)| name.clone());
            let proposals: Vec<String> = on_the_table.collect();
            let study = match proposals.is_empty() {
                true => study,
                false => Study::load(Request { scenario, proposals, ..Request::default() })?,
            };
            Ok((date, study))
        });
        let days: Vec<(String, Study)> = days.collect::<Result<_, Error>>()?;
        // There is at least one.
        let setting = Arc::clone(&days[0].1.texts().setting);
        Ok(Timeline { setting, days })
    }

    /// The number of people of all days.
    pub fn people(&self) -> u64 {
        self.days.iter().map(|(_, study)| study.scenario().population()).sum()
    }

    /// Counts the people of each outcome under each proposal, day by day, by the engine `counts`.
    ///
    /// # Errors
    ///
    /// As for [`Study::outcomes`].
    pub fn outcomes(&self, sampling: &Sampling) -> Result<TimelineReport, Error> {
        let (mut days, mut rows, mut provenance) = (Vec::new(), Vec::new(), Provenance::default());
        for (date, study) in &self.days {
            let outcomes = sampling.apply(study).outcomes(Engine::Counts)?;
            let scenario = study.scenario().name.clone();
            let day = DatedScenario { date: date.clone(), scenario };
            days.extend(std::iter::repeat_n(day, outcomes.rows.len()));
            rows.extend(outcomes.rows);
            provenance = provenance.and(&outcomes.provenance);
        }
        let scenarios = || self.days.iter().map(|(_, study)| study.scenario());
        provenance.unverified = count_distinct(scenarios(), Status::Unverified);
        provenance.assumed = count_distinct(scenarios(), Status::Assumed);
        let setting = Arc::clone(&self.setting);
        let notes = notes(&setting, &provenance, rows.iter().any(|row| row.text_silent.0 > 0));
        Ok(TimelineReport { setting, days, rows, notes, provenance })
    }
}

impl TimelineReport {
    /// The timeline as a tidy table: a row for each day, proposal and outcome.
    pub fn table(&self) -> Table {
        let rows = &self.rows;
        let day = |of: fn(&DatedScenario) -> &String| names(self.days.iter().map(|day| of(day).clone()));
        let text = |of: fn(&OutcomeRow) -> String| names(rows.iter().map(of));
        let estimates: Vec<Estimate> =
            rows.iter().map(|row| Estimate { mean: row.mean, spread: row.spread }).collect();
        let outcomes = outcome_names(&self.setting.outcomes, rows.iter().map(|row| row.outcome));
        let mut columns = vec![
            column(columns::DATE, day(|day| &day.date), Show::Heading { before: "" }),
            column(columns::SCENARIO, day(|day| &day.scenario), Show::HeadingDetail),
            column(columns::PROPOSAL, text(|row| row.proposal.id.clone()), Show::Label),
            column(columns::READING, text(|row| row.proposal.reading()), Show::InFiles),
            column(columns::OUTCOME, outcomes, Show::Label),
        ];
        columns.extend(estimate_columns(&estimates));
        columns.extend(parts(&self.setting, rows));
        Table {
            title: self.title(),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            matrix: Some(Matrix {
                down: columns::PROPOSAL.0,
                detail: Some(columns::READING.0),
                across: columns::OUTCOME.0,
                spread: false,
            }),
            ..Table::default()
        }
    }

    fn title(&self) -> String {
        let outcomes: OutcomeSet = self.rows.iter().map(|row| row.outcome).collect();
        let meanings = outcomes.iter().map(|outcome| {
            let text = self.setting.outcomes.text(outcome);
            format!("{}: {}", text.name, text.meaning)
        });
        format!(
            "{}: each proposal applied to the {} of its day, means of {} replicates by counts, seed {}\n{}",
            self.setting.title,
            self.setting.people,
            grouped(self.provenance.replicates.unwrap_or_default()),
            self.provenance.seed.unwrap_or_default(),
            meanings.collect::<Vec<_>>().join("\n"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_rows_of_a_run_of_its_scenario() {
        let sampling = Sampling { replicates: 20, ..Sampling::default() };
        let report = Timeline::open("korea").unwrap().outcomes(&sampling).unwrap();
        let dates: Vec<&str> = report.days.iter().map(|day| day.date.as_str()).collect();
        assert!(dates.is_sorted() && dates.first() == Some(&"1951-12-18"), "{dates:?}");
        let name = "korea/1952-11-04-assembly";
        let alone = Study::open(name).unwrap().replicates(20).outcomes(Engine::Counts).unwrap();
        let rows = report.rows.iter().zip(&report.days).filter(|(_, day)| day.scenario == name);
        assert_eq!(rows.map(|(row, _)| row.clone()).collect::<Vec<_>>(), alone.rows);
        assert_eq!(report.table().height(), report.rows.len());
    }

    #[test]
    fn a_setting_that_there_is_not_is_refused() {
        let error = Timeline::open("kora").unwrap_err().to_string();
        assert!(error.contains("did you mean `korea`?"), "{error}");
    }
}
