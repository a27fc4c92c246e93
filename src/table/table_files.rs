//! A table written batch by batch, as Parquet and as CSV side by side.

use std::{
    io,
    path::{Path, PathBuf},
};

use polars::prelude::*;

use super::{AtomicFile, FileLayout, StreamFormat, TableStream, WrittenFile};
use crate::domain::Error;

/// Rows of a Parquet row group, at least. More rows wait in memory, fewer make more groups, and the
/// writer keeps some 50 kB of each until the end: between them this takes the least for a million points.
const ROW_GROUP: usize = 16_384;

/// A table written batch by batch, as Parquet and as CSV; memory stays that of a few batches.
#[derive(Debug)]
pub(crate) struct TableFiles([TableStream; 2]);

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(crate) fn begin(
        folder: &Path,
        stem: &str,
        schema: &Schema,
        descriptions: &[(String, String)],
    ) -> Result<TableFiles, Error> {
        let notes = ["The prisoners are synthetic.".to_string()];
        let layout = FileLayout { descriptions, notes: &notes, row_group: ROW_GROUP, separator: b',' };
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

    /// Ends both files and gives them their names, which are returned with the SHA-256 of each.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(crate) fn keep(self) -> Result<Vec<(String, String)>, Error> {
        let [parquet, csv] = self.0.map(TableStream::finish);
        [parquet?, csv?].into_iter().map(keep).collect()
    }

    /// Removes both files of a table if they are there.
    ///
    /// # Errors
    ///
    /// If one is there and cannot be removed.
    pub(crate) fn remove(folder: &Path, stem: &str) -> Result<(), Error> {
        [StreamFormat::Parquet, StreamFormat::Csv].into_iter().try_for_each(|format| {
            let path = file_path(folder, stem, format);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::writing(&path, error)),
                _ => Ok(()),
            }
        })
    }
}

fn keep(written: WrittenFile) -> Result<(String, String), Error> {
    let WrittenFile { file, sha256 } = written;
    let name = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    file.keep()?;
    Ok((name, sha256))
}

fn file_path(folder: &Path, stem: &str, format: StreamFormat) -> PathBuf {
    let ending = match format {
        StreamFormat::Parquet => "parquet",
        StreamFormat::Csv => "csv",
    };
    folder.join(format!("{stem}.{ending}"))
}
