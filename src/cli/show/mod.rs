//! `repat show`: everything that the files say about one thing, readable.

mod attribute;
mod outcome;
mod page;
mod parameter;
mod proposal;
mod scenario;
mod setting;
mod source;
mod stratum;
mod target;
mod words;

use std::collections::BTreeSet;

use clap::Args;

use self::page::Page;
use super::print::terminal_width;
use crate::domain::{Error, Problem, nearest};
use crate::input::{Catalogue, catalogue, catalogues};
use crate::study::{Entry, entry_names, find_entries};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat show 1952-07-03-nam-il\n\
    \x20 repat show kpa_refusal --setting korea")]
pub(super) struct ShowArgs {
    /// A setting, proposal, scenario, parameter, attribute, level, outcome, target or source
    id: String,

    /// Look only in this setting: a built-in one, or the folder of your own
    #[arg(long, value_name = "FOLDER")]
    setting: Option<String>,
}

pub(super) fn show(args: &ShowArgs) -> Result<Vec<u8>, Error> {
    let catalogues = match &args.setting {
        Some(setting) => vec![catalogue(setting)?],
        None => catalogues()?,
    };
    let mut page = Page::new(terminal_width());
    let mut found = 0;
    for catalogue in &catalogues {
        let entries = find_entries(catalogue, &args.id);
        found += entries.len();
        entries.iter().for_each(|entry| write_entry(&mut page, catalogue, entry));
    }
    if found == 0 { Err(nothing_found(&args.id, &catalogues).into()) } else { Ok(page.into_bytes()) }
}

fn write_entry(page: &mut Page, catalogue: &Catalogue, entry: &Entry<'_>) {
    let setting = &catalogue.setting;
    match entry {
        Entry::Setting => setting::write(page, catalogue),
        Entry::Proposal(proposal) => proposal::write(page, setting, proposal),
        Entry::Scenario(scenario) => scenario::write(page, setting, scenario),
        Entry::Parameter(having) => parameter::write(page, setting, having),
        Entry::Attribute(number) => attribute::write(page, setting, *number),
        Entry::Level(number, level) => attribute::write_level(page, setting, (*number, *level)),
        Entry::Outcome(outcome) => outcome::write(page, catalogue, *outcome),
        Entry::Target(target) => target::write(page, setting, target),
        Entry::Source(source) => source::write(page, catalogue, source),
    }
}

fn nothing_found(id: &str, catalogues: &[Catalogue]) -> Problem {
    let names: BTreeSet<String> = catalogues.iter().flat_map(entry_names).collect();
    let settings: Vec<&str> = catalogues.iter().map(|catalogue| catalogue.setting.id.as_str()).collect();
    let problem = Problem::new(format!("there is no `{id}` in {}", settings.join(" or ")));
    match nearest(id, names.iter().map(String::as_str)) {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem.help("`repat list` names everything that there is"),
    }
}
