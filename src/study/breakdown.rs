//! What an outcome table is broken down by: strata or levels of attributes.

use crate::domain::{Error, Problem, Profile, Setting, suggestion};
use crate::scenario::Scenario;

/// What an outcome table is broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakdown {
    /// The scenario's strata.
    Stratum,
    /// An attribute or derived attribute, by number.
    Variable(usize),
}

impl Breakdown {
    /// The breakdown of this name: `stratum`, an attribute or a derived attribute.
    pub fn named(setting: &Setting, name: &str) -> Option<Breakdown> {
        match name {
            "stratum" => Some(Breakdown::Stratum),
            name => setting.space.variable(name).map(Breakdown::Variable),
        }
    }

    /// All of these names, each once.
    ///
    /// # Errors
    ///
    /// Every name that there is not.
    pub fn named_all<'n>(
        setting: &Setting,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<Breakdown>, Error> {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for name in names {
            match Breakdown::find(setting, name, "by") {
                Ok(breakdown) if !found.contains(&breakdown) => found.push(breakdown),
                Ok(_) => {}
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(found) } else { Err(problems.into()) }
    }

    /// The breakdown of this name, which `argument` asks for.
    pub(super) fn find(setting: &Setting, name: &str, argument: &'static str) -> Result<Breakdown, Problem> {
        Breakdown::named(setting, name).ok_or_else(|| {
            let known = setting.space.variables().iter().map(|variable| variable.name.as_str());
            let problem = Problem::new(format!("there is no attribute `{name}`")).argument(argument, name);
            problem.help(suggestion(name, known.chain(["stratum"])))
        })
    }

    /// The level that a stratum's people with this profile have: its position among [`Breakdown::levels`].
    pub(super) fn level(self, setting: &Setting, stratum: usize, profile: Profile) -> usize {
        match self {
            Breakdown::Stratum => stratum,
            Breakdown::Variable(variable) => usize::from(setting.space.levels(profile)[variable]),
        }
    }

    /// Its levels, in declared order: the ids of the scenario's strata, or those of the attribute.
    pub fn levels(self, setting: &Setting, scenario: &Scenario) -> Vec<String> {
        match self {
            Breakdown::Stratum => scenario.strata.iter().map(|stratum| stratum.id.clone()).collect(),
            Breakdown::Variable(variable) => setting.space.variables()[variable].levels.clone(),
        }
    }

    /// Its name.
    pub fn name(self, setting: &Setting) -> String {
        match self {
            Breakdown::Stratum => "stratum".into(),
            Breakdown::Variable(variable) => setting.space.variables()[variable].name.clone(),
        }
    }
}
