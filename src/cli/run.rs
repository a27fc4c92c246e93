//! `repat run`: simulate a scenario and print the outcome table.

use clap::Args;

use super::headings::{ASKED, ASSUMPTIONS};
use super::output::OutputArgs;
use super::sampling::SamplingArgs;
use super::scenario::ScenarioArgs;
use crate::domain::{Engine, Error};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat run korea/1952-07-03 --by captor\n\
    \x20 repat run --set kpa_refusal=0.46 --reading '*.left=retained'")]
pub(super) struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Judge by this proposal in place of the scenario's; repeatable. An id or a .toml file, perhaps with
    /// readings: ID:READING=VALUE
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    proposals: Vec<String>,

    /// Break the table down by attributes, derived attributes, or `stratum`; repeatable
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    by: Vec<String>,

    #[command(flatten)]
    sampling: SamplingArgs,

    /// How the population is realised
    #[arg(long, value_enum, default_value_t = Engine::default(), help_heading = ASSUMPTIONS)]
    engine: Engine,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &RunArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let study = args.sampling.study(args.scenario.name(), &args.proposals)?.by(&args.by)?;
    let outcomes = args.sampling.ask(study, 1, |study| study.outcomes(args.engine))?;
    output.deliver(&outcomes.table())
}
