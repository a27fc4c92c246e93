use super::conditions::{Vocabulary, level};
use super::fields::{Fields, Node, Problems, suggestion};
use super::parameter::{basis, parameters};
use super::proposal::refuse_repeated;
use crate::domain::{Place, Problem, Setting, Variable};
use crate::scenario::{Blueprint, Choice, Parameter, Quantity, Scenario, Shares, Stratum, TOLERANCE, Units};

/// What differs from the file: the user's values for parameters.
pub(super) type Overrides<'a> = &'a [(String, f64)];

/// Reads a scenario from its file and the files it is based on, the most basic first.
pub(super) fn scenario(
    setting: &Setting,
    name: String,
    set: Overrides<'_>,
    layers: &[Fields<'_>],
) -> Option<Scenario> {
    let [.., fields] = layers else { return None };
    let problems = fields.problems;
    let before = problems.len();
    layers.iter().for_each(|layer| drop(layer.get("base")));
    let title = last(layers, "title").or_else(|| fields.need("title"));
    let title = title.and_then(|node| node.text()).unwrap_or_default();
    let note = last(layers, "note").and_then(|node| node.text());
    let proposals = last(layers, "proposals").or_else(|| fields.need("proposals"));
    let proposals = proposals.and_then(|node| node.items()).unwrap_or_default();
    let proposals = proposals.iter().filter_map(|node| Some((node.text()?, node.place()))).collect();
    let file = ScenarioFile { setting, parameters: parameters(setting, set, layers) };
    let strata: Vec<(Stratum, Place)> =
        stratum_nodes(layers).iter().filter_map(|node| file.stratum(node)).collect();
    if problems.len() == before {
        file.refuse_unused(&strata, problems);
    }
    let strata = strata.into_iter().map(|(stratum, _)| stratum).collect();
    let scenario = Scenario { name, title, note, parameters: file.parameters, strata, proposals };
    if problems.len() == before {
        refuse_population(&scenario, &fields.place(), problems);
    }
    (problems.len() == before).then_some(scenario)
}

/// The value that a key has in the last layer that has it; it is understood in all.
fn last<'a>(layers: &[Fields<'a>], key: &str) -> Option<Node<'a>> {
    layers.iter().filter_map(|layer| layer.get(key)).last()
}

/// Strata of all layers; a later one with the same id takes the place of an earlier one.
fn stratum_nodes<'a>(layers: &[Fields<'a>]) -> Vec<Node<'a>> {
    let mut strata: Vec<(Option<String>, Node<'a>)> = Vec::new();
    for layer in layers {
        let without = layer.get("without").map(|node| node.one_or_more()).unwrap_or_default();
        without.iter().for_each(|node| remove(&mut strata, node));
        let nodes = layer.get("stratum").and_then(|node| node.items()).unwrap_or_default();
        let named: Vec<(Option<String>, Node<'a>)> =
            nodes.into_iter().map(|node| (node.text_at("id"), node)).collect();
        let ids = named.iter().filter_map(|(id, node)| Some((id.clone()?, node.place())));
        let ids: Vec<(String, Place)> = ids.collect();
        refuse_repeated(ids.iter().map(|(id, place)| (id, place)), "stratum", layer.problems);
        for (id, node) in named {
            let earlier = strata.iter_mut().find(|(known, _)| id.is_some() && *known == id);
            match earlier {
                Some(earlier) => earlier.1 = node,
                None => strata.push((id, node)),
            }
        }
    }
    strata.into_iter().map(|(_, node)| node).collect()
}

/// Leaves out a stratum of an earlier layer.
fn remove(strata: &mut Vec<(Option<String>, Node<'_>)>, node: &Node<'_>) {
    let Some(name) = node.text() else { return };
    let before = strata.len();
    strata.retain(|(id, _)| *id != Some(name.clone()));
    if strata.len() == before {
        let known = strata.iter().filter_map(|(id, _)| id.as_deref());
        let help = suggestion(&name, known);
        node.problem(format!("there is no stratum `{name}` to leave out"), "unknown stratum", help);
    }
}

fn refuse_population(scenario: &Scenario, place: &Place, problems: &Problems) {
    let people: u128 = scenario.strata.iter().map(|stratum| u128::from(stratum.size)).sum();
    if people == 0 {
        let problem = Problem::at(place, "the scenario has no prisoners");
        problems.add(problem.help("give a [[stratum]] a size"));
    } else if people > u128::from(Scenario::MAX_POPULATION) {
        let problem = Problem::at(place, format!("the strata hold {people} people in all"));
        problems.add(problem.help("no more than 2^53 can be counted exactly; reduce their sizes"));
    }
}

struct ScenarioFile<'a> {
    setting: &'a Setting,
    parameters: Vec<Parameter>,
}

impl ScenarioFile<'_> {
    fn stratum(&self, node: &Node<'_>) -> Option<(Stratum, Place)> {
        let before = node.problems.len();
        let what = node.text_at("id").map_or("a stratum".into(), |id| format!("stratum `{id}`"));
        let fields = node.fields(what.as_str())?;
        let id = fields.need("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let size = fields.need("size").and_then(|node| node.whole(0, Scenario::MAX_POPULATION));
        let basis = basis(self.setting, &what, &place, &fields);
        let units = fields.get("units").map(|node| self.units(&node));
        let attributes = self.setting.space.attributes();
        let choices = attributes.iter().enumerate().map(|(position, attribute)| {
            fields.need(&attribute.name).and_then(|node| self.choice(position, attribute, &node))
        });
        let choices: Vec<Option<Choice>> = choices.collect();
        fields.finish();
        let choices: Option<Vec<Choice>> = choices.into_iter().collect();
        let units = units.map_or(Some(None), |units| units.map(Some))?;
        let stratum = Stratum { id: id?.text()?, size: size?, basis: basis?, choices: choices?, units };
        if node.problems.len() == before {
            self.refuse_shares(&stratum, &place, node.problems);
        }
        Some((stratum, place))
    }

    /// `"level"`, `{ level = share, ... }` or `{ given = "variable", level = ..., ... }`.
    fn choice(&self, position: usize, attribute: &Variable, node: &Node<'_>) -> Option<Choice> {
        if !node.is_table() {
            return level(attribute, node).map(|level| Choice::Shares(Shares::all(level)));
        }
        let fields = node.fields(format!("the distribution of {}", attribute.name))?;
        match fields.get("given") {
            Some(given) => self.given(position, attribute, &given, &fields),
            None => self.shares(attribute, node, &fields).map(Choice::Shares),
        }
    }

    fn given(
        &self,
        position: usize,
        attribute: &Variable,
        given: &Node<'_>,
        fields: &Fields<'_>,
    ) -> Option<Choice> {
        let attributes = self.setting.space.attributes();
        let later: Vec<String> = attributes[position..].iter().map(|a| a.name.clone()).collect();
        let vocabulary = Vocabulary { variables: &attributes[..position], later: &later };
        let variable = vocabulary.variable_in(given)?;
        let mut branches = vec![None; attributes[variable].levels.len()];
        for node in fields.entries().iter().filter(|node| node.name != "given") {
            let Some(level) = attributes[variable].level(&node.name) else {
                let what = format!("`{}` has no level `{}`", attributes[variable].name, node.name);
                let known = attributes[variable].levels.iter().map(String::as_str);
                let problem = Problem::at(&node.key_place(), what).label("unknown level");
                node.problems.add(problem.help(suggestion(&node.name, known)));
                continue;
            };
            branches[usize::from(level)] = Some(self.choice(position, attribute, node)?);
        }
        Some(Choice::Given { variable, branches })
    }

    fn shares(&self, attribute: &Variable, node: &Node<'_>, fields: &Fields<'_>) -> Option<Shares> {
        let before = node.problems.len();
        let mut shares = Shares { named: Vec::new(), rest: None };
        for entry in fields.entries() {
            let Some(level) = attribute.level(&entry.name) else {
                let what = format!("`{}` has no level `{}`", attribute.name, entry.name);
                let known = attribute.levels.iter().map(String::as_str).chain(["given"]);
                let problem = Problem::at(&entry.key_place(), what).label("unknown level");
                node.problems.add(problem.help(suggestion(&entry.name, known)));
                continue;
            };
            match entry.as_text() {
                Some("rest") if shares.rest.is_some() => {
                    let message = format!("two levels of `{}` have the rest", attribute.name);
                    entry.problem(message, "the second", "give one of them a share");
                }
                Some("rest") => shares.rest = Some(level),
                _ => shares.named.push((level, self.quantity(&entry)?)),
            }
        }
        if node.problems.len() == before {
            self.refuse_sum(attribute, node, &shares);
        }
        Some(shares)
    }

    /// A number, or `$parameter`.
    fn quantity(&self, node: &Node<'_>) -> Option<Quantity> {
        let Some(text) = node.as_text() else { return node.share().map(Quantity::Number) };
        let name = text.strip_prefix('$');
        let position = name.and_then(|name| self.parameters.iter().position(|p| p.name == name));
        if position.is_none() {
            let message = format!("`{text}` is neither a share nor a parameter");
            let given = name.unwrap_or(text);
            let known = self.parameters.iter().map(|p| p.name.as_str());
            let help = suggestion(given, known);
            node.problem(message, "unknown", format!("write a number, \"$parameter\" or \"rest\"\n{help}"));
        }
        position.map(Quantity::Parameter)
    }

    /// Shares must add up to 1: those of uncertain parameters are taken at their centre.
    fn refuse_sum(&self, attribute: &Variable, node: &Node<'_>, shares: &Shares) {
        let centres = self.centres();
        let value = |(_, quantity): &(u8, Quantity)| quantity.value(&centres);
        let sum: f64 = shares.named.iter().map(value).sum();
        let name = &attribute.name;
        let (message, label, help) = if shares.rest.is_some() && sum > 1.0 + TOLERANCE {
            let message = format!("the shares of `{name}` add up to {sum:.6} and leave nothing for the rest");
            (message, "more than 1", "reduce them so that they add up to at most 1".into())
        } else if shares.rest.is_none() && (sum - 1.0).abs() > TOLERANCE {
            let message = format!("the shares of `{name}` add up to {sum:.6}, must be 1");
            (
                message,
                "do not add up to 1",
                format!("give one level the \"rest\"{}", missing(attribute, shares)),
            )
        } else if shares.rest.is_none()
            && shares.named.iter().any(|(_, quantity)| self.is_uncertain(quantity))
        {
            let message = format!("the shares of `{name}` are uncertain and none of them takes the rest");
            (message, "will not add up to 1", "give one level the \"rest\"".into())
        } else {
            return;
        };
        let parts = shares
            .named
            .iter()
            .map(|named| format!("{} = {:.6}", attribute.levels[usize::from(named.0)], value(named)));
        let parts: Vec<String> = parts.collect();
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

    /// Every prisoner must have a level of every attribute: a `given` may leave out only levels
    /// that nobody in the stratum has.
    fn refuse_shares(&self, stratum: &Stratum, place: &Place, problems: &Problems) {
        let blueprint = Blueprint::new(&self.setting.space, stratum);
        let total: f64 = match blueprint.shares(&self.centres()) {
            Ok(shares) => blueprint.probabilities(&shares).iter().sum(),
            Err(_) => return,
        };
        if (total - 1.0).abs() > TOLERANCE.sqrt() {
            let what =
                format!("stratum `{}` leaves a `given` without a branch that its prisoners need", stratum.id);
            problems.add(Problem::at(place, what).help("add the missing level to the `given` table"));
        }
    }

    fn units(&self, node: &Node<'_>) -> Option<Units> {
        let fields = node.fields("units")?;
        let count = fields.need("count").and_then(|node| node.whole(1, u64::from(Units::MAX_COUNT)));
        let vocabulary = Vocabulary { variables: self.setting.space.attributes(), later: &[] };
        let vary = fields.need("vary").and_then(|node| vocabulary.variable_in(&node));
        let concentration = fields.need("concentration").and_then(|node| {
            let value = node.number()?;
            if !(1e-3..=1e6).contains(&value) {
                let help = "write a number from 0.001 (units all of one mind) to 1e6 (units all alike)";
                node.problem(format!("`concentration` is {value}"), "out of range", help);
                return None;
            }
            Some(value)
        });
        let basis = basis(self.setting, "`units`", &node.key_place(), &fields);
        fields.finish();
        Some(Units { count: count? as u32, vary: vary?, concentration: concentration?, basis: basis? })
    }

    fn refuse_unused(&self, strata: &[(Stratum, Place)], problems: &Problems) {
        let uses = |position: usize| strata.iter().any(|(stratum, _)| stratum.mentions(position));
        for (position, parameter) in self.parameters.iter().enumerate() {
            if !strata.is_empty() && !uses(position) {
                let what = format!("no stratum uses parameter `{}`", parameter.name);
                let help = format!("remove it, or refer to it as \"${}\"", parameter.name);
                problems.add(Problem::at(&parameter.place, what).label("changes nothing").help(help));
            }
        }
    }
}

/// A level that nobody has, as a hint.
fn missing(attribute: &Variable, shares: &Shares) -> String {
    let named = |level: usize| shares.named.iter().any(|(other, _)| usize::from(*other) == level);
    let missing = (0..attribute.levels.len()).find(|level| !named(*level));
    missing.map_or(String::new(), |level| format!("; is `{}` missing?", attribute.levels[level]))
}
