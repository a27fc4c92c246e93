//! `repat merge`: the shards of a sweep, joined into the tables that one run would have written.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::print::tell;
use super::sweep::wrote;
use crate::domain::Error;
use crate::simulate::Silent;
use crate::sweep;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n\
    \x20 repat merge shards")]
pub(super) struct MergeArgs {
    /// The folder that the shards were run into
    folder: PathBuf,

    /// The sweep, if its file is no longer where it was
    #[arg(long, value_name = "SWEEP")]
    sweep: Option<String>,

    /// Replace the tables of another run
    #[arg(long)]
    force: bool,
}

/// Joins the shards in a folder.
pub(super) fn merge(args: &MergeArgs) -> Result<Vec<u8>, Error> {
    let since = Instant::now();
    let report = sweep::merge(&args.folder, args.sweep.as_deref(), args.force, &Silent)?;
    tell(&wrote(&report, &args.folder.display().to_string(), since));
    Ok(Vec::new())
}
