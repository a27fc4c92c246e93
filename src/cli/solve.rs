//! `repat solve`: the values of a parameter at which a proposal's expected count equals another's, or a number.

use clap::{ArgGroup, Args};

use super::headings::ASKED;
use super::output::OutputArgs;
use super::sampling::SamplingArgs;
use super::scenario::ScenarioArgs;
use super::values::{between, target};
use crate::domain::{Error, Problem};

use crate::study::{Solve, Target};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("against").required(true).args(["equals", "target"])))]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat solve --vary kpa_refusal --proposal 1952-07-13-unc-list --target 94,559\n\
    \x20 repat solve --vary kpa_refusal --proposal 1952-07-13-unc-list --equals 1952-03-27-draft")]
pub(super) struct SolveArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// The parameter to vary (see `repat list`)
    #[arg(long, value_name = "PARAMETER")]
    vary: String,

    /// The proposal: an id or a .toml file, perhaps with readings: ID:READING=VALUE
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    proposal: String,

    /// Find where its count equals this proposal's
    #[arg(long, value_name = "ID[:READING=VALUE,...]")]
    equals: Option<String>,

    /// Find where its count equals this number of people
    #[arg(long, value_name = "N", value_parser = target, allow_hyphen_values = true)]
    target: Option<u64>,

    /// The outcome to count; the setting's first unless given
    #[arg(long)]
    outcome: Option<String>,

    /// Look only between these values of the parameter
    #[arg(long, value_name = "LOW,HIGH", default_value = "0,1", value_parser = between, allow_hyphen_values = true)]
    between: (f64, f64),

    #[command(flatten)]
    sampling: SamplingArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// About as many values are tried on the way to an answer.
const VALUES_TRIED: u64 = 100;

pub(super) fn solve(args: &SolveArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let proposals: Vec<String> =
        [Some(&args.proposal), args.equals.as_ref()].into_iter().flatten().cloned().collect();
    let study = args.sampling.study(args.scenario.name(), &proposals)?;
    let outcomes = &study.texts().setting.outcomes;
    let outcome = match &args.outcome {
        Some(name) => {
            study.texts().setting.find_outcome(name).map_err(|problem| problem.argument("outcome", name))
        }
        None => outcomes.iter().next().ok_or_else(|| Problem::new("the setting has no outcomes")),
    }?;
    let question = Solve {
        parameter: &args.vary,
        between: args.between,
        proposal: 0,
        outcome,
        target: args.target.map_or(Target::Proposal(1), Target::People),
    };
    let solution = args.sampling.ask(study, VALUES_TRIED, |study| study.solve(&question))?;
    output.deliver(&solution.table())
}
