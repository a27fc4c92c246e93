use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use super::args::{ProgressStyle, RunArgs, Sampling};
use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::say;
use crate::domain::{Diagnostic, OutcomeTable, Setting, SourceFile};
use crate::input::{self, Loaded};
use crate::output::{Format, Manifest, OutFile, write_table};
use crate::proposal::Interpretation;
use crate::simulate::{Column, Plan, Population, Question, outcomes};

/// More results than this would not fit in the memory of a common machine.
const MAX_RESULTS: u64 = 1 << 27;

/// `repat run`: load, reserve the files, simulate, write.
pub(super) fn run(args: &RunArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let format = format(args)?;
    let loaded = input::load(&args.sampling.request(Some(&args.scenario), &args.proposals))?;
    let files = args.out.as_deref().map(|path| reserve(path, args.force)).transpose()?;
    let table = simulate(args, &loaded)?;
    let bytes = write_table(&table, format).map_err(Failure::Run)?;
    let Some(files) = files else {
        if !matches!(format, Format::Table | Format::Markdown | Format::Json) {
            table.notes().iter().for_each(|note| say(&format!("{note}\n")));
        }
        return Ok(bytes);
    };
    files.write(&table, &loaded.files, &bytes, since)?;
    Ok(Vec::new())
}

fn simulate(args: &RunArgs, loaded: &Loaded) -> Result<OutcomeTable, Failure> {
    let Some(scenario) = &loaded.scenario else {
        return Err(Failure::Run("no scenario was loaded".into()));
    };
    let by = columns(&loaded.setting, &args.by)?;
    let questions = questions(&loaded.setting, &loaded.interpretations)?;
    let plan = plan(&args.sampling, args.engine.engine());
    let population = Population::new(&loaded.setting, scenario);
    refuse_memory(&population, &questions, &by, plan)?;
    let total = plan.replicates.saturating_mul(scenario.population());
    let bar = Bar::new(total, Unit::Prisoners, ProgressStyle::Bar);
    let simulated =
        on_threads(&args.sampling, || outcomes(&loaded.setting, &population, &questions, &by, plan, &bar))?;
    bar.finish();
    let mut table = simulated.map_err(|stop| Failure::of_stop(stop, scenario))?;
    table.sample.set = args.sampling.set.clone();
    Ok(table)
}

pub(super) fn plan(sampling: &Sampling, engine: crate::domain::Engine) -> Plan {
    Plan { engine, seed: sampling.seed, replicates: sampling.replicates }
}

/// Does the work on as many threads as were asked for.
pub(super) fn on_threads<T: Send>(
    sampling: &Sampling,
    work: impl FnOnce() -> T + Send,
) -> Result<T, Failure> {
    Ok(pool(sampling.threads)?.install(work))
}

/// As many threads as were asked for, or one for each core.
pub(super) fn pool(threads: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or_default().into()).build();
    pool.map_err(|error| Failure::Run(format!("cannot start threads: {error}")))
}

fn questions(setting: &Setting, interpretations: &[Interpretation]) -> Result<Vec<Question>, Failure> {
    let compiled = interpretations.iter().map(|interpretation| {
        let rulings = interpretation.compile(&setting.space).map_err(Failure::input)?;
        Ok(Question { interpretation: interpretation.clone(), rulings })
    });
    compiled.collect()
}

fn columns(setting: &Setting, by: &[String]) -> Result<Vec<Column>, Failure> {
    let mut problems = Vec::new();
    let mut columns = Vec::new();
    for name in by {
        let column = Column::named(setting, name);
        match column {
            Some(column) if !columns.contains(&column) => columns.push(column),
            Some(_) => {}
            None => {
                let known = setting.space.variables().iter().map(|variable| variable.name.as_str());
                let known: Vec<&str> = known.chain(["stratum"]).collect();
                let what = format!("--by {name}: there is no attribute `{name}`");
                problems.push(Diagnostic::new(what).help(format!("there are: {}", known.join(", "))));
            }
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(Failure::Input(problems)) }
}

fn refuse_memory(
    population: &Population<'_>,
    questions: &[Question],
    by: &[Column],
    plan: Plan,
) -> Result<(), Failure> {
    let cells: usize = population.blueprints.iter().map(|blueprint| blueprint.cells.len()).sum();
    let groups = if by.is_empty() { 1 } else { cells as u64 };
    let results = plan.replicates.saturating_mul(groups).saturating_mul(9 * questions.len() as u64);
    if results <= MAX_RESULTS {
        return Ok(());
    }
    let what = format!("{} replicates of this table are too much for memory", plan.replicates);
    Err(Failure::input(Diagnostic::new(what).help("use fewer --replicates, fewer --by, or --engine exact")))
}

fn format(args: &RunArgs) -> Result<Format, Failure> {
    let asked = args.format.map(|format| format.format());
    let Some(path) = &args.out else { return Ok(asked.unwrap_or(Format::Table)) };
    let Some(of_path) = Format::of_path(path) else {
        let what = format!("--out {}: the ending does not name a format", path.display());
        return Err(Failure::input(
            Diagnostic::new(what).help("end the name in .csv, .parquet, .md or .json"),
        ));
    };
    if cfg!(not(feature = "polars")) && of_path == Format::Parquet {
        let what = "this build of repat has no Parquet";
        return Err(Failure::input(
            Diagnostic::new(what).help("build it with the feature `polars`, or use .csv"),
        ));
    }
    match asked {
        Some(asked) if asked != of_path => {
            let what = format!("--format and --out {} ask for different formats", path.display());
            Err(Failure::input(Diagnostic::new(what).help("leave --format out: the ending decides")))
        }
        _ => Ok(of_path),
    }
}

/// The table's file and its manifest's, reserved before any work.
struct Files {
    path: PathBuf,
    table: OutFile,
    manifest: OutFile,
}

fn reserve(path: &Path, force: bool) -> Result<Files, Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".manifest.json");
    let table = OutFile::reserve(path, force)?;
    let manifest = OutFile::reserve(Path::new(&name), force)?;
    Ok(Files { path: path.into(), table, manifest })
}

impl Files {
    /// Writes the manifest and then the table, so that no table is ever without one.
    fn write(
        self,
        table: &OutcomeTable,
        inputs: &[std::sync::Arc<SourceFile>],
        bytes: &[u8],
        since: Instant,
    ) -> Result<(), Failure> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = Manifest {
            table,
            inputs,
            command: std::env::args().collect(),
            file: (name, bytes),
            wall_time: since.elapsed(),
        };
        self.manifest.write(&manifest.json().map_err(Failure::Run)?)?;
        self.table.write(bytes)?;
        let shown = self.path.display();
        say(&format!("wrote {shown} and {shown}.manifest.json; the prisoners in it are synthetic\n"));
        Ok(())
    }
}
