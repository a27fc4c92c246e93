//! Files that are read more than once, or for long: they must be regular files, because a pipe gives each
//! byte to one reader only, and they must stay as they are while they are read.

use std::{
    fs::{File, FileType, Metadata},
    io::{self, Read, Seek},
    path::Path,
};

use crate::domain::{Error, Problem};

/// Opens a regular file. Pipes and devices are refused unopened: opening a pipe waits for its writer.
///
/// # Errors
///
/// If it cannot be opened or is something else.
pub(crate) fn open_regular_file(path: &Path) -> Result<File, Error> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::reading(path, error))?;
    refuse_irregular(path, &metadata)?;
    File::open(path).map_err(|error| Error::reading(path, error))
}

/// The bytes of a regular file.
///
/// # Errors
///
/// If it cannot be read or is something else.
pub(crate) fn read_regular_file(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = open_regular_file(path)?.read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| Error::reading(path, error))
}

fn refuse_irregular(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    let what = |what: &str| Problem::new(format!("{}: is {what}", path.display()));
    match metadata {
        metadata if metadata.is_file() => Ok(()),
        metadata if metadata.is_dir() => Err(what("a folder").help("check the path")),
        metadata => Err(what(&format!("{}, not a regular file", kind(metadata.file_type())))
            .help("write what it gives into a file, and name that file")),
    }
}

#[cfg(unix)]
fn kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn kind(_: FileType) -> &'static str {
    "a device"
}

/// Length and time of the last change of an open file, by which a change is noticed.
#[derive(Debug)]
pub(crate) struct Unchanged {
    file: File,
    begin: Metadata,
}

impl Unchanged {
    /// Remembers the state of an open file.
    ///
    /// # Errors
    ///
    /// If the system does not tell it.
    pub(crate) fn begin(path: &Path, file: &File) -> Result<Unchanged, Error> {
        let failed = |error| Error::reading(path, error);
        let file = file.try_clone().map_err(failed)?;
        let begin = file.metadata().map_err(failed)?;
        Ok(Unchanged { file, begin })
    }

    /// Another handle of the file, which is still in that state, at its beginning. It moves the others.
    ///
    /// # Errors
    ///
    /// If the file has changed since; if the system has no more handles.
    pub(crate) fn rewind(&self, path: &Path) -> Result<File, Error> {
        self.check(path)?;
        let rewound = self.file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
        rewound.map_err(|error| Error::reading(path, error))
    }

    /// Makes sure that the file is still in that state.
    ///
    /// # Errors
    ///
    /// If it has changed since.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Error> {
        let now = self.file.metadata().map_err(|error| Error::reading(path, error))?;
        let same = now.len() == self.begin.len() && now.modified().ok() == self.begin.modified().ok();
        let reason = "it changed while it was read; start again when nothing writes to it".into();
        if same { Ok(()) } else { Err(Error::Format { path: Some(path.into()), reason }) }
    }
}

/// Reads an open file from its beginning, wherever other handles of it are.
#[derive(Debug)]
pub(crate) struct FromBeginning {
    file: File,
    #[cfg(unix)]
    place: u64,
}

impl FromBeginning {
    /// A reader of this file. Where the system reads at a place only by moving all handles, the file is
    /// opened again.
    ///
    /// # Errors
    ///
    /// If the system has no more handles.
    #[cfg(unix)]
    pub(crate) fn new(_: &Path, file: &File) -> io::Result<FromBeginning> {
        Ok(FromBeginning { file: file.try_clone()?, place: 0 })
    }

    /// A reader of this file. Where the system reads at a place only by moving all handles, the file is
    /// opened again.
    ///
    /// # Errors
    ///
    /// If it cannot be opened again.
    #[cfg(not(unix))]
    pub(crate) fn new(path: &Path, _: &File) -> io::Result<FromBeginning> {
        Ok(FromBeginning { file: File::open(path)? })
    }
}

impl Read for FromBeginning {
    #[cfg(unix)]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = std::os::unix::fs::FileExt::read_at(&self.file, buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }

    #[cfg(not(unix))]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_reader_from_the_beginning_leaves_other_handles_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, "abcdef").unwrap();
        let mut file = open_regular_file(&path).unwrap();
        let mut two = [0; 2];
        file.read_exact(&mut two).unwrap();
        // Another file takes the name; the reader still reads the one that is open.
        #[cfg(unix)]
        {
            std::fs::write(folder.path().join("other.csv"), "ABCDEF").unwrap();
            std::fs::rename(folder.path().join("other.csv"), &path).unwrap();
        }
        let mut text = String::new();
        FromBeginning::new(&path, &file).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        file.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"cd");
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, "wish\nhome\n").unwrap();
        let unchanged = Unchanged::begin(&path, &open_regular_file(&path).unwrap()).unwrap();
        unchanged.check(&path).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"home\n").unwrap();
        let error = unchanged.check(&path).unwrap_err();
        assert_eq!(error.exit_code(), 1);
        assert!(error.to_string().contains("list.csv: it changed while it was read"), "{error}");
    }
}
