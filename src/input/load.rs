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
    /// Proposals besides those.
    pub also: Vec<String>,
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
    let parsed = |texts: &[String]| texts.iter().map(|text| Reference::parse(text)).collect();
    let asked = Asked { proposals: parsed(&request.proposals), also: parsed(&request.also) };
    let set = request.set.iter().map(|(parameter, value)| SetValue {
        parameter: parameter.clone(),
        value: *value,
        place: None,
    });
    let set: Vec<SetValue> = set.collect();
    let mut loaded = load_uncompiled(reader, &located, &set, asked, &request.readings)?;
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

/// The proposals that are asked about.
struct Asked {
    /// In place of the scenario's own, if there are any.
    proposals: Vec<Reference>,
    /// Besides.
    also: Vec<Reference>,
}

/// Loads a scenario with the proposals that are asked about.
fn load_uncompiled(
    reader: &Reader<'_>,
    located: &ScenarioFile,
    set: &[SetValue],
    asked: Asked,
    readings: &[ReadingChoice],
) -> Option<Uncompiled> {
    let mut setting = load_setting(reader, &located.folder)?;
    let scenario = load_scenario(reader, &mut setting, located, set);
    let named = scenario.iter().flat_map(|scenario| &scenario.proposals);
    let mut references: Vec<Reference> = match asked.proposals.is_empty() {
        true => named.map(|(text, place)| Reference::in_file(reader, text, place)).collect(),
        false => asked.proposals,
    };
    references.extend(asked.also);
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
        let asked = Asked { proposals: header.proposals.clone(), also: Vec::new() };
        let loaded = load_uncompiled(reader, &located, &header.set, asked, &[])?;
        let sweep = header.with_axes(fields, &loaded.setting, &loaded.scenario, &loaded.interpretations)?;
        Some((loaded, sweep))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::toy::{FILES, PROPOSAL, SCENARIO, files_with, messages};
    use super::*;

    fn load_named(scenario: &str, in_memory: InMemoryFiles) -> Result<Loaded, Error> {
        load(&Request { scenario: scenario.into(), in_memory, ..Request::default() })
    }

    /// The toy setting's files below this folder, with their texts.
    fn files_below(folder: &Path) -> Vec<(String, String)> {
        let path = |name: &str| folder.join(name).display().to_string();
        FILES.iter().map(|(name, text)| (path(name), text.to_string())).collect()
    }

    fn write(files: &[(String, String)]) {
        for (name, text) in files {
            std::fs::create_dir_all(Path::new(name).parent().unwrap()).unwrap();
            std::fs::write(name, text).unwrap();
        }
    }

    #[test]
    fn a_whole_setting_may_be_in_memory() {
        let loaded = load_named("toy/all.toml", FILES.into_iter().collect()).unwrap();
        assert_eq!((loaded.setting.id.as_str(), loaded.scenario.name.as_str()), ("toy", "toy/all"));
        assert_eq!(loaded.rulebooks[0].id(), "ask");
        let names: Vec<&str> = loaded.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["toy/all.toml", "toy/sources.toml", "toy/setting.toml", "toy/proposals/ask.toml"]);
    }

    #[test]
    fn a_setting_in_memory_without_a_folder_has_a_name() {
        let files = [("setting.toml", FILES[0].1), ("sources.toml", FILES[1].1), ("all.toml", SCENARIO)];
        let proposal = [("proposals/ask.toml", PROPOSAL)];
        let loaded = load_named("all.toml", files.into_iter().chain(proposal).collect()).unwrap();
        assert_eq!(loaded.scenario.name, "setting/all");
    }

    #[test]
    fn a_scenario_its_base_and_a_proposal_may_be_in_memory() {
        let files = [
            ("base.toml", "base = \"korea/1952-07-03\"\ntitle = \"Base\""),
            (
                "mine.toml",
                "base = \"base.toml\"\ntitle = \"Mine\"\nproposals = [\"own.toml\", \"1952-03-27-draft\"]",
            ),
            (
                "own.toml",
                "id = \"own\"\ntitle = \"Own\"\n[[rule]]\nid = \"all\"\nthen = \"released\"\n\
                 citation = { source = \"cable-1952-07-07\", locus = \"1\" }",
            ),
        ];
        let loaded = load_named("mine.toml", files.into_iter().collect()).unwrap();
        assert_eq!((loaded.scenario.name.as_str(), loaded.scenario.title.as_str()), ("korea/mine", "Mine"));
        let ids: Vec<&str> = loaded.rulebooks.iter().map(Rulebook::id).collect();
        assert_eq!(ids, ["own", "1952-03-27-draft"]);
        let own = loaded.files.iter().filter(|file| !file.built_in).map(|file| file.name.as_str());
        assert_eq!(own.collect::<Vec<_>>(), ["mine.toml", "base.toml", "own.toml"]);
        assert!(loaded.files.iter().any(|file| file.built_in && file.name == "korea/setting.toml"));
    }

    #[test]
    fn files_in_memory_load_as_the_same_files_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let files = files_below(folder.path());
        let sweep = &files[4].0;
        write(&files);
        let (on_disk, _) = load_sweep(sweep, &InMemoryFiles::default()).unwrap();
        std::fs::remove_dir_all(folder.path()).unwrap();
        let own = on_disk.files.iter().filter(|file| !file.built_in);
        let (in_memory, _) = load_sweep(sweep, &own.map(|file| (&file.name, &*file.text)).collect()).unwrap();
        assert_eq!(in_memory.scenario.name, on_disk.scenario.name);
        let contents = |loaded: &Loaded| -> Vec<(String, String, bool)> {
            loaded.files.iter().map(|file| (file.name.clone(), file.text.clone(), file.built_in)).collect()
        };
        assert_eq!(contents(&in_memory), contents(&on_disk));
        assert_eq!(contents(&on_disk).len(), 5);
    }

    #[test]
    fn a_mistake_in_memory_is_drawn_as_one_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files_below(folder.path());
        files[3].1 = SCENARIO.replace("proposals = [\"ask\"]", "proposals = [\"aks\"]");
        let scenario = &files[3].0;
        write(&files);
        let on_disk = load_named(scenario, InMemoryFiles::default()).unwrap_err().to_string();
        std::fs::remove_dir_all(folder.path()).unwrap();
        let in_memory = load_named(scenario, files.iter().cloned().collect()).unwrap_err().to_string();
        assert_eq!(in_memory, on_disk);
        assert!(on_disk.contains("all.toml:2:14") && on_disk.contains("expected `ask`"), "{on_disk}");
    }

    #[test]
    fn a_file_in_memory_takes_precedence() {
        let folder = tempfile::tempdir().unwrap();
        let files = files_below(folder.path());
        write(&files);
        let (scenario, text) = (&files[3].0, SCENARIO.replace("Everybody", "From memory"));
        let loaded = load_named(scenario, InMemoryFiles::from_iter([(scenario, text)])).unwrap();
        assert_eq!(loaded.scenario.title, "From memory");
        let missing = InMemoryFiles::from_iter([(folder.path().join("toy/proposals/new.toml"), "")]);
        let request = Request {
            scenario: scenario.clone(),
            proposals: vec!["newer".into()],
            in_memory: missing,
            ..Request::default()
        };
        assert!(load(&request).unwrap_err().to_string().contains("did you mean `new`?"));
    }

    #[test]
    fn a_missing_file_is_reported_where_it_is_named() {
        let mine = "base = \"all.toml\"\nproposals = [\"gone.toml\"]";
        let error = load_named("toy/mine.toml", files_with("toy/mine.toml", mine)).unwrap_err();
        let [problem] = &error.problems()[..] else { panic!("{error}") };
        assert!(problem.message.starts_with("toy/gone.toml: cannot be read"), "{problem}");
        assert_eq!(problem.place.as_ref().unwrap().to_string(), "toy/mine.toml:2:14");
        assert!(
            messages(load_named("gone.toml", FILES.into_iter().collect()))[0]
                .starts_with("gone.toml: cannot")
        );
    }

    #[test]
    fn a_population_scales_the_strata_and_is_bounded() {
        let load_total = |population| {
            let in_memory = FILES.into_iter().collect();
            load(&Request { scenario: "toy/all.toml".into(), population, in_memory, ..Request::default() })
        };
        assert_eq!(load_total(Some(15)).unwrap().scenario.population(), 15);
        for total in [0, Scenario::MAX_POPULATION + 1] {
            assert_eq!(messages(load_total(Some(total))), ["the population is out of range"]);
        }
    }

    #[test]
    fn questions_without_a_scenario_need_a_proposal() {
        let none = load_proposals(&[], &[], &InMemoryFiles::default());
        assert_eq!(messages(none), ["no proposal is named"]);
        let unknown = load_proposals(&["1952-07-03-namil".into()], &[], &InMemoryFiles::default());
        assert!(unknown.unwrap_err().to_string().contains("did you mean `1952-07-03-nam-il`?"));
    }

    /// Words that people and editors put in the wrong place.
    const WORDS: [&str; 33] = [
        "\"rest\"",
        "0.5",
        "-1",
        "nan",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\"",
        "'''",
        "\n[[rule]]\n",
        "\n[readings.x]\n",
        "\n[[stratum]]\n",
        "\n[[axis]]\n",
        "1e400",
        "9223372036854775808",
        "0x",
        "\"$refusal\"",
        "\"$left\"",
        "given",
        "wish",
        "base = \"all.toml\"\n",
        "base = \"korea/1952-07-03\"\n",
        "setting = \"korea\"\n",
        "\u{feff}",
        "é",
        "#",
        "\u{0}",
        ",",
        "exception_to = \"home\"\n",
        "[[[[[[[[[[",
        "1979-05-27",
    ];

    /// What people, editors and fuzzers do to a text.
    fn damaged() -> impl Strategy<Value = (usize, String)> {
        let words = prop::sample::select(&WORDS[..]);
        let file = 0..FILES.len();
        let part = (0usize..1_000, 0usize..80);
        let changed =
            (file.clone(), part, words, any::<bool>()).prop_map(|(file, (at, length), word, cut)| {
                let characters: Vec<char> = FILES[file].1.chars().collect();
                let start = at % characters.len();
                let end = if cut { (start + length).min(characters.len()) } else { start };
                let text =
                    [&characters[..start], &word.chars().collect::<Vec<_>>(), &characters[end..]].concat();
                (file, text.into_iter().collect())
            });
        let anything = (file, "(\\PC|\n){0,200}");
        prop_oneof![4 => changed, 1 => anything]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        /// Any text is loaded or refused, and a refusal says in which file.
        #[test]
        fn no_text_panics_and_every_refusal_names_a_file((file, text) in damaged()) {
            let in_memory = files_with(FILES[file].0, &text);
            let proposals = ["toy/proposals/ask.toml".to_string()];
            let results = [
                load_named("toy/all.toml", in_memory.clone()).err(),
                load_proposals(&proposals, &[], &in_memory).err(),
                load_sweep("toy/sweeps/refusal.toml", &in_memory).err(),
            ];
            for error in results.into_iter().flatten() {
                prop_assert!(!error.problems().is_empty(), "an error without a problem");
                for problem in error.problems().iter() {
                    let names_a_file = problem.place.is_some() || problem.message.contains(".toml: ");
                    prop_assert!(names_a_file, "{}", problem);
                    prop_assert!(!problem.to_string().is_empty());
                }
            }
        }
    }
}
