//! The page of a target: the figure, and what it is compared with.

use super::page::Page;
use super::words::{conditions_in_words, keys, write_basis, write_sources};
use crate::domain::{Outcome, Setting};
use crate::scenario::Target;
use crate::table::grouped;

pub(super) fn write(page: &mut Page, setting: &Setting, target: &Target) {
    page.heading(&format!("Target {} ({})", target.id, setting.id));
    page.line(1, &target.what);
    let by = target.by.as_ref().map_or(String::new(), |by| format!(", counted by {by}"));
    let date = target.date.as_ref().map_or(String::new(), |date| format!(", {date}"));
    page.line(1, &format!("{}{by}{date}", grouped(target.number)));
    write_basis(page, 1, &target.basis);
    page.heading("Compared with");
    page.line(1, &format!("scenario: {}", target.scenario));
    page.line(1, &format!("proposal: {}", target.proposal.as_deref().unwrap_or("none")));
    page.item(1, &format!("people: {}", conditions_in_words(&target.when, setting.space.variables())));
    if let Some(outcomes) = &target.outcomes {
        let names: Vec<&str> =
            outcomes.iter().map(|outcome: &Outcome| setting.outcomes.name(*outcome)).collect();
        page.line(1, &format!("outcomes: {}", names.join(", ")));
    }
    page.item(1, &format!("tolerance: {} of the figure; {}", target.tolerance, target.because));
    if target.is_fitted {
        page.line(1, "fitted: it set a size or parameter, so that agreement is no evidence");
    }
    write_sources(page, setting, keys(std::iter::once(&target.basis)));
}
