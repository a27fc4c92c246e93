use std::{path::Path, sync::Arc};

use toml::de::DeTable;

use super::Loading;
use super::fields::suggestion;
use super::files::{FileName, Shelf};
use crate::domain::{Place, Problem, SourceFile};

/// A proposal as people name it: `id` or `path.toml`, perhaps with `:reading=value,...`.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    name: String,
    /// Where to find it, if it is a path.
    pub(super) path: Option<FileName>,
    pub(super) readings: Vec<(String, String)>,
    /// Where a file names it.
    pub(super) place: Option<Place>,
}

impl Reference {
    pub(super) fn parse(text: &str) -> Reference {
        let (name, readings) = match text.rsplit_once(':') {
            Some((name, readings)) if readings.contains('=') => (name, readings),
            _ => (text, ""),
        };
        let pairs = readings.split(',').filter(|pair| !pair.is_empty());
        let readings = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Reference {
            name: name.into(),
            path: name.ends_with(".toml").then(|| FileName::OnDisk(name.into())),
            readings: readings.map(|(name, value)| (name.trim().into(), value.trim().into())).collect(),
            place: None,
        }
    }

    /// The same as a file names it: paths are taken from the folder of that file.
    pub(super) fn in_file(text: &str, place: &Place, file: &FileName) -> Reference {
        let mut reference = Reference { place: Some(place.clone()), ..Reference::parse(text) };
        reference.path = reference.path.map(|_| beside(file, &reference.name));
        reference
    }

    /// The id that the proposal must have.
    pub(super) fn stem(&self) -> String {
        if self.path.is_some() { stem(&self.name) } else { self.name.clone() }
    }
}

/// A file's name without folder and ending.
pub(super) fn stem(path: &str) -> String {
    Path::new(path).file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
}

/// What a file is for, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Setting,
    Proposal,
    Scenario,
    Sweep,
}

pub(super) fn kind(file: &SourceFile) -> Kind {
    let (document, _) = DeTable::parse_recoverable(&file.text);
    let has = |key: &str| document.get_ref().contains_key(key);
    let title = |name: &str| Path::new(&file.name).file_name().is_some_and(|file| file == name);
    if has("attributes") || title("setting.toml") || title("sources.toml") {
        Kind::Setting
    } else if has("rule") || has("readings") || has("case") {
        Kind::Proposal
    } else if has("axis") || has("design") {
        Kind::Sweep
    } else {
        Kind::Scenario
    }
}

/// The text of one of a file's keys, if it can be made out.
fn key(file: &SourceFile, key: &str) -> Option<String> {
    let (document, _) = DeTable::parse_recoverable(&file.text);
    Some(document.get_ref().get(key)?.get_ref().as_str()?.to_string())
}

/// The longest chain of files that are each based on the next.
const MAX_LAYERS: usize = 8;

/// A path in a file is taken from that file's folder.
fn beside(file: &FileName, path: &str) -> FileName {
    match file {
        FileName::OnDisk(file) => FileName::OnDisk(file.parent().unwrap_or(Path::new("")).join(path)),
        FileName::Embedded(file) => {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            FileName::Embedded(format!("{folder}/{path}"))
        }
    }
}

impl Loading<'_> {
    /// A scenario's file and those it is based on, the most basic first.
    pub(super) fn layers(&self, file: &FileName) -> Option<Vec<(FileName, Arc<SourceFile>)>> {
        let mut layers = vec![(file.clone(), self.reader.read(file, self.problems)?)];
        while let Some(base) = key(&layers[0].1, "base") {
            if layers.len() == MAX_LAYERS {
                let last = &layers[MAX_LAYERS - 1].1.name;
                let what = format!("{last} is based on file after file, perhaps in a circle");
                self.problems.add(Problem::new(what).help(format!("use at most {MAX_LAYERS} files")));
                return None;
            }
            let base = match base.ends_with(".toml") {
                true => beside(&layers[0].0, &base),
                false => self.built_in(&base)?.2,
            };
            let text = self.reader.read(&base, self.problems)?;
            layers.insert(0, (base, text));
        }
        Some(layers)
    }

    /// The setting, name and file of a scenario: built in, or a path that ends in `.toml`.
    pub(super) fn locate_scenario(&self, name: &str) -> Option<(Shelf, String, FileName)> {
        if !name.ends_with(".toml") {
            return self.built_in(name);
        }
        let shelf = self.locate_setting(name)?;
        let full = format!("{}/{}", shelf.name(), stem(name));
        Some((shelf, full, FileName::OnDisk(name.into())))
    }

    /// The scenario that a file names: built in, or a path from that file's folder.
    pub(super) fn locate_beside(&self, file: &FileName, name: &str) -> Option<(Shelf, String, FileName)> {
        match (name.ends_with(".toml"), beside(file, name)) {
            (true, FileName::OnDisk(path)) => self.locate_scenario(&path.display().to_string()),
            _ => self.built_in(name),
        }
    }

    /// The name and file of a sweep: built in, or a path that ends in `.toml`.
    pub(super) fn locate_sweep(&self, name: &str) -> Option<(String, FileName)> {
        if name.ends_with(".toml") {
            return Some((stem(name), FileName::OnDisk(name.into())));
        }
        let of_setting = |setting: String| {
            let shelf = Shelf::Embedded(setting);
            let stems = shelf.stems("sweeps").into_iter();
            stems.map(move |stem| {
                (format!("{}/sweeps/{stem}", shelf.name()), shelf.file(&format!("sweeps/{stem}.toml")))
            })
        };
        let known: Vec<(String, FileName)> =
            Shelf::embedded_names().into_iter().flat_map(of_setting).collect();
        let found = known.iter().find(|(full, _)| full == name || full.ends_with(&format!("/{name}")));
        if found.is_none() {
            let help = suggestion(name, known.iter().map(|(full, _)| full.as_str()));
            let what = format!("there is no built-in sweep `{name}`");
            self.problems.add(Problem::new(what).help(format!("{help}\na file of your own ends in .toml")));
        }
        found.cloned()
    }

    fn built_in(&self, name: &str) -> Option<(Shelf, String, FileName)> {
        let of_setting = |setting: String| {
            let shelf = Shelf::Embedded(setting);
            let scenarios = shelf.scenarios();
            scenarios.into_iter().map(move |stem| (shelf.clone(), format!("{}/{stem}", shelf.name()), stem))
        };
        let known: Vec<(Shelf, String, String)> =
            Shelf::embedded_names().into_iter().flat_map(of_setting).collect();
        let found = known.iter().find(|(_, full, stem)| full == name || stem == name);
        if found.is_none() {
            let help = suggestion(name, known.iter().map(|(_, full, _)| full.as_str()));
            let what = format!("there is no built-in scenario `{name}`");
            self.problems.add(Problem::new(what).help(format!("{help}\na file of your own ends in .toml")));
        }
        let (shelf, full, stem) = found?;
        Some((shelf.clone(), full.clone(), shelf.file(&format!("{stem}.toml"))))
    }

    /// The setting of a file on disk: the one it names, or the one in its folder or (for a
    /// proposal) the folder above, or that of the file it is based on.
    pub(super) fn locate_setting(&self, path: &str) -> Option<Shelf> {
        let layers = self.layers(&FileName::OnDisk(path.into()))?;
        for (name, file) in layers.iter().rev() {
            if let Some(setting) = key(file, "setting") {
                return self.built_in_setting(path, setting);
            }
            let folder = match name {
                FileName::Embedded(path) => {
                    return path.split('/').next().map(|setting| Shelf::Embedded(setting.into()));
                }
                FileName::OnDisk(path) => path.parent().unwrap_or(Path::new("")).to_path_buf(),
            };
            let above = folder.join("..");
            let mut folders = [folder, above].into_iter();
            if let Some(folder) = folders.find(|folder| folder.join("setting.toml").is_file()) {
                return Some(Shelf::Folder(folder));
            }
        }
        let what = format!("{path}: there is no setting.toml in its folder, and it names no setting");
        self.problems.add(Problem::new(what).help("add `setting = \"korea\"` as its first line"));
        None
    }

    fn built_in_setting(&self, path: &str, name: String) -> Option<Shelf> {
        let known = Shelf::embedded_names();
        if !known.contains(&name) {
            let help = suggestion(&name, known.iter().map(String::as_str));
            let what = format!("{path}: there is no built-in setting `{name}`");
            self.problems.add(Problem::new(what).help(help));
            return None;
        }
        Some(Shelf::Embedded(name))
    }

    /// The setting of a proposal that is asked for without a scenario.
    pub(super) fn locate_proposal(&self, reference: &Reference) -> Option<Shelf> {
        if reference.path.is_some() {
            return self.locate_setting(&reference.name);
        }
        let shelves: Vec<Shelf> = Shelf::embedded_names().into_iter().map(Shelf::Embedded).collect();
        let file = format!("proposals/{}.toml", reference.name);
        let found = shelves.iter().find(|shelf| shelf.has(&file));
        if found.is_none() {
            let known: Vec<String> = shelves.iter().flat_map(|shelf| shelf.stems("proposals")).collect();
            self.refuse_proposal(reference, &known);
        }
        found.cloned()
    }

    /// The file of a proposal of a setting.
    pub(super) fn proposal_file(&self, shelf: &Shelf, reference: &Reference) -> Option<FileName> {
        if let Some(path) = &reference.path {
            return Some(path.clone());
        }
        let file = format!("proposals/{}.toml", reference.name);
        if shelf.has(&file) {
            return Some(shelf.file(&file));
        }
        self.refuse_proposal(reference, &shelf.stems("proposals"));
        None
    }

    fn refuse_proposal(&self, reference: &Reference, known: &[String]) {
        let what = format!("there is no proposal `{}`", reference.name);
        let help = suggestion(&reference.name, known.iter().map(String::as_str));
        let problem = Problem { place: reference.place.clone(), ..Problem::new(what) };
        self.problems.add(problem.help(format!("{help}\na file of your own ends in .toml")));
    }
}
