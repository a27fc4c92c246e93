//! A Parquet file as it lies on disk: row groups of column chunks of pages.

use std::{fs::File, io::Cursor};

use polars::prelude::*;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, PageReader, ParquetType, column_iter_to_arrays, infer_schema,
    read_metadata,
};
use polars_parquet::write::{CompressedPage, FileMetadata};

use super::resolve::Cells;
use crate::table::{check_pages, check_rows, parquet_notes, read_chunk};

/// The row groups of a Parquet file.
#[derive(Debug)]
pub(super) struct RowGroups {
    pub(super) metadata: FileMetadata,
    pub(super) schema: ArrowSchema,
}

/// A row group that has been read: the bytes of each of its columns, still encoded.
#[derive(Debug)]
pub(super) struct RowGroup {
    number: usize,
    pub(super) rows: usize,
    columns: Vec<Vec<u8>>,
}

impl RowGroups {
    /// Reads a file's metadata.
    ///
    /// # Errors
    ///
    /// If it is not a Parquet file.
    pub(super) fn open(file: &mut File) -> PolarsResult<RowGroups> {
        let metadata = read_metadata(file)?;
        check_rows(&metadata, file.metadata()?.len())?;
        let schema = infer_schema(&metadata)?;
        Ok(RowGroups { metadata, schema })
    }

    /// The first column that does not have one plain value in each row: lists and structures have pages
    /// of another kind.
    pub(super) fn nested(&self) -> Option<&str> {
        let schema = self.metadata.schema();
        let nested = schema.fields().iter().find(|field| matches!(field, ParquetType::GroupType { .. }));
        let repeated = schema.columns().iter().find(|column| column.descriptor.max_rep_level > 0);
        nested.map(ParquetType::name).or(repeated.map(|column| column.path_in_schema[0].as_str()))
    }

    /// The first column whose values cannot be written as text.
    pub(super) fn without_text(&self) -> Option<&str> {
        self.schema.iter().find(|(_, field)| !has_text(&field.dtype)).map(|(name, _)| name.as_str())
    }

    /// The notes that repat wrote into the file, if it did.
    pub(super) fn notes(&self) -> Vec<String> {
        parquet_notes(self.metadata.key_value_metadata())
    }

    /// Where a table of at most `most` rows ends that begins at this row: after as many whole row groups
    /// as fit, or within a row group that is larger.
    pub(super) fn end_of_table(&self, begin: usize, most: usize) -> usize {
        let groups = self.metadata.row_groups.iter();
        let ends = groups.scan(0, |end, group| {
            *end += group.num_rows();
            Some(*end)
        });
        let most = (begin + most).min(self.rows());
        ends.filter(|end| (begin + 1..=most).contains(end)).last().unwrap_or(most)
    }

    /// The names of its columns.
    pub(super) fn columns(&self) -> Vec<String> {
        self.schema.iter_names().map(ToString::to_string).collect()
    }

    /// The number of rows in the file.
    pub(super) fn rows(&self) -> usize {
        self.metadata.num_rows
    }

    /// The number of row groups.
    pub(super) fn len(&self) -> usize {
        self.metadata.row_groups.len()
    }

    fn column(&self, group: usize, column: usize) -> PolarsResult<&ColumnChunkMetadata> {
        let group = self.metadata.row_groups.get(group);
        let column = group.and_then(|group| group.parquet_columns().get(column));
        column.ok_or_else(|| polars_err!(ComputeError: "a column is missing"))
    }

    /// Reads a row group without decoding it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is shorter than it says, or declares sizes that cannot be.
    pub(super) fn read(&self, file: &mut File, number: usize) -> PolarsResult<RowGroup> {
        let rows = self.metadata.row_groups[number].num_rows();
        let bytes = |column| {
            let column = self.column(number, column)?;
            let bytes = read_chunk(file, column)?;
            check_pages(column, &bytes, rows)?;
            Ok(bytes)
        };
        let columns = (0..self.schema.len()).map(bytes).collect::<PolarsResult<_>>()?;
        Ok(RowGroup { number, rows, columns })
    }

    /// Decodes the cells of one column of a row group.
    ///
    /// # Errors
    ///
    /// If the column is damaged or its values have no text.
    pub(super) fn cells(&self, group: &RowGroup, name: &str) -> PolarsResult<Cells> {
        let (number, _, field) =
            self.schema.get_full(name).ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))?;
        let column = self.column(group.number, number)?;
        let bytes = Cursor::new(group.columns[number].clone().into());
        let pages = BasicDecompressor::new(PageReader::new(bytes, column, vec![], usize::MAX), vec![]);
        let types = vec![&column.descriptor().descriptor.primitive_type];
        let (mut arrays, _) = column_iter_to_arrays(vec![pages], types, field.clone(), None)?;
        let cells = match (arrays.pop(), arrays.pop()) {
            (Some(array), None) => Cells::of_array(array)?,
            _ => polars_bail!(ComputeError: "column {name} is not in one piece"),
        };
        polars_ensure!(cells.len() == group.rows, ComputeError: "column {name} has {} rows of {}", cells.len(), group.rows);
        Ok(cells)
    }

    /// The pages of each column of a row group, still encoded.
    ///
    /// # Errors
    ///
    /// If they are damaged.
    pub(super) fn pages(&self, group: RowGroup) -> PolarsResult<Vec<Vec<CompressedPage>>> {
        let RowGroup { number, rows, columns } = group;
        let columns = columns.into_iter().enumerate();
        columns.map(|(column, bytes)| pages(self.column(number, column)?, bytes, rows)).collect()
    }
}

/// The pages of a column chunk with this many rows.
fn pages(column: &ColumnChunkMetadata, bytes: Vec<u8>, rows: usize) -> PolarsResult<Vec<CompressedPage>> {
    let mut pages = Vec::new();
    let mut values = 0;
    for page in PageReader::new(Cursor::new(bytes.into()), column, vec![], usize::MAX) {
        let mut page = page?;
        if let CompressedPage::Data(page) = &mut page {
            // The column is not nested, so each row has one value.
            page.num_rows = Some(page.num_values());
            values += page.num_values();
        }
        pages.push(page);
    }
    polars_ensure!(values == rows, ComputeError: "a column has {values} rows of {rows}");
    Ok(pages)
}

/// Whether values of this type can be written as text.
fn has_text(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match dtype {
        T::Null | T::Boolean | T::Float32 | T::Float64 | T::Date32 | T::Time64(_) => true,
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::Timestamp(_, zone) => zone.is_none(),
        T::Dictionary(_, values, _) => matches!(**values, T::Utf8 | T::LargeUtf8 | T::Utf8View),
        _ => false,
    }
}
