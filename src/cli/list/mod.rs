//! `repat list`: what the built-in settings hold, or one of your own.

mod json;
mod selection;
mod text;

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use self::selection::Selection;
use crate::domain::{Error, Problem, nearest};
use crate::input::{Catalogue, catalogue, catalogues};
use crate::study::entry_names;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat list south-asia\n\
    \x20 repat list refusal --format json")]
pub(super) struct ListArgs {
    /// List only one setting, a built-in one or the folder of your own; or only entries with this word in their
    /// names
    #[arg(value_name = "SETTING|WORD")]
    word: Option<String>,

    /// Format of the list
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// In what form a list is printed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListFormat {
    /// For people
    Text,
    /// One document, with descriptions, bounds of parameters and meanings of readings
    Json,
}

pub(super) fn list(args: &ListArgs) -> Result<Vec<u8>, Error> {
    let (catalogues, word) = load(args.word.as_deref())?;
    let all = catalogues.iter().map(|catalogue| Selection::new(catalogue, word));
    let selections: Vec<Selection<'_>> = all.filter(|selection| !selection.is_empty()).collect();
    if selections.is_empty() {
        return Err(nothing_found(word, &catalogues).into());
    }
    let list = match args.format {
        ListFormat::Text => selections.iter().map(text::text).collect::<Vec<String>>().join("\n"),
        ListFormat::Json => json::document(&selections),
    };
    Ok(list.into_bytes())
}

/// What is listed, and the word that names must have: none if the word itself names a setting.
fn load(word: Option<&str>) -> Result<(Vec<Catalogue>, &str), Error> {
    let built_in = catalogues()?;
    let Some(word) = word else { return Ok((built_in, "")) };
    match built_in.iter().any(|catalogue| catalogue.setting.id == word) {
        true => Ok((built_in.into_iter().filter(|catalogue| catalogue.setting.id == word).collect(), "")),
        false if std::path::Path::new(word).is_dir() => Ok((vec![catalogue(word)?], "")),
        false => Ok((built_in, word)),
    }
}

fn nothing_found(word: &str, catalogues: &[Catalogue]) -> Problem {
    let names: BTreeSet<String> = catalogues.iter().flat_map(entry_names).collect();
    let problem = Problem::new(format!("nothing has `{word}` in its name"));
    match nearest(word, names.iter().map(String::as_str)) {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem.help("`repat list` names everything that there is"),
    }
}
