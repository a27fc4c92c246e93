use polars::prelude::*;

use super::{records, transitions};
use crate::domain::{Comparison, OutcomeRow, OutcomeTable, Transition, TransitionTable};

/// An outcome table as Parquet.
pub(super) fn parquet(table: &OutcomeTable) -> Result<Vec<u8>, String> {
    let bytes = frame(table).and_then(|frame| write(frame, &table.notes()));
    bytes.map_err(|error| error.to_string())
}

/// Transitions as Parquet.
pub(super) fn transitions_parquet(table: &TransitionTable) -> Result<Vec<u8>, String> {
    let bytes = transition_frame(table).and_then(|frame| write(frame, &table.notes()));
    bytes.map_err(|error| error.to_string())
}

/// Parquet, with the notes in the file's own metadata.
fn write(mut frame: DataFrame, notes: &[String]) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_key_value_metadata(Some(said(notes))).finish(&mut frame)?;
    Ok(bytes)
}

/// The key under which a Parquet file holds what repat says of it.
pub(crate) const NOTES: &str = "repat";

/// Notes as metadata of a file.
pub(super) fn said(notes: &[String]) -> KeyValueMetadata {
    KeyValueMetadata::from_static(vec![(NOTES.to_string(), notes.join("\n"))])
}

fn frame(table: &OutcomeTable) -> PolarsResult<DataFrame> {
    let rows = &table.rows;
    let text = |of: &dyn Fn(&OutcomeRow) -> Option<String>| -> Series { rows.iter().map(of).collect() };
    let number = |of: &dyn Fn(&OutcomeRow) -> Option<f64>| -> Series { rows.iter().map(of).collect() };
    let quantile =
        |i: usize| -> Series { rows.iter().map(|row| row.spread.quantiles.map(|q| q[i] as i64)).collect() };
    let mut columns = vec![
        text(&|_| Some(table.scenario.clone())),
        text(&|row| Some(row.proposal.clone())),
        text(&|row| (!row.reading.is_empty()).then(|| row.reading.clone())),
    ];
    columns.extend((0..table.by.len()).map(|i| text(&|row| Some(row.by[i].clone()))));
    columns.extend([
        text(&|row| Some(row.outcome.to_string())),
        number(&|row| Some(row.mean.people())),
        number(&|row| row.spread.sd),
        quantile(0),
        quantile(1),
        quantile(2),
        number(&|row| row.share),
        number(&|row| Some(row.against_wish.people())),
    ]);
    let named = records::columns(table).into_iter().zip(columns);
    let columns = named.map(|(name, series)| series.with_name(name.into()).into_column());
    DataFrame::new(rows.len(), columns.collect())
}

fn transition_frame(table: &TransitionTable) -> PolarsResult<DataFrame> {
    let rows: Vec<(&Comparison, &Transition)> = transitions::rows(table).collect();
    let text = |of: &dyn Fn(&Comparison, &Transition) -> Option<String>| -> Series {
        rows.iter().map(|(comparison, transition)| of(comparison, transition)).collect()
    };
    let number = |of: &dyn Fn(&Transition) -> Option<f64>| -> Series {
        rows.iter().map(|(_, transition)| of(transition)).collect()
    };
    let quantile = |i: usize| -> Series {
        rows.iter().map(|(_, transition)| transition.people.spread.quantiles.map(|q| q[i] as i64)).collect()
    };
    let reading = |reading: &String| (!reading.is_empty()).then(|| reading.clone());
    let columns = [
        text(&|_, _| Some(table.scenario.clone())),
        text(&|comparison, _| Some(comparison.from.proposal.clone())),
        text(&|comparison, _| reading(&comparison.from.reading)),
        text(&|comparison, _| Some(comparison.to.proposal.clone())),
        text(&|comparison, _| reading(&comparison.to.reading)),
        text(&|_, transition| Some(transition.from.to_string())),
        text(&|_, transition| Some(transition.to.to_string())),
        number(&|transition| Some(transition.people.mean.people())),
        number(&|transition| transition.people.spread.sd),
        quantile(0),
        quantile(1),
        quantile(2),
        number(&|transition| transition.share),
    ];
    let named = transitions::COLUMNS.into_iter().zip(columns);
    let columns = named.map(|(name, series)| series.with_name(name.into()).into_column());
    DataFrame::new(rows.len(), columns.collect())
}
