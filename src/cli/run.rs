use std::time::Instant;

use super::args::{RunArgs, Sampling};
use super::deliver::{Made, deliver};
use super::failure::Failure;
use super::progress::Bar;
use crate::domain::{OutcomeTable, Problem, Setting};
use crate::input::{self, Loaded};
use crate::proposal::Rulebook;
use crate::simulate::{Column, Plan, Population, outcomes};
use crate::table::{About, write_table};

/// More results than this would not fit in the memory of a common machine.
const MAX_RESULTS: u64 = 1 << 27;

/// `repat run`: load, reserve the files, simulate, write.
pub(super) fn run(args: &RunArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let format = args.delivery.format()?;
    let loaded = input::load(&args.sampling.assumptions.request(&args.scenario, &args.proposals))?;
    let files = args.delivery.reserve()?;
    let table = simulate(args, &loaded)?;
    let bytes = write_table(&table, format).map_err(Failure::Run)?;
    let about = About { scenario: &table.scenario, sample: &table.sample, notes: table.notes() };
    deliver(Made { bytes, format, about, inputs: &loaded.files, since }, files)
}

fn simulate(args: &RunArgs, loaded: &Loaded) -> Result<OutcomeTable, Failure> {
    let by = columns(&loaded.setting, &args.by)?;
    let plan = plan(&args.sampling, args.engine.engine());
    let (scenario, questions) = (&loaded.scenario, &loaded.rulebooks);
    let population = Population::new(&loaded.setting, scenario);
    refuse_memory(plan, rows(&population, questions, &by), "--by")?;
    let bar = Bar::for_people(scenario.population(), plan.replicates);
    let simulated =
        on_threads(&args.sampling, || outcomes(&loaded.setting, &population, questions, &by, plan, &bar))?;
    bar.finish();
    let mut table = simulated.map_err(|stop| Failure::of_stop(stop, scenario))?;
    table.sample.set = args.sampling.assumptions.set.clone();
    Ok(table)
}

pub(super) fn plan(sampling: &Sampling, engine: crate::domain::Engine) -> Plan {
    Plan { engine, seed: sampling.assumptions.seed, replicates: sampling.replicates }
}

/// Does the work on as many threads as were asked for.
pub(super) fn on_threads<T: Send>(
    sampling: &Sampling,
    work: impl FnOnce() -> T + Send,
) -> Result<T, Failure> {
    Ok(pool(sampling.assumptions.threads)?.install(work))
}

/// As many threads as were asked for, or one for each core.
pub(super) fn pool(threads: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or_default().into()).build();
    pool.map_err(|error| Failure::Run(format!("cannot start threads: {error}")))
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
                problems.push(Problem::new(what).help(format!("there are: {}", known.join(", "))));
            }
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(Failure::Input(problems)) }
}

/// Rows of the result: three measures of three outcomes for each question and group.
fn rows(population: &Population<'_>, questions: &[Rulebook], by: &[Column]) -> u64 {
    let cells: usize = population.blueprints.iter().map(|blueprint| blueprint.cells.len()).sum();
    let groups = if by.is_empty() { 1 } else { cells as u64 };
    groups.saturating_mul(9 * questions.len() as u64)
}

/// Refuses what would not fit; `fewer` is the flag that makes rows.
pub(super) fn refuse_memory(plan: Plan, rows: u64, fewer: &str) -> Result<(), Failure> {
    if plan.replicates.saturating_mul(rows) <= MAX_RESULTS {
        return Ok(());
    }
    let what = format!("{} replicates of this table are too much for memory", plan.replicates);
    let help = format!("use fewer --replicates, fewer {fewer}, or --engine exact");
    Err(Failure::input(Problem::new(what).help(help)))
}
