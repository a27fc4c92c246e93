//! `repat new`: a commented file to begin with, sound as it stands. Nothing that exists is overwritten.

mod templates;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::print::tell;
use crate::domain::{Error, Problem};
use crate::input::{Catalogue, catalogue, default_setting, is_built_in_setting};
use crate::scenario::Scenario;
use crate::table::AtomicFile;

const SETTING: &str = include_str!("setting.toml");
const SOURCES: &str = include_str!("sources.toml");

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat new proposal my-text\n\
    \x20 repat new setting my-war\n\
    \x20 repat new scenario second-count --setting my-war")]
pub(super) struct NewArgs {
    /// What to begin
    #[arg(value_enum)]
    kind: Kind,

    /// Its name: letters, digits, - and _
    #[arg(value_parser = name)]
    name: String,

    /// The setting that it belongs to: a built-in one, and the file is written here; or the folder of your own, and
    /// the file is written there
    #[arg(long, value_name = "FOLDER", default_value_t = default_setting())]
    setting: String,
}

/// What to begin.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// A folder with a proposal, a scenario and a sweep
    Setting,
    /// A text as a table of rules
    Proposal,
    /// The people of one day
    Scenario,
    /// An experiment that varies a scenario
    Sweep,
}

pub(super) fn new(args: &NewArgs) -> Result<Vec<u8>, Error> {
    match args.kind {
        // `./korea` is never the built-in setting.
        Kind::Setting => new_setting(&Path::new(".").join(&args.name))?,
        kind => new_file(kind, &args.name, &args.setting)?,
    }
    Ok(Vec::new())
}

/// A setting with one file of each kind.
fn new_setting(folder: &Path) -> Result<(), Error> {
    refuse_existing(folder)?;
    write(&folder.join("setting.toml"), SETTING)?;
    write(&folder.join("sources.toml"), SOURCES)?;
    let setting = folder.display().to_string();
    new_file(Kind::Proposal, "first-text", &setting)?;
    new_file(Kind::Scenario, "first-count", &setting)?;
    new_file(Kind::Sweep, "first-question", &setting)
}

/// A file that belongs to a setting: in its folder, or in this one if the setting is built in.
fn new_file(kind: Kind, name: &str, setting: &str) -> Result<(), Error> {
    let catalogue = catalogue(setting)?;
    let is_built_in = is_built_in_setting(setting);
    let (folder, belongs) = match is_built_in {
        true => (PathBuf::new(), format!("setting = \"{setting}\"\n")),
        false => (PathBuf::from(setting), String::new()),
    };
    let file = format!("{name}.toml");
    let within = |part: &str| if is_built_in { folder.join(&file) } else { folder.join(part).join(&file) };
    match kind {
        Kind::Setting => Ok(()),
        Kind::Proposal => {
            write(&within("proposals"), &templates::proposal(name, &catalogue.setting, &belongs))
        }
        Kind::Scenario => write(&folder.join(&file), &templates::scenario(&catalogue, &belongs)),
        Kind::Sweep => {
            let scenario = scenario_to_vary(&catalogue)?;
            let named = match is_built_in {
                true => scenario.name.clone(),
                false => format!("../{}.toml", stem(scenario)),
            };
            write(&within("sweeps"), &templates::sweep(scenario, &named))
        }
    }
}

/// The setting's default scenario, or its first.
fn scenario_to_vary(catalogue: &Catalogue) -> Result<&Scenario, Problem> {
    let default = catalogue.setting.default_scenario.as_deref();
    let found = catalogue.scenarios.iter().find(|scenario| Some(stem(scenario)) == default);
    found.or(catalogue.scenarios.first()).ok_or_else(|| {
        let what = format!("the setting `{}` has no scenario to vary", catalogue.setting.id);
        Problem::new(what).help("begin a scenario first")
    })
}

/// A scenario's name without its setting's.
fn stem(scenario: &Scenario) -> &str {
    scenario.name.rsplit('/').next().unwrap_or(&scenario.name)
}

fn refuse_existing(path: &Path) -> Result<(), Problem> {
    match path.exists() {
        true => {
            Err(Problem::new(format!("{}: it exists already", path.display())).help("choose another name"))
        }
        false => Ok(()),
    }
}

/// Writes a file that is not there yet, with the folders above it.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    refuse_existing(path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::writing(folder, error))?;
    }
    AtomicFile::reserve(path, false)?.write(text.as_bytes())?;
    tell(&format!("wrote {}\n", path.display()));
    Ok(())
}

/// A name that may be a file's, an id and a key.
fn name(text: &str) -> Result<String, &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        true => Ok(text.into()),
        false => Err("write letters, digits, - and _ only, and no - at the beginning"),
    }
}
