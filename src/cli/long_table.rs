use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use polars::prelude::{DataFrame, Schema};
use serde_json::{Map, Value};

use super::deliver::{Files, name, wrote};
use super::failure::Failure;
use crate::domain::Diagnostic;
use crate::output::{Format, FrameFile, Layout, Manifest, OutFile};

/// A table that is written batch by batch, with a manifest beside it.
pub(super) struct LongTable {
    path: PathBuf,
    file: FrameFile,
    manifest: OutFile,
}

/// The format of a table with a row for each person, by its file's ending.
pub(super) fn format_of(path: &Path) -> Result<Format, Failure> {
    match Format::of_path(path) {
        Some(format @ (Format::Parquet | Format::Csv)) => Ok(format),
        _ => {
            let what = format!("--out {}: the ending does not name a format of rosters", path.display());
            Err(Failure::input(Diagnostic::new(what).help("end the name in .parquet or .csv")))
        }
    }
}

impl LongTable {
    pub(super) fn begin(files: Files, schema: &Schema, layout: &Layout<'_>) -> Result<LongTable, Failure> {
        let Files { path, table, manifest } = files;
        let file = FrameFile::begin(table, format_of(&path)?, schema, layout).map_err(Failure::Run)?;
        Ok(LongTable { path, file, manifest })
    }

    pub(super) fn append(&mut self, frame: &DataFrame) -> Result<(), String> {
        self.file.append(frame)
    }

    /// Writes the manifest and gives both files their names, the table's last, so that no table is ever
    /// without one.
    pub(super) fn keep(
        self,
        facts: Map<String, Value>,
        inputs: Vec<(String, String)>,
        since: Instant,
        who: &str,
    ) -> Result<(), Failure> {
        let (table, digest) = self.file.finish().map_err(Failure::Run)?;
        let manifest = Manifest {
            facts,
            inputs,
            command: std::env::args().collect(),
            file: (name(&self.path), digest),
            wall_time: since.elapsed(),
        };
        self.manifest.write(&manifest.json().map_err(Failure::Run)?)?;
        table.keep()?;
        wrote(&self.path, who);
        Ok(())
    }
}
