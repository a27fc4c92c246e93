//! What a slice needs of a table: columns of texts or numbers by name, those that say what a row is about
//! before those that say how many. Values are compared and suggested here.

use std::collections::BTreeSet;

use super::column::Values;
use super::numbers::decimal;
use super::tidy_table::Table;
use crate::domain::suggestion;

/// A table that is sliced.
pub(super) struct Sliced<'t> {
    pub(super) table: &'t Table,
    /// How many columns, from the first on, say what a row is about; its numbers come after them.
    pub(super) keys: usize,
}

impl Sliced<'_> {
    /// Names of the columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.table.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The cells of a column; none if there is no such column.
    pub(super) fn column(&self, name: &str) -> Cells {
        let Some(column) = self.table.column(name) else { return Cells::Texts(Vec::new()) };
        let rows = 0..self.table.height();
        match column.values {
            Values::Category { .. } | Values::Text(_) => {
                Cells::Texts(rows.map(|row| column.text(row)).collect())
            }
            _ => Cells::Numbers(rows.map(|row| column.number(row)).collect()),
        }
    }
}

/// The cells of a column, as they are compared.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Texts; an absent value is empty.
    Texts(Vec<String>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
}

/// Numbers closer than this are the same: tables show six decimals.
const SAME: f64 = 5e-7;
/// A list of more values than this says less than their nearest.
const MOST_LISTED: usize = 20;

impl Cells {
    /// The value in a line, as a text.
    pub(super) fn text(&self, line: usize) -> String {
        match self {
            Cells::Texts(texts) => texts[line].clone(),
            Cells::Numbers(numbers) => numbers[line].map_or(String::new(), decimal),
        }
    }

    /// Whether each line has this value.
    pub(super) fn are(&self, value: &str) -> Vec<bool> {
        match self {
            Cells::Texts(texts) => texts.iter().map(|text| text == value).collect(),
            Cells::Numbers(numbers) if value.is_empty() => numbers.iter().map(Option::is_none).collect(),
            Cells::Numbers(numbers) => {
                let wanted = value.replace(['_', ','], "").parse().unwrap_or(f64::NAN);
                numbers.iter().map(|n| n.is_some_and(|n| (n - wanted).abs() < SAME)).collect()
            }
        }
    }

    /// What there is in place of a value that there is not.
    pub(super) fn remedy(&self, value: &str) -> String {
        match self {
            Cells::Texts(texts) => {
                let known: BTreeSet<&str> =
                    texts.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
                suggestion(value, known.into_iter())
            }
            Cells::Numbers(numbers) => {
                let mut known: Vec<f64> = numbers.iter().flatten().copied().collect();
                known.sort_by(f64::total_cmp);
                known.dedup();
                if let (true, Ok(wanted)) = (known.len() > MOST_LISTED, value.parse::<f64>()) {
                    known.sort_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()));
                    known.truncate(2);
                    return format!("the nearest are {}", listed(&known));
                }
                known.truncate(MOST_LISTED);
                format!("there are: {}", listed(&known))
            }
        }
    }
}

fn listed(numbers: &[f64]) -> String {
    numbers.iter().map(|number| decimal(*number)).collect::<Vec<_>>().join(", ")
}
