//! The engines on the default scenario, in people per second.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use repat::domain::{Engine, Setting};
use repat::input::{Loaded, Request, load};
use repat::scenario::Scenario;
use repat::simulate::{Plan, Population, Question, Silent, outcomes};

fn default_scenario(population: Option<u64>) -> Loaded {
    let request = Request { scenario: Some("korea/1952-07-03".into()), population, ..Request::default() };
    load(&request).expect("the built-in scenario is sound")
}

fn questions(loaded: &Loaded) -> Vec<Question> {
    let compile = |interpretation: &repat::proposal::Interpretation| Question {
        interpretation: interpretation.clone(),
        rulings: interpretation.compile(&loaded.setting.space).expect("built-in proposals are complete"),
    };
    loaded.interpretations.iter().map(compile).collect()
}

fn run(setting: &Setting, scenario: &Scenario, questions: &[Question], engine: Engine, replicates: u64) {
    let population = Population::new(setting, scenario);
    let plan = Plan { engine, seed: 1952, replicates };
    black_box(outcomes(setting, &population, questions, &[], plan, &Silent)).expect("the run succeeds");
}

/// 100 replicates of the default scenario under all proposals.
fn engines(criterion: &mut Criterion) {
    let loaded = default_scenario(None);
    let (Some(scenario), questions) = (&loaded.scenario, questions(&loaded)) else { return };
    let mut group = criterion.benchmark_group("default scenario, 100 replicates");
    group.throughput(Throughput::Elements(100 * scenario.population()));
    for engine in [Engine::Individuals, Engine::Counts, Engine::Exact] {
        group.bench_function(engine.name(), |bench| {
            bench.iter(|| run(&loaded.setting, scenario, &questions, engine, 100));
        });
    }
    group.finish();
}

/// One replicate of populations of several sizes.
fn population_size(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one replicate by size");
    group.sample_size(20);
    for people in [100_000, 1_000_000, 10_000_000] {
        let loaded = default_scenario(Some(people));
        let (Some(scenario), questions) = (&loaded.scenario, questions(&loaded)) else { return };
        group.throughput(Throughput::Elements(people));
        for engine in [Engine::Individuals, Engine::Counts] {
            let id = BenchmarkId::new(engine.name(), people);
            group.bench_function(id, |bench| {
                bench.iter(|| run(&loaded.setting, scenario, &questions, engine, 1));
            });
        }
    }
    group.finish();
}

/// Proving a proposal complete, over all combinations of its readings, and comparing two.
fn rulebook(criterion: &mut Criterion) {
    let loaded = default_scenario(None);
    let mut group = criterion.benchmark_group("rulebook");
    let draft = &loaded.interpretations[2];
    let july = &loaded.interpretations[5];
    group.bench_function("check 1952-03-27-draft", |bench| {
        bench.iter(|| black_box(repat::proposal::check(&loaded.setting, &draft.proposal)));
    });
    let space = &loaded.setting.space;
    let rulings = (draft.compile(space).expect("complete"), july.compile(space).expect("complete"));
    group.bench_function("diff of March and July", |bench| {
        bench.iter(|| black_box(repat::proposal::diff(space, &rulings.0, &rulings.1)));
    });
    group.finish();
}

criterion_group!(benches, engines, population_size, rulebook);
criterion_main!(benches);
