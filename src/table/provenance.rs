//! What the numbers of a table rest on: inputs with their digests, engine, seed, readings, values set, and how
//! many numbers are unverified or assumed. It is complete when a table is made; nobody adds to it later.

use serde_json::{Map, Value, json};

use crate::domain::Engine;

/// What the numbers of a table rest on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance {
    /// The scenario's name; absent where none is asked about.
    pub scenario: Option<String>,
    /// The engine; absent where nobody is counted.
    pub engine: Option<Engine>,
    /// The seed; absent where nothing was drawn.
    pub seed: Option<u64>,
    /// The number of replicates, or of draws of the parameters for [`Engine::Exact`]; absent where nothing was
    /// drawn.
    pub replicates: Option<u64>,
    /// People in each replicate.
    pub population: Option<u64>,
    /// Parameters fixed by the user, with their values.
    pub set: Vec<(String, f64)>,
    /// Whom alone the table counts, in words, as `captor = unc`; everybody if there are none.
    pub counted: Vec<String>,
    /// Each proposal as the command line names it, with all of its readings in force.
    pub readings: Vec<(String, String)>,
    /// Numbers used that stand on memory, not on a source.
    pub unverified: usize,
    /// Numbers used that are assumptions.
    pub assumed: usize,
    /// Every file read: its name and the SHA-256 of its bytes.
    pub inputs: Vec<(String, String)>,
}

impl Provenance {
    /// What numbers rest on that come from both. They are about no single scenario, and their unverified and assumed
    /// numbers, of which scenarios share many, are left to be counted.
    pub(crate) fn and(&self, other: &Provenance) -> Provenance {
        let mut both =
            Provenance { scenario: None, population: None, unverified: 0, assumed: 0, ..other.clone() };
        for input in self.inputs.iter().filter(|input| !other.inputs.contains(input)) {
            both.inputs.push(input.clone());
        }
        for reading in self.readings.iter().filter(|reading| !other.readings.contains(reading)) {
            both.readings.push(reading.clone());
        }
        both.inputs.sort();
        both.readings.sort();
        both
    }

    /// Its facts by name, as JSON and the manifest have them; the inputs apart.
    pub fn facts(&self) -> Map<String, Value> {
        let set: Map<String, Value> =
            self.set.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let readings: Map<String, Value> =
            self.readings.iter().map(|(label, readings)| (label.clone(), json!(readings))).collect();
        let facts = [
            ("scenario", json!(self.scenario)),
            ("engine", json!(self.engine.map(Engine::name))),
            ("seed", json!(self.seed)),
            ("replicates", json!(self.replicates)),
            ("population", json!(self.population)),
            ("people_simulated", json!(self.people_simulated())),
            ("set", json!(set)),
            ("counted", json!(self.counted)),
            ("readings", json!(readings)),
            ("unverified_numbers", json!(self.unverified)),
            ("assumed_numbers", json!(self.assumed)),
        ];
        facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
    }

    /// People drawn over all replicates, one by one or by counts.
    fn people_simulated(&self) -> Option<u64> {
        match self.engine {
            None | Some(Engine::Exact) => None,
            Some(_) => self.replicates?.checked_mul(self.population?),
        }
    }
}
