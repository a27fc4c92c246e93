use serde_json::{Map, Value, json};

use super::numbers::decimal;
use crate::domain::{OutcomeRow, OutcomeTable, Provenance};

/// The columns behind the `by` columns, in the order of every machine-readable format.
const MEASURES: [&str; 8] = ["outcome", "mean", "sd", "q05", "q50", "q95", "share", "against_wish"];

/// The names of all columns.
pub(super) fn columns(table: &OutcomeTable) -> Vec<String> {
    let before = ["scenario", "proposal", "reading"].map(String::from);
    let by = table.by.iter().cloned();
    before.into_iter().chain(by).chain(MEASURES.map(String::from)).collect()
}

/// Comma-separated values; an absent value is an empty cell.
pub(super) fn csv(table: &OutcomeTable) -> Result<Vec<u8>, String> {
    lines(columns(table), table.rows.iter().map(|row| record(table, row)))
}

/// Comma-separated values: a header and its records.
pub(super) fn lines(
    header: Vec<String>,
    mut records: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written =
        writer.write_record(header).and_then(|()| records.try_for_each(|record| writer.write_record(record)));
    written.map_err(|error| error.to_string())?;
    writer.into_inner().map_err(|error| error.to_string())
}

fn record(table: &OutcomeTable, row: &OutcomeRow) -> Vec<String> {
    let quantile = |i: usize| row.spread.quantiles.map_or(String::new(), |q| q[i].to_string());
    let mut record = vec![table.scenario.clone(), row.proposal.clone(), row.reading.clone()];
    record.extend(row.by.iter().cloned());
    record.extend([
        row.outcome.to_string(),
        row.mean.to_string(),
        row.spread.sd.map_or(String::new(), decimal),
        quantile(0),
        quantile(1),
        quantile(2),
        row.share.map_or(String::new(), decimal),
        row.against_wish.to_string(),
    ]);
    record
}

/// One object with what the table rests on, its notes and its rows; an absent value is `null`.
pub(super) fn json(table: &OutcomeTable) -> Result<Vec<u8>, String> {
    let rows = table.rows.iter().map(|row| object(table, row));
    document(&table.scenario, &table.sample, table.notes(), rows.collect())
}

/// One object with what a table rests on, its notes and its rows.
pub(super) fn document(
    scenario: &str,
    sample: &Provenance,
    notes: Vec<String>,
    rows: Vec<Value>,
) -> Result<Vec<u8>, String> {
    let mut document = basis(scenario, sample, notes);
    document.insert("rows".into(), Value::Array(rows));
    pretty(&Value::Object(document))
}

/// What numbers rest on, as every JSON document of results begins.
pub(super) fn basis(scenario: &str, sample: &Provenance, notes: Vec<String>) -> Map<String, Value> {
    let set: Map<String, Value> =
        sample.set.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let entries = [
        ("scenario", json!(scenario)),
        ("notes", json!(notes)),
        ("engine", json!(sample.engine.name())),
        ("seed", json!(sample.seed)),
        ("replicates", json!(sample.replicates)),
        ("population", json!(sample.population)),
        ("set", json!(set)),
        ("unverified_numbers", json!(sample.unverified)),
        ("assumed_numbers", json!(sample.assumed)),
    ];
    entries.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// JSON with a line for each value and one at the end.
pub(super) fn pretty(document: &Value) -> Result<Vec<u8>, String> {
    let mut bytes = serde_json::to_vec_pretty(document).map_err(|error| error.to_string())?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn object(table: &OutcomeTable, row: &OutcomeRow) -> Value {
    let reading = (!row.reading.is_empty()).then_some(&row.reading);
    let quantile = |i: usize| row.spread.quantiles.map(|q| q[i]);
    let values = [json!(table.scenario), json!(row.proposal), json!(reading)];
    let values = values.into_iter().chain(row.by.iter().map(|level| json!(level)));
    let values = values.chain([
        json!(row.outcome.name()),
        json!(row.mean.people()),
        json!(row.spread.sd),
        json!(quantile(0)),
        json!(quantile(1)),
        json!(quantile(2)),
        json!(row.share),
        json!(row.against_wish.people()),
    ]);
    Value::Object(columns(table).into_iter().zip(values).collect())
}
