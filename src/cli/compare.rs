use std::time::Instant;

use super::args::CompareArgs;
use super::deliver::{Made, deliver};
use super::failure::Failure;
use super::progress::Bar;
use super::run::{on_threads, plan, refuse_memory};
use crate::domain::{Problem, TransitionTable};
use crate::input::{self, Loaded, suggestion};
use crate::proposal::Interpretation;
use crate::simulate::{Population, transitions};
use crate::table::{About, write_transitions};

/// `repat compare`: what each proposal does with the people of each outcome of another.
pub(super) fn compare(args: &CompareArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let format = args.delivery.format()?;
    let loaded = input::load(&args.sampling.assumptions.request(&args.scenario, &args.proposals))?;
    let how: Vec<Interpretation> = loaded.rulebooks.iter().map(|book| book.interpretation.clone()).collect();
    let pairs = pairs(&how, args.baseline.as_deref())?;
    let files = args.delivery.reserve()?;
    let table = simulate(args, &loaded, &pairs)?;
    let bytes = write_transitions(&table, format).map_err(Failure::Run)?;
    let about = About { scenario: &table.scenario, sample: &table.sample, notes: table.notes() };
    deliver(Made { bytes, format, about, inputs: &loaded.files, since }, files)
}

fn simulate(
    args: &CompareArgs,
    loaded: &Loaded,
    pairs: &[(usize, usize)],
) -> Result<TransitionTable, Failure> {
    let (scenario, questions) = (&loaded.scenario, &loaded.rulebooks);
    let plan = plan(&args.sampling, args.engine.engine());
    refuse_memory(plan, 10 * pairs.len() as u64, "pairs (--baseline)")?;
    let population = Population::new(&loaded.setting, scenario);
    let bar = Bar::for_people(scenario.population(), plan.replicates);
    let compared = on_threads(&args.sampling, || transitions(&population, questions, pairs, plan, &bar))?;
    bar.finish();
    let mut table = compared.map_err(|stop| Failure::of_stop(stop, scenario))?;
    table.sample.set = args.sampling.assumptions.set.clone();
    Ok(table)
}

/// Whom to compare with whom, by position: every pair in order, or the baseline with each other.
fn pairs(how: &[Interpretation], baseline: Option<&str>) -> Result<Vec<(usize, usize)>, Failure> {
    let all = 0..how.len();
    let pairs: Vec<(usize, usize)> = match baseline {
        Some(baseline) => {
            let base = position(how, baseline)?;
            all.filter(|other| *other != base).map(|other| (base, other)).collect()
        }
        None => all.clone().flat_map(|a| (a + 1..how.len()).map(move |b| (a, b))).collect(),
    };
    match pairs.is_empty() {
        false => Ok(pairs),
        true => {
            let what = "there is nothing to compare: only one proposal is asked about";
            let help = "name at least two with --proposal, or two readings of one";
            Err(Failure::input(Problem::new(what).help(help)))
        }
    }
}

/// The one proposal that `id` or `id:reading=value,...` means.
fn position(how: &[Interpretation], baseline: &str) -> Result<usize, Failure> {
    let (id, readings) = baseline.split_once(':').unwrap_or((baseline, ""));
    let read = |how: &Interpretation| {
        let chosen = how.reading();
        let wanted = |choice: &str| chosen.split(';').any(|c| c == choice.trim());
        readings.split(',').filter(|choice| !choice.is_empty()).all(wanted)
    };
    let meant = |how: &Interpretation| how.proposal.id == id && read(how);
    let found: Vec<usize> = (0..how.len()).filter(|&i| meant(&how[i])).collect();
    let problem = match found.as_slice() {
        [one] => return Ok(*one),
        [] => {
            let what = format!("--baseline {baseline}: no such proposal is among those compared");
            Problem::new(what).help(not_found(how, id))
        }
        several => {
            let what = format!("--baseline {baseline}: {} of those compared are meant", several.len());
            Problem::new(what).help(format!("add a reading that only one of them has: {id}:READING=VALUE"))
        }
    };
    Err(Failure::input(problem))
}

/// The names that are known, or the readings if that is what is wrong.
fn not_found(how: &[Interpretation], id: &str) -> String {
    let same = how.iter().filter(|how| how.proposal.id == id).map(Interpretation::reading);
    match same.collect::<Vec<_>>() {
        none if none.is_empty() => suggestion(id, how.iter().map(|how| how.proposal.id.as_str())),
        readings => format!("{id} is compared as read by {}", readings.join(" and by ")),
    }
}
