//! A sweep from its file to its tables: evaluates the parts that are missing, keeps each as soon as it is
//! finished, and joins them; alone, or as one of several shards that are merged at the end.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};

use super::folder::{Existing, FinishedPart, SweepFolder};
use super::frames::part_files;
use super::lock::FolderLock;
use super::own_tables::OwnTables;
use super::shards::finished_shards;
use super::tables::write_tables;
use super::{Experiment, PointOutcomes, RunIdentity, Shard};
use crate::domain::{Error, Problem, SourceFile};
use crate::input::{InMemoryFiles, load_sweep};
use crate::simulate::Progress;
use crate::study::start_threads;
use crate::table::start_polars_threads;

/// Parts that may wait to be written while others are evaluated.
const WAITING: usize = 8;

/// The choices of a run, besides what the sweep's file says.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The seed, in place of the file's.
    pub seed: Option<u64>,
    /// Replicates at every point, in place of the file's.
    pub replicates: Option<u64>,
    /// Whether the counts of single replicates are kept as well.
    pub keep_replicates: bool,
    /// Which shard of the sweep to do.
    pub shard: Shard,
    /// What to do about results that are there already.
    pub existing: Existing,
    /// What to do with a point that fails.
    pub on_error: OnError,
    /// Number of threads; one for each core if absent.
    pub threads: Option<u16>,
}

/// What to do with a point that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Keep it as a row with its message.
    Record,
    /// End the sweep.
    Stop,
}

/// A sweep that is laid out, and its folder open: ready to evaluate what is missing.
#[derive(Debug)]
pub struct Run {
    experiment: Experiment,
    out: PathBuf,
    folder: SweepFolder,
    options: RunOptions,
}

/// What a finished run should tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Points of the entire sweep.
    pub points: u64,
    /// Why there is no sensitivity table, where one might be expected.
    pub notes: Vec<String>,
}

impl Run {
    /// Loads a sweep, a built-in one or a file, lays it out and opens its folder.
    ///
    /// # Errors
    ///
    /// If the sweep or the options are wrong, or the folder cannot be used.
    pub fn open(sweep: &str, out: &Path, options: RunOptions) -> Result<Run, Error> {
        let choices = Choices {
            seed: options.seed,
            replicates: options.replicates,
            keep_replicates: options.keep_replicates,
        };
        let (experiment, inputs) = lay_out(sweep, choices)?;
        let identity = RunIdentity::new(sweep, &inputs, &experiment, options.shard);
        let folder = SweepFolder::open(out, identity, options.existing)?;
        Ok(Run { experiment, out: out.into(), folder, options })
    }

    /// Number of points of this run: of its shard, if it is one.
    pub fn points(&self) -> u64 {
        self.count_points(self.folder.own())
    }

    /// Number of points that are evaluated and kept.
    pub fn finished_points(&self) -> u64 {
        self.count_points(self.folder.own().filter(|part| self.folder.is_done(*part)))
    }

    /// Evaluates what is missing and, unless this is a shard of several, writes the tables.
    ///
    /// # Errors
    ///
    /// If interrupted, with the number of points that are kept; if a point failed and the sweep is to stop
    /// at that; or if a file cannot be written.
    pub fn finish(&mut self, progress: &dyn Progress) -> Result<Report, Error> {
        let finished = self.evaluate(progress).and_then(|()| match self.options.shard {
            Shard::ONLY => {
                let parts = self.folder.parts();
                write_tables(&self.experiment, &parts, &self.out, self.folder.identity(), progress)
            }
            _ => Ok(Vec::new()),
        });
        match finished {
            Ok(notes) => Ok(Report { points: self.experiment.points(), notes }),
            Err(Error::Interrupted { .. }) => {
                Err(Error::Interrupted { kept: Some((self.finished_points(), self.points())) })
            }
            Err(other) => Err(other),
        }
    }

    /// Evaluates the missing parts on a pool of threads, while this thread writes those that are finished:
    /// the table writer has threads of its own and must not run inside the pool.
    fn evaluate(&mut self, progress: &dyn Progress) -> Result<(), Error> {
        let missing = self.folder.missing();
        let pool = start_threads(self.options.threads)?;
        start_polars_threads()?;
        let (experiment, folder) = (&self.experiment, &mut self.folder);
        std::thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(WAITING);
            let evaluator = std::thread::Builder::new().spawn_scoped(scope, move || {
                for part in missing {
                    let evaluated =
                        pool.install(|| experiment.evaluate(experiment.points_of(part), progress));
                    let failed = evaluated.is_err();
                    // The receiver is gone if it failed: then there is nothing more to do either.
                    if sender.send(evaluated.map(|points| (part, points))).is_err() || failed {
                        return;
                    }
                }
            });
            evaluator.map_err(|error| Error::Threads(error.to_string()))?;
            while let Ok(first) = receiver.recv() {
                // All that were finished meanwhile are kept together.
                let evaluated = std::iter::once(first).chain(receiver.try_iter());
                keep(experiment, folder, evaluated, self.options.on_error)?;
            }
            Ok(())
        })
    }

    fn count_points(&self, parts: impl Iterator<Item = u64>) -> u64 {
        let number = |Range { start, end }| end - start;
        parts.map(|part| number(self.experiment.points_of(part))).sum()
    }
}

/// Keeps evaluated parts, up to the first that failed.
fn keep(
    experiment: &Experiment,
    folder: &mut SweepFolder,
    mut evaluated: impl Iterator<Item = Result<(u64, Vec<PointOutcomes>), Error>>,
    on_error: OnError,
) -> Result<(), Error> {
    let mut finished = Vec::new();
    let made = evaluated.try_for_each(|part| {
        let (number, points) = part?;
        stop_on_error(on_error, &points)?;
        finished.push(FinishedPart { number, files: part_files(experiment, &points)? });
        Ok(())
    });
    folder.keep(&finished)?;
    made
}

fn stop_on_error(on_error: OnError, points: &[PointOutcomes]) -> Result<(), Error> {
    let failed = points.iter().find_map(|point| Some((point.point, point.rows.as_ref().err()?)));
    match (on_error, failed) {
        (OnError::Stop, Some((point, why))) => Err(Error::PointFailed { point, reason: why.to_string() }),
        _ => Ok(()),
    }
}

/// Joins the shards in a folder into the tables that a single run would have written. The sweep need only be
/// named if its file is no longer where it was. Tables of another run are replaced only if `overwrite`.
///
/// # Errors
///
/// If a shard is missing, unfinished, damaged or of another run; if the sweep's files or the version of repat
/// have changed since; if interrupted; or if a table cannot be written.
pub fn merge(
    folder: &Path,
    sweep: Option<&str>,
    overwrite: bool,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let (identity, parts) = finished_shards(folder)?;
    let _lock = FolderLock::acquire(folder)?;
    let choices = Choices {
        seed: Some(identity.seed),
        replicates: Some(identity.replicates),
        keep_replicates: identity.keep_replicates,
    };
    let (experiment, inputs) = lay_out(sweep.unwrap_or(&identity.file), choices)?;
    let now = RunIdentity::new(&identity.file, &inputs, &experiment, Shard::ONLY);
    refuse_changed(folder, &identity, &now)?;
    let own = OwnTables::find(folder)?;
    if !overwrite {
        own.refuse_other_runs(&now)?;
    }
    let notes = write_tables(&experiment, &parts, folder, &now, progress)?;
    Ok(Report { points: experiment.points(), notes })
}

fn refuse_changed(folder: &Path, before: &RunIdentity, now: &RunIdentity) -> Result<(), Error> {
    let differences = before.differences(now);
    if differences.is_empty() {
        return Ok(());
    }
    let what = format!("{}: the sweep is not what it was when the shards were run", folder.display());
    let help = "restore the files and the version of repat that they were run with";
    Err(Problem::new(what).notes(differences).help(help).into())
}

/// What of a sweep's file a run may replace.
struct Choices {
    seed: Option<u64>,
    replicates: Option<u64>,
    keep_replicates: bool,
}

/// A sweep laid out, and every file that was read.
fn lay_out(name: &str, choices: Choices) -> Result<(Experiment, Vec<Arc<SourceFile>>), Error> {
    let (loaded, mut sweep) = load_sweep(name, &InMemoryFiles::default())?;
    let interpretations = loaded.rulebooks.into_iter().map(|rulebook| rulebook.interpretation).collect();
    sweep.seed = choices.seed.unwrap_or(sweep.seed);
    sweep.replicates = choices.replicates.unwrap_or(sweep.replicates);
    let experiment = Experiment::new(loaded.setting.into(), &loaded.scenario, interpretations, sweep)?;
    Ok((experiment.keeping_replicates(choices.keep_replicates)?, loaded.files))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::simulate::Silent;

    const OPTIONS: RunOptions = RunOptions {
        seed: None,
        replicates: None,
        keep_replicates: false,
        shard: Shard::ONLY,
        existing: Existing::Resume,
        on_error: OnError::Record,
        threads: Some(2),
    };

    /// Stops the work after a number of points.
    struct StopsAfter(u64, AtomicU64);

    impl Progress for StopsAfter {
        fn advance(&self, points: u64) {
            self.1.fetch_add(points, Ordering::Relaxed);
        }

        fn cancelled(&self) -> bool {
            self.1.load(Ordering::Relaxed) >= self.0
        }
    }

    /// The shipped sweep has 323 points in parts of 100.
    #[test]
    fn an_interrupted_run_counts_what_it_kept_and_goes_on_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut run = Run::open("july-south", folder.path(), OPTIONS).unwrap();
        assert_eq!((run.finished_points(), run.points()), (0, 323));
        let error = run.finish(&StopsAfter(230, AtomicU64::new(0))).unwrap_err();
        assert!(matches!(error, Error::Interrupted { kept: Some((200, 323)) }), "{error}");
        drop(run);
        let mut again = Run::open("july-south", folder.path(), OPTIONS).unwrap();
        assert_eq!(again.finished_points(), 200);
        let report = again.finish(&Silent).unwrap();
        assert_eq!(report, Report { points: 323, notes: Vec::new() });
        assert!(folder.path().join("outcomes.parquet").is_file());
    }

    #[test]
    fn replicates_of_the_exact_engine_cannot_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let options = RunOptions { keep_replicates: true, ..OPTIONS };
        let error = Run::open("july-south", &folder.path().join("out"), options).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("draws no replicates"), "{error}");
        assert!(!folder.path().join("out").exists());
    }
}
