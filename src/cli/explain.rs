//! `repat explain`: the rule that decides about a person, why, and what other readings would give.

use clap::Args;

use super::headings::{ARGUMENTS, ASKED, ASSUMPTIONS};
use super::output::OutputArgs;
use super::values::reading_choice;
use crate::domain::Error;
use crate::input::ReadingChoice;
use crate::study::Texts;

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Example:\n\
    \x20 repat explain 1952-07-03-nam-il captor=unc force=kpa nationality=korean residence=south wish=home")]
pub(super) struct ExplainArgs {
    /// The proposal: an id or a .toml file, perhaps with readings: ID:READING=VALUE
    #[arg(help_heading = ARGUMENTS)]
    proposal: String,

    /// The person: a level for every attribute
    #[arg(value_name = "ATTRIBUTE=LEVEL", help_heading = ARGUMENTS)]
    profile: Vec<String>,

    /// Choose a reading of the proposal; repeatable
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice, help_heading = ASSUMPTIONS)]
    readings: Vec<ReadingChoice>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn explain(args: &ExplainArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let texts = Texts::load(std::slice::from_ref(&args.proposal), &args.readings)?;
    let profile = texts.profile(&args.profile)?;
    output.deliver(&texts.explain(0, profile).table())
}
