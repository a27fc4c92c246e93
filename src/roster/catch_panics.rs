//! Damaged Parquet files: the reader panics on some of them, which must be an error like any other.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use polars::prelude::PolarsResult;

use crate::domain::{Error, Problem};

/// The number of threads that are reading a file which somebody else may have written.
static READING: AtomicUsize = AtomicUsize::new(0);

/// Reads from a Parquet file and turns a panic of the reader into an error.
///
/// # Errors
///
/// If the file is not what it should be.
pub(super) fn read<T>(path: &Path, read: impl FnOnce() -> PolarsResult<T>) -> Result<T, Error> {
    READING.fetch_add(1, Ordering::SeqCst);
    let result = catch_unwind(AssertUnwindSafe(read));
    READING.fetch_sub(1, Ordering::SeqCst);
    match result {
        Ok(result) => result.map_err(|error| unreadable(path, format!(": {error}"))),
        Err(_) => Err(unreadable(path, String::new())),
    }
}

fn unreadable(path: &Path, why: String) -> Error {
    let what = format!("{}: is not a readable Parquet file{why}", path.display());
    Problem::new(what).help("the file may be damaged or half-written; make it again").into()
}

/// Keeps the program from printing panics of the Parquet reader on damaged files; they are reported as
/// errors. To be called once, by a program whose panics are printed for its users.
pub fn silence_reader_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let in_reader = panic.location().is_some_and(|location| location.file().contains("polars"));
        if !(in_reader && READING.load(Ordering::SeqCst) > 0) {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_reader_is_an_error() {
        let error = read::<()>(Path::new("list.parquet"), || panic!("an index out of bounds")).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("list.parquet: is not a readable Parquet file"), "{error}");
    }

    #[test]
    fn what_is_read_comes_back() {
        assert_eq!(read(Path::new("list.parquet"), || Ok(7)).unwrap(), 7);
    }
}
