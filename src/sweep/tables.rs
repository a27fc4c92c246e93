use std::path::{Path, PathBuf};

use super::analysis::Analysis;
use super::{Experiment, Identity};
use crate::domain::PointOutcomes;
use crate::output::{OutFile, TableFiles, design_part, figures, sensitivity_part};

/// Points of the design table that are made at a time.
const DESIGN_CHUNK: u64 = 65_536;

/// Joins finished parts into the tables of a sweep, each as Parquet and CSV: `outcomes`,
/// `design` and, where there is something to say, `sensitivity`; and writes `manifest.json`.
/// Returns what the user should know.
///
/// # Errors
///
/// If a part cannot be read or a table not be written.
pub fn write_tables(
    experiment: &Experiment<'_>,
    parts: &[PathBuf],
    folder: &Path,
    identity: &Identity,
) -> Result<Vec<String>, String> {
    let mut analysis = Analysis::new(experiment);
    let mut tables: Option<TableFiles> = None;
    for path in parts {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        analysis.add(&figures(&bytes)?);
        append(&mut tables, folder, "outcomes", &bytes)?;
    }
    tables.map_or(Ok(()), TableFiles::keep)?;
    write_design(experiment, folder)?;
    let mut notes = Vec::new();
    match analysis.rows() {
        Ok(rows) if !rows.is_empty() => {
            let bytes = sensitivity_part(&experiment.columns().by, &rows)?;
            let mut tables = None;
            append(&mut tables, folder, "sensitivity", &bytes)?;
            tables.map_or(Ok(()), TableFiles::keep)?;
        }
        Ok(_) => {}
        Err(why) => notes.push(why),
    }
    write_manifest(folder, identity)?;
    Ok(notes)
}

fn append(tables: &mut Option<TableFiles>, folder: &Path, stem: &str, part: &[u8]) -> Result<(), String> {
    let mut begun = match tables.take() {
        Some(begun) => begun,
        None => TableFiles::begin(folder, stem, part)?,
    };
    begun.append(part)?;
    *tables = Some(begun);
    Ok(())
}

fn write_design(experiment: &Experiment<'_>, folder: &Path) -> Result<(), String> {
    let columns = experiment.columns();
    let mut tables = None;
    let mut first = 0;
    while first < experiment.points() {
        let last = experiment.points().min(first + DESIGN_CHUNK);
        let point = |point: u64| PointOutcomes { point, axes: experiment.place(point), rows: Ok(Vec::new()) };
        let points: Vec<PointOutcomes> = (first..last).map(point).collect();
        append(&mut tables, folder, "design", &design_part(&columns, &points)?)?;
        first = last;
    }
    tables.map_or(Ok(()), TableFiles::keep)
}

fn write_manifest(folder: &Path, identity: &Identity) -> Result<(), String> {
    let document = serde_json::json!({
        "program": "repat",
        "note": "The prisoners are synthetic.",
        "run": identity.0,
    });
    let path = folder.join("manifest.json");
    let file = OutFile::reserve(&path, true).map_err(|error| error.to_string())?;
    file.write(format!("{document:#}\n").as_bytes()).map_err(|error| error.to_string())
}
