//! A setting: what all proposals and scenarios of one conflict have in common.

use super::{Outcome, OutcomeSet, Profile, Source, Space};

/// One conflict's vocabulary: its attributes, derived attributes, which outcomes each wish
/// accepts, and its bibliography.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its short name, which is also the name of its folder: `korea`.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// The profiles and their derived attributes.
    pub space: Space,
    /// The outcomes that the wish of each profile accepts, by the profile's index.
    pub accepts: Vec<OutcomeSet>,
    /// The bibliography.
    pub sources: Vec<Source>,
}

impl Setting {
    /// Whether the wish of a prisoner with this profile accepts the outcome.
    pub fn accepts(&self, profile: Profile, outcome: Outcome) -> bool {
        self.accepts[profile.index()].contains(outcome)
    }

    /// The entry of the bibliography with this key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.key == key)
    }
}
