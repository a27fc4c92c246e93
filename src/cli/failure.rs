use std::io::{self, IsTerminal};

use crate::domain::{Dialect, Error, Problem};
use crate::scenario::Scenario;
use crate::simulate::Stop;
use crate::table::FileError;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something is wrong with files or arguments: everything that is.
    Input(Vec<Problem>),
    /// The run failed.
    Run(String),
    /// The user stopped it.
    Interrupted,
    /// The library's own error.
    Library(Error),
}

impl Failure {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Failure::Input(_) => 2,
            Failure::Run(_) => 1,
            Failure::Interrupted => 130,
            Failure::Library(error) => error.exit_code(),
        }
    }

    /// One problem that is the user's to mend.
    pub(super) fn input(problem: Problem) -> Failure {
        Failure::Input(vec![problem])
    }

    pub(super) fn of_stop(stop: Stop, scenario: &Scenario) -> Failure {
        match stop {
            Stop::Interrupted => Failure::Interrupted,
            Stop::SharesExceedOne { replicate, stratum, shares } => Failure::Run(format!(
                "in replicate {replicate} the parameters drawn make the shares of stratum {} add up to {:.6}\n  \
                 what now: narrow the distributions of its parameters in {}, so that they leave room for the rest",
                scenario.strata[stratum].id, shares.sum, scenario.name,
            )),
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Failure::Input(problems) => rendered(problems),
            Failure::Run(why) => format!("error: {why}\n"),
            Failure::Interrupted => "interrupted; nothing was written\n".into(),
            Failure::Library(error) => error.render(Dialect::CommandLine, coloured()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Library(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error.is_refusal() {
            true => Failure::input(Problem::new(error.to_string())),
            false => Failure::Run(error.to_string()),
        }
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Failure::Input(problems)
    }
}

/// All problems with their places, as rustc draws them, and how many there are.
fn rendered(problems: &[Problem]) -> String {
    Error::Problems(problems.to_vec()).render(Dialect::CommandLine, coloured())
}

fn coloured() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
