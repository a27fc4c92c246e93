//! How a long simulation reports on its work and is asked to stop.

use crate::domain::Error;

/// Receives the progress of a simulation, and may cancel it.
pub trait Progress: Sync {
    /// Reports that this many more people have been drawn.
    fn advance(&self, people: u64);
    /// Whether to stop; once true, it stays so. It is asked before every block of people, every unit and every replicate, by
    /// all threads, so it should be as cheap as reading a flag.
    fn cancelled(&self) -> bool;
}

/// Reports nothing and never cancels.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: u64) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// Ends the work at hand where it has been cancelled, as [`Error::INTERRUPTED`].
pub(super) fn stop_if_cancelled(progress: &dyn Progress) -> Result<(), Error> {
    if progress.cancelled() { Err(Error::INTERRUPTED) } else { Ok(()) }
}
