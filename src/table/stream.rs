use std::fmt;

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};

use super::hashed_file::{HashedFile, HashingWriter};
use super::parquet::metadata;
use super::{AtomicFile, Format};

/// A table written batch by batch to one file, as Parquet or CSV; memory stays that of a few batches.
pub struct TableStream {
    file: HashedFile,
    batches: Batches,
}

enum Batches {
    Parquet {
        writer: Box<ParquetBatches<HashingWriter>>,
        /// Batches that wait to make a row group: a file of very many groups is slow and large.
        waiting: Option<DataFrame>,
        row_group: usize,
    },
    Csv(CsvBatches<HashingWriter>),
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

impl fmt::Debug for TableStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableStream").field("file", &self.file).finish_non_exhaustive()
    }
}

impl TableStream {
    /// Begins a file with these columns; every format but Parquet is taken for CSV.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn begin(
        file: AtomicFile,
        format: Format,
        schema: &Schema,
        layout: &FileLayout<'_>,
    ) -> Result<TableStream, String> {
        let (file, writer) = HashedFile::begin(file)?;
        let batches = match format {
            Format::Parquet => parquet(writer, schema, layout),
            _ => CsvWriter::new(writer).with_separator(layout.separator).batched(schema).map(Batches::Csv),
        };
        Ok(TableStream { file, batches: batches.map_err(|error| error.to_string())? })
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn append(&mut self, frame: &DataFrame) -> Result<(), String> {
        self.batches.append(frame).map_err(|error| error.to_string())
    }

    /// Ends the file; it has its name once it is [kept](AtomicFile::keep). Also gives the SHA-256 of its
    /// bytes, as `sha256sum` prints it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(self) -> Result<(AtomicFile, String), String> {
        self.batches.finish().map_err(|error| error.to_string())?;
        self.file.finish()
    }
}

fn parquet(writer: HashingWriter, schema: &Schema, layout: &FileLayout<'_>) -> PolarsResult<Batches> {
    let writer = ParquetWriter::new(writer)
        .with_key_value_metadata(Some(metadata(schema, &[], layout.notes)))
        .batched(schema)?;
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

fn write_group(writer: &mut ParquetBatches<HashingWriter>, mut frame: DataFrame) -> PolarsResult<()> {
    frame.rechunk_mut();
    writer.write_batch(&frame)
}
