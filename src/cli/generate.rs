use std::time::Instant;

use serde_json::{Map, Value, json};

use super::deliver::{Files, describe, wrote};
use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::roster_args::{GenerateArgs, roster_format};
use super::run::pool;
use crate::domain::{Engine, Problem, Provenance};
use crate::input;
use crate::proposal::Rulebook;
use crate::roster::MicrodataColumns;
use crate::scenario::Scenario;
use crate::simulate::{Plan, Population, Stop, microdata, sample};
use crate::table::{About, FileLayout, TableStream, digests};

/// `repat generate`: draw batch by batch, and write each before the next is drawn.
pub(super) fn generate(args: &GenerateArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let format = roster_format(&args.out)?;
    let loaded = input::load(&args.assumptions.request(&args.scenario, &args.proposals))?;
    let scenario = &loaded.scenario;
    let questions: &[Rulebook] = if args.wants_outcomes() { &loaded.rulebooks } else { &[] };
    let columns = MicrodataColumns::new(&loaded.setting, scenario, questions);
    let columns = columns.map_err(|what| Failure::input(Problem::new(what)))?;
    let sample = sample_of(args, scenario);
    let notes = sample.notes(false);
    let layout = FileLayout { notes: &notes, row_group: 1, separator: b',' };
    let Files { path, table, manifest } = Files::reserve(&args.out, args.force)?;
    let mut file = TableStream::begin(table, format, &columns.schema(), &layout).map_err(Failure::Run)?;
    let population = Population::new(&loaded.setting, scenario);
    write(args, &population, &columns, &mut file)?;
    let mut facts = About { scenario: &scenario.name, sample: &sample, notes }.facts();
    facts.insert("replicate".into(), json!(args.replicate));
    facts.insert("readings".into(), readings(questions));
    let (table, digest) = file.finish().map_err(Failure::Run)?;
    manifest.write(&describe(&path, digest, facts, digests(&loaded.files), since)?)?;
    table.keep()?;
    wrote(&args.out, "the prisoners in it are synthetic");
    Ok(Vec::new())
}

fn write(
    args: &GenerateArgs,
    population: &Population<'_>,
    columns: &MicrodataColumns,
    file: &mut TableStream,
) -> Result<(), Failure> {
    let scenario = population.scenario;
    let bar = Bar::new(scenario.population(), Unit::Prisoners, args.progress);
    let pool = pool(args.assumptions.threads)?;
    let which = (args.assumptions.seed, args.replicate);
    let written = microdata(population, which, &pool, &bar, |people| {
        let frame = columns.frame(people, &pool).map_err(Ended::Failed)?;
        file.append(&frame).map_err(Ended::Failed)
    });
    bar.finish();
    written.map_err(|ended| match ended {
        Ended::Stopped(stop) => Failure::of_stop(stop, scenario),
        Ended::Failed(why) => Failure::Run(why),
    })
}

/// Why writing ended early.
enum Ended {
    Stopped(Stop),
    Failed(String),
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Ended {
        Ended::Stopped(stop)
    }
}

fn sample_of(args: &GenerateArgs, scenario: &Scenario) -> Provenance {
    let plan = Plan { engine: Engine::Individuals, seed: args.assumptions.seed, replicates: 1 };
    Provenance { set: args.assumptions.set.clone(), ..sample(scenario, plan) }
}

/// The readings under which each column of outcomes was made.
pub(super) fn readings(questions: &[Rulebook]) -> Value {
    let reading = |question: &Rulebook| {
        let how = &question.interpretation;
        (how.label(), json!(how.reading()))
    };
    Value::Object(questions.iter().map(reading).collect::<Map<_, _>>())
}
