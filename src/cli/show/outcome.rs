//! The page of an outcome: what it means, and which proposals can give it.

use super::page::Page;
use crate::domain::Outcome;
use crate::input::Catalogue;

pub(super) fn write(page: &mut Page, catalogue: &Catalogue, outcome: Outcome) {
    let text = catalogue.setting.outcomes.text(outcome);
    page.heading(&format!("Outcome {} ({})", text.name, catalogue.setting.id));
    page.line(1, &text.meaning);
    page.line(1, &format!("kind: {}", text.kind.name()));
    page.heading("Proposals that can give it");
    let giving = catalogue.proposals.iter().filter(|proposal| proposal.outcomes().contains(outcome));
    giving.for_each(|proposal| page.item(1, &format!("{}  {}", proposal.id, proposal.title)));
}
