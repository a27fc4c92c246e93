//! A setting: what all proposals and scenarios of one conflict have in common.

use std::collections::BTreeMap;

use super::{Outcome, OutcomeList, OutcomeSet, Problem, Profile, Source, Space, suggestion};

/// One conflict's vocabulary: its attributes, derived attributes and outcomes, which outcomes each wish
/// accepts, and its bibliography.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its short name, which is also the name of its folder.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// What those counted are called in titles and notes: `prisoners`.
    pub people: String,
    /// Sentences that stand under every table of numbers of people.
    pub notes: Vec<String>,
    /// The scenario to ask about unless another is named, without the setting's name.
    pub default_scenario: Option<String>,
    /// The profiles and their derived attributes.
    pub space: Space,
    /// What proposals can do with a prisoner.
    pub outcomes: OutcomeList,
    /// The outcomes that the wish of each profile accepts, by the profile's index; absent where no wishes
    /// are recorded.
    pub accepts: Option<Vec<OutcomeSet>>,
    /// What attributes and levels mean, in words, by `attribute` or `attribute.level`.
    pub descriptions: BTreeMap<String, String>,
    /// The bibliography.
    pub sources: Vec<Source>,
}

impl Setting {
    /// Whether wishes are recorded, so that an outcome can be against one.
    pub fn records_wishes(&self) -> bool {
        self.accepts.is_some()
    }

    /// Whether an outcome is against the wish of a prisoner with this profile. Never where no wishes are
    /// recorded.
    pub fn is_against_wish(&self, profile: Profile, outcome: Outcome) -> bool {
        self.accepts.as_ref().is_some_and(|accepts| !accepts[profile.index()].contains(outcome))
    }

    /// The outcome of this name.
    ///
    /// # Errors
    ///
    /// If there is none, with those that there are.
    pub fn find_outcome(&self, name: &str) -> Result<Outcome, Problem> {
        self.outcomes.find(name).ok_or_else(|| {
            let problem = Problem::new(format!("the setting `{}` has no outcome `{name}`", self.id));
            problem.help(suggestion(name, self.outcomes.names()))
        })
    }

    /// What the setting says of an attribute, or of one of its levels.
    pub fn description(&self, attribute: &str, level: Option<&str>) -> Option<&str> {
        let key = level.map(|level| format!("{attribute}.{level}"));
        self.descriptions.get(key.as_deref().unwrap_or(attribute)).map(String::as_str)
    }

    /// The descriptions that spell out an abbreviation among a profile's levels, as `UNC: the United Nations Command`
    /// does for `unc`: they begin with the level in capitals.
    pub fn abbreviations(&self, profile: Profile) -> Vec<&str> {
        let levels = self.space.variables().iter().zip(self.space.levels(profile));
        let spelt_out = levels.filter_map(|(variable, level)| {
            let level = &variable.levels[usize::from(*level)];
            let description = self.description(&variable.name, Some(level))?;
            description.starts_with(&format!("{}: ", level.to_uppercase())).then_some(description)
        });
        spelt_out.collect()
    }

    /// The entry of the bibliography with this key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.key == key)
    }
}
