use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use polars::prelude::*;
use rayon::prelude::*;

use super::judge::{Judge, VERDICTS};
use super::known::Known;
use super::level_column::LevelColumn;
use super::mapping::{Looked, Mapping, Origin};
use super::report::{Gap, Report};
use super::words::Strangers;
use crate::domain::Setting;
use crate::proposal::{Rulebook, Rulings};
use crate::simulate::{ConditionalProfiles, Imputation};

/// Adds to a roster's rows what each proposal does with their people.
#[derive(Debug)]
pub struct Classifier<'a> {
    setting: &'a Setting,
    mapping: Arc<Mapping>,
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

/// Rows looked at by one thread at a time.
const STRETCH: usize = 1 << 16;

/// What becomes of some rows.
pub(super) struct Judged<T> {
    /// The outcomes, by proposal.
    pub(super) outcomes: Vec<T>,
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
        questions: &[Rulebook],
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
            mapping: Arc::new(mapping),
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

    /// How many rows have been judged.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Where levels are to be found.
    pub(super) fn mapping(&self) -> &Arc<Mapping> {
        &self.mapping
    }

    /// Whether what is not known is drawn.
    pub(super) fn imputes(&self) -> bool {
        self.imputation.is_some()
    }

    /// The columns of outcomes.
    pub(super) fn outcome_columns(&self) -> &[LevelColumn] {
        &self.outcome_columns
    }

    /// Judges the roster's next rows; `column` makes a column of a proposal's outcomes by number. To be
    /// called in a pool of threads, which share the work.
    pub(super) fn judge<T: Send>(
        &mut self,
        looked: Looked,
        column: impl Fn(usize, Vec<u8>) -> T + Sync,
    ) -> Judged<T> {
        let Looked { mut known, strangers } = looked;
        self.strangers.iter_mut().zip(strangers).for_each(|(before, met)| before.extend(met));
        let imputed = self.impute(&mut known);
        let incomplete = incomplete(&known);
        self.judge.meet(&incomplete);
        let Classifier { judge, outcomes, .. } = self;
        let outcomes = outcomes.par_iter_mut().enumerate().map(|(proposal, rows)| {
            let verdicts = judge.verdicts(proposal, &known, incomplete.is_empty());
            (0..).zip(rows).for_each(|(verdict, rows)| *rows += count(&verdicts, verdict));
            column(proposal, verdicts)
        });
        let outcomes = outcomes.collect();
        self.rows += known.len() as u64;
        Judged { outcomes, imputed }
    }

    /// Draws what is not known of people, where that is wanted and the scenario has people like them; says
    /// in words what was drawn.
    fn impute(&mut self, known: &mut [Known]) -> Option<StringChunked> {
        let imputation = self.imputation.as_ref()?;
        let laws = incomplete(known)
            .into_iter()
            .map(|known| (known, imputation.conditional_on(&self.judge.attributes.profiles(known))));
        let laws: BTreeMap<Known, Option<ConditionalProfiles>> = laws.collect();
        let numbers = imputation.random_numbers(self.rows, known.len());
        let mut drawn = StringChunkedBuilder::new(IMPUTED.into(), known.len());
        for (known, number) in known.iter_mut().zip(numbers) {
            let Some(Some(law)) = laws.get(known) else {
                drawn.append_null();
                continue;
            };
            let profile = law.profile(number);
            drawn.append_value(self.judge.attributes.drawn(&self.setting.space, *known, profile));
            *known = Known::of_profile(profile);
            self.imputed += 1;
        }
        Some(drawn.finish())
    }

    /// What became of the rows.
    pub fn report(self) -> Report {
        let attributes =
            self.setting.space.attributes().iter().zip(&self.mapping.origins).zip(self.strangers);
        let gaps = attributes.filter_map(|((attribute, origin), strangers)| {
            let column = match origin {
                Origin::Everybody(_) => return None,
                Origin::Column(..) if strangers.rows() == 0 => return None,
                Origin::Column(name, _) => Some(name.clone()),
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

/// Those of whom something is not known, each once.
fn incomplete(known: &[Known]) -> BTreeSet<Known> {
    let stretches = known.par_chunks(STRETCH);
    let incomplete = stretches.map(|known| known.iter().copied().filter(|k| !k.is_complete()).collect());
    incomplete.reduce(BTreeSet::new, |mut a, mut b| {
        a.append(&mut b);
        a
    })
}

/// How many of these are this one; bytes are compared many at a time.
fn count(verdicts: &[u8], verdict: u8) -> u64 {
    let few = verdicts.chunks(usize::from(u8::MAX));
    few.map(|few| u64::from(few.iter().map(|other| u8::from(*other == verdict)).sum::<u8>())).sum()
}
