//! The one path by which a scenario, its proposals and a sweep are loaded, checked and compiled.

use std::sync::Arc;

use super::fields::parse;
use super::files::{InMemoryFiles, Location, Reader};
use super::locate::{
    ScenarioFile, find_scenario, find_scenario_beside, find_setting_of_proposal, find_sweep,
};
use super::parameter::SetValue;
use super::readings::{ReadingChoice, load_interpretations};
use super::reference::Reference;
use super::scenario::load_scenario;
use super::setting::load_setting;
use super::sweep::SweepHeader;
use crate::design::Sweep;
use crate::domain::{Error, Problem, Setting, SourceFile};
use crate::proposal::{Interpretation, Rulebook};
use crate::scenario::Scenario;

/// A scenario, and what is to differ from its file.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A built-in scenario's name, or the path of a file that ends in `.toml`.
    pub scenario: String,
    /// Proposals in place of the scenario's: ids or paths, perhaps with readings
    /// (`id:reading=value,reading=value`).
    pub proposals: Vec<String>,
    /// Readings, wherever their proposals are used.
    pub readings: Vec<ReadingChoice>,
    /// Values for parameters, in place of the scenario's.
    pub set: Vec<(String, f64)>,
    /// The number of people, strata in proportion.
    pub population: Option<u64>,
    /// Files that need not exist on disk.
    pub in_memory: InMemoryFiles,
}

/// A scenario and its proposals, checked and compiled.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The setting.
    pub setting: Setting,
    /// The scenario.
    pub scenario: Scenario,
    /// The proposals under their readings, in the order asked for.
    pub rulebooks: Vec<Rulebook>,
    /// Every file that was read.
    pub files: Vec<Arc<SourceFile>>,
}

/// Proposals without a scenario, checked and compiled.
#[derive(Debug, Clone)]
pub struct LoadedProposals {
    /// The setting.
    pub setting: Setting,
    /// The proposals under their readings, in the order asked for.
    pub rulebooks: Vec<Rulebook>,
    /// Every file that was read.
    pub files: Vec<Arc<SourceFile>>,
}

/// Loads a scenario with its proposals.
///
/// # Errors
///
/// Everything that is wrong with the files and the request.
pub fn load(request: &Request) -> Result<Loaded, Error> {
    let reader = Reader::new(&request.in_memory);
    let loaded = load_request(&reader, request);
    let (loaded, files) = reader.finish(loaded)?;
    loaded.compile(files)
}

/// Loads proposals for questions that need no scenario: ids or paths, perhaps with readings
/// (`id:reading=value,reading=value`). All belong to the setting of the first.
///
/// # Errors
///
/// Everything that is wrong with the files and the arguments.
pub fn load_proposals(
    proposals: &[String],
    readings: &[ReadingChoice],
    in_memory: &InMemoryFiles,
) -> Result<LoadedProposals, Error> {
    let references: Vec<Reference> = proposals.iter().map(|text| Reference::parse(text)).collect();
    let Some(first) = references.first() else {
        return Err(Problem::new("no proposal is named").help("name one by its id or path").into());
    };
    let reader = Reader::new(in_memory);
    let loaded = find_setting_of_proposal(&reader, first).and_then(|folder| {
        let mut setting = load_setting(&reader, &folder)?;
        let interpretations = load_interpretations(&reader, &mut setting, &folder, &references, readings);
        Some((setting, interpretations))
    });
    let ((setting, interpretations), files) = reader.finish(loaded)?;
    let rulebooks = compile(&setting, interpretations)?;
    Ok(LoadedProposals { setting, rulebooks, files })
}

/// Loads a sweep with its scenario and proposals: a built-in name or a path that ends in `.toml`.
///
/// # Errors
///
/// Everything that is wrong with the files.
pub fn load_sweep(name: &str, in_memory: &InMemoryFiles) -> Result<(Loaded, Sweep), Error> {
    let reader = Reader::new(in_memory);
    let loaded = find_sweep(&reader, name).and_then(|(name, file)| read_sweep(&reader, name, &file));
    let ((loaded, sweep), files) = reader.finish(loaded)?;
    Ok((loaded.compile(files)?, sweep))
}

/// A scenario with the proposals to judge it by, not yet compiled.
pub(super) struct Uncompiled {
    pub(super) setting: Setting,
    pub(super) scenario: Scenario,
    pub(super) interpretations: Vec<Interpretation>,
}

impl Uncompiled {
    fn compile(self, files: Vec<Arc<SourceFile>>) -> Result<Loaded, Error> {
        let rulebooks = compile(&self.setting, self.interpretations)?;
        Ok(Loaded { setting: self.setting, scenario: self.scenario, rulebooks, files })
    }
}

fn compile(setting: &Setting, interpretations: Vec<Interpretation>) -> Result<Vec<Rulebook>, Problem> {
    interpretations.into_iter().map(|how| Rulebook::compile(&setting.space, how)).collect()
}

fn load_request(reader: &Reader<'_>, request: &Request) -> Option<Uncompiled> {
    let located = find_scenario(reader, &request.scenario)?;
    let references: Vec<Reference> = request.proposals.iter().map(|text| Reference::parse(text)).collect();
    let set = request.set.iter().map(|(parameter, value)| SetValue {
        parameter: parameter.clone(),
        value: *value,
        place: None,
    });
    let set: Vec<SetValue> = set.collect();
    let mut loaded = load_uncompiled(reader, &located, &set, references, &request.readings)?;
    if let Some(total) = request.population {
        match (1..=Scenario::MAX_POPULATION).contains(&total) {
            true => loaded.scenario.scale_to(total),
            false => refuse_total(reader, total),
        }
    }
    Some(loaded)
}

fn refuse_total(reader: &Reader<'_>, total: u64) {
    let problem = Problem::new("the population is out of range").argument("population", total.to_string());
    let help = format!("write a whole number from 1 to {}", Scenario::MAX_POPULATION);
    reader.problems.add(problem.help(help));
}

/// Loads a scenario with these proposals, or with its own if there are none.
fn load_uncompiled(
    reader: &Reader<'_>,
    located: &ScenarioFile,
    set: &[SetValue],
    proposals: Vec<Reference>,
    readings: &[ReadingChoice],
) -> Option<Uncompiled> {
    let mut setting = load_setting(reader, &located.folder)?;
    let scenario = load_scenario(reader, &mut setting, located, set);
    let named = scenario.iter().flat_map(|scenario| &scenario.proposals);
    let references: Vec<Reference> = match proposals.is_empty() {
        true => named.map(|(text, place)| Reference::in_file(reader, text, place)).collect(),
        false => proposals,
    };
    let interpretations = load_interpretations(reader, &mut setting, &located.folder, &references, readings);
    Some(Uncompiled { setting, scenario: scenario?, interpretations })
}

/// Reads a sweep, and loads its scenario and proposals.
pub(super) fn read_sweep(reader: &Reader<'_>, name: String, file: &Location) -> Option<(Uncompiled, Sweep)> {
    let text = reader.read(file, None)?;
    parse(&text, &reader.problems, |fields| {
        let header = SweepHeader::read(reader, name, fields);
        let (scenario, place) = header.scenario.clone()?;
        let located = find_scenario_beside(reader, file, &scenario, &place)?;
        let loaded = load_uncompiled(reader, &located, &header.set, header.proposals.clone(), &[])?;
        let sweep = header.with_axes(fields, &loaded.setting, &loaded.scenario, &loaded.interpretations)?;
        Some((loaded, sweep))
    })
}
