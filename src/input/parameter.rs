//! Reads parameters: named shares with a value or a distribution, and where each comes from.

use std::collections::BTreeMap;

use super::basis::read_basis;
use super::fields::{Fields, Node};
use super::names::{refuse_formula, refuse_reserved_name};
use super::problems::Problems;
use crate::domain::suggestion;
use crate::domain::{Basis, Place, Problem, Setting, Status};
use crate::scenario::{Distribution, Parameter};

/// A value set for a parameter in place of the scenario's.
#[derive(Debug, Clone)]
pub(super) struct SetValue {
    pub(super) parameter: String,
    pub(super) value: f64,
    /// Where a file sets it; absent if an argument does.
    pub(super) place: Option<Place>,
}

/// Reads the parameters of all layers; a later one replaces an earlier one of the same name.
pub(super) fn read_parameters(
    setting: &Setting,
    set: &[SetValue],
    layers: &[Fields<'_>],
    problems: &Problems,
) -> Vec<Parameter> {
    let mut entries: Vec<Node<'_>> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for layer in layers {
        let table = layer.get("parameters").and_then(|node| node.fields("[parameters]"));
        for node in table.map(|fields| fields.entries()).unwrap_or_default() {
            match positions.get(&node.name) {
                Some(earlier) => entries[*earlier] = node,
                None => {
                    positions.insert(node.name.clone(), entries.len());
                    entries.push(node);
                }
            }
        }
    }
    let names: Vec<&str> = entries.iter().map(|node| node.name.as_str()).collect();
    problems.extend(set.iter().filter_map(|set| refuse_set_value(set, &names)));
    let read = |node: &Node<'_>| {
        refuse_reserved_name("parameter", &node.name, &node.key_place(), problems);
        refuse_formula(&node.name, &node.key_place(), problems);
        // What is wrong has been reported; the name is kept, so that strata may refer to it.
        let fallback = (Distribution::Fixed(0.0), Basis::default());
        let (distribution, basis) = read_parameter(setting, set, node).unwrap_or(fallback);
        Parameter { name: node.name.clone(), distribution, basis, place: node.key_place() }
    };
    entries.iter().map(read).collect()
}

/// The problem with a value that is set, if there is one.
fn refuse_set_value(set: &SetValue, known: &[&str]) -> Option<Problem> {
    let (name, value) = (&set.parameter, set.value);
    let (problem, argument) = if !known.contains(&name.as_str()) {
        let problem = Problem::new(format!("the scenario has no parameter `{name}`"));
        (problem.help(suggestion(name, known.iter().copied())), name.clone())
    } else if !(0.0..=1.0).contains(&value) {
        let problem = Problem::new(format!("{value} is not a share"));
        (problem.help("a share lies between 0 and 1; 35 % is written 0.35"), format!("{name}={value}"))
    } else {
        return None;
    };
    Some(match &set.place {
        Some(place) => Problem { place: Some(place.clone()), ..problem },
        None => problem.argument("set", argument),
    })
}

fn read_parameter(setting: &Setting, set: &[SetValue], node: &Node<'_>) -> Option<(Distribution, Basis)> {
    if node.is_number() {
        let help = format!(
            "write `{0} = {{ value = ..., source = \"...\" }}`, or `status = \"assumed\"` instead of a source",
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
    let distribution = read_distribution(node, &fields);
    let what = format!("parameter `{}`", node.name);
    let basis = read_basis(&setting.sources, &what, &node.key_place(), &fields);
    fields.finish();
    match set.iter().rev().find(|set| set.parameter == node.name) {
        // What the user sets is the user's assumption.
        Some(set) => {
            Some((Distribution::Fixed(set.value), Basis { status: Status::Assumed, ..Basis::default() }))
        }
        None => Some((distribution?, basis?)),
    }
}

const DISTRIBUTIONS: [&str; 6] = ["value", "beta", "uniform", "triangular", "pert", "logit_normal"];

fn read_distribution(parameter: &Node<'_>, fields: &Fields<'_>) -> Option<Distribution> {
    let declared: Vec<Node<'_>> = DISTRIBUTIONS.iter().filter_map(|key| fields.get(key)).collect();
    let [node] = declared.as_slice() else {
        let message =
            format!("parameter `{}` needs exactly one of {}", parameter.name, DISTRIBUTIONS.join(", "));
        let help = "for one value write `value = 0.35`, for an uncertain one e.g. `beta = [35, 65]`";
        parameter.problem(message, "expected exactly one", help);
        return None;
    };
    if node.name == "value" {
        return node.share().map(Distribution::Fixed);
    }
    let numbers: Option<Vec<f64>> = node.items()?.iter().map(Node::number).collect();
    let numbers = numbers?;
    let distribution = distribution(&node.name, &numbers);
    if let Err(demand) = distribution {
        let message = format!("`{} = {numbers:?}` is not a distribution of a share", node.name);
        node.problem(message, "not valid", format!("it needs {demand}"));
    }
    distribution.ok()
}

/// The distribution of this kind with these numbers, or what it needs instead.
fn distribution(kind: &str, numbers: &[f64]) -> Result<Distribution, &'static str> {
    let is_weight = |weight: f64| (1e-3..=1e12).contains(&weight);
    let (distribution, is_sound, demand) = match (kind, numbers) {
        ("beta", &[a, b]) => {
            (Distribution::Beta { a, b }, is_weight(a) && is_weight(b), "two weights from 0.001 to 1e12")
        }
        ("uniform", &[min, max]) => {
            (Distribution::Uniform { min, max }, rise(&[min, max]), "0 <= least <= most <= 1")
        }
        ("triangular", &[min, mode, max]) => {
            let demand = "0 <= least <= most likely <= most <= 1";
            (Distribution::Triangular { min, mode, max }, rise(&[min, mode, max]), demand)
        }
        ("pert", &[min, mode, max]) => {
            let demand = "0 <= least <= most likely <= most <= 1";
            (Distribution::Pert { min, mode, max }, rise(&[min, mode, max]), demand)
        }
        ("logit_normal", &[median, sd]) => {
            let is_sound = median > 0.0 && median < 1.0 && (0.0..=100.0).contains(&sd);
            let demand = "a median inside 0 and 1 and a standard deviation of the log-odds from 0 to 100";
            (Distribution::LogitNormal { median, sd }, is_sound, demand)
        }
        ("triangular" | "pert", _) => return Err("three numbers: least, most likely, most"),
        _ => return Err("two numbers"),
    };
    if is_sound { Ok(distribution) } else { Err(demand) }
}

/// Whether these are shares in rising order.
fn rise(shares: &[f64]) -> bool {
    shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0).contains(share))
}

#[cfg(test)]
mod tests {
    use super::super::load::{Loaded, Request, load};
    use super::super::toy::{FILES, load_replaced, messages};
    use super::*;
    use crate::domain::Error;

    #[test]
    fn every_kind_of_distribution_has_its_numbers() {
        use Distribution::{Beta, LogitNormal, Pert, Triangular, Uniform};
        let cases: [(&str, &[f64], Distribution); 5] = [
            ("beta", &[35.0, 65.0], Beta { a: 35.0, b: 65.0 }),
            ("uniform", &[0.1, 0.2], Uniform { min: 0.1, max: 0.2 }),
            ("triangular", &[0.1, 0.2, 0.3], Triangular { min: 0.1, mode: 0.2, max: 0.3 }),
            ("pert", &[0.1, 0.2, 0.3], Pert { min: 0.1, mode: 0.2, max: 0.3 }),
            ("logit_normal", &[0.3, 0.5], LogitNormal { median: 0.3, sd: 0.5 }),
        ];
        for (kind, numbers, expected) in cases {
            assert_eq!(distribution(kind, numbers), Ok(expected), "{kind}");
        }
    }

    #[test]
    fn numbers_that_are_no_distribution_of_a_share_are_refused() {
        let cases: [(&str, &[f64]); 9] = [
            ("beta", &[0.0, 1.0]),
            ("beta", &[1.0]),
            ("uniform", &[0.2, 0.1]),
            ("uniform", &[0.5, 1.1]),
            ("triangular", &[0.3, 0.2, 0.4]),
            ("triangular", &[0.2, 0.3]),
            ("pert", &[-0.1, 0.2, 0.3]),
            ("logit_normal", &[0.0, 1.0]),
            ("logit_normal", &[0.5, f64::NAN]),
        ];
        for (kind, numbers) in cases {
            assert!(distribution(kind, numbers).is_err(), "{kind} {numbers:?}");
        }
    }

    #[test]
    fn a_parameter_has_one_distribution_and_a_source() {
        let two = load_replaced("beta = [35, 65]", "beta = [35, 65]\nvalue = 0.35");
        assert!(messages(two)[0].contains("needs exactly one of"));
        let unsourced = load_replaced("beta = [35, 65]\nsource = \"memo\"", "beta = [35, 65]");
        assert_eq!(messages(unsourced), ["parameter `refusal` does not say where its numbers come from"]);
        let unknown =
            load_replaced("beta = [35, 65]\nsource = \"memo\"", "beta = [35, 65]\nsource = \"meno\"");
        assert_eq!(messages(unknown), ["there is no source `meno`"]);
    }

    fn load_set(set: &[(&str, f64)]) -> Result<Loaded, Error> {
        load(&Request {
            scenario: "toy/all.toml".into(),
            set: set.iter().map(|(name, value)| (name.to_string(), *value)).collect(),
            in_memory: FILES.into_iter().collect(),
            ..Request::default()
        })
    }

    #[test]
    fn a_value_set_is_the_users_assumption_and_the_last_one_counts() {
        let parameter =
            load_set(&[("refusal", 0.1), ("refusal", 0.2)]).unwrap().scenario.parameters.remove(0);
        assert_eq!(parameter.distribution, Distribution::Fixed(0.2));
        assert_eq!((parameter.basis.status, parameter.basis.source), (Status::Assumed, None));
    }

    #[test]
    fn a_value_set_for_nothing_names_the_argument() {
        let error = load_set(&[("refusl", 0.1), ("refusal", 1.5), ("refusal", f64::NAN)]).unwrap_err();
        let arguments: Vec<_> = error.problems().iter().map(|problem| problem.argument.clone()).collect();
        let argument = |value: &str| Some(("set", value.to_string()));
        assert_eq!(arguments, [argument("refusl"), argument("refusal=1.5"), argument("refusal=NaN")]);
        assert!(error.to_string().contains("did you mean `refusal`?"), "{error}");
    }
}
