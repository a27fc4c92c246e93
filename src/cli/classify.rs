use std::{path::Path, thread::JoinHandle, time::Instant};

use serde_json::{Map, Value, json};

use super::args::DEFAULT_SCENARIO;
use super::deliver::{Files, describe, wrote};
use super::failure::Failure;
use super::generate::readings;
use super::progress::{Bar, Unit};
use super::roster_args::{ClassifyArgs, roster_format};
use super::run::{pool, questions};
use super::say;
use crate::domain::Problem;
use crate::input::{self, Loaded, Request, load_levels};
use crate::roster::{
    Classifier, Copy, Given, Mapping, Report, RosterFile, expect_damaged_files, report_text,
};
use crate::simulate::{Imputation, Population, Progress, Replicate, Rulebook};
use crate::table::{AtomicFile, FileLayout, Format, digest_of_file, digests};

/// Rows of a Parquet row group, at least.
const ROW_GROUP: usize = 1 << 18;

/// `repat classify`: read, judge and write batch by batch, then say what became of the rows.
pub(super) fn classify(args: &ClassifyArgs) -> Result<Vec<u8>, Failure> {
    let since = Instant::now();
    expect_damaged_files();
    let format = roster_format(&args.out)?;
    refuse_itself(args)?;
    let (mut loaded, roster) = open(args)?;
    let mapping = mapping(args, &mut loaded, &roster)?;
    let questions = questions(&loaded.setting, &loaded.interpretations)?;
    let imputation = imputation(args, &loaded)?;
    let classifier = Classifier::new(&loaded.setting, &questions, mapping, imputation);
    let mut classifier = classifier.map_err(|what| Failure::input(Problem::new(what)))?;
    refuse_repeated(&roster, &classifier)?;
    roster.refuse_uncopied(format).map_err(input_failure)?;
    let Files { path, table, manifest } = Files::reserve(&args.out, args.force)?;
    let digest = digest_in_background(&args.file)?;
    let notes = notes(args, &roster);
    let layout = FileLayout { notes: &notes, row_group: ROW_GROUP, separator: args.separator };
    let copy = Copy::begin(&roster, &classifier, table, format, &layout).map_err(Failure::Run)?;
    let (table, copy_digest) = copy_all(args, roster, &mut classifier, copy)?;
    let report = classifier.report();
    let (shown, gaps) = report_text(&report, &notes);
    say(&gaps);
    let mut inputs = digests(&loaded.files);
    inputs.push((args.file.display().to_string(), finished(digest)?));
    let facts = facts(args, &report, &questions, notes);
    manifest.write(&describe(&path, copy_digest, facts, inputs, since)?)?;
    table.keep()?;
    wrote(&args.out, "it says what the texts say of such people, not what happened to them");
    Ok(shown.into_bytes())
}

/// Refuses to write where the roster lies.
fn refuse_itself(args: &ClassifyArgs) -> Result<(), Failure> {
    let place = |path: &Path| std::fs::canonicalize(path).ok();
    if place(&args.file).is_some_and(|file| Some(file) == place(&args.out)) {
        let what = format!("--out {}: this is the roster itself, which is never changed", args.out.display());
        return Err(Failure::input(Problem::new(what).help("write to a file of another name")));
    }
    Ok(())
}

/// Loads the proposals and opens the roster; what is wrong with either is said at once.
fn open(args: &ClassifyArgs) -> Result<(Loaded, RosterFile), Failure> {
    let scenario = args.impute.clone().or_else(|| args.proposals.is_empty().then(|| DEFAULT_SCENARIO.into()));
    let request = Request {
        scenario,
        proposals: args.proposals.clone(),
        readings: args.readings.clone(),
        ..Request::default()
    };
    match (input::load(&request), RosterFile::open(&args.file, args.separator)) {
        (Ok(loaded), Ok(roster)) => Ok((loaded, roster)),
        (loaded, roster) => {
            let mut problems = loaded.err().unwrap_or_default();
            problems.extend(roster.err().map(Problem::from));
            Err(Failure::Input(problems))
        }
    }
}

/// Where levels are to be found; what is wrong with the file of words and with the arguments is said at once.
fn mapping(args: &ClassifyArgs, loaded: &mut Loaded, roster: &RosterFile) -> Result<Mapping, Failure> {
    let mut given =
        Given { columns: args.columns.clone(), everybody: args.everybody.clone(), words: Vec::new() };
    let mut problems = Vec::new();
    match args.levels.as_ref().map(|path| load_levels(path, &loaded.setting)) {
        Some(Ok((words, file))) => {
            given.words = words;
            loaded.files.push(file);
        }
        Some(Err(found)) => problems.extend(found),
        None => {}
    }
    match Mapping::new(&loaded.setting, roster.columns(), &given) {
        Ok(mapping) if problems.is_empty() => Ok(mapping),
        mapping => {
            problems.extend(mapping.err().unwrap_or_default());
            Err(Failure::Input(problems))
        }
    }
}

fn imputation(args: &ClassifyArgs, loaded: &Loaded) -> Result<Option<Imputation>, Failure> {
    let Some(scenario) = loaded.scenario.as_ref().filter(|_| args.impute.is_some()) else { return Ok(None) };
    let population = Population::new(&loaded.setting, scenario.clone());
    let replicate = Replicate { seed: args.seed, number: args.replicate };
    let imputation = Imputation::new(&loaded.setting.space, &population, replicate);
    Ok(Some(imputation?))
}

/// Refuses a roster that has a column to be added already.
fn refuse_repeated(roster: &RosterFile, classifier: &Classifier<'_>) -> Result<(), Failure> {
    let there: Vec<String> =
        classifier.added().into_iter().filter(|name| roster.columns().contains(name)).collect();
    if there.is_empty() {
        return Ok(());
    }
    let what = format!("the roster has these columns already: {}", there.join(", "));
    Err(Failure::input(Problem::new(what).help("rename them, or name other proposals by --proposal")))
}

/// Reads, judges and writes batch by batch; gives what was written and its digest.
fn copy_all(
    args: &ClassifyArgs,
    roster: RosterFile,
    classifier: &mut Classifier<'_>,
    mut copy: Copy,
) -> Result<(AtomicFile, String), Failure> {
    let pool = pool(args.threads)?;
    let unit = if Format::of_path(&args.file) == Some(Format::Parquet) { Unit::Rows } else { Unit::Bytes };
    let bar = Bar::new(roster.length(), unit, args.progress);
    let mut before = 0;
    for batch in copy.read(roster, classifier) {
        let batch = batch.map_err(input_failure)?;
        if bar.cancelled() {
            return Err(Failure::Interrupted);
        }
        let read = batch.read;
        copy.append(batch, classifier, &pool).map_err(Failure::Run)?;
        bar.advance(read - std::mem::replace(&mut before, read));
    }
    bar.finish();
    copy.finish().map_err(Failure::Run)
}

fn input_failure(error: impl Into<Problem>) -> Failure {
    Failure::input(error.into())
}

/// The roster's digest is taken while it is judged.
fn digest_in_background(path: &Path) -> Result<JoinHandle<std::io::Result<String>>, Failure> {
    let path = path.to_path_buf();
    let thread = std::thread::Builder::new().spawn(move || digest_of_file(&path));
    thread.map_err(|error| Failure::Run(format!("cannot start a thread: {error}")))
}

fn finished(digest: JoinHandle<std::io::Result<String>>) -> Result<String, Failure> {
    let why = match digest.join() {
        Ok(Ok(digest)) => return Ok(digest),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its digest could not be taken".into(),
    };
    Err(Failure::Run(format!("the roster cannot be read: {why}")))
}

/// What is said of outcomes wherever they stand beside people.
const OUTCOMES: &str = "Outcomes are what each text says of people like these, not what happened to anyone.";

/// What the file says of itself.
fn notes(args: &ClassifyArgs, roster: &RosterFile) -> Vec<String> {
    let mut notes = roster.notes().to_vec();
    // A roster that was classified before says it already.
    notes.retain(|note| note != OUTCOMES);
    notes.push(OUTCOMES.into());
    notes.extend(args.impute.iter().map(|scenario| {
        format!(
            "Where the column `imputed` is filled, levels were drawn from {scenario}: they are not known."
        )
    }));
    notes
}

fn facts(
    args: &ClassifyArgs,
    report: &Report,
    questions: &[Rulebook],
    notes: Vec<String>,
) -> Map<String, Value> {
    let outcomes = report.outcomes.iter().map(|(column, rows)| {
        let rows = report.verdicts().into_iter().zip(rows);
        (column.clone(), Value::Object(rows.map(|(name, rows)| (name.into(), json!(rows))).collect()))
    });
    let gaps = report.gaps.iter().map(|gap| {
        let rows = if gap.column.is_some() { gap.strangers.rows() } else { report.rows };
        (gap.attribute.clone(), json!(rows))
    });
    let facts = [
        ("notes", json!(notes)),
        ("rows", json!(report.rows)),
        ("outcomes", Value::Object(outcomes.collect())),
        ("rows_not_known", Value::Object(gaps.collect())),
        ("readings", readings(questions)),
        ("imputed_from", json!(args.impute)),
        ("rows_imputed", json!(report.imputed)),
        ("seed", json!(args.impute.is_some().then_some(args.seed))),
        ("replicate", json!(args.impute.is_some().then_some(args.replicate))),
    ];
    facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
}
