//! Files that are complete under their name or not there at all: written as a draft beside it and renamed.
//!
//! A process holds a lock on each of its drafts for as long as it lives. A draft that nobody holds was left by one that
//! was killed, and the next process that writes into the folder removes it.

#[cfg(unix)]
use std::fs::TryLockError;
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::domain::Error;

/// Atomic output: written to a temporary file and renamed when it is complete.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    path: PathBuf,
    overwrite: bool,
    draft: NamedTempFile,
}

impl AtomicFile {
    /// Makes sure, before any work, that the file can be written; an existing one is kept unless `overwrite`.
    ///
    /// # Errors
    ///
    /// If there is such a file already, or its folder cannot be written to.
    pub(crate) fn reserve(path: &Path, overwrite: bool) -> Result<AtomicFile, Error> {
        let refuse = |kind: io::ErrorKind, why: &str| Err(Error::writing(path, io::Error::new(kind, why)));
        if path.is_dir() {
            return refuse(io::ErrorKind::IsADirectory, "it is a folder");
        }
        // A link that leads nowhere exists, too, and a name may be too long.
        let there = path.symlink_metadata();
        if let Err(error) = &there
            && error.kind() == io::ErrorKind::InvalidFilename
        {
            return refuse(error.kind(), "its name is too long");
        }
        if there.is_ok() && !overwrite {
            return refuse(io::ErrorKind::AlreadyExists, "it exists already");
        }
        let draft = begin_draft(folder_of(path));
        let draft = draft.map_err(|error| Error::writing(path, without_draft(&error)))?;
        Ok(AtomicFile { path: path.into(), overwrite, draft })
    }

    /// Writes the bytes and gives the file its name.
    ///
    /// # Errors
    ///
    /// If writing fails, or a file of that name has appeared meanwhile.
    pub(crate) fn write(mut self, bytes: &[u8]) -> Result<(), Error> {
        self.fill(bytes)?;
        self.keep()
    }

    /// Writes the bytes to the draft.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub(crate) fn fill(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.draft.write_all(bytes).map_err(|error| Error::writing(&self.path, error))
    }

    /// Gives the table's file and then its manifest their names. Whatever happens in between, a manifest beside a
    /// table is that table's; processes that write the same files take turns.
    ///
    /// # Errors
    ///
    /// If a draft does not reach the disk, or a file of that name has appeared meanwhile.
    pub(crate) fn keep_with_manifest(self, manifest: AtomicFile) -> Result<(), Error> {
        let _turn = lock_folder(folder_of(&self.path));
        if self.overwrite {
            remove(&manifest.path)?;
        }
        self.keep()?;
        manifest.keep()
    }

    /// Another handle on the draft, to write it piece by piece; [`AtomicFile::keep`] ends it.
    ///
    /// # Errors
    ///
    /// If the draft cannot be opened again.
    #[cfg(feature = "polars")]
    pub(crate) fn handle(&self) -> Result<File, Error> {
        self.draft.reopen().map_err(|error| Error::writing(&self.path, error))
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// If the draft does not reach the disk, or a file of that name has appeared meanwhile.
    pub(crate) fn keep(self) -> Result<(), Error> {
        let AtomicFile { path, overwrite, draft } = self;
        let renamed = draft.as_file().sync_all().and_then(|()| match overwrite {
            true => draft.persist(&path).map_err(|error| error.error),
            false => draft.persist_noclobber(&path).map_err(|error| error.error),
        });
        renamed.map(drop).map_err(|error| Error::writing(&path, error))
    }

    /// Where the file will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes a file if it is there.
///
/// # Errors
///
/// If it is there and cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::writing(path, error)),
        _ => Ok(()),
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A lock on a folder, where the system has such a thing. It ends with the handle, or with the process.
fn lock_folder(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Brings the names in a folder to the disk, so that a power cut finds them. Not every system can do it, which changes
/// nothing else.
#[cfg(feature = "polars")]
pub(crate) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// A draft that this process holds a lock on.
#[cfg(unix)]
fn begin_draft(folder: &Path) -> io::Result<NamedTempFile> {
    remove_abandoned_drafts(folder);
    loop {
        let draft = drafts().tempfile_in(folder)?;
        // Before it has its lock, another process may take it for an abandoned one and remove it.
        match draft.as_file().try_lock() {
            Err(TryLockError::WouldBlock) => {}
            Ok(()) if !draft.path().exists() => {}
            // A file system without locks: then its drafts are never taken for abandoned.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(draft),
        }
    }
}

/// Elsewhere a lock would keep this process from writing to its own draft.
#[cfg(not(unix))]
fn begin_draft(folder: &Path) -> io::Result<NamedTempFile> {
    drafts().tempfile_in(folder)
}

/// Removes the drafts of processes that were killed: those that nobody has a lock on.
#[cfg(unix)]
fn remove_abandoned_drafts(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_draft = name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if !is_draft || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(draft) = File::open(entry.path())
            && draft.try_lock().is_ok()
        {
            // Another process may have removed it already.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// How the names of drafts begin and end.
const PREFIX: &str = ".repat-";
const SUFFIX: &str = ".part";

/// The error of a draft without the draft's name, which means nothing to the user.
fn without_draft(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let reason = text.split(" at path ").next().unwrap_or(&text);
    io::Error::new(error.kind(), reason)
}

/// Drafts lie beside the file to be, readable as any other file of the user's.
fn drafts() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_appears_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let file = AtomicFile::reserve(&path, false).unwrap();
        assert!(!path.exists());
        file.write(b"whole").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(files(folder.path()), ["table.csv"]);
    }

    #[test]
    fn nothing_stays_behind_when_work_ends_early() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::reserve(&folder.path().join("table.csv"), false).unwrap());
        assert!(files(folder.path()).is_empty());
    }

    /// A draft is abandoned once no process has a lock on it; those of a process that lives are left alone.
    #[cfg(unix)]
    #[test]
    fn drafts_of_killed_processes_are_removed_and_others_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let first = AtomicFile::reserve(&path, false).unwrap();
        for name in [".repat-abandoned.part", ".repat-notes.txt"] {
            std::fs::write(folder.path().join(name), "half").unwrap();
        }
        let second = AtomicFile::reserve(&path, false).unwrap();
        let mut left = files(folder.path());
        left.retain(|name| name.ends_with(".part"));
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(!left.contains(&".repat-abandoned.part".to_string()), "{left:?}");
        assert!(folder.path().join(".repat-notes.txt").exists());
        drop((first, second));
        assert_eq!(files(folder.path()), [".repat-notes.txt"]);
    }

    #[test]
    fn an_existing_file_is_kept_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, "old").unwrap();
        assert!(AtomicFile::reserve(&path, false).unwrap_err().exit_code() == 2);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        AtomicFile::reserve(&path, true).unwrap().write(b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let file = AtomicFile::reserve(&path, false).unwrap();
        std::fs::write(&path, "theirs").unwrap();
        assert!(file.write(b"ours").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"theirs");
    }

    /// Otherwise it would be found out only after the work.
    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_refused_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &path).unwrap();
        assert_eq!(AtomicFile::reserve(&path, false).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn a_file_that_cannot_be_made_is_named_and_its_draft_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let below = AtomicFile::reserve(&folder.path().join("file/table.csv"), false).unwrap_err();
        assert_eq!(below.exit_code(), 2, "{below}");
        assert!(below.to_string().contains("help: ") && !below.to_string().contains(".repat-"), "{below}");
        let long = AtomicFile::reserve(&folder.path().join("x".repeat(300)), false);
        assert_eq!(long.map(drop).map_err(|error| error.exit_code()), Err(2));
    }
}
