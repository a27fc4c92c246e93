//! Three routes to each number: individuals, counts, and the closed form, for every proposal and every scenario that
//! ships. Where a proposal has limits there is no closed form: see `limits`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use repat::domain::{Engine, Profile};
use repat::input::{Catalogue, Loaded, Request, catalogues, load};
use repat::scenario::{Distribution, Scenario};
use repat::simulate::{Draws, Expectation, Plan, Population, RowMap, Silent, draw, expect};

use crate::statistics::{CHI_SQUARE_9, Moments, chi_square, deviate};

const REPLICATES: u64 = 2_000;

/// Every scenario that ships, with every proposal of its setting under its default readings.
pub(crate) fn everything() -> Vec<Loaded> {
    let load_all = |catalogue: &Catalogue| -> Vec<Loaded> {
        let proposals: Vec<String> = catalogue.proposals.iter().map(|proposal| proposal.id.clone()).collect();
        let load_scenario = |scenario: &Scenario| {
            let (scenario, proposals) = (scenario.name.clone(), proposals.clone());
            load(&Request { scenario, proposals, ..Request::default() }).unwrap()
        };
        catalogue.scenarios.iter().map(load_scenario).collect()
    };
    let all: Vec<Loaded> = catalogues().unwrap().iter().flat_map(load_all).collect();
    assert!(all.len() >= 9 && all.iter().all(|loaded| !loaded.rulebooks.is_empty()));
    all
}

pub(crate) fn plan(engine: Engine, seed: u64) -> Plan {
    Plan { engine, seed, replicates: REPLICATES }
}

/// The cells of a population, with the numbers of their strata.
fn cells(population: &Population) -> Vec<(usize, Profile)> {
    let cells = RefCell::new(Vec::new());
    RowMap::new(population, 0, |stratum, profile| {
        cells.borrow_mut().push((stratum, profile));
        Vec::new()
    });
    cells.into_inner()
}

/// Rows for all that proposals do, where no limit binds: for each proposal and outcome, one for each stratum and one for
/// everybody. Proposals that give an outcome to the same people share a row, so that nothing is compared twice.
struct Rows {
    map: RowMap,
    /// Whom each row counts.
    labels: Vec<String>,
}

impl Rows {
    fn new(loaded: &Loaded, population: &Population) -> Rows {
        let cells = cells(population);
        let strata = &population.scenario.strata;
        let mut rows: BTreeMap<Vec<(usize, Profile)>, String> = BTreeMap::new();
        for rulebook in loaded.rulebooks.iter().filter(|rulebook| rulebook.limits.is_empty()) {
            for outcome in loaded.setting.outcomes.iter() {
                let given = |cell: &&(usize, Profile)| rulebook.ruling_on(cell.1).outcome == outcome;
                let everybody: Vec<(usize, Profile)> = cells.iter().filter(given).copied().collect();
                let name = loaded.setting.outcomes.name(outcome);
                for cells in everybody.chunk_by(|a, b| a.0 == b.0) {
                    let label = format!("{}: {name} by {}", strata[cells[0].0].id, rulebook.id());
                    rows.entry(cells.to_vec()).or_insert(label);
                }
                rows.entry(everybody).or_insert(format!("all strata: {name} by {}", rulebook.id()));
            }
        }
        let map = RowMap::new(population, rows.len(), |stratum, profile| {
            let counts = rows.keys().enumerate().filter(|(_, cells)| cells.contains(&(stratum, profile)));
            counts.map(|(row, _)| row).collect()
        });
        let labels = rows.into_values().map(|label| format!("{}, {label}", population.scenario.name));
        Rows { map, labels: labels.collect() }
    }
}

/// The largest deviate of a comparison, what was compared, and how many comparisons there were.
#[derive(Debug, Default)]
struct Worst {
    deviate: f64,
    what: String,
    comparisons: usize,
}

impl Worst {
    fn add(&mut self, deviate: f64, what: String) {
        self.comparisons += 1;
        if deviate.abs() > self.deviate {
            (self.deviate, self.what) = (deviate.abs(), what);
        }
    }
}

/// The greatest kurtosis of a row whose variance is compared. The variance of 2,000 values is then that of a gamma
/// distribution with at least 400 degrees of freedom; of rarer leanings the sample says too little.
const TAME: f64 = 11.0;

/// Compares every row's mean and variance with the closed form. A row that the closed form says is constant must be so
/// in every replicate: otherwise its deviate is infinite.
fn compare(draws: &Draws, exact: &Expectation, labels: &[String], worst: &mut Worst) {
    for (row, label) in labels.iter().enumerate() {
        let values = draws.row(row);
        let expected = exact.numerators[row] as f64 / exact.denominator as f64;
        let (variance, error) = (exact.variances[row], exact.standard_errors[row]);
        if variance < 1e-9 {
            let varies = values.iter().any(|value| (*value as f64 - expected).abs() > 1e-6);
            if varies {
                worst.add(f64::INFINITY, format!("{label} varies"));
            }
            continue;
        }
        let moments = Moments::of(&values);
        let off = (moments.mean - expected) / (variance / moments.count + error * error).sqrt();
        worst.add(deviate(off, moments.skewness / moments.count.sqrt()), format!("mean of {label}"));
        if let Some(kurtosis) = moments.kurtosis.filter(|kurtosis| *kurtosis < TAME) {
            // The closed form itself rests on as many draws where parameters are uncertain.
            let samples = if error > 0.0 { 2.0 } else { 1.0 };
            let spread = ((kurtosis - 1.0) * samples / moments.count).sqrt();
            let off = (moments.variance / variance - 1.0) / spread;
            worst.add(deviate(off, 2.0 * spread), format!("variance of {label}"));
        }
    }
}

/// A scenario with every parameter fixed at its centre.
fn at_centres(scenario: &Scenario) -> Scenario {
    let mut fixed = scenario.clone();
    fixed.parameters.iter_mut().for_each(|parameter| {
        parameter.distribution = Distribution::Fixed(parameter.distribution.centre());
    });
    fixed
}

/// The scenario once for each of its parameters, with another value for that one: 0.05 more, or less where it is above a
/// half.
fn with_another_value(fixed: &Scenario) -> impl Iterator<Item = (String, Scenario)> {
    (0..fixed.parameters.len()).map(|position| {
        let mut other = fixed.clone();
        let parameter = &mut other.parameters[position];
        let value = parameter.distribution.centre();
        let value = if value > 0.5 { value - 0.05 } else { value + 0.05 };
        parameter.distribution = Distribution::Fixed(value);
        (parameter.name.clone(), other)
    })
}

/// Whether two closed forms expect the same numbers, but for the rounding of shares.
fn is_same(a: &Expectation, b: &Expectation) -> bool {
    let people = |numerator: &u128| *numerator as f64 / a.denominator as f64;
    let mut rows = a.numerators.iter().zip(&b.numerators);
    rows.all(|(a, b)| (people(a) - people(b)).abs() < 1e-6)
}

/// With every parameter at its centre, so that the closed form is exact. A deviate beyond 5 has a chance of 6e-7; over
/// fewer than 4,000 comparisons a right program fails for one choice of seeds in 400. The seeds are fixed. The
/// control compares with each parameter in turn at another value, and must fail wherever some text minds it.
#[test]
fn individuals_and_counts_have_the_mean_and_variance_of_the_closed_form() {
    let (mut worst, mut controls, mut without_effect) = (Worst::default(), 0, BTreeSet::new());
    for loaded in everything() {
        let population = Population::new(&loaded.setting, at_centres(&loaded.scenario));
        let rows = Rows::new(&loaded, &population);
        let exact = expect(&population, &rows.map, plan(Engine::Exact, 0), &Silent).unwrap();
        for (engine, seed) in [(Engine::Individuals, 11), (Engine::Counts, 12)] {
            let draws = draw(&population, &rows.map, plan(engine, seed), &Silent).unwrap();
            compare(&draws, &exact, &rows.labels, &mut worst);
            for (parameter, other) in with_another_value(&population.scenario) {
                let other = population.with(other);
                let wrong = expect(&other, &rows.map, plan(Engine::Exact, 0), &Silent).unwrap();
                if is_same(&wrong, &exact) {
                    without_effect.insert(parameter);
                    continue;
                }
                let mut control = Worst::default();
                compare(&draws, &wrong, &rows.labels, &mut control);
                let name = &loaded.scenario.name;
                assert!(control.deviate > 6.0, "{name}, {engine:?}: the control of {parameter} passed");
                controls += 1;
            }
        }
    }
    assert!(worst.deviate < 5.0, "{worst:?}");
    assert!((500..4_000).contains(&worst.comparisons), "{worst:?}");
    assert!(controls >= 100, "{controls} controls; no text minds {without_effect:?}");
}

/// The closed form over draws of the parameters against simulation with other draws of them: the same bound as above.
/// The control compares with the parameters fixed, which leaves the means and takes from the variances.
#[test]
fn the_closed_form_holds_over_uncertain_parameters() {
    let mut worst = Worst::default();
    for loaded in everything().into_iter().filter(|loaded| loaded.scenario.is_uncertain()) {
        let population = Population::new(&loaded.setting, loaded.scenario.clone());
        let rows = Rows::new(&loaded, &population);
        let exact = expect(&population, &rows.map, plan(Engine::Exact, 21), &Silent).unwrap();
        let fixed = population.with(at_centres(&loaded.scenario));
        let wrong = expect(&fixed, &rows.map, plan(Engine::Exact, 0), &Silent).unwrap();
        for (engine, seed) in [(Engine::Individuals, 22), (Engine::Counts, 23)] {
            let draws = draw(&population, &rows.map, plan(engine, seed), &Silent).unwrap();
            compare(&draws, &exact, &rows.labels, &mut worst);
            let mut control = Worst::default();
            compare(&draws, &wrong, &rows.labels, &mut control);
            assert!(control.deviate > 6.0, "{}, {engine:?}: the control passed", loaded.scenario.name);
        }
    }
    assert!(worst.deviate < 5.0, "{worst:?}");
    assert!((500..4_000).contains(&worst.comparisons), "{worst:?}");
}

/// Individuals and counts, with units and uncertain parameters, from different seeds: two samples of 2,000 replicates of
/// each row, fewer than 2,000 tests at 1e-6, so a right program fails for one pair of seeds in 500; the seeds are
/// fixed. The control draws counts with uncertain parameters fixed at their centres, and must fail.
#[test]
fn individuals_and_counts_agree_in_distribution() {
    let mut tests = 0;
    for loaded in everything() {
        let population = Population::new(&loaded.setting, loaded.scenario.clone());
        let rows = Rows::new(&loaded, &population);
        let draw = |population: &Population, engine, seed| {
            draw(population, &rows.map, plan(engine, seed), &Silent).unwrap()
        };
        let individuals = draw(&population, Engine::Individuals, 31);
        let largest = |counts: &Draws| {
            let rows = rows.labels.iter().enumerate();
            let distances = rows
                .map(|(row, label)| (chi_square(&individuals.row(row), &counts.row(row)), label.as_str()));
            distances.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
        };
        let (distance, label) = largest(&draw(&population, Engine::Counts, 32));
        assert!(distance < CHI_SQUARE_9, "{label}: {distance}");
        tests += rows.labels.len();

        let fixed = population.with(at_centres(&loaded.scenario));
        let (distance, _) = largest(&draw(&fixed, Engine::Counts, 32));
        let is_control = loaded.scenario.is_uncertain();
        assert!(!is_control || distance > CHI_SQUARE_9, "{}: the control passed", loaded.scenario.name);
    }
    assert!((250..2_000).contains(&tests), "{tests} tests");
}

/// Where everybody's profile is certain there is nothing to draw, and all routes give one number. The control has one
/// person more.
#[test]
fn a_scenario_without_chance_is_the_same_by_every_route() {
    let mut scenarios = 0;
    for loaded in everything().into_iter().filter(|loaded| loaded.scenario.parameters.is_empty()) {
        let population = Population::new(&loaded.setting, loaded.scenario.clone());
        let rows = Rows::new(&loaded, &population);
        let exact = expect(&population, &rows.map, plan(Engine::Exact, 0), &Silent).unwrap();
        assert!(exact.variances.iter().all(|variance| *variance == 0.0), "{}", loaded.scenario.name);
        let mut more = loaded.scenario.clone();
        more.strata[0].size += 1;
        for engine in [Engine::Individuals, Engine::Counts] {
            let few = Plan { replicates: 3, ..plan(engine, 41) };
            let agrees = |population: &Population| {
                let draws = draw(population, &rows.map, few, &Silent).unwrap();
                let same = |row: usize| {
                    draws.row(row).iter().all(|n| u128::from(*n) * exact.denominator == exact.numerators[row])
                };
                (0..rows.labels.len()).all(same)
            };
            assert!(agrees(&population), "{}, {engine:?}", loaded.scenario.name);
            assert!(!agrees(&population.with(more.clone())), "{engine:?}: the control passed");
        }
        scenarios += 1;
    }
    assert!(scenarios >= 2, "{scenarios} scenarios");
}
