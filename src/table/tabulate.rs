//! Slices of a Parquet table for the terminal, for Markdown, LaTeX and CSV.

use std::path::Path;

use comfy_table::{Table, TableStyle, presets};
use polars::prelude::*;

use super::numbers::{decimal, grouped};
use super::pivot::{Pivot, Slice};
use super::sheet::{STYLE, align_numbers, plain};
use super::table_files::table_error;
use super::tidy::{TidyTable, Values};
use crate::domain::{Error, Problem};

/// How a slice is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SliceFormat {
    /// For the terminal.
    Table,
    /// A Markdown table.
    Markdown,
    /// A LaTeX table in the style of the package `booktabs`.
    Latex,
    /// Comma-separated values.
    Csv,
}

/// A slice in some format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tabulated {
    /// The slice.
    pub text: String,
    /// What a reader must know and the format has no place for.
    pub note: Option<String>,
}

const SYNTHETIC: &str = "The prisoners are synthetic.";

/// Slices a Parquet table.
///
/// # Errors
///
/// If the file cannot be read, if there is no such column or value, or if rows fall into one cell that are not
/// to be averaged.
pub fn tabulate(path: &Path, slice: &Slice, format: SliceFormat) -> Result<Tabulated, Error> {
    let pivot = Pivot::new(&TidyFrame(read(path)?), slice)?;
    let note = pivot.note().map_or(SYNTHETIC.to_string(), |note| format!("{note} {SYNTHETIC}"));
    Ok(match format {
        SliceFormat::Table => Tabulated { text: format!("{}\n{note}\n", sheet(&pivot, STYLE)), note: None },
        SliceFormat::Markdown => {
            Tabulated { text: format!("{}\n{note}\n", sheet(&pivot, presets::ASCII_MARKDOWN)), note: None }
        }
        SliceFormat::Latex => Tabulated { text: latex(&pivot, &note), note: Some(note) },
        SliceFormat::Csv => Tabulated { text: csv(&pivot)?, note: Some(note) },
    })
}

fn read(path: &Path) -> Result<DataFrame, Error> {
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let what = format!("{}: there is no such table", path.display());
            Problem::new(what).help("name the folder of a finished sweep, and one of its tables").into()
        }
        _ => Error::reading(path, error),
    })?;
    ParquetReader::new(file).finish().map_err(|error| table_error(error).in_file(path))
}

/// A frame whose keys come before its numbers.
struct TidyFrame(DataFrame);

/// The first column of numbers of each table of a sweep.
const FIRST_MEASURES: [&str; 3] = ["mean", "people", "value"];

impl TidyTable for TidyFrame {
    fn names(&self) -> Vec<String> {
        self.0.get_column_names().iter().map(ToString::to_string).collect()
    }

    fn keys(&self) -> usize {
        let names = self.names();
        names.iter().rposition(|name| FIRST_MEASURES.contains(&name.as_str())).unwrap_or(names.len())
    }

    fn column(&self, name: &str) -> Result<Values, Error> {
        values(&self.0, name).map_err(table_error)
    }
}

fn values(frame: &DataFrame, name: &str) -> PolarsResult<Values> {
    let column = frame.column(name)?;
    if !column.dtype().is_primitive_numeric() {
        return Ok(Values::Texts(texts(column)));
    }
    Ok(Values::Numbers(column.cast(&DataType::Float64)?.f64()?.iter().collect()))
}

fn texts(column: &Column) -> Vec<String> {
    let text = |line: usize| match column.get(line) {
        Ok(AnyValue::String(text)) => text.to_string(),
        Ok(AnyValue::Null) | Err(_) => String::new(),
        Ok(value) => value.to_string(),
    };
    (0..column.len()).map(text).collect()
}

/// A number for people: without decimals from 100 on, else with four at most.
fn shown(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => {
            format!("{}{}", if number < 0.0 { "-" } else { "" }, grouped(size.round() as u64))
        }
        // Adding 0 turns -0 into 0.
        _ => decimal((number * 1e4).round() / 1e4 + 0.0),
    }
}

fn sheet(pivot: &Pivot, style: TableStyle) -> String {
    let mut sheet = Table::new();
    sheet.load_style(style);
    sheet.set_header(pivot.header());
    sheet.add_rows(pivot.lines(shown));
    align_numbers(&mut sheet, pivot.keys.len());
    plain(&sheet)
}

fn latex(pivot: &Pivot, note: &str) -> String {
    let line = |cells: Vec<String>| -> String {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("{} \\\\\n", cells.join(" & "))
    };
    let columns = format!("{}{}", "l".repeat(pivot.keys.len()), "r".repeat(pivot.columns.len()));
    let body: String = pivot.lines(shown).into_iter().map(line).collect();
    format!(
        "% {note} Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{}\\midrule\n{body}\\bottomrule\n\\end{{tabular}}\n",
        line(pivot.header()),
    )
}

/// A text whose characters LaTeX takes as they are.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '\\' => "\\textbackslash{}".to_string(),
        '~' => "\\textasciitilde{}".to_string(),
        '^' => "\\textasciicircum{}".to_string(),
        '_' | '%' | '&' | '#' | '$' | '{' | '}' => format!("\\{c}"),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn csv(pivot: &Pivot) -> Result<String, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut lines = std::iter::once(pivot.header()).chain(pivot.lines(decimal));
    let failed = |reason: String| Error::Format { path: None, reason };
    lines.try_for_each(|line| writer.write_record(line)).map_err(|error| failed(error.to_string()))?;
    let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.parquet");
        let columns = [
            Column::new("share_of_x".into(), [0.1, 0.1, 0.3]),
            Column::new("proposal".into(), ["a_1", "b", "a_1"]),
            Column::new("mean".into(), [1_234.5, 2.0, 4.0]),
        ];
        let mut frame = DataFrame::new(3, columns.into()).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        (folder, path)
    }

    fn slice(mean: bool) -> Slice {
        let rows = vec![if mean { "proposal" } else { "share_of_x" }.to_string()];
        let columns = if mean { Vec::new() } else { vec!["proposal".to_string()] };
        Slice { rows, columns, measure: "mean".into(), only: Vec::new(), mean }
    }

    #[test]
    fn every_format_has_the_same_cells() {
        let (_folder, path) = table();
        let text = |format| tabulate(&path, &slice(false), format).unwrap();
        let csv = text(SliceFormat::Csv);
        assert_eq!(csv.text, "share_of_x,a_1,b\n0.1,1234.5,2\n0.3,4,\n");
        assert_eq!(csv.note.as_deref(), Some(SYNTHETIC));
        let latex = text(SliceFormat::Latex).text;
        assert!(
            latex.contains("share\\_of\\_x & a\\_1 & b \\\\\n") && latex.contains("0.1 & 1,235 & 2 \\\\\n")
        );
        let markdown = text(SliceFormat::Markdown);
        assert!(markdown.text.contains("| 0.1        | 1,235 | 2 |"), "{}", markdown.text);
        assert!(
            markdown.note.is_none()
                && text(SliceFormat::Table).text.ends_with("\nThe prisoners are synthetic.\n")
        );
    }

    /// A reader of LaTeX or CSV must learn as well that cells are means.
    #[test]
    fn every_format_refuses_or_says_that_cells_are_means() {
        let (_folder, path) = table();
        let all = [SliceFormat::Table, SliceFormat::Markdown, SliceFormat::Latex, SliceFormat::Csv];
        for format in all {
            assert!(tabulate(&path, &Slice { mean: false, ..slice(true) }, format).is_err());
            let Tabulated { text, note } = tabulate(&path, &slice(true), format).unwrap();
            let said = text + &note.unwrap_or_default();
            assert!(said.contains("Cells are means of 1 to 2 rows."), "{format:?}: {said}");
        }
    }

    #[test]
    fn a_table_that_is_not_there_is_the_users_to_mend() {
        let error = tabulate(Path::new("no/outcomes.parquet"), &slice(false), SliceFormat::Csv).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("there is no such table"), "{error}");
    }
}
