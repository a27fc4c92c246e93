//! The command line: one file for each command, with its arguments. Nothing is computed here, and only here is
//! anything printed.

mod check;
#[cfg(feature = "polars")]
mod classify;
mod compare;
mod completions;
mod diff;
mod explain;
#[cfg(feature = "polars")]
mod generate;
mod greeting;
mod headings;
#[cfg(feature = "polars")]
mod interrupted;
mod list;
mod man;
#[cfg(feature = "polars")]
mod merge;
mod new;
mod output;
mod print;
mod progress;
mod run;
mod sampling;
mod scenario;
mod show;
mod solve;
#[cfg(feature = "polars")]
mod sweep;
#[cfg(feature = "polars")]
mod tabulate;
mod targets;
mod timeline;
mod values;
#[cfg(feature = "polars")]
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::domain::Error;

/// What would each proposal have done with the people whom it is about?
///
/// repat draws synthetic prisoners of war and other people in somebody's hands from published counts, applies
/// proposals written as decision tables with citations, and counts how many each would have handed over, let go or
/// kept. `repat list` shows the conflicts that are built in.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate a scenario and print the outcome table
    Run(run::RunArgs),
    /// Show the built-in settings, scenarios, proposals with their readings, and sources
    List(list::ListArgs),
    /// Show everything that the files say about a proposal, scenario, number, word or source
    Show(show::ShowArgs),
    /// Prove proposals complete and free of conflict, run their worked cases, validate scenarios
    Check(check::CheckArgs),
    /// Begin a setting, proposal, scenario or sweep: a commented file that is sound as it stands
    New(new::NewArgs),
    /// Say which rule decides about a person, why, and what other readings would give
    Explain(explain::ExplainArgs),
    /// Show on whom two proposals, or two readings of one, differ, and how many people that moves
    Diff(diff::DiffArgs),
    /// Cross-tabulate the outcomes of two proposals over the same people
    ///
    /// Both judge the same people in every replicate, so a proposal compared with itself moves nobody.
    Compare(compare::CompareArgs),
    /// Find the values of a parameter at which a proposal's expected count equals another's, or a number
    ///
    /// What is found is the break-even of expectations in closed form: where other parameters are uncertain,
    /// they are averaged over the same draws (--replicates) at every value. Single replicates break even
    /// elsewhere.
    Solve(solve::SolveArgs),
    /// Hold the simulation against the record: figures that were counted beside the numbers simulated
    ///
    /// Misses are shown as they are. A figure that set a size or a parameter of its scenario is `fitted`: its
    /// agreement is no evidence.
    Targets(targets::TargetsArgs),
    /// Show the negotiation day by day: each proposal applied to the people of its date
    Timeline(timeline::TimelineArgs),
    /// Run a designed experiment over many scenarios: resumable, and split over machines
    #[cfg(feature = "polars")]
    Sweep(sweep::SweepArgs),
    /// Join the shards of a sweep
    #[cfg(feature = "polars")]
    Merge(merge::MergeArgs),
    /// Print a slice of a sweep's tables
    #[cfg(feature = "polars")]
    Tabulate(tabulate::TabulateArgs),
    /// Write synthetic people to a file, one row for each: those whom the engine `individuals` counts
    #[cfg(feature = "polars")]
    Generate(generate::GenerateArgs),
    /// Add each proposal's outcome to a list of people
    #[cfg(feature = "polars")]
    Classify(classify::ClassifyArgs),
    /// Begin a words file for a list of people: its words that mean no level yet, with their numbers of rows
    ///
    /// Sort them into levels, and `repat classify --levels` reads the file.
    #[cfg(feature = "polars")]
    Words(words::WordsArgs),
    /// Print a script with which a shell completes commands and options
    Completions(completions::CompletionsArgs),
    /// Write manual pages, one for each command
    Man(man::ManArgs),
}

/// Runs the program on the arguments it was started with.
///
/// Exit codes: 0 success, 1 the run failed, 2 bad input or usage, 130 interrupted.
pub fn main() -> ExitCode {
    #[cfg(feature = "polars")]
    crate::table::silence_guarded_panics();
    let result = match Cli::parse().command {
        None => Ok(greeting::GREETING.into()),
        Some(command) => run_command(&command),
    };
    match result.and_then(|output| print::print(&output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::report(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// What a command prints on standard output.
fn run_command(command: &Command) -> Result<Vec<u8>, Error> {
    match command {
        Command::Run(args) => run::run(args),
        Command::List(args) => list::list(args),
        Command::Show(args) => show::show(args),
        Command::Check(args) => check::check(args),
        Command::New(args) => new::new(args),
        Command::Explain(args) => explain::explain(args),
        Command::Diff(args) => diff::diff(args),
        Command::Compare(args) => compare::compare(args),
        Command::Solve(args) => solve::solve(args),
        Command::Targets(args) => targets::targets(args),
        Command::Timeline(args) => timeline::timeline(args),
        #[cfg(feature = "polars")]
        Command::Sweep(args) => sweep::sweep(args),
        #[cfg(feature = "polars")]
        Command::Merge(args) => merge::merge(args),
        #[cfg(feature = "polars")]
        Command::Tabulate(args) => tabulate::tabulate(args),
        #[cfg(feature = "polars")]
        Command::Generate(args) => generate::generate(args),
        #[cfg(feature = "polars")]
        Command::Classify(args) => classify::classify(args),
        #[cfg(feature = "polars")]
        Command::Words(args) => words::words(args),
        Command::Completions(args) => completions::completions(args, Cli::command()),
        Command::Man(args) => man::man(args, Cli::command()),
    }
}
