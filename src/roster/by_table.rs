//! The lane by table: CSV, and CSV to Parquet or back. Rows are read into tables and written from them.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use polars::prelude::*;

use super::classifier::{Classifier, Judged};
use super::columns::{LevelColumns, Resolved};
use super::csv_rows::CsvRows;
use super::lane::{Batch, Lane, OpenRoster, Work, bytes_of_rows, for_each_ahead, repeated_column};
use super::level_column::LevelColumn;
use super::report::Numbering;
use super::resolve::{Cells, RowNumbers};
use super::row_groups::RowGroups;
use crate::domain::{Error, Problem};
use crate::simulate::Progress;
use crate::table::{
    CsvLayout, FileLayout, StreamFormat, TableStream, WrittenFile, check_group, convert_guarded,
    copy_guarded, read_column_guarded, read_guarded,
};

/// Rows of Parquet read into a table at a time: whole row groups where they are smaller.
const TABLE_ROWS: usize = 1 << 19;

/// Rows of a Parquet row group that is written, at least.
const ROW_GROUP: usize = 1 << 18;

/// A roster that is copied table by table.
struct ByTable {
    path: PathBuf,
    tables: Box<dyn Iterator<Item = Result<Batch<Table>, Error>> + Send>,
    schema: Schema,
    format: StreamFormat,
    csv: CsvLayout,
}

/// Rows of a roster, with the numbers by which people find them in the file.
struct Table {
    rows: DataFrame,
    numbers: RowNumbers,
}

/// Opens a CSV file, whose cells are separated by this byte, to be copied to this format. In CSV, the byte order mark
/// and the line ends come out as they came in.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn open_csv(
    path: &Path,
    file: File,
    separator: u8,
    format: StreamFormat,
    csv: CsvLayout,
) -> Result<OpenRoster, Error> {
    let rows = CsvRows::open(path, file, separator)?;
    let csv =
        CsvLayout { has_mark: rows.has_mark(), has_carriage_returns: rows.has_carriage_returns(), ..csv };
    let columns = rows.columns().to_vec();
    let schema = columns.iter().map(|name| Field::new(name.into(), DataType::String)).collect();
    let tables = rows.map(|batch| {
        let batch = batch?;
        Ok(Batch { rows: Table { rows: batch.table, numbers: batch.lines }, read: batch.read })
    });
    let lane = ByTable { path: path.into(), tables: Box::new(tables), schema, format, csv };
    let problems = repeated_column(path, &columns).into_iter().collect();
    let (notes, numbering) = (Vec::new(), Numbering::Lines);
    Ok(OpenRoster { columns, notes, numbering, problems, lane: Box::new(lane) })
}

/// Opens a Parquet file that is to be copied to CSV.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn open_parquet(path: &Path, mut file: File, csv: CsvLayout) -> Result<OpenRoster, Error> {
    let groups = read_guarded(path, || RowGroups::open(&mut file))?;
    let (columns, notes) = (groups.columns(), groups.notes());
    // The schema holds what its writer noted of categories, which may be anything.
    let (schema, no_text) = read_guarded(path, || {
        Ok((Schema::from_arrow_schema(&groups.schema), groups.without_text().map(String::from)))
    })?;
    let no_text = no_text.map(|column| {
        let what = format!("{}: column `{column}` is of a type that CSV cannot hold", path.display());
        Problem::new(what).help("leave the column out, or write .parquet")
    });
    let problems = repeated_column(path, &columns).into_iter().chain(no_text).collect();
    let tables = Box::new(parquet_tables(path.into(), file, groups));
    let lane = ByTable { path: path.into(), tables, schema, format: StreamFormat::Csv, csv };
    Ok(OpenRoster { columns, notes, numbering: Numbering::Rows, problems, lane: Box::new(lane) })
}

/// Tables of whole row groups, or of parts where they are large.
fn parquet_tables(
    path: PathBuf,
    mut file: File,
    groups: RowGroups,
) -> impl Iterator<Item = Result<Batch<Table>, Error>> + Send {
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let mut begin = 0;
    // Row groups whose pages have been checked, and their rows.
    let mut checked = (0, 0);
    std::iter::from_fn(move || {
        if begin == groups.rows() {
            return None;
        }
        let end = groups.end_of_table(begin, TABLE_ROWS);
        let rows = read_guarded(&path, || {
            while checked.1 < end {
                check_group(&mut file, &groups.metadata, checked.0)?;
                checked = (checked.0 + 1, checked.1 + groups.metadata.row_groups[checked.0].num_rows());
            }
            // Left to itself it would share row groups out, of which there may be one here.
            let reader = ParquetReader::new(file.try_clone()?).read_parallel(ParallelStrategy::Columns);
            reader.with_slice(Some((begin, end - begin))).finish()
        });
        let numbers = RowNumbers::From(begin as u64 + 1);
        begin = end;
        let read = bytes_of_rows(bytes, end, groups.rows());
        Some(rows.map(|rows| Batch { rows: Table { rows, numbers }, read }))
    })
}

impl Lane for ByTable {
    fn copy(self: Box<Self>, work: Work<'_>, classifier: &mut Classifier<'_>) -> Result<WrittenFile, Error> {
        let ByTable { path, tables, mut schema, format, csv } = *self;
        schema.extend(classifier.outcome_columns().iter().map(LevelColumn::field));
        schema.extend(classifier.imputed_column().map(|name| Field::new(name.into(), DataType::String)));
        let layout = FileLayout { descriptions: &[], notes: work.notes, row_group: ROW_GROUP, csv };
        let mut output = copy_guarded(&path, || TableStream::begin(work.output, format, &schema, &layout))?;
        for_each_ahead(tables, work.progress, |table| {
            let first_row = table.numbers.of(0);
            let classified = classify_table(&path, table, work.columns, classifier)?;
            convert_guarded(&path, &classified, first_row, |rows| output.append(rows))
        })?;
        output.finish()
    }

    fn resolve(
        self: Box<Self>,
        columns: &LevelColumns,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Resolved),
    ) -> Result<(), Error> {
        let ByTable { path, tables, .. } = *self;
        for_each_ahead(tables, progress, |table| {
            each(resolve_table(&path, &table, columns)?);
            Ok(())
        })
    }
}

fn resolve_table(path: &Path, table: &Table, columns: &LevelColumns) -> Result<Resolved, Error> {
    let Table { rows, numbers } = table;
    let cells = |name: &str| read_column_guarded(path, name, || Cells::of_column(rows.column(name)?));
    columns.resolve(rows.height(), numbers, cells)
}

/// The rows with the columns that are added. Polars has threads of its own and is not called on the
/// classifier's.
fn classify_table(
    path: &Path,
    table: Table,
    columns: &LevelColumns,
    classifier: &mut Classifier<'_>,
) -> Result<DataFrame, Error> {
    let resolved = resolve_table(path, &table, columns)?;
    let mut rows = table.rows;
    let outcome_columns = classifier.outcome_columns().to_vec();
    let Judged { outcomes, imputed } = classifier.classify(resolved, |proposal, verdicts| {
        outcome_columns[proposal].column(verdicts.into_iter().map(u16::from))
    });
    let imputed = imputed.map(IntoColumn::into_column);
    let added: Vec<Column> = outcomes.into_iter().chain(imputed).collect();
    rows.hstack_mut(&added).map_err(|error| Error::from(error).in_file(path))?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first rows and the heights of the tables in which a Parquet file is read.
    fn read(rows: i32, row_group: usize) -> (Vec<u64>, Vec<usize>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.parquet");
        let column = Column::new("n".into(), (0..rows).collect::<Vec<_>>());
        let mut written = DataFrame::new(rows as usize, vec![column]).unwrap();
        let writer = ParquetWriter::new(File::create(&path).unwrap()).with_row_group_size(Some(row_group));
        let bytes = writer.finish(&mut written).unwrap();
        let mut file = File::open(&path).unwrap();
        let groups = RowGroups::open(&mut file).unwrap();
        let tables: Vec<Batch<Table>> = parquet_tables(path, file, groups).map(Result::unwrap).collect();
        assert_eq!(tables.last().unwrap().read, bytes);
        let begins = tables.iter().map(|table| table.rows.numbers.of(0)).collect();
        let heights = tables.iter().map(|table| table.rows.rows.height()).collect();
        let tables = tables.into_iter().map(|table| table.rows.rows);
        assert!(tables.reduce(|a, b| a.vstack(&b).unwrap()).unwrap().equals(&written));
        (begins, heights)
    }

    #[test]
    fn parquet_is_read_in_tables_of_bounded_size() {
        let (begins, heights) = read(TABLE_ROWS as i32 + 10, TABLE_ROWS * 2);
        assert_eq!((begins, heights), (vec![1, TABLE_ROWS as u64 + 1], vec![TABLE_ROWS, 10]));
        let (begins, heights) = read(600_000, 200_000);
        assert_eq!((begins, heights), (vec![1, 400_001], vec![400_000, 200_000]));
    }
}
