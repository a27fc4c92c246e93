use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::cells::Cells;
use super::judge::{Judge, Known, VERDICTS, incomplete};
use super::level_column::LevelColumn;
use super::mapping::{Mapping, Origin};
use super::report::{Gap, Report};
use super::words::{Strangers, UNKNOWN};
use crate::domain::Setting;
use crate::proposal::Rulings;
use crate::simulate::{Conditional, Imputation, Question};

/// Adds to a roster's rows what each proposal does with their people.
#[derive(Debug)]
pub struct Classifier<'a> {
    setting: &'a Setting,
    mapping: Mapping,
    judge: Judge,
    imputation: Option<Imputation>,
    outcome_columns: Vec<LevelColumn>,
    strangers: Vec<Strangers>,
    rows: u64,
    imputed: u64,
    outcomes: Vec<[u64; VERDICTS.len()]>,
}

/// The column that says what was drawn.
pub(super) const IMPUTED: &str = "imputed";

/// What becomes of some rows.
pub(super) struct Judged {
    /// The number of the outcome of each row, by proposal.
    pub(super) outcomes: Vec<Vec<u8>>,
    /// What was drawn, if that was wanted.
    pub(super) imputed: Option<StringChunked>,
}

impl<'a> Classifier<'a> {
    /// Prepares to judge by these questions; what the roster does not say is drawn if that is wanted.
    ///
    /// # Errors
    ///
    /// If two questions would have columns of the same name.
    pub fn new(
        setting: &'a Setting,
        questions: &[Question],
        mapping: Mapping,
        imputation: Option<Imputation>,
    ) -> Result<Classifier<'a>, String> {
        let columns = questions.iter().map(|q| LevelColumn::new(&q.interpretation.label(), VERDICTS));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let rulings: Vec<&Rulings> = questions.iter().map(|question| &question.rulings).collect();
        Ok(Classifier {
            setting,
            judge: Judge::new(&setting.space, &rulings),
            strangers: vec![Strangers::default(); mapping.origins.len()],
            mapping,
            imputation,
            outcomes: vec![[0; VERDICTS.len()]; columns.len()],
            outcome_columns: columns,
            rows: 0,
            imputed: 0,
        })
    }

    /// The names of the columns that are added.
    pub fn added(&self) -> Vec<String> {
        let imputed = self.imputation.iter().map(|_| IMPUTED.to_string());
        self.outcome_columns.iter().map(|column| column.field().name.to_string()).chain(imputed).collect()
    }

    /// The columns that hold levels, by attribute.
    pub(super) fn columns(&self) -> impl Iterator<Item = Option<&str>> {
        self.mapping.origins.iter().map(|origin| match origin {
            Origin::Column(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether what is not known is drawn.
    pub(super) fn imputes(&self) -> bool {
        self.imputation.is_some()
    }

    /// The columns of outcomes.
    pub(super) fn outcome_columns(&self) -> &[LevelColumn] {
        &self.outcome_columns
    }

    /// Judges the roster's next rows, given the cells of the columns that hold levels. To be called in a
    /// pool of threads, which share the work.
    pub(super) fn judge(&mut self, rows: usize, cells: &[Option<Cells>]) -> Judged {
        let levels = self.levels(rows, cells);
        let mut known = self.judge.known(&levels);
        let imputed = self.impute(&mut known);
        self.judge.meet(&known);
        let outcomes = self.outcomes.par_iter_mut().enumerate().map(|(proposal, rows)| {
            let verdicts: Vec<u8> = self.judge.verdicts(proposal, &known).collect();
            verdicts.iter().for_each(|verdict| rows[usize::from(*verdict)] += 1);
            verdicts
        });
        let outcomes = outcomes.collect();
        self.rows += rows as u64;
        Judged { outcomes, imputed }
    }

    /// The levels of each attribute, row by row.
    fn levels(&mut self, rows: usize, cells: &[Option<Cells>]) -> Vec<Vec<u16>> {
        let first = self.rows;
        let origins = self.mapping.origins.par_iter().zip(cells).zip(&mut self.strangers);
        let levels = origins.map(|((origin, cells), strangers)| match (origin, cells) {
            (Origin::Column(_, words), Some(cells)) => words.levels(cells, first, strangers),
            (Origin::Everybody(level), _) => vec![u16::from(*level); rows],
            _ => vec![UNKNOWN; rows],
        });
        levels.collect()
    }

    /// Draws what is not known of people, where that is wanted and the scenario has people like them; says
    /// in words what was drawn.
    fn impute(&mut self, known: &mut [Known]) -> Option<StringChunked> {
        let imputation = self.imputation.as_ref()?;
        let laws =
            incomplete(known).into_iter().map(|known| (known, imputation.given(&self.judge.profiles(known))));
        let laws: BTreeMap<Known, Option<Conditional>> = laws.collect();
        let numbers = imputation.numbers(self.rows, known.len());
        let mut drawn = StringChunkedBuilder::new(IMPUTED.into(), known.len());
        for (known, number) in known.iter_mut().zip(numbers) {
            let Some(Some(law)) = laws.get(known) else {
                drawn.append_null();
                continue;
            };
            let profile = law.profile(number);
            drawn.append_value(self.judge.drawn(&self.setting.space, *known, profile));
            *known = Known::of_profile(profile);
            self.imputed += 1;
        }
        Some(drawn.finish())
    }

    /// What became of the rows.
    pub fn report(self) -> Report {
        let attributes = self.setting.space.attributes().iter().zip(self.mapping.origins).zip(self.strangers);
        let gaps = attributes.filter_map(|((attribute, origin), strangers)| {
            let column = match origin {
                Origin::Everybody(_) => return None,
                Origin::Column(..) if strangers.rows() == 0 => return None,
                Origin::Column(name, _) => Some(name),
                Origin::Nowhere => None,
            };
            Some(Gap { attribute: attribute.name.clone(), column, strangers })
        });
        let gaps = gaps.collect();
        let columns = self.outcome_columns.iter().map(|column| column.field().name.to_string());
        let outcomes = columns.zip(self.outcomes).collect();
        Report { rows: self.rows, outcomes, gaps, imputed: self.imputation.map(|_| self.imputed) }
    }
}
