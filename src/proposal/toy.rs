//! A toy setting of six profiles and proposals over it, for tests.

use std::sync::Arc;

use super::definition::{Case, Proposal, Reading, RuleText};
use super::interpretation::Interpretation;
use super::rulebook::Rulebook;
use crate::domain::{
    Condition, DecisionTable, Outcome, OutcomeKind, OutcomeList, OutcomeText, Place, Rule, Setting,
    SourceFile, Space, Test, Then, Variable,
};

/// The outcomes of the toy setting.
pub(super) const REPATRIATED: Outcome = Outcome::of_index(0);
pub(super) const RELEASED: Outcome = Outcome::of_index(1);
pub(super) const RETAINED: Outcome = Outcome::of_index(2);

fn outcomes() -> OutcomeList {
    let text = |name: &str, kind| OutcomeText { name: name.into(), kind, meaning: name.into() };
    OutcomeList::new(vec![
        text("repatriated", OutcomeKind::HandedOver),
        text("released", OutcomeKind::Freed),
        text("retained", OutcomeKind::Held),
    ])
}

/// Attributes `captor` (`unc`, `kpa`) and `wish` (`home`, `stay`, `none`).
pub(super) fn setting() -> Setting {
    let variable = |name: &str, levels: &[&str]| Variable {
        name: name.into(),
        levels: levels.iter().map(|level| level.to_string()).collect(),
    };
    let attributes = vec![variable("captor", &["unc", "kpa"]), variable("wish", &["home", "stay", "none"])];
    let space = Space::new(attributes).unwrap();
    Setting {
        id: "toy".into(),
        title: "Toy".into(),
        people: "prisoners".into(),
        notes: Vec::new(),
        default_scenario: None,
        space,
        outcomes: outcomes(),
        accepts: None,
        descriptions: Default::default(),
        sources: Vec::new(),
    }
}

pub(super) fn place() -> Place {
    let file = SourceFile { name: "toy.toml".into(), text: "id = \"toy\"\n".into(), built_in: false };
    Place { file: Arc::new(file), span: 5..10 }
}

/// A rule that applies where all of `when` holds; a test is a variable's position and its levels' numbers.
pub(super) fn rule(id: &str, when: &[(usize, &[u8])], then: Outcome) -> (String, Rule<Outcome>) {
    let tests = when.iter().map(|(variable, levels)| Test {
        variable: *variable,
        allowed: (0..4).map(|level| levels.contains(&level)).collect(),
    });
    let when = vec![Condition { tests: tests.collect() }];
    (id.into(), Rule { when, then: Then::Always(then), exception_to: Vec::new(), silence: false })
}

/// The rule as an exception to the one at this position.
pub(super) fn exception(to: usize, (id, rule): (String, Rule<Outcome>)) -> (String, Rule<Outcome>) {
    (id, Rule { exception_to: vec![to], ..rule })
}

/// The rule as a silence.
pub(super) fn silence((id, rule): (String, Rule<Outcome>)) -> (String, Rule<Outcome>) {
    (id, Rule { silence: true, ..rule })
}

/// A reading whose first value is the default.
pub(super) fn reading(name: &str, values: &[&str]) -> Reading {
    Reading {
        variable: Variable { name: name.into(), levels: values.iter().map(|v| v.to_string()).collect() },
        question: "Which?".into(),
        meanings: values.iter().map(|value| format!("It is {value}.")).collect(),
        default: 0,
        place: place(),
    }
}

/// The first reading's position among the variables: it follows the attributes.
pub(super) const FIRST_READING: usize = 2;

pub(super) fn proposal(readings: Vec<Reading>, rules: Vec<(String, Rule<Outcome>)>) -> Proposal {
    let text = |(id, _): &(String, _)| RuleText {
        id: id.clone(),
        citation: None,
        note: None,
        on_request: false,
        place: place(),
    };
    Proposal {
        id: "toy".into(),
        title: "Toy".into(),
        date: None,
        by: None,
        note: None,
        readings,
        rules: rules.iter().map(text).collect(),
        table: DecisionTable { rules: rules.into_iter().map(|(_, rule)| rule).collect() },
        limits: Vec::new(),
        cases: Vec::new(),
        cases_of_numbers: Vec::new(),
        place: place(),
    }
}

/// A worked case about everybody.
pub(super) fn case(readings: &[(usize, u8)], expect: Outcome) -> Case {
    let profiles = Condition::default();
    Case { name: "everybody".into(), profiles, readings: readings.to_vec(), expect, place: place() }
}

pub(super) fn compile(proposal: Proposal) -> Rulebook {
    Rulebook::compile(&setting().space, Interpretation::by_default(Arc::new(proposal))).unwrap()
}

/// A proposal with one rule for each profile.
pub(super) fn by_profile(outcomes: [Outcome; 6]) -> Rulebook {
    let space = setting().space;
    let rules = space.profiles().zip(outcomes).map(|(profile, outcome)| {
        let &[captor, wish] = space.levels(profile) else { panic!("two attributes") };
        rule(&format!("{captor}-{wish}"), &[(0, &[captor]), (1, &[wish])], outcome)
    });
    compile(proposal(Vec::new(), rules.collect()))
}
