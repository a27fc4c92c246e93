use std::{
    fmt,
    fs::File,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};
use sha2::{Digest, Sha256};

use super::manifest::hexadecimal;
use super::{Format, OutFile};

/// A table written batch by batch to one file, as Parquet or CSV; memory stays that of a few batches.
pub struct FrameFile {
    file: OutFile,
    digest: Arc<Mutex<Sha256>>,
    batches: Batches,
}

enum Batches {
    Parquet {
        writer: ParquetBatches<Digesting>,
        /// Batches that wait to make a row group: a file of very many groups is slow and large.
        waiting: Option<DataFrame>,
        row_group: usize,
    },
    Csv(CsvBatches<Digesting>),
}

/// What a table's file holds besides its rows, and how it is laid out.
#[derive(Debug)]
pub struct Layout<'a> {
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
        layout: &Layout<'_>,
    ) -> Result<FrameFile, String> {
        let digest = Arc::new(Mutex::new(Sha256::new()));
        let handle = file.handle().map_err(|error| error.to_string())?;
        let writer = Digesting { file: handle, digest: digest.clone() };
        let batches = match format {
            Format::Parquet => parquet(writer, schema, layout),
            _ => CsvWriter::new(writer).with_separator(layout.separator).batched(schema).map(Batches::Csv),
        };
        Ok(FrameFile { file, digest, batches: batches.map_err(|error| error.to_string())? })
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
        let digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((self.file, hexadecimal(&digest.finalize())))
    }
}

fn parquet(writer: Digesting, schema: &Schema, layout: &Layout<'_>) -> PolarsResult<Batches> {
    let notes = vec![("repat".to_string(), layout.notes.join("\n"))];
    let writer = ParquetWriter::new(writer)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(notes)))
        .batched(schema)?;
    Ok(Batches::Parquet { writer, waiting: None, row_group: layout.row_group })
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

/// A file whose digest is taken while it is written.
struct Digesting {
    file: File,
    digest: Arc<Mutex<Sha256>>,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
