use std::time::Instant;

use serde_json::{Map, Value, json};

use super::deliver::{Files, describe, wrote};
use super::failure::Failure;
use super::progress::{Bar, Unit};
use super::roster_args::{GenerateArgs, roster_format};
use super::run::{pool, questions};
use crate::domain::{Engine, Error, Problem, Provenance};
use crate::input;
use crate::roster::MicrodataColumns;
use crate::scenario::Scenario;
use crate::simulate::{Plan, Population, Replicate, Rulebook, draw_microdata, sample};
use crate::table::{About, FileLayout, TableStream, digests};

/// `repat generate`: draw batch by batch, and write each before the next is drawn.
pub(super) fn generate(args: &GenerateArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    let format = roster_format(&args.out)?;
    let loaded = input::load(&args.assumptions.request(Some(&args.scenario), &args.proposals))?;
    let Some(scenario) = &loaded.scenario else {
        return Err(Failure::Run("no scenario was loaded".into()));
    };
    let questions = match args.wants_outcomes() {
        true => questions(&loaded.setting, &loaded.interpretations)?,
        false => Vec::new(),
    };
    let columns = MicrodataColumns::new(&loaded.setting, scenario, &questions);
    let columns = columns.map_err(|what| Failure::input(Problem::new(what)))?;
    let sample = sample_of(args, scenario);
    let notes = sample.notes(false);
    let layout = FileLayout { notes: &notes, row_group: 1, separator: b',' };
    let Files { path, table, manifest } = Files::reserve(&args.out, args.force)?;
    let mut file = TableStream::begin(table, format, &columns.schema(), &layout).map_err(Failure::Run)?;
    let population = Population::new(&loaded.setting, scenario.clone());
    write(args, &population, &columns, &mut file)?;
    let mut facts = About { scenario: &scenario.name, sample: &sample, notes }.facts();
    facts.insert("replicate".into(), json!(args.replicate));
    facts.insert("readings".into(), readings(&questions));
    let (table, digest) = file.finish().map_err(Failure::Run)?;
    manifest.write(&describe(&path, digest, facts, digests(&loaded.files), since)?)?;
    table.keep()?;
    wrote(&args.out, "the prisoners in it are synthetic");
    Ok(Vec::new())
}

fn write(
    args: &GenerateArgs,
    population: &Population,
    columns: &MicrodataColumns,
    file: &mut TableStream,
) -> Result<(), Failure> {
    let scenario = &population.scenario;
    let bar = Bar::new(scenario.population(), Unit::Prisoners, args.progress);
    let pool = pool(args.assumptions.threads)?;
    let replicate = Replicate { seed: args.assumptions.seed, number: args.replicate };
    let written = draw_microdata(population, replicate, &pool, &bar, |people| {
        let failed = |reason| Error::Format { path: None, reason };
        let frame = columns.frame(people, &pool).map_err(failed)?;
        file.append(&frame).map_err(failed)
    });
    bar.finish();
    Ok(written?)
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
