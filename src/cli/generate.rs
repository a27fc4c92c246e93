//! `repat generate`: synthetic prisoners to a file, one row for each.

use std::path::PathBuf;

use clap::Args;

use super::headings::{ASKED, ASSUMPTIONS, OUTPUT};
use super::output::{command, tell_written};
use super::progress::{Bar, ProgressStyle, Unit};
use super::sampling::AssumptionArgs;
use super::scenario::ScenarioArgs;
use crate::domain::Error;

use crate::roster::GenerateOptions;
use crate::table::{Destination, Invocation};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat generate --population 1000 --out people.csv\n\
    \x20 repat generate --population 30 --outcomes --out outcomes.csv")]
pub(super) struct GenerateArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Add a column with each person's outcome for each of the scenario's proposals
    #[arg(long)]
    outcomes: bool,

    /// Add a column with each person's outcome under this proposal; repeatable. An id or a .toml file,
    /// perhaps with readings: ID:READING=VALUE
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]", conflicts_with = "outcomes")]
    proposals: Vec<String>,

    #[command(flatten)]
    assumptions: AssumptionArgs,

    /// The replicate whose people are written; the first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000), help_heading = ASSUMPTIONS)]
    replicate: u64,

    /// The file to write, .parquet, .csv or .tsv, with a manifest beside it
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    out: PathBuf,

    /// Overwrite existing files
    #[arg(long, help_heading = OUTPUT)]
    force: bool,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar, help_heading = OUTPUT)]
    progress: ProgressStyle,
}

pub(super) fn generate(args: &GenerateArgs) -> Result<Vec<u8>, Error> {
    let destination = Destination::reserve_roster(&args.out, args.force)?;
    let invocation = Invocation::begin(command());
    let study = args.assumptions.study(args.scenario.name(), &args.proposals)?;
    let bar = Bar::new(study.scenario().population(), Unit::People, args.progress);
    let options = GenerateOptions { replicate: args.replicate, outcomes: args.wants_outcomes() };
    study.watch(bar.clone()).generate(destination, options, &invocation)?;
    bar.finish();
    tell_written(&args.out, "the people in it are synthetic");
    Ok(Vec::new())
}

impl GenerateArgs {
    /// Whether there is to be a column for each proposal; choosing a reading implies it.
    fn wants_outcomes(&self) -> bool {
        self.outcomes || !self.proposals.is_empty() || !self.assumptions.readings.is_empty()
    }
}
