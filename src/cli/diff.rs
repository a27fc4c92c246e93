use super::args::{DiffArgs, TextFormat};
use super::failure::Failure;
use super::progress::Bar;
use super::run::{on_threads, plan};
use crate::domain::{Count, Engine, Space};
use crate::input::{self, Loaded};
use crate::proposal::{self, Difference, Interpretation, Rulebook, Rulings};
use crate::simulate::{Population, moves};
use crate::table::{DifferenceReport, difference_json, difference_text};

/// `repat diff`: on whom two interpretations differ, and how many people that moves.
pub(super) fn diff(args: &DiffArgs) -> Result<Vec<u8>, Failure> {
    let proposals = [args.a.clone(), args.b.clone()];
    let loaded = input::load(&args.sampling.assumptions.request(args.scenario.as_deref(), &proposals))?;
    let [a, b] = loaded.interpretations.as_slice() else {
        return Err(Failure::Run("two proposals are needed".into()));
    };
    let space = &loaded.setting.space;
    let rulings = (compile(space, a)?, compile(space, b)?);
    let difference = proposal::diff(space, &rulings.0, &rulings.1);
    let people = people(args, &loaded, (&rulings.0, &rulings.1), &difference)?;
    let report = DifferenceReport { setting: &loaded.setting, a, b, difference: &difference, people };
    match args.format {
        TextFormat::Text => Ok(difference_text(&report).into_bytes()),
        TextFormat::Json => difference_json(&report).map_err(Failure::Run),
    }
}

fn compile(space: &Space, how: &Interpretation) -> Result<Rulings, Failure> {
    Rulebook::compile(space, how.clone()).map(|rulebook| rulebook.rulings).map_err(Failure::input)
}

/// People moved in the scenario: exact expectations where all parameters are fixed, otherwise
/// replicates.
fn people(
    args: &DiffArgs,
    loaded: &Loaded,
    rulings: (&Rulings, &Rulings),
    difference: &Difference,
) -> Result<Option<(String, Vec<Count>)>, Failure> {
    let Some(scenario) = &loaded.scenario else { return Ok(None) };
    let engine = if scenario.is_uncertain() { Engine::Counts } else { Engine::Exact };
    let plan = plan(&args.sampling, engine);
    let population = Population::new(&loaded.setting, scenario);
    let bar = Bar::for_people(scenario.population(), plan.replicates);
    let moved = on_threads(&args.sampling, || moves(&population, rulings, difference, plan, &bar))?;
    bar.finish();
    let moved = moved.map_err(|stop| Failure::of_stop(stop, scenario))?;
    Ok(Some((scenario.name.clone(), moved)))
}
