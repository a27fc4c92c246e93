//! `repat generate`: synthetic prisoners to a file, one row for each.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::args::{Assumptions, DEFAULT_SCENARIO, ProgressStyle};
use super::deliver::{Files, describe, wrote};
use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::run::{pool, questions};
use crate::input;
use crate::roster::{self, GenerateOptions};
use crate::table::digests;

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value = DEFAULT_SCENARIO)]
    scenario: String,

    /// The file to write, .parquet or .csv, with a manifest beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Overwrite existing files
    #[arg(long)]
    force: bool,

    /// Add a column with each person's outcome for each of the scenario's proposals
    #[arg(long)]
    outcomes: bool,

    /// Add a column with each person's outcome under this proposal; repeatable. An id or a .toml file,
    /// perhaps with readings: 1952-03-27-draft:left=released
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]", conflicts_with = "outcomes")]
    proposals: Vec<String>,

    /// The replicate whose people are written; the first is 0
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1_000_000))]
    replicate: u64,

    #[command(flatten)]
    assumptions: Assumptions,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar)]
    progress: ProgressStyle,
}

/// Loads the scenario, reserves the files, generates, and writes the manifest.
pub(super) fn generate(args: &GenerateArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let loaded = input::load(&args.assumptions.request(Some(&args.scenario), &args.proposals))?;
    let Some(scenario) = &loaded.scenario else {
        return Err(Failure::Run("no scenario was loaded".into()));
    };
    let rulebooks = match args.wants_outcomes() {
        true => questions(&loaded.setting, &loaded.interpretations)?,
        false => Vec::new(),
    };
    let Files { path, table, manifest } = Files::reserve(&args.out, args.force)?;
    let bar = Bar::new(scenario.population(), Unit::Prisoners, args.progress);
    let (options, threads) = (args.options(), pool(args.assumptions.threads)?);
    let generated = roster::generate(&loaded.setting, scenario, &rulebooks, table, &options, &threads, &bar)?;
    bar.finish();
    let output = generated.output;
    manifest.write(&describe(&path, output.sha256, generated.facts, digests(&loaded.files), since)?)?;
    output.file.keep()?;
    wrote(&args.out, "the prisoners in it are synthetic");
    Ok(Vec::new())
}

impl GenerateArgs {
    /// Whether there is to be a column for each proposal; choosing a reading implies it.
    fn wants_outcomes(&self) -> bool {
        self.outcomes || !self.proposals.is_empty() || !self.assumptions.readings.is_empty()
    }

    fn options(&self) -> GenerateOptions {
        let Assumptions { seed, set, .. } = &self.assumptions;
        GenerateOptions { seed: *seed, replicate: self.replicate, set: set.clone() }
    }
}
