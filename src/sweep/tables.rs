//! Finished parts, joined into the tables of a sweep, each as Parquet and CSV.

use std::path::Path;

use polars::prelude::DataFrame;
use serde_json::json;

use super::analysis::{has_sensitivities, is_too_large, sensitivities};
use super::figures::{Figures, MAX_FIGURES, read_part};
use super::frames::{design_table, outcome_table, replicate_table, sensitivity_table};
use super::own_tables::OwnTables;
use super::parts::{PartFile, PartTable, Parts};
use super::{Experiment, RunIdentity};
use crate::domain::Error;
use crate::simulate::Progress;
use crate::study::notes;
use crate::table::{Manifest, Provenance, Table, TableFiles, WrittenFile, copy_guarded, frame};

/// Points of the design table that are made at a time.
const DESIGN_CHUNK: u64 = 8_192;

/// Joins finished parts into the tables of a sweep: `outcomes`, `design`, `replicates` if they are kept and,
/// where the design supports them, `sensitivity`; and writes `manifest.json`. Returns what the user should
/// know.
///
/// # Errors
///
/// If interrupted, if a part is not what was written, if a file of a table's name is there that is not a
/// sweep's, or if a table cannot be written.
pub fn write_tables(
    experiment: &Experiment,
    parts: &Parts,
    folder: &Path,
    identity: &RunIdentity,
    progress: &dyn Progress,
) -> Result<Vec<String>, Error> {
    let own = OwnTables::find(folder)?;
    let read = |part: Result<PartFile, Error>| match progress.cancelled() {
        true => Err(Error::INTERRUPTED),
        false => read_part(&part?, None),
    };
    let parts_of = |table| parts.files(table).map(read);
    let outcomes = outcome_table(experiment, &[])?;
    let mut files = write_table(folder, "outcomes", &outcomes, parts_of(PartTable::Outcomes))?;
    let designed = design_table(experiment, 0..0);
    files.extend(write_table(folder, "design", &designed, design_frames(experiment))?);
    let kept = experiment.keeps_replicates().then(|| parts_of(PartTable::Replicates));
    let replicates = replicate_table(experiment, &[])?;
    files.extend(write_table(folder, "replicates", &replicates, kept.into_iter().flatten())?);
    let (sensitivity, note) = analyse(experiment, parts)?;
    let empty = sensitivity_table(experiment, &[]);
    files.extend(write_table(folder, "sensitivity", &empty, sensitivity.iter().map(frame))?);
    let notes = sensitivity.map(|table| table.notes).unwrap_or_default();
    let manifest = manifest_of(experiment, identity, &files, notes);
    own.replace(files, &manifest)?;
    Ok(note.into_iter().collect())
}

/// Joins frames into the files of a table, which still have to be given their names; none if there are no frames.
/// `empty` has the table's columns and notes without its rows.
fn write_table(
    folder: &Path,
    stem: &str,
    empty: &Table,
    frames: impl Iterator<Item = Result<DataFrame, Error>>,
) -> Result<Vec<WrittenFile>, Error> {
    let mut table = None;
    for frame in frames {
        let frame = frame?;
        let begun = match &mut table {
            Some(begun) => begun,
            none => none.insert(TableFiles::begin(folder, stem, frame.schema(), empty)?),
        };
        copy_guarded(folder, || begun.append(&frame))?;
    }
    Ok(table.map(TableFiles::finish).transpose()?.into_iter().flatten().collect())
}

fn design_frames(experiment: &Experiment) -> impl Iterator<Item = Result<DataFrame, Error>> + '_ {
    let firsts = (0..experiment.points()).step_by(DESIGN_CHUNK as usize);
    firsts.map(|first| frame(&design_table(experiment, first..experiment.points().min(first + DESIGN_CHUNK))))
}

/// The sensitivity table, or a note that says why there is none. It reads the parts once more: its figures
/// then lie where the tables did, not beside them.
fn analyse(experiment: &Experiment, parts: &Parts) -> Result<(Option<Table>, Option<String>), Error> {
    let without = |why: String| Ok((None, Some(format!("no sensitivities: {why}"))));
    if !has_sensitivities(experiment) {
        return Ok((None, None));
    }
    if is_too_large(experiment) {
        return without(format!("more than {MAX_FIGURES} figures are not analysed"));
    }
    let (rows, points) = (experiment.model().row_count(), experiment.points());
    let figures = Figures::read(rows, points, parts.files(PartTable::Outcomes))?;
    if figures.failed > 0 {
        let failed = figures.failed;
        return without(format!("{failed} of {points} points failed, and the rest is no longer the design"));
    }
    let rows = sensitivities(experiment, &figures);
    Ok(((!rows.is_empty()).then(|| sensitivity_table(experiment, &rows)), None))
}

fn manifest_of(
    experiment: &Experiment,
    identity: &RunIdentity,
    files: &[WrittenFile],
    of_tables: Vec<String>,
) -> Vec<u8> {
    let inputs = identity.inputs.clone().into_iter().collect();
    let provenance = Provenance { inputs, ..experiment.provenance().clone() };
    let facts = [
        ("sweep", json!(identity.file)),
        ("points", json!(identity.points)),
        ("keep_replicates", json!(identity.keep_replicates)),
        ("run", json!(identity.digest())),
    ];
    let facts = facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect();
    let notes = [notes(experiment.model().setting(), &provenance, false), of_tables].concat();
    let files = files.iter().map(|written| (written.name(), written.sha256.clone())).collect();
    Manifest { provenance: &provenance, notes: &notes, facts, files, work: None }.json()
}
