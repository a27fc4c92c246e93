use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
    time::Duration,
};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::records::pretty;
use crate::domain::{Engine, Provenance, SourceFile};

/// What a table is about and rests on.
#[derive(Debug)]
pub struct About<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// Where the numbers come from.
    pub sample: &'a Provenance,
    /// What every output of the table says.
    pub notes: Vec<String>,
}

impl About<'_> {
    /// What a manifest says of the table.
    pub fn facts(&self) -> Map<String, Value> {
        let sample = self.sample;
        let set: Map<String, Value> =
            sample.set.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let drawn = sample.replicates.filter(|_| sample.engine != Engine::Exact);
        let facts = [
            ("notes", json!(self.notes)),
            ("scenario", json!(self.scenario)),
            ("engine", json!(sample.engine.name())),
            ("seed", json!(sample.seed)),
            ("replicates", json!(sample.replicates)),
            ("population", json!(sample.population)),
            (
                "people_simulated",
                json!(drawn.and_then(|replicates| replicates.checked_mul(sample.population))),
            ),
            ("set", json!(set)),
            ("unverified_numbers", json!(sample.unverified)),
            ("assumed_numbers", json!(sample.assumed)),
        ];
        facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
    }
}

/// How a file came about: written beside it, so that it can be made again and cited.
#[derive(Debug)]
pub struct Manifest {
    /// What the table is about and rests on, by name.
    pub facts: Map<String, Value>,
    /// Every file that was read: its name and the SHA-256 of its bytes.
    pub inputs: Vec<(String, String)>,
    /// The command as typed.
    pub command: Vec<String>,
    /// The file described: its name and the SHA-256 of its bytes.
    pub file: (String, String),
    /// How long the work took.
    pub wall_time: Duration,
}

impl Manifest {
    /// The manifest as JSON.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON.
    pub fn json(self) -> Result<Vec<u8>, String> {
        let inputs = self.inputs.into_iter().map(|(name, digest)| (name, json!(digest)));
        let mut manifest = Map::new();
        let mut say = |name: &str, fact: Value| drop(manifest.insert(name.into(), fact));
        say("program", json!("repat"));
        say("version", json!(env!("CARGO_PKG_VERSION")));
        say("commit", json!(option_env!("REPAT_COMMIT")));
        say("target", json!(env!("REPAT_TARGET")));
        say("command", json!(self.command));
        say("file", json!(self.file.0));
        say("sha256", json!(self.file.1));
        self.facts.into_iter().for_each(|(name, fact)| say(&name, fact));
        say("inputs_sha256", Value::Object(inputs.collect()));
        say("wall_time_seconds", json!(self.wall_time.as_secs_f64()));
        pretty(&Value::Object(manifest))
    }
}

/// Files that were read, each with the SHA-256 of its bytes.
pub fn digests(files: &[Arc<SourceFile>]) -> Vec<(String, String)> {
    files.iter().map(|file| (file.name.clone(), digest(file.text.as_bytes()))).collect()
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of a file that may be large.
///
/// # Errors
///
/// If it cannot be read.
pub fn digest_of_file(path: &Path) -> io::Result<String> {
    let (mut file, mut digest) = (File::open(path)?, Sha256::new());
    let mut bytes = vec![0; 1 << 18];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
