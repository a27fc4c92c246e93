//! From names to files: which file a scenario, a sweep or a proposal is, and to which setting it belongs.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::fields::{has_syntax_errors, top_level_text};
use super::files::{InMemoryFiles, Location, Reader, built_in_settings, stem};
use super::reference::Reference;
use super::setting_folder::SettingFolder;
use crate::domain::suggestion;
use crate::domain::{Place, Problem, SourceFile};

/// The longest chain of files that are each based on the next.
const MAX_LAYERS: usize = 8;

/// A scenario's file, and the setting it belongs to.
#[derive(Debug, Clone)]
pub(super) struct ScenarioFile {
    pub(super) folder: SettingFolder,
    /// The scenario's name: the setting's, a slash, and the file's.
    pub(super) name: String,
    pub(super) file: Location,
}

/// Finds a scenario: a built-in one by its name, another by a path that ends in `.toml`.
pub(super) fn find_scenario(reader: &Reader<'_>, name: &str) -> Option<ScenarioFile> {
    let folder = SettingFolder(Location::Own(name.into()));
    match name.ends_with(".toml") {
        true => find_own_scenario(reader, Location::Own(name.into()), None),
        false if folder.has(reader, "setting.toml") => find_scenario_of_folder(reader, folder),
        false => find_built_in_scenario(reader, name, None),
    }
}

/// The default scenario of the setting in a folder.
fn find_scenario_of_folder(reader: &Reader<'_>, folder: SettingFolder) -> Option<ScenarioFile> {
    let Some(name) = find_default_scenario(reader, &folder) else {
        let what = format!("the setting in `{}` has no default scenario", folder.name(reader));
        let help = "name the file of a scenario, or add `default_scenario = ...` to its setting.toml";
        reader.problems.add(Problem::new(what).help(help));
        return None;
    };
    let stem = name.rsplit('/').next().unwrap_or_default();
    let file = folder.file(&format!("{stem}.toml"));
    Some(ScenarioFile { folder, name, file })
}

/// The scenario to ask about unless another is named: that of the first built-in setting that names one.
pub fn default_scenario() -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(find_first_default_scenario).clone()
}

fn find_first_default_scenario() -> String {
    let in_memory = InMemoryFiles::default();
    let reader = Reader::new(&in_memory);
    let settings = SettingFolder::all_built_in();
    settings.iter().find_map(|folder| find_default_scenario(&reader, folder)).unwrap_or_default()
}

/// The setting to ask about unless another is named: that of the [default scenario](default_scenario).
pub fn default_setting() -> String {
    default_scenario().split('/').next().unwrap_or_default().into()
}

/// Whether a built-in setting has this name.
pub fn is_built_in_setting(name: &str) -> bool {
    built_in_settings().iter().any(|setting| setting == name)
}

/// The full name of the scenario that a setting says to ask about unless another is named.
fn find_default_scenario(reader: &Reader<'_>, folder: &SettingFolder) -> Option<String> {
    let setting = reader.read(&folder.file("setting.toml"), None)?;
    let (stem, _) = top_level_text(&setting, "default_scenario")?;
    Some(format!("{}/{stem}", folder.name(reader)))
}

/// Finds the scenario that a file names: a path is taken from the folder of that file.
pub(super) fn find_scenario_beside(
    reader: &Reader<'_>,
    file: &Location,
    name: &str,
    place: &Place,
) -> Option<ScenarioFile> {
    match file.beside(name) {
        Location::Own(path) if name.ends_with(".toml") => {
            find_own_scenario(reader, Location::Own(path), Some(place))
        }
        _ => find_built_in_scenario(reader, name, Some(place)),
    }
}

fn find_own_scenario(reader: &Reader<'_>, file: Location, named_at: Option<&Place>) -> Option<ScenarioFile> {
    let folder = find_setting(reader, &file, named_at)?;
    let name = format!("{}/{}", folder.name(reader), file.stem());
    Some(ScenarioFile { folder, name, file })
}

fn find_built_in_scenario(reader: &Reader<'_>, name: &str, named_at: Option<&Place>) -> Option<ScenarioFile> {
    let scenarios = SettingFolder::all_built_in().into_iter().flat_map(|folder| {
        let stems = folder.scenarios(reader).into_iter();
        stems.map(move |stem| {
            let file = folder.file(&format!("{stem}.toml"));
            let name = format!("{}/{stem}", folder.name(reader));
            ScenarioFile { folder: folder.clone(), name, file }
        })
    });
    let known: Vec<ScenarioFile> = scenarios.collect();
    // The name of a setting stands for its default scenario.
    let settings = SettingFolder::all_built_in();
    let setting = settings.iter().find(|folder| folder.name(reader) == name);
    let default = setting.and_then(|folder| find_default_scenario(reader, folder));
    let name = default.as_deref().unwrap_or(name);
    let found = known.iter().find(|scenario| is_name(name, &scenario.name));
    if found.is_none() {
        let names = known.iter().map(|scenario| scenario.name.as_str());
        refuse(reader, "built-in scenario", name, names, named_at);
    }
    found.cloned()
}

/// Whether `name` is this full name or its last parts: `file` stands for `setting/file`.
fn is_name(name: &str, full: &str) -> bool {
    full == name || full.strip_suffix(name).is_some_and(|folder| folder.ends_with('/'))
}

/// Finds a sweep's name and file: a built-in one by its name, another by a path that ends in `.toml`.
pub(super) fn find_sweep(reader: &Reader<'_>, name: &str) -> Option<(String, Location)> {
    if name.ends_with(".toml") {
        return Some((stem(Path::new(name)), Location::Own(name.into())));
    }
    let sweeps = SettingFolder::all_built_in().into_iter().flat_map(|folder| {
        let stems = folder.sweeps(reader).into_iter();
        stems.map(move |stem| {
            let file = folder.file(&format!("sweeps/{stem}.toml"));
            (format!("{}/sweeps/{stem}", folder.name(reader)), file)
        })
    });
    let known: Vec<(String, Location)> = sweeps.collect();
    let found = known.iter().find(|(full, _)| is_name(name, full));
    if found.is_none() {
        refuse(reader, "built-in sweep", name, known.iter().map(|(full, _)| full.as_str()), None);
    }
    found.cloned()
}

/// A scenario's file and those it is based on, the most basic first.
pub(super) fn read_layers(
    reader: &Reader<'_>,
    file: &Location,
    named_at: Option<&Place>,
) -> Option<Vec<(Location, Arc<SourceFile>)>> {
    let mut layers = vec![(file.clone(), reader.read(file, named_at)?)];
    while let Some((base, place)) = layers.last().and_then(|(_, text)| top_level_text(text, "base")) {
        if layers.len() == MAX_LAYERS {
            let what = format!("{}: `base` leads from file to file, perhaps in a circle", layers[0].1.name);
            reader
                .problems
                .add(Problem::new(what).help(format!("shorten the chain to at most {MAX_LAYERS} files")));
            return None;
        }
        let base = match base.ends_with(".toml") {
            true => layers[layers.len() - 1].0.beside(&base),
            false => find_built_in_scenario(reader, &base, Some(&place))?.file,
        };
        let text = reader.read(&base, Some(&place))?;
        layers.push((base, text));
    }
    layers.reverse();
    Some(layers)
}

/// The setting of a file: the one it names, or the one in its folder or (for a proposal or sweep) the folder
/// above, or that of the file it is based on.
pub(super) fn find_setting(
    reader: &Reader<'_>,
    file: &Location,
    named_at: Option<&Place>,
) -> Option<SettingFolder> {
    let layers = read_layers(reader, file, named_at)?;
    for (location, text) in layers.iter().rev() {
        if let Some((name, place)) = top_level_text(text, "setting") {
            return find_built_in_setting(reader, &name, &place);
        }
        if let Location::BuiltIn(path) = location {
            return path.split('/').next().map(SettingFolder::built_in);
        }
        let (folder, above) = (location.folder(), location.folder().join(".."));
        if let Some(folder) =
            [folder, above].map(SettingFolder).into_iter().find(|folder| folder.has(reader, "setting.toml"))
        {
            return Some(folder);
        }
    }
    let (_, text) = layers.last()?;
    if has_syntax_errors(text, &reader.problems) {
        return None;
    }
    let what = format!("{}: there is no setting.toml in its folder, and it names no setting", text.name);
    let names: Vec<String> = SettingFolder::all_built_in().iter().map(|folder| folder.name(reader)).collect();
    let help = format!("add `setting = \"...\"` as its first line, one of {}", names.join(", "));
    reader.problems.add(Problem::new(what).help(help));
    None
}

fn find_built_in_setting(reader: &Reader<'_>, name: &str, named_at: &Place) -> Option<SettingFolder> {
    let known = SettingFolder::all_built_in();
    let found = known.iter().find(|folder| folder.name(reader) == name);
    if found.is_none() {
        let names: Vec<String> = known.iter().map(|folder| folder.name(reader)).collect();
        let what = format!("there is no built-in setting `{name}`");
        let help = suggestion(name, names.iter().map(String::as_str));
        reader.problems.add(Problem::at(named_at, what).label("unknown setting").help(help));
    }
    found.cloned()
}

/// The setting of this name: a built-in one, or that in the folder of this path.
pub(super) fn find_setting_named(reader: &Reader<'_>, name: &str) -> Option<SettingFolder> {
    let mut known = SettingFolder::all_built_in();
    if let Some(position) = known.iter().position(|folder| folder.name(reader) == name) {
        return Some(known.swap_remove(position));
    }
    let own = SettingFolder(Location::Own(name.into()));
    if own.has(reader, "setting.toml") {
        return Some(own);
    }
    let names: Vec<String> = known.iter().map(|folder| folder.name(reader)).collect();
    let help = suggestion(name, names.iter().map(String::as_str));
    let help = format!("{help}\na setting of your own is a folder that holds setting.toml");
    reader.problems.add(Problem::new(format!("there is no setting `{name}`")).help(help));
    None
}

/// The setting of a proposal that is asked for without a scenario.
pub(super) fn find_setting_of_proposal(reader: &Reader<'_>, reference: &Reference) -> Option<SettingFolder> {
    if let Some(path) = &reference.path {
        return find_setting(reader, path, reference.place.as_ref());
    }
    let folders = SettingFolder::all_built_in();
    let file = format!("proposals/{}.toml", reference.name);
    let found = folders.iter().find(|folder| folder.has(reader, &file));
    if found.is_none() {
        let known: Vec<String> = folders.iter().flat_map(|folder| folder.proposals(reader)).collect();
        refuse_proposal(reader, reference, &known);
    }
    found.cloned()
}

/// The file of a proposal of a setting.
pub(super) fn find_proposal(
    reader: &Reader<'_>,
    folder: &SettingFolder,
    reference: &Reference,
) -> Option<Location> {
    if let Some(path) = &reference.path {
        return Some(path.clone());
    }
    let file = format!("proposals/{}.toml", reference.name);
    if folder.has(reader, &file) {
        return Some(folder.file(&file));
    }
    refuse_proposal(reader, reference, &folder.proposals(reader));
    None
}

fn refuse_proposal(reader: &Reader<'_>, reference: &Reference, known: &[String]) {
    let known = known.iter().map(String::as_str);
    refuse(reader, "proposal", &reference.name, known, reference.place.as_ref());
}

/// Reports that there is no such thing, with the names there are.
fn refuse<'k>(
    reader: &Reader<'_>,
    kind: &str,
    name: &str,
    known: impl Iterator<Item = &'k str>,
    named_at: Option<&Place>,
) {
    let problem = Problem::new(format!("there is no {kind} `{name}`"));
    let help = format!("{}\na path to a file of your own ends in .toml", suggestion(name, known));
    reader.problems.add(Problem { place: named_at.cloned(), ..problem.help(help) });
}

#[cfg(test)]
mod tests {
    use super::super::files::InMemoryFiles;
    use super::super::toy::FILES;
    use super::*;

    /// What is found with the toy setting in memory, and the messages of what is wrong.
    fn find<T>(
        more: &[(&str, &str)],
        search: impl FnOnce(&Reader<'_>) -> Option<T>,
    ) -> Result<T, Vec<String>> {
        let in_memory: InMemoryFiles = FILES.iter().chain(more).copied().collect();
        let reader = Reader::new(&in_memory);
        let found = search(&reader);
        match reader.finish(found) {
            Ok((found, _)) => Ok(found),
            Err(error) => Err(error.problems().iter().map(|problem| problem.message.clone()).collect()),
        }
    }

    fn setting_of(path: &str, more: &[(&str, &str)]) -> Result<String, Vec<String>> {
        find(more, |reader| Some(find_setting(reader, &Location::Own(path.into()), None)?.name(reader)))
    }

    #[test]
    fn a_built_in_name_may_leave_its_folder_out() {
        for name in ["korea/1952-07-03", "1952-07-03"] {
            assert_eq!(find(&[], |reader| find_scenario(reader, name)).unwrap().name, "korea/1952-07-03");
        }
        for name in ["korea/sweeps/march-wording", "sweeps/march-wording", "march-wording"] {
            assert_eq!(find(&[], |reader| find_sweep(reader, name)).unwrap().0, "korea/sweeps/march-wording");
        }
        let part = find(&[], |reader| find_scenario(reader, "07-03"));
        assert_eq!(part.unwrap_err(), ["there is no built-in scenario `07-03`"]);
    }

    #[test]
    fn a_file_belongs_to_the_setting_it_names_or_lies_in_or_is_based_on() {
        assert_eq!(setting_of("toy/all.toml", &[]).unwrap(), "toy");
        assert_eq!(setting_of("toy/proposals/ask.toml", &[]).unwrap(), "toy");
        assert_eq!(setting_of("x.toml", &[("x.toml", "setting = \"korea\"")]).unwrap(), "korea");
        assert_eq!(setting_of("x.toml", &[("x.toml", "base = \"toy/all.toml\"")]).unwrap(), "toy");
        assert_eq!(setting_of("x.toml", &[("x.toml", "base = \"1952-07-03\"")]).unwrap(), "korea");
    }

    #[test]
    fn a_file_without_a_setting_says_so_unless_it_cannot_be_read_at_all() {
        let without = setting_of("far/x.toml", &[("far/x.toml", "title = \"X\"")]);
        assert!(without.unwrap_err()[0].contains("it names no setting"));
        let broken = setting_of("far/x.toml", &[("far/x.toml", "title = \n[setting")]);
        assert!(broken.unwrap_err().iter().all(|message| message.starts_with("not valid TOML")));
        let unknown = setting_of("far/x.toml", &[("far/x.toml", "setting = \"corea\"")]);
        assert_eq!(unknown.unwrap_err(), ["there is no built-in setting `corea`"]);
    }
}
