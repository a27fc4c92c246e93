use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "polars")]
use super::{
    classify::ClassifyArgs,
    generate::GenerateArgs,
    sweep_args::{MergeArgs, SweepArgs, TabulateArgs},
};
use crate::domain::{Engine, Outcome};
use crate::input::{ReadingChoice, Request};
use crate::scenario::Scenario;
use crate::table::Format;

/// What is asked about unless something else is.
pub(super) const DEFAULT_SCENARIO: &str = "korea/1952-07-03";

/// What would each proposal of the Korean armistice talks have done with the prisoners?
///
/// repat draws synthetic prisoners from published counts, applies proposals written as decision
/// tables with citations, and counts how many each would have repatriated (handed over to the other
/// side), released (freed on the detaining side) or retained (kept in custody).
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulate a scenario and print the outcome table
    Run(RunArgs),
    /// Show the built-in settings, scenarios, proposals with their readings, and sources
    List(ListArgs),
    /// Prove proposals complete and free of conflict, run their worked cases, validate scenarios
    Check(CheckArgs),
    /// Say which rule decides about a prisoner, why, and what other readings would give
    Explain(ExplainArgs),
    /// Show on whom two proposals, or two readings of one, differ, and how many people that moves
    Diff(DiffArgs),
    /// Of the people to whom one proposal gives an outcome, count how many get which from another
    ///
    /// Both judge the same people in every replicate, so a proposal compared with itself moves nobody.
    Compare(CompareArgs),
    /// Find the values of a parameter at which a proposal's expected count equals another's, or a number
    ///
    /// What is found is the break-even of expectations in closed form: where other parameters are uncertain,
    /// they are averaged over the same draws (--replicates) at every value. Single replicates break even
    /// elsewhere.
    Solve(SolveArgs),
    /// Run a designed experiment over many scenarios: resumable, and split over machines
    #[cfg(feature = "polars")]
    Sweep(SweepArgs),
    /// Join the shards of a sweep
    #[cfg(feature = "polars")]
    Merge(MergeArgs),
    /// Print a slice of a sweep's tables
    #[cfg(feature = "polars")]
    Tabulate(TabulateArgs),
    /// Write synthetic prisoners to a file, one row for each
    ///
    /// They are the people of one replicate: those whom `run` counts by individuals with the same seed.
    #[cfg(feature = "polars")]
    Generate(GenerateArgs),
    /// Copy a list of prisoners, synthetic or real, and add the outcome of each proposal for each of them
    ///
    /// The list has one row for each person and columns named after the attributes (see `repat list`) or
    /// mapped to them. Where a level is unknown, a proposal's outcome is `unknown`, unless the text gives
    /// the same outcome whatever the level is. Nothing is guessed.
    #[cfg(feature = "polars")]
    Classify(ClassifyArgs),
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value = DEFAULT_SCENARIO)]
    pub(super) scenario: String,

    /// Judge by this proposal in place of the scenario's; repeatable. An id or a .toml file, perhaps with
    /// readings: 1952-03-27-draft:left=released
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    pub(super) proposals: Vec<String>,

    #[command(flatten)]
    pub(super) sampling: Sampling,

    /// How the population is realised
    #[arg(long, value_enum, default_value_t = EngineName::Individuals)]
    pub(super) engine: EngineName,

    /// Break the table down by an attribute, a derived attribute, or `stratum`; repeatable
    #[arg(long, value_name = "COLUMN")]
    pub(super) by: Vec<String>,

    #[command(flatten)]
    pub(super) delivery: Delivery,
}

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value = DEFAULT_SCENARIO)]
    pub(super) scenario: String,

    /// Compare this proposal in place of the scenario's; repeatable. An id or a .toml file, perhaps with
    /// readings: 1952-03-27-draft:left=released
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    pub(super) proposals: Vec<String>,

    /// Compare only this proposal with each of the others, in place of every pair in order
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    pub(super) baseline: Option<String>,

    #[command(flatten)]
    pub(super) sampling: Sampling,

    /// How the population is realised
    #[arg(long, value_enum, default_value_t = EngineName::Counts)]
    pub(super) engine: EngineName,

    #[command(flatten)]
    pub(super) delivery: Delivery,
}

/// Where a table goes and in what format, shared by the commands that make one.
#[derive(Debug, Args)]
pub(super) struct Delivery {
    /// Format of the table
    #[arg(long, value_enum)]
    pub(super) format: Option<FormatName>,

    /// Write the table to a file (.csv, .parquet, .md or .json), with a manifest beside it
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Overwrite existing files
    #[arg(long)]
    pub(super) force: bool,
}

/// What decides the numbers, shared by the commands that simulate.
#[derive(Debug, Args)]
pub(super) struct Sampling {
    #[command(flatten)]
    pub(super) assumptions: Assumptions,

    /// Number of replicates
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) replicates: u64,
}

/// What is assumed, and by which seed and threads it is drawn.
#[derive(Debug, Args)]
pub(super) struct Assumptions {
    /// Read a proposal in this way; repeatable
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice)]
    pub(super) readings: Vec<ReadingChoice>,

    /// Fix a parameter of the scenario at a share from 0 to 1; repeatable
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = parameter_value)]
    pub(super) set: Vec<(String, f64)>,

    /// Scale all strata to this many people in all
    #[arg(long, value_name = "N", value_parser = people)]
    pub(super) population: Option<u64>,

    /// Seed of the random numbers
    #[arg(long, value_name = "S", default_value_t = 1952)]
    pub(super) seed: u64,

    /// Number of threads; all cores unless given. Never changes a number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

impl Assumptions {
    /// The request for a scenario and proposals under these settings.
    pub(super) fn request(&self, scenario: Option<&str>, proposals: &[String]) -> Request {
        Request {
            scenario: scenario.map(String::from),
            proposals: proposals.to_vec(),
            readings: self.readings.clone(),
            set: self.set.clone(),
            population: self.population,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Show only what contains this word in its name
    pub(super) word: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Setting folders or single files; everything built in unless given
    pub(super) paths: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The proposal: an id or a .toml file, perhaps with readings: 1952-03-27-draft:left=released
    pub(super) proposal: String,

    /// The prisoner: a level for every attribute
    #[arg(value_name = "ATTRIBUTE=LEVEL")]
    pub(super) profile: Vec<String>,

    /// Read the proposal in this way; repeatable
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice)]
    pub(super) readings: Vec<ReadingChoice>,

    /// Format of the explanation
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The first proposal: an id or a .toml file, perhaps with readings: 1952-03-27-draft:left=released
    pub(super) a: String,

    /// The second proposal, or the same with other readings
    pub(super) b: String,

    /// Count the people that the difference moves in this scenario
    #[arg(long, value_name = "SCENARIO")]
    pub(super) scenario: Option<String>,

    #[command(flatten)]
    pub(super) sampling: Sampling,

    /// Format of the difference
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("against").required(true).args(["equals", "target"])))]
pub(super) struct SolveArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value = DEFAULT_SCENARIO)]
    pub(super) scenario: String,

    /// The parameter to vary (see `repat list`)
    #[arg(long, value_name = "PARAMETER")]
    pub(super) vary: String,

    /// The proposal: an id or a .toml file, perhaps with readings: 1952-03-27-draft:left=released
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    pub(super) proposal: String,

    /// Find where it does the same with as many people as this proposal
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    pub(super) equals: Option<String>,

    /// Find where it does so with this many people
    #[arg(long, value_name = "N", value_parser = target, allow_hyphen_values = true)]
    pub(super) target: Option<u64>,

    /// The outcome to count
    #[arg(long, value_enum, default_value_t = OutcomeName::Repatriated)]
    pub(super) outcome: OutcomeName,

    /// Look only between these values of the parameter
    #[arg(long, value_name = "LOW,HIGH", default_value = "0,1", value_parser = between, allow_hyphen_values = true)]
    pub(super) between: (f64, f64),

    #[command(flatten)]
    pub(super) sampling: Sampling,

    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub(super) format: TextFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum OutcomeName {
    /// Handed over to the other side
    Repatriated,
    /// Freed on the detaining side
    Released,
    /// Kept in custody
    Retained,
}

impl OutcomeName {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            OutcomeName::Repatriated => Outcome::Repatriated,
            OutcomeName::Released => Outcome::Released,
            OutcomeName::Retained => Outcome::Retained,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressStyle {
    /// A bar at a terminal, nothing elsewhere
    Bar,
    /// A line of JSON every second
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum EngineName {
    /// Draw every prisoner
    Individuals,
    /// Draw the tallies directly: as good, and the cost does not grow with the population
    Counts,
    /// Expectation and variance in closed form
    Exact,
}

impl EngineName {
    pub(super) fn engine(self) -> Engine {
        match self {
            EngineName::Individuals => Engine::Individuals,
            EngineName::Counts => Engine::Counts,
            EngineName::Exact => Engine::Exact,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatName {
    /// Aligned for the terminal
    Table,
    /// Comma-separated values
    Csv,
    /// JSON
    Json,
    /// A Markdown table
    Markdown,
}

impl FormatName {
    pub(super) fn format(self) -> Format {
        match self {
            FormatName::Table => Format::Table,
            FormatName::Csv => Format::Csv,
            FormatName::Json => Format::Json,
            FormatName::Markdown => Format::Markdown,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    /// For people to read
    Text,
    /// JSON
    Json,
}

pub(super) fn reading_choice(text: &str) -> Result<ReadingChoice, String> {
    let parsed = text.split_once('=').and_then(|(name, value)| {
        let (proposal, reading) = name.rsplit_once('.')?;
        Some(ReadingChoice { proposal: proposal.into(), reading: reading.into(), value: value.into() })
    });
    parsed.ok_or_else(|| "write PROPOSAL.READING=VALUE, as in 1952-03-27-draft.left=released".into())
}

fn people(text: &str) -> Result<u64, String> {
    let people = text.replace(['_', ','], "").parse().ok();
    let within = people.filter(|n| (1..=Scenario::MAX_POPULATION).contains(n));
    within.ok_or_else(|| format!("write a whole number from 1 to {}", Scenario::MAX_POPULATION))
}

fn parameter_value(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write PARAMETER=VALUE, as in kpa_refusal=0.35")?;
    Ok((name.trim().into(), share(value)?))
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.trim().parse().map_err(|_| format!("`{text}` is not a number"))?;
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("{share} is not a share: it must lie between 0 and 1 (35 % is 0.35)"));
    }
    Ok(share)
}

fn target(text: &str) -> Result<u64, String> {
    let people = text.replace(['_', ','], "").parse().ok();
    people.ok_or_else(|| "write a whole number of people, 0 or more".into())
}

fn between(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = text.split_once(',').ok_or("write LOW,HIGH, as in 0.3,0.5")?;
    match (share(low)?, share(high)?) {
        (low, high) if low < high => Ok((low, high)),
        (low, high) => Err(format!("{low} is not below {high}: write the lower value first")),
    }
}
