use std::{
    io::{self, Cursor},
    path::{Path, PathBuf},
};

use polars::prelude::*;

use super::{AtomicFile, FileLayout, Format, StreamFormat, TableStream};

/// Rows of a Parquet row group, at least. More rows wait in memory, fewer make more groups, and the
/// writer keeps some 50 kB of each until the end: between them this takes the least for a million points.
const ROW_GROUP: usize = 16_384;

/// A table written part by part, as Parquet and as CSV; memory stays that of one part.
#[derive(Debug)]
pub struct TableFiles([TableStream; 2]);

/// The means and standard deviations of a part's rows, in order, with their points.
#[derive(Debug, Default)]
pub struct PartFigures {
    /// For each row: its point, mean and standard deviation; absent for a point that failed.
    pub rows: Vec<(u64, Option<(f64, f64)>)>,
}

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder with the columns of a part.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or the part cannot be read.
    pub fn begin(folder: &Path, stem: &str, part: &[u8]) -> Result<TableFiles, String> {
        let schema = read(part)?.schema().clone();
        let notes = ["The prisoners are synthetic.".to_string()];
        let layout = FileLayout { notes: &notes, row_group: ROW_GROUP, separator: b',' };
        let begin = |format: Format, stream: StreamFormat| {
            let file = AtomicFile::reserve(&path(folder, stem, format), true);
            TableStream::begin(file.map_err(|error| error.to_string())?, stream, &schema, &layout)
                .map_err(|error| error.to_string())
        };
        Ok(TableFiles([
            begin(Format::Parquet, StreamFormat::Parquet)?,
            begin(Format::Csv, StreamFormat::Csv)?,
        ]))
    }

    /// Adds a part.
    ///
    /// # Errors
    ///
    /// If the part cannot be read or the table not be written.
    pub fn append(&mut self, part: &[u8]) -> Result<(), String> {
        let frame = read(part)?;
        self.0.iter_mut().try_for_each(|file| file.append(&frame)).map_err(|error| error.to_string())
    }

    /// Removes both files of a table if they are there.
    ///
    /// # Errors
    ///
    /// If one is there and cannot be removed.
    pub fn remove(folder: &Path, stem: &str) -> Result<(), String> {
        [Format::Parquet, Format::Csv].into_iter().try_for_each(|format| {
            let path = path(folder, stem, format);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(format!("{}: cannot be removed: {error}", path.display()))
                }
                _ => Ok(()),
            }
        })
    }

    /// Ends both files and gives them their names.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn keep(self) -> Result<(), String> {
        let [parquet, csv] = self.0;
        let finish = |stream: TableStream| stream.finish().map_err(|error| error.to_string());
        let files = [finish(parquet)?, finish(csv)?];
        files.into_iter().try_for_each(|written| written.file.keep().map_err(|error| error.to_string()))
    }
}

fn path(folder: &Path, stem: &str, format: Format) -> PathBuf {
    folder.join(format!("{stem}{}", format.ending().unwrap_or_default()))
}

fn read(part: &[u8]) -> Result<DataFrame, String> {
    ParquetReader::new(Cursor::new(part)).finish().map_err(|error| error.to_string())
}

/// The means and standard deviations in a part of outcomes.
///
/// # Errors
///
/// If the part cannot be read.
pub fn figures(part: &[u8]) -> Result<PartFigures, String> {
    let columns = ["point", "mean", "sd"].map(String::from);
    let frame = ParquetReader::new(Cursor::new(part)).with_columns(Some(columns.to_vec())).finish();
    let frame = frame.map_err(|error| error.to_string())?;
    let number =
        |name: &str| -> PolarsResult<Vec<Option<f64>>> { Ok(frame.column(name)?.f64()?.iter().collect()) };
    let points =
        || -> PolarsResult<Vec<i64>> { Ok(frame.column("point")?.i64()?.into_no_null_iter().collect()) };
    let both = points().and_then(|points| Ok((points, number("mean")?, number("sd")?)));
    let (points, means, sds) = both.map_err(|error| error.to_string())?;
    let rows = points.into_iter().zip(means.into_iter().zip(sds));
    let rows = rows.map(|(point, (mean, sd))| (point as u64, mean.map(|mean| (mean, sd.unwrap_or(0.0)))));
    Ok(PartFigures { rows: rows.collect() })
}
