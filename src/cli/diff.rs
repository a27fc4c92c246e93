use super::args::{DiffArgs, TextFormat};
use super::failure::Failure;
use super::progress::Bar;
use super::run::{on_threads, plan};
use crate::domain::{Count, Engine, Setting};
use crate::input::{self, InMemoryFiles};
use crate::proposal::{self, Difference, Rulebook, Rulings};
use crate::scenario::Scenario;
use crate::simulate::{Population, moves};
use crate::table::{DifferenceReport, difference_json, difference_text};

/// `repat diff`: on whom two interpretations differ, and how many people that moves.
pub(super) fn diff(args: &DiffArgs) -> Result<Vec<u8>, Failure> {
    let proposals = [args.a.clone(), args.b.clone()];
    let (setting, rulebooks, scenario) = load(args, &proposals)?;
    let [a, b] = rulebooks.as_slice() else {
        return Err(Failure::Run("two proposals are needed".into()));
    };
    let difference = proposal::diff(&setting.space, &a.rulings, &b.rulings);
    let people = match &scenario {
        Some(scenario) => {
            Some(people(args, &Population::new(&setting, scenario), (&a.rulings, &b.rulings), &difference)?)
        }
        None => None,
    };
    let (a, b) = (&a.interpretation, &b.interpretation);
    let report = DifferenceReport { setting: &setting, a, b, difference: &difference, people };
    match args.format {
        TextFormat::Text => Ok(difference_text(&report).into_bytes()),
        TextFormat::Json => difference_json(&report).map_err(Failure::Run),
    }
}

fn load(
    args: &DiffArgs,
    proposals: &[String],
) -> Result<(Setting, Vec<Rulebook>, Option<Scenario>), Failure> {
    let assumptions = &args.sampling.assumptions;
    match &args.scenario {
        Some(scenario) => {
            let loaded = input::load(&assumptions.request(scenario, proposals))?;
            Ok((loaded.setting, loaded.rulebooks, Some(loaded.scenario)))
        }
        None => {
            let loaded = input::load_proposals(proposals, &assumptions.readings, &InMemoryFiles::default())?;
            Ok((loaded.setting, loaded.rulebooks, None))
        }
    }
}

/// People moved in the scenario: exact expectations where all parameters are fixed, otherwise
/// replicates.
fn people(
    args: &DiffArgs,
    population: &Population<'_>,
    rulings: (&Rulings, &Rulings),
    difference: &Difference,
) -> Result<(String, Vec<Count>), Failure> {
    let scenario = population.scenario;
    let engine = if scenario.is_uncertain() { Engine::Counts } else { Engine::Exact };
    let plan = plan(&args.sampling, engine);
    let bar = Bar::for_people(scenario.population(), plan.replicates);
    let moved = on_threads(&args.sampling, || moves(population, rulings, difference, plan, &bar))?;
    bar.finish();
    let moved = moved.map_err(|stop| Failure::of_stop(stop, scenario))?;
    Ok((scenario.name.clone(), moved))
}
