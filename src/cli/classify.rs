//! `repat classify`: the outcome of each proposal for each row of a list of prisoners.

use std::{path::PathBuf, sync::Arc};

use clap::Args;

use super::headings::{ARGUMENTS, ASKED, ASSUMPTIONS, OUTPUT};
use super::output::{command, tell_written};
use super::print::{tell, terminal_width};
use super::progress::{Bar, ProgressStyle, Unit};
use super::values::reading_choice;
use crate::domain::{Dialect, Error};
use crate::input::{ReadingChoice, Request, default_scenario, parse_separator};
use crate::roster::{ClassifyOptions, ImputeFrom};
use crate::study::{Study, Texts};
use crate::table::{Destination, Format, Invocation};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Example:\n\
    \x20 repat classify people.csv --proposal 1952-07-03-nam-il --out judged.csv")]
pub(super) struct ClassifyArgs {
    /// The list, .csv, .tsv or .parquet, with one row for each person; it is never changed
    #[arg(value_name = "FILE", help_heading = ARGUMENTS)]
    roster: PathBuf,

    /// Judge by this proposal; repeatable. An id or a .toml file, perhaps with readings:
    /// ID:READING=VALUE,... Default: those of the scenario for --impute, or of the default scenario
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    proposals: Vec<String>,

    /// Choose a reading of a proposal; repeatable. `*.READING=VALUE` chooses it in every proposal that has it, but for
    /// those with a choice of their own
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice, help_heading = ASSUMPTIONS)]
    readings: Vec<ReadingChoice>,

    /// The column that holds an attribute, where its name is another; repeatable
    #[arg(long, value_name = "ATTRIBUTE=COLUMN", value_parser = attribute_value)]
    map: Vec<(String, String)>,

    /// A level that everybody on the list has; repeatable. Refused where the list has a column for the
    /// attribute
    #[arg(long, value_name = "ATTRIBUTE=LEVEL", value_parser = attribute_value)]
    everybody: Vec<(String, String)>,

    /// The level that blank cells of an attribute's column count as; repeatable. Words that mean no level
    /// stay unrecognised
    #[arg(long, value_name = "ATTRIBUTE=LEVEL", value_parser = attribute_value)]
    fill: Vec<(String, String)>,

    /// A .toml file that says what the list's own words mean, for each attribute by level:
    /// [residence] then north = ["Hwanghae", "Kangwon"]. `repat words` begins one. It may also have tables [columns]
    /// and [everybody] and a separator, in place of the options, which prevail
    #[arg(long, value_name = "FILE")]
    levels: Option<PathBuf>,

    /// Impute unknown levels: draw them from this scenario, given what is known of the person. A column
    /// `imputed` shows them
    #[arg(long, value_name = "SCENARIO", help_heading = ASSUMPTIONS)]
    impute: Option<String>,

    /// Seed of the imputation
    #[arg(long, value_name = "S", default_value_t = Study::SEED, requires = "impute", help_heading = ASSUMPTIONS)]
    seed: u64,

    /// The replicate whose parameters are used to impute: another gives another imputation. The first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000), requires = "impute", help_heading = ASSUMPTIONS)]
    replicate: u64,

    /// Apply limits to the roster as a whole; without it, the outcome is unknown where a limit decides
    #[arg(long)]
    limits: bool,

    /// The character between the cells of a .csv file, read and written; a comma unless given. A .tsv file has tabs
    #[arg(long, value_name = "CHARACTER", value_parser = parse_separator)]
    separator: Option<u8>,

    /// Number of threads; all cores unless given. Never changes a row
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = ASSUMPTIONS)]
    threads: Option<u16>,

    /// The file to write, .csv, .tsv or .parquet, with a manifest beside it
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    out: PathBuf,

    /// Overwrite existing files
    #[arg(long, help_heading = OUTPUT)]
    force: bool,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar, help_heading = OUTPUT)]
    progress: ProgressStyle,
}

pub(super) fn classify(args: &ClassifyArgs) -> Result<Vec<u8>, Error> {
    let destination = Destination::reserve_roster(&args.out, args.force)?;
    let invocation = Invocation::begin(command());
    let (texts, impute) = args.load()?;
    let bytes = std::fs::metadata(&args.roster).map_or(0, |metadata| metadata.len());
    let is_read_twice = args.limits && texts.rulebooks.iter().any(|rulebook| !rulebook.limits.is_empty());
    let bar = Bar::new(bytes * if is_read_twice { 2 } else { 1 }, Unit::Bytes, args.progress);
    let classified = texts.classify(&args.roster, destination, &args.options(impute), &invocation, &*bar)?;
    bar.finish();
    tell(&classified.report.gap_text(Dialect::CommandLine));
    tell_written(&args.out, "outcomes are what the texts say of such people, not what happened to them");
    classified.report.table(classified.notes).render(Format::Terminal, terminal_width())
}

impl ClassifyArgs {
    /// The proposals, and where unknown levels come from.
    fn load(&self) -> Result<(Texts, Option<ImputeFrom>), Error> {
        if self.impute.is_none() && !self.proposals.is_empty() {
            return Ok((Texts::load(&self.proposals, &self.readings)?, None));
        }
        let study = Study::load(Request {
            scenario: self.impute.clone().unwrap_or_else(default_scenario),
            proposals: self.proposals.clone(),
            readings: self.readings.clone(),
            ..Request::default()
        })?;
        let (seed, replicate) = (self.seed, self.replicate);
        let from = || ImputeFrom { scenario: Arc::new(study.scenario().clone()), seed, replicate };
        Ok((study.texts().clone(), self.impute.as_ref().map(|_| from())))
    }

    fn options(&self, impute: Option<ImputeFrom>) -> ClassifyOptions {
        ClassifyOptions {
            map: self.map.clone(),
            everybody: self.everybody.clone(),
            fill: self.fill.clone(),
            levels: self.levels.clone(),
            separator: self.separator,
            impute,
            limits: self.limits,
            threads: self.threads,
        }
    }
}

pub(super) fn attribute_value(text: &str) -> Result<(String, String), &'static str> {
    let (attribute, value) = text.split_once('=').ok_or("write ATTRIBUTE=VALUE, as in residence=province")?;
    Ok((attribute.trim().into(), value.trim().into()))
}
