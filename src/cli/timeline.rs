//! `repat timeline`: the proposals on the table at each date, applied to the people of that date.

use clap::Args;

use super::headings::{ARGUMENTS, ASKED};
use super::output::OutputArgs;
use super::sampling::SettingSamplingArgs;
use crate::domain::Error;
use crate::input::default_setting;
use crate::study::Timeline;

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat timeline\n\
    \x20 repat timeline south-asia --replicates 100")]
pub(super) struct TimelineArgs {
    /// A built-in setting (see `repat list`) or the folder of your own
    #[arg(default_value_t = default_setting(), help_heading = ARGUMENTS)]
    setting: String,

    #[command(flatten)]
    sampling: SettingSamplingArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn timeline(args: &TimelineArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let timeline = Timeline::open(&args.setting)?;
    let report = args.sampling.ask(timeline.people(), |sampling| timeline.outcomes(sampling))?;
    output.deliver(&report.table())
}
