//! Reads a stratum: its size, the distribution of every attribute, and its units.

use super::basis::read_basis;
use super::conditions::{Vocabulary, read_level};
use super::fields::{Fields, Node};
use super::names::refuse_formula;
use crate::domain::{Place, Problem, Setting, Variable};
use crate::scenario::{Blueprint, Choice, Parameter, Quantity, Scenario, Shares, Stratum, TOLERANCE, Units};

/// What is needed to read strata.
pub(super) struct StratumReader<'a> {
    pub(super) setting: &'a Setting,
    pub(super) parameters: &'a [Parameter],
}

impl StratumReader<'_> {
    pub(super) fn read(&self, node: &Node<'_>) -> Option<Stratum> {
        let before = node.problems.len();
        let what = node.text_at("id").map_or("a stratum".into(), |id| format!("stratum `{id}`"));
        let fields = node.fields(what.as_str())?;
        let id = fields.need("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        if let Some((text, id)) = id.as_ref().and_then(|id| Some((id.as_text()?, id))) {
            refuse_formula(text, &id.place(), node.problems);
        }
        let size = fields.need("size").and_then(|node| node.whole_number(0, Scenario::MAX_POPULATION));
        let basis = read_basis(&self.setting.sources, &what, &place, &fields);
        let units = fields.get("units").map(|node| self.read_units(&node));
        let attributes = self.setting.space.attributes();
        let choices = attributes.iter().enumerate().map(|(position, attribute)| {
            let everybody = self.setting.space.default_level(position);
            match (fields.get(&attribute.name), everybody) {
                (None, Some(level)) => Some(Choice::Shares(Shares::all(level))),
                (None, None) => fields.need(&attribute.name).and(None),
                (Some(node), _) => self.read_choice(position, attribute, &node),
            }
        });
        let choices: Vec<Option<Choice>> = choices.collect();
        fields.finish();
        let choices: Option<Vec<Choice>> = choices.into_iter().collect();
        let units = units.map_or(Some(None), |units| units.map(Some))?;
        let stratum = Stratum { id: id?.text()?, size: size?, basis: basis?, choices: choices?, units };
        if node.problems.len() == before {
            self.refuse_missing_branch(&stratum, &place, node);
        }
        Some(stratum)
    }

    /// Reads `"level"`, `{ level = share, ... }` or `{ given = "variable", level = ..., ... }`.
    fn read_choice(&self, position: usize, attribute: &Variable, node: &Node<'_>) -> Option<Choice> {
        if !node.is_table() {
            return read_level(attribute, node).map(|level| Choice::Shares(Shares::all(level)));
        }
        let fields = node.fields(format!("the distribution of {}", attribute.name))?;
        match fields.get("given") {
            Some(given) => self.read_branches(position, attribute, &given, &fields),
            None => self.read_shares(attribute, node, &fields).map(Choice::Shares),
        }
    }

    /// Reads a distribution for each level of the variable that `given` names.
    fn read_branches(
        &self,
        position: usize,
        attribute: &Variable,
        given: &Node<'_>,
        fields: &Fields<'_>,
    ) -> Option<Choice> {
        let attributes = self.setting.space.attributes();
        let later: Vec<String> = attributes[position..].iter().map(|a| a.name.clone()).collect();
        let vocabulary = Vocabulary::before(&attributes[..position], &later);
        let variable = vocabulary.find_value(given)?;
        let mut branches = vec![None; attributes[variable].levels.len()];
        for node in fields.entries().iter().filter(|node| node.name != "given") {
            let Some(level) = find_level(&attributes[variable], node, None) else { continue };
            branches[usize::from(level)] = Some(self.read_choice(position, attribute, node)?);
        }
        Some(Choice::Given { variable, branches })
    }

    fn read_shares(&self, attribute: &Variable, node: &Node<'_>, fields: &Fields<'_>) -> Option<Shares> {
        let before = node.problems.len();
        let mut shares = Shares { named: Vec::new(), rest: None };
        for entry in fields.entries() {
            let Some(level) = find_level(attribute, &entry, Some("given")) else { continue };
            match entry.as_text() {
                Some("rest") if shares.rest.is_some() => {
                    let message = format!("two levels of `{}` take the rest", attribute.name);
                    entry.problem(message, "the second of them", "give one of them a share");
                }
                Some("rest") => shares.rest = Some(level),
                _ => shares.named.push((level, self.read_quantity(&entry)?)),
            }
        }
        if node.problems.len() == before {
            self.refuse_sum(attribute, node, &shares);
        }
        Some(shares)
    }

    /// Reads a number, or `$parameter`.
    fn read_quantity(&self, node: &Node<'_>) -> Option<Quantity> {
        let Some(text) = node.as_text() else { return node.share().map(Quantity::Number) };
        let name = text.strip_prefix('$');
        let position = name.and_then(|name| self.parameters.iter().position(|p| p.name == name));
        if position.is_none() {
            let message = format!("`{text}` is neither a share nor a parameter");
            let known = self.parameters.iter().map(|p| p.name.as_str());
            let help = node.problems.suggestion(name.unwrap_or(text), known);
            node.problem(message, "unknown", format!("write a number, \"$parameter\" or \"rest\"\n{help}"));
        }
        position.map(Quantity::Parameter)
    }

    /// Refuses shares that do not add up to 1, uncertain parameters taken at their centre.
    fn refuse_sum(&self, attribute: &Variable, node: &Node<'_>, shares: &Shares) {
        let centres = self.centres();
        let value = |(_, quantity): &(u8, Quantity)| quantity.value(&centres);
        let sum: f64 = shares.named.iter().map(value).sum();
        let is_uncertain = shares.named.iter().any(|(_, quantity)| self.is_uncertain(quantity));
        let name = &attribute.name;
        let (message, label, help) = if shares.rest.is_some() && sum > 1.0 + TOLERANCE {
            let message = format!("the shares of `{name}` add up to {sum:.6} and leave nothing for the rest");
            (message, "more than 1", "reduce them so that they add up to at most 1".into())
        } else if shares.rest.is_none() && (sum - 1.0).abs() > TOLERANCE {
            let message = match format!("{sum:.6}").as_str() {
                "1.000000" => format!("the shares of `{name}` add up to 1 {:+.2e}, not to 1", sum - 1.0),
                sum => format!("the shares of `{name}` add up to {sum}, not to 1"),
            };
            let help = format!("give one level the \"rest\"{}", missing_level(attribute, shares));
            (message, "must add up to 1", help)
        } else if shares.rest.is_none() && is_uncertain {
            let message = format!("the shares of `{name}` are uncertain and none of them takes the rest");
            (message, "will not add up to 1", "give one level the \"rest\"".into())
        } else {
            return;
        };
        let part = |named: &(u8, Quantity)| {
            format!("{} = {:.6}", attribute.levels[usize::from(named.0)], value(named))
        };
        let parts: Vec<String> = shares.named.iter().map(part).collect();
        let problem = Problem::at(&node.place(), message).label(label).note(parts.join(", "));
        node.problems.add(problem.help(help));
    }

    fn is_uncertain(&self, quantity: &Quantity) -> bool {
        match quantity {
            Quantity::Parameter(p) => !self.parameters[*p].distribution.is_fixed(),
            Quantity::Number(_) => false,
        }
    }

    fn centres(&self) -> Vec<f64> {
        self.parameters.iter().map(|parameter| parameter.distribution.centre()).collect()
    }

    /// Every prisoner must have a level of every attribute: a `given` may leave out only levels that nobody in
    /// the stratum has.
    fn refuse_missing_branch(&self, stratum: &Stratum, place: &Place, node: &Node<'_>) {
        let blueprint = Blueprint::new(&self.setting.space, stratum);
        let Ok(shares) = blueprint.shares(&self.centres()) else { return };
        let total: f64 = blueprint.probabilities(&shares).iter().sum();
        if (total - 1.0).abs() > TOLERANCE.sqrt() {
            let what = format!("a `given` of stratum `{}` has no branch for some of its people", stratum.id);
            node.problems.add(Problem::at(place, what).help("add the missing level to the `given` table"));
        }
    }

    fn read_units(&self, node: &Node<'_>) -> Option<Units> {
        let fields = node.fields("units")?;
        let count = fields.need("count").and_then(|node| node.whole_number(1, u64::from(Units::MAX_COUNT)));
        let vocabulary = Vocabulary::of_attributes(self.setting.space.attributes());
        let vary = fields.need("vary").and_then(|node| vocabulary.find_value(&node));
        let concentration = fields.need("concentration").and_then(|node| read_concentration(&node));
        let basis = read_basis(&self.setting.sources, "`units`", &node.key_place(), &fields);
        fields.finish();
        Some(Units { count: count? as u32, vary: vary?, concentration: concentration?, basis: basis? })
    }
}

fn read_concentration(node: &Node<'_>) -> Option<f64> {
    let value = node.number()?;
    if !(1e-3..=1e6).contains(&value) {
        let help = "write a number from 0.001 (units differ most) to 1e6 (all units alike)";
        node.problem(format!("`concentration` is {value}"), "out of range", help);
        return None;
    }
    Some(value)
}

/// The level that a key names; `also` is a key that would be right there as well.
fn find_level(variable: &Variable, node: &Node<'_>, also: Option<&str>) -> Option<u8> {
    let level = variable.level(&node.name);
    if level.is_none() {
        let what = format!("`{}` has no level `{}`", variable.name, node.name);
        let known = variable.levels.iter().map(String::as_str).chain(also);
        let problem = Problem::at(&node.key_place(), what).label("unknown level");
        node.problems.add(problem.help(node.problems.suggestion(&node.name, known)));
    }
    level
}

/// A level without a share, as a hint.
fn missing_level(attribute: &Variable, shares: &Shares) -> String {
    let is_named = |level: usize| shares.named.iter().any(|(other, _)| usize::from(*other) == level);
    let missing = (0..attribute.levels.len()).find(|level| !is_named(*level));
    missing.map_or(String::new(), |level| format!("; is `{}` missing?", attribute.levels[level]))
}

#[cfg(test)]
mod tests {
    use super::super::toy::{SCENARIO, load_replaced, load_text, messages};
    use super::*;

    const NORTH: &str = r#"wish = { stay = "$refusal", home = "rest" }"#;

    #[test]
    fn a_stratum_has_a_choice_for_every_attribute() {
        let scenario = load_text(SCENARIO).unwrap().scenario;
        let [north, south] = &scenario.strata[..] else { panic!("two strata") };
        assert_eq!(north.choices[0], Choice::Shares(Shares::all(0)));
        let refusal = Shares { named: vec![(1, Quantity::Parameter(0))], rest: Some(0) };
        assert_eq!(north.choices[1], Choice::Shares(refusal));
        let kpa = Shares { named: vec![(0, Quantity::Number(0.25))], rest: Some(2) };
        let branches = vec![Some(Choice::Shares(Shares::all(2))), Some(Choice::Shares(kpa))];
        assert_eq!(south.choices[1], Choice::Given { variable: 0, branches });
        let units = south.units.as_ref().unwrap();
        assert_eq!((units.count, units.vary, units.concentration), (5, 0, 2.0));
    }

    #[test]
    fn shares_must_add_up_to_1() {
        let cases = [
            (r#"wish = { stay = 0.3, home = 0.6 }"#, "the shares of `wish` add up to 0.900000, not to 1"),
            (r#"wish = { stay = 0.3, home = 0.7 }"#, "no stratum uses parameter `refusal`"),
            (
                r#"wish = { stay = 0.7, none = 0.4, home = "rest" }"#,
                "the shares of `wish` add up to 1.100000 and leave nothing for the rest",
            ),
            (
                r#"wish = { stay = "$refusal", home = 0.65 }"#,
                "the shares of `wish` are uncertain and none of them takes the rest",
            ),
            (r#"wish = { stay = "rest", home = "rest" }"#, "two levels of `wish` take the rest"),
        ];
        for (wish, expected) in cases {
            assert_eq!(messages(load_replaced(NORTH, wish)), [expected], "{wish}");
        }
    }

    #[test]
    fn the_level_that_is_missing_is_hinted_at() {
        let error = load_replaced(NORTH, "wish = { home = 0.5, stay = 0.3 }").unwrap_err();
        assert!(error.to_string().contains("is `none` missing?"), "{error}");
    }

    #[test]
    fn levels_parameters_and_branches_must_exist() {
        let cases = [
            (r#"wish = "hom""#, "`wish` has no level `hom`"),
            (r#"wish = { hom = "rest" }"#, "`wish` has no level `hom`"),
            (r#"wish = { stay = "$refusl", home = "rest" }"#, "`$refusl` is neither a share nor a parameter"),
            (
                r#"wish = { given = "captor", kpa = "home" }"#,
                "a `given` of stratum `north` has no branch for some of its people",
            ),
            (r#"wish = { given = "wish", home = "home" }"#, "`wish` is not declared yet"),
        ];
        for (wish, expected) in cases {
            assert_eq!(messages(load_replaced(NORTH, wish)), [expected], "{wish}");
        }
    }

    #[test]
    fn units_vary_an_attribute_within_bounds() {
        let cases = [
            ("count = 5", "count = 0", "`count` is 0"),
            ("vary = \"captor\"", "vary = \"wsh\"", "there is no attribute `wsh`"),
            ("concentration = 2.0", "concentration = 0", "`concentration` is 0"),
        ];
        for (from, to, expected) in cases {
            assert_eq!(messages(load_replaced(from, to)), [expected], "{to}");
        }
    }
}
