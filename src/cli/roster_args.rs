use std::path::{Path, PathBuf};

use clap::Args;

use super::args::{Assumptions, DEFAULT_SCENARIO, ProgressStyle, reading_choice};
use super::failure::Failure;
use crate::domain::Problem;
use crate::input::ReadingChoice;
use crate::table::Format;

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value = DEFAULT_SCENARIO)]
    pub(super) scenario: String,

    /// The file to write, .parquet or .csv, with a manifest beside it
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,

    /// Overwrite existing files
    #[arg(long)]
    pub(super) force: bool,

    /// Add a column with each person's outcome for each of the scenario's proposals
    #[arg(long)]
    pub(super) outcomes: bool,

    /// Add a column with each person's outcome under this proposal; repeatable. An id or a .toml file,
    /// perhaps with readings: 1952-03-27-draft:left=released
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]", conflicts_with = "outcomes")]
    pub(super) proposals: Vec<String>,

    /// The replicate whose people are written; the first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000))]
    pub(super) replicate: u64,

    #[command(flatten)]
    pub(super) assumptions: Assumptions,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar)]
    pub(super) progress: ProgressStyle,
}

impl GenerateArgs {
    /// Whether there is to be a column for each proposal: one that is read in some way is asked about.
    pub(super) fn wants_outcomes(&self) -> bool {
        self.outcomes || !self.proposals.is_empty() || !self.assumptions.readings.is_empty()
    }
}

#[derive(Debug, Args)]
pub(super) struct ClassifyArgs {
    /// The list, .csv or .parquet, with one row for each person; it is never changed
    pub(super) file: PathBuf,

    /// The file to write, .csv or .parquet, with a manifest beside it
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,

    /// Overwrite existing files
    #[arg(long)]
    pub(super) force: bool,

    /// Judge by this proposal; repeatable. An id or a .toml file, perhaps with readings:
    /// 1952-03-27-draft:left=released. Default: those of the scenario for --impute, or of korea/1952-07-03
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    pub(super) proposals: Vec<String>,

    /// Read a proposal in this way; repeatable
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice)]
    pub(super) readings: Vec<ReadingChoice>,

    /// The column that holds an attribute, where it is called otherwise; repeatable
    #[arg(long = "map", value_name = "ATTRIBUTE=COLUMN", value_parser = attribute_value)]
    pub(super) columns: Vec<(String, String)>,

    /// A level that everybody on the list has; repeatable
    #[arg(long, value_name = "ATTRIBUTE=LEVEL", value_parser = attribute_value)]
    pub(super) everybody: Vec<(String, String)>,

    /// A .toml file that says what the list's words mean, for each attribute by level:
    /// [residence] then north = ["Hwanghae", "Kangwon"]
    #[arg(long, value_name = "FILE")]
    pub(super) levels: Option<String>,

    /// Draw what is not known from this scenario's law given what is known, and say so in a column
    /// `imputed`
    #[arg(long, value_name = "SCENARIO")]
    pub(super) impute: Option<String>,

    /// Seed of what is drawn
    #[arg(long, value_name = "S", default_value_t = 1952, requires = "impute")]
    pub(super) seed: u64,

    /// The replicate by which it is drawn, for multiple imputation; the first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000), requires = "impute")]
    pub(super) replicate: u64,

    /// What stands between the cells of a .csv file, read and written
    #[arg(long, value_name = "CHARACTER", default_value = ",", value_parser = separator)]
    pub(super) separator: u8,

    /// Number of threads; all cores unless given. Never changes a row
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar)]
    pub(super) progress: ProgressStyle,
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

/// The format of a table with a row for each person, by its file's ending.
pub(super) fn roster_format(path: &Path) -> Result<Format, Failure> {
    match Format::of_path(path) {
        Some(format @ (Format::Parquet | Format::Csv)) => Ok(format),
        _ => {
            let what = format!("--out {}: the ending does not name a format of rosters", path.display());
            Err(Failure::input(Problem::new(what).help("end the name in .parquet or .csv")))
        }
    }
}
