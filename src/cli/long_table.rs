use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use serde_json::{Map, Value};

use super::deliver::name;
use super::failure::Failure;
use crate::domain::Diagnostic;
use crate::output::{Format, Manifest, OutFile};

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

/// Writes the manifest of a table that is written, and gives both files their names: the table's last, so
/// that no table is ever without one.
pub(super) fn keep(
    (path, manifest): (PathBuf, OutFile),
    (table, digest): (OutFile, String),
    facts: Map<String, Value>,
    inputs: Vec<(String, String)>,
    since: Instant,
) -> Result<(), Failure> {
    let described = Manifest {
        facts,
        inputs,
        command: std::env::args().collect(),
        file: (name(&path), digest),
        wall_time: since.elapsed(),
    };
    manifest.write(&described.json().map_err(Failure::Run)?)?;
    table.keep()?;
    Ok(())
}
