//! What an id stands for in a setting: a proposal, a scenario, a level and so on. One id may stand for several.

use std::collections::BTreeSet;

use crate::domain::{Outcome, Source};
use crate::input::Catalogue;
use crate::proposal::Proposal;
use crate::scenario::{Parameter, Scenario, Target};

/// Something in a setting that has a name.
#[derive(Debug, Clone)]
pub enum Entry<'c> {
    /// The setting itself.
    Setting,
    /// A proposal.
    Proposal(&'c Proposal),
    /// A scenario.
    Scenario(&'c Scenario),
    /// A parameter: each scenario that has it, with the parameter there.
    Parameter(Vec<(&'c Scenario, &'c Parameter)>),
    /// An attribute or derived attribute, by its number.
    Attribute(usize),
    /// A level, by the numbers of its attribute and of itself.
    Level(usize, u8),
    /// An outcome.
    Outcome(Outcome),
    /// A target.
    Target(&'c Target),
    /// A source.
    Source(&'c Source),
}

/// Everything that has this name. A scenario may be named without its setting, a level with its attribute
/// (`wish.home`) or without.
pub fn find_entries<'c>(catalogue: &'c Catalogue, name: &str) -> Vec<Entry<'c>> {
    let named = all_entries(catalogue).into_iter();
    named.filter(|(names, _)| names.iter().any(|known| known == name)).map(|(_, entry)| entry).collect()
}

/// The names of everything, each once, in order.
pub fn entry_names(catalogue: &Catalogue) -> Vec<String> {
    let names = all_entries(catalogue).into_iter().flat_map(|(names, _)| names);
    names.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Every entry with the names that it answers to.
fn all_entries(catalogue: &Catalogue) -> Vec<(Vec<String>, Entry<'_>)> {
    let setting = &catalogue.setting;
    let mut entries = vec![(vec![setting.id.clone()], Entry::Setting)];
    entries.extend(catalogue.proposals.iter().map(|p| (vec![p.id.clone()], Entry::Proposal(p))));
    entries.extend(catalogue.scenarios.iter().map(|s| (names_of_scenario(s), Entry::Scenario(s))));
    entries.extend(parameters(catalogue));
    entries.extend(attributes(catalogue));
    let outcomes = setting.outcomes.iter();
    entries.extend(outcomes.map(|o| (vec![setting.outcomes.name(o).to_string()], Entry::Outcome(o))));
    entries.extend(catalogue.targets.iter().map(|t| (vec![t.id.clone()], Entry::Target(t))));
    entries.extend(setting.sources.iter().map(|s| (vec![s.key.clone()], Entry::Source(s))));
    entries
}

fn names_of_scenario(scenario: &Scenario) -> Vec<String> {
    let without_setting = scenario.name.split_once('/').map(|(_, name)| name.to_string());
    std::iter::once(scenario.name.clone()).chain(without_setting).collect()
}

fn parameters(catalogue: &Catalogue) -> Vec<(Vec<String>, Entry<'_>)> {
    let all = || catalogue.scenarios.iter().flat_map(|s| s.parameters.iter().map(move |p| (s, p)));
    let names: BTreeSet<&str> = all().map(|(_, parameter)| parameter.name.as_str()).collect();
    let entry =
        |name: &str| Entry::Parameter(all().filter(|(_, parameter)| parameter.name == name).collect());
    names.into_iter().map(|name| (vec![name.to_string()], entry(name))).collect()
}

/// Attributes, each followed by its levels.
fn attributes(catalogue: &Catalogue) -> Vec<(Vec<String>, Entry<'_>)> {
    let mut entries = Vec::new();
    for (number, variable) in catalogue.setting.space.variables().iter().enumerate() {
        entries.push((vec![variable.name.clone()], Entry::Attribute(number)));
        let levels = (0..=u8::MAX).zip(&variable.levels);
        entries.extend(levels.map(|(level, name)| {
            let names = vec![format!("{}.{name}", variable.name), name.clone()];
            (names, Entry::Level(number, level))
        }));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::catalogues;

    #[test]
    fn everything_in_the_built_in_settings_is_found_by_each_of_its_names() {
        for catalogue in catalogues().unwrap() {
            let names = entry_names(&catalogue);
            assert!(names.len() > 50);
            names.iter().for_each(|name| assert!(!find_entries(&catalogue, name).is_empty(), "{name}"));
            assert!(find_entries(&catalogue, "nothing of this name").is_empty());
        }
    }

    #[test]
    fn a_name_may_stand_for_several_things() {
        let korea = crate::input::catalogue("korea").unwrap();
        let found = find_entries(&korea, "home");
        assert!(matches!(found[..], [Entry::Level(..), Entry::Attribute(_)]), "{found:?}");
        assert_eq!(find_entries(&korea, "wish.home").len(), 1);
        let found = find_entries(&korea, "kpa_refusal");
        assert!(matches!(&found[..], [Entry::Parameter(scenarios)] if scenarios.len() > 1));
    }
}
