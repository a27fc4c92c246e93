//! Classification of a roster: a copy with a column of outcomes for each proposal.

use std::{fs::File, path::Path};

use super::classifier::Classifier;
use super::columns::{LevelColumns, option_problems};
use super::facts::{manifest_facts, notes_of_copy, provenance_of_copy};
use super::lane::{OpenRoster, Work};
use super::limits::{RosterTally, find_limited};
use super::options::ClassifyOptions;
use super::report::Report;
use super::roster_bytes::RosterBytes;
use super::{by_page, by_table};
use crate::domain::{Error, Problem, Setting};
use crate::input::{WordsFile, load_levels};
use crate::simulate::Progress;
use crate::study::{Texts, start_threads};
use crate::table::{
    CsvLayout, Destination, Invocation, StreamFormat, digests, keep_with_manifest, open_regular_file,
    start_polars_threads,
};

/// A roster that has been classified.
#[derive(Debug)]
pub struct Classified {
    /// What was found.
    pub report: Report,
    /// What the copy says of itself.
    pub notes: Vec<String>,
}

impl Texts {
    /// Copies a roster and adds a column for each proposal: the outcome that it gives to the person of the row.
    ///
    /// Both files are CSV (with tabs: `.tsv`) or Parquet, by their endings. Memory stays that of a few batches of rows, whatever
    /// their number. `progress` is advanced by the bytes of the roster, twice where limits are applied.
    ///
    /// # Errors
    ///
    /// Before any work: everything that is wrong with the roster, the file of its words and the options; if
    /// the parameters drawn for imputation make shares exceed 1. Later: if a row cannot be read, or the output
    /// cannot be written; if it is interrupted.
    pub fn classify(
        &self,
        roster: &Path,
        destination: Destination,
        options: &ClassifyOptions,
        invocation: &Invocation,
        progress: &dyn Progress,
    ) -> Result<Classified, Error> {
        let threads = start_threads(options.threads)?;
        start_polars_threads()?;
        let (output, manifest) = destination.into_files();
        let mut classifier =
            Classifier::new(&self.setting, &self.rulebooks, options.impute.as_ref(), &threads)?;
        let mut prepared =
            prepare(&self.setting, roster, output.path(), options, &classifier.added_columns())?;
        let mut limited = find_limited(&self.setting.space, &self.rulebooks);
        if options.limits && !limited.is_empty() {
            let mut tally = RosterTally::new(&self.setting, options.impute.as_ref(), &threads)?;
            let separator = prepared.options.separator();
            let reopen = |file| open_lane(roster, file, output.path(), separator);
            prepared = prepared.count_people(&mut tally, progress, reopen)?;
            let urns = tally.apply_limits(&self.rulebooks, &mut limited, options.replicate());
            classifier.draw_from(urns, &self.rulebooks, &limited);
        }
        let Prepared { open, bytes, columns, ref options, mut inputs } = prepared;
        let digest = bytes.start_digest()?;
        let tested = self.rulebooks.iter().flat_map(|book| book.proposal().tested()).collect();
        let mut notes = notes_of_copy(open.notes, &self.setting, &tested, &columns, options, &limited);
        let work = Work { output, notes: &notes, columns: &columns, progress };
        let written = open.lane.copy(work, &mut classifier)?;
        let report = classifier.report(&columns, open.numbering, limited);
        notes.extend(report.case_note());
        inputs.push((roster.display().to_string(), digest.finish()?));
        let provenance = provenance_of_copy(self, inputs, options, &report);
        keep_with_manifest(
            manifest,
            written,
            &provenance,
            &notes,
            manifest_facts(&report, options),
            invocation,
        )?;
        Ok(Classified { report, notes })
    }
}

/// A roster that is ready to be copied.
struct Prepared {
    open: OpenRoster,
    bytes: RosterBytes,
    columns: LevelColumns,
    /// Those of the user, completed by the words file.
    options: ClassifyOptions,
    /// What the manifest says about the words file.
    inputs: Vec<(String, String)>,
}

impl Prepared {
    /// Counts the people of the roster, which is then opened once more.
    fn count_people(
        self,
        tally: &mut RosterTally<'_>,
        progress: &dyn Progress,
        reopen: impl FnOnce(File) -> Result<OpenRoster, Error>,
    ) -> Result<Prepared, Error> {
        self.open.lane.resolve(&self.columns, progress, &mut |resolved| tally.add(resolved))?;
        let open = reopen(self.bytes.rewind()?)?;
        Ok(Prepared { open, ..self })
    }
}

/// Opens the roster and the file of its words and finds its attributes; reports everything that is wrong
/// at once.
fn prepare(
    setting: &Setting,
    roster: &Path,
    output: &Path,
    options: &ClassifyOptions,
    added: &[String],
) -> Result<Prepared, Error> {
    let mut problems = Vec::new();
    let words = read_words(setting, options);
    let (words, inputs, wrong) = words.map_or_else(
        |wrong| (WordsFile::default(), Vec::new(), wrong),
        |(words, inputs)| (words, inputs, Vec::new()),
    );
    let options = options.respelled(setting.space.attributes()).completed_by(&words);
    let open = open_roster(roster, output, options.separator());
    let open = open.map_err(|error| problems.extend(error.problems().into_owned())).ok();
    problems.extend(wrong);
    problems.extend(option_problems(setting, &options));
    let Some((open, bytes)) = open else { return Err(problems.into()) };
    problems.extend(open.problems.iter().cloned().chain(clashing_columns(&open.columns, added)));
    match LevelColumns::find(setting, &open.columns, &options, &words.words) {
        Ok(columns) if problems.is_empty() => Ok(Prepared { open, bytes, columns, options, inputs }),
        found => {
            let wrong = found.err().unwrap_or_default().into_iter();
            problems.extend(wrong.map(|problem| place_problem(problem, roster, &words)));
            Err(problems.into())
        }
    }
}

/// Says where a problem with the columns lies: in an option, in the words file, or in the roster.
pub(super) fn place_problem(mut problem: Problem, roster: &Path, words: &WordsFile) -> Problem {
    let Some((option, value)) = &problem.argument else {
        return problem.notes([format!("the roster: {}", roster.display())]);
    };
    let pairs = if *option == "map" { &words.columns } else { &words.everybody };
    if let Some(pair) = pairs.iter().find(|pair| format!("{}={}", pair.attribute, pair.value) == *value) {
        problem.place = Some(pair.place.clone());
        problem.argument = None;
    }
    problem
}

/// Opens a roster for the lane that copies it to `output`, and for its digest.
fn open_roster(roster: &Path, output: &Path, separator: u8) -> Result<(OpenRoster, RosterBytes), Error> {
    let file = open_regular_file(roster)?;
    let bytes = RosterBytes::of(roster, &file)?;
    refuse_itself(roster, output)?;
    let open = open_lane(roster, file, output, separator)?;
    Ok((open, bytes))
}

/// Opens a roster, of which this is the file, for the lane that copies it to `output`.
pub(super) fn open_lane(
    roster: &Path,
    file: File,
    output: &Path,
    separator: u8,
) -> Result<OpenRoster, Error> {
    let Some(from) = StreamFormat::of_path(roster) else {
        let help = "save it as .csv (comma-separated, UTF-8), .tsv (with tabs) or .parquet";
        let what = format!("{}: the ending does not name a format for rosters", roster.display());
        return Err(Problem::new(what).help(help).into());
    };
    let [read, written] = [roster, output].map(|path| CsvLayout::of_path(path, separator));
    match (from, StreamFormat::of_output(output)?) {
        (StreamFormat::Parquet, StreamFormat::Parquet) => by_page::open_parquet(roster, file),
        (StreamFormat::Parquet, StreamFormat::Csv) => by_table::open_parquet(roster, file, written),
        (StreamFormat::Csv, to) => by_table::open_csv(roster, file, read.separator, to, written),
    }
}

/// Refuses to write where the roster is.
fn refuse_itself(roster: &Path, output: &Path) -> Result<(), Problem> {
    let place = |path: &Path| std::fs::canonicalize(path).ok();
    if place(roster).is_none_or(|roster| Some(roster) != place(output)) {
        return Ok(());
    }
    Err(Problem::new("this is the roster itself, which is never changed")
        .argument("out", output.display().to_string())
        .help("write to a file of another name"))
}

/// What a words file says, and what a manifest says about it.
type Words = (WordsFile, Vec<(String, String)>);

/// Reads the words file, if there is one.
fn read_words(setting: &Setting, options: &ClassifyOptions) -> Result<Words, Vec<Problem>> {
    let Some(path) = &options.levels else { return Ok(Words::default()) };
    let read = load_levels(&path.to_string_lossy(), setting);
    let (words, file) = read.map_err(|error| error.problems().into_owned())?;
    Ok((words, digests(&[file])))
}

/// Refuses columns to be added that the roster has already, or that would be added twice.
fn clashing_columns(columns: &[String], added: &[String]) -> Vec<Problem> {
    let there: Vec<&str> = added.iter().filter(|name| columns.contains(name)).map(String::as_str).collect();
    let there = (!there.is_empty()).then(|| {
        Problem::new(format!("the roster has these columns already: {}", there.join(", ")))
            .help("rename them, or choose other proposals")
    });
    let repeated = (1..added.len()).find(|&column| added[..column].contains(&added[column]));
    let twice = repeated.map(|column| {
        Problem::new(format!("two columns would be called `{}`", added[column]))
            .help("name each proposal under the same readings once")
    });
    there.into_iter().chain(twice).collect()
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::atomic::{AtomicU64, Ordering},
    };

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn columns_are_never_overwritten_or_repeated() {
        let problems = |columns, added| clashing_columns(&names(columns), &names(added));
        assert!(problems(&["name", "wish"], &["1952-03-27-draft", "imputed"]).is_empty());
        let there = problems(&["name", "imputed"], &["draft", "imputed"]);
        assert!(there[0].to_string().contains("has these columns already: imputed"), "{there:?}");
        let twice = problems(&["name"], &["draft", "draft"]);
        assert!(twice[0].to_string().contains("two columns would be called `draft`"), "{twice:?}");
    }

    /// Progress that does something when it first advances, and then cancels if it is to.
    struct Meddling<F> {
        meddle: F,
        cancels_after: u64,
        advanced: AtomicU64,
    }

    impl<F: Fn() + Sync> Progress for Meddling<F> {
        fn advance(&self, _: u64) {
            if self.advanced.fetch_add(1, Ordering::Relaxed) == 0 {
                (self.meddle)();
            }
        }

        fn cancelled(&self) -> bool {
            self.advanced.load(Ordering::Relaxed) >= self.cancels_after
        }
    }

    /// Classifies a list of one batch, with limits. The first reading advances progress once, and the second again.
    fn meddled_with(meddle: impl Fn(&Path) + Sync, cancels_after: u64) -> Result<Classified, Error> {
        let folder = tempfile::tempdir().unwrap();
        let [list, out] = ["list.csv", "out.csv"].map(|name| folder.path().join(name));
        std::fs::write(&list, "captor,force,wish\nunc,kpa,own-side\n").unwrap();
        let progress = Meddling { meddle: || meddle(&list), cancels_after, advanced: AtomicU64::new(0) };
        let texts = Texts::load(&["1952-09-fifth-withheld".into()], &[]).unwrap();
        let options = ClassifyOptions { limits: true, ..Default::default() };
        let destination = Destination::reserve(&out, false).unwrap();
        let classified =
            texts.classify(&list, destination, &options, &Invocation::begin(Vec::new()), &progress);
        assert_eq!(out.exists(), classified.is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), if classified.is_ok() { 3 } else { 1 });
        classified
    }

    #[test]
    fn a_roster_that_changes_between_readings_is_refused() {
        let append = |list: &Path| {
            let mut file = File::options().append(true).open(list).unwrap();
            file.write_all(b"unc,kpa,own-side\n").unwrap();
        };
        let error = meddled_with(append, u64::MAX).unwrap_err().to_string();
        assert!(error.contains("list.csv: it changed while it was read"), "{error}");
        // Another file of its name is not read.
        let replace = |list: &Path| {
            std::fs::rename(list, list.with_extension("old")).unwrap();
            std::fs::write(list, "other\n").unwrap();
            std::fs::remove_file(list.with_extension("old")).unwrap();
        };
        assert_eq!(meddled_with(replace, u64::MAX).unwrap().report.rows, 1);
    }

    #[test]
    fn either_reading_can_be_interrupted() {
        for readings in 0..2 {
            let stopped = meddled_with(|_| {}, readings);
            assert!(matches!(stopped, Err(Error::Interrupted { .. })), "{stopped:?}");
        }
        assert!(meddled_with(|_| {}, 2).is_ok());
    }

    #[test]
    fn a_roster_is_not_written_over_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, "wish\nhome\n").unwrap();
        let again = folder.path().join(".").join("list.csv");
        let error = open_roster(&path, &again, b',').err().unwrap().to_string();
        assert!(error.contains("this is the roster itself"), "{error}");
        assert!(open_roster(&path, &folder.path().join("out.csv"), b',').is_ok());
    }
}
