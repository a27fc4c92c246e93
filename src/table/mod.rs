//! A tidy table and its formats: what every question answers with. A [`Table`] has named, described and typed
//! columns, notes and a provenance; each format is a file that knows the table and nothing of prisoners.
//! Beside them: files that appear complete or not at all, streams of batches, and the manifest.

mod atomic_file;
mod column;
mod csv;
mod destination;
mod format;
mod json;
mod latex;
mod manifest;
mod markdown;
mod numbers;
#[cfg(feature = "polars")]
mod parquet;
mod provenance;
mod sheet;
mod text;

use std::path::Path;

use serde_json::{Map, Value};

use crate::domain::Error;

pub use atomic_file::AtomicFile;
pub use column::{Column, DEFAULT, Show, Style, Values};
pub use destination::{Destination, Run};
pub use format::Format;
pub use manifest::{Manifest, digest, digest_of_file, digests};
pub use numbers::grouped;
#[cfg(feature = "polars")]
pub(crate) use parquet::NOTES;
pub use provenance::Provenance;
pub(crate) use text::{STYLE, align_numbers, plain, wrapped};

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
    /// The column whose names go across.
    pub across: &'static str,
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

    /// Writes the table in a format; `width` is that of the terminal, in characters.
    ///
    /// # Errors
    ///
    /// If the format cannot hold the table, or this build does not have it.
    pub fn render(&self, format: Format, width: usize) -> Result<Vec<u8>, Error> {
        format.write(self, width)
    }

    /// Writes the table to a file, in the format that its ending names, with a manifest beside it.
    ///
    /// # Errors
    ///
    /// If the file exists already or cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        Destination::reserve(path.as_ref(), false)?.write(self, &Run::begin(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Millionths;

    /// A table of two texts, with everything that formats must draw.
    pub(super) fn example() -> Table {
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
                rows(["left=released", "left=released", DEFAULT, DEFAULT]),
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
                Show::Measure { header: "share", style: Style::Percent, rank: 2 },
            ),
            Column::new(
                "text_silent",
                "People on whom the text is silent",
                people([0, 40, 0, 0]),
                Show::Measure { header: "text\nsilent", style: Style::WholeOrDash, rank: 1 },
            ),
        ];
        let notes = vec!["The prisoners are synthetic.".to_string()];
        Table { title: "Two texts".into(), columns, notes, ..Table::default() }
    }

    #[test]
    fn every_text_format_has_every_row_and_note() {
        for format in Format::ALL.into_iter().filter(|format| format.is_text()) {
            let text = String::from_utf8(example().render(format, 100).unwrap()).unwrap();
            assert!(text.contains("second") && text.matches("freed").count() >= 2, "{format:?}: {text}");
            assert_eq!(format.has_notes(), text.contains("synthetic"), "{format:?}");
        }
    }

    #[test]
    fn csv_has_empty_cells_where_there_is_no_value() {
        let csv = String::from_utf8(example().render(Format::Csv, 0).unwrap()).unwrap();
        assert_eq!(csv.lines().nth(1), Some("first,left=released,handed,12000,,9000,15000,0.6,0"));
    }
}
