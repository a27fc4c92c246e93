//! `repat sweep`: a designed experiment, evaluated part by part into a folder.

use std::{path::PathBuf, time::Instant};

use clap::builder::{PathBufValueParser, PossibleValue, TypedValueParser};
use clap::{Args, ValueEnum};

use super::headings::{ARGUMENTS, ASKED, ASSUMPTIONS, OUTPUT};
use super::print::tell;
use super::progress::{Bar, ProgressStyle, Unit};
use crate::domain::Error;
use crate::sweep::{Existing, OnError, Report, Run, RunOptions, Shard};
use crate::table::{Format, grouped};

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Examples:\n\
    \x20 repat sweep march-wording --out march\n\
    \x20 repat sweep march-wording --out shards --shard 1/2")]
pub(super) struct SweepArgs {
    /// A built-in sweep (see `repat list`) or a file of your own, which ends in .toml
    #[arg(help_heading = ARGUMENTS)]
    sweep: String,

    /// Do only one share of the work, as 2/7: the second of seven shards. `repat merge` joins them
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,

    /// Replicates at every point, in place of the file's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000), help_heading = ASSUMPTIONS)]
    replicates: Option<u64>,

    /// Seed of design and population, in place of the file's
    #[arg(long, value_name = "S", help_heading = ASSUMPTIONS)]
    seed: Option<u64>,

    /// Number of threads; all cores unless given. Never changes a number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = ASSUMPTIONS)]
    threads: Option<u16>,

    /// What to do with a point that fails
    #[arg(long, value_enum, default_value_t = OnError::Record)]
    on_error: OnError,

    /// The folder for the results
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(results_folder), help_heading = OUTPUT)]
    out: PathBuf,

    /// Go on with what is in the folder; begin if there is nothing
    #[arg(long, conflicts_with = "force", help_heading = OUTPUT)]
    resume: bool,

    /// Begin again in a folder that is in use
    #[arg(long, help_heading = OUTPUT)]
    force: bool,

    /// Also write the counts of every single replicate: replicates.parquet and .csv, one row for each point,
    /// replicate, proposal and outcome. Not for the engine `exact`, which draws none
    #[arg(long, help_heading = OUTPUT)]
    keep_replicates: bool,

    /// How to show progress on standard error
    #[arg(long, value_enum, default_value_t = ProgressStyle::Bar, help_heading = OUTPUT)]
    progress: ProgressStyle,
}

/// Evaluates the points that are missing and writes the tables.
pub(super) fn sweep(args: &SweepArgs) -> Result<Vec<u8>, Error> {
    let since = Instant::now();
    let mut run = Run::open(&args.sweep, &args.out, args.options())?;
    let (finished, all) = (run.finished_points(), run.points());
    if finished > 0 {
        tell(&format!("resuming with {} of {} points done\n", grouped(finished), grouped(all)));
    }
    let bar = Bar::new(all - finished, Unit::Points, args.progress);
    let report = run.finish(&*bar)?;
    bar.finish();
    let out = args.out.display();
    match args.shard {
        Some(shard) if shard != Shard::ONLY => {
            tell(&format!("shard {shard} is done; `repat merge {out}` joins all of them\n"));
        }
        _ => tell(&wrote(&report, &out.to_string(), since)),
    }
    Ok(Vec::new())
}

/// The last lines of a command that wrote the tables of a sweep.
pub(super) fn wrote(report: &Report, folder: &str, since: Instant) -> String {
    let notes: String = report.notes.iter().map(|note| format!("{note}\n")).collect();
    format!(
        "{notes}wrote the tables of {} points to {folder} in {:.1} s; the people in them are synthetic\n",
        grouped(report.points),
        since.elapsed().as_secs_f64(),
    )
}

impl SweepArgs {
    fn options(&self) -> RunOptions {
        let existing = match (self.resume, self.force) {
            (true, _) => Existing::Resume,
            (false, true) => Existing::Replace,
            (false, false) => Existing::Refuse,
        };
        RunOptions {
            seed: self.seed,
            replicates: self.replicates,
            keep_replicates: self.keep_replicates,
            shard: self.shard.unwrap_or(Shard::ONLY),
            existing,
            on_error: self.on_error,
            threads: self.threads,
        }
    }
}

/// The folder for the results, which a name for a single table is not.
fn results_folder(path: PathBuf) -> Result<PathBuf, &'static str> {
    let is_tables = Format::of_path(&path).is_ok() && !path.is_dir();
    if is_tables {
        Err("a sweep writes a folder of tables: name one without a file's ending")
    } else {
        Ok(path)
    }
}

fn shard(text: &str) -> Result<Shard, &'static str> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let shard = numbers.and_then(|(index, count)| Shard::new(index, count));
    shard.ok_or("write which shard of how many, as in 2/7")
}

impl ValueEnum for OnError {
    fn value_variants<'a>() -> &'a [Self] {
        &[OnError::Record, OnError::Stop]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            OnError::Record => PossibleValue::new("record").help("Keep it as a row with its message"),
            OnError::Stop => PossibleValue::new("stop").help("End the sweep"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_no_folder_for_results() {
        for name in ["list.csv", "march/list.parquet"] {
            assert!(results_folder(name.into()).is_err(), "{name}");
        }
        for name in ["march", "july.3", "csv"] {
            assert_eq!(results_folder(name.into()), Ok(PathBuf::from(name)));
        }
    }

    #[test]
    fn shards_are_written_as_index_and_number() {
        assert_eq!(shard("2/7"), Ok(Shard::new(2, 7).unwrap()));
        for wrong in ["0/3", "4/3", "1/0", "1", "a/b", "1/3/2"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
