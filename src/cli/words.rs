//! `repat words`: the words of a list that mean no level yet, as a words file.

use std::path::PathBuf;

use clap::Args;

use super::classify::attribute_value;
use super::headings::{ARGUMENTS, ASKED, OUTPUT};
use super::progress::{Bar, ProgressStyle, Unit};
use crate::domain::Error;
use crate::input::{Request, default_scenario, parse_separator};
use crate::roster::ClassifyOptions;
use crate::study::{Study, Texts};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Example:\n\
    \x20 repat words people.csv > words.toml")]
pub(super) struct WordsArgs {
    /// The list, .csv, .tsv or .parquet, with one row for each person
    #[arg(value_name = "FILE", help_heading = ARGUMENTS)]
    roster: PathBuf,

    /// The column that holds an attribute, where its name is another; repeatable
    #[arg(long, value_name = "ATTRIBUTE=COLUMN", value_parser = attribute_value)]
    map: Vec<(String, String)>,

    /// The character between the cells of a .csv file; a comma unless given. A .tsv file has tabs
    #[arg(long, value_name = "CHARACTER", value_parser = parse_separator)]
    separator: Option<u8>,

    /// A proposal whose setting has the attributes: an id or a .toml file. Default: those of the default scenario
    #[arg(long, value_name = "ID")]
    proposal: Option<String>,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar, help_heading = OUTPUT)]
    progress: ProgressStyle,
}

pub(super) fn words(args: &WordsArgs) -> Result<Vec<u8>, Error> {
    let texts = match &args.proposal {
        Some(proposal) => Texts::load(std::slice::from_ref(proposal), &[])?,
        None => {
            let request = Request { scenario: default_scenario(), ..Request::default() };
            Study::load(request)?.texts().clone()
        }
    };
    let bytes = std::fs::metadata(&args.roster).map_or(0, |metadata| metadata.len());
    let bar = Bar::new(bytes, Unit::Bytes, args.progress);
    let options =
        ClassifyOptions { map: args.map.clone(), separator: args.separator, ..ClassifyOptions::default() };
    let text = texts.words_of_roster(&args.roster, &options, &*bar)?;
    bar.finish();
    Ok(text.into_bytes())
}
