use std::fmt::Write;

use serde_json::{Value, json};

use super::numbers::{decimal, grouped};
use super::records::pretty;
use crate::domain::{Count, Setting, Space};
use crate::proposal::{Difference, Interpretation, Move};

/// A difference, with the people it moves if a scenario was given.
#[derive(Debug)]
pub struct DifferenceReport<'a> {
    /// The setting.
    pub setting: &'a Setting,
    /// The first interpretation.
    pub a: &'a Interpretation,
    /// The second interpretation.
    pub b: &'a Interpretation,
    /// Where they part.
    pub difference: &'a Difference,
    /// The scenario's name, and the people moved: for each move and then in all.
    pub people: Option<(String, Vec<Count>)>,
}

/// A difference for people to read.
pub fn difference_text(report: &DifferenceReport<'_>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_difference(&mut text, report);
    text
}

fn write_difference(text: &mut String, report: &DifferenceReport<'_>) -> std::fmt::Result {
    let space = &report.setting.space;
    writeln!(text, "from {}\nto   {}\n", named(report.a), named(report.b))?;
    let difference = report.difference;
    if difference.profiles.is_empty() {
        writeln!(text, "They do the same with every one of the {} profiles.", space.len())?;
        return write_people(text, report, difference.moves.len(), "All in all");
    }
    writeln!(
        text,
        "They differ on {} of {} profiles, exactly where",
        difference.profiles.len(),
        space.len()
    )?;
    write_conditions(text, &difference.conditions)?;
    let constants = constants(space, difference);
    if difference.conditions.len() > 1 && !constants.is_empty() {
        writeln!(text, "All of these have {}.", constants.join(", "))?;
    }
    for (position, movement) in difference.moves.iter().enumerate() {
        writeln!(text, "\n{} -> {} where", movement.from, movement.to)?;
        write_conditions(text, &movement.conditions)?;
        let ids = |how: &Interpretation, rules: &[usize]| -> String {
            let ids: Vec<&str> = rules.iter().map(|rule| how.proposal.rules[*rule].id.as_str()).collect();
            ids.join(", ")
        };
        writeln!(
            text,
            "  by {} -> {}",
            ids(report.a, &movement.rules_from),
            ids(report.b, &movement.rules_to)
        )?;
        write_people(text, report, position, "  moves")?;
    }
    writeln!(text)?;
    write_people(text, report, difference.moves.len(), "All in all")?;
    if let Some((scenario, _)) = &report.people {
        writeln!(text, "The prisoners of {scenario} are synthetic.")?;
    }
    Ok(())
}

fn write_conditions(text: &mut String, conditions: &[String]) -> std::fmt::Result {
    conditions.iter().enumerate().try_for_each(|(position, condition)| {
        writeln!(text, "  {}{condition}", if position > 0 { "or " } else { "" })
    })
}

fn write_people(
    text: &mut String,
    report: &DifferenceReport<'_>,
    row: usize,
    what: &str,
) -> std::fmt::Result {
    match &report.people {
        Some((_, moved)) => writeln!(text, "{what}: {}", people(&moved[row])),
        None => Ok(()),
    }
}

fn people(moved: &Count) -> String {
    match (moved.spread.quantiles, moved.spread.sd) {
        (Some([low, median, high]), _) if low != high => {
            format!("{} people (90 % interval {} to {})", grouped(median), grouped(low), grouped(high))
        }
        (None, Some(sd)) if sd > 0.0 => {
            format!(
                "{} people expected (standard deviation {})",
                grouped(moved.mean.rounded()),
                decimal(sd.round())
            )
        }
        _ => format!("{} people", grouped(moved.mean.rounded())),
    }
}

fn named(how: &Interpretation) -> String {
    match how.reading() {
        reading if reading.is_empty() => how.proposal.id.clone(),
        reading => format!("{} ({})", how.proposal.id, reading.replace(';', ", ")),
    }
}

/// Attributes that have one level on every differing profile, and others elsewhere.
fn constants(space: &Space, difference: &Difference) -> Vec<String> {
    let variables = space.variables().iter().enumerate();
    variables
        .filter_map(|(v, variable)| {
            let mut levels = difference.profiles.iter().map(|profile| space.levels(*profile)[v]);
            let first = levels.next()?;
            let constant = levels.all(|level| level == first) && variable.levels.len() > 1;
            constant.then(|| format!("{} = {}", variable.name, variable.levels[usize::from(first)]))
        })
        .collect()
}

/// A difference as JSON.
///
/// # Errors
///
/// If it cannot be written as JSON.
pub fn difference_json(report: &DifferenceReport<'_>) -> Result<Vec<u8>, String> {
    let space = &report.setting.space;
    let side = |how: &Interpretation| json!({ "proposal": how.proposal.id, "reading": how.reading() });
    let ids = |how: &Interpretation, rules: &[usize]| -> Vec<String> {
        rules.iter().map(|rule| how.proposal.rules[*rule].id.clone()).collect()
    };
    let people = |row: usize| report.people.as_ref().map(|(_, moved)| moved_json(&moved[row]));
    let movement = |(position, movement): (usize, &Move)| {
        json!({
            "from": movement.from.name(),
            "to": movement.to.name(),
            "conditions": movement.conditions,
            "profiles": movement.profiles.len(),
            "rules_from": ids(report.a, &movement.rules_from),
            "rules_to": ids(report.b, &movement.rules_to),
            "people": people(position),
        })
    };
    let moves: Vec<Value> = report.difference.moves.iter().enumerate().map(movement).collect();
    pretty(&json!({
        "a": side(report.a),
        "b": side(report.b),
        "profiles": space.len(),
        "differing": report.difference.profiles.len(),
        "conditions": report.difference.conditions,
        "constant": constants(space, report.difference),
        "moves": moves,
        "scenario": report.people.as_ref().map(|(scenario, _)| scenario),
        "people": people(report.difference.moves.len()),
        "note": "The prisoners are synthetic.",
    }))
}

fn moved_json(moved: &Count) -> Value {
    let quantile = |i: usize| moved.spread.quantiles.map(|q| q[i]);
    json!({ "mean": moved.mean.people(), "sd": moved.spread.sd,
            "q05": quantile(0), "q50": quantile(1), "q95": quantile(2) })
}
