//! A table written batch by batch, as Parquet and as CSV side by side.

use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::parquet::descriptions;
use super::{AtomicFile, CsvLayout, FileLayout, StreamFormat, Table, TableStream, WrittenFile};
use crate::domain::Error;

/// Rows of a Parquet row group, at least. More rows wait in memory, fewer make more groups, and the
/// writer keeps some 50 kB of each until the end: between them this takes the least for a million points.
const ROW_GROUP: usize = 16_384;

/// A table written batch by batch, as Parquet and as CSV; memory stays that of a few batches.
#[derive(Debug)]
pub(crate) struct TableFiles([TableStream; 2]);

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder. `empty` describes the columns, and has the notes that are kept
    /// beside the one that says what the people are.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(crate) fn begin(
        folder: &Path,
        stem: &str,
        schema: &Schema,
        empty: &Table,
    ) -> Result<TableFiles, Error> {
        let notes = [&["The people counted are synthetic.".to_string()], &empty.notes[..]].concat();
        let layout = FileLayout {
            descriptions: &descriptions(empty),
            notes: &notes,
            row_group: ROW_GROUP,
            csv: CsvLayout::of_path(folder, b','),
        };
        let begin = |format: StreamFormat| {
            let file = AtomicFile::reserve(&file_path(folder, stem, format), true)?;
            TableStream::begin(file, format, schema, &layout)
        };
        Ok(TableFiles([begin(StreamFormat::Parquet)?, begin(StreamFormat::Csv)?]))
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(crate) fn append(&mut self, rows: &DataFrame) -> Result<(), Error> {
        self.0.iter_mut().try_for_each(|file| file.append(rows))
    }

    /// Ends both files. They still have to be given their names.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(crate) fn finish(self) -> Result<[WrittenFile; 2], Error> {
        let [parquet, csv] = self.0.map(TableStream::finish);
        Ok([parquet?, csv?])
    }
}

fn file_path(folder: &Path, stem: &str, format: StreamFormat) -> PathBuf {
    let ending = match format {
        StreamFormat::Parquet => "parquet",
        StreamFormat::Csv => "csv",
    };
    folder.join(format!("{stem}.{ending}"))
}
