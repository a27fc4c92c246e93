use super::args::{SolveArgs, TextFormat};
use super::failure::Failure;
use super::progress::Bar;
use super::run::{on_threads, plan};
use crate::domain::{Crossings, Engine, Outcome, Problem, Provenance};
use crate::input::{self, Loaded, Request, suggestion};
use crate::proposal::{Interpretation, Rulings};
use crate::scenario::Scenario;
use crate::simulate::{Stop, Varied, crossings, sample, side};
use crate::table::{SolutionReport, Target, grouped, solution_json, solution_text};

/// Part of the population below which a difference is none: far below a person.
const SAME: f64 = 1e-9;

/// `repat solve`: at which values of a parameter a proposal's expected count equals another's.
pub(super) fn solve(args: &SolveArgs) -> Result<Vec<u8>, Failure> {
    let loaded = loaded(args)?;
    let scenario = &loaded.scenario;
    let target = target(args, &loaded, scenario)?;
    let outcome = args.outcome.outcome();
    let (crossings, people) = search(args, &loaded, scenario, outcome)?;
    let report = SolutionReport {
        scenario: &scenario.name,
        sample: basis(args, scenario),
        parameter: &args.vary,
        outcome,
        of: side(first(&loaded)?),
        target,
        crossings,
        people,
    };
    match args.format {
        TextFormat::Text => Ok(solution_text(&report).into_bytes()),
        TextFormat::Json => solution_json(&report).map_err(Failure::Run),
    }
}

/// The scenario with the parameter at the lower end. It is loaded a little above that as well, so
/// that a parameter whose distributions hold only at one value is refused as in a file.
fn loaded(args: &SolveArgs) -> Result<Loaded, Failure> {
    let proposals: Vec<String> =
        [Some(&args.proposal), args.equals.as_ref()].into_iter().flatten().cloned().collect();
    let request = args.sampling.assumptions.request(&args.scenario, &proposals);
    let declared = input::load(&request)?;
    refuse_parameter(args, &declared.scenario)?;
    let with = |value: f64| {
        let mut set = request.set.clone();
        set.push((args.vary.clone(), value));
        input::load(&Request { set, ..request.clone() })
    };
    let (low, high) = args.between;
    with(low + (high - low) / 1024.0)?;
    Ok(with(low)?)
}

fn refuse_parameter(args: &SolveArgs, scenario: &Scenario) -> Result<(), Failure> {
    let name = &args.vary;
    let mut known = scenario.parameters.iter().map(|parameter| parameter.name.as_str());
    if !known.clone().any(|known| known == name) {
        let what = format!("--vary {name}: the scenario has no parameter `{name}`");
        return Err(Failure::input(Problem::new(what).help(suggestion(name, &mut known))));
    }
    if args.sampling.assumptions.set.iter().any(|(set, _)| set == name) {
        let what = format!("`{name}` cannot be varied and set at once");
        return Err(Failure::input(Problem::new(what).help("leave out --set for it, or vary another")));
    }
    Ok(())
}

fn first(loaded: &Loaded) -> Result<&Interpretation, Failure> {
    loaded
        .rulebooks
        .first()
        .map(|rulebook| &rulebook.interpretation)
        .ok_or_else(|| Failure::Run("no proposal was loaded".into()))
}

fn target(args: &SolveArgs, loaded: &Loaded, scenario: &Scenario) -> Result<Target, Failure> {
    let population = scenario.population();
    match (loaded.rulebooks.get(1), args.target) {
        (_, Some(people)) if people > population => {
            let what = format!("--target {people}: there are only {} prisoners", grouped(population));
            let help = format!("write a number from 0 to {population}");
            Err(Failure::input(Problem::new(what).help(help)))
        }
        (_, Some(people)) => Ok(Target::People(people)),
        (Some(other), None) => Ok(Target::Proposal(side(&other.interpretation))),
        (None, None) => Err(Failure::Run("a second proposal is needed".into())),
    }
}

/// What the answer rests on: not on the parameter's own value.
fn basis(args: &SolveArgs, scenario: &Scenario) -> Provenance {
    let mut others = scenario.clone();
    others.parameters.retain(|parameter| parameter.name != args.vary);
    Provenance {
        set: args.sampling.assumptions.set.clone(),
        ..sample(&others, plan(&args.sampling, Engine::Exact))
    }
}

/// Where the difference vanishes, and the counts there.
fn search(
    args: &SolveArgs,
    loaded: &Loaded,
    scenario: &Scenario,
    outcome: Outcome,
) -> Result<(Crossings, Vec<(f64, f64)>), Failure> {
    let rulings: Vec<Rulings> = loaded.rulebooks.iter().map(|rulebook| rulebook.rulings.clone()).collect();
    let parameter = scenario.parameters.iter().position(|parameter| parameter.name == args.vary);
    let parameter = parameter.ok_or_else(|| Failure::Run(format!("`{}` was not loaded", args.vary)))?;
    let plan = plan(&args.sampling, Engine::Exact);
    let bar = Bar::for_people(scenario.population(), plan.replicates.saturating_mul(100));
    let mut varied = Varied::new(&loaded.setting, scenario, parameter, (&rulings, outcome), plan);
    let target = args.target.map(|people| people as f64);
    let mut at = |value: f64| varied.at(value, &bar).map(|people| pair(&people, target));
    let same = SAME * scenario.population() as f64;
    let found = on_threads(&args.sampling, || -> Result<_, Stop> {
        let Some(found) = crossings(args.between, same, |value| possible(at(value)))? else {
            return Ok(None);
        };
        let people: Result<Vec<_>, Stop> = found.values.iter().map(|value| at(*value)).collect();
        Ok(Some((found, people?)))
    })?;
    bar.finish();
    found.map_err(|stop| Failure::of_stop(stop, scenario))?.ok_or_else(|| impossible(args))
}

/// What the first proposal is expected to do, and what that is to equal: there is a second
/// proposal where there is no number.
fn pair(people: &[f64], target: Option<f64>) -> (f64, f64) {
    (people[0], target.unwrap_or_else(|| people[1]))
}

/// The difference; `None` where the shares exceed 1.
fn possible(people: Result<(f64, f64), Stop>) -> Result<Option<f64>, Stop> {
    match people {
        Ok((of, target)) => Ok(Some(of - target)),
        Err(Stop::SharesExceedOne { .. }) => Ok(None),
        Err(stop) => Err(stop),
    }
}

fn impossible(args: &SolveArgs) -> Failure {
    let (name, low) = (&args.vary, args.between.0);
    let what = format!("where {name} is {low}, draws of the other parameters make shares exceed 1");
    let help = "let --between begin lower, or fix the other parameters with --set";
    Failure::input(Problem::new(what).help(help))
}
