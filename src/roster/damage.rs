use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use polars::prelude::PolarsResult;

/// How many threads are reading a file that somebody else may have written.
static READING: AtomicUsize = AtomicUsize::new(0);

/// Does what reads a file. On some damaged files the reader panics, which is no fault of the program:
/// it is an error as any other.
///
/// # Errors
///
/// What the reader says, if it says anything.
pub(super) fn read<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, Option<String>> {
    READING.fetch_add(1, Ordering::SeqCst);
    let done = catch_unwind(AssertUnwindSafe(read));
    READING.fetch_sub(1, Ordering::SeqCst);
    match done {
        Ok(done) => done.map_err(|error| Some(error.to_string())),
        Err(_) => Err(None),
    }
}

/// Leaves panics unsaid that come from reading a damaged file, since the error that they become is said.
pub fn expect_damaged_files() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let reader = panic.location().is_some_and(|location| location.file().contains("polars"));
        if !(reader && READING.load(Ordering::SeqCst) > 0) {
            usual(panic);
        }
    }));
}
