//! Rosters generated and classified, in rows per second.

use std::{hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use repat::input::{Loaded, Request, load};
use repat::roster::{self, ClassifyOptions, GenerateOptions};
use repat::simulate::{Rulebook, Silent};
use repat::table::AtomicFile;

const ROWS: u64 = 1 << 20;

fn loaded() -> Loaded {
    let scenario = Some("korea/1952-07-03".into());
    load(&Request { scenario, population: Some(ROWS), ..Request::default() }).expect("it is built in")
}

fn rulebooks(loaded: &Loaded) -> Vec<Rulebook> {
    let compile = |interpretation: &repat::proposal::Interpretation| Rulebook {
        interpretation: interpretation.clone(),
        rulings: interpretation.compile(&loaded.setting.space).expect("built-in proposals are complete"),
    };
    loaded.interpretations.iter().map(compile).collect()
}

fn output(path: &Path) -> AtomicFile {
    AtomicFile::reserve(path, true).expect("there is room")
}

/// Writes the default scenario's people to a file.
fn generate(loaded: &Loaded, threads: &rayon::ThreadPool, to: &Path) {
    let scenario = loaded.scenario.as_ref().expect("one was asked for");
    let options = GenerateOptions { seed: 1952, ..GenerateOptions::default() };
    let generated = roster::generate(&loaded.setting, scenario, &[], output(to), &options, threads, &Silent);
    generated.expect("it can be written").output.file.keep().expect("it can be written");
}

/// Adds the outcomes of all proposals to a roster.
fn classify(loaded: &Loaded, rulebooks: &[Rulebook], threads: &rayon::ThreadPool, from: &Path, to: &Path) {
    let options = ClassifyOptions::default();
    let classified =
        roster::classify(&loaded.setting, rulebooks, from, output(to), &options, threads, &Silent);
    drop(black_box(classified.expect("it can be written")));
}

fn rosters(criterion: &mut Criterion) {
    let loaded = loaded();
    let rulebooks = rulebooks(&loaded);
    let threads = rayon::ThreadPoolBuilder::new().build().expect("threads can be started");
    let mut group = criterion.benchmark_group("roster of 2^20 rows");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    let folder = tempfile::tempdir().expect("there is room");
    for name in ["roster.parquet", "roster.csv"] {
        let (roster, copy) = (folder.path().join(name), folder.path().join(format!("classified-{name}")));
        group.bench_function(format!("generate {name}"), |bench| {
            bench.iter(|| generate(&loaded, &threads, &roster));
        });
        generate(&loaded, &threads, &roster);
        group.bench_function(format!("classify {name}"), |bench| {
            bench.iter(|| classify(&loaded, &rulebooks, &threads, &roster, &copy));
        });
    }
    group.finish();
}

criterion_group!(benches, rosters);
criterion_main!(benches);
