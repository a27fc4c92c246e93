//! Tables too long for memory, written batch by batch to one file as Parquet or CSV.

use std::{fmt, path::Path};

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};

use super::hashed_file::{HashedFile, HashingWriter, WrittenFile};
use super::parquet::metadata;
use super::{AtomicFile, Format};
use crate::domain::{Error, Problem};

/// Bytes of a table that may wait for more rows: long rows make smaller row groups.
const GROUP_BYTES: usize = 1 << 28;

/// A format in which a table can be written batch by batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamFormat {
    /// Comma-separated values, or with another separator: tabs if the file's name ends in `.tsv`.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl StreamFormat {
    /// The format that a file's ending names, if it is one of these.
    pub(crate) fn of_path(path: &Path) -> Option<StreamFormat> {
        if is_tsv(path) {
            return Some(StreamFormat::Csv);
        }
        match Format::of_path(path) {
            Ok(Format::Csv) => Some(StreamFormat::Csv),
            Ok(Format::Parquet) => Some(StreamFormat::Parquet),
            _ => None,
        }
    }

    /// The format of a file to be written.
    ///
    /// # Errors
    ///
    /// If the file's ending does not name one of these formats.
    pub(crate) fn of_output(path: &Path) -> Result<StreamFormat, Problem> {
        StreamFormat::of_path(path).ok_or_else(|| {
            Problem::new("the ending does not name a format for rosters")
                .argument("out", path.display().to_string())
                .help("end the name in .parquet, .csv or .tsv")
        })
    }
}

/// Whether a file's name says that tabs separate its cells.
fn is_tsv(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "tsv")
}

/// How the cells and lines of a CSV file are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CsvLayout {
    /// The byte between cells.
    pub separator: u8,
    /// Whether it begins with a byte order mark, by which spreadsheets know UTF-8.
    pub has_mark: bool,
    /// Whether lines end in a carriage return and a line feed, and not in a line feed alone.
    pub has_carriage_returns: bool,
}

impl CsvLayout {
    /// The usual layout of a file of this name: tabs if it ends in `.tsv`, and else this separator.
    pub(crate) fn of_path(path: &Path, separator: u8) -> CsvLayout {
        let separator = if is_tsv(path) { b'\t' } else { separator };
        CsvLayout { separator, has_mark: false, has_carriage_returns: false }
    }

    fn writer(self, writer: HashingWriter) -> CsvWriter<HashingWriter> {
        let line_end = if self.has_carriage_returns { "\r\n" } else { "\n" };
        let writer = CsvWriter::new(writer).with_separator(self.separator);
        writer.include_bom(self.has_mark).with_line_terminator(line_end.into())
    }
}

/// What a table's file holds besides its rows, and how it is laid out.
#[derive(Debug)]
pub(crate) struct FileLayout<'a> {
    /// The names and descriptions of columns, kept in the file's own schema; CSV has no place for them.
    pub descriptions: &'a [(String, String)],
    /// Notes kept in the file's own metadata; CSV has no place for them either.
    pub notes: &'a [String],
    /// The least number of rows in a Parquet row group.
    pub row_group: usize,
    /// How a CSV file is laid out.
    pub csv: CsvLayout,
}

/// A table that is written batch by batch; memory stays that of a few batches.
pub(crate) struct TableStream {
    file: HashedFile,
    batches: Batches,
}

impl fmt::Debug for TableStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableStream").field("file", &self.file).finish_non_exhaustive()
    }
}

impl TableStream {
    /// Begins a file with these columns.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or the format cannot hold a column.
    pub(crate) fn begin(
        file: AtomicFile,
        format: StreamFormat,
        schema: &Schema,
        layout: &FileLayout<'_>,
    ) -> Result<TableStream, Error> {
        let (file, writer) = HashedFile::begin(file)?;
        let batches = match format {
            StreamFormat::Parquet => Batches::parquet(writer, schema, layout),
            StreamFormat::Csv => layout.csv.writer(writer).batched(schema).map(Batches::Csv),
        };
        match batches {
            Ok(batches) => Ok(TableStream { file, batches }),
            Err(error) => Err(file.not_written(error)),
        }
    }

    /// Appends rows, which must have the columns the file was begun with.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(crate) fn append(&mut self, rows: &DataFrame) -> Result<(), Error> {
        self.batches.append(rows).map_err(|error| self.file.not_written(error))
    }

    /// Ends the file. It has its name once it is [kept](AtomicFile::keep).
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn finish(self) -> Result<WrittenFile, Error> {
        self.batches.finish().map_err(|error| self.file.not_written(error))?;
        self.file.finish()
    }
}

/// The encoder of a format.
enum Batches {
    Parquet {
        writer: Box<ParquetBatches<HashingWriter>>,
        /// Rows that wait until there are enough for a row group: a file of many small groups is slow and
        /// large.
        waiting: Option<DataFrame>,
        row_group: usize,
    },
    Csv(CsvBatches<HashingWriter>),
}

impl Batches {
    fn parquet(writer: HashingWriter, schema: &Schema, layout: &FileLayout<'_>) -> PolarsResult<Batches> {
        let metadata = metadata(schema, layout.descriptions, layout.notes);
        let writer = ParquetWriter::new(writer).with_key_value_metadata(Some(metadata));
        let writer = Box::new(writer.batched(schema)?);
        Ok(Batches::Parquet { writer, waiting: None, row_group: layout.row_group })
    }

    fn append(&mut self, rows: &DataFrame) -> PolarsResult<()> {
        match self {
            Batches::Csv(writer) => writer.write_batch(rows),
            Batches::Parquet { writer, waiting, row_group } => {
                let rows = match waiting.take() {
                    Some(waiting) => waiting.vstack(rows)?,
                    None => rows.clone(),
                };
                if rows.height() < *row_group && rows.estimated_size() < GROUP_BYTES {
                    *waiting = Some(rows);
                    return Ok(());
                }
                write_group(writer, rows)
            }
        }
    }

    fn finish(self) -> PolarsResult<()> {
        match self {
            Batches::Csv(mut writer) => writer.finish(),
            Batches::Parquet { mut writer, waiting, .. } => {
                if let Some(rows) = waiting {
                    write_group(&mut writer, rows)?;
                }
                writer.finish().map(drop)
            }
        }
    }
}

fn write_group(writer: &mut ParquetBatches<HashingWriter>, mut rows: DataFrame) -> PolarsResult<()> {
    rows.rechunk_mut();
    writer.write_batch(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(range: std::ops::Range<i32>) -> DataFrame {
        let height = range.len();
        DataFrame::new(height, vec![Column::new("n".into(), range.collect::<Vec<_>>())]).unwrap()
    }

    fn write(path: &Path, row_group: usize) {
        let layout = FileLayout {
            descriptions: &[],
            notes: &["a note".into()],
            row_group,
            csv: CsvLayout::of_path(path, b';'),
        };
        let file = AtomicFile::reserve(path, false).unwrap();
        let format = StreamFormat::of_output(path).unwrap();
        let mut stream = TableStream::begin(file, format, numbers(0..0).schema(), &layout).unwrap();
        (0..10).for_each(|batch| stream.append(&numbers(10 * batch..10 * batch + 10)).unwrap());
        stream.finish().unwrap().file.keep().unwrap();
    }

    #[test]
    fn small_batches_are_joined_into_row_groups() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.parquet");
        write(&path, 30);
        let read = || ParquetReader::new(std::fs::File::open(&path).unwrap());
        assert!(read().finish().unwrap().equals(&numbers(0..100)));
        let mut reader = read();
        let groups = reader.get_metadata().unwrap().row_groups.iter();
        assert_eq!(groups.map(|group| group.num_rows()).collect::<Vec<_>>(), [30, 30, 30, 10]);
    }

    #[test]
    fn csv_has_one_header_and_every_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.csv");
        write(&path, 30);
        let expected: String = (0..100).map(|n| format!("{n}\n")).collect();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("n\n{expected}"));
    }

    #[test]
    fn other_formats_are_refused() {
        let refused = StreamFormat::of_output(Path::new("people.json")).unwrap_err();
        assert!(refused.to_string().contains("end the name in .parquet, .csv or .tsv"), "{refused}");
    }
}
