use std::{collections::BTreeMap, path::Path};

use comfy_table::{Table, presets};
use polars::prelude::*;

use super::numbers::{decimal, grouped};
use super::sheet::{STYLE, align_numbers, plain};

/// Which slice of a sweep's table to show, and how it is laid out.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Columns whose values name the rows.
    pub rows: Vec<String>,
    /// Columns whose values name the columns.
    pub columns: Vec<String>,
    /// The column with the numbers.
    pub measure: String,
    /// Only lines on which these columns have these values.
    pub only: Vec<(String, String)>,
}

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

/// A slice of a Parquet table: cells are means of all lines that fall into them.
///
/// # Errors
///
/// If the file cannot be read, or has no such columns: says which it has.
pub fn tabulate(path: &Path, slice: &Slice, format: SliceFormat) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let frame = ParquetReader::new(file).finish().map_err(|error| format!("{}: {error}", path.display()))?;
    let cells = Cells::of(&frame, slice)?;
    Ok(match format {
        SliceFormat::Table => cells.sheet(slice, STYLE) + &cells.note(),
        SliceFormat::Markdown => cells.sheet(slice, presets::ASCII_MARKDOWN) + &cells.note(),
        SliceFormat::Latex => cells.latex(slice),
        SliceFormat::Csv => cells.csv(slice)?,
    })
}

/// Sums and numbers of lines by row and column, in order of appearance.
struct Cells {
    rows: Vec<Vec<String>>,
    columns: Vec<Vec<String>>,
    sums: BTreeMap<(usize, usize), (f64, u64)>,
}

impl Cells {
    fn of(frame: &DataFrame, slice: &Slice) -> Result<Cells, String> {
        let words = |names: &[String]| -> Result<Vec<Vec<String>>, String> {
            names.iter().map(|name| texts(frame, name)).collect()
        };
        let (rows, columns) = (words(&slice.rows)?, words(&slice.columns)?);
        let only: Vec<String> = slice.only.iter().map(|(name, _)| name.clone()).collect();
        let only = words(&only)?;
        let numbers = numbers(frame, &slice.measure)?;
        let mut cells = Cells { rows: Vec::new(), columns: Vec::new(), sums: BTreeMap::new() };
        for (line, number) in numbers.into_iter().enumerate() {
            let wanted = only.iter().zip(&slice.only).all(|(texts, (_, value))| texts[line] == *value);
            let (Some(number), true) = (number, wanted) else { continue };
            let key = |texts: &[Vec<String>]| texts.iter().map(|texts| texts[line].clone()).collect();
            let at = (position(&mut cells.rows, key(&rows)), position(&mut cells.columns, key(&columns)));
            let (sum, lines) = cells.sums.entry(at).or_default();
            *sum += number;
            *lines += 1;
        }
        Ok(cells)
    }

    fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.sums.get(&(row, column)).map(|(sum, lines)| sum / *lines as f64)
    }

    /// A cell in words: people without decimals, small numbers with four.
    fn shown(&self, row: usize, column: usize) -> String {
        self.value(row, column).map_or(String::new(), |value| match value.abs() {
            size if size >= 100.0 => {
                format!("{}{}", if value < 0.0 { "-" } else { "" }, grouped(size.round() as u64))
            }
            // Adding 0 turns -0 into 0.
            _ => decimal((value * 1e4).round() / 1e4 + 0.0),
        })
    }

    fn header(&self, slice: &Slice) -> Vec<String> {
        slice.rows.iter().cloned().chain(self.columns.iter().map(|column| column.join(" "))).collect()
    }

    fn lines(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        self.rows.iter().enumerate().map(|(row, names)| {
            let cells = (0..self.columns.len()).map(|column| self.shown(row, column));
            names.iter().cloned().chain(cells).collect()
        })
    }

    fn sheet(&self, slice: &Slice, style: comfy_table::TableStyle) -> String {
        let mut sheet = Table::new();
        sheet.load_style(style);
        sheet.set_header(self.header(slice));
        self.lines().for_each(|line| {
            sheet.add_row(line);
        });
        align_numbers(&mut sheet, slice.rows.len());
        plain(&sheet)
    }

    fn note(&self) -> String {
        let most = self.sums.values().map(|(_, lines)| *lines).max().unwrap_or(0);
        let mean = if most > 1 {
            format!("Cells are means of up to {} lines. ", grouped(most))
        } else {
            String::new()
        };
        format!("\n{mean}The prisoners are synthetic.\n")
    }

    fn latex(&self, slice: &Slice) -> String {
        let line = |cells: Vec<String>| -> String {
            let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        let columns = format!("{}{}", "l".repeat(slice.rows.len()), "r".repeat(self.columns.len()));
        let body: String = self.lines().map(line).collect();
        format!(
            "% The prisoners are synthetic. Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{}\\midrule\n{body}\\bottomrule\n\\end{{tabular}}\n",
            line(self.header(slice)),
        )
    }

    fn csv(&self, slice: &Slice) -> Result<String, String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows = self.rows.iter().enumerate().map(|(row, names)| {
            let value = |column| self.value(row, column).map_or(String::new(), decimal);
            names.iter().cloned().chain((0..self.columns.len()).map(value)).collect::<Vec<_>>()
        });
        let mut lines = std::iter::once(self.header(slice)).chain(rows);
        lines.try_for_each(|line| writer.write_record(line)).map_err(|error| error.to_string())?;
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }
}

/// What LaTeX would take for its own.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\textbackslash{}")
        .replace('_', "\\_")
        .replace('%', "\\%")
        .replace('&', "\\&")
        .replace('#', "\\#")
}

fn position(known: &mut Vec<Vec<String>>, key: Vec<String>) -> usize {
    known.iter().position(|other| *other == key).unwrap_or_else(|| {
        known.push(key);
        known.len() - 1
    })
}

fn column<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f Column, String> {
    frame.column(name).map_err(|_| {
        let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
        format!("there is no column `{name}`\n  what now: choose from {}", names.join(", "))
    })
}

fn texts(frame: &DataFrame, name: &str) -> Result<Vec<String>, String> {
    let column = column(frame, name)?;
    let text = |line: usize| match column.get(line) {
        Ok(AnyValue::String(text)) => text.to_string(),
        Ok(AnyValue::Null) | Err(_) => String::new(),
        Ok(value) => value.to_string(),
    };
    Ok((0..frame.height()).map(text).collect())
}

fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>, String> {
    let cast = column(frame, name)?.cast(&DataType::Float64);
    let cast = cast.map_err(|_| format!("the column `{name}` has no numbers"))?;
    Ok(cast.f64().map_err(|error| error.to_string())?.iter().collect())
}
