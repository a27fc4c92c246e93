//! Rosters written and judged, in rows per second.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use polars::prelude::DataFrame;
use repat::input::{Loaded, Request, load};
use repat::output::{Format, FrameFile, Layout, OutFile};
use repat::roster::{Classifier, Given, Mapping, MicrodataColumns};
use repat::simulate::{Population, Question, Silent, Stop, microdata};

const ROWS: u64 = 1 << 20;

fn loaded() -> Loaded {
    let scenario = Some("korea/1952-07-03".into());
    load(&Request { scenario, population: Some(ROWS), ..Request::default() }).expect("it is built in")
}

fn questions(loaded: &Loaded) -> Vec<Question> {
    let compile = |interpretation: &repat::proposal::Interpretation| Question {
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
        Ok::<(), Stop>(())
    };
    let population = Population::new(&loaded.setting, scenario);
    microdata(&population, (1952, 0), pool, &Silent, each).expect("nothing interrupts it");
    frame
}

fn rosters(criterion: &mut Criterion) {
    let loaded = loaded();
    let pool = rayon::ThreadPoolBuilder::new().build().expect("threads can be started");
    let mut group = criterion.benchmark_group("roster of 2^20 rows");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    group.bench_function("generate", |bench| bench.iter(|| black_box(people(&loaded, &pool))));

    let mut frame = people(&loaded, &pool);
    frame.rechunk_mut();
    let folder = tempfile::tempdir().expect("there is room");
    let layout = Layout { notes: &[], row_group: 1, separator: b',' };
    for (name, format) in [("write Parquet", Format::Parquet), ("write CSV", Format::Csv)] {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let file = OutFile::reserve(&folder.path().join("roster"), true).expect("there is room");
                let file = FrameFile::begin(file, format, frame.schema(), &layout);
                let mut file = file.expect("it can be written");
                file.append(&frame).and_then(|()| file.finish()).expect("it can be written")
            });
        });
    }

    let questions = questions(&loaded);
    let columns: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let mapping = || Mapping::new(&loaded.setting, &columns, &Given::default()).expect("all are there");
    group.bench_function("classify by seven proposals", |bench| {
        bench.iter(|| {
            let classifier = Classifier::new(&loaded.setting, &questions, mapping(), None);
            let mut classifier = classifier.expect("names differ");
            black_box(classifier.judge(frame.clone(), &pool)).expect("it can be judged")
        });
    });
    group.finish();
}

criterion_group!(benches, rosters);
criterion_main!(benches);
