//! `repat targets`: figures from the record beside the numbers simulated.

use clap::Args;

use super::headings::{ARGUMENTS, ASKED};
use super::output::OutputArgs;
use super::sampling::SettingSamplingArgs;
use crate::domain::Error;
use crate::input::default_setting;
use crate::study::Record;

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat targets\n\
    \x20 repat targets south-asia --format markdown")]
pub(super) struct TargetsArgs {
    /// A built-in setting (see `repat list`) or the folder of your own
    #[arg(default_value_t = default_setting(), help_heading = ARGUMENTS)]
    setting: String,

    #[command(flatten)]
    sampling: SettingSamplingArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn targets(args: &TargetsArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    let record = Record::open(&args.setting)?;
    let report = args.sampling.ask(record.people(), |sampling| record.compare(sampling))?;
    output.deliver(&report.table())
}
