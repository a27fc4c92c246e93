//! What a slice needs of a table: columns of texts or numbers by name, those that say what a row is about
//! before those that say how many. Values are compared and suggested here.

use std::collections::BTreeSet;

use super::numbers::decimal;
use crate::domain::{Error, suggestion};

/// A table whose rows can be sliced.
pub(super) trait TidyTable {
    /// Names of the columns.
    fn names(&self) -> Vec<String>;

    /// How many columns, from the first on, say what a row is about; its numbers come after them.
    fn keys(&self) -> usize;

    /// A column.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it cannot be read.
    fn column(&self, name: &str) -> Result<Values, Error>;
}

/// The values of a column.
#[derive(Debug, Clone)]
pub(super) enum Values {
    /// Texts; an absent value is empty.
    Texts(Vec<String>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
}

/// Numbers closer than this are the same: tables show six decimals.
const SAME: f64 = 5e-7;
/// A list of more values than this says less than their nearest.
const MOST_LISTED: usize = 20;

impl Values {
    /// The value in a line, as a text.
    pub(super) fn text(&self, line: usize) -> String {
        match self {
            Values::Texts(texts) => texts[line].clone(),
            Values::Numbers(numbers) => numbers[line].map_or(String::new(), decimal),
        }
    }

    /// Whether each line has this value.
    pub(super) fn are(&self, value: &str) -> Vec<bool> {
        match self {
            Values::Texts(texts) => texts.iter().map(|text| text == value).collect(),
            Values::Numbers(numbers) if value.is_empty() => numbers.iter().map(Option::is_none).collect(),
            Values::Numbers(numbers) => {
                let wanted = value.replace(['_', ','], "").parse().unwrap_or(f64::NAN);
                numbers.iter().map(|n| n.is_some_and(|n| (n - wanted).abs() < SAME)).collect()
            }
        }
    }

    /// What there is in place of a value that there is not.
    pub(super) fn remedy(&self, value: &str) -> String {
        match self {
            Values::Texts(texts) => {
                let known: BTreeSet<&str> =
                    texts.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
                suggestion(value, known.into_iter())
            }
            Values::Numbers(numbers) => {
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
