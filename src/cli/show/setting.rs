//! The page of a setting: what all of its texts and scenarios have in common, and which there are.

use super::page::Page;
use crate::domain::{Outcome, OutcomeText, Setting, describe_in_words};
use crate::input::Catalogue;

pub(super) fn write(page: &mut Page, catalogue: &Catalogue) {
    let setting = &catalogue.setting;
    page.heading(&format!("Setting {}", setting.id));
    page.line(1, &setting.title);
    page.line(1, &format!("people are called {}", setting.people));
    page.line_if(
        1,
        setting.default_scenario.as_ref().map(|name| format!("default scenario: {name}")).as_deref(),
    );
    setting.notes.iter().for_each(|note| page.line(1, note));
    page.heading("Attributes");
    for variable in setting.space.variables() {
        page.item(1, &format!("{}: {}", variable.name, variable.levels.join(", ")));
        page.line_if(2, setting.description(&variable.name, None));
    }
    page.heading("Outcomes");
    for outcome in setting.outcomes.iter() {
        let OutcomeText { name, kind, meaning } = setting.outcomes.text(outcome);
        page.item(1, &format!("{name} ({}): {meaning}", kind.name()));
        write_acceptance(page, setting, outcome);
    }
    write_names(page, "Scenarios", catalogue.scenarios.iter().map(|scenario| scenario.name.as_str()));
    write_names(page, "Proposals", catalogue.proposals.iter().map(|proposal| proposal.id.as_str()));
    write_names(page, "Sweeps", catalogue.sweeps.iter().map(|sweep| sweep.name.as_str()));
    write_names(page, "Targets", catalogue.targets.iter().map(|target| target.id.as_str()));
    write_names(page, "Sources", setting.sources.iter().map(|source| source.key.as_str()));
}

/// Which profiles' wishes accept an outcome, where wishes are recorded.
fn write_acceptance(page: &mut Page, setting: &Setting, outcome: Outcome) {
    let Some(accepts) = &setting.accepts else { return };
    let space = &setting.space;
    let profiles: Vec<Vec<u8>> = space.profiles().map(|profile| space.levels(profile).to_vec()).collect();
    let accepting = (0..profiles.len()).filter(|profile| accepts[*profile].contains(outcome));
    for words in describe_in_words(space.variables(), &profiles, accepting) {
        page.item(2, &format!("accepted where {words}"));
    }
}

fn write_names<'n>(page: &mut Page, heading: &str, names: impl Iterator<Item = &'n str>) {
    let names: Vec<&str> = names.collect();
    if !names.is_empty() {
        page.heading(heading);
        names.iter().for_each(|name| page.line(1, name));
    }
}
