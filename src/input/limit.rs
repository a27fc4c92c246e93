//! Reads the limits of a proposal: `[[limit]]`.

use super::conditions::read_outcome;
use super::fields::{Fields, Node};
use super::rules::ProposalFile;
use crate::domain::{Condition, Outcome, Then};
use crate::proposal::{BILLIONTHS, Bound, Limit};
use crate::scenario::Scenario;

/// Reads the limits of a file, in order.
pub(super) fn read_limits(file: &ProposalFile<'_>, fields: &Fields<'_>) -> Vec<Limit> {
    let nodes = fields.get("limit").and_then(|node| node.items()).unwrap_or_default();
    let limits: Vec<Limit> = nodes.iter().filter_map(|node| read_limit(file, node)).collect();
    let ids = limits.iter().map(|limit| (limit.id.as_str(), &limit.place));
    fields.problems.refuse_repeated_ids("limits", ids);
    limits
}

fn read_limit(file: &ProposalFile<'_>, node: &Node<'_>) -> Option<Limit> {
    let what = node.text_at("id").map_or("a limit".into(), |id| format!("limit `{id}`"));
    let fields = node.fields(what)?;
    let id = fields.need("id");
    let place = id.as_ref().map_or(fields.place(), Node::place);
    let conditions = |node: Node<'_>| file.vocabulary().read_conditions(&node);
    let group = fields.get("group").map_or_else(|| vec![Condition::default()], conditions);
    let outcome = fields.need("outcome").and_then(|node| read_outcome(&file.setting.outcomes, &node));
    let at_most = fields.need("at_most").and_then(|node| read_bound(file, &node));
    let first = fields.get("first").map(conditions).unwrap_or_default();
    let rest = fields.need("rest").and_then(|node| read_rest(file, &node));
    let citation = fields.need("citation").and_then(|node| file.read_citation(&node));
    fields.finish();
    let (id, outcome, at_most) = (id.and_then(|node| node.text())?, outcome?, at_most?);
    Some(Limit { id, group, outcome, at_most, first, rest: rest?, citation: citation?, place })
}

/// Reads the outcome of those over the limit: an outcome, or a reading whose values are outcomes.
fn read_rest(file: &ProposalFile<'_>, node: &Node<'_>) -> Option<Then<Outcome>> {
    let rest = file.read_then(node)?;
    if let Then::By { variable, .. } = rest
        && variable < file.setting.space.variables().len()
    {
        let help = "write an outcome, or a reading as in rest = \"$surplus\"";
        node.problem("those over a limit cannot be told apart by an attribute", "not a reading", help);
        return None;
    }
    Some(rest)
}

/// Reads a number of people, `{ share = 0.8 }` or `{ count = "outcome", of = { ... } }`.
fn read_bound(file: &ProposalFile<'_>, node: &Node<'_>) -> Option<Bound> {
    if !node.is_table() {
        return node.whole_number(0, Scenario::MAX_POPULATION).map(Bound::People);
    }
    let fields = node.fields("how many keep the outcome")?;
    let bound = match (fields.get("share"), fields.get("count")) {
        (Some(share), None) => {
            share.share().map(|share| Bound::Share((share * BILLIONTHS as f64).round() as u64))
        }
        (None, Some(count)) => {
            let outcome = read_outcome(&file.setting.outcomes, &count);
            let of = fields.need("of").map(|node| file.vocabulary().read_conditions(&node));
            outcome.zip(of).map(|(outcome, of)| Bound::Count { outcome, of })
        }
        (share, _) => {
            let what =
                if share.is_some() { "both a share and a count" } else { "neither a share nor a count" };
            let help = "write a number, { share = 0.8 } or { count = \"outcome\", of = { ... } }";
            node.problem(format!("`at_most` says {what}"), "one of the two", help);
            None
        }
    };
    fields.finish();
    bound
}
