//! Conditions, outcomes of rules, sources and provenance in words, as several kinds of pages need them.

use std::collections::BTreeSet;

use super::page::Page;
use crate::domain::{Basis, Condition, Outcome, OutcomeList, Setting, Status, Then, Variable};

/// Where conditions hold, one line for each alternative.
pub(super) fn write_conditions(page: &mut Page, when: &[Condition], variables: &[Variable]) {
    for (number, condition) in when.iter().enumerate() {
        let begin = if number == 0 { "where" } else { "or where" };
        match condition.tests.is_empty() {
            true => page.item(2, "everybody"),
            false => page.item(2, &format!("{begin} {}", condition.words(variables))),
        }
    }
}

/// Conditions in one sentence: `captor = unc, or captor = kpa-cpv, wish = home`.
pub(super) fn conditions_in_words(when: &[Condition], variables: &[Variable]) -> String {
    let words: Vec<String> = when.iter().map(|condition| condition.words(variables)).collect();
    words.join(", or ")
}

/// The outcome of a rule: `released`, or `released if left = released, retained if left = retained`.
pub(super) fn outcome_words(then: &Then<Outcome>, outcomes: &OutcomeList, variables: &[Variable]) -> String {
    match then {
        Then::Always(outcome) => outcomes.name(*outcome).into(),
        Then::By { variable, values } => {
            let Variable { name, levels } = &variables[*variable];
            let cases = values.iter().zip(levels);
            let cases = cases.map(|(value, level)| format!("{} if {name} = {level}", outcomes.name(*value)));
            cases.collect::<Vec<String>>().join(", ")
        }
    }
}

/// Where a number comes from: its source and status, then its note.
pub(super) fn write_basis(page: &mut Page, depth: usize, basis: &Basis) {
    let source = basis.source.as_ref().map(|source| match basis.status {
        Status::Seen => source.clone(),
        status => format!("{source} ({status})"),
    });
    page.line(depth, &source.unwrap_or_else(|| basis.status.name().into()));
    page.line_if(depth, basis.note.as_deref());
}

/// The sources with these keys, in full, under a heading; nothing where there are none.
pub(super) fn write_sources<'k>(page: &mut Page, setting: &Setting, keys: impl Iterator<Item = &'k str>) {
    let keys: BTreeSet<&str> = keys.collect();
    if keys.is_empty() {
        return;
    }
    page.heading("Sources");
    for source in keys.into_iter().filter_map(|key| setting.source(key)) {
        page.line(1, &source.key);
        page.line(2, &source.entry());
    }
}

/// The keys of the sources that numbers rest on.
pub(super) fn keys<'b>(bases: impl Iterator<Item = &'b Basis>) -> impl Iterator<Item = &'b str> {
    bases.filter_map(|basis| basis.source.as_deref())
}
