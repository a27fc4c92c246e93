//! Reads a scenario from its file and the files it is based on.

use std::sync::Arc;

use super::fields::{Fields, Node, parse_layers};
use super::files::Reader;
use super::locate::{ScenarioFile, read_layers};
use super::parameter::{SetValue, read_parameters};
use super::problems::Problems;
use super::setting::read_setting_and_sources;
use super::stratum::StratumReader;
use crate::domain::{Place, Problem, Setting, SourceFile, suggestion};
use crate::scenario::{Parameter, Scenario, Stratum};

/// Reads a scenario, with these values in place of its own. Its sources are added to the setting's bibliography.
pub(super) fn load_scenario(
    reader: &Reader<'_>,
    setting: &mut Setting,
    located: &ScenarioFile,
    set: &[SetValue],
) -> Option<Scenario> {
    let layers = read_layers(reader, &located.file, None)?;
    let texts: Vec<Arc<SourceFile>> = layers.into_iter().map(|(_, text)| text).collect();
    parse_layers(&texts, &reader.problems, |layers| {
        layers.iter().for_each(|fields| read_setting_and_sources(setting, fields));
        read_scenario(setting, &located.name, set, layers)
    })
}

/// Reads a scenario from its layers, the most basic first.
fn read_scenario(setting: &Setting, name: &str, set: &[SetValue], layers: &[Fields<'_>]) -> Option<Scenario> {
    let fields = layers.last()?;
    let problems = fields.problems;
    if let Some(rule) = fields.get("rule") {
        let problem =
            Problem::at(&rule.key_place(), "this file is a proposal, not a scenario").label("a rule");
        problems.add(problem.help_option("proposal", "applies it to a scenario"));
        // Its keys are not those of a scenario: one problem is enough.
        fields.entries();
        return None;
    }
    let before = problems.len();
    layers.iter().for_each(|layer| layer.allow(&["base"]));
    let title = last(layers, "title").or_else(|| fields.need("title"));
    let title = title.and_then(|node| node.text()).unwrap_or_default();
    // A day is of one scenario, not of those based on it.
    layers.iter().for_each(|layer| layer.allow(&["date"]));
    let date = fields.get("date").and_then(|node| node.date());
    let note = last(layers, "note").and_then(|node| node.text());
    let proposals = last(layers, "proposals").or_else(|| fields.need("proposals"));
    let proposals = proposals.map(|node| read_names(&node)).unwrap_or_default();
    layers.iter().for_each(|layer| layer.allow(&["on_the_table"]));
    let on_the_table = fields.get("on_the_table").map(|node| read_names(&node));
    let parameters = read_parameters(setting, set, layers, problems);
    let strata = StratumReader { setting, parameters: &parameters };
    let strata: Vec<Stratum> = stratum_nodes(layers).iter().filter_map(|node| strata.read(node)).collect();
    refuse_no_proposals(layers, problems);
    if problems.len() == before {
        refuse_unused(&parameters, &strata, problems);
    }
    let scenario =
        Scenario { name: name.into(), title, date, note, parameters, strata, proposals, on_the_table };
    if problems.len() == before {
        refuse_population(&scenario, &fields.place(), problems);
    }
    (problems.len() == before).then_some(scenario)
}

/// Refuses a list of proposals that names none.
fn refuse_no_proposals(layers: &[Fields<'_>], problems: &Problems) {
    let empty = |node: &Node<'_>| node.is_empty_list();
    if let Some(node) = last(layers, "proposals").filter(empty) {
        let problem = Problem::at(&node.place(), "the scenario names no proposals").label("empty");
        problems.add(problem.help("name one by its id or path"));
    }
}

/// Reads a list of names, each with its place.
fn read_names(node: &Node<'_>) -> Vec<(String, Place)> {
    let items = node.items().unwrap_or_default();
    items.iter().filter_map(|node| Some((node.text()?, node.place()))).collect()
}

/// The value of a key in the last layer that has it. The key is accepted in all layers.
fn last<'a>(layers: &[Fields<'a>], key: &str) -> Option<Node<'a>> {
    layers.iter().filter_map(|layer| layer.get(key)).last()
}

/// A stratum's table, with its id if it has one.
type NamedNode<'a> = (Option<String>, Node<'a>);

/// The strata of all layers; a later one replaces an earlier one with the same id.
fn stratum_nodes<'a>(layers: &[Fields<'a>]) -> Vec<Node<'a>> {
    let mut strata: Vec<NamedNode<'a>> = Vec::new();
    for layer in layers {
        let without = layer.get("without").map(|node| node.one_or_more()).unwrap_or_default();
        without.iter().for_each(|node| remove(&mut strata, node));
        let nodes = layer.get("stratum").and_then(|node| node.items()).unwrap_or_default();
        let named: Vec<NamedNode<'a>> = nodes.into_iter().map(|node| (node.text_at("id"), node)).collect();
        refuse_repeated(&named, layer.problems);
        for (id, node) in named {
            match strata.iter_mut().find(|(known, _)| id.is_some() && *known == id) {
                Some(earlier) => earlier.1 = node,
                None => strata.push((id, node)),
            }
        }
    }
    strata.into_iter().map(|(_, node)| node).collect()
}

fn refuse_repeated(strata: &[NamedNode<'_>], problems: &Problems) {
    let places: Vec<Place> = strata.iter().map(|(_, node)| node.place()).collect();
    let ids = strata.iter().map(|(id, _)| id.as_deref()).zip(&places);
    problems.refuse_repeated_ids("strata", ids.filter_map(|(id, place)| Some((id?, place))));
}

/// Leaves out a stratum of an earlier layer.
fn remove(strata: &mut Vec<NamedNode<'_>>, node: &Node<'_>) {
    let Some(name) = node.text() else { return };
    let before = strata.len();
    strata.retain(|(id, _)| *id != Some(name.clone()));
    if strata.len() == before {
        let known = strata.iter().filter_map(|(id, _)| id.as_deref());
        let help = node.problems.suggestion(&name, known);
        node.problem(format!("there is no stratum `{name}` to leave out"), "unknown stratum", help);
    }
}

fn refuse_unused(parameters: &[Parameter], strata: &[Stratum], problems: &Problems) {
    let is_used = |position: usize| strata.iter().any(|stratum| stratum.mentions(position));
    for (position, parameter) in parameters.iter().enumerate() {
        if !strata.is_empty() && !is_used(position) {
            let what = format!("no stratum uses parameter `{}`", parameter.name);
            let others =
                parameters.iter().map(|other| other.name.as_str()).filter(|name| *name != parameter.name);
            let near = suggestion(&parameter.name, others);
            let near = if near.starts_with("did you mean") { format!("{near}\n") } else { String::new() };
            let help = format!("{near}remove it, or refer to it as \"${}\"", parameter.name);
            problems.add(Problem::at(&parameter.place, what).label("has no effect").help(help));
        }
    }
}

fn refuse_population(scenario: &Scenario, place: &Place, problems: &Problems) {
    let people = scenario.people();
    if people == 0 {
        let problem = Problem::at(place, "nobody is in the scenario");
        problems.add(problem.help("give a [[stratum]] a size"));
    } else if people > u128::from(Scenario::MAX_POPULATION) {
        let problem = Problem::at(place, format!("the strata hold {people} people in total"));
        problems.add(problem.help("no more than 2^53 can be counted exactly; reduce their sizes"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::{Loaded, Request, load};
    use super::super::toy::{FILES, files_with, load_replaced, messages};
    use crate::domain::Error;
    use crate::scenario::Distribution;

    /// Loads `toy/mine.toml` with this text.
    fn load_mine(text: &str) -> Result<Loaded, Error> {
        let in_memory = files_with("toy/mine.toml", text);
        load(&Request { scenario: "toy/mine.toml".into(), in_memory, ..Request::default() })
    }

    fn sizes(loaded: &Loaded) -> Vec<(&str, u64)> {
        loaded.scenario.strata.iter().map(|stratum| (stratum.id.as_str(), stratum.size)).collect()
    }

    #[test]
    fn a_scenario_takes_everything_from_its_base() {
        let loaded = load_mine("base = \"all.toml\"").unwrap();
        assert_eq!(
            (loaded.scenario.name.as_str(), loaded.scenario.title.as_str()),
            ("toy/mine", "Everybody")
        );
        assert_eq!(sizes(&loaded), [("north", 100), ("south", 50)]);
        assert_eq!(loaded.rulebooks[0].id(), "ask");
    }

    #[test]
    fn a_later_layer_replaces_parts_of_an_earlier_one() {
        let text = r#"base = "all.toml"
            title = "Mine"
            proposals = ["ask:left=released"]
            parameters.refusal = { value = 0.4, status = "assumed" }
            [[stratum]]
            id = "north"
            size = 7
            status = "assumed"
            captor = "unc"
            wish = { stay = "$refusal", home = "rest" }
            [[stratum]]
            id = "west"
            size = 3
            status = "assumed"
            captor = "kpa"
            wish = "none""#;
        let loaded = load_mine(text).unwrap();
        assert_eq!(loaded.scenario.title, "Mine");
        assert_eq!(loaded.scenario.parameters[0].distribution, Distribution::Fixed(0.4));
        assert_eq!(sizes(&loaded), [("north", 7), ("south", 50), ("west", 3)]);
        assert_eq!(loaded.rulebooks[0].name().label(), "ask:left=released");
    }

    #[test]
    fn a_layer_may_leave_strata_out() {
        let loaded = load_mine("base = \"all.toml\"\nwithout = \"south\"").unwrap();
        assert_eq!(sizes(&loaded), [("north", 100)]);
        let unknown = load_mine("base = \"all.toml\"\nwithout = [\"sout\"]");
        assert_eq!(messages(unknown), ["there is no stratum `sout` to leave out"]);
    }

    #[test]
    fn an_id_may_be_used_again_in_another_layer_only() {
        let twice = load_replaced("id = \"south\"", "id = \"north\"");
        assert_eq!(messages(twice), ["two strata have the id `north`"]);
    }

    #[test]
    fn a_path_in_a_base_is_taken_from_the_folder_of_the_base() {
        let files = [
            ("texts/base.toml", "base = \"../toy/all.toml\"\nproposals = [\"own.toml\"]"),
            ("texts/own.toml", &super::super::toy::PROPOSAL.replace("id = \"ask\"", "id = \"own\"")),
            ("toy/deep/mine.toml", "base = \"../../texts/base.toml\""),
        ];
        let in_memory = FILES.into_iter().chain(files).collect();
        let request = Request { scenario: "toy/deep/mine.toml".into(), in_memory, ..Request::default() };
        assert_eq!(load(&request).unwrap().rulebooks[0].id(), "own");
    }

    #[test]
    fn a_circle_of_bases_ends() {
        let circle = load_mine("base = \"mine.toml\"");
        assert!(messages(circle)[0].contains("`base` leads from file to file"));
    }

    #[test]
    fn a_scenario_must_have_prisoners_and_not_too_many() {
        let nobody = load_mine("base = \"all.toml\"\nwithout = [\"north\", \"south\"]\n");
        assert_eq!(messages(nobody), ["nobody is in the scenario"]);
        let many = load_replaced("size = 50", "size = 9_007_199_254_740_992");
        assert_eq!(messages(many), ["the strata hold 9007199254741092 people in total"]);
    }

    #[test]
    fn a_parameter_that_no_stratum_uses_is_refused() {
        let unused = load_mine("base = \"all.toml\"\nwithout = \"north\"");
        assert_eq!(messages(unused), ["no stratum uses parameter `refusal`"]);
    }
}
