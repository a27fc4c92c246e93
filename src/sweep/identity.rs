//! What makes two runs of a sweep the same, so that they may share parts.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Experiment, Shard};
use crate::domain::{NUMBERS_VERSION, SourceFile};
use crate::table::{digest, digests};

/// What makes two runs of a sweep the same: parts of the one fit the other. It is the first line of a
/// journal and stands in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// The version of repat.
    pub version: String,
    /// The version of the numbers that it computes: builds that draw other people share no parts.
    pub numbers: u32,
    /// The sweep, by the name it was asked for.
    pub file: String,
    /// Every file that was read: its name and the SHA-256 of its bytes.
    pub inputs: BTreeMap<String, String>,
    /// The seed of the design and of the population.
    pub seed: u64,
    /// Replicates at every point.
    pub replicates: u64,
    /// Whether the counts of single replicates are kept.
    pub keep_replicates: bool,
    /// Points of the design.
    pub points: u64,
    /// Parts of the entire sweep.
    pub parts: u64,
    /// Which of them this run does.
    pub shard: Shard,
}

impl RunIdentity {
    /// The identity of a run of this version of repat.
    pub fn new(file: &str, inputs: &[Arc<SourceFile>], experiment: &Experiment, shard: Shard) -> RunIdentity {
        RunIdentity {
            version: env!("CARGO_PKG_VERSION").into(),
            numbers: NUMBERS_VERSION,
            file: file.into(),
            inputs: digests(inputs).into_iter().collect(),
            seed: experiment.sweep().seed,
            replicates: experiment.sweep().replicates,
            keep_replicates: experiment.keeps_replicates(),
            points: experiment.points(),
            parts: experiment.parts(),
            shard,
        }
    }

    /// The run whatever its shard and wherever its files lie, as a digest.
    pub(super) fn digest(&self) -> String {
        let fields = RunIdentity { shard: Shard::ONLY, ..self.clone() }.fields();
        let mut inputs: Vec<&String> = self.inputs.values().collect();
        inputs.sort();
        digest(format!("{fields:?} {inputs:?}").as_bytes())
    }

    /// Whether it can be a run's: a journal may have been damaged.
    pub(super) fn is_sound(&self) -> bool {
        self.shard.is_sound()
            && self.replicates > 0
            && self.points > 0
            && self.parts > 0
            && self.parts <= self.points
    }

    /// In what a run now differs from this earlier one, one line for each field. A file that is the same
    /// under another name is no difference.
    pub fn differences(&self, now: &RunIdentity) -> Vec<String> {
        let (there, now) = (self.lines(now), now.lines(self));
        let names = there.keys().chain(now.keys().filter(|name| !there.contains_key(*name)));
        let shown = |value: Option<&String>| value.map_or("nothing".to_string(), String::clone);
        names
            .filter(|name| there.get(*name) != now.get(*name))
            .map(|name| format!("{name}: {} there, {} now", shown(there.get(name)), shown(now.get(name))))
            .collect()
    }

    /// The fields by name, in words, and the files that another run has not read as well.
    fn lines(&self, other: &RunIdentity) -> BTreeMap<String, String> {
        let own = self.inputs.iter().filter(|(_, digest)| !other.inputs.values().any(|read| read == *digest));
        let own = own.map(|(name, digest)| (format!("input {name}"), digest.clone()));
        self.fields().into_iter().map(|(name, value)| (name.to_string(), value)).chain(own).collect()
    }

    fn fields(&self) -> [(&'static str, String); 8] {
        [
            ("version", self.version.clone()),
            ("numbers", format!("version {}", self.numbers)),
            ("seed", self.seed.to_string()),
            ("replicates", self.replicates.to_string()),
            ("keep_replicates", if self.keep_replicates { "yes" } else { "no" }.into()),
            ("points", self.points.to_string()),
            ("parts", self.parts.to_string()),
            ("shard", self.shard.to_string()),
        ]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The identity of some run.
    pub(in crate::sweep) fn identity(shard: Shard) -> RunIdentity {
        RunIdentity {
            version: "0.1.0".into(),
            numbers: NUMBERS_VERSION,
            file: "my-sweep.toml".into(),
            inputs: [("my-sweep.toml".to_string(), "abc".to_string())].into(),
            seed: 7,
            replicates: 10,
            keep_replicates: false,
            points: 30,
            parts: 3,
            shard,
        }
    }

    #[test]
    fn differences_name_what_differs() {
        let before = identity(Shard::ONLY);
        assert!(before.differences(&before).is_empty());
        let now = RunIdentity { seed: 8, keep_replicates: true, ..before.clone() };
        assert_eq!(before.differences(&now), ["keep_replicates: no there, yes now", "seed: 7 there, 8 now"]);
        let inputs: BTreeMap<String, String> = [("my-sweep.toml".to_string(), "def".to_string())].into();
        let now = RunIdentity { inputs, ..before.clone() };
        assert_eq!(before.differences(&now), ["input my-sweep.toml: abc there, def now"]);
    }

    #[test]
    fn the_same_file_under_another_name_is_no_difference() {
        let before = identity(Shard::ONLY);
        let inputs: BTreeMap<String, String> = [("old/my-sweep.toml".to_string(), "abc".to_string())].into();
        let now = RunIdentity { file: "old/my-sweep.toml".into(), inputs, ..before.clone() };
        assert!(before.differences(&now).is_empty());
    }
}
