//! Proposals under the readings chosen for them.

use std::{fmt, sync::Arc};

use super::files::{Location, Reader};
use super::locate::find_proposal;
use super::proposal::load_proposal;
use super::reference::Reference;
use super::setting_folder::SettingFolder;
use crate::domain::suggestion;
use crate::domain::{Problem, Setting};
use crate::proposal::{Interpretation, Proposal};

/// The choice of a reading, wherever the proposal is used: `proposal.reading=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingChoice {
    /// The proposal's id.
    pub proposal: String,
    /// The reading's name.
    pub reading: String,
    /// The value chosen.
    pub value: String,
}

impl fmt::Display for ReadingChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}={}", self.proposal, self.reading, self.value)
    }
}

/// Loads the proposals referred to, each under its readings: the defaults, then `choices`, then those of the
/// reference itself.
pub(super) fn load_interpretations(
    reader: &Reader<'_>,
    setting: &mut Setting,
    folder: &SettingFolder,
    references: &[Reference],
    choices: &[ReadingChoice],
) -> Vec<Interpretation> {
    let mut loaded: Vec<(Location, Option<Arc<Proposal>>)> = Vec::new();
    let mut interpretations: Vec<Interpretation> = Vec::new();
    for reference in references {
        let Some(file) = find_proposal(reader, folder, reference) else { continue };
        let known = loaded.iter().find(|(location, _)| *location == file);
        let proposal = match known {
            Some((_, proposal)) => proposal.clone(),
            None => {
                let named = (&file, reference.place.as_ref());
                let proposal = load_proposal(reader, setting, &reference.id(), named);
                loaded.push((file, proposal.clone()));
                proposal
            }
        };
        interpretations.extend(proposal.map(|proposal| interpret(reader, proposal, reference, choices)));
    }
    refuse_idle(reader, choices, &interpretations);
    interpretations
}

/// The proposal under the readings chosen; choices that are not possible are reported.
fn interpret(
    reader: &Reader<'_>,
    proposal: Arc<Proposal>,
    reference: &Reference,
    choices: &[ReadingChoice],
) -> Interpretation {
    let mut interpretation = Interpretation::by_default(proposal.clone());
    for choice in choices.iter().filter(|choice| choice.proposal == proposal.id) {
        if let Err(problem) = choose(&mut interpretation, &choice.reading, &choice.value) {
            reader.problems.add(problem.argument("reading", choice.to_string()));
        }
    }
    for (reading, value) in &reference.readings {
        if let Err(problem) = choose(&mut interpretation, reading, value) {
            reader.problems.add(Problem { place: reference.place.clone(), ..problem });
        }
    }
    interpretation
}

fn choose(interpretation: &mut Interpretation, reading: &str, value: &str) -> Result<(), Problem> {
    let (id, readings) = (&interpretation.proposal.id, &interpretation.proposal.readings);
    let Some(position) = readings.iter().position(|known| known.variable.name == reading) else {
        let known = readings.iter().map(|known| known.variable.name.as_str());
        let what = format!("{id} has no reading `{reading}`");
        return Err(Problem::new(what).help(suggestion(reading, known)));
    };
    let variable = &readings[position].variable;
    let Some(level) = variable.level(value) else {
        let what = format!("reading `{reading}` of {id} has no value `{value}`");
        return Err(Problem::new(what).help(suggestion(value, variable.levels.iter().map(String::as_str))));
    };
    interpretation.chosen[position] = level;
    Ok(())
}

/// Refuses readings chosen for proposals that are not used, which would silently do nothing.
fn refuse_idle(reader: &Reader<'_>, choices: &[ReadingChoice], interpretations: &[Interpretation]) {
    let ids = || interpretations.iter().map(|interpretation| interpretation.proposal.id.as_str());
    let idle = choices.iter().filter(|choice| !ids().any(|id| id == choice.proposal));
    for choice in idle.filter(|_| !interpretations.is_empty()) {
        let problem =
            Problem::new(format!("proposal `{}` is not one of the proposals judged", choice.proposal));
        let problem = problem.help(suggestion(&choice.proposal, ids()));
        reader.problems.add(problem.argument("reading", choice.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::load_proposals;
    use super::super::toy::FILES;
    use super::*;
    use crate::domain::Error;

    const ASK: &str = "toy/proposals/ask.toml";

    fn labels(proposals: &[&str], choices: &[(&str, &str, &str)]) -> Result<Vec<String>, Error> {
        let proposals: Vec<String> = proposals.iter().map(|text| text.to_string()).collect();
        let choice = |&(proposal, reading, value): &(&str, &str, &str)| ReadingChoice {
            proposal: proposal.into(),
            reading: reading.into(),
            value: value.into(),
        };
        let choices: Vec<ReadingChoice> = choices.iter().map(choice).collect();
        let loaded = load_proposals(&proposals, &choices, &FILES.into_iter().collect())?;
        Ok(loaded.rulebooks.iter().map(|rulebook| rulebook.name().label()).collect())
    }

    #[test]
    fn defaults_give_way_to_choices_and_choices_to_the_reference() {
        let released = ("ask", "left", "released");
        assert_eq!(labels(&[ASK], &[]).unwrap(), ["ask"]);
        assert_eq!(labels(&[ASK], &[released]).unwrap(), ["ask:left=retained"]);
        let retained = format!("{ASK}:left=retained");
        assert_eq!(labels(&[&retained], &[released]).unwrap(), ["ask"]);
    }

    #[test]
    fn one_proposal_may_stand_under_two_readings() {
        let released = format!("{ASK}:left=retained");
        assert_eq!(labels(&[ASK, &released], &[]).unwrap(), ["ask", "ask:left=retained"]);
    }

    #[test]
    fn a_choice_that_is_not_possible_names_the_argument() {
        let cases = [
            (("ask", "lefd", "released"), "ask has no reading `lefd`"),
            (("ask", "left", "gone"), "reading `left` of ask has no value `gone`"),
            (("aks", "left", "released"), "proposal `aks` is not one of the proposals judged"),
        ];
        for (choice, message) in cases {
            let error = labels(&[ASK], &[choice]).unwrap_err();
            let problem = &error.problems()[0];
            assert_eq!(problem.message, message);
            let (proposal, reading, value) = choice;
            assert_eq!(problem.argument, Some(("reading", format!("{proposal}.{reading}={value}"))));
        }
    }

    #[test]
    fn a_reading_of_a_reference_is_refused_in_the_same_words() {
        let error = labels(&[&format!("{ASK}:left=gone")], &[]).unwrap_err();
        assert_eq!(error.problems()[0].message, "reading `left` of ask has no value `gone`");
        assert_eq!(error.problems()[0].argument, None);
    }
}
