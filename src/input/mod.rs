//! Files to checked types: settings, proposals and scenarios, from inside the program or from
//! disk. Every problem is collected, with file, line and column, before anything is refused.

mod conditions;
mod fields;
mod files;
mod interpretation;
mod levels;
mod locate;
mod parameter;
mod proposal;
mod scenario;
mod setting;
mod sweep;

use std::sync::Arc;

use crate::design::Sweep;
use crate::domain::{Problem, Setting, SourceFile};
use crate::proposal::{Interpretation, Proposal, check};
use crate::scenario::{Blueprint, Scenario};

pub use fields::suggestion;
use fields::{Problems, parse};
use files::{FileName, Reader, Shelf};
pub use levels::{LevelWord, load_levels};
use locate::Reference;

/// What a user asks to be loaded.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A built-in scenario's name, or the path of a file that ends in `.toml`.
    pub scenario: Option<String>,
    /// Proposals in place of the scenario's: ids or paths, perhaps with readings
    /// (`id:reading=value,reading=value`).
    pub proposals: Vec<String>,
    /// Readings for all of them.
    pub readings: Vec<ReadingChoice>,
    /// Values for parameters, in place of the scenario's.
    pub set: Vec<(String, f64)>,
    /// People in all, in place of the scenario's sizes.
    pub population: Option<u64>,
}

/// The choice of a reading: `proposal.reading=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingChoice {
    /// The proposal's id.
    pub proposal: String,
    /// The reading's name.
    pub reading: String,
    /// The value chosen.
    pub value: String,
}

/// What was loaded, checked throughout.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The setting.
    pub setting: Setting,
    /// The scenario, if one was asked for.
    pub scenario: Option<Scenario>,
    /// The proposals under their readings, in the order asked for.
    pub interpretations: Vec<Interpretation>,
    /// Every file that was read.
    pub files: Vec<Arc<SourceFile>>,
}

/// Loads what is asked for.
///
/// # Errors
///
/// Everything that is wrong with the files and the request, all at once.
pub fn load(request: &Request) -> Result<Loaded, Vec<Problem>> {
    let problems = Problems::default();
    let reader = Reader::default();
    let loaded = Loading { reader: &reader, problems: &problems }.request(request);
    let problems = problems.into_list();
    match loaded {
        Some((setting, scenario, interpretations)) if problems.is_empty() => {
            Ok(Loaded { setting, scenario, interpretations, files: reader.into_files() })
        }
        _ => Err(problems),
    }
}

/// A sweep that was loaded, with all that it is about, checked throughout.
#[derive(Debug, Clone)]
pub struct LoadedSweep {
    /// The setting.
    pub setting: Setting,
    /// The scenario that it varies.
    pub scenario: Scenario,
    /// The proposals under their readings, in the order asked for.
    pub interpretations: Vec<Interpretation>,
    /// The sweep.
    pub sweep: Sweep,
    /// Every file that was read.
    pub files: Vec<Arc<SourceFile>>,
}

/// Loads a sweep with its scenario and proposals: a built-in name or a path that ends in `.toml`.
///
/// # Errors
///
/// Everything that is wrong with the files, all at once.
pub fn load_sweep(name: &str) -> Result<LoadedSweep, Vec<Problem>> {
    let problems = Problems::default();
    let reader = Reader::default();
    let loading = Loading { reader: &reader, problems: &problems };
    let loaded = loading.locate_sweep(name).and_then(|(name, file)| loading.sweep(name, file));
    let problems = problems.into_list();
    match loaded {
        Some((setting, scenario, interpretations, sweep)) if problems.is_empty() => {
            Ok(LoadedSweep { setting, scenario, interpretations, sweep, files: reader.into_files() })
        }
        _ => Err(problems),
    }
}

/// What a setting holds, as `repat list` shows it and `repat check` proves it.
#[derive(Debug)]
pub struct Catalogue {
    /// The setting.
    pub setting: Setting,
    /// Its proposals, by date.
    pub proposals: Vec<Arc<Proposal>>,
    /// Its scenarios.
    pub scenarios: Vec<Scenario>,
    /// Its sweeps.
    pub sweeps: Vec<Sweep>,
}

/// Loads and checks everything in the built-in settings.
///
/// # Errors
///
/// Everything that is wrong, all at once.
pub fn catalogues() -> Result<Vec<Catalogue>, Vec<Problem>> {
    let problems = Problems::default();
    let reader = Reader::default();
    let loading = Loading { reader: &reader, problems: &problems };
    let shelves = Shelf::embedded_names().into_iter().map(Shelf::Embedded);
    let catalogues = shelves.filter_map(|shelf| loading.catalogue(&shelf)).collect();
    none_or(problems, catalogues)
}

/// Loads and checks everything at these paths: a setting's folder, a folder of settings, or
/// single files.
///
/// # Errors
///
/// Everything that is wrong, all at once.
pub fn check_paths(paths: &[String]) -> Result<Vec<Catalogue>, Vec<Problem>> {
    let problems = Problems::default();
    let reader = Reader::default();
    let loading = Loading { reader: &reader, problems: &problems };
    let catalogues = paths.iter().flat_map(|path| loading.at_path(path)).collect();
    none_or(problems, catalogues)
}

fn none_or<T>(problems: Problems, value: T) -> Result<T, Vec<Problem>> {
    let problems = problems.into_list();
    if problems.is_empty() { Ok(value) } else { Err(problems) }
}

/// Reads files and collects problems.
#[derive(Clone, Copy)]
struct Loading<'a> {
    reader: &'a Reader,
    problems: &'a Problems,
}

impl Loading<'_> {
    fn request(&self, request: &Request) -> Option<(Setting, Option<Scenario>, Vec<Interpretation>)> {
        match &request.scenario {
            Some(name) => self.scenario_and_proposals(name, request),
            None => self.proposals_alone(request),
        }
    }

    fn scenario_and_proposals(
        &self,
        name: &str,
        request: &Request,
    ) -> Option<(Setting, Option<Scenario>, Vec<Interpretation>)> {
        let located = self.locate_scenario(name)?;
        let given = request.proposals.iter().map(|text| Reference::parse(text)).collect();
        let (setting, mut scenario, interpretations) =
            self.population(located, &request.set, given, &request.readings)?;
        if let Some(total) = request.population {
            scenario.scale_to(total);
        }
        Some((setting, Some(scenario), interpretations))
    }

    /// A scenario with the proposals given, or with its own if none are.
    fn population(
        &self,
        (shelf, name, file): (Shelf, String, FileName),
        set: &[(String, f64)],
        given: Vec<Reference>,
        readings: &[ReadingChoice],
    ) -> Option<(Setting, Scenario, Vec<Interpretation>)> {
        let mut setting = setting::load(&shelf, self.reader, self.problems)?;
        let scenario = self.scenario(&mut setting, set, name, &file);
        let named = scenario.iter().flat_map(|scenario| &scenario.proposals);
        let references: Vec<Reference> = match given.is_empty() {
            true => named.map(|(text, place)| Reference::in_file(text, place, &file)).collect(),
            false => given,
        };
        let interpretations = self.interpretations(&mut setting, &shelf, &references, readings);
        Some((setting, scenario?, interpretations))
    }

    fn sweep(&self, name: String, file: FileName) -> Option<(Setting, Scenario, Vec<Interpretation>, Sweep)> {
        let text = self.reader.read(&file, self.problems)?;
        parse(&[text], self.problems, |layers| {
            let fields = &layers[0];
            sweep::KEYS.iter().for_each(|key| drop(fields.get(key)));
            let scenario = fields.need("scenario").and_then(|node| node.text());
            let given = fields.get("proposals").and_then(|node| node.items()).unwrap_or_default();
            let given =
                given.iter().filter_map(|node| Some(Reference::in_file(&node.text()?, &node.place(), &file)));
            let set = fields.get("set").and_then(|node| node.fields("[set]"));
            let set = set.map(|fields| fields.entries()).unwrap_or_default();
            let set: Vec<(String, f64)> =
                set.iter().filter_map(|node| Some((node.name.clone(), node.share()?))).collect();
            let located = self.locate_beside(&file, &scenario?)?;
            let (setting, scenario, interpretations) =
                self.population(located, &set, given.collect(), &[])?;
            let blueprints = scenario.strata.iter().map(|stratum| Blueprint::new(&setting.space, stratum));
            let blueprints = blueprints.collect();
            let reader =
                sweep::SweepFile { name, scenario: &scenario, interpretations: &interpretations, blueprints };
            let sweep = reader.read(fields)?;
            Some((setting, scenario, interpretations, sweep))
        })
    }

    fn proposals_alone(&self, request: &Request) -> Option<(Setting, Option<Scenario>, Vec<Interpretation>)> {
        let references: Vec<Reference> =
            request.proposals.iter().map(|text| Reference::parse(text)).collect();
        let shelf = self.locate_proposal(references.first()?)?;
        let mut setting = setting::load(&shelf, self.reader, self.problems)?;
        let interpretations = self.interpretations(&mut setting, &shelf, &references, &request.readings);
        Some((setting, None, interpretations))
    }

    fn scenario(
        &self,
        setting: &mut Setting,
        set: &[(String, f64)],
        name: String,
        file: &FileName,
    ) -> Option<Scenario> {
        let layers: Vec<Arc<SourceFile>> = self.layers(file)?.into_iter().map(|(_, text)| text).collect();
        parse(&layers, self.problems, |layers| {
            layers.iter().for_each(|fields| self.common(setting, fields));
            scenario::scenario(setting, name, set, layers)
        })
    }

    /// Keys that proposals and scenarios may both have: the setting they belong to, and sources
    /// beyond its bibliography.
    fn common(&self, setting: &mut Setting, fields: &fields::Fields<'_>) {
        if let Some(node) = fields.get("setting")
            && node.text().is_some_and(|name| name != setting.id)
        {
            let message = format!("this file belongs to another setting than `{}`", setting.id);
            node.problem(
                message,
                "another setting",
                "use it with proposals and scenarios of its own setting",
            );
        }
        let sources = fields.get("sources").and_then(|node| node.fields("[sources]"));
        setting.sources.extend(sources.map(|fields| setting::sources(&fields)).unwrap_or_default());
    }

    fn proposal(&self, setting: &mut Setting, stem: &str, file: &FileName) -> Option<Arc<Proposal>> {
        let file = self.reader.read(file, self.problems)?;
        let proposal = parse(&[file], self.problems, |fields| {
            self.common(setting, &fields[0]);
            proposal::proposal(setting, stem, &fields[0])
        })?;
        self.problems.extend(check(setting, &proposal));
        Some(Arc::new(proposal))
    }

    fn catalogue(&self, shelf: &Shelf) -> Option<Catalogue> {
        let mut setting = setting::load(shelf, self.reader, self.problems)?;
        let proposals = shelf.stems("proposals").into_iter().filter_map(|stem| {
            self.proposal(&mut setting, &stem, &shelf.file(&format!("proposals/{stem}.toml")))
        });
        let mut proposals: Vec<Arc<Proposal>> = proposals.collect();
        proposals.sort_by(|a, b| (&a.date, &a.id).cmp(&(&b.date, &b.id)));
        let scenarios = shelf.scenarios().into_iter().filter_map(|stem| {
            let name = format!("{}/{stem}", shelf.name());
            self.whole_scenario(&mut setting, shelf, name, &shelf.file(&format!("{stem}.toml")))
        });
        let scenarios = scenarios.collect();
        let sweeps = shelf.stems("sweeps").into_iter().filter_map(|stem| {
            let name = format!("{}/sweeps/{stem}", shelf.name());
            Some(self.sweep(name, shelf.file(&format!("sweeps/{stem}.toml")))?.3)
        });
        let sweeps = sweeps.collect();
        Some(Catalogue { setting, proposals, scenarios, sweeps })
    }

    /// A scenario together with the proposals it names.
    fn whole_scenario(
        &self,
        setting: &mut Setting,
        shelf: &Shelf,
        name: String,
        file: &FileName,
    ) -> Option<Scenario> {
        let scenario = self.scenario(setting, &[], name, file)?;
        for (text, place) in &scenario.proposals {
            let reference = Reference::in_file(text, place, file);
            let known = self.proposal_file(shelf, &reference);
            if reference.path.is_some() || !reference.readings.is_empty() {
                known.map(|_| self.interpretations(setting, shelf, &[reference], &[]));
            }
        }
        Some(scenario)
    }

    fn at_path(&self, path: &str) -> Vec<Catalogue> {
        let folder = std::path::Path::new(path);
        if !folder.is_dir() {
            return self.single_file(path).into_iter().collect();
        }
        let shelf = Shelf::Folder(folder.into());
        if shelf.has("setting.toml") {
            return self.catalogue(&shelf).into_iter().collect();
        }
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut below: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        below.sort();
        let settings = below.into_iter().map(Shelf::Folder).filter(|shelf| shelf.has("setting.toml"));
        let settings: Vec<Shelf> = settings.collect();
        if settings.is_empty() {
            let what = format!("{path}: has no setting.toml, and no folder with one");
            self.problems.add(Problem::new(what).help("name a setting's folder, or a .toml file"));
        }
        settings.iter().filter_map(|shelf| self.catalogue(shelf)).collect()
    }

    fn single_file(&self, path: &str) -> Option<Catalogue> {
        let file = FileName::OnDisk(path.into());
        let text = self.reader.read(&file, self.problems)?;
        let kind = locate::kind(&text);
        if kind == locate::Kind::Sweep {
            let (setting, _, _, sweep) = self.sweep(locate::stem(path), file)?;
            return Some(Catalogue {
                setting,
                proposals: Vec::new(),
                scenarios: Vec::new(),
                sweeps: vec![sweep],
            });
        }
        let shelf = self.locate_setting(path)?;
        if kind == locate::Kind::Setting {
            return self.catalogue(&shelf);
        }
        let mut setting = setting::load(&shelf, self.reader, self.problems)?;
        let stem = locate::stem(path);
        let (mut proposals, mut scenarios) = (Vec::new(), Vec::new());
        match kind {
            locate::Kind::Proposal => proposals.extend(self.proposal(&mut setting, &stem, &file)),
            _ => {
                let name = format!("{}/{stem}", setting.id);
                scenarios.extend(self.whole_scenario(&mut setting, &shelf, name, &file));
            }
        }
        Some(Catalogue { setting, proposals, scenarios, sweeps: Vec::new() })
    }
}
