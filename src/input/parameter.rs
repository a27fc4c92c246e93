use super::conditions::source_key;
use super::fields::{Fields, Node, suggestion};
use super::proposal::status;
use super::scenario::Overrides;
use crate::domain::{Basis, Place, Problem, Setting, Status};
use crate::scenario::{Distribution, Parameter};

/// Parameters of all layers; a later one takes the place of an earlier one of the same name.
pub(super) fn parameters(setting: &Setting, set: Overrides<'_>, layers: &[Fields<'_>]) -> Vec<Parameter> {
    let mut entries: Vec<Node<'_>> = Vec::new();
    for layer in layers {
        let table = layer.get("parameters").and_then(|node| node.fields("[parameters]"));
        for node in table.map(|fields| fields.entries()).unwrap_or_default() {
            match entries.iter_mut().find(|earlier| earlier.name == node.name) {
                Some(earlier) => *earlier = node,
                None => entries.push(node),
            }
        }
    }
    let known = || entries.iter().map(|node| node.name.as_str());
    for (name, _) in set.iter().filter(|(name, _)| !known().any(|known| known == name)) {
        let what = format!("--set {name}: the scenario has no parameter `{name}`");
        let problem = Problem::new(what).help(suggestion(name, known()));
        layers.iter().take(1).for_each(|layer| layer.problems.add(problem.clone()));
    }
    let read = |node: &Node<'_>| {
        // One that could not be read has been reported; it stays known to the strata.
        let fallback = (Distribution::Fixed(0.0), Basis::default());
        let (distribution, basis) = parameter(setting, set, node).unwrap_or(fallback);
        Parameter { name: node.name.clone(), distribution, basis, place: node.key_place() }
    };
    entries.iter().map(read).collect()
}

fn parameter(setting: &Setting, set: Overrides<'_>, node: &Node<'_>) -> Option<(Distribution, Basis)> {
    if node.is_number() {
        let help = format!(
            "write `{0} = {{ value = ..., source = \"...\" }}`, or status = \"assumed\" in place of a source",
            node.name
        );
        node.problem(
            format!("parameter `{}` does not say where it comes from", node.name),
            "just a number",
            help,
        );
        return None;
    }
    let fields = node.fields(format!("parameter {}", node.name))?;
    let distribution = distribution(node, &fields);
    let basis = basis(setting, &format!("parameter `{}`", node.name), &node.key_place(), &fields);
    fields.finish();
    match set.iter().rev().find(|(name, _)| *name == node.name) {
        // What the user sets is the user's assumption.
        Some((_, value)) => {
            Some((Distribution::Fixed(*value), Basis { status: Status::Assumed, ..Basis::default() }))
        }
        None => Some((distribution?, basis?)),
    }
}

const DISTRIBUTIONS: [&str; 6] = ["value", "beta", "uniform", "triangular", "pert", "logit_normal"];

fn distribution(parameter: &Node<'_>, fields: &Fields<'_>) -> Option<Distribution> {
    let given: Vec<Node<'_>> = DISTRIBUTIONS.iter().filter_map(|key| fields.get(key)).collect();
    let [node] = given.as_slice() else {
        let message =
            format!("parameter `{}` needs exactly one of {}", parameter.name, DISTRIBUTIONS.join(", "));
        let help = "for one value write `value = 0.35`, for an uncertain one e.g. `beta = [35, 65]`";
        parameter.problem(message, "which value?", help);
        return None;
    };
    if node.name == "value" {
        return node.share().map(Distribution::Fixed);
    }
    let numbers: Option<Vec<f64>> = node.items()?.iter().map(Node::number).collect();
    let numbers = numbers?;
    let (distribution, demand) = match (node.name.as_str(), numbers.as_slice()) {
        ("beta", &[a, b]) => {
            let sound = (1e-3..=1e12).contains(&a) && (1e-3..=1e12).contains(&b);
            (sound.then_some(Distribution::Beta { a, b }), "two weights from 0.001 to 1e12")
        }
        ("uniform", &[min, max]) => {
            (ordered(&[min, max]).then_some(Distribution::Uniform { min, max }), "0 <= least <= most <= 1")
        }
        ("triangular", &[min, mode, max]) => (
            ordered(&[min, mode, max]).then_some(Distribution::Triangular { min, mode, max }),
            "0 <= least <= most likely <= most <= 1",
        ),
        ("pert", &[min, mode, max]) => (
            ordered(&[min, mode, max]).then_some(Distribution::Pert { min, mode, max }),
            "0 <= least <= most likely <= most <= 1",
        ),
        ("logit_normal", &[median, sd]) => {
            let sound = median > 0.0 && median < 1.0 && (0.0..=100.0).contains(&sd);
            let distribution = sound.then_some(Distribution::LogitNormal { median, sd });
            (distribution, "a median inside 0 and 1 and a standard deviation of the log-odds from 0 to 100")
        }
        ("triangular" | "pert", _) => (None, "three numbers: least, most likely, most"),
        _ => (None, "two numbers"),
    };
    if distribution.is_none() {
        let message = format!("`{} = {numbers:?}` is not a distribution of a share", node.name);
        node.problem(message, "out of bounds", format!("it needs {demand}"));
    }
    distribution
}

fn ordered(values: &[f64]) -> bool {
    values.is_sorted() && values.iter().all(|value| (0.0..=1.0).contains(value))
}

/// Where a number comes from: a source, or the admission that it is assumed.
pub(super) fn basis(setting: &Setting, what: &str, place: &Place, fields: &Fields<'_>) -> Option<Basis> {
    let source = fields.get("source").map(|node| source_key(&setting.sources, &node));
    let status = fields.get("status").map(|node| status(&node));
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
