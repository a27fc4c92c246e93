//! A column of a [`Table`](super::Table): its name, its description, its values, and how people are shown
//! them. Files hold every column as it is; what a terminal shows of it is up to [`Show`].

use std::sync::Arc;

use super::numbers::{decimal, grouped};
use crate::domain::Millionths;

/// A named, described column of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, as files have it.
    pub name: String,
    /// What its values are, with their unit; in one sentence.
    pub description: String,
    /// A value for each row.
    pub values: Values,
    /// How people are shown it.
    pub show: Show,
}

/// The values of a column, row by row; `None` where there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// One of a few ordered names, by number.
    Category {
        /// The names, in order.
        names: Arc<[String]>,
        /// The number of each row's.
        codes: Vec<u32>,
    },
    /// Texts.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Count(Vec<Option<u64>>),
    /// Numbers of people to a millionth of a person.
    People(Vec<Option<Millionths>>),
    /// Other numbers.
    Number(Vec<Option<f64>>),
}

/// How a column is shown to people.
#[derive(Debug, Clone, PartialEq)]
pub enum Show {
    /// Not at all: it is in files only.
    InFiles,
    /// Once, above the rows that share it.
    Heading {
        /// What stands before the value: `from `.
        before: &'static str,
    },
    /// In parentheses behind the heading before it, unless it is `default`.
    HeadingDetail,
    /// On the first of the rows that share it.
    Group,
    /// On every row.
    Label,
    /// Digits, aligned to the right; left out where no row has a value.
    Measure {
        /// The words above it.
        header: String,
        /// How a value is written.
        style: Style,
        /// Where a terminal is too narrow, measures with the lowest rank are left out first; those with
        /// [`Show::ESSENTIAL`] stay.
        rank: u8,
    },
}

/// How a measure is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Style {
    /// Rounded, with commas.
    Whole,
    /// The same, but nobody is a dash, so that the eye finds the others.
    WholeOrDash,
    /// Rounded, with commas; small numbers with decimals.
    Plain,
    /// A share as a percentage.
    Percent,
    /// A difference as a percentage, with its sign.
    SignedPercent,
    /// From this column's value to another's, a dash where they are the same.
    IntervalTo(&'static str),
}

impl Show {
    /// The rank of a measure that is never left out.
    pub const ESSENTIAL: u8 = u8::MAX;

    /// A measure that is never left out.
    pub fn measure(header: impl Into<String>, style: Style) -> Show {
        Show::Measure { header: header.into(), style, rank: Show::ESSENTIAL }
    }
}

/// The value of a key that is as the defaults have it. Keys are never absent: grouping by an absent key
/// drops its rows in most programs.
pub const DEFAULT: &str = "default";

impl Column {
    /// A column shown as `show` says.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        values: Values,
        show: Show,
    ) -> Column {
        Column { name: name.into(), description: description.into(), values, show }
    }

    /// Whether no row has a value.
    pub fn is_empty(&self) -> bool {
        match &self.values {
            Values::Category { codes, .. } => codes.is_empty(),
            Values::Text(texts) => texts.iter().all(Option::is_none),
            Values::Count(counts) => counts.iter().all(Option::is_none),
            Values::People(people) => people.iter().all(Option::is_none),
            Values::Number(numbers) => numbers.iter().all(Option::is_none),
        }
    }

    /// The cell of a row as CSV has it; empty where there is no value.
    pub fn text(&self, row: usize) -> String {
        match &self.values {
            Values::Category { names, codes } => names[codes[row] as usize].clone(),
            Values::Text(texts) => texts[row].clone().unwrap_or_default(),
            Values::Count(counts) => counts[row].map_or(String::new(), |count| count.to_string()),
            Values::People(people) => people[row].map_or(String::new(), |people| people.to_string()),
            Values::Number(numbers) => numbers[row].map_or(String::new(), decimal),
        }
    }

    /// The value of a row as a number.
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.values {
            Values::Category { .. } | Values::Text(_) => None,
            Values::Count(counts) => counts[row].map(|count| count as f64),
            Values::People(people) => people[row].map(Millionths::people),
            Values::Number(numbers) => numbers[row],
        }
    }

    /// The cell of a row in digits with commas: whole, or with decimals if it is small and `style` has them.
    pub(super) fn digits(&self, row: usize, style: &Style) -> String {
        match (&self.values, style) {
            (Values::People(people), Style::Whole | Style::WholeOrDash) => match people[row] {
                Some(people) if people.0 == 0 && *style == Style::WholeOrDash => "–".into(),
                Some(people) => grouped(people.rounded()),
                None => String::new(),
            },
            _ => self.number(row).map_or(String::new(), |number| shown(number, style)),
        }
    }
}

/// A number to read.
fn shown(number: f64, style: &Style) -> String {
    match style {
        Style::Percent => format!("{:.1} %", number * 100.0),
        Style::SignedPercent => format!("{:+.1} %", number * 100.0),
        Style::WholeOrDash if number == 0.0 => "–".into(),
        Style::Whole | Style::WholeOrDash | Style::IntervalTo(_) => {
            signed(number, grouped(number.abs().round() as u128))
        }
        Style::Plain if number.abs() >= 100.0 => signed(number, grouped(number.abs().round() as u128)),
        Style::Plain => signed(number, decimal((number.abs() * 1e4).round() / 1e4)),
    }
}

/// Digits with the sign of their number; what rounds to zero has none.
fn signed(number: f64, digits: String) -> String {
    if number < 0.0 && digits != "0" { format!("-{digits}") } else { digits }
}

impl Values {
    /// Ordered names: in the order of `names`, which holds all that rows have.
    pub fn categories<'n>(
        names: impl IntoIterator<Item = String>,
        rows: impl Iterator<Item = &'n str>,
    ) -> Values {
        let names: Arc<[String]> = names.into_iter().collect();
        let code = |row: &str| names.iter().position(|name| name == row).unwrap_or_default() as u32;
        let codes = rows.map(code).collect();
        Values::Category { names, codes }
    }

    /// Ordered names, in the order in which rows have them first.
    pub fn in_order_of_appearance(rows: impl IntoIterator<Item = String>) -> Values {
        let mut names: Vec<String> = Vec::new();
        let code = |row: String| match names.iter().position(|name| *name == row) {
            Some(code) => code as u32,
            None => {
                names.push(row);
                names.len() as u32 - 1
            }
        };
        let codes = rows.into_iter().map(code).collect();
        Values::Category { names: names.into(), codes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_unless_small() {
        let texts =
            [0.0, 1e-8, -1e-8, 0.25, -9.5, 10.4, -33_423.2].map(|number| shown(number, &Style::Plain));
        assert_eq!(texts, ["0", "0", "0", "0.25", "-9.5", "10.4", "-33,423"]);
        assert_eq!([0.0, 0.4, 1234.5].map(|number| shown(number, &Style::WholeOrDash)), ["–", "0", "1,235"]);
        assert_eq!(shown(0.0, &Style::Whole), "0");
        assert_eq!(shown(0.7956, &Style::Percent), "79.6 %");
        assert_eq!(shown(0.006, &Style::SignedPercent), "+0.6 %");
    }

    #[test]
    fn categories_keep_the_order_of_appearance() {
        let rows = ["b", "a", "b"].map(String::from);
        let Values::Category { names, codes } = Values::in_order_of_appearance(rows) else {
            panic!("not a category");
        };
        assert_eq!((&names[..], codes), (&["b".to_string(), "a".to_string()][..], vec![0, 1, 0]));
    }
}
