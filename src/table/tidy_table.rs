//! The tidy table itself: rows of named, typed columns with what they are about and rest on.

use serde_json::{Map, Value};

use super::column::{Column, Values};
use super::provenance::Provenance;

/// Rows of named, typed columns, with what they are about and rest on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// One line above the table: who was counted, how and by which statistic.
    pub title: String,
    /// The columns, in order; all are of the same height.
    pub columns: Vec<Column>,
    /// Lines below the table.
    pub notes: Vec<String>,
    /// What the numbers rest on.
    pub provenance: Provenance,
    /// What is true of the table as a whole and stands in no row, by name.
    pub facts: Map<String, Value>,
    /// How people see the rows of each heading as a matrix, if they do.
    pub matrix: Option<Matrix>,
    /// A line below the rows of each heading; may be empty.
    pub captions: Vec<String>,
    /// What a terminal shows in place of the rows.
    pub narrative: Option<String>,
}

/// Two categories of a table, one down and one across a matrix of means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    /// The column whose names go down.
    pub down: &'static str,
    /// A column whose values stand behind these names in parentheses, unless they are `default`.
    pub detail: Option<&'static str>,
    /// The column whose names go across.
    pub across: &'static str,
    /// Whether a mean has its spread beside it.
    pub spread: bool,
}

impl Table {
    /// The number of rows.
    pub fn height(&self) -> usize {
        self.columns.first().map_or(0, |column| match &column.values {
            Values::Category { codes, .. } => codes.len(),
            Values::Text(texts) => texts.len(),
            Values::Count(counts) => counts.len(),
            Values::People(people) => people.len(),
            Values::Number(numbers) => numbers.len(),
        })
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::Millionths;
    use crate::table::column::{DEFAULT, Show, Style};

    /// A table of two texts, with everything that formats must draw.
    pub(in crate::table) fn example() -> Table {
        let people = |numbers: [u128; 4]| {
            Values::People(numbers.map(|people| Some(Millionths(people * 1_000_000))).to_vec())
        };
        let rows = |rows: [&str; 4]| Values::in_order_of_appearance(rows.map(String::from));
        let columns = vec![
            Column::new(
                "proposal",
                "The text",
                rows(["first", "first", "second", "second"]),
                Show::Heading { before: "" },
            ),
            Column::new(
                "reading",
                "Its readings",
                rows(["left=retained", "left=retained", DEFAULT, DEFAULT]),
                Show::HeadingDetail,
            ),
            Column::new("outcome", "What happens", rows(["handed", "freed", "handed", "freed"]), Show::Label),
            Column::new(
                "mean",
                "Mean number of people",
                people([12_000, 8_000, 0, 20_000]),
                Show::measure("mean", Style::Whole),
            ),
            Column::new("sd", "Standard deviation", Values::Number(vec![None; 4]), Show::InFiles),
            Column::new(
                "q05",
                "5 % quantile",
                Values::Count([9_000, 8_000, 0, 20_000].map(Some).to_vec()),
                Show::measure("90 % interval", Style::IntervalTo("q95")),
            ),
            Column::new(
                "q95",
                "95 % quantile",
                Values::Count([15_000, 8_000, 0, 20_000].map(Some).to_vec()),
                Show::InFiles,
            ),
            Column::new(
                "share",
                "Part of everybody",
                Values::Number([0.6, 0.4, 0.0, 1.0].map(Some).to_vec()),
                Show::Measure { header: "share".into(), style: Style::Percent, rank: 2 },
            ),
            Column::new(
                "text_silent",
                "People on whom the text is silent",
                people([0, 40, 0, 0]),
                Show::Measure { header: "text\nsilent".into(), style: Style::WholeOrDash, rank: 1 },
            ),
        ];
        let notes = vec!["The prisoners are synthetic.".to_string()];
        Table { title: "Two texts".into(), columns, notes, ..Table::default() }
    }
}
