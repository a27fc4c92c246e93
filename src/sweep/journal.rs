use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use serde_json::{Value, json};

use crate::domain::SourceFile;
use crate::table::digest;

/// What makes two runs of a sweep the same: they may share parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(pub BTreeMap<String, String>);

impl Identity {
    /// The digests of input files.
    pub fn of_files(files: &[Arc<SourceFile>]) -> Identity {
        let digest = |file: &Arc<SourceFile>| {
            let name = format!("input {}", file.name);
            (name, digest(file.text.as_bytes()))
        };
        Identity(files.iter().map(digest).collect())
    }

    /// What was recorded of the run under a key.
    pub fn value(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Whether what single replicates counted is kept.
    pub fn keeps_replicates(&self) -> bool {
        self.value("keep_replicates") == "yes"
    }

    /// Where the other differs, one line each.
    pub fn differences(&self, other: &Identity) -> Vec<String> {
        let keys = self.0.keys().chain(other.0.keys().filter(|key| !self.0.contains_key(*key)));
        let shown = |value: Option<&String>| value.map_or("nothing".to_string(), String::clone);
        keys.filter(|key| self.0.get(*key) != other.0.get(*key))
            .map(|key| format!("{key}: {} there, {} now", shown(self.0.get(key)), shown(other.0.get(key))))
            .collect()
    }
}

/// What is done, line by line: first the identity of the run, then each finished part with the
/// SHA-256 of its file. Lines are only ever appended, and a torn last line does not count.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
}

/// A journal as it was left.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) identity: Identity,
    pub(super) done: BTreeMap<u64, String>,
}

impl Journal {
    /// Begins a journal.
    pub(super) fn begin(path: &Path, identity: &Identity) -> io::Result<Journal> {
        let mut journal = Journal { file: File::create_new(path)? };
        journal.line(&json!({ "identity": identity.0 }))?;
        Ok(journal)
    }

    /// Goes on with a journal; a torn last line is cut off.
    pub(super) fn resume(path: &Path) -> io::Result<Journal> {
        let text = std::fs::read(path)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let file = OpenOptions::new().append(true).open(path)?;
        file.set_len(whole as u64)?;
        Ok(Journal { file })
    }

    /// Notes that a part is done, once its file is.
    pub(super) fn done(&mut self, part: u64, digest: &str) -> io::Result<()> {
        self.line(&json!({ "part": part, "sha256": digest }))
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        self.file.write_all(format!("{value}\n").as_bytes())?;
        self.file.sync_data()
    }

    /// What a journal says; `None` if it does not even say whose it is.
    pub(super) fn read(path: &Path) -> io::Result<Option<Record>> {
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let mut lines = whole.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let identity = lines.next().and_then(|line| identity(&line));
        let part = |line: Value| Some((line["part"].as_u64()?, line["sha256"].as_str()?.to_string()));
        Ok(identity.map(|identity| Record { identity, done: lines.filter_map(part).collect() }))
    }
}

fn identity(line: &Value) -> Option<Identity> {
    let values = line["identity"].as_object()?.iter();
    Some(Identity(
        values.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().into())).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone() -> Identity {
        Identity([("seed".to_string(), "7".to_string())].into())
    }

    #[test]
    fn what_was_noted_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::begin(&path, &someone()).unwrap();
        journal.done(3, "abc").unwrap();
        let record = Journal::read(&path).unwrap().unwrap();
        assert_eq!(record.identity, someone());
        assert_eq!(record.done, [(3, "abc".to_string())].into());
    }

    #[test]
    fn a_torn_last_line_does_not_count_and_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::begin(&path, &someone()).unwrap();
        journal.done(0, "abc").unwrap();
        journal.file.write_all(b"{\"part\":1,\"sha").unwrap();
        assert_eq!(Journal::read(&path).unwrap().unwrap().done.len(), 1);
        Journal::resume(&path).unwrap().done(1, "def").unwrap();
        assert_eq!(Journal::read(&path).unwrap().unwrap().done.len(), 2);
    }

    #[test]
    fn differences_name_what_differs() {
        let other = Identity([("seed".to_string(), "8".to_string())].into());
        assert_eq!(someone().differences(&other), ["seed: 7 there, 8 now"]);
        assert!(someone().differences(&someone()).is_empty());
    }
}
