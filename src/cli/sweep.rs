use std::{path::Path, sync::Arc, time::Instant};

use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::run::pool;
use super::say;
use super::sweep_args::{MergeArgs, OnError, SweepArgs};
use crate::design::Sweep;
use crate::domain::{Engine, Problem, SourceFile};
use crate::input::{self, Loaded};
use crate::scenario::Scenario;
use crate::simulate::Progress;
use crate::sweep::{
    Existing, Experiment, FolderError, Identity, Parts, PointOutcomes, Shard, SweepFolder, merge_shards,
    part_files, write_tables,
};

/// `repat sweep`: evaluate the points that are missing, part by part, then write the tables.
pub(super) fn sweep(args: &SweepArgs) -> Result<Vec<u8>, Failure> {
    let (loaded, sweep) = load(&args.sweep, args)?;
    let experiment = experiment(&loaded, &sweep, args.keep_replicates)?;
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    let identity = identity(&experiment, &args.sweep, &loaded.files, shard);
    let mut folder = SweepFolder::open(&args.out, shard, &identity, args.existing())?;
    run(args, &experiment, &mut folder)?;
    if shard != Shard::WHOLE {
        let folder = args.out.display();
        say(&format!("shard {shard} is done; `repat merge {folder}` joins all of them\n"));
        return Ok(Vec::new());
    }
    tables(&experiment, &folder.parts(experiment.parts()), &args.out, &identity)
}

/// `repat merge`: join the shards in a folder into the tables that one run would have written.
pub(super) fn merge(args: &MergeArgs) -> Result<Vec<u8>, Failure> {
    let (identity, parts) = merge_shards(&args.folder)?;
    let name = args.sweep.clone().unwrap_or_else(|| identity.value("file").into());
    let (loaded, mut sweep) = input::load_sweep(&name)?;
    sweep.seed = identity.value("seed").parse().unwrap_or(sweep.seed);
    sweep.replicates = identity.value("replicates").parse().unwrap_or(sweep.replicates);
    let experiment = experiment(&loaded, &sweep, identity.keeps_replicates())?;
    let mut now = self::identity(&experiment, identity.value("file"), &loaded.files, Shard::WHOLE);
    now.0.remove("shard");
    let differences = identity.differences(&now);
    if !differences.is_empty() {
        let what =
            format!("{}: the sweep is not what it was when the shards were run", args.folder.display());
        let problem = differences.into_iter().fold(Problem::new(what), Problem::note);
        return Err(Failure::input(
            problem.help("restore the files and the version of repat they were run with"),
        ));
    }
    now.0.insert("shard".into(), Shard::WHOLE.to_string());
    tables(&experiment, &parts, &args.folder, &now)
}

fn load(name: &str, args: &SweepArgs) -> Result<(Loaded, Sweep), Failure> {
    let (loaded, mut sweep) = input::load_sweep(name)?;
    sweep.seed = args.seed.unwrap_or(sweep.seed);
    sweep.replicates = args.replicates.unwrap_or(sweep.replicates);
    if args.keep_replicates && sweep.engine == Engine::Exact {
        let what = format!("--keep-replicates: the engine of {name} is `exact`, which draws no replicates");
        let help = "leave it out, or set engine = \"counts\" in a sweep file of your own";
        return Err(Failure::input(Problem::new(what).help(help)));
    }
    Ok((loaded, sweep))
}

fn experiment<'a>(loaded: &'a Loaded, sweep: &'a Sweep, keep: bool) -> Result<Experiment<'a>, Failure> {
    let Some(scenario): Option<&Scenario> = loaded.scenario.as_ref() else {
        return Err(Failure::Run("the sweep has no scenario".into()));
    };
    Ok(Experiment::new(&loaded.setting, scenario, &loaded.interpretations, sweep, keep)?)
}

fn identity(experiment: &Experiment<'_>, file: &str, files: &[Arc<SourceFile>], shard: Shard) -> Identity {
    let sweep = experiment.sweep();
    let mut identity = Identity::of_files(files);
    for (key, value) in [
        ("version", env!("CARGO_PKG_VERSION").to_string()),
        ("file", file.to_string()),
        ("seed", sweep.seed.to_string()),
        ("replicates", sweep.replicates.to_string()),
        ("keep_replicates", if experiment.keeps_replicates() { "yes" } else { "no" }.to_string()),
        ("points", experiment.points().to_string()),
        ("parts", experiment.parts().to_string()),
        ("shard", shard.to_string()),
    ] {
        identity.0.insert(key.into(), value);
    }
    identity
}

fn run(args: &SweepArgs, experiment: &Experiment<'_>, folder: &mut SweepFolder) -> Result<(), Failure> {
    let missing = folder.missing(experiment.parts());
    let points = missing.iter().map(|part| experiment.points_of(*part).count() as u64).sum();
    let bar = Bar::new(points, Unit::Points, args.progress);
    let pool = pool(args.threads)?;
    for number in missing {
        // Parts are written by this thread: the table writer has threads of its own.
        let outcomes = pool.install(|| experiment.evaluate(experiment.points_of(number), &bar));
        let outcomes = outcomes.map_err(|_| Failure::Interrupted)?;
        stop_on_error(args.on_error, &outcomes)?;
        folder.keep(number, &part_files(experiment, &outcomes).map_err(Failure::Run)?)?;
        if bar.cancelled() {
            return Err(Failure::Interrupted);
        }
    }
    bar.finish();
    Ok(())
}

fn stop_on_error(on_error: OnError, outcomes: &[PointOutcomes]) -> Result<(), Failure> {
    let failed = outcomes.iter().find_map(|point| Some((point.point, point.rows.as_ref().err()?)));
    match (on_error, failed) {
        (OnError::Stop, Some((point, why))) => Err(Failure::Run(format!(
            "point {point} failed: {why}\n  what now: narrow the axes, or record failed points with --on-error record"
        ))),
        _ => Ok(()),
    }
}

fn tables(
    experiment: &Experiment<'_>,
    parts: &Parts,
    folder: &Path,
    identity: &Identity,
) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let notes = write_tables(experiment, parts, folder, identity).map_err(Failure::Run)?;
    notes.iter().for_each(|note| say(&format!("{note}\n")));
    say(&format!(
        "wrote the tables of {} points to {} in {:.1} s; the prisoners in them are synthetic\n",
        crate::table::grouped(experiment.points()),
        folder.display(),
        since.elapsed().as_secs_f64(),
    ));
    Ok(Vec::new())
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Refused(problem) => Failure::input(*problem),
            FolderError::Failed(why) => Failure::Run(why),
        }
    }
}

impl SweepArgs {
    fn existing(&self) -> Existing {
        match (self.resume, self.force) {
            (true, _) => Existing::Resume,
            (false, true) => Existing::Replace,
            (false, false) => Existing::Refuse,
        }
    }
}
