//! The threads that a study works on.

use std::{num::NonZeroUsize, thread};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::domain::Error;

/// The most threads that are started unasked.
const MAX_THREADS: usize = 1_024;

/// A pool of this many threads, or of one for each core. Threads never change a number.
///
/// # Errors
///
/// If the system refuses to start them.
pub(crate) fn start_threads(threads: Option<u16>) -> Result<ThreadPool, Error> {
    // A number always: without one rayon would take `RAYON_NUM_THREADS`, however large.
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS);
    let pool = ThreadPoolBuilder::new().num_threads(threads.map_or_else(cores, usize::from).max(1)).build();
    pool.map_err(|error| Error::Threads(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_thread_for_each_core_unless_a_number_is_asked_for() {
        let cores = thread::available_parallelism().unwrap().get();
        assert_eq!(start_threads(None).unwrap().current_num_threads(), cores);
        assert_eq!(start_threads(Some(3)).unwrap().current_num_threads(), 3);
    }
}
