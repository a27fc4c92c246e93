use std::fmt::Write;

use serde_json::{Value, json};

use super::numbers::{decimal, grouped};
use super::records::{basis, pretty};
use super::sheet::heading;
use crate::domain::{Crossings, Outcome, Point, ProposalName, Provenance};

/// What expected head-counts are to equal.
#[derive(Debug)]
pub enum Target {
    /// Those of another proposal.
    Proposal(ProposalName),
    /// A number of people.
    People(u64),
}

/// At which values of a parameter a proposal's expected count of an outcome equals its target.
#[derive(Debug)]
pub struct SolutionReport<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// What the expectations rest on.
    pub sample: Provenance,
    /// The parameter's name.
    pub parameter: &'a str,
    /// The outcome counted.
    pub outcome: Outcome,
    /// The proposal.
    pub of: ProposalName,
    /// What its count is to equal.
    pub target: Target,
    /// Where it does.
    pub crossings: Crossings,
    /// Expected people at each of the values: the proposal's, and the target's.
    pub people: Vec<(f64, f64)>,
}

/// A solution for people to read.
pub fn solution_text(report: &SolutionReport<'_>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_solution(&mut text, report);
    text
}

fn write_solution(text: &mut String, report: &SolutionReport<'_>) -> std::fmt::Result {
    let SolutionReport { crossings, parameter, outcome, .. } = report;
    writeln!(text, "{}\n", heading(report.scenario, &report.sample))?;
    let target = match &report.target {
        Target::Proposal(side) => format!("as many as {}", side.title()),
        Target::People(people) => format!("{} people", grouped(*people)),
    };
    writeln!(text, "At which {parameter} are {target} expected to be {outcome} by {}?\n", report.of.title())?;
    if crossings.everywhere {
        writeln!(text, "  At every value: the difference is nobody.")?;
    }
    for (value, people) in crossings.values.iter().zip(&report.people) {
        writeln!(text, "  {parameter} = {}: {}", decimal(*value), counts(report, *people))?;
    }
    if crossings.values.is_empty() && !crossings.everywhere {
        write_extremes(text, report)?;
    }
    writeln!(text, "\n{}\n", scanned(report))?;
    report.sample.notes(true).iter().try_for_each(|note| writeln!(text, "{note}"))
}

fn counts(report: &SolutionReport<'_>, (of, target): (f64, f64)) -> String {
    match report.target {
        Target::Proposal(_) => format!("{} and {} people", people(of), people(target)),
        Target::People(_) => format!("{} people", people(of)),
    }
}

fn write_extremes(text: &mut String, report: &SolutionReport<'_>) -> std::fmt::Result {
    let target = match &report.target {
        Target::Proposal(side) => side.title(),
        Target::People(people) => grouped(*people),
    };
    let SolutionReport { parameter, crossings: Crossings { least, greatest, .. }, .. } = report;
    let difference = format!("{} less {target}", report.of.title());
    if people(least.difference) == people(greatest.difference) {
        return writeln!(text, "  At none: {difference} is {} people throughout.", people(least.difference));
    }
    writeln!(text, "  At none: {difference} is")?;
    for (word, Point { value, difference }) in [("least   ", least), ("greatest", greatest)] {
        writeln!(
            text,
            "    {word}  where {parameter} = {}: {} people",
            decimal(*value),
            people(*difference)
        )?;
    }
    Ok(())
}

fn scanned(report: &SolutionReport<'_>) -> String {
    let (low, high) = report.crossings.scanned;
    let ends = format!("Scanned from {} to {}", decimal(low), decimal(high));
    match (report.crossings.limited, report.sample.replicates) {
        (false, _) => format!("{ends}."),
        (true, None) => format!("{ends}: beyond, the shares of a stratum would exceed 1."),
        (true, Some(_)) => format!("{ends}: beyond, the shares of a stratum would exceed 1 in some draw."),
    }
}

/// A number of people to read: whole, or with decimals where it is close to nobody.
fn people(number: f64) -> String {
    let size = match number.abs() {
        many if many >= 10.0 => grouped(many.round() as u64),
        few => decimal(few),
    };
    // What rounds to nobody has no sign.
    if number < 0.0 && size != "0" { format!("-{size}") } else { size }
}

/// A solution as JSON.
///
/// # Errors
///
/// If it cannot be written as JSON.
pub fn solution_json(report: &SolutionReport<'_>) -> Result<Vec<u8>, String> {
    let crossings = &report.crossings;
    let (equals, target) = match &report.target {
        Target::Proposal(side) => (Some(named(side)), None),
        Target::People(people) => (None, Some(*people)),
    };
    let solution = |(value, (of, target)): (&f64, &(f64, f64))| json!({ "value": value, "people": of, "target_people": target });
    let solutions: Vec<Value> = crossings.values.iter().zip(&report.people).map(solution).collect();
    let (from, to) = crossings.scanned;
    let mut document = basis(report.scenario, &report.sample, report.sample.notes(true));
    let entries = [
        ("parameter", json!(report.parameter)),
        ("outcome", json!(report.outcome.name())),
        ("proposal", named(&report.of)),
        ("equals", json!(equals)),
        ("target", json!(target)),
        ("scanned", json!({ "from": from, "to": to, "limit_of_the_possible": crossings.limited })),
        ("everywhere", json!(crossings.everywhere)),
        ("solutions", json!(solutions)),
        ("least", point(&crossings.least)),
        ("greatest", point(&crossings.greatest)),
    ];
    document.extend(entries.map(|(name, value)| (name.to_string(), value)));
    pretty(&Value::Object(document))
}

fn named(side: &ProposalName) -> Value {
    let reading = (!side.reading.is_empty()).then_some(&side.reading);
    json!({ "proposal": side.proposal, "reading": reading })
}

fn point(point: &Point) -> Value {
    json!({ "value": point.value, "difference": point.difference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_whole_unless_few() {
        let texts = [0.0, 1e-8, -1e-8, 0.25, -9.5, 10.4, -33_423.2].map(people);
        assert_eq!(texts, ["0", "0", "0", "0.25", "-9.5", "10", "-33,423"]);
    }
}
