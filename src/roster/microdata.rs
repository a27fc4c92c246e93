use polars::prelude::*;
use rayon::prelude::*;

use super::level_column::LevelColumn;
use crate::domain::{Outcome, Setting};
use crate::proposal::Rulebook;
use crate::scenario::Scenario;
use crate::simulate::{People, UnitRun};

/// The columns of synthetic prisoners: stratum, unit, every attribute, and the outcome under each question.
#[derive(Debug)]
pub struct MicrodataColumns {
    stratum: LevelColumn,
    /// What a person's profile decides, with the level that each profile has.
    of_profile: Vec<(LevelColumn, Vec<u16>)>,
}

impl MicrodataColumns {
    /// Lays the columns out.
    ///
    /// # Errors
    ///
    /// If the scenario has more strata than a column of names can hold, or two columns would have the
    /// same name.
    pub fn new(setting: &Setting, scenario: &Scenario, questions: &[Rulebook]) -> Result<Self, String> {
        let stratum = LevelColumn::new("stratum", scenario.strata.iter().map(|stratum| stratum.id.as_str()))?;
        let mut of_profile = Vec::new();
        for (position, attribute) in setting.space.attributes().iter().enumerate() {
            let column = LevelColumn::new(&attribute.name, attribute.levels.iter().map(String::as_str))?;
            let levels = setting.space.combinations().iter().map(|point| u16::from(point[position]));
            of_profile.push((column, levels.collect()));
        }
        for question in questions {
            let column = LevelColumn::new(&question.interpretation.label(), Outcome::ALL.map(Outcome::name))?;
            let outcome = |profile| question.rulings.on(profile).outcome.index() as u16;
            of_profile.push((column, setting.space.profiles().map(outcome).collect()));
        }
        let columns = MicrodataColumns { stratum, of_profile };
        columns.refuse_repeated()?;
        Ok(columns)
    }

    fn refuse_repeated(&self) -> Result<(), String> {
        let fields = self.fields();
        let repeated = (1..fields.len()).find(|&i| fields[..i].iter().any(|f| f.name == fields[i].name));
        repeated.map_or(Ok(()), |i| Err(format!("two columns would be called `{}`", fields[i].name)))
    }

    /// The names and types of the columns.
    pub fn schema(&self) -> Schema {
        self.fields().into_iter().collect()
    }

    fn fields(&self) -> Vec<Field> {
        let first = [self.stratum.field(), Field::new("unit".into(), DataType::Int32)];
        first.into_iter().chain(self.of_profile.iter().map(|(column, _)| column.field())).collect()
    }

    /// A row for each person; their levels are looked up by the threads of the pool.
    ///
    /// # Errors
    ///
    /// If the table cannot be made.
    pub fn frame(&self, people: &People, pool: &rayon::ThreadPool) -> Result<DataFrame, String> {
        let mut columns = vec![self.strata(&people.runs), units(&people.runs)];
        let of_profile = |(column, level): &(LevelColumn, Vec<u16>)| {
            column.column(people.profiles.iter().map(|profile| level[usize::from(*profile)]))
        };
        columns.extend(pool.install(|| self.of_profile.par_iter().map(of_profile).collect::<Vec<_>>()));
        DataFrame::new(people.profiles.len(), columns).map_err(|error| error.to_string())
    }

    fn strata(&self, runs: &[UnitRun]) -> Column {
        let strata = runs.iter();
        self.stratum.column(strata.flat_map(|s| std::iter::repeat_n(s.stratum as u16, s.people)))
    }
}

fn units(runs: &[UnitRun]) -> Column {
    let units = runs.iter();
    let units = units.flat_map(|s| std::iter::repeat_n(s.unit.map(|unit| unit as i32), s.people));
    units.collect::<Int32Chunked>().with_name("unit".into()).into_column()
}
