use std::time::Duration;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::records::pretty;
use crate::domain::{Engine, Sample, SourceFile};

/// What a table is about and rests on.
#[derive(Debug)]
pub struct About<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// Where the numbers come from.
    pub sample: &'a Sample,
    /// What every output of the table says.
    pub notes: Vec<String>,
}

/// How a file came about: written beside it, so that it can be made again and cited.
#[derive(Debug)]
pub struct Manifest<'a> {
    /// The table.
    pub about: About<'a>,
    /// Every file that was read.
    pub inputs: &'a [std::sync::Arc<SourceFile>],
    /// The command as typed.
    pub command: Vec<String>,
    /// The file described: its name and bytes.
    pub file: (String, &'a [u8]),
    /// How long the work took.
    pub wall_time: Duration,
}

impl Manifest<'_> {
    /// The manifest as JSON.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>, String> {
        let sample = self.about.sample;
        let inputs: Map<String, Value> =
            self.inputs.iter().map(|file| (file.name.clone(), json!(digest(file.text.as_bytes())))).collect();
        let set: Map<String, Value> =
            sample.set.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let drawn = sample.replicates.filter(|_| sample.engine != Engine::Exact);
        pretty(&json!({
            "program": "repat",
            "version": env!("CARGO_PKG_VERSION"),
            "commit": option_env!("REPAT_COMMIT"),
            "target": env!("REPAT_TARGET"),
            "command": self.command,
            "file": self.file.0,
            "sha256": digest(self.file.1),
            "notes": self.about.notes,
            "scenario": self.about.scenario,
            "engine": sample.engine.name(),
            "seed": sample.seed,
            "replicates": sample.replicates,
            "population": sample.population,
            "people_simulated": drawn.and_then(|replicates| replicates.checked_mul(sample.population)),
            "set": set,
            "unverified_numbers": sample.unverified,
            "assumed_numbers": sample.assumed,
            "inputs_sha256": inputs,
            "wall_time_seconds": self.wall_time.as_secs_f64(),
        }))
    }
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
