//! The engines and the rulebook.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use repat::proposal::Rulebook;
use repat::{Engine, Study};

fn default_scenario() -> Study {
    Study::open("korea/1952-07-03").expect("the built-in scenario is sound")
}

fn run(study: &Study, engine: Engine) {
    black_box(study.outcomes(engine)).expect("the run succeeds");
}

/// 100 replicates of the default scenario under all proposals.
fn engines(criterion: &mut Criterion) {
    let study = default_scenario().replicates(100);
    let mut group = criterion.benchmark_group("default scenario, 100 replicates");
    group.throughput(Throughput::Elements(100 * study.scenario().population()));
    for engine in [Engine::Individuals, Engine::Counts, Engine::Exact] {
        group.bench_function(engine.name(), |bench| bench.iter(|| run(&study, engine)));
    }
    group.finish();
}

/// The default scenario with several numbers of people: one replicate by individuals, 100 by counts.
fn by_people(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("by people");
    group.sample_size(20);
    for (engine, replicates, sizes) in [
        (Engine::Individuals, 1, [100_000, 1_000_000, 10_000_000]),
        (Engine::Counts, 100, [100_000, 100_000_000, 100_000_000_000]),
    ] {
        for people in sizes {
            let id = BenchmarkId::new(engine.name(), people);
            let study = default_scenario().resize(people).expect("it can be resized");
            measure(&mut group, id, &study.replicates(replicates), engine, replicates);
        }
    }
    group.finish();
}

/// A million people who have all profiles of a square setting; one replicate.
fn by_profiles(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("by profiles");
    group.sample_size(20);
    for side in [2, 4, 8, 16, 32, 64, 128, 256] {
        let study = square(side, None).replicates(1);
        for engine in [Engine::Individuals, Engine::Counts] {
            measure(&mut group, BenchmarkId::new(engine.name(), side * side), &study, engine, 1);
        }
    }
    group.finish();
}

/// The same million people with 16 profiles, in units of several sizes; one replicate.
fn by_unit_size(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("by unit size");
    group.sample_size(20);
    for size in [50, 500, 5_000, 50_000] {
        let study = square(4, Some(size)).replicates(1);
        for engine in [Engine::Individuals, Engine::Counts] {
            measure(&mut group, BenchmarkId::new(engine.name(), size), &study, engine, 1);
        }
    }
    group.finish();
}

/// People per second by individuals, replicates per second by counts.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    study: &Study,
    engine: Engine,
    replicates: u64,
) {
    group.throughput(Throughput::Elements(match engine {
        Engine::Individuals => replicates * study.scenario().population(),
        Engine::Counts | Engine::Exact => replicates,
    }));
    group.bench_function(id, |bench| bench.iter(|| run(study, engine)));
}

const SQUARE_PEOPLE: u64 = 1_000_000;

/// A setting of two attributes whose levels all occur, with shares from one to two, and a million
/// people in one stratum; it means nothing.
fn square(side: usize, unit_size: Option<u64>) -> Study {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("proposals")).expect("a folder in it");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file in a temporary folder");
    };
    let levels = (0..side).map(|level| format!(r#""l{level}""#)).collect::<Vec<_>>().join(", ");
    write("setting.toml", &SETTING.replace("LEVELS", &levels));
    write("sources.toml", "[none]\ntitle = \"None\"\n");
    write("proposals/corner.toml", CORNER);
    let whole: usize = (0..side).map(|level| side + level).sum();
    let share = |level: usize| format!("l{level} = {}, ", (side + level) as f64 / whole as f64);
    let shares = format!(r#"{{ {}l0 = "rest" }}"#, (1..side).map(share).collect::<String>());
    let units = |size: u64| UNITS.replace("COUNT", &(SQUARE_PEOPLE / size).to_string());
    let people = SQUARE.replace("SHARES", &shares).replace("PEOPLE", &SQUARE_PEOPLE.to_string());
    write("all.toml", &(people + &unit_size.map(units).unwrap_or_default()));
    let scenario = folder.path().join("all.toml").display().to_string();
    Study::open(&scenario).expect("the square is sound")
}

const SETTING: &str = r#"title = "A square"
attributes = { a = [LEVELS], wish = [LEVELS] }
accepts = [{ when = { wish = [LEVELS] }, then = ["released"] }]
"#;

const SQUARE: &str = r#"title = "All profiles"
proposals = ["corner"]

[[stratum]]
id = "all"
size = PEOPLE
status = "assumed"
note = "For timing."
a = SHARES
wish = SHARES
"#;

const UNITS: &str = r#"
[stratum.units]
count = COUNT
vary = "wish"
concentration = 0.8
status = "assumed"
note = "For timing."
"#;

const CORNER: &str = r#"id = "corner"
title = "Of one corner"

[[rule]]
id = "corner"
when = { a = "l0", wish = "l0" }
then = "released"
citation = { source = "none", locus = "none", note = "For timing." }

[[silence]]
then = "retained"
note = "Of the rest nothing is said."
"#;

/// Proving a proposal complete, over all combinations of its readings, and comparing two.
fn rulebook(criterion: &mut Criterion) {
    let study = default_scenario();
    let (setting, rulebooks) = (&study.texts().setting, &study.texts().rulebooks);
    let by_id = |id: &str| -> &Rulebook {
        rulebooks.iter().find(|rulebook| rulebook.id() == id).expect("the scenario asks about it")
    };
    let (draft, july) = (by_id("1952-03-27-draft"), by_id("1952-07-03-nam-il"));
    let mut group = criterion.benchmark_group("rulebook");
    group.bench_function("compile 1952-03-27-draft", |bench| {
        bench.iter(|| black_box(Rulebook::compile(&setting.space, draft.interpretation.clone())));
    });
    group.bench_function("check 1952-03-27-draft", |bench| {
        bench.iter(|| black_box(repat::proposal::check(setting, draft.proposal())));
    });
    group.bench_function("diff of March and July", |bench| {
        bench.iter(|| black_box(repat::proposal::diff(setting, draft, july)));
    });
    group.finish();
}

criterion_group!(benches, engines, by_people, by_profiles, by_unit_size, rulebook);
criterion_main!(benches);
