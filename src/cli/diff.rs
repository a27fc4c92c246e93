//! `repat diff`: on whom two proposals, or two readings of one, differ, and how many people that moves.

use clap::Args;

use super::headings::{ARGUMENTS, ASKED, ASSUMPTIONS};
use super::output::OutputArgs;
use super::sampling::SamplingArgs;
use crate::domain::{Engine, Error};
use crate::study::Texts;

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat diff 1952-03-27-draft 1952-07-03-nam-il\n\
    \x20 repat diff 1952-03-27-draft:clause-b=as-printed 1952-03-27-draft korea/1952-07-03")]
pub(super) struct DiffArgs {
    /// The first proposal: an id or a .toml file, perhaps with readings: ID:READING=VALUE
    #[arg(help_heading = ARGUMENTS)]
    a: String,

    /// The second proposal, or the same with other readings
    #[arg(help_heading = ARGUMENTS)]
    b: String,

    /// Count the people that the difference moves in this scenario: a built-in one (see `repat list`) or a file
    /// of your own, which ends in .toml
    #[arg(help_heading = ARGUMENTS)]
    scenario: Option<String>,

    /// The same as SCENARIO
    #[arg(long = "scenario", value_name = "SCENARIO", hide = true, conflicts_with = "scenario")]
    scenario_option: Option<String>,

    #[command(flatten)]
    sampling: SamplingArgs,

    /// How the population is realised
    #[arg(long, value_enum, default_value_t = Engine::default(), help_heading = ASSUMPTIONS)]
    engine: Engine,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn diff(args: &DiffArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let proposals = [args.a.clone(), args.b.clone()];
    let difference = match args.scenario.as_ref().or(args.scenario_option.as_ref()) {
        None => Texts::load(&proposals, &args.sampling.assumptions.readings)?.difference(0, 1),
        Some(scenario) => {
            let study = args.sampling.study(scenario, &proposals)?;
            args.sampling.ask(study, 1, |study| study.difference(args.engine, 0, 1))?
        }
    };
    output.deliver(&difference.table())
}
