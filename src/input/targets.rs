//! Reads the targets of a setting: `targets.toml`.

use super::basis::read_basis;
use super::conditions::{Vocabulary, read_outcome};
use super::fields::{Fields, Node, parse};
use super::files::{InMemoryFiles, Reader};
use super::locate::find_setting_named;
use super::problems::Problems;
use super::readings::load_interpretations;
use super::reference::Reference;
use super::setting::load_setting;
use super::setting_folder::SettingFolder;
use crate::domain::{Condition, Error, Problem, Setting};
use crate::scenario::{Scenario, Target};

/// The targets of a setting.
#[derive(Debug)]
pub struct LoadedTargets {
    /// The setting.
    pub setting: Setting,
    /// Its targets, in declared order.
    pub targets: Vec<Target>,
    folder: SettingFolder,
}

impl LoadedTargets {
    /// What to load a target's scenario by.
    pub fn scenario_to_load(&self, target: &Target) -> String {
        let stem = target.scenario.rsplit('/').next().unwrap_or_default();
        self.folder.scenario_to_load(stem)
    }
}

/// Loads the targets of a setting: a built-in one by its name, or the path of its folder.
///
/// # Errors
///
/// Everything that is wrong with the files, or that the setting has no targets.
pub fn load_targets(setting: &str) -> Result<LoadedTargets, Error> {
    let in_memory = InMemoryFiles::default();
    let reader = Reader::new(&in_memory);
    let loaded = find_setting_named(&reader, setting).and_then(|folder| {
        let setting = load_setting(&reader, &folder)?;
        if !folder.has(&reader, FILE) {
            let what = format!("the setting `{}` has no targets", setting.id);
            reader.problems.add(Problem::new(what).help(format!("write them in its folder, in {FILE}")));
            return None;
        }
        let targets = read_targets(&reader, &folder, &setting)?;
        Some(LoadedTargets { setting, targets, folder })
    });
    reader.finish(loaded).map(|(loaded, _)| loaded)
}

/// The file in a setting's folder that holds its targets.
const FILE: &str = "targets.toml";

/// Reads the targets of a folder; none where there is no such file.
pub(super) fn read_targets(
    reader: &Reader<'_>,
    folder: &SettingFolder,
    setting: &Setting,
) -> Option<Vec<Target>> {
    if !folder.has(reader, FILE) {
        return Some(Vec::new());
    }
    let file = reader.read(&folder.file(FILE), None)?;
    let scenarios = folder.scenarios(reader).into_iter().map(|stem| format!("{}/{stem}", setting.id));
    let scenarios: Vec<String> = scenarios.collect();
    let proposals = folder.proposals(reader);
    let known = TargetReader { reader, folder, setting, scenarios: &scenarios, proposals: &proposals };
    parse(&file, &reader.problems, |fields| known.read_all(fields))
}

/// What is needed to read targets.
struct TargetReader<'a> {
    reader: &'a Reader<'a>,
    folder: &'a SettingFolder,
    setting: &'a Setting,
    scenarios: &'a [String],
    proposals: &'a [String],
}

impl TargetReader<'_> {
    fn read_all(&self, fields: &Fields<'_>) -> Option<Vec<Target>> {
        let nodes = fields.need_tables("target");
        let before = fields.problems.len();
        let targets: Vec<Target> = nodes.iter().filter_map(|node| self.read(node)).collect();
        refuse_repeated(&nodes, fields.problems);
        (fields.problems.len() == before).then_some(targets)
    }

    fn read(&self, node: &Node<'_>) -> Option<Target> {
        let what = node.text_at("id").map_or("a target".into(), |id| format!("target `{id}`"));
        let fields = node.fields(what.as_str())?;
        let text = |key: &str| fields.need(key).and_then(|node| node.text());
        let id = fields.need("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let (label, because) = (text("what"), text("because"));
        let number = fields.need("number").and_then(|node| node.whole_number(1, Scenario::MAX_POPULATION));
        let date = fields.get("date").and_then(|node| node.date());
        let by = fields.get("by").and_then(|node| node.text());
        let basis = read_basis(&self.setting.sources, &what, &place, &fields);
        let scenario = fields.need("scenario").and_then(|node| self.read_scenario(&node));
        let proposal = fields.get("proposal").map(|node| self.read_proposal(&node));
        for node in ["outcome", "when"].iter().filter_map(|key| fields.get(key)).filter(Node::is_empty_list) {
            node.problem(
                format!("`{}` is empty, so that nobody is counted", node.name),
                "empty",
                "leave it out, or name something",
            );
        }
        let outcomes = fields.get("outcome").map(|node| {
            let outcomes = node.one_or_more();
            outcomes.iter().map(|node| read_outcome(&self.setting.outcomes, node)).collect::<Option<Vec<_>>>()
        });
        if let (Some(Some(_)), None) = (&outcomes, &proposal) {
            let problem = Problem::at(&place, format!("{what} counts an outcome of no proposal"));
            node.problems.add(problem.help("add `proposal = ...`, or leave `outcome` out"));
        }
        let vocabulary = Vocabulary::of_attributes(self.setting.space.variables());
        let when = fields.get("when").map(|node| vocabulary.read_conditions(&node));
        let tolerance = fields.need("tolerance").and_then(|node| node.share());
        let is_fitted = fields.get("fitted").map(|node| node.flag());
        fields.finish();
        Some(Target {
            id: id?.text()?,
            what: label?,
            number: number?,
            date,
            by,
            basis: basis?,
            scenario: scenario?,
            proposal: proposal.map_or(Some(None), |proposal| proposal.map(Some))?,
            when: when.unwrap_or_else(|| vec![Condition::default()]),
            outcomes: outcomes.map_or(Some(None), |outcomes| outcomes.map(Some))?,
            tolerance: tolerance?,
            because: because?,
            is_fitted: is_fitted.map_or(Some(false), |flag| flag)?,
        })
    }

    fn read_scenario(&self, node: &Node<'_>) -> Option<String> {
        let name = node.text()?;
        let full = format!("{}/{name}", self.setting.id);
        let found = self.scenarios.iter().find(|known| **known == name || **known == full);
        if found.is_none() {
            let help = node.problems.suggestion(&name, self.scenarios.iter().map(String::as_str));
            node.problem(format!("the setting has no scenario `{name}`"), "unknown scenario", help);
        }
        found.cloned()
    }

    /// Reads an id, perhaps with readings, which the proposal must have.
    fn read_proposal(&self, node: &Node<'_>) -> Option<String> {
        let name = node.text()?;
        let id = name.split(':').next().unwrap_or_default();
        let found = self.proposals.iter().any(|known| known == id);
        if !found {
            let help = node.problems.suggestion(id, self.proposals.iter().map(String::as_str));
            node.problem(format!("the setting has no proposal `{id}`"), "unknown proposal", help);
        }
        if !found || name == id {
            return found.then_some(name);
        }
        let reference = Reference::in_file(self.reader, &name, &node.place());
        let mut setting = self.setting.clone();
        let loaded = load_interpretations(self.reader, &mut setting, self.folder, &[reference], &[]);
        (!loaded.is_empty()).then_some(name)
    }
}

fn refuse_repeated(nodes: &[Node<'_>], problems: &Problems) {
    let places: Vec<_> = nodes.iter().map(Node::place).collect();
    let ids: Vec<Option<String>> = nodes.iter().map(|node| node.text_at("id")).collect();
    let named = ids.iter().zip(&places).filter_map(|(id, place)| Some((id.as_deref()?, place)));
    problems.refuse_repeated_ids("targets", named);
}
