//! What the shards of a sweep left in its folder: whether they are complete, and what is wrong if not.

use std::{collections::BTreeMap, fmt, path::Path};

use super::folder::shards_in;
use super::journal::Journal;
use super::lock::FolderLock;
use super::parts::{PartTable, Parts, part_digests, work_folder};
use super::{RunIdentity, Shard};
use crate::domain::{Error, Problem};

/// The identity of the entire sweep that shards did between them, and all of its parts.
///
/// # Errors
///
/// If shards are missing, unfinished, damaged or not of one run: names every one that is wrong.
pub fn finished_shards(folder: &Path) -> Result<(RunIdentity, Parts), Error> {
    let shards = shards_in(folder).map_err(|error| Error::reading(folder, error))?;
    let Some(count) = shards.first().map(|shard| shard.count()) else {
        let what = format!("{}: there are no shards to merge", folder.display());
        return Err(Problem::new(what).help("run the shards of a sweep into this folder first").into());
    };
    let other = shards.iter().filter(|shard| shard.count() != count).map(Shard::to_string);
    let other: Vec<String> = other.collect();
    let mut notes = Vec::new();
    if !other.is_empty() {
        notes.push(format!("shards of another number than {count}: {}", other.join(", ")));
    }
    let (mut first, mut digests) = (None::<RunIdentity>, BTreeMap::new());
    for shard in Shard::all(count) {
        match finished_shard(folder, shard) {
            Err(fault) => notes.push(format!("shard {shard} {fault}")),
            Ok((own, done)) => {
                digests.extend(done);
                let differences = first.get_or_insert_with(|| own.clone()).differences(&own);
                notes.extend(differences.iter().map(|d| format!("shard {shard} is of another run: {d}")));
            }
        }
    }
    match first {
        Some(identity) if notes.is_empty() => {
            let parts = Parts { folder: folder.into(), shards: count, digests };
            Ok((identity, parts))
        }
        _ => {
            let problem = Problem::new(format!("{}: the shards cannot be merged", folder.display()));
            let help = "run or resume the shards named, each with the same sweep and seed";
            Err(problem.notes(notes).help(help).into())
        }
    }
}

/// What is wrong with a shard.
enum Fault {
    Missing,
    InUse,
    Unreadable,
    Another,
    Unfinished { part: u64, parts: u64 },
    Damaged { part: u64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing => write!(f, "is missing"),
            Fault::InUse => write!(f, "is still being worked on by another process"),
            Fault::Unreadable => write!(f, "has a journal that cannot be read"),
            Fault::Another => write!(f, "holds the results of another shard"),
            Fault::Unfinished { part, parts } => {
                write!(f, "is unfinished: part {part} of {parts} is missing")
            }
            Fault::Damaged { part } => write!(f, "is damaged: part {part} is not what was written"),
        }
    }
}

/// The identity of a shard that is finished, as that of the entire sweep, and the digests of its parts.
fn finished_shard(folder: &Path, shard: Shard) -> Result<(RunIdentity, BTreeMap<u64, Vec<String>>), Fault> {
    let work = work_folder(folder, shard);
    if !Journal::path(&work).exists() {
        return Err(Fault::Missing);
    }
    let _lock = FolderLock::acquire(&work).map_err(|_| Fault::InUse)?;
    let record = Journal::read(&work).map_err(|_| Fault::Unreadable)?;
    let identity = record.identity;
    if identity.shard != shard {
        return Err(Fault::Another);
    }
    let (parts, tables) = (identity.parts, PartTable::all(identity.keep_replicates));
    for part in (0..parts).filter(|part| shard.has(*part)) {
        match record.done.get(&part) {
            None => return Err(Fault::Unfinished { part, parts }),
            Some(digests) if part_digests(&work, tables, part).as_ref() != Some(digests) => {
                return Err(Fault::Damaged { part });
            }
            Some(_) => {}
        }
    }
    Ok((RunIdentity { shard: Shard::ONLY, ..identity }, record.done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::identity::tests::identity;
    use crate::sweep::{Existing, FinishedPart, SweepFolder};

    #[test]
    fn missing_and_unfinished_shards_are_all_named() {
        let folder = tempfile::tempdir().unwrap();
        for shard in Shard::all(3).take(2) {
            let mut run = SweepFolder::open(folder.path(), identity(shard), Existing::Refuse).unwrap();
            if shard.has(0) {
                run.keep(&[FinishedPart { number: 0, files: vec![b"result".into()] }]).unwrap();
            }
        }
        let error = finished_shards(folder.path()).unwrap_err();
        assert_eq!(
            error.problems()[0].notes,
            ["shard 2/3 is unfinished: part 1 of 3 is missing", "shard 3/3 is missing"]
        );
    }

    #[test]
    fn a_damaged_shard_is_named_and_sound_ones_are_complete() {
        let folder = tempfile::tempdir().unwrap();
        for shard in Shard::all(3) {
            let mut run = SweepFolder::open(folder.path(), identity(shard), Existing::Refuse).unwrap();
            let number = run.missing()[0];
            run.keep(&[FinishedPart { number, files: vec![b"result".into()] }]).unwrap();
        }
        let (run, parts) = finished_shards(folder.path()).unwrap();
        assert_eq!(run, identity(Shard::ONLY));
        let files: Vec<_> = parts.files(PartTable::Outcomes).map(Result::unwrap).collect();
        assert!(files.len() == 3 && files.iter().all(|file| file.bytes == b"result"), "{files:?}");
        std::fs::write(&files[1].path, "other").unwrap();
        assert!(parts.files(PartTable::Outcomes).nth(1).unwrap().is_err());
        let error = finished_shards(folder.path()).unwrap_err();
        assert_eq!(error.problems()[0].notes, ["shard 2/3 is damaged: part 1 is not what was written"]);
    }
}
