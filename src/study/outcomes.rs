//! How many people each proposal would hand over, let go or keep: the outcome table.

use std::path::Path;
use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names, same};
use super::notes::{notes, standard_error, title};
use super::outcome_rows::{OutcomeRow, OutcomeRows, outcomes_of};
use super::setup::Study;
use crate::domain::{
    Engine, Error, Estimate, Millionths, Outcome, OutcomeList, OutcomeSet, Problem, Setting,
};
use crate::input::suggestion;
use crate::proposal::Rulebook;
use crate::table::{Column, Provenance, Show, Style, Table, Values};

/// How many people have each outcome under each proposal of a study.
#[derive(Debug, Clone)]
pub struct Outcomes {
    setting: Arc<Setting>,
    /// The names of the groups that the rows are broken down by.
    pub by: Vec<String>,
    /// The rows: by proposal, group and outcome, in declared order.
    pub rows: Vec<OutcomeRow>,
    /// What every output says of them.
    pub notes: Vec<String>,
    /// What they rest on.
    pub provenance: Provenance,
}

impl Study {
    /// Simulates the scenario and counts the people of each outcome under each proposal.
    ///
    /// # Errors
    ///
    /// If the replicates would not fit in memory, a draw of the parameters makes shares exceed 1, or the user
    /// stops it.
    pub fn outcomes(&self, engine: Engine) -> Result<Outcomes, Error> {
        let (setting, rulebooks) = (&*self.texts().setting, &*self.texts().rulebooks);
        let population = self.population();
        let outcomes = outcomes_of(rulebooks.iter().map(Rulebook::proposal));
        let rows = OutcomeRows::new(setting, &population, self.grouping(), self.counted(), outcomes);
        self.refuse_memory(engine, rows.numbers(rulebooks.len()), "groups")?;
        let row_map = rows.row_map(setting, &population, rulebooks);
        let summary = self.summarise(engine, &population, row_map)?;
        let rows = rows.rows(rulebooks, &summary);
        let provenance = self.provenance(engine);
        let is_silent = rows.iter().any(|row| row.text_silent.0 > 0);
        let mut notes = notes(setting, &provenance, is_silent);
        notes.extend(self.texts().twins());
        notes.extend(self.fixed_limits());
        notes.extend(standard_error(&summary));
        let by = self.grouping().iter().map(|by| by.name(setting)).collect();
        Ok(Outcomes { setting: Arc::clone(&self.texts().setting), by, rows, notes, provenance })
    }
}

impl Outcomes {
    /// The mean number of people with an outcome under a proposal, over all groups; the proposal as the command
    /// line names it, `draft:left=retained`.
    ///
    /// # Errors
    ///
    /// If the proposal is not among those counted, or the setting has no such outcome.
    pub fn mean(&self, proposal: &str, outcome: &str) -> Result<Millionths, Error> {
        let outcome = self.setting.find_outcome(outcome)?;
        let labels: Vec<String> = self.rows.iter().map(|row| row.proposal.label()).collect();
        if !labels.iter().any(|label| label == proposal) {
            let problem = Problem::new(format!("`{proposal}` is not among the proposals counted"));
            return Err(problem.help(suggestion(proposal, labels.iter().map(String::as_str))).into());
        }
        let rows = self.rows.iter().zip(&labels);
        let wanted = rows.filter(|(row, label)| row.outcome == outcome && *label == proposal);
        Ok(Millionths(wanted.map(|(row, _)| row.mean.0).sum()))
    }

    /// The outcomes as a tidy table: a row for each proposal, group and outcome.
    pub fn table(&self) -> Table {
        let rows = &self.rows;
        let text = |of: fn(&OutcomeRow) -> String| names(rows.iter().map(of));
        let scenario = self.provenance.scenario.as_deref().unwrap_or_default();
        let mut columns = vec![
            column(columns::SCENARIO, same(scenario, rows.len()), Show::InFiles),
            column(columns::PROPOSAL, text(|row| row.proposal.id.clone()), Show::Heading { before: "" }),
            column(columns::READING, text(|row| row.proposal.reading()), Show::HeadingDetail),
        ];
        columns.extend(self.by.iter().enumerate().map(|(position, name)| {
            let levels = names(rows.iter().map(|row| row.by[position].clone()));
            Column::new(name, columns::BY, levels, Show::Group)
        }));
        columns.push(column(
            columns::OUTCOME,
            outcome_names(&self.setting.outcomes, rows.iter().map(|row| row.outcome)),
            Show::Label,
        ));
        let estimates: Vec<Estimate> =
            rows.iter().map(|row| Estimate { mean: row.mean, spread: row.spread }).collect();
        columns.extend(estimate_columns(&estimates));
        columns.extend(parts(&self.setting, rows));
        Table {
            title: title(&self.setting, &self.provenance),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            ..Table::default()
        }
    }

    /// Writes the table to a file, in the format that its ending names, with a manifest beside it.
    ///
    /// # Errors
    ///
    /// If the file exists already or cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.table().write(path)
    }
}

/// The measures of parts of a mean.
pub(super) fn parts(setting: &Setting, rows: &[OutcomeRow]) -> Vec<Column> {
    let measure = |header: &str, style, rank| Show::Measure { header: header.into(), style, rank };
    let share = Values::Number(rows.iter().map(|row| row.share).collect());
    let against_wish = setting.records_wishes().then(|| {
        let people = columns::people(rows.iter().map(|row| row.against_wish));
        column(columns::AGAINST_WISH, people, measure("against\nwish", Style::WholeOrDash, 3))
    });
    let text_silent = columns::people(rows.iter().map(|row| row.text_silent));
    std::iter::once(column(columns::SHARE, share, measure("share", Style::Percent, 2)))
        .chain(against_wish)
        .chain([column(columns::TEXT_SILENT, text_silent, measure("text\nsilent", Style::WholeOrDash, 1))])
        .collect()
}

/// Outcomes as an ordered category of those that occur, in the setting's order.
pub(crate) fn outcome_names(outcomes: &OutcomeList, rows: impl Iterator<Item = Outcome> + Clone) -> Values {
    let present: OutcomeSet = rows.clone().collect();
    let names: Vec<String> = present.iter().map(|outcome| outcomes.name(outcome).to_string()).collect();
    Values::categories(names, rows.map(|outcome| outcomes.name(outcome)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::DEFAULT;

    fn outcomes(engine: Engine, by: &[&str]) -> Outcomes {
        let study = Study::open("korea/1952-07-03").unwrap().replicates(20).by(by).unwrap();
        study.outcomes(engine).unwrap()
    }

    #[test]
    fn means_add_up_to_the_population_by_every_engine() {
        for engine in Engine::ALL {
            let outcomes = outcomes(engine, &["captor"]);
            for proposal in ["1949-geneva-118", "1952-03-27-draft", "1952-07-13-unc-list"] {
                let all = ["repatriated", "released", "retained"];
                let sum: u128 = all.map(|outcome| outcomes.mean(proposal, outcome).unwrap().0).iter().sum();
                assert_eq!(Millionths(sum).to_string(), "181033", "{engine:?}, {proposal}");
            }
        }
    }

    #[test]
    fn no_part_exceeds_its_whole() {
        for row in outcomes(Engine::Counts, &["force"]).rows {
            assert!(row.against_wish <= row.mean && row.text_silent <= row.mean, "{row:?}");
        }
    }

    #[test]
    fn keys_are_never_absent() {
        let table = outcomes(Engine::Counts, &[]).table();
        for name in ["scenario", "proposal", "reading", "outcome"] {
            let column = table.column(name).unwrap();
            assert!(matches!(column.values, Values::Category { .. }), "{name}");
            assert!((0..table.height()).all(|row| !column.text(row).is_empty()), "{name}");
        }
        assert_eq!(table.column("reading").unwrap().text(0), DEFAULT);
    }

    #[test]
    fn twins_are_named_in_the_notes() {
        let notes = outcomes(Engine::Exact, &[]).notes;
        let twin = "1952-03-21-principle gives every profile the same outcome as 1949-geneva-118.";
        assert!(notes.iter().any(|note| note == twin), "{notes:?}");
    }

    #[test]
    fn a_proposal_that_was_not_counted_is_named() {
        let error = outcomes(Engine::Exact, &[]).mean("1952-07-03-namil", "released").unwrap_err();
        assert!(error.to_string().contains("did you mean `1952-07-03-nam-il`?"), "{error}");
    }
}
