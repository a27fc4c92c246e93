//! `repat classify`: the outcome of each proposal for each row of a list of prisoners.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::args::{DEFAULT_SCENARIO, ProgressStyle, reading_choice};
use super::deliver::{Files, describe, wrote};
use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::run::{pool, questions};
use super::say;
use crate::domain::Dialect;
use crate::input::{self, Loaded, ReadingChoice, Request};
use crate::roster::{self, ClassifyOptions, ImputeFrom, silence_reader_panics};
use crate::table::digests;

#[derive(Debug, Args)]
pub(super) struct ClassifyArgs {
    /// The list, .csv or .parquet, with one row for each person; it is never changed
    file: PathBuf,

    /// The file to write, .csv or .parquet, with a manifest beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Overwrite existing files
    #[arg(long)]
    force: bool,

    /// Judge by this proposal; repeatable. An id or a .toml file, perhaps with readings:
    /// 1952-03-27-draft:left=released. Default: those of the scenario for --impute, or of korea/1952-07-03
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    proposals: Vec<String>,

    /// Choose a reading of a proposal; repeatable
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice)]
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
    /// [residence] then north = ["Hwanghae", "Kangwon"]
    #[arg(long, value_name = "FILE")]
    levels: Option<PathBuf>,

    /// Impute unknown levels: draw them from this scenario, given what is known of the person. A column
    /// `imputed` shows them
    #[arg(long, value_name = "SCENARIO")]
    impute: Option<String>,

    /// Seed of the imputation
    #[arg(long, value_name = "S", default_value_t = 1952, requires = "impute")]
    seed: u64,

    /// The replicate whose parameters are used to impute: another gives another imputation. The first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000), requires = "impute")]
    replicate: u64,

    /// The character between the cells of a .csv file, read and written
    #[arg(long, value_name = "CHARACTER", default_value = ",", value_parser = separator)]
    separator: u8,

    /// Number of threads; all cores unless given. Never changes a row
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar)]
    progress: ProgressStyle,
}

/// Loads the proposals, reserves the files, classifies, and writes the manifest.
pub(super) fn classify(args: &ClassifyArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    silence_reader_panics();
    let loaded = input::load(&args.request())?;
    let rulebooks = questions(&loaded.setting, &loaded.interpretations)?;
    let Files { path, table, manifest } = Files::reserve(&args.out, args.force)?;
    let bytes = std::fs::metadata(&args.file).map_or(0, |metadata| metadata.len());
    let bar = Bar::new(bytes, Unit::Bytes, args.progress);
    let (options, threads) = (args.options(&loaded), pool(args.threads)?);
    let classified =
        roster::classify(&loaded.setting, &rulebooks, &args.file, table, &options, &threads, &bar)?;
    bar.finish();
    say(&classified.report.gap_text(Dialect::CommandLine));
    let (inputs, output) = ([digests(&loaded.files), classified.inputs].concat(), classified.output);
    manifest.write(&describe(&path, output.sha256, classified.facts, inputs, since)?)?;
    output.file.keep()?;
    wrote(&args.out, "outcomes are what the texts say of such people, not what happened to them");
    Ok(classified.report.outcome_table(&classified.notes).into_bytes())
}

impl ClassifyArgs {
    fn request(&self) -> Request {
        let default = || self.proposals.is_empty().then(|| DEFAULT_SCENARIO.into());
        Request {
            scenario: self.impute.clone().or_else(default),
            proposals: self.proposals.clone(),
            readings: self.readings.clone(),
            ..Request::default()
        }
    }

    fn options<'a>(&self, loaded: &'a Loaded) -> ClassifyOptions<'a> {
        let scenario = loaded.scenario.as_ref().filter(|_| self.impute.is_some());
        let (seed, replicate) = (self.seed, self.replicate);
        ClassifyOptions {
            map: self.map.clone(),
            everybody: self.everybody.clone(),
            fill: self.fill.clone(),
            levels: self.levels.clone(),
            separator: self.separator,
            impute: scenario.map(|scenario| ImputeFrom { scenario, seed, replicate }),
        }
    }
}

fn attribute_value(text: &str) -> Result<(String, String), String> {
    let (attribute, value) = text.split_once('=').ok_or("write ATTRIBUTE=VALUE, as in residence=province")?;
    Ok((attribute.trim().into(), value.trim().into()))
}

fn separator(text: &str) -> Result<u8, String> {
    match text {
        "\\t" | "tab" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
            _ => Err("write one character, such as ';', or \\t for a tab".into()),
        },
    }
}
