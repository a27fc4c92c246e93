//! What rules test and yield: variables and their levels by name, conditions, outcomes.

use super::fields::Node;
use super::problems::Problems;
use crate::domain::{Condition, Outcome, OutcomeList, Place, Problem, Test, Then, Variable};

/// The variables that a condition may name.
pub(super) struct Vocabulary<'v> {
    variables: &'v [Variable],
    /// Names declared only later, or the one being defined: conditions may not refer to them.
    later: &'v [String],
    /// What the variables are, for messages.
    kind: &'static str,
}

impl<'v> Vocabulary<'v> {
    /// Attributes and derived attributes.
    pub(super) fn of_attributes(variables: &'v [Variable]) -> Self {
        Vocabulary { variables, later: &[], kind: "attribute" }
    }

    /// Attributes, derived attributes and the readings of a proposal.
    pub(super) fn with_readings(variables: &'v [Variable]) -> Self {
        Vocabulary { variables, later: &[], kind: "attribute or reading" }
    }

    /// Attributes, with the names of those that are declared only later.
    pub(super) fn before(variables: &'v [Variable], later: &'v [String]) -> Self {
        Vocabulary { later, ..Vocabulary::of_attributes(variables) }
    }

    /// The position of the variable that a key names.
    pub(super) fn find_key(&self, node: &Node<'_>) -> Option<usize> {
        self.find(&node.name, &node.key_place(), node.problems)
    }

    /// The position of the variable that a value names.
    pub(super) fn find_value(&self, node: &Node<'_>) -> Option<usize> {
        self.find(&node.text()?, &node.place(), node.problems)
    }

    fn find(&self, name: &str, place: &Place, problems: &Problems) -> Option<usize> {
        let position = self.variables.iter().position(|variable| variable.name == name);
        if position.is_some() {
            return position;
        }
        if self.later.iter().any(|later| later == name) {
            let problem = Problem::at(place, format!("`{name}` is not declared yet"))
                .label("refers to itself or to a later declaration")
                .help("refer only to earlier declarations, or reorder them");
            problems.add(problem);
            return None;
        }
        let known = self.variables.iter().map(|variable| variable.name.as_str());
        let problem = Problem::at(place, format!("there is no {} `{name}`", self.kind));
        problems.add(problem.label("unknown name").help(problems.suggestion(name, known)));
        None
    }

    /// Reads conditions: one table, or a list of tables of which any may hold.
    pub(super) fn read_conditions(&self, node: &Node<'_>) -> Vec<Condition> {
        node.one_or_more().iter().filter_map(|node| self.read_condition(node)).collect()
    }

    /// Reads a condition: a table from variables to a level or a list of levels.
    pub(super) fn read_condition(&self, node: &Node<'_>) -> Option<Condition> {
        let fields = node.fields("a condition")?;
        let tests = fields.entries().into_iter().filter_map(|entry| {
            let variable = self.find_key(&entry)?;
            let mut allowed = vec![false; self.variables[variable].levels.len()];
            for item in entry.one_or_more() {
                allowed[usize::from(read_level(&self.variables[variable], &item)?)] = true;
            }
            Some(Test { variable, allowed })
        });
        Some(Condition { tests: tests.collect() })
    }

    /// Reads what a rule yields: a value, or `$reading` where each of the reading's values is one.
    pub(super) fn read_then<T>(
        &self,
        node: &Node<'_>,
        value: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Option<Then<T>> {
        let text = node.text()?;
        let Some(name) = text.strip_prefix('$') else {
            let found = value(&text);
            if found.is_none() {
                let help = node.problems.suggestion(&text, known.iter().copied());
                node.problem(format!("`{text}` is not one of {}", known.join(", ")), "unknown value", help);
            }
            return found.map(Then::Always);
        };
        let variable = self.find(name, &node.place(), node.problems)?;
        let levels = &self.variables[variable].levels;
        let values: Option<Vec<T>> = levels.iter().map(|level| value(level)).collect();
        if values.is_none() {
            let others: Vec<&str> =
                levels.iter().map(String::as_str).filter(|level| value(level).is_none()).collect();
            let message = format!("not every value of `{name}` is one of {}", known.join(", "));
            let help = format!("rename {}, or write one rule for each value", others.join(", "));
            node.problem(message, "cannot be used here", help);
        }
        Some(Then::By { variable, values: values? })
    }
}

/// Reads the name of an attribute's level as its number.
pub(super) fn read_level(attribute: &Variable, node: &Node<'_>) -> Option<u8> {
    read_number_of("level", attribute, node)
}

/// Reads the name of a reading's value as its number.
pub(super) fn read_value(reading: &Variable, node: &Node<'_>) -> Option<u8> {
    read_number_of("value", reading, node)
}

fn read_number_of(kind: &str, variable: &Variable, node: &Node<'_>) -> Option<u8> {
    let name = node.text()?;
    let level = variable.level(&name);
    if level.is_none() {
        let help = node.problems.suggestion(&name, variable.levels.iter().map(String::as_str));
        node.problem(format!("`{}` has no {kind} `{name}`", variable.name), &format!("unknown {kind}"), help);
    }
    level
}

/// Reads the name of an outcome.
pub(super) fn read_outcome(outcomes: &OutcomeList, node: &Node<'_>) -> Option<Outcome> {
    let name = node.text()?;
    let outcome = outcomes.find(&name);
    if outcome.is_none() {
        let help = node.problems.suggestion(&name, outcomes.names());
        node.problem(format!("`{name}` is not an outcome"), "unknown outcome", help);
    }
    outcome
}
