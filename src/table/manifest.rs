//! The manifest beside a file: how it came about, so that it can be made again and cited. One schema for all
//! commands; and the digests of inputs and outputs that it holds.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::json::pretty;
use super::provenance::Provenance;
use crate::domain::{NUMBERS_VERSION, SourceFile};

/// How a file came about.
#[derive(Debug)]
pub(crate) struct Manifest<'a> {
    /// What the numbers rest on.
    pub provenance: &'a Provenance,
    /// What every output of the table says.
    pub notes: &'a [String],
    /// What else is true of the file, by name.
    pub facts: Map<String, Value>,
    /// The files described, each with the SHA-256 of its bytes.
    pub files: Vec<(String, String)>,
    /// The command as typed, which may be empty, and how long it took; absent for work that many processes may share,
    /// whose manifest is the same whoever did it.
    pub work: Option<(&'a [String], Duration)>,
}

impl Manifest<'_> {
    /// The manifest as JSON.
    pub(crate) fn json(self) -> Vec<u8> {
        let mut manifest = Map::new();
        let entries = [
            ("program", json!("repat")),
            ("version", json!(env!("CARGO_PKG_VERSION"))),
            ("numbers_version", json!(NUMBERS_VERSION)),
            ("commit", json!(option_env!("REPAT_COMMIT"))),
            ("target", json!(env!("REPAT_TARGET"))),
            ("command", json!(self.work.map(|(command, _)| command))),
            ("files_sha256", by_name(&self.files)),
            ("notes", json!(self.notes)),
        ];
        manifest.extend(entries.map(|(name, value)| (name.to_string(), value)));
        manifest.extend(self.provenance.facts());
        manifest.extend(self.facts);
        manifest.insert("inputs_sha256".into(), by_name(&self.provenance.inputs));
        manifest.insert("wall_time_seconds".into(), json!(self.work.map(|(_, time)| time.as_secs_f64())));
        pretty(&Value::Object(manifest))
    }
}

fn by_name(digests: &[(String, String)]) -> Value {
    Value::Object(digests.iter().map(|(name, digest)| (name.clone(), json!(digest))).collect())
}

/// Files that were read, each with the SHA-256 of its bytes.
pub(crate) fn digests(files: &[Arc<SourceFile>]) -> Vec<(String, String)> {
    files.iter().map(|file| (file.name.clone(), digest(file.text.as_bytes()))).collect()
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
