use std::path::Path;

use super::PointOutcomes;
use super::analysis::Analysis;
use super::frames::{design_part, part, replicates_part, sensitivity_part};
use super::{Experiment, Identity, PartTable, Parts};
use crate::table::{AtomicFile, TableFiles, figures};

/// Points of the design table that are made at a time.
const DESIGN_CHUNK: u64 = 8_192;

/// The files of a part of a sweep, one for each of its tables.
///
/// # Errors
///
/// If a table cannot be written.
pub fn part_files(experiment: &Experiment<'_>, outcomes: &[PointOutcomes]) -> Result<Vec<Vec<u8>>, String> {
    let columns = experiment.columns();
    let mut files = vec![part(&columns, outcomes)?];
    if experiment.keep_replicates {
        files.push(replicates_part(&columns, outcomes)?);
    }
    Ok(files)
}

/// Joins finished parts into the tables of a sweep, each as Parquet and CSV: `outcomes`,
/// `design`, `replicates` if they are kept and, where there is something to say, `sensitivity`; and
/// writes `manifest.json`.
/// Returns what the user should know.
///
/// # Errors
///
/// If a part cannot be read or a table not be written.
pub fn write_tables(
    experiment: &Experiment<'_>,
    parts: &Parts,
    folder: &Path,
    identity: &Identity,
) -> Result<Vec<String>, String> {
    write_table(folder, "outcomes", parts.files(PartTable::Outcomes).map(|path| read(&path)))?;
    write_table(folder, "design", design_parts(experiment))?;
    let kept = experiment.keep_replicates.then(|| parts.files(PartTable::Replicates));
    write_table(folder, "replicates", kept.into_iter().flatten().map(|path| read(&path)))?;
    let (rows, notes) = match analysed(experiment, parts)?.rows() {
        Ok(rows) => (rows, Vec::new()),
        Err(why) => (Vec::new(), vec![why]),
    };
    let sensitivity = (!rows.is_empty()).then(|| sensitivity_part(&experiment.columns().by, &rows));
    write_table(folder, "sensitivity", sensitivity.into_iter())?;
    write_manifest(folder, identity)?;
    Ok(notes)
}

/// Reads the parts once more: the analysis's figures then lie where the tables did, not beside them.
fn analysed<'a>(experiment: &'a Experiment<'a>, parts: &Parts) -> Result<Analysis<'a>, String> {
    let mut analysis = Analysis::new(experiment);
    if analysis.is_possible() {
        for path in parts.files(PartTable::Outcomes) {
            analysis.add(&figures(&read(&path)?)?);
        }
    }
    Ok(analysis)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Joins parts into a table. Where there are none, a table that an earlier sweep left is removed, so
/// that nobody takes it for this one's.
fn write_table(
    folder: &Path,
    stem: &str,
    parts: impl Iterator<Item = Result<Vec<u8>, String>>,
) -> Result<(), String> {
    let mut table = None;
    for part in parts {
        let part = part?;
        let begun = match &mut table {
            Some(begun) => begun,
            none => none.insert(TableFiles::begin(folder, stem, &part)?),
        };
        begun.append(&part)?;
    }
    table.map_or_else(|| TableFiles::remove(folder, stem), TableFiles::keep)
}

fn design_parts<'a>(experiment: &'a Experiment<'a>) -> impl Iterator<Item = Result<Vec<u8>, String>> + 'a {
    let columns = experiment.columns();
    let firsts = (0..experiment.points()).step_by(DESIGN_CHUNK as usize);
    firsts.map(move |first| {
        let points = first..experiment.points().min(first + DESIGN_CHUNK);
        let placed: Vec<_> = points.map(|point| (point, experiment.place(point))).collect();
        design_part(&columns, &placed)
    })
}

fn write_manifest(folder: &Path, identity: &Identity) -> Result<(), String> {
    let document = serde_json::json!({
        "program": "repat",
        "note": "The prisoners are synthetic.",
        "run": identity.0,
    });
    let path = folder.join("manifest.json");
    let file = AtomicFile::reserve(&path, true).map_err(|error| error.to_string())?;
    file.write(format!("{document:#}\n").as_bytes()).map_err(|error| error.to_string())
}
