//! `repat compare`: cross-tabulate the outcomes of two proposals over the same people.

use clap::Args;

use super::headings::{ASKED, ASSUMPTIONS};
use super::output::OutputArgs;
use super::sampling::SamplingArgs;
use super::scenario::ScenarioArgs;
use crate::domain::{Engine, Error};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat compare --baseline 1952-03-27-draft\n\
    \x20 repat compare korea/1952-07-03 --proposal 1952-03-27-draft --proposal 1952-07-03-nam-il")]
pub(super) struct CompareArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Compare this proposal in place of the scenario's; repeatable. An id or a .toml file, perhaps with
    /// readings: ID:READING=VALUE
    #[arg(long = "proposal", value_name = "ID[:READING=VALUE,...]")]
    proposals: Vec<String>,

    /// Compare only this proposal with each of the others, in place of every pair in order. It need not be among them
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    baseline: Option<String>,

    #[command(flatten)]
    sampling: SamplingArgs,

    /// How the population is realised
    #[arg(long, value_enum, default_value_t = Engine::default(), help_heading = ASSUMPTIONS)]
    engine: Engine,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn compare(args: &CompareArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let mut study = args.sampling.study(args.scenario.name(), &args.proposals)?;
    if let Some(baseline) = &args.baseline {
        study = study.also(baseline)?;
    }
    let transitions =
        args.sampling.ask(study, 1, |study| study.compare(args.engine, args.baseline.as_deref()))?;
    output.deliver(&transitions.table())
}
