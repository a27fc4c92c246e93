//! What the files written say of themselves, in their notes and in their manifests.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::columns::{LevelColumns, LevelSource};
use super::options::ClassifyOptions;
use super::report::{LimitedProposal, LimitsApplied, Report};
use crate::domain::{Setting, Status, escape_line};
use crate::study::Texts;
use crate::table::Provenance;

/// A note for every file in which outcomes stand beside people.
const OUTCOMES: &str = "Outcomes are what each text says of people like these, not what happened to anyone.";

/// The notes of a classified roster: its own, and those on what was added. A roster that was classified
/// before has some of them already.
pub(super) fn notes_of_copy(
    roster: Vec<String>,
    setting: &Setting,
    tested: &BTreeSet<usize>,
    columns: &LevelColumns,
    options: &ClassifyOptions,
    limited: &[LimitedProposal],
) -> Vec<String> {
    let mut new = vec![OUTCOMES.to_string()];
    for (position, (attribute, source)) in
        setting.space.attributes().iter().zip(columns.sources()).enumerate()
    {
        if let (LevelSource::Default(_), Some(level)) = (source, setting.space.default_level(position))
            && tested.contains(&position)
        {
            let (name, level) = (&attribute.name, &attribute.levels[usize::from(level)]);
            new.push(format!("The list does not say {name}; everybody counts as {name}={level}."));
        }
        if let LevelSource::Column { name, fill: Some(level), .. } = source {
            let (attribute, name) = (&attribute.name, escape_line(name));
            new.push(format!("Blank cells of the column `{name}` count as {attribute}={level}."));
        }
    }
    new.extend(options.impute.as_ref().map(|from| {
        let scenario = &from.scenario.name;
        format!("Levels in the column `imputed` were drawn from the scenario {scenario}; the list does not say them.")
    }));
    new.extend(limited.iter().map(LimitedProposal::note));
    // Whoever wrote the roster's own notes may have put anything into them.
    let mut notes: Vec<String> = roster.iter().map(|note| escape_line(note).into_owned()).collect();
    notes.retain(|note| !new.contains(note));
    notes.extend(new);
    notes
}

/// What a manifest says about a classified roster, besides what it rests on.
pub(super) fn manifest_facts(report: &Report, options: &ClassifyOptions) -> Map<String, Value> {
    let outcomes = report.outcomes.iter().map(|(column, rows)| {
        let rows = report.verdicts.iter().zip(rows);
        (column.clone(), rows.map(|(name, rows)| (name.to_string(), json!(rows))).collect())
    });
    let unknown = report.gaps.iter().filter(|gap| gap.unknown > 0);
    let unknown = unknown.map(|gap| (gap.attribute.clone(), json!(gap.unknown)));
    let filled = report.gaps.iter().filter_map(|gap| {
        let filled = gap.filled.as_ref()?;
        Some((gap.attribute.clone(), json!({ "level": filled.level, "rows": filled.rows })))
    });
    let everybody = options.everybody.iter().map(|(attribute, level)| (attribute.clone(), json!(level)));
    let facts = [
        ("rows", json!(report.rows)),
        ("outcomes", Value::Object(outcomes.collect())),
        ("rows_unknown", Value::Object(unknown.collect())),
        ("rows_filled", Value::Object(filled.collect())),
        ("everybody", Value::Object(everybody.collect())),
        ("rows_imputed", json!(report.imputed)),
        ("replicate", json!(options.impute.as_ref().map(|from| from.replicate))),
    ];
    let facts = facts.into_iter().chain(limit_facts(report).map(|facts| ("limits", facts)));
    facts.map(|(name, fact)| (name.to_string(), fact)).collect()
}

/// What became of the limits of each proposal that has some; `None` if none has.
fn limit_facts(report: &Report) -> Option<Value> {
    let facts = report.limited.iter().map(|LimitedProposal { name, limits, applied, .. }| {
        let incomplete = match applied {
            LimitsApplied::Incomplete { rows } => Some(*rows),
            LimitsApplied::No | LimitsApplied::Yes => None,
        };
        let applied = *applied == LimitsApplied::Yes;
        (name.clone(), json!({ "limits": limits, "applied": applied, "rows_incomplete": incomplete }))
    });
    (!report.limited.is_empty()).then(|| Value::Object(facts.collect()))
}

/// What a classified roster rests on: the proposals, the scenario that levels were imputed from, and every file
/// read.
pub(super) fn provenance_of_copy(
    texts: &Texts,
    read: Vec<(String, String)>,
    options: &ClassifyOptions,
    report: &Report,
) -> Provenance {
    let from = options.impute.as_ref();
    let unverified = from.map_or(0, |from| from.scenario.count(Status::Unverified));
    let assumed = from.map_or(0, |from| from.scenario.count(Status::Assumed));
    let is_drawn = report.limited.iter().any(|proposal| proposal.applied == LimitsApplied::Yes);
    let mut provenance = texts.provenance();
    provenance.inputs.extend(read);
    Provenance {
        scenario: from.map(|from| from.scenario.name.clone()),
        seed: (from.is_some() || is_drawn).then(|| options.replicate().seed),
        unverified,
        assumed,
        ..provenance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::fixture::korea;
    use crate::roster::options::ImputeFrom;
    use crate::roster::report::{Filled, Gap, Numbering};

    #[test]
    fn notes_of_an_earlier_classification_are_not_repeated() {
        let (setting, scenario, _) = korea();
        let impute = Some(ImputeFrom { scenario, seed: 1, replicate: 0 });
        let fill = vec![("wish".to_string(), "none".to_string())];
        let options = ClassifyOptions { fill, impute, ..Default::default() };
        let columns = LevelColumns::find(&setting, &["wish".into()], &options, &[]).unwrap();
        let once = notes_of_copy(
            vec!["The prisoners are synthetic.".into()],
            &setting,
            &BTreeSet::new(),
            &columns,
            &options,
            &[],
        );
        assert_eq!(once.len(), 4);
        assert_eq!(once[2], "Blank cells of the column `wish` count as wish=none.");
        assert_eq!(notes_of_copy(once.clone(), &setting, &BTreeSet::new(), &columns, &options, &[]), once);
    }

    #[test]
    fn a_manifest_counts_what_is_unknown_filled_and_imputed() {
        let filled = Some(Filled { level: "unc".into(), rows: 3 });
        let gap = |attribute: &str, unknown, filled| Gap {
            attribute: attribute.into(),
            column: Some(attribute.into()),
            unknown,
            filled,
            unrecognised: Default::default(),
        };
        let report = Report {
            rows: 9,
            verdicts: ["sent", "freed", "kept", "unknown"].map(String::from).to_vec(),
            outcomes: vec![("1952-03-27-draft".into(), vec![4, 0, 3, 2])],
            gaps: vec![gap("captor", 0, filled), gap("wish", 2, None)],
            case_matches: Vec::new(),
            absent_words: Vec::new(),
            imputed: None,
            limited: Vec::new(),
            numbering: Numbering::Rows,
        };
        let facts = manifest_facts(&report, &ClassifyOptions::default());
        assert_eq!(facts["outcomes"]["1952-03-27-draft"]["unknown"], 2);
        assert_eq!(facts["rows_unknown"], json!({ "wish": 2 }));
        assert_eq!(facts["rows_filled"], json!({ "captor": { "level": "unc", "rows": 3 } }));
        assert_eq!((&facts["rows_imputed"], &facts["replicate"]), (&Value::Null, &Value::Null));
    }
}
