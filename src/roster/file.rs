use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    thread::JoinHandle,
};

use polars::prelude::*;

use super::csv_rows::CsvRows;
use super::damage;
use super::mapping::{Looked, Mapping};
use super::row_groups::{RowGroup, RowGroups};
use crate::domain::Problem;
use crate::table::Format;

/// Rows of Parquet read into a table at a time: whole row groups where they are smaller.
const TABLE_ROWS: usize = 1 << 19;

/// A roster on disk, read batch by batch and never changed.
#[derive(Debug)]
pub struct RosterFile {
    path: PathBuf,
    columns: Vec<String>,
    notes: Vec<String>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Parquet(Arc<RowGroups>, File),
    Csv(CsvRows),
}

/// Some rows of a roster.
#[derive(Debug)]
pub struct Batch {
    pub(super) rows: Rows,
    /// How much of [`RosterFile::length`] has been read with them.
    pub read: u64,
}

#[derive(Debug)]
pub(super) enum Rows {
    /// A table.
    Table(DataFrame),
    /// A row group as it lies in the file, and what its rows say.
    Group(RowGroup, Looked),
}

/// Why a roster cannot be read.
#[derive(Debug)]
pub struct RosterError(Box<Problem>);

impl From<RosterError> for Problem {
    fn from(error: RosterError) -> Problem {
        *error.0
    }
}

pub(super) const CHECK_PATH: &str = "check the path";

/// What is wrong with a roster, and what to do now.
pub(super) fn problem(path: &Path, what: &str, help: &str) -> RosterError {
    RosterError(Box::new(Problem::new(format!("{}: {what}", path.display())).help(help)))
}

/// A Parquet file is not what it should be; the reader may have said why.
pub(super) fn damaged(path: &Path, why: Option<String>) -> RosterError {
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    let help = "the file may be damaged or half-written; make it anew";
    problem(path, &format!("is no readable Parquet{why}"), help)
}

impl RosterFile {
    /// Opens a `.csv` or `.parquet` file; `separator` stands between the cells of CSV.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is of another kind, or two of its columns have the same name.
    pub fn open(path: &Path, separator: u8) -> Result<RosterFile, RosterError> {
        let file = File::open(path);
        let mut file =
            file.map_err(|error| problem(path, &format!("cannot be read: {error}"), CHECK_PATH))?;
        if path.is_dir() {
            return Err(problem(path, "is a folder", CHECK_PATH));
        }
        let (columns, notes, kind) = match Format::of_path(path) {
            Some(Format::Parquet) => {
                let groups = damage::read(|| RowGroups::open(&mut file)).map_err(|why| damaged(path, why))?;
                (groups.columns(), groups.notes(), Kind::Parquet(Arc::new(groups), file))
            }
            Some(Format::Csv) => {
                let rows = CsvRows::open(path, file, separator)?;
                (rows.columns().to_vec(), Vec::new(), Kind::Csv(rows))
            }
            _ => {
                let help = "save it as .csv (comma-separated, UTF-8) or .parquet";
                return Err(problem(path, "the ending does not name a format of rosters", help));
            }
        };
        let repeated = (1..columns.len()).find(|&i| columns[..i].contains(&columns[i]));
        if let Some(repeated) = repeated {
            let what = format!("two columns are called `{}`", columns[repeated]);
            return Err(problem(path, &what, "give one of them another name"));
        }
        Ok(RosterFile { path: path.into(), columns, notes, kind })
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
        match &self.kind {
            Kind::Parquet(groups, _) => groups.rows() as u64,
            Kind::Csv(rows) => rows.bytes(),
        }
    }

    /// Refuses columns that a copy in this format could not have.
    ///
    /// # Errors
    ///
    /// If there is such a column.
    pub fn refuse_uncopied(&self, format: Format) -> Result<(), RosterError> {
        let Kind::Parquet(groups, _) = &self.kind else { return Ok(()) };
        let (column, help) = match format {
            Format::Parquet => {
                (groups.nested(), "leave the column out: only plain values can be carried over")
            }
            _ => (groups.without_text(), "leave the column out, or write .parquet"),
        };
        column.map_or(Ok(()), |column| {
            let what = format!("column `{column}` is of a type that the copy cannot have");
            Err(problem(&self.path, &what, help))
        })
    }

    pub(super) fn row_groups(&self) -> Option<Arc<RowGroups>> {
        match &self.kind {
            Kind::Parquet(groups, _) => Some(groups.clone()),
            Kind::Csv(_) => None,
        }
    }

    /// The names and types of its columns.
    pub(super) fn schema(&self) -> Schema {
        match &self.kind {
            Kind::Parquet(groups, _) => Schema::from_arrow_schema(&groups.schema),
            Kind::Csv(rows) => {
                rows.columns().iter().map(|name| Field::new(name.into(), DataType::String)).collect()
            }
        }
    }

    /// Reads on in a thread of its own, a batch ahead of whoever asks for them.
    pub(super) fn read_ahead(self, wanted: Wanted) -> ReadAhead {
        let path = self.path.clone();
        let (sender, batches) = sync_channel(1);
        let thread = std::thread::spawn(move || {
            let send = |batch| sender.send(batch).is_ok();
            match (self.kind, wanted) {
                (Kind::Csv(rows), _) => rows.read(send),
                (Kind::Parquet(groups, file), Wanted::Tables) => {
                    read_tables(&self.path, &file, &groups, send)
                }
                (Kind::Parquet(groups, file), Wanted::Groups(mapping)) => {
                    read_groups(&self.path, file, &groups, &mapping, send);
                }
            }
        });
        ReadAhead { path, batches, thread: Some(thread) }
    }
}

/// How the rows of a Parquet file are wanted; those of CSV are tables.
pub(super) enum Wanted {
    /// As tables.
    Tables,
    /// As they lie in row groups, once they have been looked at.
    Groups(Arc<Mapping>),
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

/// Hands over every row group until nobody wants more.
fn read_groups(
    path: &Path,
    mut file: File,
    groups: &RowGroups,
    mapping: &Mapping,
    mut send: impl FnMut(Result<Batch, RosterError>) -> bool,
) {
    let mut read = 0;
    for number in 0..groups.len() {
        let rows = damage::read(|| {
            let group = groups.read(&mut file, number)?;
            let cells = mapping.columns().map(|name| name.map(|name| groups.cells(&group, name)).transpose());
            let cells = cells.collect::<PolarsResult<Vec<_>>>()?;
            let looked = mapping.look(read, group.rows, &cells);
            read += group.rows as u64;
            Ok(Rows::Group(group, looked))
        });
        if !send(rows.map(|rows| Batch { rows, read }).map_err(|why| damaged(path, why))) {
            return;
        }
    }
}

/// Hands over tables of whole row groups, or of parts where they are large, until nobody wants more.
fn read_tables(
    path: &Path,
    file: &File,
    groups: &RowGroups,
    mut send: impl FnMut(Result<Batch, RosterError>) -> bool,
) {
    let mut before = 0;
    while before < groups.rows() {
        let end = groups.end_of_table(before, TABLE_ROWS);
        let table = damage::read(|| {
            // Left to itself it would share row groups out, of which there may be one here.
            let reader = ParquetReader::new(file.try_clone()?).read_parallel(ParallelStrategy::Columns);
            reader.with_slice(Some((before, end - before))).finish()
        });
        before = end;
        let batch = |rows| Batch { rows: Rows::Table(rows), read: end as u64 };
        if !send(table.map(batch).map_err(|why| damaged(path, why))) {
            return;
        }
    }
}
