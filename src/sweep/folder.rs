use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use super::journal::{Journal, Record};
use super::parts::{PartTable, Parts, part_digest, part_path, parts_folder, work_folder};
use super::{Identity, Shard};
use crate::domain::Problem;
use crate::table::{AtomicFile, digest};

/// What to do about results that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse to begin.
    Refuse,
    /// Go on with them.
    Resume,
    /// Remove them and begin anew.
    Replace,
}

/// Why a folder cannot be used.
#[derive(Debug)]
pub enum FolderError {
    /// The user must decide something.
    Refused(Box<Problem>),
    /// Reading or writing failed.
    Failed(String),
}

impl FolderError {
    fn refused(problem: Problem) -> FolderError {
        FolderError::Refused(Box::new(problem))
    }

    fn failed(path: &Path, error: &io::Error) -> FolderError {
        FolderError::Failed(format!("{}: {error}", path.display()))
    }
}

/// Where a sweep, or one shard of it, keeps what it has done.
#[derive(Debug)]
pub struct SweepFolder {
    work: PathBuf,
    shard: Shard,
    tables: &'static [PartTable],
    journal: Journal,
    done: BTreeSet<u64>,
}

const JOURNAL: &str = "journal.jsonl";

impl SweepFolder {
    /// Opens `folder` for the whole sweep, or `folder/shard-i-of-n` for a shard.
    ///
    /// # Errors
    ///
    /// If results are there and are neither to be resumed nor replaced, or are to be resumed and
    /// are another run's; or if the folder cannot be written.
    pub fn open(
        folder: &Path,
        shard: Shard,
        identity: &Identity,
        existing: Existing,
    ) -> Result<SweepFolder, FolderError> {
        let work = work_folder(folder, shard);
        let journal_path = work.join(JOURNAL);
        let occupied = work.read_dir().is_ok_and(|mut entries| entries.any(|entry| !is_shard(&entry)));
        match existing {
            Existing::Refuse if occupied => return Err(refuse_occupied(&work)),
            Existing::Resume => return SweepFolder::resume(work, shard, identity),
            Existing::Replace if journal_path.exists() => clear(&work)?,
            Existing::Refuse | Existing::Replace => {}
        }
        let parts = parts_folder(&work);
        std::fs::create_dir_all(&parts).map_err(|error| FolderError::failed(&parts, &error))?;
        let journal = Journal::begin(&journal_path, identity);
        let journal = journal.map_err(|error| FolderError::failed(&journal_path, &error))?;
        let (tables, done) = (PartTable::of(identity), BTreeSet::new());
        Ok(SweepFolder { work, shard, tables, journal, done })
    }

    fn resume(work: PathBuf, shard: Shard, identity: &Identity) -> Result<SweepFolder, FolderError> {
        let path = work.join(JOURNAL);
        let record = record(&work)?;
        let differences = record.identity.differences(identity);
        if !differences.is_empty() {
            let what = format!("{}: cannot be resumed by another run", work.display());
            let problem = differences.into_iter().fold(Problem::new(what), Problem::note);
            let help = "run what was run there, or begin anew in another folder or with --force";
            return Err(FolderError::refused(problem.help(help)));
        }
        let journal = Journal::resume(&path).map_err(|error| FolderError::failed(&path, &error))?;
        let tables = PartTable::of(identity);
        let whole =
            |(part, digest): &(&u64, &String)| part_digest(&work, tables, **part).as_ref() == Some(*digest);
        let done = record.done.iter().filter(whole).map(|(part, _)| *part).collect();
        Ok(SweepFolder { work, shard, tables, journal, done })
    }

    /// The parts still to be done, of so many in all.
    pub fn missing(&self, parts: u64) -> Vec<u64> {
        (0..parts).filter(|part| self.shard.has(*part) && !self.done.contains(part)).collect()
    }

    /// Keeps a finished part: first the file of each of its tables, then the note that they are there.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn keep(&mut self, part: u64, files: &[Vec<u8>]) -> Result<(), FolderError> {
        for (table, bytes) in self.tables.iter().zip(files) {
            let path = part_path(&self.work, *table, part);
            let written = AtomicFile::reserve(&path, true).and_then(|file| file.write(bytes));
            written.map_err(|error| FolderError::Failed(error.to_string()))?;
        }
        let digest = digest(&files.concat());
        let noted = self.journal.done(part, &digest);
        noted.map_err(|error| FolderError::failed(&self.work.join(JOURNAL), &error))?;
        self.done.insert(part);
        Ok(())
    }

    /// All parts of a whole sweep, of so many.
    pub fn parts(&self, parts: u64) -> Parts {
        Parts { folder: self.work.clone(), shards: 1, parts }
    }
}

/// What shards left in a folder: their common identity and all parts.
///
/// # Errors
///
/// If shards are missing, unfinished, damaged or not of one run: names every one that is wrong.
pub fn merge_shards(folder: &Path) -> Result<(Identity, Parts), FolderError> {
    let shards = shards_in(folder)?;
    let Some(count) = shards.first().map(|shard| shard.count) else {
        let what = format!("{}: there are no shards to merge", folder.display());
        let help = "run `repat sweep ... --shard i/n --out` with this folder first";
        return Err(FolderError::refused(Problem::new(what).help(help)));
    };
    let mut problem = Problem::new(format!("{}: the shards do not make a whole", folder.display()));
    let mixed: Vec<String> = shards.iter().filter(|s| s.count != count).map(Shard::to_string).collect();
    if !mixed.is_empty() {
        problem = problem.note(format!("shards of another number than {count}: {}", mixed.join(", ")));
    }
    let mut identity: Option<Identity> = None;
    for shard in (1..=count).map(|index| Shard { index, count }) {
        match finished_shard(folder, shard) {
            Ok(own) => {
                let first = identity.get_or_insert_with(|| own.clone());
                let differences = first.differences(&own);
                problem = differences
                    .iter()
                    .fold(problem, |p, d| p.note(format!("shard {shard} is of another run: {d}")));
            }
            Err(why) => problem = problem.note(format!("shard {shard} {why}")),
        }
    }
    match identity {
        Some(identity) if problem.notes.is_empty() => {
            let parts = number_of_parts(&identity);
            Ok((identity, Parts { folder: folder.into(), shards: count, parts }))
        }
        _ => Err(FolderError::refused(
            problem.help("run or resume the shards named, each with the same sweep and seed"),
        )),
    }
}

/// A shard's identity without its number, if all of its parts are there.
fn finished_shard(folder: &Path, shard: Shard) -> Result<Identity, String> {
    let work = work_folder(folder, shard);
    if !work.join(JOURNAL).exists() {
        return Err("is missing".into());
    }
    let record = record(&work).map_err(|_| "has an unreadable journal".to_string())?;
    let mut identity = record.identity;
    if identity.0.remove("shard") != Some(shard.to_string()) {
        return Err("holds another shard's results".into());
    }
    let (parts, tables) = (number_of_parts(&identity), PartTable::of(&identity));
    for part in (0..parts).filter(|part| shard.has(*part)) {
        match record.done.get(&part) {
            None => return Err(format!("is unfinished: part {part} of {parts} is missing")),
            Some(digest) if part_digest(&work, tables, part).as_ref() != Some(digest) => {
                return Err(format!("is damaged: part {part} is not what was written"));
            }
            Some(_) => {}
        }
    }
    Ok(identity)
}

fn number_of_parts(identity: &Identity) -> u64 {
    identity.value("parts").parse().unwrap_or(0)
}

fn shards_in(folder: &Path) -> Result<Vec<Shard>, FolderError> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        let what = format!("{}: cannot be read: {error}", folder.display());
        FolderError::refused(Problem::new(what).help("name the folder that the shards were run into"))
    })?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let shards = names.filter_map(|name| name.strip_prefix("shard-")?.replace("-of-", "/").parse().ok());
    let mut shards: Vec<Shard> = shards.collect();
    shards.sort_by_key(|shard| (shard.count, shard.index));
    Ok(shards)
}

fn is_shard(entry: &io::Result<std::fs::DirEntry>) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("shard-"))
}

fn refuse_occupied(work: &Path) -> FolderError {
    let what = format!("{}: there is something in it already", work.display());
    let help = "--resume goes on with a sweep that was interrupted, --force begins it anew";
    FolderError::refused(Problem::new(what).help(help))
}

fn record(work: &Path) -> Result<Record, FolderError> {
    let path = work.join(JOURNAL);
    let record = Journal::read(&path).ok().flatten();
    record.ok_or_else(|| {
        let what = format!("{}: there is no sweep to resume", work.display());
        FolderError::refused(Problem::new(what).help("leave --resume out to begin one"))
    })
}

/// Removes what an earlier sweep left, and nothing else.
fn clear(work: &Path) -> Result<(), FolderError> {
    let parts = parts_folder(work);
    let removed = std::fs::remove_dir_all(&parts).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    removed.map_err(|error| FolderError::failed(&parts, &error))?;
    let journal = work.join(JOURNAL);
    std::fs::remove_file(&journal).map_err(|error| FolderError::failed(&journal, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(shard: Shard) -> Identity {
        Identity([("parts".to_string(), "3".to_string()), ("shard".into(), shard.to_string())].into())
    }

    #[test]
    fn a_part_that_was_tampered_with_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let whole = identity(Shard::WHOLE);
        let mut sweep = SweepFolder::open(folder.path(), Shard::WHOLE, &whole, Existing::Refuse).unwrap();
        (0..3).for_each(|part| sweep.keep(part, &[b"result".into()]).unwrap());
        std::fs::write(part_path(folder.path(), PartTable::Outcomes, 1), "other").unwrap();
        let again = SweepFolder::open(folder.path(), Shard::WHOLE, &whole, Existing::Resume).unwrap();
        assert_eq!(again.missing(3), [1]);
    }

    #[test]
    fn a_folder_in_use_is_refused_and_another_run_is_not_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let whole = identity(Shard::WHOLE);
        drop(SweepFolder::open(folder.path(), Shard::WHOLE, &whole, Existing::Refuse).unwrap());
        let refused = SweepFolder::open(folder.path(), Shard::WHOLE, &whole, Existing::Refuse);
        assert!(matches!(refused, Err(FolderError::Refused(_))));
        let mut other = whole.clone();
        other.0.insert("seed".into(), "8".into());
        let Err(FolderError::Refused(problem)) =
            SweepFolder::open(folder.path(), Shard::WHOLE, &other, Existing::Resume)
        else {
            panic!("resumed another run");
        };
        assert_eq!(problem.notes, ["seed: nothing there, 8 now"]);
        assert!(SweepFolder::open(folder.path(), Shard::WHOLE, &other, Existing::Replace).is_ok());
    }

    #[test]
    fn missing_unfinished_and_damaged_shards_are_all_named() {
        let folder = tempfile::tempdir().unwrap();
        for index in [1, 2] {
            let shard = Shard { index, count: 3 };
            let mut run =
                SweepFolder::open(folder.path(), shard, &identity(shard), Existing::Refuse).unwrap();
            if index == 1 {
                run.keep(0, &[b"result".into()]).unwrap();
            }
        }
        let Err(FolderError::Refused(problem)) = merge_shards(folder.path()) else {
            panic!("merged what is not whole");
        };
        assert_eq!(
            problem.notes,
            ["shard 2/3 is unfinished: part 1 of 3 is missing", "shard 3/3 is missing"]
        );
    }
}
