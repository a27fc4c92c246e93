use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::judge::{Judge, Known, VERDICTS, incomplete};
use super::level_column::LevelColumn;
use super::mapping::{Mapping, Origin};
use super::report::{Gap, Report};
use super::words::{Strangers, UNKNOWN, readable};
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
    columns: Vec<LevelColumn>,
    strangers: Vec<Strangers>,
    rows: u64,
    imputed: u64,
    outcomes: Vec<[u64; VERDICTS.len()]>,
}

/// The column that says what was drawn.
const IMPUTED: &str = "imputed";

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
            columns,
            rows: 0,
            imputed: 0,
        })
    }

    /// The names of the columns that are added.
    pub fn added(&self) -> Vec<String> {
        let imputed = self.imputation.iter().map(|_| IMPUTED.to_string());
        self.columns.iter().map(|column| column.field().name.to_string()).chain(imputed).collect()
    }

    /// Adds the columns to the roster's next rows. The threads of the pool do the work.
    ///
    /// # Errors
    ///
    /// If a column cannot be read as text, or one to be added is there already.
    pub fn judge(&mut self, frame: DataFrame, pool: &rayon::ThreadPool) -> Result<DataFrame, String> {
        self.judged(frame, pool).map_err(|error| error.to_string())
    }

    fn judged(&mut self, mut frame: DataFrame, pool: &rayon::ThreadPool) -> PolarsResult<DataFrame> {
        let levels = self.levels(&frame, pool)?;
        let mut known = pool.install(|| self.judge.known(&levels));
        let imputed = self.impute(&mut known);
        pool.install(|| self.judge.meet(&known));
        let mut added = pool.install(|| self.outcome_columns(&known));
        added.extend(imputed);
        self.rows += frame.height() as u64;
        frame.hstack_mut(&added)?;
        Ok(frame)
    }

    /// What each proposal does with each person; the rows of each outcome are counted.
    fn outcome_columns(&mut self, known: &[Known]) -> Vec<Column> {
        let Classifier { judge, columns, outcomes, .. } = self;
        let columns = columns.par_iter().zip(outcomes).enumerate();
        let column = |(proposal, (column, rows)): (usize, (&LevelColumn, &mut [u64; VERDICTS.len()]))| {
            judge.verdicts(proposal, known).for_each(|verdict| rows[usize::from(verdict)] += 1);
            column.column(judge.verdicts(proposal, known).map(u16::from))
        };
        columns.map(column).collect()
    }

    /// The levels of each attribute, row by row.
    fn levels(&mut self, frame: &DataFrame, pool: &rayon::ThreadPool) -> PolarsResult<Vec<Vec<u16>>> {
        let (rows, first) = (frame.height(), self.rows);
        let columns = self.mapping.origins.iter().map(|origin| match origin {
            Origin::Column(name, _) => readable(frame.column(name)?).map(Some),
            _ => Ok(None),
        });
        let columns = columns.collect::<PolarsResult<Vec<_>>>()?;
        let origins = self.mapping.origins.par_iter().zip(columns).zip(&mut self.strangers);
        let levels = origins.map(|((origin, column), strangers)| match (origin, column) {
            (Origin::Column(_, words), Some(column)) => words.levels(&column, first, strangers),
            (Origin::Everybody(level), _) => Ok(vec![u16::from(*level); rows]),
            _ => Ok(vec![UNKNOWN; rows]),
        });
        pool.install(|| levels.collect())
    }

    /// Draws what is not known of people, where that is wanted and the scenario has people like them; says
    /// in words what was drawn.
    fn impute(&mut self, known: &mut [Known]) -> Option<Column> {
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
        Some(drawn.finish().into_column())
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
        let columns = self.columns.iter().map(|column| column.field().name.to_string());
        let outcomes = columns.zip(self.outcomes).collect();
        Report { rows: self.rows, outcomes, gaps, imputed: self.imputation.map(|_| self.imputed) }
    }
}
