use std::{
    fmt,
    fs::File,
    io::{self, Cursor},
    path::{Path, PathBuf},
};

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};

use super::OutFile;

/// Rows of a Parquet row group, at least. More rows wait in memory, fewer make more groups, and the
/// writer keeps some 50 kB of each until the end: between them this takes the least for a million points.
const ROW_GROUP: usize = 16_384;

/// A table written part by part, as Parquet and as CSV; memory stays that of one part.
pub struct TableFiles {
    files: [OutFile; 2],
    /// Parts that wait to make a row group: a file of very many groups is slow and large.
    waiting: Option<DataFrame>,
    parquet: ParquetBatches<File>,
    csv: CsvBatches<File>,
}

/// The means and standard deviations of a part's rows, in order, with their points.
#[derive(Debug, Default)]
pub struct PartFigures {
    /// For each row: its point, mean and standard deviation; absent for a point that failed.
    pub rows: Vec<(u64, Option<(f64, f64)>)>,
}

impl fmt::Debug for TableFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableFiles").field("files", &self.files).finish_non_exhaustive()
    }
}

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder with the columns of a part.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or the part cannot be read.
    pub fn begin(folder: &Path, stem: &str, part: &[u8]) -> Result<TableFiles, String> {
        let files = paths(folder, stem).map(|path| OutFile::reserve(&path, true));
        let [parquet_file, csv_file] = files.map(|file| file.map_err(|error| error.to_string()));
        let (parquet_file, csv_file) = (parquet_file?, csv_file?);
        let schema = read(part)?.schema().clone();
        let notes = vec![("repat".to_string(), "The prisoners are synthetic.".to_string())];
        let handle = parquet_file.handle().map_err(|error| error.to_string())?;
        let parquet = ParquetWriter::new(handle)
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(notes)))
            .batched(&schema)
            .map_err(|error| error.to_string())?;
        let handle = csv_file.handle().map_err(|error| error.to_string())?;
        let csv = CsvWriter::new(handle).batched(&schema).map_err(|error| error.to_string())?;
        Ok(TableFiles { files: [parquet_file, csv_file], waiting: None, parquet, csv })
    }

    /// Adds a part.
    ///
    /// # Errors
    ///
    /// If the part cannot be read or the table not be written.
    pub fn append(&mut self, part: &[u8]) -> Result<(), String> {
        let frame = read(part)?;
        self.csv.write_batch(&frame).map_err(|error| error.to_string())?;
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting.vstack(&frame).map_err(|error| error.to_string())?,
            None => frame,
        };
        let enough = waiting.height() >= ROW_GROUP;
        self.waiting = Some(waiting);
        if enough { self.write_group() } else { Ok(()) }
    }

    /// Removes both files of a table if they are there.
    ///
    /// # Errors
    ///
    /// If one is there and cannot be removed.
    pub fn remove(folder: &Path, stem: &str) -> Result<(), String> {
        paths(folder, stem).iter().try_for_each(|path| match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(format!("{}: cannot be removed: {error}", path.display()))
            }
            _ => Ok(()),
        })
    }

    fn write_group(&mut self) -> Result<(), String> {
        let Some(mut waiting) = self.waiting.take() else { return Ok(()) };
        waiting.rechunk_mut();
        self.parquet.write_batch(&waiting).map_err(|error| error.to_string())
    }

    /// Ends both files and gives them their names.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn keep(mut self) -> Result<(), String> {
        self.write_group()?;
        self.parquet.finish().map_err(|error| error.to_string())?;
        self.csv.finish().map_err(|error| error.to_string())?;
        drop((self.parquet, self.csv));
        self.files.into_iter().try_for_each(|file| file.keep().map_err(|error| error.to_string()))
    }
}

fn paths(folder: &Path, stem: &str) -> [PathBuf; 2] {
    ["parquet", "csv"].map(|ending| folder.join(format!("{stem}.{ending}")))
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
