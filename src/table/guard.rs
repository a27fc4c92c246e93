//! The guard around everything that reads a Parquet file or converts what was read: polars panics on some
//! damaged files, and on some sound values, which must be an error like any other.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use polars::prelude::*;

use crate::domain::{Error, Problem};

/// The number of threads that are inside the guard.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Reads from a Parquet file and turns a panic of the reader into an error.
///
/// # Errors
///
/// If the file is not what it should be.
pub(crate) fn read_guarded<T>(path: &Path, read: impl FnOnce() -> PolarsResult<T>) -> Result<T, Error> {
    let shown = path.display();
    match catch(read) {
        Some(result) => {
            result.map_err(|error| unreadable(format!("{shown}: is not a readable Parquet file: {error}")))
        }
        None => Err(unreadable(format!("{shown}: is not a readable Parquet file"))),
    }
}

/// Reads one column of a Parquet file and turns a panic of the reader into an error that names the column.
///
/// # Errors
///
/// If the column is not what it should be.
pub(crate) fn read_column_guarded<T>(
    path: &Path,
    column: &str,
    read: impl FnOnce() -> PolarsResult<T>,
) -> Result<T, Error> {
    let what = format!("{}: is not a readable Parquet file: column `{column}`", path.display());
    match catch(read) {
        Some(result) => result.map_err(|error| unreadable(format!("{what}: {error}"))),
        None => Err(unreadable(format!("{what} is damaged"))),
    }
}

/// Writes what was read from a file and turns a panic into an error that names the file read.
///
/// # Errors
///
/// Those of `copy`; if it panics.
pub(crate) fn copy_guarded<T>(path: &Path, copy: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let damaged = || unreadable(format!("{}: is damaged and cannot be copied", path.display()));
    catch(copy).unwrap_or_else(|| Err(damaged()))
}

/// Converts and writes rows that were read from a file, the first of which has this number in the file. A
/// panic becomes an error that names the column and the row whose value cannot be written.
///
/// # Errors
///
/// Those of `convert`; if it panics.
pub(crate) fn convert_guarded<T>(
    path: &Path,
    rows: &DataFrame,
    first_row: u64,
    convert: impl FnOnce(&DataFrame) -> Result<T, Error>,
) -> Result<T, Error> {
    if let Some(result) = catch(|| convert(rows)) {
        return result;
    }
    let shown = path.display();
    let column = rows.columns().iter().find(|column| !has_text(column));
    let Some(column) = column else {
        return Err(unreadable(format!("{shown}: the rows from row {first_row} on cannot be converted")));
    };
    let row = first_row + row_without_text(column) as u64;
    let what = format!("{shown}: column `{}` holds a value in row {row} that has no text", column.name());
    Err(Problem::new(what).help("leave the column out or mend the value, or write .parquet").into())
}

/// Starts the threads that polars has for itself, which panics where the system has no more.
///
/// # Errors
///
/// If they cannot be started.
pub(crate) fn start_polars_threads() -> Result<(), Error> {
    let use_them = || {
        // The lightest work that polars shares out over its threads.
        Int32Chunked::new("n".into(), [2, 1]).sort(false)
    };
    match catch(use_them) {
        Some(_) => Ok(()),
        None => Err(Error::Threads("the system has no more of them for polars".into())),
    }
}

/// What the closure gives, or nothing if it panics.
fn catch<T>(guarded: impl FnOnce() -> T) -> Option<T> {
    GUARDED.fetch_add(1, Ordering::SeqCst);
    let result = catch_unwind(AssertUnwindSafe(guarded));
    GUARDED.fetch_sub(1, Ordering::SeqCst);
    result.ok()
}

/// Whether every value of a column can be written as CSV.
fn has_text(column: &Column) -> bool {
    let write = || {
        let mut frame = DataFrame::new(column.len(), vec![column.clone()])?;
        CsvWriter::new(std::io::sink()).finish(&mut frame)
    };
    catch(write).is_some_and(|written| written.is_ok())
}

/// The first row of a column whose value has no text, by halving: the first half is looked at, and the
/// second if all is well in it.
fn row_without_text(column: &Column) -> usize {
    let (mut begin, mut length) = (0, column.len());
    while length > 1 {
        let half = length / 2;
        if has_text(&column.slice(begin as i64, half)) {
            begin += half;
            length -= half;
        } else {
            length = half;
        }
    }
    begin
}

fn unreadable(what: String) -> Error {
    Problem::new(what).help("the file may be damaged or half-written; make it again").into()
}

/// Keeps the program from printing panics inside the guard; they are reported as errors. To be called once,
/// by a program whose panics are printed for its users.
pub(crate) fn silence_guarded_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Panics of this crate's own code are mistakes that are to be seen.
        let ours = panic.location().is_none_or(|location| location.file().starts_with("src/"));
        if ours || GUARDED.load(Ordering::SeqCst) == 0 {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_reader_is_an_error() {
        let path = Path::new("list.parquet");
        let error = read_guarded::<()>(path, || panic!("an index out of bounds")).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("list.parquet: is not a readable Parquet file"), "{error}");
        let error = read_column_guarded::<()>(path, "wish", || panic!("no such page")).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(
            error.to_string().contains("list.parquet") && error.to_string().contains("`wish`"),
            "{error}"
        );
    }

    #[test]
    fn what_is_read_comes_back() {
        assert_eq!(read_guarded(Path::new("list.parquet"), || Ok(7)).unwrap(), 7);
    }

    #[test]
    fn a_value_without_text_is_found_by_column_and_row() {
        let far: Vec<i64> = (0..100).map(|row| if row == 37 { i64::MAX } else { row }).collect();
        let seen = Column::new("seen".into(), far);
        let seen = seen.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        let rows = DataFrame::new(100, vec![Column::new("n".into(), (0..100).collect::<Vec<i32>>()), seen]);
        let write = |rows: &DataFrame| -> Result<(), Error> {
            CsvWriter::new(std::io::sink()).finish(&mut rows.clone()).map_err(Error::from)
        };
        let error = convert_guarded(Path::new("list.parquet"), &rows.unwrap(), 11, write).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("column `seen`"), "{error}");
        assert!(error.to_string().contains("row 48"), "{error}");
    }
}
