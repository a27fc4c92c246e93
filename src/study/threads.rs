//! The threads that a study works on.

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::domain::Error;

/// A pool of this many threads, or of one for each core. Threads never change a number.
///
/// # Errors
///
/// If the system refuses to start them.
pub(crate) fn start_threads(threads: Option<u16>) -> Result<ThreadPool, Error> {
    let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or_default().into()).build();
    pool.map_err(|error| Error::Threads(error.to_string()))
}
