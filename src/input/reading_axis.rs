//! Reads an axis over a reading: of one proposal, or of all proposals that have a reading of its name; its values,
//! and the weights that designs which spread points give them.

use std::sync::Arc;

use super::conditions::read_value;
use super::fields::Node;
use super::readings::{ReadingChoice, distinct};
use crate::design::{AxisValues, DesignKind, LevelWeights, Varies};
use crate::domain::{Problem, Variable};
use crate::proposal::{Interpretation, Proposal};

/// The readings that axes may vary, and the design that visits their values.
pub(super) struct ReadingAxisReader<'a> {
    pub(super) interpretations: &'a [Interpretation],
    /// Absent if the file's is none.
    pub(super) design: Option<DesignKind>,
}

/// A reading by its proposal and its position in it.
type FoundReading<'a> = (&'a Proposal, usize);

/// Values of a reading, by number and name.
type Levels = Vec<(u8, Arc<str>)>;

impl<'a> ReadingAxisReader<'a> {
    /// Reads the axis over the reading that `what` names, perhaps with `values` and `weights`.
    pub(super) fn read(
        &self,
        what: &Node<'_>,
        values: Option<&Node<'_>>,
        weights: Option<&Node<'_>>,
    ) -> Option<(String, Varies, AxisValues)> {
        let name = what.text()?;
        let readings = self.find(&name, what);
        let (first, position) = readings.first()?;
        refuse_unequal_values(&readings, what)?;
        let levels = read_levels(&first.readings[*position].variable, values)?;
        let weights = match weights {
            Some(weights) => Some(self.read_weights(weights, &levels)?),
            None => None,
        };
        let varies = readings.iter().map(|(proposal, reading)| (proposal.id.clone(), *reading));
        Some((name, Varies::Reading(varies.collect()), AxisValues::Levels { levels, weights }))
    }

    /// The readings of a name, at most one of a proposal; that there are none is reported.
    fn find(&self, name: &str, what: &Node<'_>) -> Vec<FoundReading<'a>> {
        let every = ReadingChoice::EVERY_PROPOSAL;
        let is_shared = name.rsplit_once('.').is_some_and(|(proposal, _)| proposal == every);
        let full_name = |(proposal, reading): &FoundReading<'_>| {
            let id = if is_shared { every } else { &proposal.id };
            format!("{id}.{}", proposal.readings[*reading].variable.name)
        };
        let known = self.known();
        let found: Vec<FoundReading<'a>> =
            known.iter().filter(|reading| full_name(reading) == name).copied().collect();
        if found.is_empty() {
            let names: Vec<String> = known.iter().map(full_name).collect();
            let help = what.problems.suggestion(name, distinct(names.iter().map(String::as_str)).into_iter());
            let message = format!("no proposal of the sweep has the reading `{name}`");
            let expected = if is_shared { "expected *.READING" } else { "expected PROPOSAL.READING" };
            what.problem(message, expected, help);
        }
        found
    }

    /// Every reading of every proposal, once even where a proposal is judged under several.
    fn known(&self) -> Vec<FoundReading<'a>> {
        let mut proposals: Vec<&'a Proposal> = Vec::new();
        for interpretation in self.interpretations {
            if proposals.iter().all(|known| known.id != interpretation.proposal.id) {
                proposals.push(&interpretation.proposal);
            }
        }
        let readings = |proposal: &'a Proposal| (0..proposal.readings.len()).map(move |i| (proposal, i));
        proposals.into_iter().flat_map(readings).collect()
    }

    /// Reads a table from every value on the axis to its weight.
    fn read_weights(&self, node: &Node<'_>, levels: &Levels) -> Option<LevelWeights> {
        let before = node.problems.len();
        self.refuse_weights_without_effect(node);
        let entries = node.fields("the weights")?.entries();
        for entry in entries.iter().filter(|entry| levels.iter().all(|(_, name)| **name != *entry.name)) {
            let help = node.problems.suggestion(&entry.name, levels.iter().map(|(_, name)| &**name));
            let problem = Problem::at(&entry.key_place(), format!("the axis has no value `{}`", entry.name));
            node.problems.add(problem.label("no value of the axis").help(help));
        }
        let weights = levels.iter().map(|(_, name)| {
            let entry = entries.iter().find(|entry| *entry.name == **name);
            if entry.is_none() {
                let message = format!("`weights` has no weight for `{name}`");
                node.problem(message, "not every value is here", format!("add `{name} = ...`"));
            }
            read_weight(entry?)
        });
        let weights: Vec<Option<f64>> = weights.collect();
        if node.problems.len() > before {
            return None;
        }
        let weights = LevelWeights::new(weights.into_iter().flatten().collect());
        let help = "change them so that they do; 95 % is written 0.95";
        let refuse = |error: &_| node.problem(format!("{error}"), "not parts of 1", help);
        weights.inspect_err(refuse).ok()
    }

    fn refuse_weights_without_effect(&self, node: &Node<'_>) {
        let reason = match self.design {
            Some(DesignKind::Morris { levels, .. }) => {
                format!("its points lie on {levels} places of the axis, each visited equally often")
            }
            Some(design) if !design.spreads_points() => "it visits each value equally often".into(),
            _ => return,
        };
        let design = self.design.map_or("", DesignKind::name);
        let help = "leave the weights out, or choose latin-hypercube, sobol or saltelli";
        node.problem(format!("weights have no effect in the design `{design}`"), &reason, help);
    }
}

/// Refuses to vary readings together that do not have the same values in the same order.
fn refuse_unequal_values<'a>(readings: &[FoundReading<'a>], what: &Node<'_>) -> Option<()> {
    let variable = |(proposal, reading): &FoundReading<'a>| -> (&'a str, &'a Variable) {
        (&proposal.id, &proposal.readings[*reading].variable)
    };
    let variables: Vec<(&str, &Variable)> = readings.iter().map(variable).collect();
    let (first, Variable { name, levels }) = variables.first()?;
    if variables.iter().all(|(_, variable)| variable.levels == *levels) {
        return Some(());
    }
    let values = variables.iter().map(|(id, variable)| format!("{id}: {}", variable.levels.join(", ")));
    let problem = Problem::at(
        &what.place(),
        format!("the proposals do not have the same values of `{name}` in the same order"),
    )
    .label("cannot vary on one axis")
    .notes(values)
    .help(format!("give each its own axis, such as `{first}.{name}`"));
    what.problems.add(problem);
    None
}

/// Those values of a reading that are listed, or all of them.
fn read_levels(variable: &Variable, values: Option<&Node<'_>>) -> Option<Levels> {
    let named = |level: u8| (level, variable.levels[usize::from(level)].as_str().into());
    match values {
        None => Some((0..=u8::MAX).zip(variable.levels.iter().map(|name| name.as_str().into())).collect()),
        Some(values) => values.items()?.iter().map(|node| read_value(variable, node).map(named)).collect(),
    }
}

fn read_weight(node: &Node<'_>) -> Option<f64> {
    let weight = node.number()?;
    if weight <= 0.0 {
        let help = "write a number above 0; to leave a value out, list the others in `values`";
        node.problem(format!("the weight of `{}` is {weight}", node.name), "not positive", help);
        return None;
    }
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::super::load::load_proposals;
    use super::super::toy::{ASK, SECOND, read_text, with_second};
    use super::*;

    const SOBOL: DesignKind = DesignKind::Sobol { points: 64 };

    /// Reads an axis over readings of the toy proposal and a second one, which has `second` as its last value.
    fn read_beside(
        second: &str,
        text: &str,
        design: DesignKind,
    ) -> Result<(Varies, AxisValues), Vec<Problem>> {
        let proposals = [ASK, SECOND, ASK].map(String::from);
        let loaded = load_proposals(&proposals, &[], &with_second(second)).unwrap();
        let interpretations: Vec<Interpretation> =
            loaded.rulebooks.iter().map(|rulebook| rulebook.interpretation.clone()).collect();
        let reader = ReadingAxisReader { interpretations: &interpretations, design: Some(design) };
        let (axis, problems) = read_text(text, |fields| {
            let (values, weights) = (fields.get("values"), fields.get("weights"));
            reader.read(&fields.need("reading")?, values.as_ref(), weights.as_ref())
        });
        if problems.is_empty() {
            axis.map(|(_, varies, values)| (varies, values)).ok_or(problems)
        } else {
            Err(problems)
        }
    }

    fn read(text: &str, design: DesignKind) -> Result<(Varies, AxisValues), Vec<Problem>> {
        read_beside("released", text, design)
    }

    fn refusals(text: &str, design: DesignKind) -> Vec<String> {
        read(text, design).unwrap_err().into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_shared_reading_varies_in_every_proposal_that_has_it_once() {
        let (varies, values) = read("reading = \"*.left\"", DesignKind::Grid).unwrap();
        assert_eq!(varies, Varies::Reading(vec![("ask".into(), 0), ("second".into(), 0)]));
        let levels = vec![(0, "retained".into()), (1, "released".into())];
        assert_eq!(values, AxisValues::Levels { levels, weights: None });
        let (varies, _) = read("reading = \"second.left\"", DesignKind::Grid).unwrap();
        assert_eq!(varies, Varies::Reading(vec![("second".into(), 0)]));
    }

    #[test]
    fn a_shared_reading_that_no_proposal_has_gets_a_shared_name() {
        let problems = read("reading = \"*.lefd\"", DesignKind::Grid).unwrap_err();
        assert_eq!(problems[0].message, "no proposal of the sweep has the reading `*.lefd`");
        assert!(problems[0].to_string().contains("did you mean `*.left`?"), "{}", problems[0]);
    }

    #[test]
    fn proposals_with_other_values_of_a_shared_reading_are_named() {
        let problems = read_beside("freed", "reading = \"*.left\"", DesignKind::Grid).unwrap_err();
        assert_eq!(
            problems[0].message,
            "the proposals do not have the same values of `left` in the same order"
        );
        assert_eq!(problems[0].notes, ["ask: retained, released", "second: retained, freed"]);
        assert!(read_beside("freed", "reading = \"second.left\"", DesignKind::Grid).is_ok());
    }

    #[test]
    fn weights_stand_in_the_order_of_the_values_on_the_axis() {
        let weights = |text: &str| match read(text, SOBOL).unwrap().1 {
            AxisValues::Levels { weights, .. } => weights.unwrap().weights().to_vec(),
            other => panic!("{other:?}"),
        };
        let given = "weights = { released = 0.05, retained = 0.95 }";
        assert_eq!(weights(&format!("reading = \"ask.left\"\n{given}")), [0.95, 0.05]);
        let turned = format!("reading = \"*.left\"\nvalues = [\"released\", \"retained\"]\n{given}");
        assert_eq!(weights(&turned), [0.05, 0.95]);
        assert_eq!(
            weights("reading = \"ask.left\"\nvalues = [\"released\"]\nweights = { released = 1 }"),
            [1.0]
        );
    }

    #[test]
    fn weights_must_be_of_every_value_positive_and_parts_of_1() {
        let refusals =
            |weights: &str| refusals(&format!("reading = \"ask.left\"\nweights = {weights}"), SOBOL);
        let cases = [
            ("{ retained = 1.0 }", "`weights` has no weight for `released`"),
            ("{ retained = 0.5, released = 0.5, gone = 0.5 }", "the axis has no value `gone`"),
            ("{ retained = 1.0, released = 0 }", "the weight of `released` is 0"),
            ("{ retained = 1.5, released = -0.5 }", "the weight of `released` is -0.5"),
            ("{ retained = inf, released = 0.5 }", "`retained` is inf"),
            ("{ retained = 0.95, released = 0.06 }", "the weights add up to 1.01, not to 1"),
            ("[0.5, 0.5]", "`weights` must be a table such as { key = value }, not an array"),
        ];
        for (weights, expected) in cases {
            assert_eq!(refusals(weights), [expected], "{weights}");
        }
        let all = refusals("{ gone = 0.5, released = -1 }");
        assert_eq!(all.len(), 3, "{all:?}");
    }

    #[test]
    fn weights_are_refused_where_values_are_visited_equally_often() {
        let weighted = "reading = \"ask.left\"\nweights = { retained = 0.95, released = 0.05 }";
        let morris = DesignKind::Morris { trajectories: 10, levels: 4 };
        for design in [DesignKind::Grid, DesignKind::Zip, DesignKind::OneAtATime, morris] {
            let expected = format!("weights have no effect in the design `{}`", design.name());
            assert_eq!(refusals(weighted, design), [expected]);
        }
        let saltelli = DesignKind::Saltelli { base: 8 };
        for design in [SOBOL, saltelli, DesignKind::LatinHypercube { points: 10 }] {
            assert!(read(weighted, design).is_ok(), "{design:?}");
        }
    }
}
