//! Where numbers and rules come from: their source, their status, or the admission that they are assumed.

use super::fields::{Fields, Node};
use crate::domain::{Basis, Place, Problem, Source, Status};

/// Reads where a number comes from: its source, or the admission that it is assumed.
pub(super) fn read_basis(
    sources: &[Source],
    what: &str,
    place: &Place,
    fields: &Fields<'_>,
) -> Option<Basis> {
    let source = fields.get("source").map(|node| read_source_key(sources, &node));
    let status = fields.get("status").map(|node| read_status(&node));
    let note = fields.get("note").and_then(|node| node.text());
    let status = status.map_or(Some(Status::default()), |status| status)?;
    if source.is_none() && status != Status::Assumed {
        fields.problems.add(
            Problem::at(place, format!("{what} does not say where its numbers come from"))
                .label("no source")
                .help("add `source = \"key\"` from sources.toml, or `status = \"assumed\"`"),
        );
        return None;
    }
    Some(Basis { source: source.map_or(Some(None), |key| key.map(Some))?, status, note })
}

/// Reads how a number or passage is known.
pub(super) fn read_status(node: &Node<'_>) -> Option<Status> {
    let name = node.text()?;
    let status = Status::ALL.into_iter().find(|status| status.name() == name);
    if status.is_none() {
        let help = node.problems.suggestion(&name, Status::ALL.into_iter().map(Status::name));
        node.problem(format!("`{name}` is not a status"), "unknown status", help);
    }
    status
}

/// Reads the key of a source, which must be in the bibliography.
pub(super) fn read_source_key(sources: &[Source], node: &Node<'_>) -> Option<String> {
    let key = node.text()?;
    if sources.iter().any(|source| source.key == key) {
        return Some(key);
    }
    let help = node.problems.suggestion(&key, sources.iter().map(|source| source.key.as_str()));
    let help = format!("{help}\nor add [sources.{key}] with a title to this file");
    node.problem(format!("there is no source `{key}`"), "not in the bibliography", help);
    None
}
