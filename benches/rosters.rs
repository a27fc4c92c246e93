//! Rosters generated and classified, in rows per second.

use std::{hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use repat::Study;
use repat::roster::{ClassifyOptions, GenerateOptions};
use repat::simulate::Silent;
use repat::table::{Destination, Invocation};

const ROWS: u64 = 1 << 20;

fn destination(path: &Path) -> Destination {
    Destination::reserve(path, true).expect("there is room")
}

/// Writes the default scenario's people to a file.
fn generate(study: &Study, to: &Path) {
    let generated =
        study.generate(destination(to), GenerateOptions::default(), &Invocation::begin(Vec::new()));
    generated.expect("it can be written");
}

/// Adds the outcomes of all proposals to a roster.
fn classify(study: &Study, from: &Path, to: &Path) {
    let (options, invocation) = (ClassifyOptions::default(), Invocation::begin(Vec::new()));
    let classified = study.texts().classify(from, destination(to), &options, &invocation, &Silent);
    drop(black_box(classified.expect("it can be written")));
}

fn rosters(criterion: &mut Criterion) {
    let study = Study::open("korea/1952-07-03").and_then(|study| study.resize(ROWS)).expect("it is built in");
    let mut group = criterion.benchmark_group("roster of 2^20 rows");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    let folder = tempfile::tempdir().expect("there is room");
    for name in ["roster.parquet", "roster.csv"] {
        let (roster, copy) = (folder.path().join(name), folder.path().join(format!("classified-{name}")));
        group.bench_function(format!("generate {name}"), |bench| bench.iter(|| generate(&study, &roster)));
        generate(&study, &roster);
        group.bench_function(format!("classify {name}"), |bench| {
            bench.iter(|| classify(&study, &roster, &copy));
        });
    }
    group.finish();
}

criterion_group!(benches, rosters);
criterion_main!(benches);
