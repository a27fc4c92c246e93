//! A table written batch by batch, as Parquet and as CSV side by side.

use std::{
    io,
    path::{Path, PathBuf},
};

use polars::prelude::*;

use super::{AtomicFile, FileLayout, Format, TableStream};
use crate::domain::Error;

/// Rows of a Parquet row group, at least. More rows wait in memory, fewer make more groups, and the
/// writer keeps some 50 kB of each until the end: between them this takes the least for a million points.
const ROW_GROUP: usize = 16_384;

/// A table written batch by batch, as Parquet and as CSV; memory stays that of a few batches.
#[derive(Debug)]
pub struct TableFiles {
    folder: PathBuf,
    stem: String,
    files: [TableStream; 2],
}

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn begin(folder: &Path, stem: &str, schema: &Schema) -> Result<TableFiles, Error> {
        let notes = ["The prisoners are synthetic.".to_string()];
        let layout = FileLayout { notes: &notes, row_group: ROW_GROUP, separator: b',' };
        let begin = |format: Format| {
            let path = file_path(folder, stem, format);
            let file = AtomicFile::reserve(&path, true)?;
            TableStream::begin(file, format, schema, &layout).map_err(|reason| in_file(&path, reason))
        };
        let files = [begin(Format::Parquet)?, begin(Format::Csv)?];
        Ok(TableFiles { folder: folder.into(), stem: stem.into(), files })
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn append(&mut self, rows: &DataFrame) -> Result<(), Error> {
        let parquet = file_path(&self.folder, &self.stem, Format::Parquet);
        let mut files = self.files.iter_mut();
        files.try_for_each(|file| file.append(rows)).map_err(|reason| in_file(&parquet, reason))
    }

    /// Ends both files and gives them their names.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn keep(self) -> Result<(), Error> {
        let parquet = file_path(&self.folder, &self.stem, Format::Parquet);
        let finished = self.files.map(TableStream::finish);
        for file in finished {
            file.map_err(|reason| in_file(&parquet, reason))?.0.keep()?;
        }
        Ok(())
    }

    /// Removes both files of a table if they are there.
    ///
    /// # Errors
    ///
    /// If one is there and cannot be removed.
    pub fn remove(folder: &Path, stem: &str) -> Result<(), Error> {
        [Format::Parquet, Format::Csv].into_iter().try_for_each(|format| {
            let path = file_path(folder, stem, format);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::writing(&path, error)),
                _ => Ok(()),
            }
        })
    }
}

fn file_path(folder: &Path, stem: &str, format: Format) -> PathBuf {
    folder.join(format!("{stem}{}", format.ending().unwrap_or_default()))
}

fn in_file(path: &Path, reason: String) -> Error {
    Error::Format { path: Some(path.into()), reason }
}
