//! How a long simulation reports on its work and is asked to stop.

/// Receives the progress of a simulation, and may cancel it.
pub trait Progress: Sync {
    /// Reports that this many more people have been drawn.
    fn advance(&self, people: u64);
    /// Whether to stop. It is asked before every block of people, every unit and every replicate, by
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
