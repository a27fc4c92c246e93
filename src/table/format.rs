//! The formats of tables: one entry here and one file beside this one for each. A new format is a variant, its
//! line in [`Format::write`], and its file.

use std::path::Path;

use super::tidy_table::Table;
use super::{csv, json, latex, markdown, text};
use crate::domain::{Error, Problem};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned for the terminal.
    Terminal,
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
    /// A table in Markdown.
    Markdown,
    /// A LaTeX table for the package booktabs.
    Latex,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 6] =
        [Format::Terminal, Format::Csv, Format::Json, Format::Markdown, Format::Latex, Format::Parquet];

    /// The formats that can be printed.
    pub const TEXT: [Format; 5] =
        [Format::Terminal, Format::Csv, Format::Json, Format::Markdown, Format::Latex];

    /// Its name, the ending of its files (the terminal's has none), and what it is in a few words.
    fn entry(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Format::Terminal => ("table", None, "Aligned for the terminal"),
            Format::Csv => ("csv", Some("csv"), "Comma-separated values"),
            Format::Json => ("json", Some("json"), "JSON, with what the numbers rest on"),
            Format::Markdown => ("markdown", Some("md"), "A Markdown table"),
            Format::Latex => ("latex", Some("tex"), "A LaTeX table for the package booktabs"),
            Format::Parquet => ("parquet", Some("parquet"), "Apache Parquet, for files only"),
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What it is, in a few words.
    pub fn description(self) -> &'static str {
        self.entry().2
    }

    /// The ending of its files' names, with the point; the terminal's format has none.
    pub fn ending(self) -> Option<String> {
        self.entry().1.map(|ending| format!(".{ending}"))
    }

    /// Whether it can be printed.
    pub fn is_text(self) -> bool {
        Format::TEXT.contains(&self)
    }

    /// Whether the notes of a table stand in the text itself.
    pub fn has_notes(self) -> bool {
        self != Format::Csv
    }

    /// Whether this build of repat can write it.
    pub fn is_built_in(self) -> bool {
        self != Format::Parquet || cfg!(feature = "polars")
    }

    /// The format that the ending of a file's name asks for.
    ///
    /// # Errors
    ///
    /// If the ending names none, or one that this build does not have.
    pub fn of_path(path: &Path) -> Result<Format, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let format = Format::ALL.into_iter().find(|format| ending.is_some() && format.entry().1 == ending);
        match format {
            Some(format) if format.is_built_in() => Ok(format),
            Some(_) => Err(no_parquet()),
            None => Err(unknown_ending(path)),
        }
    }

    fn write(self, table: &Table, width: usize) -> Result<Vec<u8>, Error> {
        match self {
            Format::Terminal => Ok(text::write(table, width).into_bytes()),
            Format::Csv => csv::write(table),
            Format::Json => Ok(json::write(table)),
            Format::Markdown => Ok(markdown::write(table).into_bytes()),
            Format::Latex => Ok(latex::write(table).into_bytes()),
            #[cfg(feature = "polars")]
            Format::Parquet => super::parquet::write(table),
            #[cfg(not(feature = "polars"))]
            Format::Parquet => Err(no_parquet()),
        }
    }
}

impl Table {
    /// Writes the table in a format; `width` is that of the terminal, in characters.
    ///
    /// # Errors
    ///
    /// If the format cannot hold the table, or this build does not have it.
    pub fn render(&self, format: Format, width: usize) -> Result<Vec<u8>, Error> {
        format.write(self, width)
    }
}

fn no_parquet() -> Error {
    let problem = Problem::new("this build of repat has no Parquet");
    problem.help("build it with the feature `polars`, or write .csv").into()
}

fn unknown_ending(path: &Path) -> Error {
    let endings: Vec<String> = Format::ALL.into_iter().filter_map(Format::ending).collect();
    let (last, others) = endings.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
    let problem =
        Problem::new("the ending does not name a format").argument("out", path.display().to_string());
    problem.help(format!("end the name in {} or {last}", others.join(", "))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tidy_table::tests::example;

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
        assert_eq!(csv.lines().nth(1), Some("first,left=retained,handed,12000,,9000,15000,0.6,0"));
    }

    #[test]
    fn endings_name_formats() {
        assert_eq!(Format::of_path(Path::new("a/t.tex")).ok(), Some(Format::Latex));
        let refused = Format::of_path(Path::new("t.xlsx")).unwrap_err().to_string();
        assert!(refused.contains("end the name in .csv, .json, .md, .tex or .parquet"), "{refused}");
        assert!(Format::of_path(Path::new("t")).is_err());
    }
}
