//! `repat completions`: a script with which a shell completes commands and options.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::domain::Error;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat completions bash\n\
    \x20 repat completions zsh")]
pub(super) struct CompletionsArgs {
    /// The shell; its manual says where it looks for completions
    shell: Shell,
}

/// The script for the program of these commands.
pub(super) fn completions(args: &CompletionsArgs, mut program: Command) -> Result<Vec<u8>, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "repat", &mut script);
    Ok(script)
}
