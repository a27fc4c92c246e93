use super::{Draws, Plan, Population, Progress, RowMap, Summary, summarise};
use crate::domain::{
    Engine, Error, Outcome, OutcomeRow, OutcomeTable, Profile, Provenance, RowReplicates, Setting, Status,
    cascade,
};
use crate::proposal::{Interpretation, Rulings};
use crate::scenario::Scenario;

/// A proposal under one reading, compiled.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The proposal and its readings.
    pub interpretation: Interpretation,
    /// Its ruling on every profile.
    pub rulings: Rulings,
}

/// By what an outcome table is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The scenario's strata.
    Stratum,
    /// An attribute or derived attribute, by number.
    Variable(usize),
}

/// Simulates a population and counts what becomes of it under each question.
///
/// # Errors
///
/// As for [`draw`](super::draw).
pub fn outcomes(
    setting: &Setting,
    population: &Population,
    questions: &[Rulebook],
    by: &[Column],
    plan: Plan,
    progress: &dyn Progress,
) -> Result<OutcomeTable, Error> {
    let layout = OutcomeRows::new(setting, population, by);
    let counting = layout.counting(setting, population, questions);
    let summary = summarise(population, &counting, plan, progress)?;
    Ok(OutcomeTable {
        scenario: population.scenario.name.clone(),
        by: by.iter().map(|column| column.name(setting)).collect(),
        rows: layout.rows(questions, &summary),
        sample: sample(&population.scenario, plan),
    })
}

impl Column {
    /// The column of this name: `stratum`, an attribute or a derived attribute.
    pub fn named(setting: &Setting, name: &str) -> Option<Column> {
        match name {
            "stratum" => Some(Column::Stratum),
            name => setting.space.variable(name).map(Column::Variable),
        }
    }

    /// Its name.
    pub fn name(self, setting: &Setting) -> String {
        match self {
            Column::Stratum => "stratum".into(),
            Column::Variable(variable) => setting.space.variables()[variable].name.clone(),
        }
    }
}

/// What numbers of this scenario by this plan rest on.
pub fn sample(scenario: &Scenario, plan: Plan) -> Provenance {
    let drawn = plan.engine != Engine::Exact || scenario.is_uncertain();
    Provenance {
        engine: plan.engine,
        seed: drawn.then_some(plan.seed),
        replicates: drawn.then_some(plan.replicates),
        population: scenario.population(),
        set: Vec::new(),
        unverified: scenario.count(Status::Unverified),
        assumed: scenario.count(Status::Assumed),
    }
}

/// How the rows of an outcome table are laid out: by question, group, outcome and measure. It
/// depends on the strata and columns, not on sizes, parameters or readings.
#[derive(Debug)]
pub struct OutcomeRows {
    /// The levels of the grouping columns, by group.
    groups: Vec<Vec<String>>,
    /// The group of each cell, by stratum, in the order of the profiles.
    of_cell: Vec<Vec<(Profile, usize)>>,
}

/// A part of a whole, rounded to nine decimals.
fn part(part: u128, whole: u128) -> f64 {
    (part as f64 / whole as f64 * 1e9).round() / 1e9
}

/// What is counted of the people with an outcome: all, those whose wish does not accept it, and
/// those on whom the text is silent.
const MEASURES: usize = 3;
/// Rows of one group: the measures of each outcome.
const BLOCK: usize = Outcome::ALL.len() * MEASURES;

impl OutcomeRows {
    /// Lays the rows out for a population broken down by these columns.
    pub fn new(setting: &Setting, population: &Population, by: &[Column]) -> OutcomeRows {
        let key = |stratum: usize, profile: Profile| -> Vec<usize> {
            let level = |column: &Column| match *column {
                Column::Stratum => stratum,
                Column::Variable(variable) => usize::from(setting.space.levels(profile)[variable]),
            };
            by.iter().map(level).collect()
        };
        let strata = || population.blueprints.iter().enumerate();
        let mut keys: Vec<Vec<usize>> = strata()
            .flat_map(|(s, blueprint)| blueprint.cells.iter().map(move |cell| (s, cell.profile)))
            .map(|(s, profile)| key(s, profile))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let group = |s, profile| keys.partition_point(|k| *k < key(s, profile));
        let of_cell = strata()
            .map(|(s, b)| b.cells.iter().map(|c| (c.profile, group(s, c.profile))).collect())
            .collect();
        let name = |(column, &level): (&Column, &usize)| match *column {
            Column::Stratum => population.scenario.strata[level].id.clone(),
            Column::Variable(variable) => setting.space.variables()[variable].levels[level].clone(),
        };
        let groups = keys.iter().map(|key| by.iter().zip(key).map(name).collect()).collect();
        OutcomeRows { groups, of_cell }
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The levels of the grouping columns, by group.
    pub fn group_names(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// What is to be counted so that the questions can be answered.
    pub fn counting(&self, setting: &Setting, population: &Population, questions: &[Rulebook]) -> RowMap {
        let per_question = self.groups.len() * BLOCK;
        let rows_of = |stratum: usize, profile: Profile| -> Vec<usize> {
            let cells = &self.of_cell[stratum];
            let cell = cells.binary_search_by_key(&profile, |(profile, _)| *profile);
            let group = cell.map_or(0, |cell| cells[cell].1);
            let rows = questions.iter().enumerate().flat_map(|(q, question)| {
                let ruling = question.rulings.on(profile);
                let first = q * per_question + group * BLOCK + ruling.outcome.index() * MEASURES;
                let against = !setting.accepts(profile, ruling.outcome);
                [(first, true), (first + 1, against), (first + 2, ruling.silent)]
            });
            rows.filter(|(_, counts)| *counts).map(|(row, _)| row).collect()
        };
        RowMap::new(population, questions.len() * per_question, rows_of)
    }

    /// The rows of the table, by question, group and outcome.
    pub fn rows(&self, questions: &[Rulebook], summary: &Summary) -> Vec<OutcomeRow> {
        let per_question = self.groups.len() * BLOCK;
        let mut rows = Vec::new();
        for (q, question) in questions.iter().enumerate() {
            let first = q * per_question;
            let interpretation = &question.interpretation;
            let (reading, departures) = (interpretation.reading(), interpretation.departures());
            let people = |group: usize| {
                Outcome::ALL.map(|outcome| summary.sums[first + group * BLOCK + outcome.index() * MEASURES])
            };
            let numerators: Vec<u128> = (0..self.groups.len()).flat_map(people).collect();
            let mut means = cascade(&numerators, summary.denominator).into_iter();
            for (group, by) in self.groups.iter().enumerate() {
                let total: u128 = people(group).iter().sum();
                for (outcome, mean) in Outcome::ALL.into_iter().zip(&mut means) {
                    let row = first + group * BLOCK + outcome.index() * MEASURES;
                    rows.push(OutcomeRow {
                        proposal: interpretation.proposal.id.clone(),
                        reading: reading.clone(),
                        departures: departures.clone(),
                        by: by.clone(),
                        outcome,
                        mean,
                        spread: summary.spreads[row],
                        share: (total > 0).then(|| part(summary.sums[row], total)),
                        against_wish: summary.mean(row + 1),
                        silent: summary.mean(row + 2),
                    });
                }
            }
        }
        rows
    }

    /// What single replicates counted of each row of the table, in the order of [`OutcomeRows::rows`].
    pub fn replicates(&self, questions: &[Rulebook], draws: &Draws) -> Vec<RowReplicates> {
        let rows = 0..questions.len() * self.groups.len() * Outcome::ALL.len();
        let firsts = rows.map(|row| row * MEASURES);
        let counted = |first| RowReplicates { people: draws.row(first), against_wish: draws.row(first + 1) };
        firsts.map(counted).collect()
    }
}
