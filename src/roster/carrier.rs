use std::{fmt, sync::Arc};

use polars::prelude::*;
use polars_arrow::array::Array;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, FileWriter, KeyValue, ParquetType,
    SchemaDescriptor, StatisticsOptions, Version, WriteOptions, array_to_columns, compress,
    fallible_streaming_iterator, get_dtype_encoding, schema_to_metadata_key, to_parquet_schema,
};

use super::classify::Judged;
use super::level_column::LevelColumn;
use super::row_groups::{RowGroup, RowGroups};
use crate::table::{AtomicFile, HashedFile, HashingWriter, NOTES};

/// The key under which Parquet files say which types their columns had in memory.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// New pages are as polars writes them, but for statistics: those of the columns carried over need not
/// be there, and all columns must have them or none.
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

/// Writes a Parquet file that has all of another's columns, page by page as they are, and some more.
pub(super) struct Carrier {
    from: Arc<RowGroups>,
    file: HashedFile,
    writer: FileWriter<HashingWriter>,
    outcomes: Vec<LevelColumn>,
    /// The types of the columns that are added.
    added: Vec<ParquetType>,
    metadata: Vec<KeyValue>,
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Carrier {
    /// Begins the copy, with columns of outcomes and perhaps one of texts to be added.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn begin(
        from: Arc<RowGroups>,
        file: AtomicFile,
        outcomes: &[LevelColumn],
        texts: Option<&str>,
        notes: &[String],
    ) -> Result<Carrier, String> {
        let (file, writer) = HashedFile::begin(file)?;
        let texts =
            texts.map(|name| Field::new(name.into(), DataType::String).to_arrow(CompatLevel::newest()));
        let fields = outcomes.iter().map(LevelColumn::arrow_field).chain(texts);
        let new: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
        let added = to_parquet_schema(&new).map_err(|error| error.to_string())?.fields().to_vec();
        let mut schema = from.schema.clone();
        schema.extend(new);
        let types = [from.metadata.schema().fields(), &added].concat();
        let metadata = metadata(&from, &schema, notes);
        let types = SchemaDescriptor::new("schema".into(), types);
        let writer = FileWriter::new_with_parquet_schema(writer, schema, types, OPTIONS);
        Ok(Carrier { from, file, writer, outcomes: outcomes.to_vec(), added, metadata })
    }

    /// The pages of a column of outcomes, given those of each row by number.
    ///
    /// # Errors
    ///
    /// If they cannot be encoded.
    pub(super) fn outcomes(&self, column: usize, rows: Vec<u8>) -> PolarsResult<Vec<CompressedPage>> {
        pages(self.outcomes[column].array(rows)?, &self.added[column])
    }

    /// Copies a row group and adds what becomes of its rows.
    ///
    /// # Errors
    ///
    /// If a column is damaged, or the copy cannot be written.
    pub(super) fn append(
        &mut self,
        mut group: RowGroup,
        judged: Judged<PolarsResult<Vec<CompressedPage>>>,
    ) -> PolarsResult<()> {
        let carried = 0..self.from.schema.len();
        let carried = carried.map(|column| self.from.pages(&mut group, column));
        let imputed = judged
            .imputed
            .iter()
            .zip(self.added.last())
            .map(|(texts, of_type)| pages(texts.rechunk().downcast_as_array().clone().boxed(), of_type));
        let columns = carried.chain(judged.outcomes).chain(imputed).collect::<PolarsResult<Vec<_>>>()?;
        let columns = columns.iter().map(|pages| {
            let pages = pages.iter().map(PolarsResult::Ok);
            Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
        });
        self.writer.write(group.rows as u64, DynIter::new(columns))
    }

    /// Ends the file; it has its name once it is [kept](AtomicFile::keep). Also gives its digest.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn finish(mut self) -> Result<(AtomicFile, String), String> {
        self.writer.end(Some(self.metadata)).map_err(|error| error.to_string())?;
        self.file.finish()
    }
}

/// What the file says of itself beside its rows: what the other did, the types in memory if the other
/// said them, and the notes.
fn metadata(from: &RowGroups, schema: &ArrowSchema, notes: &[String]) -> Vec<KeyValue> {
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

/// An array encoded and compressed.
fn pages(array: Box<dyn Array>, of_type: &ParquetType) -> PolarsResult<Vec<CompressedPage>> {
    let encoding = get_dtype_encoding(array.dtype());
    let columns = array_to_columns(array, of_type.clone(), OPTIONS, &encoding)?;
    let pages = columns.into_iter().flatten();
    pages.map(|page| Ok(compress(page?, Vec::new(), OPTIONS.compression)?)).collect()
}
