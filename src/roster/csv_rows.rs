use std::{
    fs::File,
    path::{Path, PathBuf},
};

use csv::{ErrorKind, StringRecord};
use polars::prelude::*;

use super::file::{Batch, CHECK_PATH, RosterError, Rows, problem};

/// Rows read at a time.
const ROWS: usize = 1 << 17;

/// A CSV file, row by row. Everything in it is text, and stays the text that it is.
#[derive(Debug)]
pub(super) struct CsvRows {
    path: PathBuf,
    reader: csv::Reader<File>,
    columns: Vec<String>,
    bytes: u64,
}

impl CsvRows {
    pub(super) fn open(path: &Path, file: File, separator: u8) -> Result<CsvRows, RosterError> {
        let bytes = file.metadata().map_or(0, |metadata| metadata.len());
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(file);
        let header = reader.headers().map_err(|error| unreadable(path, &error))?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_string()).collect();
        if columns.iter().all(String::is_empty) {
            return Err(problem(path, "is empty", "its first line must name the columns"));
        }
        if let [only] = &columns[..]
            && let Some(other) = [';', '\t', ',', '|'].into_iter().find(|c| only.contains(*c))
        {
            let what = format!("has one column, `{only}`");
            let help = format!("say what stands between the cells: --separator '{}'", other.escape_default());
            return Err(problem(path, &what, &help));
        }
        Ok(CsvRows { path: path.into(), reader, columns, bytes })
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How long the file is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands over all rows, batch by batch, until nobody wants more.
    pub(super) fn read(mut self, mut send: impl FnMut(Result<Batch, RosterError>) -> bool) {
        while let Some(batch) = self.next().transpose() {
            if !send(batch) {
                return;
            }
        }
    }

    fn next(&mut self) -> Result<Option<Batch>, RosterError> {
        let names = self.columns.iter();
        let mut texts: Vec<StringChunkedBuilder> =
            names.map(|name| StringChunkedBuilder::new(name.into(), 0)).collect();
        let mut record = StringRecord::new();
        let mut rows = 0;
        while rows < ROWS
            && self.reader.read_record(&mut record).map_err(|error| unreadable(&self.path, &error))?
        {
            for (texts, cell) in texts.iter_mut().zip(&record) {
                texts.append_option((!cell.is_empty()).then_some(cell));
            }
            rows += 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let columns = texts.into_iter().map(|texts| texts.finish().into_column()).collect();
        let table = DataFrame::new(rows, columns);
        let table = table.map_err(|error| problem(&self.path, &error.to_string(), CHECK_PATH))?;
        Ok(Some(Batch { rows: Rows::Table(table), read: self.reader.position().byte() }))
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> RosterError {
    let line = |position: &Option<csv::Position>| position.as_ref().map_or(1, csv::Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let what = format!("line {} has {len} where the first line has {expected_len} cells", line(pos));
            problem(path, &what, "put cells in quotes that hold the separator, and fill up lines cut short")
        }
        ErrorKind::Utf8 { pos, .. } => {
            let what = format!("line {} is not valid UTF-8", line(pos));
            problem(path, &what, "save it as UTF-8 (in a spreadsheet: as CSV UTF-8)")
        }
        _ => problem(path, &format!("cannot be read: {error}"), CHECK_PATH),
    }
}
