//! Generation of a roster: the people of one replicate of a scenario, one row for each.

use polars::prelude::*;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::facts::readings_of;
use super::level_column::LevelColumn;
use crate::domain::{Engine, Error, Outcome, Problem, Provenance, Setting};
use crate::scenario::Scenario;
use crate::simulate::{People, Plan, Population, Progress, Rulebook, Stretch, microdata, sample};
use crate::table::{About, AtomicFile, FileLayout, StreamFormat, TableStream, WrittenFile};

/// Which people to generate.
#[derive(Debug, Clone, Default)]
pub struct GenerateOptions {
    /// The seed of the random numbers.
    pub seed: u64,
    /// The replicate whose people are written, from 0.
    pub replicate: u64,
    /// Parameters that were given other values than the scenario's, for the manifest.
    pub set: Vec<(String, f64)>,
}

/// A roster that has been generated.
#[derive(Debug)]
pub struct Generated {
    /// What a manifest of the output says about it, by name.
    pub facts: Map<String, Value>,
    /// The roster. It still has to be given its name.
    pub output: WrittenFile,
}

/// Writes the people of one replicate to `output`, one row for each: the same people whom the engine
/// `individuals` counts. For each rulebook a column holds their outcomes.
///
/// The output is CSV or Parquet, by its ending. Memory stays that of a few batches of people, whatever
/// their number. `progress` is advanced by people.
///
/// # Errors
///
/// If the output's ending names no format for rosters, or two columns would have one name; if the
/// parameters drawn make shares exceed 1, the output cannot be written, or it is interrupted.
pub fn generate(
    setting: &Setting,
    scenario: &Scenario,
    rulebooks: &[Rulebook],
    output: AtomicFile,
    options: &GenerateOptions,
    threads: &rayon::ThreadPool,
    progress: &dyn Progress,
) -> Result<Generated, Error> {
    let format = StreamFormat::of_output(output.path())?;
    let columns = RosterColumns::new(setting, scenario, rulebooks)?;
    let provenance = provenance_of(scenario, options);
    let notes = provenance.notes(false);
    let layout = FileLayout { notes: &notes, row_group: 1, separator: b',' };
    let mut stream = TableStream::begin(output, format, &columns.schema(), &layout)?;
    let population = Population::new(setting, scenario);
    microdata(&population, (options.seed, options.replicate), threads, progress, |people| {
        let rows = columns.rows(people, threads);
        let failed = |error: PolarsError| Error::Format { path: None, reason: error.to_string() };
        stream.append(&rows.map_err(failed)?)
    })?;
    let mut facts = About { scenario: &scenario.name, sample: &provenance, notes }.facts();
    facts.insert("replicate".into(), json!(options.replicate));
    facts.insert("readings".into(), readings_of(rulebooks));
    Ok(Generated { facts, output: stream.finish()? })
}

fn provenance_of(scenario: &Scenario, options: &GenerateOptions) -> Provenance {
    let plan = Plan { engine: Engine::Individuals, seed: options.seed, replicates: 1 };
    Provenance { set: options.set.clone(), ..sample(scenario, plan) }
}

/// The columns of a generated roster: stratum, unit, every attribute, and the outcome under each rulebook.
#[derive(Debug)]
struct RosterColumns {
    stratum: LevelColumn,
    /// Columns that a person's profile decides, with the number of the level that each profile has.
    of_profile: Vec<(LevelColumn, Vec<u16>)>,
}

impl RosterColumns {
    fn new(setting: &Setting, scenario: &Scenario, rulebooks: &[Rulebook]) -> Result<RosterColumns, Error> {
        let stratum = LevelColumn::new("stratum", scenario.strata.iter().map(|stratum| stratum.id.as_str()))?;
        let mut of_profile = Vec::new();
        for (position, attribute) in setting.space.attributes().iter().enumerate() {
            let column = LevelColumn::new(&attribute.name, attribute.levels.iter().map(String::as_str))?;
            let levels = setting.space.points().iter().map(|point| u16::from(point[position]));
            of_profile.push((column, levels.collect()));
        }
        for rulebook in rulebooks {
            let column = LevelColumn::new(&rulebook.interpretation.label(), Outcome::ALL.map(Outcome::name))?;
            let outcome = |profile| rulebook.rulings.on(profile).outcome.index() as u16;
            of_profile.push((column, setting.space.profiles().map(outcome).collect()));
        }
        let columns = RosterColumns { stratum, of_profile };
        columns.refuse_repeated()?;
        Ok(columns)
    }

    fn refuse_repeated(&self) -> Result<(), Problem> {
        let fields = self.fields();
        let repeated = (1..fields.len()).find(|&i| fields[..i].iter().any(|f| f.name == fields[i].name));
        repeated.map_or(Ok(()), |i| {
            let what = format!("two columns would be called `{}`", fields[i].name);
            Err(Problem::new(what).help("name each proposal under the same readings once"))
        })
    }

    /// The names and types of the columns.
    fn schema(&self) -> Schema {
        self.fields().into_iter().collect()
    }

    fn fields(&self) -> Vec<Field> {
        let first = [self.stratum.field(), Field::new("unit".into(), DataType::Int32)];
        first.into_iter().chain(self.of_profile.iter().map(|(column, _)| column.field())).collect()
    }

    /// A row for each person; these threads look up what profiles decide.
    fn rows(&self, people: &People, threads: &rayon::ThreadPool) -> PolarsResult<DataFrame> {
        let mut columns = vec![self.strata(&people.stretches), units(&people.stretches)];
        let of_profile = |(column, level): &(LevelColumn, Vec<u16>)| {
            column.column(people.profiles.iter().map(|profile| level[usize::from(*profile)]))
        };
        columns.extend(threads.install(|| self.of_profile.par_iter().map(of_profile).collect::<Vec<_>>()));
        DataFrame::new(people.profiles.len(), columns)
    }

    fn strata(&self, stretches: &[Stretch]) -> Column {
        let strata = stretches.iter();
        self.stratum.column(strata.flat_map(|s| std::iter::repeat_n(s.stratum as u16, s.people)))
    }
}

fn units(stretches: &[Stretch]) -> Column {
    let units = stretches.iter();
    let units = units.flat_map(|s| std::iter::repeat_n(s.unit.map(|unit| unit as i32), s.people));
    units.collect::<Int32Chunked>().with_name("unit".into()).into_column()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::fixture::korea;

    #[test]
    fn a_row_has_what_its_profile_decides() {
        let (setting, scenario, rulebooks) = korea();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let columns = RosterColumns::new(&setting, &scenario, &rulebooks[..1]).unwrap();
        let stretches = vec![
            Stretch { stratum: 0, unit: Some(4), people: 2 },
            Stretch { stratum: 1, unit: None, people: 1 },
        ];
        let rows = columns.rows(&People { stretches, profiles: vec![0, 7, 0] }, &threads).unwrap();
        assert_eq!(rows.schema().as_ref(), &columns.schema());
        let units = rows.column("unit").unwrap().i32().unwrap();
        assert_eq!(units.iter().collect::<Vec<_>>(), [Some(4), Some(4), None]);
        let texts = |name: &str| rows.column(name).unwrap().cast(&DataType::String).unwrap();
        let strata: Vec<&str> = scenario.strata[..2].iter().map(|stratum| stratum.id.as_str()).collect();
        assert!(texts("stratum").equals(&Column::new("stratum".into(), [strata[0], strata[0], strata[1]])));
        let captor = &setting.space.attributes()[0].levels[0];
        assert!(texts("captor").equals(&Column::new("captor".into(), [captor.as_str(); 3])));
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let (setting, scenario, rulebooks) = korea();
        let twice = [rulebooks[0].clone(), rulebooks[0].clone()];
        let error = RosterColumns::new(&setting, &scenario, &twice).unwrap_err().to_string();
        assert!(error.contains(&format!("would be called `{}`", rulebooks[0].interpretation.label())));
    }
}
