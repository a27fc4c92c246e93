//! A table as Parquet: ordered names as categories, whole numbers as signed 64-bit integers, the descriptions of
//! the columns in the schema, and the notes in the file's metadata.

use std::{path::Path, sync::Arc};

use polars::prelude::*;
use polars_parquet::write::{KeyValue, schema_to_metadata_key};

use super::column::{Column as TableColumn, Show, Values};
use super::guard::{read_column_guarded, read_guarded, start_polars_threads};
use super::parquet_sizes::check_sizes;
use super::regular_file::open_regular_file;
use super::tidy_table::Table;
use crate::domain::{Error, Millionths};

/// The key under which a Parquet file holds the notes of repat.
pub(crate) const NOTES: &str = "repat";

/// The key of a field's description in the schema.
const DESCRIPTION: &str = "description";

pub(super) fn write(table: &Table) -> Result<Vec<u8>, Error> {
    start_polars_threads()?;
    let mut frame = frame(table)?;
    let metadata = metadata(frame.schema(), &descriptions(table), &table.notes);
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_key_value_metadata(Some(metadata)).finish(&mut frame)?;
    Ok(bytes)
}

/// Reads the rows of a file that repat wrote, with its notes; how people see them is not in the file.
///
/// # Errors
///
/// If the file cannot be read.
pub(crate) fn read(path: &Path) -> Result<Table, Error> {
    start_polars_threads()?;
    let mut file = open_regular_file(path)?;
    let (frame, notes) = read_guarded(path, || {
        check_sizes(&mut file)?;
        let mut reader = ParquetReader::new(file);
        let notes = notes(reader.get_metadata()?.key_value_metadata());
        Ok((reader.finish()?, notes))
    })?;
    let columns = frame.columns().iter().map(|column| {
        let values = read_column_guarded(path, column.name(), || values(column))?;
        Ok(TableColumn::new(column.name().as_str(), "", values, Show::InFiles))
    });
    Ok(Table { columns: columns.collect::<Result<_, Error>>()?, notes, ..Table::default() })
}

fn values(column: &Column) -> PolarsResult<Values> {
    if column.dtype().is_primitive_numeric() {
        return Ok(Values::Number(column.cast(&DataType::Float64)?.f64()?.iter().collect()));
    }
    let texts = column.cast(&DataType::String)?;
    Ok(Values::Text(texts.str()?.iter().map(|text| text.map(String::from)).collect()))
}

/// The names and descriptions of a table's columns.
pub(crate) fn descriptions(table: &Table) -> Vec<(String, String)> {
    table.columns.iter().map(|column| (column.name.clone(), column.description.clone())).collect()
}

/// The notes, and the schema with the descriptions of its columns. polars keeps a schema given in this way.
pub(super) fn metadata(
    schema: &Schema,
    descriptions: &[(String, String)],
    notes: &[String],
) -> KeyValueMetadata {
    let described = schema.iter_fields().map(|field| {
        let mut arrow = field.to_arrow(CompatLevel::newest());
        if let Some((_, description)) = descriptions.iter().find(|(name, _)| *name == field.name.as_str()) {
            let mut metadata = arrow.metadata.as_deref().cloned().unwrap_or_default();
            metadata.insert(DESCRIPTION.into(), description.as_str().into());
            arrow.metadata = Some(Arc::new(metadata));
        }
        (field.name.clone(), arrow)
    });
    let schema: KeyValue = schema_to_metadata_key(&described.collect());
    let schema = (schema.key, schema.value.unwrap_or_default());
    KeyValueMetadata::from_static(vec![schema, (NOTES.to_string(), notes.join("\n"))])
}

/// The notes of repat in a file's metadata.
pub(crate) fn notes(metadata: &Option<Vec<KeyValue>>) -> Vec<String> {
    let entries = metadata.iter().flatten().filter(|entry| entry.key == NOTES);
    let notes = entries.filter_map(|entry| entry.value.as_ref());
    notes.flat_map(|notes| notes.lines().map(String::from)).collect()
}

/// A table as polars holds it.
pub(crate) fn frame(table: &Table) -> Result<DataFrame, Error> {
    let columns = table.columns.iter().map(series).collect::<Result<Vec<_>, _>>()?;
    Ok(DataFrame::new(table.height(), columns)?)
}

fn series(column: &TableColumn) -> Result<Column, Error> {
    let name: PlSmallStr = column.name.as_str().into();
    Ok(match &column.values {
        Values::Category { names, codes } => category(name, names, codes)?,
        Values::Text(texts) => {
            texts.iter().map(Option::as_deref).collect::<StringChunked>().with_name(name).into_column()
        }
        Values::Count(counts) => {
            let counts = counts.iter().map(|count| count.map(|count| count as i64));
            counts.collect::<Int64Chunked>().with_name(name).into_column()
        }
        Values::People(people) => {
            let people = people.iter().map(|people| people.map(Millionths::people));
            people.collect::<Float64Chunked>().with_name(name).into_column()
        }
        Values::Number(numbers) => {
            numbers.iter().copied().collect::<Float64Chunked>().with_name(name).into_column()
        }
    })
}

fn category(name: PlSmallStr, names: &[String], codes: &[u32]) -> PolarsResult<Column> {
    let names = FrozenCategories::new(names.iter().map(String::as_str))?;
    let physical = names.physical();
    let dtype = DataType::from_frozen_categories(names);
    Ok(match physical {
        CategoricalPhysical::U8 => {
            let codes = UInt8Chunked::from_vec(name, codes.iter().map(|code| *code as u8).collect());
            Categorical8Chunked::from_cats_and_dtype(codes, dtype).into_column()
        }
        CategoricalPhysical::U16 => {
            let codes = UInt16Chunked::from_vec(name, codes.iter().map(|code| *code as u16).collect());
            Categorical16Chunked::from_cats_and_dtype(codes, dtype).into_column()
        }
        CategoricalPhysical::U32 => {
            let codes = UInt32Chunked::from_vec(name, codes.to_vec());
            Categorical32Chunked::from_cats_and_dtype(codes, dtype).into_column()
        }
    })
}

impl From<PolarsError> for Error {
    fn from(error: PolarsError) -> Error {
        Error::Format { path: None, reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::table::tidy_table::tests::example;

    #[test]
    fn columns_are_typed_described_and_ordered() {
        let bytes = write(&example()).unwrap();
        let frame = ParquetReader::new(Cursor::new(&bytes)).finish().unwrap();
        let outcome = frame.column("outcome").unwrap();
        let DataType::Enum(names, _) = outcome.dtype() else { panic!("{:?}", outcome.dtype()) };
        assert_eq!(names.categories().values_iter().collect::<Vec<_>>(), ["handed", "freed"]);
        assert_eq!(frame.column("q05").unwrap().dtype(), &DataType::Int64);
        assert_eq!(frame.column("mean").unwrap().f64().unwrap().get(0), Some(12_000.0));
        let mut reader = ParquetReader::new(Cursor::new(&bytes));
        let schema = reader.schema().unwrap();
        let metadata = schema.get("mean").unwrap().metadata.clone().unwrap();
        assert_eq!(metadata.get(DESCRIPTION).map(|text| text.as_str()), Some("Mean number of people"));
    }

    #[test]
    fn a_table_is_read_with_its_notes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        let table = Table { notes: vec!["One.".into(), "Another.".into()], ..example() };
        std::fs::write(&path, write(&table).unwrap()).unwrap();
        let again = read(&path).unwrap();
        assert_eq!((again.height(), again.notes), (4, table.notes));
    }
}
