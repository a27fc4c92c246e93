use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::ProgressStyle;
use crate::sweep::Shard;

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    /// A built-in sweep (see `repat list`) or a file of your own, which ends in .toml
    pub(super) sweep: String,

    /// The folder for its results
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,

    /// Go on with a sweep that was interrupted
    #[arg(long, conflicts_with = "force")]
    pub(super) resume: bool,

    /// Begin anew in a folder that is in use
    #[arg(long)]
    pub(super) force: bool,

    /// Do only this part of the work, as 2/7: the second of seven shards
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,

    /// Replicates at every point, in place of the file's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) replicates: Option<u64>,

    /// Also write what every single replicate counted: replicates.parquet and .csv, one row for each point,
    /// replicate, proposal and outcome. Not for the engine `exact`, which draws none
    #[arg(long)]
    pub(super) keep_replicates: bool,

    /// Seed of design and population, in place of the file's
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,

    /// Number of threads; all cores unless given. Never changes a number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// What to do with a point that fails
    #[arg(long, value_enum, default_value_t = OnError::Record)]
    pub(super) on_error: OnError,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar)]
    pub(super) progress: ProgressStyle,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The folder that the shards were run into
    pub(super) folder: PathBuf,

    /// The sweep, if its file is no longer where it was
    #[arg(long, value_name = "SWEEP")]
    pub(super) sweep: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct TabulateArgs {
    /// The folder of a finished sweep
    pub(super) folder: PathBuf,

    /// The table: outcomes, sensitivity, design or replicates
    #[arg(long, value_name = "TABLE", default_value = "outcomes", value_parser = ["outcomes", "sensitivity", "design", "replicates"])]
    pub(super) table: String,

    /// A column whose values name the rows; repeatable. Default: proposal, for sensitivity axis
    #[arg(long, value_name = "COLUMN")]
    pub(super) rows: Vec<String>,

    /// A column whose values name the columns; repeatable. Default: outcome, for sensitivity measure
    #[arg(long, value_name = "COLUMN")]
    pub(super) columns: Vec<String>,

    /// The column with the numbers. Default: mean, for sensitivity value, for replicates people
    #[arg(long, value_name = "COLUMN")]
    pub(super) measure: Option<String>,

    /// Only lines with this value; repeatable
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = column_value)]
    pub(super) only: Vec<(String, String)>,

    /// Format of the table
    #[arg(long, value_enum, default_value_t = SliceFormatName::Table)]
    pub(super) format: SliceFormatName,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SliceFormatName {
    /// Aligned for the terminal
    Table,
    /// A Markdown table
    Markdown,
    /// A LaTeX table for the package booktabs
    Latex,
    /// Comma-separated values
    Csv,
}

fn column_value(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write COLUMN=VALUE, as in outcome=released")?;
    Ok((pair.0.into(), pair.1.into()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnError {
    /// Keep it as a row with its message
    Record,
    /// End the sweep
    Stop,
}
