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
    /// The proposal's id, or [`ReadingChoice::EVERY_PROPOSAL`].
    pub proposal: String,
    /// The reading's name.
    pub reading: String,
    /// The value chosen.
    pub value: String,
}

impl ReadingChoice {
    /// In place of a proposal's id: the reading is chosen in every proposal that has one of its name and for which no
    /// value of its own is chosen.
    pub const EVERY_PROPOSAL: &str = "*";

    fn is_shared(&self) -> bool {
        self.proposal == ReadingChoice::EVERY_PROPOSAL
    }
}

impl fmt::Display for ReadingChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}={}", self.proposal, self.reading, self.value)
    }
}

/// A proposal under its readings, and the reference by which it was loaded.
type Judged<'r> = (Interpretation, &'r Reference);

/// Loads the proposals referred to, each under its readings: the defaults, then the `choices` for every proposal, those
/// for this one, and those of the reference itself.
pub(super) fn load_interpretations(
    reader: &Reader<'_>,
    setting: &mut Setting,
    folder: &SettingFolder,
    references: &[Reference],
    choices: &[ReadingChoice],
) -> Vec<Interpretation> {
    let mut loaded: Vec<(Location, Option<Arc<Proposal>>)> = Vec::new();
    let mut judged: Vec<Judged<'_>> = Vec::new();
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
        judged.extend(proposal.map(|proposal| (interpret(reader, proposal, reference, choices), reference)));
    }
    refuse_idle(reader, choices, &judged);
    // What a proposal that could not be loaded would have had is not known.
    if judged.len() == references.len() {
        refuse_shared(reader, choices, &judged);
    }
    judged.into_iter().map(|(interpretation, _)| interpretation).collect()
}

/// The proposal under the readings chosen; choices that are not possible are reported.
fn interpret(
    reader: &Reader<'_>,
    proposal: Arc<Proposal>,
    reference: &Reference,
    choices: &[ReadingChoice],
) -> Interpretation {
    let mut interpretation = Interpretation::by_default(proposal.clone());
    for choice in choices.iter().filter(|choice| choice.is_shared()) {
        if let Some(position) = position_of(&proposal, &choice.reading)
            && let Some(level) = proposal.readings[position].variable.level(&choice.value)
        {
            interpretation.chosen[position] = level;
        }
    }
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
    let Some(position) = position_of(&interpretation.proposal, reading) else {
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

fn position_of(proposal: &Proposal, reading: &str) -> Option<usize> {
    proposal.readings.iter().position(|known| known.variable.name == reading)
}

/// Refuses readings chosen for proposals that are not used, which would silently do nothing.
fn refuse_idle(reader: &Reader<'_>, choices: &[ReadingChoice], judged: &[Judged<'_>]) {
    let ids = || judged.iter().map(|(interpretation, _)| interpretation.proposal.id.as_str());
    let own = choices.iter().filter(|choice| !choice.is_shared());
    let idle = own.filter(|choice| !ids().any(|id| id == choice.proposal));
    for choice in idle.filter(|_| !judged.is_empty()) {
        let problem =
            Problem::new(format!("proposal `{}` is not one of the proposals judged", choice.proposal));
        let problem = problem.help(suggestion(&choice.proposal, ids()));
        reader.problems.add(problem.argument("reading", choice.to_string()));
    }
}

/// Refuses readings chosen for every proposal where none has it, or some cannot have the value.
fn refuse_shared(reader: &Reader<'_>, choices: &[ReadingChoice], judged: &[Judged<'_>]) {
    for choice in choices.iter().filter(|choice| choice.is_shared()) {
        let has_own = |(interpretation, reference): &Judged<'_>| {
            let is_own = |other: &ReadingChoice| {
                other.proposal == interpretation.proposal.id && other.reading == choice.reading
            };
            choices.iter().any(is_own) || reference.readings.iter().any(|(name, _)| *name == choice.reading)
        };
        let without_own: Vec<&Proposal> =
            judged.iter().filter(|of| !has_own(of)).map(|(of, _)| &*of.proposal).collect();
        let proposals: Vec<&Proposal> = judged.iter().map(|(of, _)| &*of.proposal).collect();
        if let Some(problem) = shared_problem(choice, &proposals, &without_own) {
            reader.problems.add(problem.argument("reading", choice.to_string()));
        }
    }
}

/// What is wrong with a reading chosen for every one of the proposals judged; those in `without_own` take its value.
fn shared_problem(
    choice: &ReadingChoice,
    judged: &[&Proposal],
    without_own: &[&Proposal],
) -> Option<Problem> {
    let ReadingChoice { reading, value, .. } = choice;
    let known: Vec<&Vec<String>> =
        judged.iter().filter_map(|proposal| values_of(proposal, reading)).collect();
    if known.is_empty() {
        let names = judged.iter().flat_map(|proposal| &proposal.readings);
        let names = distinct(names.map(|reading| reading.variable.name.as_str()));
        let problem = Problem::new(format!("none of the proposals judged has a reading `{reading}`"));
        return Some(problem.help(suggestion(reading, names.into_iter())));
    }
    if known.iter().all(|values| !values.contains(value)) {
        let values = distinct(known.into_iter().flatten().map(String::as_str));
        let what = format!("reading `{reading}` has no value `{value}` in any of the proposals judged");
        return Some(Problem::new(what).help(suggestion(value, values.into_iter())));
    }
    let lacks =
        |proposal: &&&Proposal| values_of(proposal, reading).is_some_and(|values| !values.contains(value));
    let lacking = distinct(without_own.iter().filter(lacks).map(|proposal| proposal.id.as_str()));
    let first = lacking.first()?;
    let what = format!("reading `{reading}` of {} has no value `{value}`", lacking.join(" and "));
    let help = format!("choose another value for each beside it, as `{first}.{reading}=VALUE` does");
    Some(Problem::new(what).help(help))
}

fn values_of<'p>(proposal: &'p Proposal, reading: &str) -> Option<&'p Vec<String>> {
    Some(&proposal.readings[position_of(proposal, reading)?].variable.levels)
}

/// Names, each once, in order of appearance.
pub(super) fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::super::files::InMemoryFiles;
    use super::super::load::load_proposals;
    use super::super::toy::{ASK, FILES, SECOND, with_second};
    use super::*;
    use crate::domain::Error;

    /// A proposal, its reading and a value.
    type Choice<'a> = (&'a str, &'a str, &'a str);

    fn labels(proposals: &[&str], choices: &[Choice<'_>]) -> Result<Vec<String>, Error> {
        labels_in(proposals, choices, &FILES.into_iter().collect())
    }

    fn labels_in(
        proposals: &[&str],
        choices: &[Choice<'_>],
        in_memory: &InMemoryFiles,
    ) -> Result<Vec<String>, Error> {
        let proposals: Vec<String> = proposals.iter().map(|text| text.to_string()).collect();
        let choice = |&(proposal, reading, value): &Choice<'_>| ReadingChoice {
            proposal: proposal.into(),
            reading: reading.into(),
            value: value.into(),
        };
        let choices: Vec<ReadingChoice> = choices.iter().map(choice).collect();
        let loaded = load_proposals(&proposals, &choices, in_memory)?;
        Ok(loaded.rulebooks.iter().map(|rulebook| rulebook.name().label()).collect())
    }

    #[test]
    fn defaults_give_way_to_choices_and_choices_to_the_reference() {
        let released = ("ask", "left", "released");
        assert_eq!(labels(&[ASK], &[]).unwrap(), ["ask"]);
        assert_eq!(labels(&[ASK], &[released]).unwrap(), ["ask:left=released"]);
        let retained = format!("{ASK}:left=retained");
        assert_eq!(labels(&[&retained], &[released]).unwrap(), ["ask"]);
    }

    #[test]
    fn one_proposal_may_stand_under_two_readings() {
        let released = format!("{ASK}:left=released");
        assert_eq!(labels(&[ASK, &released], &[]).unwrap(), ["ask", "ask:left=released"]);
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
    fn a_shared_choice_is_made_in_every_proposal_and_gives_way_to_one_of_its_own() {
        let shared = ("*", "left", "released");
        let labels = |proposals: &[&str], choices: &[Choice<'_>]| {
            labels_in(proposals, choices, &with_second("released"))
        };
        let both = [ASK, SECOND];
        assert_eq!(labels(&both, &[shared]).unwrap(), ["ask:left=released", "second:left=released"]);
        for choices in [[shared, ("second", "left", "retained")], [("second", "left", "retained"), shared]] {
            assert_eq!(labels(&both, &choices).unwrap(), ["ask:left=released", "second"]);
        }
        let retained = format!("{ASK}:left=retained");
        assert_eq!(labels(&[&retained, SECOND], &[shared]).unwrap(), ["ask", "second:left=released"]);
    }

    #[test]
    fn a_shared_choice_that_no_proposal_can_take_is_refused() {
        let refusal = |choice: Choice<'_>, expected: &str| {
            let error = labels_in(&[ASK, SECOND], &[choice], &with_second("released")).unwrap_err();
            let problem = &error.problems()[0];
            assert_eq!((problem.message.as_str(), error.problems().len()), (expected, 1));
            assert_eq!(problem.argument, Some(("reading", format!("*.{}={}", choice.1, choice.2))));
            assert_eq!(problem.help.len(), 1);
            error.to_string()
        };
        let text = refusal(("*", "lefd", "released"), "none of the proposals judged has a reading `lefd`");
        assert!(text.contains("did you mean `left`?"), "{text}");
        let none = "reading `left` has no value `relesed` in any of the proposals judged";
        assert!(refusal(("*", "left", "relesed"), none).contains("did you mean `released`?"));
    }

    #[test]
    fn proposals_that_lack_the_value_of_a_shared_choice_are_named() {
        let (shared, own) = (("*", "left", "released"), ("second", "left", "freed"));
        let labels = |choices: &[Choice<'_>]| labels_in(&[ASK, SECOND], choices, &with_second("freed"));
        let error = labels(&[shared]).unwrap_err();
        assert_eq!(error.problems()[0].message, "reading `left` of second has no value `released`");
        assert!(error.to_string().contains("as `second.left=VALUE` does"), "{error}");
        assert_eq!(labels(&[shared, own]).unwrap(), ["ask:left=released", "second:left=freed"]);
    }

    #[test]
    fn nothing_is_said_of_a_shared_choice_where_a_proposal_cannot_be_loaded() {
        let error = labels_in(&[ASK, "gone"], &[("*", "abroad", "x")], &with_second("released")).unwrap_err();
        assert_eq!(error.problems().len(), 1);
        assert!(error.to_string().contains("gone"), "{error}");
    }

    #[test]
    fn a_reading_of_a_reference_is_refused_in_the_same_words() {
        let error = labels(&[&format!("{ASK}:left=gone")], &[]).unwrap_err();
        assert_eq!(error.problems()[0].message, "reading `left` of ask has no value `gone`");
        assert_eq!(error.problems()[0].argument, None);
    }
}
