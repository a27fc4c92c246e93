//! The list for people: a section for each kind of thing that there is something of.

use super::selection::Selection;
use crate::proposal::{Proposal, Reading};
use crate::scenario::Scenario;
use crate::table::grouped;

/// The list of one setting.
pub(super) fn text(selection: &Selection<'_>) -> String {
    let variables =
        selection.variables.iter().map(|v| format!("  {:12} {}", v.name, v.levels.join(", "))).collect();
    let outcomes = selection.outcomes.iter();
    let outcomes = outcomes.map(|o| format!("  {:12} {} ({})", o.name, o.meaning, o.kind.name())).collect();
    let sweeps = selection.sweeps.iter().map(|s| format!("  {:32} {}", s.name, s.title)).collect();
    let targets = selection.targets.iter();
    let targets = targets.map(|t| format!("  {:28} {}: {}", t.id, t.what, grouped(t.number))).collect();
    let sources = selection.sources.iter().map(|s| format!("  {:28} {}", s.key, s.title)).collect();
    let sections: [(&str, Vec<String>); 7] = [
        ("Attributes", variables),
        ("Outcomes", outcomes),
        ("Scenarios", selection.scenarios.iter().flat_map(|s| scenario_lines(s)).collect()),
        ("Sweeps", sweeps),
        ("Proposals", selection.proposals.iter().flat_map(|p| proposal_lines(p)).collect()),
        ("Targets", targets),
        ("Sources", sources),
    ];
    let heading = format!("Setting {}: {}\n", selection.setting.id, selection.setting.title);
    let filled = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    let sections = filled.map(|(title, lines)| format!("\n{title}\n{}\n", lines.join("\n")));
    std::iter::once(heading).chain(sections).collect()
}

fn scenario_lines(scenario: &Scenario) -> Vec<String> {
    let people = grouped(scenario.population());
    let mut lines = vec![format!("  {}  {}; {people} people", scenario.name, scenario.title)];
    let names: Vec<&str> = scenario.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    if !names.is_empty() {
        lines.push(format!("    parameters for --set: {}", names.join(", ")));
    }
    lines
}

fn proposal_lines(proposal: &Proposal) -> Vec<String> {
    let date = proposal.date.as_deref().unwrap_or("undated");
    let by = proposal.by.as_ref().map_or(String::new(), |by| format!(", by {by}"));
    let mut lines = vec![format!("  {}  {} ({date}{by})", proposal.id, proposal.title)];
    lines.extend(proposal.readings.iter().map(reading_line));
    lines
}

fn reading_line(reading: &Reading) -> String {
    let values = reading.variable.levels.iter().enumerate().map(|(i, value)| {
        if i == usize::from(reading.default) { format!("{value} (default)") } else { value.clone() }
    });
    let values: Vec<String> = values.collect();
    format!("    {:16} {}", reading.variable.name, values.join(", "))
}
