//! The page of a proposal: readings, rules, silences and limits with their citations, and how many cases it has.

use super::page::Page;
use super::words::{conditions_in_words, outcome_words, write_conditions, write_sources};
use crate::domain::{Citation, Setting, Variable};
use crate::proposal::{BILLIONTHS, Bound, Limit, Proposal, Reading};
use crate::table::grouped;

pub(super) fn write(page: &mut Page, setting: &Setting, proposal: &Proposal) {
    page.heading(&format!("Proposal {} ({})", proposal.id, setting.id));
    page.line(1, &proposal.title);
    let date = proposal.date.as_deref().unwrap_or("undated");
    let by = proposal.by.as_ref().map_or(String::new(), |by| format!(", by {by}"));
    page.line(1, &format!("{date}{by}"));
    page.line_if(1, proposal.note.as_deref());
    write_readings(page, &proposal.readings);
    let variables = proposal.variables(&setting.space);
    write_rules(page, setting, proposal, &variables, false);
    write_rules(page, setting, proposal, &variables, true);
    write_limits(page, setting, proposal, &variables);
    page.heading("Worked cases");
    let (people, numbers) = (proposal.cases.len(), proposal.cases_of_numbers.len());
    page.line(1, &format!("{people} of people, {numbers} of numbers of people"));
    let rules = proposal.rules.iter().filter_map(|rule| rule.citation.as_ref());
    let citations = rules.chain(proposal.limits.iter().map(|limit| &limit.citation));
    write_sources(page, setting, citations.map(|citation| citation.source.as_str()));
}

fn write_readings(page: &mut Page, readings: &[Reading]) {
    if !readings.is_empty() {
        page.heading("Readings");
    }
    for reading in readings {
        page.item(1, &format!("{}: {}", reading.variable.name, reading.question));
        for (value, meaning) in reading.variable.levels.iter().zip(&reading.meanings) {
            let is_default = reading.variable.level(value) == Some(reading.default);
            let default = if is_default { " (default)" } else { "" };
            page.item(2, &format!("= {value}{default}: {meaning}"));
        }
    }
}

/// The rules, or the silences.
fn write_rules(
    page: &mut Page,
    setting: &Setting,
    proposal: &Proposal,
    variables: &[Variable],
    silences: bool,
) {
    let rules = proposal.table.rules.iter().zip(&proposal.rules);
    let rules: Vec<_> = rules.filter(|(rule, _)| rule.silence == silences).collect();
    if !rules.is_empty() {
        page.heading(if silences { "Silences" } else { "Rules" });
    }
    for (rule, text) in rules {
        let asked = if text.on_request { ", to those who ask for it when asked once more" } else { "" };
        let outcome = outcome_words(&rule.then, &setting.outcomes, variables);
        page.item(1, &format!("{}: {outcome}{asked}", text.id));
        write_conditions(page, &rule.when, variables);
        let displaced: Vec<&str> =
            rule.exception_to.iter().map(|other| proposal.rules[*other].id.as_str()).collect();
        if !displaced.is_empty() {
            page.item(2, &format!("an exception to {}", displaced.join(", ")));
        }
        page.line_if(2, text.note.as_deref());
        text.citation.iter().for_each(|citation| write_citation(page, citation));
    }
}

fn write_citation(page: &mut Page, citation: &Citation) {
    page.line_if(2, citation.note.as_deref());
    page.item(2, &format!("[{citation}]"));
}

fn write_limits(page: &mut Page, setting: &Setting, proposal: &Proposal, variables: &[Variable]) {
    if !proposal.limits.is_empty() {
        page.heading("Limits");
    }
    for limit in &proposal.limits {
        let outcome = setting.outcomes.name(limit.outcome);
        let bound = bound_in_words(setting, limit, variables);
        page.item(1, &format!("{}: {outcome} for {bound}", limit.id));
        write_conditions(page, &limit.group, variables);
        if !limit.first.is_empty() {
            page.item(2, &format!("first those with {}", conditions_in_words(&limit.first, variables)));
        }
        let rest = outcome_words(&limit.rest, &setting.outcomes, variables);
        page.item(2, &format!("the others: {rest}"));
        write_citation(page, &limit.citation);
    }
}

/// How many may keep an outcome: `at most 90,000`.
fn bound_in_words(setting: &Setting, limit: &Limit, variables: &[Variable]) -> String {
    match &limit.at_most {
        Bound::People(people) => format!("at most {} people", grouped(*people)),
        Bound::Share(share) => {
            format!("at most {} % of the people", *share as f64 * 100.0 / BILLIONTHS as f64)
        }
        Bound::Count { outcome, of } => {
            let (outcome, of) = (setting.outcomes.name(*outcome), conditions_in_words(of, variables));
            format!("at most as many people as are {outcome} among those with {of}")
        }
    }
}
