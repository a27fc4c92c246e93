use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::domain::Error;

/// A file to be: appears whole under its name, or not at all.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    force: bool,
    draft: NamedTempFile,
}

impl AtomicFile {
    /// Makes sure, before any work, that the file can be written; `force` allows to overwrite.
    ///
    /// # Errors
    ///
    /// If there is such a file already, or it could not be written.
    pub fn reserve(path: &Path, force: bool) -> Result<AtomicFile, FileError> {
        let problem = |error| FileError { path: path.into(), error };
        if path.is_dir() {
            return Err(problem(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        if path.exists() && !force {
            let error =
                io::Error::new(io::ErrorKind::AlreadyExists, "it exists already; --force overwrites it");
            return Err(problem(error));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let draft = drafts().tempfile_in(folder).map_err(problem)?;
        Ok(AtomicFile { path: path.into(), force, draft })
    }

    /// The name that the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file and gives it its name.
    ///
    /// # Errors
    ///
    /// If writing fails, or somebody else has meanwhile written a file of that name.
    pub fn write(mut self, bytes: &[u8]) -> Result<(), FileError> {
        match self.draft.write_all(bytes) {
            Ok(()) => self.keep(),
            Err(error) => Err(FileError { path: self.path, error }),
        }
    }

    /// Another handle on the draft, to write it piece by piece; [`AtomicFile::keep`] ends it.
    ///
    /// # Errors
    ///
    /// If the draft cannot be opened again.
    pub fn handle(&self) -> Result<std::fs::File, FileError> {
        self.draft.reopen().map_err(|error| FileError { path: self.path.clone(), error })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// If what was written does not reach the disk, or somebody else has meanwhile written a file
    /// of that name.
    pub fn keep(self) -> Result<(), FileError> {
        let AtomicFile { path, force, draft } = self;
        let named = draft.as_file().sync_all().and_then(|()| match force {
            true => draft.persist(&path).map_err(|error| error.error),
            false => draft.persist_noclobber(&path).map_err(|error| error.error),
        });
        named.map(drop).map_err(|error| FileError { path, error })
    }
}

/// Drafts lie beside the file to be, readable as any other file of the user's.
fn drafts() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".repat-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

/// A file could not be written.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    error: io::Error,
}

impl FileError {
    /// Whether the user can mend it by another name or by `--force`.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.error.kind(),
            io::ErrorKind::AlreadyExists
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::PermissionDenied
        )
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be written: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {}

impl From<FileError> for Error {
    fn from(error: FileError) -> Error {
        Error::writing(&error.path, error.error)
    }
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

    #[test]
    fn an_existing_file_is_kept_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, "old").unwrap();
        assert!(AtomicFile::reserve(&path, false).unwrap_err().is_refusal());
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
}
