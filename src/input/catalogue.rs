//! Everything that settings hold, loaded and checked: for lists and proofs.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::fields::top_level_keys;
use super::files::{InMemoryFiles, Location, Reader};
use super::load::read_sweep;
use super::locate::{ScenarioFile, find_proposal, find_setting, find_setting_named};
use super::proposal::load_proposal;
use super::readings::load_interpretations;
use super::reference::Reference;
use super::scenario::load_scenario;
use super::setting::load_setting;
use super::setting_folder::SettingFolder;
use super::targets::read_targets;
use crate::design::Sweep;
use crate::domain::{Error, Problem, Setting, SourceFile};
use crate::proposal::Proposal;
use crate::scenario::{Scenario, Target};

/// Everything that a setting holds.
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
    /// Its targets.
    pub targets: Vec<Target>,
}

/// Loads and checks everything in the built-in settings.
///
/// # Errors
///
/// Everything that is wrong with the files.
pub fn catalogues() -> Result<Vec<Catalogue>, Error> {
    read_all(|reader| {
        SettingFolder::all_built_in().iter().filter_map(|folder| read_folder(reader, folder)).collect()
    })
}

/// Loads and checks everything in one setting: a built-in one by its name, another by the path of its folder.
///
/// # Errors
///
/// If there is no such setting, or everything that is wrong with its files.
pub fn catalogue(setting: &str) -> Result<Catalogue, Error> {
    let on_disk_only = InMemoryFiles::default();
    let reader = Reader::new(&on_disk_only);
    let found = find_setting_named(&reader, setting).and_then(|folder| read_folder(&reader, &folder));
    let (catalogue, _) = reader.finish(found)?;
    Ok(catalogue)
}

/// Loads and checks everything at these paths: a setting's folder, a folder of settings, or single files.
///
/// # Errors
///
/// Everything that is wrong with the files.
pub fn check_paths(paths: &[String]) -> Result<Vec<Catalogue>, Error> {
    read_all(|reader| paths.iter().flat_map(|path| read_path(reader, path)).collect())
}

fn read_all(read: impl FnOnce(&Reader<'_>) -> Vec<Catalogue>) -> Result<Vec<Catalogue>, Error> {
    let on_disk_only = InMemoryFiles::default();
    let reader = Reader::new(&on_disk_only);
    let catalogues = read(&reader);
    let (catalogues, _) = reader.finish(Some(catalogues))?;
    Ok(catalogues)
}

fn read_folder(reader: &Reader<'_>, folder: &SettingFolder) -> Option<Catalogue> {
    let mut setting = load_setting(reader, folder)?;
    let proposals = folder.proposals(reader).into_iter().filter_map(|id| {
        let file = folder.file(&format!("proposals/{id}.toml"));
        load_proposal(reader, &mut setting, &id, (&file, None))
    });
    let mut proposals: Vec<Arc<Proposal>> = proposals.collect();
    proposals.sort_by(|a, b| (&a.date, &a.id).cmp(&(&b.date, &b.id)));
    let scenarios = folder.scenarios(reader).into_iter().filter_map(|stem| {
        let name = format!("{}/{stem}", folder.name(reader));
        let file = folder.file(&format!("{stem}.toml"));
        read_scenario(reader, &mut setting, &ScenarioFile { folder: folder.clone(), name, file })
    });
    let scenarios = scenarios.collect();
    let sweeps = folder.sweeps(reader).into_iter().filter_map(|stem| {
        let name = format!("{}/sweeps/{stem}", folder.name(reader));
        let (_, sweep) = read_sweep(reader, name, &folder.file(&format!("sweeps/{stem}.toml")))?;
        Some(sweep)
    });
    let sweeps = sweeps.collect();
    refuse_default_scenario(reader, folder, &setting);
    let targets = read_targets(reader, folder, &setting)?;
    Some(Catalogue { setting, proposals, scenarios, sweeps, targets })
}

/// Refuses a default scenario that is not in the folder.
fn refuse_default_scenario(reader: &Reader<'_>, folder: &SettingFolder, setting: &Setting) {
    let stems = folder.scenarios(reader);
    if let Some(name) = setting.default_scenario.as_ref().filter(|name| !stems.contains(name)) {
        let what =
            format!("the default scenario `{name}` of the setting `{}` is not in its folder", setting.id);
        let help = reader.problems.suggestion(name, stems.iter().map(String::as_str));
        reader.problems.add(Problem::new(what).help(help));
    }
}

/// Reads a scenario, and makes sure that the proposals it names exist and have the readings it names.
fn read_scenario(reader: &Reader<'_>, setting: &mut Setting, located: &ScenarioFile) -> Option<Scenario> {
    let scenario = load_scenario(reader, setting, located, &[])?;
    for (text, place) in scenario.proposals.iter().chain(scenario.on_the_table.iter().flatten()) {
        let reference = Reference::in_file(reader, text, place);
        if reference.path.is_none() && reference.readings.is_empty() {
            find_proposal(reader, &located.folder, &reference);
        } else {
            load_interpretations(reader, setting, &located.folder, &[reference], &[]);
        }
    }
    Some(scenario)
}

fn read_path(reader: &Reader<'_>, path: &str) -> Vec<Catalogue> {
    let built_in = SettingFolder::all_built_in().into_iter().find(|folder| folder.name(reader) == path);
    if let Some(folder) = built_in.filter(|_| !Path::new(path).exists()) {
        return read_folder(reader, &folder).into_iter().collect();
    }
    if !Path::new(path).is_dir() {
        return read_file(reader, path).into_iter().collect();
    }
    let folder = SettingFolder(Location::Own(path.into()));
    let folders = match folder.has(reader, "setting.toml") {
        true => vec![folder],
        false => settings_below(reader, path),
    };
    if folders.is_empty() {
        let what = format!("{path}: there is no setting.toml in this folder or in a folder of it");
        reader.problems.add(Problem::new(what).help("name a setting's folder, or a .toml file"));
    }
    folders.iter().filter_map(|folder| read_folder(reader, folder)).collect()
}

fn settings_below(reader: &Reader<'_>, path: &str) -> Vec<SettingFolder> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let folders = folders.into_iter().map(|path| SettingFolder(Location::Own(path)));
    folders.filter(|folder| folder.has(reader, "setting.toml")).collect()
}

fn read_file(reader: &Reader<'_>, path: &str) -> Option<Catalogue> {
    let file = Location::Own(path.into());
    let kind = Kind::of(&*reader.read(&file, None)?);
    let empty = |setting| Catalogue {
        setting,
        proposals: Vec::new(),
        scenarios: Vec::new(),
        sweeps: Vec::new(),
        targets: Vec::new(),
    };
    if kind == Kind::Sweep {
        let (loaded, sweep) = read_sweep(reader, file.stem(), &file)?;
        return Some(Catalogue { sweeps: vec![sweep], ..empty(loaded.setting) });
    }
    let folder = find_setting(reader, &file, None)?;
    if kind == Kind::Setting {
        return read_folder(reader, &folder);
    }
    let mut setting = load_setting(reader, &folder)?;
    if kind == Kind::Proposal {
        let proposal = load_proposal(reader, &mut setting, &file.stem(), (&file, None));
        return Some(Catalogue { proposals: proposal.into_iter().collect(), ..empty(setting) });
    }
    let name = format!("{}/{}", setting.id, file.stem());
    let scenario = read_scenario(reader, &mut setting, &ScenarioFile { folder, name, file });
    Some(Catalogue { scenarios: scenario.into_iter().collect(), ..empty(setting) })
}

/// What a file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Setting,
    Proposal,
    Scenario,
    Sweep,
}

impl Kind {
    /// The kind of a file, by its name and keys.
    fn of(file: &SourceFile) -> Kind {
        let keys = top_level_keys(file);
        let has = |key: &str| keys.iter().any(|known| known == key);
        let is_called = |name: &str| Path::new(&file.name).file_name().is_some_and(|file| file == name);
        if has("attributes")
            || is_called("setting.toml")
            || is_called("sources.toml")
            || is_called("targets.toml")
        {
            Kind::Setting
        } else if has("rule") || has("readings") || has("case") {
            Kind::Proposal
        } else if has("axis") || has("design") {
            Kind::Sweep
        } else {
            Kind::Scenario
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::toy::{FILES, messages};
    use super::*;

    /// The toy setting on disk.
    fn toy_on_disk() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in FILES {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    /// Numbers of proposals, scenarios and sweeps.
    fn counts(catalogue: &Catalogue) -> [usize; 3] {
        [catalogue.proposals.len(), catalogue.scenarios.len(), catalogue.sweeps.len()]
    }

    #[test]
    fn everything_built_in_is_sound() {
        let catalogues = catalogues().unwrap();
        assert!(catalogues.iter().any(|catalogue| catalogue.setting.id == "korea"));
        assert!(catalogues.iter().all(|catalogue| counts(catalogue).iter().all(|count| *count > 0)));
    }

    #[test]
    fn a_path_is_a_setting_a_folder_of_settings_or_a_file() {
        let folder = toy_on_disk();
        let cases = [
            ("", [1, 1, 1]),
            ("toy", [1, 1, 1]),
            ("toy/setting.toml", [1, 1, 1]),
            ("toy/proposals/ask.toml", [1, 0, 0]),
            ("toy/all.toml", [0, 1, 0]),
            ("toy/sweeps/refusal.toml", [0, 0, 1]),
        ];
        for (path, expected) in cases {
            let catalogues = check_paths(&[folder.path().join(path).display().to_string()]).unwrap();
            assert_eq!(catalogues.iter().map(counts).collect::<Vec<_>>(), [expected], "{path}");
            assert_eq!(catalogues[0].setting.id, "toy");
        }
    }

    #[test]
    fn a_folder_without_a_setting_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let messages = messages(check_paths(&[folder.path().display().to_string()]));
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("there is no setting.toml"), "{messages:?}");
    }

    #[test]
    fn problems_of_several_files_are_reported_together() {
        let folder = toy_on_disk();
        let toy = folder.path().join("toy");
        std::fs::write(toy.join("proposals/bad.toml"), "id = \"bad\"").unwrap();
        std::fs::write(toy.join("worse.toml"), "title = 1").unwrap();
        let messages = messages(check_paths(&[toy.display().to_string()]));
        assert!(messages.iter().any(|message| message == "the file has no `rule`"), "{messages:?}");
        assert!(messages.iter().any(|message| message == "`title` must be text in quotes, not an integer"));
    }
}
