//! Generation of a roster: the people of one replicate of a scenario, one row for each.

use polars::prelude::*;
use rayon::prelude::*;
use serde_json::{Map, json};

use super::level_column::LevelColumn;
use crate::domain::{Engine, Error, Problem, Setting, Variable};
use crate::proposal::Rulebook;
use crate::scenario::{Choice, Scenario, Shares};
use crate::simulate::{
    CellCount, Drawn, Kind, People, Population, Progress, Replicate, UnitRun, Urns, count_people,
    draw_microdata,
};
use crate::study::{Study, notes};
use crate::table::{
    CsvLayout, Destination, FileLayout, Invocation, Provenance, StreamFormat, TableStream,
    keep_with_manifest, start_polars_threads,
};

/// Which people to generate, and with what beside them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GenerateOptions {
    /// The replicate whose people are written, from 0.
    pub replicate: u64,
    /// Whether there is a column with the outcome under each of the study's proposals.
    pub outcomes: bool,
}

impl Study {
    /// Writes the people of one replicate, one row for each: the same people whom the engine `individuals`
    /// counts.
    ///
    /// Where a proposal has limits, people are counted beforehand. Who of those of one stratum and profile is over a
    /// limit is then drawn row by row, so that each outcome has as many rows as the run counts.
    ///
    /// The output is CSV or Parquet, by its ending. Memory stays that of a few batches of people, whatever
    /// their number. Progress is advanced by people.
    ///
    /// # Errors
    ///
    /// If the output's ending names no format for rosters, or two columns would have one name; if the
    /// parameters drawn make shares exceed 1, the output cannot be written, or it is interrupted.
    pub fn generate(
        &self,
        destination: Destination,
        options: GenerateOptions,
        invocation: &Invocation,
    ) -> Result<(), Error> {
        let (output, manifest) = destination.into_files();
        let format = StreamFormat::of_output(output.path())?;
        let (texts, threads) = (self.texts(), self.start_threads()?);
        start_polars_threads()?;
        let rulebooks = if options.outcomes { &texts.rulebooks[..] } else { &[] };
        let columns = RosterColumns::new(&texts.setting, self.scenario(), rulebooks)?;
        let provenance = self.provenance_of_roster(options);
        let notes = notes(&texts.setting, &provenance, false);
        let layout = FileLayout {
            descriptions: &columns.descriptions(),
            notes: &notes,
            row_group: 1,
            csv: CsvLayout::of_path(output.path(), b','),
        };
        let mut stream = TableStream::begin(output, format, &columns.schema(), &layout)?;
        let replicate = Replicate { seed: self.plan(Engine::Individuals).seed, number: options.replicate };
        let population = self.population();
        let mut urns = threads.install(|| fill_urns(&population, rulebooks, replicate, self.progress()))?;
        draw_microdata(&population, replicate, &threads, self.progress(), |people| {
            let drawn = urns.as_mut().map(|urns| urns.draw(kinds(people)));
            stream.append(&columns.rows(people, drawn.as_ref(), &threads)?)
        })?;
        let facts = Map::from_iter([("replicate".to_string(), json!(options.replicate))]);
        keep_with_manifest(manifest, stream.finish()?, &provenance, &notes, facts, invocation)
    }

    fn provenance_of_roster(&self, options: GenerateOptions) -> Provenance {
        let provenance = self.provenance(Engine::Individuals);
        let readings = if options.outcomes { provenance.readings } else { Vec::new() };
        Provenance { replicates: Some(1), readings, ..provenance }
    }
}

/// The number of a stratum and the index of a profile.
type StratumProfile = (usize, u16);

/// Counts the people of the replicate and applies limits to them; `None` if there are no limits.
fn fill_urns(
    population: &Population,
    rulebooks: &[Rulebook],
    replicate: Replicate,
    progress: &dyn Progress,
) -> Result<Option<Urns<StratumProfile>>, Error> {
    let limited = (0..rulebooks.len()).filter(|&position| !rulebooks[position].limits.is_empty());
    let limited: Vec<usize> = limited.collect();
    if limited.is_empty() {
        return Ok(None);
    }
    let people = count_people(population, replicate, &Unheard(progress))?;
    let kind = |&CellCount { stratum, profile, people }: &CellCount| {
        let stream = (population.scenario.strata[stratum].id.as_str(), profile.index() as u64);
        Kind { key: (stratum, profile.index() as u16), profile, people, stream }
    };
    Ok(Some(Urns::fill(rulebooks, limited, people.iter().map(kind).collect(), replicate)))
}

/// The stratum and profile of each person.
fn kinds(people: &People) -> impl Iterator<Item = StratumProfile> {
    let strata = people.runs.iter().flat_map(|run| std::iter::repeat_n(run.stratum, run.people));
    strata.zip(people.profiles.iter().copied())
}

/// Progress of people who are only counted: it does not advance, and may be cancelled.
struct Unheard<'a>(&'a dyn Progress);

impl Progress for Unheard<'_> {
    fn advance(&self, _: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// The columns of a generated roster: stratum, unit, every attribute, and the outcome under each rulebook.
#[derive(Debug)]
struct RosterColumns {
    stratum: LevelColumn,
    /// Attributes, and then outcomes.
    of_profile: Vec<ProfileColumn>,
}

/// A column that a person's profile decides, unless it holds outcomes that were drawn.
#[derive(Debug)]
struct ProfileColumn {
    column: LevelColumn,
    /// The number of the level that each profile has.
    levels: Vec<u16>,
    /// The position of the rulebook whose outcomes it holds; `None` for an attribute.
    rulebook: Option<usize>,
}

impl RosterColumns {
    fn new(setting: &Setting, scenario: &Scenario, rulebooks: &[Rulebook]) -> Result<RosterColumns, Error> {
        let stratum = LevelColumn::new("stratum", scenario.strata.iter().map(|stratum| stratum.id.as_str()))?;
        let mut of_profile = Vec::new();
        let attributes = setting.space.attributes().iter().enumerate();
        let told: Vec<(usize, &Variable)> =
            attributes.filter(|(position, _)| is_told(setting, scenario, *position)).collect();
        for &(position, attribute) in &told {
            let column = LevelColumn::new(&attribute.name, attribute.levels.iter().map(String::as_str))?;
            let levels = setting.space.combinations().iter().map(|levels| u16::from(levels[position]));
            of_profile.push(ProfileColumn { column, levels: levels.collect(), rulebook: None });
        }
        for (position, rulebook) in rulebooks.iter().enumerate() {
            let column = LevelColumn::new(&rulebook.name().label(), setting.outcomes.names())?;
            let outcome = |profile| rulebook.ruling_on(profile).outcome.index() as u16;
            let levels = setting.space.profiles().map(outcome).collect();
            of_profile.push(ProfileColumn { column, levels, rulebook: Some(position) });
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

    /// The names and descriptions of the columns.
    fn descriptions(&self) -> Vec<(String, String)> {
        let first = [
            ("stratum", "Id of the stratum of the scenario that the person was drawn from"),
            ("unit", "Number of the unit within the stratum, from 0; absent where the stratum has none"),
        ];
        let first = first.map(|(name, description)| (name.to_string(), description.to_string()));
        let of_profile = self.of_profile.iter().map(|ProfileColumn { column, rulebook, .. }| {
            let description = match rulebook {
                None => "Level of the attribute",
                Some(_) => "What the proposal does with such a person",
            };
            (column.name().to_string(), description.to_string())
        });
        first.into_iter().chain(of_profile).collect()
    }

    /// The names and types of the columns.
    fn schema(&self) -> Schema {
        self.fields().into_iter().collect()
    }

    fn fields(&self) -> Vec<Field> {
        let first = [self.stratum.field(), Field::new("unit".into(), DataType::Int32)];
        first.into_iter().chain(self.of_profile.iter().map(|of_profile| of_profile.column.field())).collect()
    }

    /// A row for each person; these threads look up what profiles decide. Where outcomes were drawn, they stand in
    /// place of what the tables give.
    fn rows(
        &self,
        people: &People,
        drawn: Option<&Drawn<'_>>,
        threads: &rayon::ThreadPool,
    ) -> PolarsResult<DataFrame> {
        let mut columns = vec![self.strata(&people.runs), units(&people.runs)];
        let of_profile = |column: &ProfileColumn| column.cells(&people.profiles, drawn);
        columns.extend(threads.install(|| self.of_profile.par_iter().map(of_profile).collect::<Vec<_>>()));
        DataFrame::new(people.profiles.len(), columns)
    }

    fn strata(&self, runs: &[UnitRun]) -> Column {
        let strata = runs.iter().flat_map(|run| std::iter::repeat_n(run.stratum as u16, run.people));
        self.stratum.column(strata)
    }
}

impl ProfileColumn {
    fn cells(&self, profiles: &[u16], drawn: Option<&Drawn<'_>>) -> Column {
        let levels = profiles.iter().map(|profile| self.levels[usize::from(*profile)]);
        let Some((drawn, rulebook)) = drawn.zip(self.rulebook) else { return self.column.column(levels) };
        let mut levels: Vec<u16> = levels.collect();
        drawn.under(rulebook).for_each(|(row, outcome)| levels[row] = outcome.index() as u16);
        self.column.column(levels.into_iter())
    }
}

/// Whether a roster has a column for an attribute: unless everybody in the scenario has its default level.
fn is_told(setting: &Setting, scenario: &Scenario, attribute: usize) -> bool {
    setting.space.default_level(attribute).is_none_or(|level| {
        let default = Choice::Shares(Shares::all(level));
        scenario.strata.iter().any(|stratum| stratum.choices[attribute] != default)
    })
}

fn units(runs: &[UnitRun]) -> Column {
    let units = runs.iter().flat_map(|run| std::iter::repeat_n(run.unit.map(|unit| unit as i32), run.people));
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
        let runs = vec![
            UnitRun { stratum: 0, unit: Some(4), people: 2 },
            UnitRun { stratum: 1, unit: None, people: 1 },
        ];
        let rows = columns.rows(&People { runs, profiles: vec![0, 7, 0] }, None, &threads).unwrap();
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
        assert!(error.contains(&format!("would be called `{}`", rulebooks[0].name().label())));
    }
}
