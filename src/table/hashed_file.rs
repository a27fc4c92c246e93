//! A file whose SHA-256 is taken while it is written, so that a manifest can name the digest of a large
//! table without reading it again.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use polars::prelude::PolarsError;
use sha2::{Digest, Sha256};

use super::AtomicFile;
use super::manifest::hexadecimal;
use super::regular_file::open_regular_file;
use crate::domain::{Access, Error};

/// Bytes gathered before they are hashed and written: Parquet comes in very small pieces.
const BUFFER: usize = 1 << 20;

/// A file that is being written and hashed.
#[derive(Debug)]
pub(crate) struct HashedFile {
    file: AtomicFile,
    writer: HashingWriter,
}

/// The end of a [`HashedFile`] that an encoder writes to. Encoders own their writer, so it is a handle:
/// all clones write to the same file.
#[derive(Debug, Clone)]
pub(crate) struct HashingWriter(Arc<Mutex<BufWriter<Hashing>>>);

/// A file and the digest of what has been written to it.
#[derive(Debug)]
struct Hashing {
    file: File,
    digest: Sha256,
}

/// A file that has been written in full and still has to be given its name, by [`AtomicFile::keep`].
#[derive(Debug)]
pub(crate) struct WrittenFile {
    /// The file.
    pub file: AtomicFile,
    /// The SHA-256 of its bytes, as `sha256sum` prints it.
    pub sha256: String,
}

impl WrittenFile {
    /// The name, without its folder.
    pub(crate) fn name(&self) -> String {
        self.file.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl HashedFile {
    /// Begins to write.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened for writing.
    pub(crate) fn begin(file: AtomicFile) -> Result<(HashedFile, HashingWriter), Error> {
        let hashing = Hashing { file: file.handle()?, digest: Sha256::new() };
        let writer = HashingWriter(Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER, hashing))));
        Ok((HashedFile { file, writer: writer.clone() }, writer))
    }

    /// The name that the file will have.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Writes what is still in memory and ends the file.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written.
    pub(crate) fn finish(self) -> Result<WrittenFile, Error> {
        let mut writer = self.writer.lock();
        writer.flush().map_err(|error| Error::writing(self.file.path(), error))?;
        let sha256 = hexadecimal(&writer.get_ref().digest.clone().finalize());
        drop(writer);
        Ok(WrittenFile { file: self.file, sha256 })
    }

    /// The error that an encoder's complaint means for this file.
    pub(crate) fn not_written(&self, error: PolarsError) -> Error {
        let path = self.path().to_path_buf();
        match error {
            PolarsError::IO { error, .. } => Error::File { path, access: Access::Write, error },
            other => Error::Format { path: Some(path), reason: other.to_string() },
        }
    }
}

impl HashingWriter {
    fn lock(&self) -> MutexGuard<'_, BufWriter<Hashing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for HashingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// SHA-256 of a file that may be large.
///
/// # Errors
///
/// If it cannot be read.
pub(crate) fn digest_of_file(path: &Path) -> Result<String, Error> {
    digest_of_reader(open_regular_file(path)?).map_err(|error| Error::reading(path, error))
}

/// SHA-256 of all that a reader gives.
///
/// # Errors
///
/// Those of the reader.
pub(crate) fn digest_of_reader(mut reader: impl Read) -> io::Result<String> {
    let (mut digest, mut bytes) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match reader.read(&mut bytes)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::digest;

    #[test]
    fn the_digest_is_that_of_the_bytes_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.bin");
        let (file, mut writer) = HashedFile::begin(AtomicFile::reserve(&path, false).unwrap()).unwrap();
        let bytes: Vec<u8> = (0..3 * BUFFER).map(|i| i as u8).collect();
        bytes.chunks(777_777).for_each(|chunk| writer.write_all(chunk).unwrap());
        let written = file.finish().unwrap();
        assert!(!path.exists(), "the file has its name too early");
        written.file.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(written.sha256, digest(&bytes));
    }

    #[test]
    fn a_full_disk_is_reported_as_a_file_that_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let (file, _) = HashedFile::begin(AtomicFile::reserve(&path, false).unwrap()).unwrap();
        let full = PolarsError::from(io::Error::from(io::ErrorKind::StorageFull));
        let error = file.not_written(full);
        assert_eq!(error.exit_code(), 1);
        assert!(error.to_string().contains("table.csv: cannot be written"), "{error}");
    }
}
