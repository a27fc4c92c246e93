//! What a sweep adds to the engine, by point.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use repat::input::{InMemoryFiles, load_sweep};
use repat::simulate::{Plan, Population, RowMap, Silent, expect};
use repat::sweep::{Experiment, part_files};

/// 1,000 points of the shipped Saltelli design on the exact engine: the engine alone, with the
/// sweep around it, and with a part file made of the outcomes.
fn overhead(criterion: &mut Criterion) {
    let (loaded, sweep) =
        load_sweep("march-wording", &InMemoryFiles::default()).expect("the built-in sweep is sound");
    let draft = loaded.rulebooks[0].clone();
    let mut group = criterion.benchmark_group("1,000 points, exact");
    group.throughput(Throughput::Elements(1_000)).sample_size(20);
    let population = Population::new(&loaded.setting, loaded.scenario.clone());
    let counting = RowMap::new(&population, 3, |_, profile| vec![draft.ruling_on(profile).outcome.index()]);
    let plan = Plan { engine: sweep.engine, seed: sweep.seed, replicates: 1 };
    group.bench_function("the engine alone", |bench| {
        bench
            .iter(|| (0..1_000).for_each(|_| drop(black_box(expect(&population, &counting, plan, &Silent)))));
    });
    let interpretations = loaded.rulebooks.into_iter().map(|rulebook| rulebook.interpretation).collect();
    let experiment = Experiment::new(loaded.setting.into(), &loaded.scenario, interpretations, sweep);
    let experiment = experiment.expect("the built-in sweep is sound");
    group.bench_function("the sweep", |bench| {
        bench.iter(|| black_box(experiment.evaluate(0..1_000, &Silent)));
    });
    let outcomes = experiment.evaluate(0..1_000, &Silent).expect("nothing interrupts it");
    group.bench_function("a part file", |bench| {
        bench.iter(|| black_box(part_files(&experiment, &outcomes)));
    });
    group.finish();
}

criterion_group!(benches, overhead);
criterion_main!(benches);
