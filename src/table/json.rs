//! A table as one JSON object: what it rests on, its notes, what its columns are, and its rows. An absent value
//! is `null`.

use serde_json::{Map, Value, json};

use super::column::{Column, Values};
use super::tidy_table::Table;

pub(super) fn write(table: &Table) -> Vec<u8> {
    let mut document = Map::new();
    document.insert("notes".into(), json!(table.notes));
    document.extend(table.provenance.facts());
    document.extend(table.facts.clone());
    document.insert("columns".into(), Value::Object(describe_columns(table)));
    document
        .insert("rows".into(), Value::Array((0..table.height()).map(|row| row_object(table, row)).collect()));
    pretty(&Value::Object(document))
}

/// JSON with a line for each value and one at the end.
pub(super) fn pretty(document: &Value) -> Vec<u8> {
    format!("{document:#}\n").into_bytes()
}

/// The description of each column, by name.
pub(super) fn describe_columns(table: &Table) -> Map<String, Value> {
    table.columns.iter().map(|column| (column.name.clone(), json!(column.description))).collect()
}

fn row_object(table: &Table, row: usize) -> Value {
    Value::Object(table.columns.iter().map(|column| (column.name.clone(), cell(column, row))).collect())
}

fn cell(column: &Column, row: usize) -> Value {
    match &column.values {
        Values::Category { .. } => json!(column.text(row)),
        Values::Text(texts) => json!(texts[row]),
        Values::Count(counts) => json!(counts[row]),
        Values::People(_) | Values::Number(_) => json!(column.number(row)),
    }
}
