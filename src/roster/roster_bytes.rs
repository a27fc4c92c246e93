//! The digest of a roster's bytes, taken by a thread of its own while the roster is classified: of the very
//! file that is open, and only if it stays as it is.

use std::{
    fs::File,
    panic::resume_unwind,
    path::{Path, PathBuf},
    thread::{Builder, JoinHandle},
};

use crate::domain::Error;
use crate::table::{FromBeginning, Unchanged, digest_of_reader};

/// The bytes of a roster that is open.
#[derive(Debug)]
pub(super) struct RosterBytes {
    path: PathBuf,
    reader: FromBeginning,
    unchanged: Unchanged,
}

/// The digest of a roster while it is being taken.
#[derive(Debug)]
pub(super) struct RosterDigest {
    path: PathBuf,
    thread: JoinHandle<Result<String, Error>>,
    unchanged: Unchanged,
}

impl RosterBytes {
    /// The bytes of this open file.
    ///
    /// # Errors
    ///
    /// If the system has no more handles.
    pub(super) fn of(path: &Path, file: &File) -> Result<RosterBytes, Error> {
        let unchanged = Unchanged::begin(path, file)?;
        let reader = FromBeginning::new(path, file).map_err(|error| Error::reading(path, error))?;
        Ok(RosterBytes { path: path.into(), reader, unchanged })
    }

    /// The file at its beginning, to be read once more.
    ///
    /// # Errors
    ///
    /// If it has changed since it was opened; if the system has no more handles.
    pub(super) fn rewind(&self) -> Result<File, Error> {
        self.unchanged.rewind(&self.path)
    }

    /// Begins to take their digest.
    ///
    /// # Errors
    ///
    /// If no thread can be started for it.
    pub(super) fn start_digest(self) -> Result<RosterDigest, Error> {
        let RosterBytes { path, reader, unchanged } = self;
        let name = path.clone();
        let take = move || digest_of_reader(reader).map_err(|error| Error::reading(&name, error));
        let thread = Builder::new().spawn(take).map_err(|error| Error::Threads(error.to_string()))?;
        Ok(RosterDigest { path, thread, unchanged })
    }
}

impl RosterDigest {
    /// The digest, when all rows have been read.
    ///
    /// # Errors
    ///
    /// If the file could not be read, or has changed since it was opened.
    pub(super) fn finish(self) -> Result<String, Error> {
        let digest = self.thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        self.unchanged.check(&self.path)?;
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_that_changes_has_no_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, "wish\nhome\n").unwrap();
        let begin = || RosterBytes::of(&path, &File::open(&path).unwrap()).unwrap().start_digest().unwrap();
        assert_eq!(begin().finish().unwrap().len(), 64);
        let begun = begin();
        std::fs::write(&path, "wish\nhome\nhome\n").unwrap();
        assert!(begun.finish().unwrap_err().to_string().contains("it changed while it was read"));
    }
}
