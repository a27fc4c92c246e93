use std::fmt;

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};

use super::digested_file::{DigestedFile, Digesting};
use super::parquet::said;
use super::{Format, OutFile};

/// A table written batch by batch to one file, as Parquet or CSV; memory stays that of a few batches.
pub struct FrameFile {
    file: DigestedFile,
    batches: Batches,
}

enum Batches {
    Parquet {
        writer: Box<ParquetBatches<Digesting>>,
        /// Batches that wait to make a row group: a file of very many groups is slow and large.
        waiting: Option<DataFrame>,
        row_group: usize,
    },
    Csv(CsvBatches<Digesting>),
}

/// What a table's file holds besides its rows, and how it is laid out.
#[derive(Debug)]
pub struct FileLayout<'a> {
    /// What the file itself says of its contents; CSV has no place for it.
    pub notes: &'a [String],
    /// Rows of a Parquet row group, at least.
    pub row_group: usize,
    /// What stands between the cells of a CSV file.
    pub separator: u8,
}

impl fmt::Debug for FrameFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameFile").field("file", &self.file).finish_non_exhaustive()
    }
}

impl FrameFile {
    /// Begins a file with these columns; every format but Parquet is taken for CSV.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn begin(
        file: OutFile,
        format: Format,
        schema: &Schema,
        layout: &FileLayout<'_>,
    ) -> Result<FrameFile, String> {
        let (file, writer) = DigestedFile::begin(file)?;
        let batches = match format {
            Format::Parquet => parquet(writer, schema, layout),
            _ => CsvWriter::new(writer).with_separator(layout.separator).batched(schema).map(Batches::Csv),
        };
        Ok(FrameFile { file, batches: batches.map_err(|error| error.to_string())? })
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn append(&mut self, frame: &DataFrame) -> Result<(), String> {
        self.batches.append(frame).map_err(|error| error.to_string())
    }

    /// Ends the file; it has its name once it is [kept](OutFile::keep). Also gives the SHA-256 of its
    /// bytes, as `sha256sum` prints it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(self) -> Result<(OutFile, String), String> {
        self.batches.finish().map_err(|error| error.to_string())?;
        self.file.finish()
    }
}

fn parquet(writer: Digesting, schema: &Schema, layout: &FileLayout<'_>) -> PolarsResult<Batches> {
    let writer =
        ParquetWriter::new(writer).with_key_value_metadata(Some(said(layout.notes))).batched(schema)?;
    Ok(Batches::Parquet { writer: Box::new(writer), waiting: None, row_group: layout.row_group })
}

impl Batches {
    fn append(&mut self, frame: &DataFrame) -> PolarsResult<()> {
        match self {
            Batches::Csv(writer) => writer.write_batch(frame),
            Batches::Parquet { writer, waiting, row_group } => {
                let frame = match waiting.take() {
                    Some(waiting) => waiting.vstack(frame)?,
                    None => frame.clone(),
                };
                if frame.height() < *row_group {
                    *waiting = Some(frame);
                    return Ok(());
                }
                write_group(writer, frame)
            }
        }
    }

    fn finish(self) -> PolarsResult<()> {
        match self {
            Batches::Csv(mut writer) => writer.finish(),
            Batches::Parquet { mut writer, waiting, .. } => {
                if let Some(frame) = waiting {
                    write_group(&mut writer, frame)?;
                }
                writer.finish().map(drop)
            }
        }
    }
}

fn write_group(writer: &mut ParquetBatches<Digesting>, mut frame: DataFrame) -> PolarsResult<()> {
    frame.rechunk_mut();
    writer.write_batch(&frame)
}
