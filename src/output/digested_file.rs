use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use super::OutFile;
use super::manifest::hexadecimal;

/// A file whose digest is taken while it is written.
#[derive(Debug)]
pub(crate) struct DigestedFile {
    file: OutFile,
    digest: Arc<Mutex<Sha256>>,
}

/// What writes to a [`DigestedFile`].
#[derive(Debug)]
pub(crate) struct Digesting {
    file: File,
    digest: Arc<Mutex<Sha256>>,
}

impl DigestedFile {
    /// Begins to write.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn begin(file: OutFile) -> Result<(DigestedFile, Digesting), String> {
        let digest = Arc::new(Mutex::new(Sha256::new()));
        let handle = file.handle().map_err(|error| error.to_string())?;
        Ok((DigestedFile { file, digest: digest.clone() }, Digesting { file: handle, digest }))
    }

    /// [`DigestedFile::begin`] for Parquet, which is written in very small pieces and flushed at its end.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn begin_parquet(file: OutFile) -> Result<(DigestedFile, BufWriter<Digesting>), String> {
        let (file, writer) = DigestedFile::begin(file)?;
        Ok((file, BufWriter::with_capacity(1 << 20, writer)))
    }

    /// The file, now that all is written, and the SHA-256 of its bytes, as `sha256sum` prints it.
    pub(crate) fn finish(self) -> (OutFile, String) {
        let digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.file, hexadecimal(&digest.finalize()))
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
