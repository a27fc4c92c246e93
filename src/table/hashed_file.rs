use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};

use super::AtomicFile;
use super::manifest::hexadecimal;

/// Bytes that wait to be written: Parquet comes in very small pieces.
const BUFFER: usize = 1 << 20;

/// A file whose digest is taken while it is written.
#[derive(Debug)]
pub(crate) struct HashedFile {
    file: AtomicFile,
    writer: HashingWriter,
}

/// What writes to a [`HashedFile`].
#[derive(Debug, Clone)]
pub(crate) struct HashingWriter(Arc<Mutex<BufWriter<Hashed>>>);

/// A file and the digest of what has been written to it.
#[derive(Debug)]
struct Hashed {
    file: File,
    digest: Sha256,
}

impl HashedFile {
    /// Begins to write.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn begin(file: AtomicFile) -> Result<(HashedFile, HashingWriter), String> {
        let hashed =
            Hashed { file: file.handle().map_err(|error| error.to_string())?, digest: Sha256::new() };
        let writer = HashingWriter(Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER, hashed))));
        Ok((HashedFile { file, writer: writer.clone() }, writer))
    }

    /// The file, now that all is written, and the SHA-256 of its bytes, as `sha256sum` prints it.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written.
    pub(crate) fn finish(self) -> Result<(AtomicFile, String), String> {
        let mut writer = self.writer.lock();
        writer.flush().map_err(|error| error.to_string())?;
        let digest = hexadecimal(&writer.get_ref().digest.clone().finalize());
        drop(writer);
        Ok((self.file, digest))
    }
}

impl HashingWriter {
    fn lock(&self) -> MutexGuard<'_, BufWriter<Hashed>> {
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

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
