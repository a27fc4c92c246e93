//! What every output says of its prisoners and numbers: the line above a table and the notes below it.

use std::collections::BTreeSet;

use crate::domain::{Basis, Engine, Setting, Status};
use crate::scenario::Scenario;
use crate::simulate::Summary;
use crate::table::{Provenance, grouped};

/// Who was counted, how, and by which statistic, in one line.
pub(crate) fn title(setting: &Setting, provenance: &Provenance) -> String {
    let mut title = provenance.scenario.clone().unwrap_or_default();
    if let Some(population) = provenance.population {
        title += &format!(": {} synthetic {}", grouped(population), setting.people);
    }
    match (provenance.engine, provenance.replicates) {
        (Some(Engine::Exact), None) => title += ", expectations in closed form",
        (Some(Engine::Exact), Some(draws)) => {
            title +=
                &format!(", expectations in closed form given {} draws of the parameters", grouped(draws));
        }
        (Some(engine), Some(1)) => title += &format!(", 1 replicate by {}", engine.name()),
        (Some(engine), Some(n)) => {
            title += &format!(", means of {} replicates by {}", grouped(n), engine.name())
        }
        _ => {}
    }
    provenance.seed.iter().for_each(|seed| title += &format!(", seed {seed}"));
    provenance.set.iter().for_each(|(name, value)| title += &format!(", {name} = {value}"));
    provenance.counted.iter().for_each(|restriction| title += &format!("; only {restriction}"));
    title
}

/// How far off expectations in closed form may be because they average over a finite number of draws of the
/// parameters; `None` where nothing was drawn.
pub(crate) fn standard_error(summary: &Summary) -> Option<String> {
    let errors = (0..summary.spreads.len()).filter_map(|row| summary.standard_error(row));
    let greatest = errors.reduce(f64::max)?;
    Some(format!(
        "Means are exact given the draws of the parameters; over draws, their standard error is at most {} people.",
        grouped(greatest.ceil() as u64)
    ))
}

/// What every output says of those counted.
pub(crate) fn synthetic(setting: &Setting) -> String {
    format!("The {} are synthetic: drawn from published counts, not from files on persons.", setting.people)
}

/// Whom alone a table counts, if not everybody.
pub(crate) fn counted(setting: &Setting, provenance: &Provenance) -> Option<String> {
    let restrictions = provenance.counted.join(", ");
    let only = format!("Only {} with {restrictions} are counted; all of them are simulated.", setting.people);
    (!restrictions.is_empty()).then_some(only)
}

/// The notes of a table whose people are counted; `text_is_silent` where a text is silent about some.
pub(crate) fn notes(setting: &Setting, provenance: &Provenance, text_is_silent: bool) -> Vec<String> {
    let mut notes = vec![synthetic(setting)];
    notes.extend(counted(setting, provenance));
    notes.extend(setting.notes.iter().cloned());
    notes.extend(doubtful_numbers(provenance.unverified, provenance.assumed));
    if text_is_silent {
        notes.push(
            "Where a text is silent about people, its file declares the outcome counted; `repat explain` says why."
                .into(),
        );
    }
    notes
}

/// How many numbers of some scenarios have this status: one that several share counts once.
pub(super) fn count_distinct<'a>(scenarios: impl Iterator<Item = &'a Scenario>, status: Status) -> usize {
    let key = |(name, basis): (&'a str, &'a Basis)| (name, basis.source.as_deref(), basis.note.as_deref());
    scenarios.flat_map(|scenario| scenario.numbers(status)).map(key).collect::<BTreeSet<_>>().len()
}

fn doubtful_numbers(unverified: usize, assumed: usize) -> Option<String> {
    let numbers = |count: usize| if count == 1 { "1 number".to_string() } else { format!("{count} numbers") };
    let from_memory = |count: usize| {
        let has = if count == 1 { "has" } else { "have" };
        format!("{} {has} not been checked against a source (from memory of the literature)", numbers(count))
    };
    let assumptions = |count: usize| {
        if count == 1 { "1 is an assumption".to_string() } else { format!("{count} are assumptions") }
    };
    match (unverified, assumed) {
        (0, 0) => None,
        (unverified, 0) => Some(format!("{}.", from_memory(unverified))),
        (0, 1) => Some("1 number is an assumption (no source has a figure).".into()),
        (0, assumed) => Some(format!("{assumed} numbers are assumptions (no source has a figure).")),
        (unverified, assumed) => {
            Some(format!("{}; {} (no source has a figure).", from_memory(unverified), assumptions(assumed)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::setup::Study;
    use super::*;

    #[test]
    fn doubtful_numbers_are_counted_in_words() {
        assert_eq!(doubtful_numbers(0, 0), None);
        let both = doubtful_numbers(1, 6).unwrap();
        assert_eq!(
            both,
            "1 number has not been checked against a source (from memory of the literature); 6 are assumptions (no source has a figure)."
        );
        assert_eq!(doubtful_numbers(0, 1).unwrap(), "1 number is an assumption (no source has a figure).");
        assert_eq!(doubtful_numbers(0, 7).unwrap(), "7 numbers are assumptions (no source has a figure).");
    }

    #[test]
    fn titles_name_the_statistic() {
        let provenance = Provenance {
            scenario: Some("korea/x".into()),
            engine: Some(Engine::Counts),
            seed: Some(7),
            replicates: Some(1_000),
            population: Some(181_033),
            set: vec![("refusal".into(), 0.4)],
            ..Provenance::default()
        };
        let expected = "korea/x: 181,033 synthetic prisoners, means of 1,000 replicates by counts, seed 7, refusal = 0.4";
        let setting = Study::open("korea/1952-07-03").unwrap().texts().setting.clone();
        assert_eq!(title(&setting, &provenance), expected);
    }
}
