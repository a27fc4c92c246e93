//! Reads the worked cases of a proposal: of its table, which say what happens to some prisoners, and of its limits, which
//! give numbers of people.

use super::conditions::{Vocabulary, read_outcome, read_value};
use super::fields::{Fields, Node};
use super::rules::ProposalFile;
use crate::domain::{Condition, Outcome, Place, Problem};
use crate::proposal::{Case, CaseOfNumbers};
use crate::scenario::Scenario;

/// The worked cases of a file: those of the table, and those of the limits.
pub(super) fn read_cases(file: &ProposalFile<'_>, fields: &Fields<'_>) -> (Vec<Case>, Vec<CaseOfNumbers>) {
    let (mut of_table, mut of_numbers) = (Vec::new(), Vec::new());
    for node in fields.get("case").and_then(|node| node.items()).unwrap_or_default() {
        let Some(case) = CaseFields::read(file, &node) else { continue };
        match case.fields.get("people") {
            Some(people) => of_numbers.extend(case.read_numbers(&people)),
            None => of_table.extend(case.read_outcome()),
        }
        case.fields.finish();
    }
    (of_table, of_numbers)
}

/// What cases of both kinds have.
struct CaseFields<'a> {
    file: &'a ProposalFile<'a>,
    fields: Fields<'a>,
    name: Option<String>,
    readings: Vec<(usize, u8)>,
    place: Place,
}

impl<'a> CaseFields<'a> {
    fn read(file: &'a ProposalFile<'a>, node: &Node<'a>) -> Option<CaseFields<'a>> {
        let fields = node.fields("[[case]]")?;
        let name = fields.need("name");
        let readings = fields.get("reading").and_then(|node| node.fields("the case's readings"));
        let readings = readings.map(|fields| fields.entries()).unwrap_or_default();
        let readings = readings.iter().filter_map(|node| read_chosen_value(file, node)).collect();
        let place = name.as_ref().map_or(fields.place(), Node::place);
        Some(CaseFields { file, fields, name: name.and_then(|node| node.text()), readings, place })
    }

    /// Reads `profile = { ... }` and `expect = "outcome"`.
    fn read_outcome(&self) -> Option<Case> {
        let profiles = self.fields.need("profile").and_then(|node| self.read_profile(&node));
        let expect = self.fields.need("expect");
        let expect = expect.and_then(|node| read_outcome(&self.file.setting.outcomes, &node));
        let (name, readings, place) = (self.name.clone()?, self.readings.clone(), self.place.clone());
        Some(Case { name, profiles: profiles?, readings, expect: expect?, place })
    }

    /// Reads `people = [{ profile = { ... }, count = 10 }, ...]` and `expect = { outcome = 10, ... }`.
    fn read_numbers(&self, people: &Node<'_>) -> Option<CaseOfNumbers> {
        if let Some(profile) = self.fields.get("profile") {
            profile.problem("the case gives both `profile` and `people`", "one too many", "keep one of them");
        }
        let nodes = people.items()?;
        let read: Option<Vec<_>> = nodes.iter().map(|node| self.read_people(node)).collect();
        let total = read.iter().flatten().map(|(_, people)| u128::from(*people)).sum::<u128>();
        if nodes.is_empty() || total > u128::from(Scenario::MAX_POPULATION) {
            let help = format!("give 1 to {} people in all", Scenario::MAX_POPULATION);
            people.problem(format!("the case has {total} people"), "out of range", help);
            return None;
        }
        let expect = self.fields.need("expect").and_then(|node| node.fields("the numbers expected"));
        let expect = expect.map(|fields| fields.entries()).unwrap_or_default();
        let expect: Option<Vec<_>> = expect.iter().map(|node| self.read_expected(node)).collect();
        let (name, readings, place) = (self.name.clone()?, self.readings.clone(), self.place.clone());
        Some(CaseOfNumbers { name, people: read?, readings, expect: expect?, place })
    }

    fn read_people(&self, node: &Node<'_>) -> Option<(Condition, u64)> {
        let fields = node.fields("people of the case")?;
        let profile = fields.need("profile").and_then(|node| self.read_profile(&node));
        let count = fields.need("count").and_then(|node| node.whole_number(0, Scenario::MAX_POPULATION));
        fields.finish();
        Some((profile?, count?))
    }

    fn read_expected(&self, node: &Node<'_>) -> Option<(Outcome, u64)> {
        let outcomes = &self.file.setting.outcomes;
        let outcome = outcomes.find(&node.name);
        if outcome.is_none() {
            let help = node.problems.suggestion(&node.name, outcomes.names());
            let what = format!("`{}` is not an outcome", node.name);
            node.problems.add(Problem::at(&node.key_place(), what).label("unknown outcome").help(help));
        }
        Some((outcome?, node.whole_number(0, Scenario::MAX_POPULATION)?))
    }

    fn read_profile(&self, node: &Node<'_>) -> Option<Condition> {
        Vocabulary::of_attributes(self.file.setting.space.variables()).read_condition(node)
    }
}

/// Reads the value that a case assumes for a reading.
fn read_chosen_value(file: &ProposalFile<'_>, node: &Node<'_>) -> Option<(usize, u8)> {
    let position = file.readings.iter().position(|reading| reading.variable.name == node.name);
    if position.is_none() {
        let known = file.readings.iter().map(|reading| reading.variable.name.as_str());
        let what = format!("the proposal has no reading `{}`", node.name);
        let problem = Problem::at(&node.key_place(), what).label("unknown reading");
        node.problems.add(problem.help(node.problems.suggestion(&node.name, known)));
    }
    let position = position?;
    Some((position, read_value(&file.readings[position].variable, node)?))
}
