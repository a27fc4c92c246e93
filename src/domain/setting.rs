use super::{Outcome, OutcomeSet, Profile, Source, Space};

/// One conflict's vocabulary: its attributes, derived attributes, which outcomes each wish
/// accepts, and its bibliography.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Short name, also its folder's: `korea`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Profiles and their derived attributes.
    pub space: Space,
    /// The outcomes that the wish of each profile accepts, by profile index.
    pub accepts: Vec<OutcomeSet>,
    /// The bibliography.
    pub sources: Vec<Source>,
}

impl Setting {
    /// Whether a prisoner of this profile accepts the outcome.
    pub fn accepts(&self, profile: Profile, outcome: Outcome) -> bool {
        self.accepts[profile.index()].contains(outcome)
    }

    /// The bibliography's entry for a key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.key == key)
    }
}
