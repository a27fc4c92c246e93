//! Where a run of a sweep, or one shard of it, keeps what it has done, so that it can be killed at any time
//! and resumed.

use std::{
    collections::BTreeSet,
    fs::DirEntry,
    io,
    path::{Path, PathBuf},
};

use super::journal::Journal;
use super::parts::{PartTable, Parts, part_digest, part_path, parts_folder, work_folder};
use super::{RunIdentity, Shard};
use crate::domain::{Error, Problem};
use crate::table::digest;

/// What to do about results that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse to begin.
    Refuse,
    /// Go on with them; begin where there are none.
    Resume,
    /// Remove them and begin again.
    Replace,
}

/// The folder of a run.
#[derive(Debug)]
pub struct SweepFolder {
    work: PathBuf,
    identity: RunIdentity,
    journal: Journal,
    done: BTreeSet<u64>,
}

/// A part whose points were evaluated, as the bytes of its files: what [`part_files`](super::part_files)
/// makes.
#[derive(Debug, Clone)]
pub struct FinishedPart {
    /// The part's number.
    pub number: u64,
    /// The bytes of each of its files.
    pub files: Vec<Vec<u8>>,
}

impl SweepFolder {
    /// Opens `folder` for an entire sweep, or `folder/shard-1-of-3` for a shard.
    ///
    /// # Errors
    ///
    /// If results are there and are neither to be resumed nor replaced, or are to be resumed and are another
    /// run's; if the folder has shards of another number; or if it cannot be written.
    pub fn open(folder: &Path, identity: RunIdentity, existing: Existing) -> Result<SweepFolder, Error> {
        let work = work_folder(folder, identity.shard);
        refuse_other_shards(folder, identity.shard)?;
        let has_journal = Journal::path(&work).exists();
        match existing {
            Existing::Resume if has_journal => return SweepFolder::resume(work, identity),
            Existing::Replace if has_journal => clear(&work)?,
            Existing::Replace => {}
            Existing::Refuse | Existing::Resume => refuse_occupied(&work, existing)?,
        }
        std::fs::create_dir_all(&work).map_err(|error| Error::writing(&work, error))?;
        let journal = Journal::begin(&work, &identity)?;
        make_parts_folder(&work)?;
        Ok(SweepFolder { work, identity, journal, done: BTreeSet::new() })
    }

    fn resume(work: PathBuf, identity: RunIdentity) -> Result<SweepFolder, Error> {
        let record = Journal::read(&work)?;
        let differences = record.identity.differences(&identity);
        if !differences.is_empty() {
            let what = format!("{}: cannot be resumed by another run", work.display());
            let problem = Problem::new(what).notes(differences);
            let problem = problem.help("run what was run there, or choose another folder");
            return Err(problem.help_option("force", "begins again").into());
        }
        make_parts_folder(&work)?;
        let tables = PartTable::all(identity.keep_replicates);
        let is_intact =
            |(part, digest): &(&u64, &String)| part_digest(&work, tables, **part).as_ref() == Some(*digest);
        let done = record.done.iter().filter(is_intact).map(|(part, _)| *part).collect();
        Ok(SweepFolder { journal: Journal::resume(&work)?, work, identity, done })
    }

    /// The identity of the run.
    pub fn identity(&self) -> &RunIdentity {
        &self.identity
    }

    /// The parts that are this run's to do, finished or not.
    pub fn own(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.identity.parts).filter(|part| self.identity.shard.has(*part))
    }

    /// The parts still to be done.
    pub fn missing(&self) -> Vec<u64> {
        self.own().filter(|part| !self.is_done(*part)).collect()
    }

    /// Whether a part is done.
    pub fn is_done(&self, part: u64) -> bool {
        self.done.contains(&part)
    }

    /// Keeps finished parts: first their files, then the note in the journal that they are there.
    ///
    /// Only the journal is brought to the disk at once. What a power cut tears of the files no longer has
    /// the digest that the journal gives, and is done again.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn keep(&mut self, parts: &[FinishedPart]) -> Result<(), Error> {
        let tables = PartTable::all(self.identity.keep_replicates);
        let mut noted = Vec::new();
        for part in parts {
            for (table, bytes) in tables.iter().zip(&part.files) {
                let path = part_path(&self.work, *table, part.number);
                std::fs::write(&path, bytes).map_err(|error| Error::writing(&path, error))?;
            }
            noted.push((part.number, digest(&part.files.concat())));
        }
        self.journal.note(&noted)?;
        self.done.extend(parts.iter().map(|part| part.number));
        Ok(())
    }

    /// All parts of an entire sweep.
    pub fn parts(&self) -> Parts {
        Parts { folder: self.work.clone(), shards: 1, parts: self.identity.parts }
    }
}

/// The shards that have a folder in the sweep's, by number of shards and index.
///
/// # Errors
///
/// If the folder cannot be read.
pub(super) fn shards_in(folder: &Path) -> io::Result<Vec<Shard>> {
    let mut shards: Vec<Shard> =
        std::fs::read_dir(folder)?.flatten().filter_map(|entry| shard(&entry)).collect();
    shards.sort_by_key(|shard| (shard.count(), *shard));
    Ok(shards)
}

fn shard(entry: &DirEntry) -> Option<Shard> {
    Shard::of_folder(entry.file_name().to_str()?)
}

/// Shards of different numbers cannot be merged, which is better reported before the work than after.
fn refuse_other_shards(folder: &Path, own: Shard) -> Result<(), Error> {
    let there = shards_in(folder).unwrap_or_default();
    match there.iter().find(|shard| own != Shard::ONLY && shard.count() != own.count()) {
        None => Ok(()),
        Some(other) => {
            let what =
                format!("{}: there is shard {other}, which shard {own} does not fit", folder.display());
            Err(Problem::new(what).help("split the sweep as it was, or choose another folder").into())
        }
    }
}

/// Refuses a folder that holds anything but shards, or drafts of a journal.
fn refuse_occupied(work: &Path, existing: Existing) -> Result<(), Error> {
    let is_free = |entry: &DirEntry| {
        shard(entry).is_some() || entry.file_name().to_string_lossy().starts_with(".repat-")
    };
    let occupied = work.read_dir().is_ok_and(|entries| entries.flatten().any(|entry| !is_free(&entry)));
    if !occupied {
        return Ok(());
    }
    let problem = match existing {
        Existing::Resume => Problem::new(format!("{}: holds something, but no sweep", work.display())),
        Existing::Refuse | Existing::Replace => {
            Problem::new(format!("{}: there is something in it already", work.display()))
                .help_option("resume", "goes on with a sweep that was interrupted")
        }
    };
    Err(problem.help_option("force", "begins again").into())
}

fn make_parts_folder(work: &Path) -> Result<(), Error> {
    let parts = parts_folder(work);
    std::fs::create_dir_all(&parts).map_err(|error| Error::writing(&parts, error))
}

/// Removes what an earlier sweep left, and nothing else.
fn clear(work: &Path) -> Result<(), Error> {
    let parts = parts_folder(work);
    match std::fs::remove_dir_all(&parts) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::writing(&parts, error)),
        _ => {}
    }
    let journal = Journal::path(work);
    std::fs::remove_file(&journal).map_err(|error| Error::writing(&journal, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::identity::tests::identity;

    fn open(folder: &Path, identity: &RunIdentity, existing: Existing) -> Result<SweepFolder, Error> {
        SweepFolder::open(folder, identity.clone(), existing)
    }

    fn part(number: u64) -> FinishedPart {
        FinishedPart { number, files: vec![b"result".into()] }
    }

    #[test]
    fn a_part_that_was_tampered_with_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let run = identity(Shard::ONLY);
        let mut sweep = open(folder.path(), &run, Existing::Refuse).unwrap();
        sweep.keep(&[part(0), part(1), part(2)]).unwrap();
        assert!(sweep.missing().is_empty());
        std::fs::write(part_path(folder.path(), PartTable::Outcomes, 1), "other").unwrap();
        let again = open(folder.path(), &run, Existing::Resume).unwrap();
        assert_eq!(again.missing(), [1]);
    }

    #[test]
    fn resuming_begins_where_nothing_is_and_goes_on_where_something_is() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new").join("out");
        let run = identity(Shard::ONLY);
        assert_eq!(open(&out, &run, Existing::Resume).unwrap().missing(), [0, 1, 2]);
        let mut again = open(&out, &run, Existing::Resume).unwrap();
        again.keep(&[part(2)]).unwrap();
        assert_eq!(open(&out, &run, Existing::Resume).unwrap().missing(), [0, 1]);
        let foreign = folder.path().join("foreign");
        std::fs::create_dir(&foreign).unwrap();
        std::fs::write(foreign.join("letter.txt"), "Dear").unwrap();
        let error = open(&foreign, &run, Existing::Resume).unwrap_err();
        assert!(error.to_string().contains("holds something, but no sweep"), "{error}");
    }

    #[test]
    fn a_folder_in_use_is_refused_and_another_run_is_not_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let run = identity(Shard::ONLY);
        drop(open(folder.path(), &run, Existing::Refuse).unwrap());
        assert_eq!(open(folder.path(), &run, Existing::Refuse).unwrap_err().exit_code(), 2);
        let other = RunIdentity { seed: 8, ..run };
        let error = open(folder.path(), &other, Existing::Resume).unwrap_err();
        assert_eq!(error.problems()[0].notes, ["seed: 7 there, 8 now"]);
        assert!(open(folder.path(), &other, Existing::Replace).is_ok());
    }

    #[test]
    fn shards_of_another_number_are_refused_before_any_work() {
        let folder = tempfile::tempdir().unwrap();
        let shard = |index, count| identity(Shard::new(index, count).unwrap());
        drop(open(folder.path(), &shard(1, 3), Existing::Refuse).unwrap());
        assert!(open(folder.path(), &shard(3, 3), Existing::Refuse).is_ok());
        let error = open(folder.path(), &shard(2, 4), Existing::Refuse).unwrap_err();
        assert!(error.to_string().contains("there is shard 1/3"), "{error}");
    }
}
