use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, sync_channel},
    thread::JoinHandle,
};

use csv::{ErrorKind, StringRecord};
use polars::prelude::*;

use super::damage;
use crate::domain::Diagnostic;
use crate::output::Format;

/// Rows of Parquet read at a time: whole row groups where they are smaller.
const PARQUET_ROWS: usize = 1 << 20;

/// Rows of CSV read at a time. Texts take more room than levels.
const CSV_ROWS: usize = 1 << 17;

/// A roster on disk, read batch by batch and never changed.
pub struct RosterFile {
    path: PathBuf,
    columns: Vec<String>,
    notes: Vec<String>,
    rows: Rows,
}

enum Rows {
    Parquet { length: usize, next: usize, groups: Vec<usize> },
    Csv { reader: csv::Reader<File>, bytes: u64 },
}

/// Why a roster cannot be read.
#[derive(Debug)]
pub struct RosterError(Box<Diagnostic>);

impl From<RosterError> for Diagnostic {
    fn from(error: RosterError) -> Diagnostic {
        *error.0
    }
}

impl fmt::Debug for RosterFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RosterFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl RosterFile {
    /// Opens a `.csv` or `.parquet` file; `separator` stands between the cells of CSV.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is of another kind, or has columns that cannot be carried over.
    pub fn open(path: &Path, separator: u8) -> Result<RosterFile, RosterError> {
        let problem = |what: String, help: &str| problem(path, &what, help);
        let file =
            File::open(path).map_err(|error| problem(format!("cannot be read: {error}"), CHECK_PATH))?;
        if path.is_dir() {
            return Err(problem("is a folder".into(), CHECK_PATH));
        }
        let (columns, notes, rows) = match Format::of_path(path) {
            Some(Format::Parquet) => parquet(path, file)?,
            Some(Format::Csv) => csv(path, file, separator)?,
            _ => {
                let help = "save it as .csv (comma-separated, UTF-8) or .parquet";
                return Err(problem("the ending does not name a format of rosters".into(), help));
            }
        };
        let repeated = (1..columns.len()).find(|&i| columns[..i].contains(&columns[i]));
        if let Some(repeated) = repeated {
            let what = format!("two columns are called `{}`", columns[repeated]);
            return Err(problem(what, "give one of them another name"));
        }
        Ok(RosterFile { path: path.into(), columns, notes, rows })
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What a file that repat wrote says of itself: that its prisoners are synthetic, for one.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How much there is to read: rows of Parquet, bytes of CSV.
    pub fn length(&self) -> u64 {
        match &self.rows {
            Rows::Parquet { length, .. } => *length as u64,
            Rows::Csv { bytes, .. } => *bytes,
        }
    }

    fn read(&self) -> u64 {
        match &self.rows {
            Rows::Parquet { next, .. } => *next as u64,
            Rows::Csv { reader, .. } => reader.position().byte(),
        }
    }

    /// Reads on in a thread of its own, a batch ahead of whoever asks for them.
    pub fn read_ahead(mut self) -> ReadAhead {
        let path = self.path.clone();
        let (sender, batches) = sync_channel(1);
        let thread = std::thread::spawn(move || {
            while let Some(rows) = self.next().transpose() {
                let batch = rows.map(|rows| Batch { rows, read: self.read() });
                if sender.send(batch).is_err() {
                    break;
                }
            }
        });
        ReadAhead { path, batches, thread: Some(thread) }
    }

    fn next(&mut self) -> Result<Option<DataFrame>, RosterError> {
        match &mut self.rows {
            Rows::Parquet { length, next, groups } => next_rows(&self.path, *length, next, groups),
            Rows::Csv { reader, .. } => next_records(&self.path, &self.columns, reader),
        }
    }

    /// The columns without rows.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn nobody(&self) -> Result<DataFrame, RosterError> {
        match &self.rows {
            Rows::Parquet { .. } => rows(&self.path, 0, 0),
            Rows::Csv { .. } => finished(&self.path, 0, texts(&self.columns)),
        }
    }
}

/// Rows of a roster.
#[derive(Debug)]
pub struct Batch {
    /// The rows.
    pub rows: DataFrame,
    /// How much of [`RosterFile::length`] has been read with them.
    pub read: u64,
}

/// The batches of a roster, in order.
#[derive(Debug)]
pub struct ReadAhead {
    path: PathBuf,
    batches: Receiver<Result<Batch, RosterError>>,
    thread: Option<JoinHandle<()>>,
}

impl Iterator for ReadAhead {
    type Item = Result<Batch, RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Ok(batch) = self.batches.recv() {
            return Some(batch);
        }
        // A thread that ended in a panic has not read everything.
        let ended = self.thread.take()?.join();
        ended.err().map(|_| Err(damaged(&self.path, None)))
    }
}

const CHECK_PATH: &str = "check the path";
const DAMAGED: &str = "the file may be damaged or half-written; make it anew";

fn problem(path: &Path, what: &str, help: &str) -> RosterError {
    RosterError(Box::new(Diagnostic::new(format!("{}: {what}", path.display())).help(help)))
}

/// Columns, notes and rows of a file.
type Opened = (Vec<String>, Vec<String>, Rows);

fn parquet(path: &Path, file: File) -> Result<Opened, RosterError> {
    let mut reader = ParquetReader::new(file);
    let opened = damage::read(|| Ok((reader.schema()?, reader.get_metadata()?.clone())));
    let (schema, metadata) = opened.map_err(|why| damaged(path, why))?;
    if let Some((name, field)) = schema.iter().find(|(_, field)| !is_carried(&field.dtype)) {
        let what = format!("column `{name}` is of a type that cannot be carried over: {:?}", field.dtype);
        return Err(problem(path, &what, "leave the column out, or save it as text"));
    }
    let columns = schema.iter_names().map(ToString::to_string).collect();
    let notes = metadata.key_value_metadata().iter().flatten().filter(|entry| entry.key == "repat");
    let notes = notes.flat_map(|entry| entry.value.iter().flat_map(|notes| notes.lines().map(String::from)));
    let groups = metadata.row_groups.iter().map(|group| group.num_rows()).collect();
    Ok((columns, notes.collect(), Rows::Parquet { length: metadata.num_rows, next: 0, groups }))
}

fn damaged(path: &Path, why: Option<String>) -> RosterError {
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    problem(path, &format!("is no readable Parquet{why}"), DAMAGED)
}

/// The types of columns that come out as they went in.
fn is_carried(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match dtype {
        T::Null | T::Boolean | T::Float32 | T::Float64 | T::Date32 | T::Time64(_) => true,
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::Timestamp(_, zone) => zone.is_none(),
        T::Dictionary(_, values, _) => matches!(**values, T::Utf8 | T::LargeUtf8 | T::Utf8View),
        _ => false,
    }
}

/// As many whole row groups as fit, or a part of one that is larger.
fn next_rows(
    path: &Path,
    length: usize,
    next: &mut usize,
    groups: &[usize],
) -> Result<Option<DataFrame>, RosterError> {
    if *next >= length {
        return Ok(None);
    }
    let ends = groups.iter().scan(0, |end, rows| {
        *end += rows;
        Some(*end)
    });
    let most = *next + PARQUET_ROWS;
    let end = ends.filter(|end| (*next + 1..=most).contains(end)).last().unwrap_or(most.min(length));
    let frame = rows(path, *next, end - *next)?;
    *next = end;
    Ok(Some(frame))
}

fn rows(path: &Path, first: usize, rows: usize) -> Result<DataFrame, RosterError> {
    let file =
        File::open(path).map_err(|error| problem(path, &format!("cannot be read: {error}"), CHECK_PATH))?;
    // Left to itself it would share row groups out, of which there may be one here.
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::Columns);
    damage::read(|| reader.with_slice(Some((first, rows))).finish()).map_err(|why| damaged(path, why))
}

fn csv(path: &Path, file: File, separator: u8) -> Result<Opened, RosterError> {
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(file);
    let header = reader.headers().map_err(|error| unreadable(path, &error))?.clone();
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
    Ok((columns, Vec::new(), Rows::Csv { reader, bytes }))
}

fn next_records(
    path: &Path,
    columns: &[String],
    reader: &mut csv::Reader<File>,
) -> Result<Option<DataFrame>, RosterError> {
    let mut texts = texts(columns);
    let mut record = StringRecord::new();
    let mut rows = 0;
    while rows < CSV_ROWS && reader.read_record(&mut record).map_err(|error| unreadable(path, &error))? {
        for (texts, cell) in texts.iter_mut().zip(&record) {
            texts.append_option((!cell.is_empty()).then_some(cell));
        }
        rows += 1;
    }
    if rows == 0 { Ok(None) } else { finished(path, rows, texts).map(Some) }
}

/// Columns to be filled: everything in CSV is text, and stays the text that it is.
fn texts(columns: &[String]) -> Vec<StringChunkedBuilder> {
    columns.iter().map(|name| StringChunkedBuilder::new(name.into(), 0)).collect()
}

fn finished(path: &Path, rows: usize, texts: Vec<StringChunkedBuilder>) -> Result<DataFrame, RosterError> {
    let columns = texts.into_iter().map(|texts| texts.finish().into_column()).collect();
    DataFrame::new(rows, columns).map_err(|error| problem(path, &error.to_string(), CHECK_PATH))
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
