//! Classification of resolved rows, batch by batch: unknown levels are imputed if that is wanted, every
//! proposal's verdicts are looked up and counted.

use polars::prelude::*;
use rayon::prelude::*;

use super::case_match::CaseMatch;
use super::cell_findings::CellFindings;
use super::columns::{LevelColumns, LevelSource, Resolved};
use super::imputation::{IMPUTED, Imputer};
use super::level_column::LevelColumn;
use super::options::ImputeFrom;
use super::partial_profile::{PartialProfile, find_incomplete};
use super::report::{Filled, Gap, LimitedProposal, LimitsApplied, Numbering, Report};
use super::verdicts::{Verdicts, verdict_names};
use super::vocabulary::Unrecognised;
use crate::domain::{Error, Setting};
use crate::proposal::Rulebook;
use crate::simulate::Urns;

/// Classifies the rows of a roster in order.
#[derive(Debug)]
pub(super) struct Classifier<'a> {
    setting: &'a Setting,
    threads: &'a rayon::ThreadPool,
    verdicts: Verdicts,
    imputer: Option<Imputer<'a>>,
    /// Outcomes that limits decide, if they were applied.
    urns: Option<Urns<PartialProfile>>,
    outcome_columns: Vec<LevelColumn>,
    /// Rows so far.
    rows: u64,
    /// Rows so far by proposal and verdict.
    counts: Vec<Vec<u64>>,
    /// The verdicts that each proposal can give.
    possible: Vec<Vec<u8>>,
    /// What was found in the cells so far, by attribute.
    findings: Vec<CellFindings>,
}

/// What a batch of rows is given.
#[derive(Debug)]
pub(super) struct Judged<T> {
    /// A column of outcomes for each proposal.
    pub(super) outcomes: Vec<T>,
    /// The levels that were imputed, if that was wanted.
    pub(super) imputed: Option<StringChunked>,
}

impl<'a> Classifier<'a> {
    /// Prepares to classify by these rulebooks on these threads.
    ///
    /// # Errors
    ///
    /// If the parameters drawn for imputation make shares exceed 1.
    pub(super) fn new(
        setting: &'a Setting,
        rulebooks: &[Rulebook],
        impute: Option<&ImputeFrom>,
        threads: &'a rayon::ThreadPool,
    ) -> Result<Classifier<'a>, Error> {
        let names = verdict_names(&setting.outcomes);
        let columns = rulebooks
            .iter()
            .map(|book| LevelColumn::new(&book.name().label(), names.iter().map(String::as_str)));
        let outcome_columns = columns.collect::<Result<Vec<_>, _>>()?;
        Ok(Classifier {
            setting,
            threads,
            verdicts: Verdicts::new(setting, rulebooks),
            imputer: impute.map(|from| Imputer::new(setting, from)).transpose()?,
            urns: None,
            rows: 0,
            counts: vec![vec![0; names.len()]; outcome_columns.len()],
            possible: rulebooks.iter().map(|book| possible_verdicts(setting, book)).collect(),
            findings: vec![CellFindings::default(); setting.space.attributes().len()],
            outcome_columns,
        })
    }

    /// Takes outcomes that limits decide from these urns, for the proposals whose limits were applied.
    pub(super) fn draw_from(
        &mut self,
        urns: Urns<PartialProfile>,
        rulebooks: &[Rulebook],
        limited: &[LimitedProposal],
    ) {
        for proposal in limited.iter().filter(|proposal| proposal.applied == LimitsApplied::Yes) {
            let position = proposal.position;
            self.verdicts.ignore_limits(position, &self.setting.space, &rulebooks[position]);
        }
        self.urns = Some(urns);
    }

    /// The columns of outcomes that are added, one for each proposal.
    pub(super) fn outcome_columns(&self) -> &[LevelColumn] {
        &self.outcome_columns
    }

    /// The names of all columns that are added.
    pub(super) fn added_columns(&self) -> Vec<String> {
        let outcomes = self.outcome_columns.iter().map(|column| column.name().to_string());
        outcomes.chain(self.imputed_column().map(String::from)).collect()
    }

    /// The name of the column of imputed levels, if there is to be one.
    pub(super) fn imputed_column(&self) -> Option<&'static str> {
        self.imputer.as_ref().map(|_| IMPUTED)
    }

    /// Classifies the roster's next rows. `column` makes a column of the verdicts of a proposal, which it
    /// gets by number; it is called by several threads at once.
    pub(super) fn classify<T: Send>(
        &mut self,
        resolved: Resolved,
        column: impl Fn(usize, Vec<u8>) -> T + Sync,
    ) -> Judged<T> {
        let threads = self.threads;
        threads.install(|| self.classify_here(resolved, &column))
    }

    fn classify_here<T: Send>(
        &mut self,
        resolved: Resolved,
        column: &(impl Fn(usize, Vec<u8>) -> T + Sync),
    ) -> Judged<T> {
        let Resolved { mut rows, findings } = resolved;
        self.findings.iter_mut().zip(findings).for_each(|(sum, batch)| sum.extend(batch));
        let mut incomplete = find_incomplete(&rows);
        let imputed = self.imputer.as_mut().map(|imputer| imputer.impute(self.rows, &mut rows, &incomplete));
        if imputed.is_some() {
            incomplete = find_incomplete(&rows);
        }
        self.verdicts.prepare(&incomplete);
        let Classifier { verdicts, urns, counts, possible, .. } = self;
        let drawn = urns.as_mut().map(|urns| urns.draw(rows.iter().copied()));
        let outcomes = counts.par_iter_mut().enumerate().map(|(proposal, counts)| {
            let mut verdicts = verdicts.on(proposal, &rows, incomplete.is_empty());
            let drawn = drawn.iter().flat_map(|drawn| drawn.under(proposal));
            drawn.for_each(|(row, outcome)| verdicts[row] = outcome.index() as u8);
            let possible = possible[proposal].iter();
            possible.for_each(|verdict| counts[usize::from(*verdict)] += count(&verdicts, *verdict));
            column(proposal, verdicts)
        });
        let outcomes = outcomes.collect();
        self.rows += rows.len() as u64;
        Judged { outcomes, imputed }
    }

    /// Reports on all rows classified, whose levels were found in these columns.
    pub(super) fn report(
        self,
        columns: &LevelColumns,
        numbering: Numbering,
        limited: Vec<LimitedProposal>,
    ) -> Report {
        let sources = || columns.sources().iter().zip(&self.findings);
        let case_matches =
            sources().flat_map(|(source, findings)| find_case_matches(source, findings)).collect();
        let absent_words =
            sources().flat_map(|(source, findings)| find_absent_words(source, findings)).collect();
        let attributes = self.setting.space.attributes().iter().zip(columns.sources()).zip(self.findings);
        let gaps = attributes.filter_map(|((attribute, source), findings)| {
            find_gap(&attribute.name, source, findings.unrecognised, self.rows)
        });
        let verdicts = verdict_names(&self.setting.outcomes);
        let possible = |verdict: &usize| self.possible.iter().flatten().any(|p| usize::from(*p) == *verdict);
        let shown: Vec<usize> = (0..verdicts.len()).filter(possible).collect();
        let counts = self.counts.iter().map(|rows| shown.iter().map(|verdict| rows[*verdict]).collect());
        let names = self.outcome_columns.iter().map(|column| column.name().to_string());
        Report {
            rows: self.rows,
            gaps: gaps.collect(),
            case_matches,
            absent_words,
            verdicts: shown.iter().map(|verdict| verdicts[*verdict].clone()).collect(),
            outcomes: names.zip(counts.collect::<Vec<_>>()).collect(),
            imputed: self.imputer.map(|imputer| imputer.rows()),
            limited,
            numbering,
        }
    }
}

/// The numbers of the verdicts that a proposal can give: its outcomes, and `unknown`.
fn possible_verdicts(setting: &Setting, rulebook: &Rulebook) -> Vec<u8> {
    let outcomes = rulebook.proposal().outcomes();
    let outcomes = outcomes.iter().map(|outcome| outcome.index());
    outcomes.chain([setting.outcomes.iter().count()]).map(|verdict| verdict as u8).collect()
}

/// What the rows do not say about an attribute, if there is anything to report.
fn find_gap(attribute: &str, source: &LevelSource, unrecognised: Unrecognised, rows: u64) -> Option<Gap> {
    let attribute = attribute.to_string();
    match source {
        LevelSource::Everybody(_) | LevelSource::Default(_) => None,
        LevelSource::Absent(_) => {
            Some(Gap { attribute, column: None, unknown: rows, filled: None, unrecognised })
        }
        LevelSource::Column { name, fill, .. } => {
            let blank = unrecognised.missing.rows;
            let filled = fill.clone().map(|level| Filled { level, rows: blank });
            let unknown = unrecognised.rows_with_a_value() + if filled.is_some() { 0 } else { blank };
            let gap = Gap { attribute, column: Some(name.clone()), unknown, filled, unrecognised };
            (gap.unknown > 0 || gap.filled.is_some()).then_some(gap)
        }
    }
}

/// What was matched without regard to case: the column, and words in its cells.
fn find_case_matches(source: &LevelSource, findings: &CellFindings) -> Vec<CaseMatch> {
    let LevelSource::Column { name, looked_for, resolver, .. } = source else { return Vec::new() };
    let column = looked_for.iter().map(|looked_for| (name, looked_for, None));
    let words = resolver.vocabulary().words();
    let cells =
        findings.other_case.iter().map(|((cell, word), rows)| (cell, &words[*word].text, Some(*rows)));
    let matches = column.chain(cells);
    matches
        .map(|(spelling, name, rows)| CaseMatch { spelling: spelling.clone(), name: name.clone(), rows })
        .collect()
}

/// The roster's own words for levels that do not occur in the column.
fn find_absent_words(source: &LevelSource, findings: &CellFindings) -> Vec<String> {
    let LevelSource::Column { resolver, .. } = source else { return Vec::new() };
    let own = resolver.vocabulary().words().iter().enumerate().filter(|(_, word)| word.is_own);
    own.filter(|(position, _)| !findings.occurs(*position)).map(|(_, word)| word.text.clone()).collect()
}

/// How often `verdict` occurs. Counts of short pieces fit into a byte, so that many are compared at a time.
fn count(verdicts: &[u8], verdict: u8) -> u64 {
    let pieces = verdicts.chunks(usize::from(u8::MAX));
    pieces.map(|piece| u64::from(piece.iter().map(|other| u8::from(*other == verdict)).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::fixture::korea;
    use crate::roster::options::ClassifyOptions;
    use crate::roster::resolve::{Cells, RowNumbers};

    /// A list that says how many wish to go home, in two batches: three words, one of them unrecognised,
    /// and a blank cell.
    #[test]
    fn batches_add_up_to_one_report() {
        let (setting, _, rulebooks) = korea();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let fill = vec![("wish".to_string(), "none".to_string())];
        let options = ClassifyOptions { fill, ..Default::default() };
        let columns = LevelColumns::find(&setting, &["wish".into()], &options, &[]).unwrap();
        let mut classifier = Classifier::new(&setting, &rulebooks, None, &threads).unwrap();
        let mut verdicts = 0;
        for (first, cells) in [(1, ["home", "?", "none"]), (4, ["", "?", "home"])] {
            let cells = |_: &str| Cells::of_column(&Column::new("wish".into(), cells));
            let resolved = columns.resolve(3, &RowNumbers::From(first), cells).unwrap();
            let judged = classifier.classify(resolved, |_, verdicts| verdicts.len());
            verdicts += judged.outcomes.iter().sum::<usize>();
        }
        assert_eq!(verdicts, 6 * rulebooks.len());
        let report = classifier.report(&columns, Numbering::Rows, Vec::new());
        assert_eq!(report.rows, 6);
        assert!(report.outcomes.iter().all(|(_, rows)| rows.iter().sum::<u64>() == 6));
        let wish = report.gaps.iter().find(|gap| gap.attribute == "wish").unwrap();
        assert_eq!(wish.filled, Some(Filled { level: "none".into(), rows: 1 }));
        assert_eq!((wish.unknown, wish.unrecognised.values["?"].first), (2, 2));
        let captor = report.gaps.iter().find(|gap| gap.attribute == "captor").unwrap();
        assert_eq!((captor.unknown, captor.column.as_deref()), (6, None));
    }

    #[test]
    fn verdicts_are_counted_beyond_the_range_of_a_byte() {
        let verdicts: Vec<u8> = (0..100_000u32).map(|row| (row % 3) as u8).collect();
        assert_eq!([0, 1, 2, 3].map(|verdict| count(&verdicts, verdict)), [33_334, 33_333, 33_333, 0]);
        assert_eq!(count(&[1; 1_000], 1), 1_000);
    }
}
