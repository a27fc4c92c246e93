//! How a roster is copied with columns added: one of two lanes, each with a thread that reads ahead.

use std::{path::Path, sync::mpsc::sync_channel, thread};

use super::classifier::Classifier;
use super::columns::{LevelColumns, Resolved};
use super::report::Numbering;
use crate::domain::{Error, Problem};
use crate::simulate::Progress;
use crate::table::{AtomicFile, WrittenFile};

/// One of the two ways to copy a roster with columns added: by page where Parquet stays Parquet, by table
/// where rows have to be read and written as such.
pub(super) trait Lane {
    /// Copies every row and adds its outcomes. Advances `progress` by the bytes of the roster.
    ///
    /// # Errors
    ///
    /// If the roster cannot be read or the output cannot be written; if it is interrupted.
    fn copy(self: Box<Self>, work: Work<'_>, classifier: &mut Classifier<'_>) -> Result<WrittenFile, Error>;

    /// Resolves every row and passes the rows on in batches. Advances `progress` by the bytes of the roster.
    ///
    /// # Errors
    ///
    /// If the roster cannot be read; if it is interrupted.
    fn resolve(
        self: Box<Self>,
        columns: &LevelColumns,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Resolved),
    ) -> Result<(), Error>;
}

/// What a lane needs besides the roster and the classifier.
pub(super) struct Work<'a> {
    /// The file to write.
    pub(super) output: AtomicFile,
    /// Notes for the output's own metadata.
    pub(super) notes: &'a [String],
    /// Where levels are found.
    pub(super) columns: &'a LevelColumns,
    /// Hears of the bytes of the roster that are done.
    pub(super) progress: &'a dyn Progress,
}

/// A roster that has been opened.
pub(super) struct OpenRoster {
    /// The names of its columns.
    pub(super) columns: Vec<String>,
    /// What it says of itself, if repat wrote it: that its prisoners are synthetic, for one.
    pub(super) notes: Vec<String>,
    /// How people find its rows.
    pub(super) numbering: Numbering,
    /// Columns that cannot be copied.
    pub(super) problems: Vec<Problem>,
    /// How it is copied.
    pub(super) lane: Box<dyn Lane>,
}

/// Rows on their way from the file to the classifier.
pub(super) struct Batch<R> {
    /// The rows, as the lane holds them.
    pub(super) rows: R,
    /// Bytes of the roster that have been read with them.
    pub(super) read: u64,
}

/// Does something with every batch of rows, while a thread of its own reads the next.
///
/// # Errors
///
/// The first that reading or `each` gives; if it is interrupted.
pub(super) fn for_each_ahead<R: Send>(
    batches: impl Iterator<Item = Result<Batch<R>, Error>> + Send,
    progress: &dyn Progress,
    mut each: impl FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    thread::scope(|scope| {
        // Handed over, not stored: one batch is read while another is worked on, and no third is in memory.
        let (sender, received) = sync_channel(0);
        // Ends when there is nothing left to read, or nobody to read it for.
        let read = move || batches.map(|batch| sender.send(batch)).find(Result::is_err);
        let reader = thread::Builder::new().spawn_scoped(scope, read);
        reader.map_err(|error| Error::Threads(error.to_string()))?;
        let mut before = 0;
        for batch in received {
            let Batch { rows, read } = batch?;
            if progress.cancelled() {
                return Err(Error::INTERRUPTED);
            }
            each(rows)?;
            progress.advance(read - before);
            before = read;
        }
        Ok(())
    })
}

/// The part of a file's bytes that belongs to the first rows, taken as evenly spread.
pub(super) fn bytes_of_rows(bytes: u64, rows: usize, of: usize) -> u64 {
    (u128::from(bytes) * rows as u128 / of.max(1) as u128) as u64
}

/// Refuses two columns of one name: neither could be named.
pub(super) fn repeated_column(path: &Path, columns: &[String]) -> Option<Problem> {
    let repeated = (1..columns.len()).find(|&column| columns[..column].contains(&columns[column]))?;
    let what = format!("{}: two columns are called `{}`", path.display(), columns[repeated]);
    Some(Problem::new(what).help("give one of them another name"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::simulate::Silent;

    fn batch(number: u64) -> Result<Batch<u64>, Error> {
        Ok(Batch { rows: number, read: 10 * number })
    }

    #[test]
    fn batches_come_in_order_and_bytes_add_up() {
        struct Bytes(AtomicU64);
        impl Progress for Bytes {
            fn advance(&self, bytes: u64) {
                self.0.fetch_add(bytes, Ordering::Relaxed);
            }
            fn cancelled(&self) -> bool {
                self.0.load(Ordering::Relaxed) >= 70
            }
        }
        let (progress, mut seen) = (Bytes(AtomicU64::new(0)), Vec::new());
        let each = |number| {
            seen.push(number);
            Ok(())
        };
        let stopped = for_each_ahead((1..=100).map(batch), &progress, each);
        assert!(matches!(stopped, Err(Error::Interrupted { .. })));
        assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn the_first_error_ends_the_reading() {
        let batches = (1..=5).map(|number| match number {
            4 => Err(Problem::new("line 4").into()),
            number => batch(number),
        });
        let mut seen = 0;
        let each = |_| {
            seen += 1;
            Ok(())
        };
        let error = for_each_ahead(batches, &Silent, each).unwrap_err();
        assert!(seen == 3 && error.to_string().contains("line 4"), "{error}");
    }

    #[test]
    fn an_error_of_the_writer_stops_the_reader() {
        let each = |_| Err(Problem::new("full").into());
        let endless = (1..).map(batch);
        assert!(for_each_ahead(endless, &Silent, each).unwrap_err().to_string().contains("full"));
    }

    #[test]
    fn rows_take_their_part_of_a_files_bytes() {
        assert_eq!(bytes_of_rows(1_000, 3, 4), 750);
        assert_eq!(bytes_of_rows(u64::MAX, 5, 5), u64::MAX);
        assert_eq!(bytes_of_rows(1_000, 0, 0), 0);
    }
}
