use super::fields::{Node, Problems, suggestion};
use crate::domain::{Condition, Place, Problem, Source, Test, Then, Variable};

/// The variables that a condition may name.
pub(super) struct Vocabulary<'v> {
    pub(super) variables: &'v [Variable],
    /// Names declared only further down, or the one being defined: not to be referred to.
    pub(super) later: &'v [String],
}

impl Vocabulary<'_> {
    /// The number of the variable that a key names.
    pub(super) fn variable(&self, node: &Node<'_>) -> Option<usize> {
        self.named(&node.name, &node.key_place(), node.problems)
    }

    /// The number of a variable that stands as a value.
    pub(super) fn variable_in(&self, node: &Node<'_>) -> Option<usize> {
        self.named(&node.text()?, &node.place(), node.problems)
    }

    fn named(&self, name: &str, place: &Place, problems: &Problems) -> Option<usize> {
        let position = self.variables.iter().position(|variable| variable.name == name);
        if position.is_some() {
            return position;
        }
        if self.later.iter().any(|later| later == name) {
            let problem = Problem::at(place, format!("`{name}` is not known yet at this point"))
                .label("refers to itself or to what is declared further down")
                .help("refer only to what is declared above, or move the declarations");
            problems.add(problem);
            return None;
        }
        let known = self.variables.iter().map(|variable| variable.name.as_str());
        let problem = Problem::at(place, format!("there is no attribute or reading `{name}`"));
        problems.add(problem.label("unknown name").help(suggestion(name, known)));
        None
    }

    /// Conditions: one table, or a list of them of which any may hold.
    pub(super) fn conditions(&self, node: &Node<'_>) -> Vec<Condition> {
        node.one_or_more().iter().filter_map(|node| self.condition(node)).collect()
    }

    /// A table from variables to a level or a list of levels.
    pub(super) fn condition(&self, node: &Node<'_>) -> Option<Condition> {
        let fields = node.fields("a condition")?;
        let tests = fields.entries().into_iter().filter_map(|entry| {
            let variable = self.variable(&entry)?;
            let mut allowed = vec![false; self.variables[variable].levels.len()];
            for item in entry.one_or_more() {
                allowed[usize::from(level(&self.variables[variable], &item)?)] = true;
            }
            Some(Test { variable, allowed })
        });
        Some(Condition { tests: tests.collect() })
    }

    /// What a rule yields: a value, or `$reading` where each of the reading's values is one.
    pub(super) fn then<T>(
        &self,
        node: &Node<'_>,
        value: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Option<Then<T>> {
        let text = node.text()?;
        let Some(name) = text.strip_prefix('$') else {
            let found = value(&text);
            if found.is_none() {
                let help = suggestion(&text, known.iter().copied());
                node.problem(format!("`{text}` is none of {}", known.join(", ")), "unknown", help);
            }
            return found.map(Then::Always);
        };
        let variable = self.named(name, &node.place(), node.problems)?;
        let levels = &self.variables[variable].levels;
        let values: Option<Vec<T>> = levels.iter().map(|level| value(level)).collect();
        if values.is_none() {
            let message = format!("the values of `{name}` are not all among {}", known.join(", "));
            node.problem(message, "cannot stand for an outcome", "write one rule for each value");
        }
        Some(Then::By { variable, values: values? })
    }
}

/// The number of a level that stands as a value.
pub(super) fn level(variable: &Variable, node: &Node<'_>) -> Option<u8> {
    let name = node.text()?;
    let level = variable.level(&name);
    if level.is_none() {
        let help = suggestion(&name, variable.levels.iter().map(String::as_str));
        node.problem(format!("`{}` has no level `{name}`", variable.name), "unknown level", help);
    }
    level
}

/// The key of a source that stands as a value; it must be in the bibliography.
pub(super) fn source_key(sources: &[Source], node: &Node<'_>) -> Option<String> {
    let key = node.text()?;
    if sources.iter().any(|source| source.key == key) {
        return Some(key);
    }
    let help = suggestion(&key, sources.iter().map(|source| source.key.as_str()));
    let help = format!("{help}\nor add [{key}] to the setting's sources.toml");
    node.problem(format!("there is no source `{key}`"), "not in the bibliography", help);
    None
}
