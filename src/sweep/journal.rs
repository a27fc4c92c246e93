//! What a run has done, line by line: first its identity, then each finished part with the SHA-256 of its
//! files. Lines are only ever appended, and a torn last line does not count.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::RunIdentity;
use crate::domain::{Error, Problem};
use crate::table::{AtomicFile, read_regular_file};

/// A journal that is written to.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

/// A journal as it was left.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) identity: RunIdentity,
    /// The digests of each finished part's files.
    pub(super) done: BTreeMap<u64, Vec<String>>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct First {
    identity: RunIdentity,
}

/// Any other line.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    part: u64,
    sha256: Vec<String>,
}

impl Journal {
    /// The journal of a folder.
    pub(super) fn path(work: &Path) -> PathBuf {
        work.join("journal.jsonl")
    }

    /// Begins a journal. It appears with its first line or not at all.
    ///
    /// # Errors
    ///
    /// If there is one, or it cannot be written.
    pub(super) fn begin(work: &Path, identity: &RunIdentity) -> Result<Journal, Error> {
        let path = Journal::path(work);
        let first = line(&First { identity: identity.clone() });
        AtomicFile::reserve(&path, false)?.write(first.as_bytes())?;
        Journal::resume(work)
    }

    /// Goes on with a journal; a torn last line is cut off.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written.
    pub(super) fn resume(work: &Path) -> Result<Journal, Error> {
        let path = Journal::path(work);
        let text = read_regular_file(&path)?;
        let complete = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let opened = OpenOptions::new().append(true).open(&path).and_then(|file| {
            file.set_len(complete as u64)?;
            Ok(file)
        });
        let file = opened.map_err(|error| Error::writing(&path, error))?;
        Ok(Journal { path, file })
    }

    /// Notes that parts are done, once their files are: one line each, brought to the disk together.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn note(&mut self, parts: &[(u64, Vec<String>)]) -> Result<(), Error> {
        let lines: String =
            parts.iter().map(|(part, sha256)| line(&Done { part: *part, sha256: sha256.clone() })).collect();
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| Error::writing(&self.path, error))
    }

    /// Whether the file was written by some version of repat.
    pub(super) fn is_ours(work: &Path) -> bool {
        let begins = read_regular_file(&Journal::path(work)).unwrap_or_default();
        begins.starts_with(b"{\"identity\":{\"version\":")
    }

    /// Reads the journal of a folder.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or does not begin with an identity that this version understands.
    pub(super) fn read(work: &Path) -> Result<Record, Error> {
        let path = Journal::path(work);
        let bytes = read_regular_file(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        let complete = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
        let mut lines = complete.lines();
        let first = lines.next().and_then(|line| serde_json::from_str::<First>(line).ok());
        let Some(first) = first.filter(|first| first.identity.is_sound()) else {
            let what = format!("{}: is damaged, or was written by another version of repat", path.display());
            return Err(Problem::new(what).help_option("force", "begins again").into());
        };
        let done = lines.filter_map(|line| serde_json::from_str::<Done>(line).ok());
        Ok(Record { identity: first.identity, done: done.map(|done| (done.part, done.sha256)).collect() })
    }
}

/// A value as a line of JSON.
fn line(value: &impl Serialize) -> String {
    // Structs of texts and numbers, and maps with texts for keys, always have a form in JSON.
    let json = serde_json::to_string(value).expect("texts and numbers can be written as JSON");
    json + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Shard, identity::tests::identity};

    #[test]
    fn what_was_noted_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunIdentity { seed: u64::MAX, ..identity(Shard::ONLY) };
        let mut journal = Journal::begin(folder.path(), &run).unwrap();
        journal.note(&[(3, vec!["abc".into()]), (1, vec!["def".into()])]).unwrap();
        let record = Journal::read(folder.path()).unwrap();
        assert_eq!(record.identity, run);
        assert_eq!(record.done, [(1, vec!["def".to_string()]), (3, vec!["abc".to_string()])].into());
    }

    #[test]
    fn a_torn_last_line_does_not_count_and_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), &identity(Shard::ONLY)).unwrap();
        journal.note(&[(0, vec!["abc".into()])]).unwrap();
        journal.file.write_all(b"{\"part\":1,\"sha").unwrap();
        assert_eq!(Journal::read(folder.path()).unwrap().done.len(), 1);
        Journal::resume(folder.path()).unwrap().note(&[(1, vec!["def".into()])]).unwrap();
        assert_eq!(Journal::read(folder.path()).unwrap().done.len(), 2);
    }

    #[test]
    fn a_journal_of_another_form_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(Journal::path(folder.path()), "{\"identity\":{\"seed\":\"7\"}}\n").unwrap();
        let error = Journal::read(folder.path()).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("force begins again"), "{error}");
    }
}
