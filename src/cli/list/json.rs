//! The list for programs: one JSON document with everything listed.

use serde_json::{Value, json};

use super::selection::Selection;
use crate::domain::{Setting, Variable};
use crate::proposal::{Proposal, Reading};
use crate::scenario::{Parameter, Scenario, Target};

/// The lists of all settings as one document, which ends with a new line.
pub(super) fn document(selections: &[Selection<'_>]) -> String {
    let settings: Vec<Value> = selections.iter().map(setting).collect();
    format!("{:#}\n", json!({ "settings": settings }))
}

fn setting(selection: &Selection<'_>) -> Value {
    let setting = selection.setting;
    let all = |values: Vec<Value>| Value::Array(values);
    json!({
        "id": setting.id,
        "title": setting.title,
        "people": setting.people,
        "default_scenario": setting.default_scenario,
        "attributes": all(selection.variables.iter().map(|v| variable(setting, v)).collect()),
        "outcomes": all(selection.outcomes.iter().map(|outcome| json!({
            "name": outcome.name, "kind": outcome.kind.name(), "meaning": outcome.meaning,
        })).collect()),
        "scenarios": all(selection.scenarios.iter().map(|s| scenario(s)).collect()),
        "proposals": all(selection.proposals.iter().map(|p| proposal(p)).collect()),
        "sweeps": all(selection.sweeps.iter().map(|sweep| json!({
            "name": sweep.name, "title": sweep.title, "note": sweep.note, "design": sweep.design.name(),
            "axes": sweep.axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<&str>>(),
            "replicates": sweep.replicates, "seed": sweep.seed,
        })).collect()),
        "targets": all(selection.targets.iter().map(|t| target(t)).collect()),
        "sources": all(selection.sources.iter().map(|source| json!({
            "key": source.key, "author": source.author, "title": source.title,
            "place": source.place, "address": source.address,
        })).collect()),
    })
}

fn variable(setting: &Setting, variable: &Variable) -> Value {
    let attributes = setting.space.attributes();
    let position = attributes.iter().position(|attribute| attribute.name == variable.name);
    let default = position.and_then(|position| setting.space.default_level(position));
    let levels = variable.levels.iter().map(
        |level| json!({ "name": level, "description": setting.description(&variable.name, Some(level)) }),
    );
    json!({
        "name": variable.name,
        "description": setting.description(&variable.name, None),
        "derived": position.is_none(),
        "default": default.map(|level| &variable.levels[usize::from(level)]),
        "levels": levels.collect::<Vec<Value>>(),
    })
}

fn scenario(scenario: &Scenario) -> Value {
    let proposals: Vec<&str> = scenario.proposals.iter().map(|(proposal, _)| proposal.as_str()).collect();
    json!({
        "name": scenario.name, "title": scenario.title, "date": scenario.date, "note": scenario.note,
        "population": scenario.population(), "proposals": proposals,
        "parameters": scenario.parameters.iter().map(parameter).collect::<Vec<Value>>(),
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let (least, most) = parameter.distribution.bounds();
    json!({
        "name": parameter.name, "distribution": parameter.distribution.words(),
        "centre": parameter.distribution.centre(), "least": least, "most": most,
        "source": parameter.basis.source, "status": parameter.basis.status.name(),
        "note": parameter.basis.note,
    })
}

fn proposal(proposal: &Proposal) -> Value {
    json!({
        "id": proposal.id, "title": proposal.title, "date": proposal.date, "by": proposal.by,
        "note": proposal.note,
        "readings": proposal.readings.iter().map(reading).collect::<Vec<Value>>(),
    })
}

fn reading(reading: &Reading) -> Value {
    let values = reading.variable.levels.iter().zip(&reading.meanings);
    let values = values.map(|(value, meaning)| json!({ "value": value, "meaning": meaning }));
    json!({
        "name": reading.variable.name, "question": reading.question,
        "default": reading.variable.levels[usize::from(reading.default)],
        "values": values.collect::<Vec<Value>>(),
    })
}

fn target(target: &Target) -> Value {
    json!({
        "id": target.id, "what": target.what, "number": target.number, "date": target.date,
        "by": target.by, "scenario": target.scenario, "proposal": target.proposal,
        "tolerance": target.tolerance, "fitted": target.is_fitted, "source": target.basis.source,
    })
}
