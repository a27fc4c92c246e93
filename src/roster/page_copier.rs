//! Copies a Parquet file page by page, without decoding, and appends columns.

use std::fmt;

use polars::prelude::*;
use polars_arrow::array::Array;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, FileWriter, KeyValue, ParquetType,
    SchemaDescriptor, StatisticsOptions, Version, WriteOptions, array_to_columns, compress,
    fallible_streaming_iterator, get_dtype_encoding, schema_to_metadata_key, to_parquet_schema,
};

use super::classifier::Judged;
use super::level_column::LevelColumn;
use super::row_groups::RowGroups;
use crate::domain::Error;
use crate::table::{AtomicFile, HashedFile, HashingWriter, NOTES, WrittenFile};

/// The key under which a Parquet file keeps the types that its columns had in memory.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// New pages are written as polars does, but without statistics: the columns copied need not have them,
/// and either all columns have them or none.
const OPTIONS: WriteOptions = WriteOptions {
    statistics: StatisticsOptions {
        min_value: false,
        max_value: false,
        distinct_count: false,
        null_count: false,
        binary_statistics_truncate_length: None,
    },
    version: Version::V1,
    compression: CompressionOptions::Zstd(None),
    data_page_size: None,
};

/// The pages of one column in one row group.
pub(super) type Pages = Vec<CompressedPage>;

/// Copies a Parquet file page by page and appends columns of outcomes, and perhaps one of texts.
pub(super) struct PageCopier {
    file: HashedFile,
    writer: FileWriter<HashingWriter>,
    outcomes: Vec<LevelColumn>,
    /// The types of the columns that are appended: outcomes first.
    appended: Vec<ParquetType>,
    metadata: Vec<KeyValue>,
}

impl fmt::Debug for PageCopier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageCopier").field("file", &self.file).finish_non_exhaustive()
    }
}

impl PageCopier {
    /// Begins the copy of a file; `texts` names the column of texts.
    ///
    /// # Errors
    ///
    /// If the copy cannot be written.
    pub(super) fn begin(
        from: &RowGroups,
        output: AtomicFile,
        outcomes: &[LevelColumn],
        texts: Option<&str>,
        notes: &[String],
    ) -> Result<PageCopier, Error> {
        let (file, writer) = HashedFile::begin(output)?;
        let texts =
            texts.map(|name| Field::new(name.into(), DataType::String).to_arrow(CompatLevel::newest()));
        let fields = outcomes.iter().map(LevelColumn::arrow_field).chain(texts);
        let new: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
        let types = to_parquet_schema(&new).map_err(|error| file.not_written(error))?;
        let appended = types.fields().to_vec();
        let mut schema = from.schema.clone();
        schema.extend(new);
        let types = [from.metadata.schema().fields(), &appended].concat();
        let metadata = metadata_of_copy(from, &schema, notes);
        let types = SchemaDescriptor::new("schema".into(), types);
        let writer = FileWriter::new_with_parquet_schema(writer, schema, types, OPTIONS);
        Ok(PageCopier { file, writer, outcomes: outcomes.to_vec(), appended, metadata })
    }

    /// Encodes a proposal's outcomes, by the number of each row's.
    ///
    /// # Errors
    ///
    /// If they cannot be encoded.
    pub(super) fn encode_outcomes(&self, proposal: usize, rows: Vec<u8>) -> PolarsResult<Pages> {
        encode(self.outcomes[proposal].array(rows)?, &self.appended[proposal])
    }

    /// Writes a row group: the pages copied and those appended.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(super) fn append(
        &mut self,
        rows: usize,
        copied: Vec<Pages>,
        judged: Judged<PolarsResult<Pages>>,
    ) -> Result<(), Error> {
        let written = self.write(rows, copied, judged);
        written.map_err(|error| self.file.not_written(error))
    }

    fn write(
        &mut self,
        rows: usize,
        copied: Vec<Pages>,
        judged: Judged<PolarsResult<Pages>>,
    ) -> PolarsResult<()> {
        let Judged { outcomes, imputed } = judged;
        let texts = imputed.iter().zip(self.appended.last()).map(|(texts, parquet_type)| {
            encode(texts.rechunk().downcast_as_array().clone().boxed(), parquet_type)
        });
        let appended = outcomes.into_iter().chain(texts).collect::<PolarsResult<Vec<Pages>>>()?;
        let columns = copied.iter().chain(&appended).map(|pages| {
            let pages = pages.iter().map(PolarsResult::Ok);
            Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
        });
        self.writer.write(rows as u64, DynIter::new(columns))
    }

    /// Ends the file. It has its name once it is [kept](AtomicFile::keep).
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn finish(mut self) -> Result<WrittenFile, Error> {
        self.writer.end(Some(self.metadata)).map_err(|error| self.file.not_written(error))?;
        self.file.finish()
    }
}

/// The metadata of the copy: that of the file copied, with the types of all columns in memory if it had
/// them, and the notes.
fn metadata_of_copy(from: &RowGroups, schema: &ArrowSchema, notes: &[String]) -> Vec<KeyValue> {
    let before = from.metadata.key_value_metadata().iter().flatten();
    let mut metadata: Vec<KeyValue> = before
        .filter(|entry| entry.key != NOTES)
        .map(|entry| match entry.key == ARROW_SCHEMA {
            true => schema_to_metadata_key(schema),
            false => entry.clone(),
        })
        .collect();
    metadata.push(KeyValue { key: NOTES.into(), value: Some(notes.join("\n")) });
    metadata
}

/// Encodes and compresses an array.
fn encode(array: Box<dyn Array>, parquet_type: &ParquetType) -> PolarsResult<Pages> {
    let encoding = get_dtype_encoding(array.dtype());
    let columns = array_to_columns(array, parquet_type.clone(), OPTIONS, &encoding)?;
    let pages = columns.into_iter().flatten();
    pages.map(|page| Ok(compress(page?, Vec::new(), OPTIONS.compression)?)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// A Parquet file of three row groups, and its path.
    fn written(folder: &std::path::Path) -> (DataFrame, std::path::PathBuf) {
        let path = folder.join("list.parquet");
        let numbers: Vec<Option<i64>> = (0..600).map(|row| (row % 5 > 0).then_some(row)).collect();
        let names: Vec<String> = (0..600).map(|row| format!("name {row}")).collect();
        let columns = vec![Column::new("number".into(), numbers), Column::new("name".into(), names)];
        let mut frame = DataFrame::new(600, columns).unwrap();
        let writer = ParquetWriter::new(File::create(&path).unwrap()).with_row_group_size(Some(200));
        writer.finish(&mut frame).unwrap();
        (frame, path)
    }

    #[test]
    fn a_copy_has_the_columns_of_the_file_and_those_appended() {
        let folder = tempfile::tempdir().unwrap();
        let (mut frame, path) = written(folder.path());
        let mut file = File::open(&path).unwrap();
        let from = RowGroups::open(&mut file).unwrap();
        let outcomes = [LevelColumn::new("outcome", ["released", "retained"]).unwrap()];
        let output = AtomicFile::reserve(&folder.path().join("copy.parquet"), false).unwrap();
        let notes = ["A note.".to_string()];
        let mut copier = PageCopier::begin(&from, output, &outcomes, Some("imputed"), &notes).unwrap();
        for number in 0..from.len() {
            let group = from.read(&mut file, number).unwrap();
            let rows = group.rows;
            let codes = (0..rows).map(|row| (row % 2) as u8).collect();
            let mut imputed = StringChunkedBuilder::new("imputed".into(), rows);
            (0..rows).for_each(|row| imputed.append_option((row % 3 == 0).then_some("wish=home")));
            let outcomes = vec![copier.encode_outcomes(0, codes)];
            let judged = Judged { outcomes, imputed: Some(imputed.finish()) };
            copier.append(rows, from.pages(group).unwrap(), judged).unwrap();
        }
        copier.finish().unwrap().file.keep().unwrap();
        let mut copy = File::open(folder.path().join("copy.parquet")).unwrap();
        assert_eq!(RowGroups::open(&mut copy).unwrap().notes(), notes);
        let copy = ParquetReader::new(copy).finish().unwrap();
        let outcome = (0..600).map(|row| if row % 200 % 2 == 0 { "released" } else { "retained" });
        let imputed = (0..600).map(|row| (row % 200 % 3 == 0).then_some("wish=home"));
        let appended = [
            Column::new("outcome".into(), outcome.collect::<Vec<_>>()),
            Column::new("imputed".into(), imputed.collect::<Vec<_>>()),
        ];
        frame.hstack_mut(&appended).unwrap();
        let mut copy = copy;
        copy.apply("outcome", |column| column.cast(&DataType::String).unwrap()).unwrap();
        assert!(copy.equals_missing(&frame), "{copy}");
    }
}
