//! Where a table goes: its file and its manifest, both reserved before any work, so that nothing is computed for
//! a file that could not be written.

use std::{path::Path, time::Instant};

use serde_json::{Map, Value};

use super::atomic_file::AtomicFile;
use super::format::Format;
#[cfg(feature = "polars")]
use super::hashed_file::WrittenFile;
use super::manifest::{Manifest, digest};
use super::provenance::Provenance;
#[cfg(feature = "polars")]
use super::stream::StreamFormat;
use super::tidy_table::Table;
use crate::domain::Error;

/// A table's file and its manifest's, reserved.
#[derive(Debug)]
pub struct Destination {
    table: AtomicFile,
    manifest: AtomicFile,
    format: Format,
}

/// The command that makes a table, and when it began.
#[derive(Debug, Clone)]
pub struct Invocation {
    command: Vec<String>,
    begun: Instant,
}

impl Invocation {
    /// A run that begins now; `command` is what was typed, and may be empty.
    pub fn begin(command: Vec<String>) -> Invocation {
        Invocation { command, begun: Instant::now() }
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> std::time::Duration {
        self.begun.elapsed()
    }
}

impl Destination {
    /// Reserves a file, whose ending names the format, and its manifest; existing files are kept unless
    /// `overwrite`.
    ///
    /// # Errors
    ///
    /// If the ending names no format, a file exists already, or its folder cannot be written to.
    pub fn reserve(path: &Path, overwrite: bool) -> Result<Destination, Error> {
        Destination::reserve_as(Format::of_path(path)?, path, overwrite)
    }

    /// Reserves a file of rows that are written batch by batch, and its manifest. It may also end in `.tsv`: CSV with
    /// tabs.
    ///
    /// # Errors
    ///
    /// Those of [`reserve`](Destination::reserve).
    #[cfg(feature = "polars")]
    pub fn reserve_roster(path: &Path, overwrite: bool) -> Result<Destination, Error> {
        let format = match StreamFormat::of_path(path) {
            Some(StreamFormat::Csv) => Format::Csv,
            _ => Format::of_path(path)?,
        };
        Destination::reserve_as(format, path, overwrite)
    }

    fn reserve_as(format: Format, path: &Path, overwrite: bool) -> Result<Destination, Error> {
        let mut manifest = path.as_os_str().to_owned();
        manifest.push(".manifest.json");
        let table = AtomicFile::reserve(path, overwrite)?;
        // A manifest without its table was left by a run that was killed: it describes nothing.
        let manifest = AtomicFile::reserve(Path::new(&manifest), overwrite || !path.exists())?;
        Ok(Destination { table, manifest, format })
    }

    /// The format that the file's ending names.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Writes the table and its manifest.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn write(self, table: &Table, invocation: &Invocation) -> Result<(), Error> {
        // Files are as wide as they are.
        let bytes = table.render(self.format, usize::MAX)?;
        let digest = digest(&bytes);
        let Destination { table: mut file, manifest, .. } = self;
        file.fill(&bytes)?;
        let Table { provenance, notes, facts, .. } = table;
        keep_both((file, digest), manifest, provenance, notes, facts.clone(), invocation)
    }

    /// The file of the table, to write it piece by piece, and that of its manifest.
    #[cfg(feature = "polars")]
    pub(crate) fn into_files(self) -> (AtomicFile, AtomicFile) {
        (self.table, self.manifest)
    }
}

/// Writes the manifest of a file that has been written piece by piece, and gives both their names.
///
/// # Errors
///
/// If a file cannot be written.
#[cfg(feature = "polars")]
pub(crate) fn keep_with_manifest(
    manifest: AtomicFile,
    written: WrittenFile,
    provenance: &Provenance,
    notes: &[String],
    facts: Map<String, Value>,
    invocation: &Invocation,
) -> Result<(), Error> {
    let WrittenFile { file, sha256 } = written;
    keep_both((file, sha256), manifest, provenance, notes, facts, invocation)
}

impl Table {
    /// Writes the table to a file, in the format that its ending names, with a manifest beside it.
    ///
    /// # Errors
    ///
    /// If the file exists already or cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        Destination::reserve(path.as_ref(), false)?.write(self, &Invocation::begin(Vec::new()))
    }
}

fn keep_both(
    (file, digest): (AtomicFile, String),
    mut manifest: AtomicFile,
    provenance: &Provenance,
    notes: &[String],
    facts: Map<String, Value>,
    invocation: &Invocation,
) -> Result<(), Error> {
    let name = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let work = Some((invocation.command.as_slice(), invocation.elapsed()));
    let described = Manifest { provenance, notes, facts, files: vec![(name, digest)], work };
    manifest.fill(&described.json())?;
    file.keep_with_manifest(manifest)
}
