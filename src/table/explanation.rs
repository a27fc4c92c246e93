use std::fmt::Write;

use serde_json::{Value, json};

use super::records::pretty;
use crate::domain::{Citation, Outcome, Profile, Setting, Source};
use crate::proposal::{Explanation, Interpretation, RuleTrace};

/// An explanation for people to read.
pub fn explanation_text(
    setting: &Setting,
    how: &Interpretation,
    profile: Profile,
    why: &Explanation,
) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_explanation(&mut text, setting, how, profile, why);
    text
}

fn write_explanation(
    text: &mut String,
    setting: &Setting,
    how: &Interpretation,
    profile: Profile,
    why: &Explanation,
) -> std::fmt::Result {
    let proposal = &how.proposal;
    writeln!(text, "{}: {}", proposal.id, proposal.title)?;
    writeln!(text, "for {} ({})", setting.space.words(profile), derived(setting, profile))?;
    let accepts = if setting.accepts(profile, why.outcome) { "accepts" } else { "does not accept" };
    writeln!(text, "\n{}, which his recorded wish {accepts}", why.outcome.name().to_uppercase())?;
    for &rule in &why.deciding {
        let rule_text = &proposal.rules[rule];
        let Some(citation) = &rule_text.citation else {
            writeln!(text, "\n  The text is silent ({}); counted as {}:", rule_text.id, why.outcome)?;
            writeln!(text, "    {}", rule_text.note.as_deref().unwrap_or_default())?;
            continue;
        };
        writeln!(text, "\n  Rule {}", rule_text.id)?;
        citation.note.iter().try_for_each(|note| writeln!(text, "    {note}"))?;
        writeln!(text, "    {citation}")?;
        setting
            .source(&citation.source)
            .iter()
            .try_for_each(|source| writeln!(text, "    {}", entry(source)))?;
    }
    write_readings(text, how, why)?;
    writeln!(text, "\nRules that do not decide")?;
    let id = |rule: usize| proposal.rules[rule].id.as_str();
    let width = (0..proposal.rules.len()).map(|rule| id(rule).len()).max().unwrap_or_default();
    for trace in &why.others {
        match trace {
            RuleTrace::GivesWay { rule, to } => {
                writeln!(text, "  {:width$}  applies, but gives way to {}", id(*rule), id(*to))?;
            }
            RuleTrace::DoesNotApply { rule, unmet } => {
                let variables = proposal.variables(&setting.space);
                let needs: Vec<String> = unmet.iter().map(|test| test.words(&variables)).collect();
                writeln!(text, "  {:width$}  needs {}", id(*rule), needs.join(", "))?;
            }
        }
    }
    writeln!(text, "\nThe prisoner is synthetic: a profile, not a person.")
}

fn write_readings(text: &mut String, how: &Interpretation, why: &Explanation) -> std::fmt::Result {
    let proposal = &how.proposal;
    if proposal.readings.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nReadings in force, and what the others would give")?;
    for (position, reading) in proposal.readings.iter().enumerate() {
        let chosen = usize::from(how.chosen[position]);
        writeln!(text, "  {}: {}", reading.variable.name, reading.question)?;
        for (value, meaning) in reading.meanings.iter().enumerate() {
            let other =
                why.alternatives.iter().find(|a| a.reading == position && usize::from(a.value) == value);
            let gives = match other {
                _ if value == chosen => "in force".to_string(),
                Some(other) if other.outcome == why.outcome => format!("also {}", other.outcome),
                Some(other) => other.outcome.name().to_uppercase(),
                None => String::new(),
            };
            writeln!(
                text,
                "    {} = {:12} {gives}",
                if value == chosen { "*" } else { " " },
                reading.variable.levels[value]
            )?;
            writeln!(text, "        {meaning}")?;
        }
    }
    let total: usize = why.over_all_readings.iter().sum();
    let counts =
        Outcome::ALL.map(|outcome| format!("{outcome} in {}", why.over_all_readings[outcome.index()]));
    writeln!(text, "  Of all {total} combinations of readings: {}.", counts.join(", "))
}

fn derived(setting: &Setting, profile: Profile) -> String {
    let space = &setting.space;
    let levels = &space.levels(profile)[space.attributes().len()..];
    let words: Vec<String> = space
        .derived()
        .iter()
        .zip(levels)
        .map(|(variable, &level)| format!("{}={}", variable.name, variable.levels[usize::from(level)]))
        .collect();
    words.join(" ")
}

/// A bibliography's entry in one line.
fn entry(source: &Source) -> String {
    let parts = [source.author.as_ref(), Some(&source.title), source.place.as_ref(), source.address.as_ref()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(". ")
}

/// An explanation as JSON.
///
/// # Errors
///
/// If it cannot be written as JSON.
pub fn explanation_json(
    setting: &Setting,
    how: &Interpretation,
    profile: Profile,
    why: &Explanation,
) -> Result<Vec<u8>, String> {
    let proposal = &how.proposal;
    let space = &setting.space;
    let levels = space.variables().iter().zip(space.levels(profile));
    let levels =
        levels.map(|(variable, &level)| (variable.name.clone(), json!(variable.levels[usize::from(level)])));
    let rule = |&rule: &usize| {
        let text = &proposal.rules[rule];
        json!({ "id": text.id, "silence": text.citation.is_none(), "note": text.note,
                "citation": text.citation.as_ref().map(|citation| cited(setting, citation)) })
    };
    let id = |rule: usize| &proposal.rules[rule].id;
    let variables = proposal.variables(space);
    let other = |trace: &RuleTrace| match trace {
        RuleTrace::GivesWay { rule, to } => json!({ "id": id(*rule), "gives_way_to": id(*to) }),
        RuleTrace::DoesNotApply { rule, unmet } => {
            let needs: Vec<String> = unmet.iter().map(|test| test.words(&variables)).collect();
            json!({ "id": id(*rule), "needs": needs })
        }
    };
    let value = |reading: usize, value: u8| &proposal.readings[reading].variable.levels[usize::from(value)];
    let readings = proposal.readings.iter().enumerate().map(|(position, reading)| {
        let others = why.alternatives.iter().filter(|other| other.reading == position);
        let others = others.map(|other| (value(position, other.value).clone(), json!(other.outcome.name())));
        json!({ "reading": reading.variable.name, "question": reading.question,
                "in_force": value(position, how.chosen[position]), "others_give": Value::Object(others.collect()) })
    });
    pretty(&json!({
        "proposal": proposal.id,
        "profile": Value::Object(levels.collect()),
        "outcome": why.outcome.name(),
        "wish_accepts": setting.accepts(profile, why.outcome),
        "deciding": why.deciding.iter().map(rule).collect::<Vec<_>>(),
        "readings": readings.collect::<Vec<_>>(),
        "over_all_readings": Outcome::ALL.map(|outcome| json!({ "outcome": outcome.name(), "combinations": why.over_all_readings[outcome.index()] })),
        "not_deciding": why.others.iter().map(other).collect::<Vec<_>>(),
        "note": "The prisoner is synthetic: a profile, not a person.",
    }))
}

fn cited(setting: &Setting, citation: &Citation) -> Value {
    json!({
        "source": citation.source,
        "locus": citation.locus,
        "note": citation.note,
        "status": citation.status.name(),
        "entry": setting.source(&citation.source).map(entry),
    })
}
