//! Rosters written and judged, in rows per second.

use std::{hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use polars::prelude::DataFrame;
use repat::input::{Loaded, Request, load};
use repat::roster::{Classifier, Copy, Given, Mapping, MicrodataColumns, RosterFile};
use repat::simulate::{Population, Replicate, Rulebook, Silent, draw_microdata};
use repat::table::{AtomicFile, FileLayout, Format, TableStream};

const ROWS: u64 = 1 << 20;

fn loaded() -> Loaded {
    let scenario = Some("korea/1952-07-03".into());
    load(&Request { scenario, population: Some(ROWS), ..Request::default() }).expect("it is built in")
}

fn questions(loaded: &Loaded) -> Vec<Rulebook> {
    let compile = |interpretation: &repat::proposal::Interpretation| Rulebook {
        interpretation: interpretation.clone(),
        rulings: interpretation.compile(&loaded.setting.space).expect("built-in proposals are complete"),
    };
    loaded.interpretations.iter().map(compile).collect()
}

/// The default scenario's people as one table.
fn people(loaded: &Loaded, pool: &rayon::ThreadPool) -> DataFrame {
    let scenario = loaded.scenario.as_ref().expect("one was asked for");
    let columns = MicrodataColumns::new(&loaded.setting, scenario, &[]).expect("names differ");
    let mut frame = columns.frame(&Default::default(), pool).expect("it fits");
    let each = |people: &repat::simulate::People| {
        frame.vstack_mut(&columns.frame(people, pool).expect("it fits")).expect("the columns are the same");
        Ok(())
    };
    let population = Population::new(&loaded.setting, scenario.clone());
    draw_microdata(&population, Replicate { seed: 1952, number: 0 }, pool, &Silent, each)
        .expect("nothing interrupts it");
    frame
}

/// Writes a table to a file.
fn write(frame: &DataFrame, path: &Path) {
    let layout = FileLayout { notes: &[], row_group: 1, separator: b',' };
    let file = AtomicFile::reserve(path, true).expect("there is room");
    let format = Format::of_path(path).expect("the ending names one");
    let mut file = TableStream::begin(file, format, frame.schema(), &layout).expect("it can be written");
    file.append(frame)
        .and_then(|()| file.finish())
        .and_then(|(file, _)| file.keep().map_err(|error| error.to_string()))
        .expect("it can be written");
}

/// Adds the outcomes of all proposals to a roster.
fn classify(loaded: &Loaded, questions: &[Rulebook], pool: &rayon::ThreadPool, from: &Path, to: &Path) {
    let roster = RosterFile::open(from, b',').expect("it was written before");
    let mapping = Mapping::new(&loaded.setting, roster.columns(), &Given::default()).expect("all are there");
    let classifier = Classifier::new(&loaded.setting, questions, mapping, None);
    let mut classifier = classifier.expect("names differ");
    let layout = FileLayout { notes: &[], row_group: 1, separator: b',' };
    let file = AtomicFile::reserve(to, true).expect("there is room");
    let format = Format::of_path(to).expect("the ending names one");
    let mut copy = Copy::begin(&roster, &classifier, file, format, &layout).expect("it can be written");
    for batch in copy.read(roster, &classifier) {
        copy.append(batch.expect("it is sound"), &mut classifier, pool).expect("it can be written");
    }
    drop(black_box(copy.finish().expect("it can be written")));
}

fn rosters(criterion: &mut Criterion) {
    let loaded = loaded();
    let questions = questions(&loaded);
    let pool = rayon::ThreadPoolBuilder::new().build().expect("threads can be started");
    let mut group = criterion.benchmark_group("roster of 2^20 rows");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    group.bench_function("generate", |bench| bench.iter(|| black_box(people(&loaded, &pool))));
    let mut frame = people(&loaded, &pool);
    frame.rechunk_mut();
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name);
    for name in ["roster.parquet", "roster.csv"] {
        write(&frame, &path(name));
        group.bench_function(format!("write {name}"), |bench| bench.iter(|| write(&frame, &path(name))));
        let out = format!("judged-{name}");
        group.bench_function(format!("classify {name}"), |bench| {
            bench.iter(|| classify(&loaded, &questions, &pool, &path(name), &path(&out)));
        });
    }
    group.finish();
}

criterion_group!(benches, rosters);
criterion_main!(benches);
