//! The command line: one file for each command. Only here is anything assembled or printed.

mod args;
mod check;
#[cfg(feature = "polars")]
mod classify;
mod compare;
mod deliver;
mod diff;
mod explain;
mod failure;
#[cfg(feature = "polars")]
mod generate;
mod list;
mod progress;
mod run;
mod solve;
#[cfg(feature = "polars")]
mod sweep;
#[cfg(feature = "polars")]
mod sweep_args;
#[cfg(feature = "polars")]
mod tabulate;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;

/// Runs the program on the arguments it was started with.
///
/// Exit codes: 0 success, 1 the run failed, 2 bad input or usage, 130 interrupted.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::List(args) => list::list(&args),
        Command::Check(args) => check::check(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Solve(args) => solve::solve(&args),
        #[cfg(feature = "polars")]
        Command::Sweep(args) => sweep::sweep(&args),
        #[cfg(feature = "polars")]
        Command::Merge(args) => sweep::merge(&args),
        #[cfg(feature = "polars")]
        Command::Tabulate(args) => tabulate::run(&args),
        #[cfg(feature = "polars")]
        Command::Generate(args) => generate::generate(&args),
        #[cfg(feature = "polars")]
        Command::Classify(args) => classify::classify(&args),
    };
    match result.and_then(|output| print(&output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.message());
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Writes to standard error. Where that is closed there is nobody left to tell.
fn say(message: &str) {
    let _ = io::stderr().write_all(message.as_bytes());
}

/// Writes to standard output. A reader that has read enough (`repat list | head`) is no failure.
fn print(output: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    match stdout.write_all(output).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Run(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
