//! Where a run of a sweep, or one shard of it, keeps what it has done, so that it can be killed at any time
//! and resumed.

use std::{
    collections::BTreeMap,
    fs::DirEntry,
    io,
    path::{Path, PathBuf},
};

use super::journal::Journal;
use super::lock::FolderLock;
use super::own_tables::OwnTables;
use super::parts::{PartTable, Parts, is_part_file, part_digests, part_path, parts_folder, work_folder};
use super::{RunIdentity, Shard};
use crate::domain::{Error, Problem};
use crate::table::{digest, remove_file};

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
    /// The digests of finished parts' files, as this process wrote or checked them.
    done: BTreeMap<u64, Vec<String>>,
    _lock: FolderLock,
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
        refuse_occupied(&work, existing)?;
        std::fs::create_dir_all(&work).map_err(|error| Error::writing(&work, error))?;
        let lock = FolderLock::acquire(&work)?;
        // Another process may have begun since.
        refuse_occupied(&work, existing)?;
        if identity.shard == Shard::ONLY {
            let tables = OwnTables::find(&work)?;
            if existing == Existing::Replace {
                tables.remove()?;
            }
        }
        if existing == Existing::Resume && Journal::path(&work).exists() {
            return SweepFolder::resume(work, identity, lock);
        }
        clear(&work)?;
        let journal = Journal::begin(&work, &identity)?;
        make_parts_folder(&work)?;
        Ok(SweepFolder { work, identity, journal, done: BTreeMap::new(), _lock: lock })
    }

    fn resume(work: PathBuf, identity: RunIdentity, lock: FolderLock) -> Result<SweepFolder, Error> {
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
        let mut done = record.done;
        done.retain(|part, digests| part_digests(&work, tables, *part).as_ref() == Some(digests));
        Ok(SweepFolder { journal: Journal::resume(&work)?, work, identity, done, _lock: lock })
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
        self.done.contains_key(&part)
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
            noted.push((part.number, part.files.iter().map(|file| digest(file)).collect()));
        }
        self.journal.note(&noted)?;
        self.done.extend(noted);
        Ok(())
    }

    /// All parts of an entire sweep.
    pub fn parts(&self) -> Parts {
        Parts { folder: self.work.clone(), shards: 1, digests: self.done.clone() }
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

/// Refuses a folder that holds anything but shards and files of ours that say nothing, unless it is to be resumed and
/// has a journal, or to be replaced.
fn refuse_occupied(work: &Path, existing: Existing) -> Result<(), Error> {
    if existing == Existing::Replace || existing == Existing::Resume && Journal::path(work).exists() {
        return Ok(());
    }
    let is_free = |entry: &DirEntry| {
        shard(entry).is_some() || entry.file_name().to_string_lossy().starts_with(".repat-")
    };
    let occupied = work.read_dir().is_ok_and(|entries| entries.flatten().any(|entry| !is_free(&entry)));
    if !occupied {
        return Ok(());
    }
    if existing == Existing::Resume {
        let what = format!("{}: holds something, but no sweep", work.display());
        return Err(Problem::new(what).help("choose another folder, or an empty one").into());
    }
    let problem = Problem::new(format!("{}: there is something in it already", work.display()));
    let problem = problem.help_option("resume", "goes on with a sweep that was interrupted");
    Err(problem.help_option("force", "begins again").into())
}

fn make_parts_folder(work: &Path) -> Result<(), Error> {
    let parts = parts_folder(work);
    std::fs::create_dir_all(&parts).map_err(|error| Error::writing(&parts, error))
}

/// Removes the journal and the parts that an earlier sweep left, and nothing else.
///
/// # Errors
///
/// If there is a file that has the name of a journal and is none; if something cannot be removed.
fn clear(work: &Path) -> Result<(), Error> {
    let journal = Journal::path(work);
    if !journal.exists() {
        return Ok(());
    }
    if !Journal::is_ours(work) {
        let what = format!("{}: is there, and is not a journal that repat wrote", journal.display());
        return Err(Problem::new(what).help("move it somewhere else, or choose another folder").into());
    }
    let parts = parts_folder(work);
    for entry in parts.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_part_file) {
            remove_file(&entry.path())?;
        }
    }
    // Something else may lie in it, which stays.
    let _ = std::fs::remove_dir(&parts);
    remove_file(&journal)
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
        drop(sweep);
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
        drop(again);
        assert_eq!(open(&out, &run, Existing::Resume).unwrap().missing(), [0, 1]);
        let foreign = folder.path().join("foreign");
        std::fs::create_dir(&foreign).unwrap();
        std::fs::write(foreign.join("letter.txt"), "Dear").unwrap();
        let error = open(&foreign, &run, Existing::Resume).unwrap_err();
        assert!(error.to_string().contains("holds something, but no sweep"), "{error}");
    }

    #[test]
    fn a_folder_has_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let run = identity(Shard::ONLY);
        let first = open(folder.path(), &run, Existing::Refuse).unwrap();
        for existing in [Existing::Resume, Existing::Replace] {
            let error = open(folder.path(), &run, existing).unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains("is working in"), "{error}");
        }
        drop(first);
        assert!(open(folder.path(), &run, Existing::Resume).is_ok());
    }

    #[test]
    fn replacing_removes_nothing_but_what_a_sweep_left() {
        let folder = tempfile::tempdir().unwrap();
        let run = identity(Shard::ONLY);
        let mut sweep = open(folder.path(), &run, Existing::Refuse).unwrap();
        sweep.keep(&[part(0)]).unwrap();
        drop(sweep);
        let theirs = parts_folder(folder.path()).join("ch1.txt");
        std::fs::write(&theirs, "thesis").unwrap();
        assert_eq!(open(folder.path(), &run, Existing::Replace).unwrap().missing(), [0, 1, 2]);
        assert!(theirs.exists());
        std::fs::write(Journal::path(folder.path()), "log\n").unwrap();
        let error = open(folder.path(), &run, Existing::Replace).unwrap_err();
        assert!(error.to_string().contains("is not a journal"), "{error}");
        assert_eq!(std::fs::read(Journal::path(folder.path())).unwrap(), b"log\n");
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
