use comfy_table::{Table, TableStyle, presets};
use serde_json::{Value, json};

use super::Format;
#[cfg(not(feature = "polars"))]
use super::NO_PARQUET;
use super::numbers::{decimal, grouped};
use super::records::{document, lines};
use super::sheet::{STYLE, align_numbers, heading, plain};
use crate::domain::{Comparison, Count, Outcome, ProposalName, Transition, TransitionTable};

/// The columns of every machine-readable format.
pub(super) const COLUMNS: [&str; 13] = [
    "scenario",
    "from_proposal",
    "from_reading",
    "to_proposal",
    "to_reading",
    "from",
    "to",
    "mean",
    "sd",
    "q05",
    "q50",
    "q95",
    "share",
];

/// Writes proposals compared two by two in a format.
///
/// # Errors
///
/// Only for [`Format::Parquet`]: if this build has no Parquet.
pub fn write_transitions(table: &TransitionTable, format: Format) -> Result<Vec<u8>, String> {
    match format {
        Format::Table => Ok(terminal(table).into_bytes()),
        Format::Markdown => Ok(markdown(table).into_bytes()),
        Format::Csv => lines(COLUMNS.map(String::from).into(), rows(table).map(|(c, t)| record(table, c, t))),
        Format::Json => {
            let rows = rows(table).map(|(comparison, transition)| object(table, comparison, transition));
            document(&table.scenario, &table.sample, table.notes(), rows.collect())
        }
        #[cfg(feature = "polars")]
        Format::Parquet => super::parquet::transitions_parquet(table),
        #[cfg(not(feature = "polars"))]
        Format::Parquet => Err(NO_PARQUET.into()),
    }
}

pub(super) fn rows(table: &TransitionTable) -> impl Iterator<Item = (&Comparison, &Transition)> {
    let comparisons = table.comparisons.iter();
    comparisons.flat_map(|comparison| comparison.transitions.iter().map(move |t| (comparison, t)))
}

fn record(table: &TransitionTable, comparison: &Comparison, transition: &Transition) -> Vec<String> {
    let Comparison { from, to, .. } = comparison;
    let Count { mean, spread } = transition.people;
    let quantile = |i: usize| spread.quantiles.map_or(String::new(), |q| q[i].to_string());
    let names = [&table.scenario, &from.proposal, &from.reading, &to.proposal, &to.reading];
    let mut record: Vec<String> = names.map(String::clone).into();
    record.extend([
        transition.from.to_string(),
        transition.to.to_string(),
        mean.to_string(),
        spread.sd.map_or(String::new(), decimal),
        quantile(0),
        quantile(1),
        quantile(2),
        transition.share.map_or(String::new(), decimal),
    ]);
    record
}

fn object(table: &TransitionTable, comparison: &Comparison, transition: &Transition) -> Value {
    let reading = |side: &ProposalName| (!side.reading.is_empty()).then(|| side.reading.clone());
    let Count { mean, spread } = transition.people;
    let quantile = |i: usize| spread.quantiles.map(|q| q[i]);
    let values = [
        json!(table.scenario),
        json!(comparison.from.proposal),
        json!(reading(&comparison.from)),
        json!(comparison.to.proposal),
        json!(reading(&comparison.to)),
        json!(transition.from.name()),
        json!(transition.to.name()),
        json!(mean.people()),
        json!(spread.sd),
        json!(quantile(0)),
        json!(quantile(1)),
        json!(quantile(2)),
        json!(transition.share),
    ];
    Value::Object(COLUMNS.map(String::from).into_iter().zip(values).collect())
}

fn terminal(table: &TransitionTable) -> String {
    let mut text = format!("{}\n{}\n", heading(&table.scenario, &table.sample), legend(table));
    for comparison in &table.comparisons {
        text += &format!("\nfrom {}\nto   {}\n\n", comparison.from.title(), comparison.to.title());
        let matrix = matrix(comparison, STYLE);
        text += &plain(&matrix);
        text += &format!("  {}\n", changed(comparison));
    }
    text.push('\n');
    table.notes().iter().for_each(|note| text += &format!("{note}\n"));
    text
}

fn markdown(table: &TransitionTable) -> String {
    let mut text = format!("{}\n\n{}\n\n", heading(&table.scenario, &table.sample), legend(table));
    for comparison in &table.comparisons {
        text += &format!("**From {} to {}**\n\n", comparison.from.title(), comparison.to.title());
        text += &format!("{}\n\n", matrix(comparison, presets::ASCII_MARKDOWN));
        text += &format!("{}\n\n", changed(comparison));
    }
    table.notes().iter().for_each(|note| text += &format!("- {note}\n"));
    text
}

/// What the cells hold.
fn legend(table: &TransitionTable) -> String {
    let spread = rows(table).next().map(|(_, transition)| transition.people.spread);
    let numbers = match spread.map(|spread| (spread.quantiles, spread.sd)) {
        Some((Some(_), _)) => "median and 90 % interval",
        Some((None, Some(_))) => "mean and standard deviation",
        _ => "people",
    };
    format!(
        "Rows: outcome under the first proposal; columns: of the same people under the second ({numbers})"
    )
}

/// Three rows and three columns of people.
fn matrix(comparison: &Comparison, style: TableStyle) -> Table {
    let mut matrix = Table::new();
    let outcomes = Outcome::ALL.map(|outcome| outcome.name().to_string());
    matrix.set_header([String::new()].into_iter().chain(outcomes));
    for row in comparison.transitions.chunk_by(|a, b| a.from == b.from) {
        let cells = row.iter().map(|transition| people(&transition.people));
        let name = row.first().map(|transition| transition.from.to_string());
        matrix.add_row(name.into_iter().chain(cells));
    }
    matrix.load_style(style);
    align_numbers(&mut matrix, 1);
    matrix
}

fn changed(comparison: &Comparison) -> String {
    format!("another outcome: {}", people(&comparison.moved))
}

/// Nobody is a dash, so that the eye finds the others.
fn people(moved: &Count) -> String {
    match (moved.spread.quantiles, moved.spread.sd) {
        _ if moved.mean.0 == 0 => "–".into(),
        (Some([low, median, high]), _) if low < high => {
            format!("{} ({} – {})", grouped(median), grouped(low), grouped(high))
        }
        (Some([_, median, _]), _) => grouped(median),
        (None, Some(sd)) if sd >= 0.5 => {
            format!("{} (sd {})", grouped(moved.mean.rounded()), grouped(sd.round() as u64))
        }
        _ => grouped(moved.mean.rounded()),
    }
}
