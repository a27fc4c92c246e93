//! A scenario as a function: from the values of what varies (parameters, sizes, readings) to outcomes.
//!
//! A model owns what it holds, so that a sweep, another thread or another language can keep one and
//! evaluate it at any number of points. Whatever does not depend on the point is laid out once: the cells
//! of the strata, the groups of the table, and a rulebook for each combination of readings met so far.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::breakdown::Breakdown;
use super::outcome_rows::{OutcomeRow, OutcomeRows, RowReplicates, outcomes_of};
use super::restriction::Counted;
use crate::design::{AxisValue, Varies};
use crate::domain::{Engine, Error, Outcome, Problem, Setting};
use crate::proposal::{Interpretation, ProposalName, Rulebook};
use crate::scenario::{Distribution, Scenario};
use crate::simulate::{Draws, Plan, Population, Progress, RowMap, Summary, draw, summarise};

/// A scenario, laid out over its setting, that can be evaluated at any point.
///
/// A point has one value for each entry of [`ModelOptions::varies`], in that order; `None` leaves the
/// scenario or the reading as it is.
#[derive(Debug)]
pub struct Model {
    setting: Arc<Setting>,
    /// What every point starts from, without the words that only people read.
    population: Population,
    interpretations: Vec<Interpretation>,
    options: ModelOptions,
    rows: OutcomeRows,
    /// By the value of each reading that varies; `None` for what is no reading or is left as it is.
    compiled: RwLock<BTreeMap<Vec<Option<u8>>, Arc<Compiled>>>,
}

/// How a model is evaluated.
#[derive(Debug, Clone)]
pub struct ModelOptions {
    /// What varies: the meaning of each value of a point.
    pub varies: Vec<Varies>,
    /// Columns to break outcomes down by.
    pub by: Vec<Breakdown>,
    /// Engine, seed and replicates of every point.
    pub plan: Plan,
}

/// The proposals under the readings of a point, and what is counted for them.
#[derive(Debug)]
struct Compiled {
    rulebooks: Vec<Rulebook>,
    counted: RowMap,
}

impl Model {
    /// Lays a scenario out. Proposals are judged under the interpretations given, except for the readings
    /// that vary.
    pub fn new(
        setting: Arc<Setting>,
        scenario: &Scenario,
        interpretations: Vec<Interpretation>,
        options: ModelOptions,
    ) -> Model {
        let population = Population::new(&setting, scenario.bare());
        let outcomes = outcomes_of(interpretations.iter().map(|how| &*how.proposal));
        let rows = OutcomeRows::new(&setting, &population, &options.by, &Counted::default(), outcomes);
        Model { setting, population, interpretations, options, rows, compiled: RwLock::default() }
    }

    /// The setting.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The scenario that every point starts from.
    pub fn scenario(&self) -> &Scenario {
        &self.population.scenario
    }

    /// The proposals judged, before any value changes their readings.
    pub fn interpretations(&self) -> &[Interpretation] {
        &self.interpretations
    }

    /// How it is evaluated.
    pub fn options(&self) -> &ModelOptions {
        &self.options
    }

    /// Whether evaluating a point draws anything: people, or a parameter that is uncertain and does not vary.
    pub fn draws(&self) -> bool {
        let varies = |position| self.options.varies.contains(&Varies::Parameter(position));
        let parameters = self.scenario().parameters.iter().enumerate();
        let mut left = parameters.filter(|(position, _)| !varies(*position));
        let uncertain = left.any(|(_, parameter)| !parameter.distribution.is_fixed());
        self.options.plan.engine != Engine::Exact || uncertain
    }

    /// The outcomes that some of the proposals can give, in the setting's order.
    pub fn outcomes(&self) -> &[Outcome] {
        self.rows.outcomes()
    }

    /// Number of rows of outcomes at a point.
    pub fn row_count(&self) -> usize {
        self.interpretations.len() * self.rows.groups() * self.rows.outcomes().len()
    }

    /// What each row of outcomes is about, in order: the interpretation's position, the group and the outcome.
    pub fn row_names(&self) -> Vec<(usize, &[String], Outcome)> {
        let interpretations = 0..self.interpretations.len();
        let groups =
            interpretations.flat_map(|i| self.rows.group_names().iter().map(move |group| (i, group)));
        let outcomes = self.rows.outcomes();
        let rows =
            groups.flat_map(|(i, group)| outcomes.iter().map(move |outcome| (i, group.as_slice(), *outcome)));
        rows.collect()
    }

    /// The names of the proposals under the readings of a point.
    ///
    /// # Errors
    ///
    /// If the values are not those of what varies.
    pub fn names_at(&self, point: &[Option<AxisValue>]) -> Result<Vec<Arc<ProposalName>>, Error> {
        let compiled = self.compiled_at(point)?;
        Ok(compiled.rulebooks.iter().map(|rulebook| Arc::clone(rulebook.name())).collect())
    }

    /// The rows of the outcome table at a point.
    ///
    /// # Errors
    ///
    /// If interrupted, if a draw of the parameters makes shares exceed 1, or if the values are not those of
    /// what varies.
    pub fn outcomes_at(
        &self,
        point: &[Option<AxisValue>],
        progress: &dyn Progress,
    ) -> Result<Vec<OutcomeRow>, Error> {
        let compiled = self.compiled_at(point)?;
        let summary = self.summarise(point, &compiled, progress)?;
        Ok(self.rows.rows(&compiled.rulebooks, &summary))
    }

    /// The numbers behind the rows of the outcome table at a point: three head-counts for each row, in the
    /// order of the rows. They are everybody, those against their wish, and those on whom the text is silent.
    ///
    /// # Errors
    ///
    /// As for [`Model::outcomes_at`].
    pub fn summary_at(&self, point: &[Option<AxisValue>], progress: &dyn Progress) -> Result<Summary, Error> {
        self.summarise(point, &*self.compiled_at(point)?, progress)
    }

    /// The rows of the outcome table at a point, and the counts of every single replicate behind each row.
    ///
    /// # Errors
    ///
    /// As for [`Model::outcomes_at`], and for [`Engine::Exact`], which draws no replicates.
    pub fn replicates_at(
        &self,
        point: &[Option<AxisValue>],
        progress: &dyn Progress,
    ) -> Result<(Vec<OutcomeRow>, Vec<RowReplicates>), Error> {
        if self.options.plan.engine == Engine::Exact {
            return Err(Problem::new("the engine `exact` draws no replicates").into());
        }
        let compiled = self.compiled_at(point)?;
        let population = self.population.with(self.scenario_at(point)?);
        let draws: Draws = draw(&population, &compiled.counted, self.options.plan, progress)?;
        let summary = Summary::of_draws(&draws, progress)?;
        let rows = self.rows.rows(&compiled.rulebooks, &summary);
        Ok((rows, self.rows.replicates(&compiled.rulebooks, &draws)))
    }

    fn summarise(
        &self,
        point: &[Option<AxisValue>],
        compiled: &Compiled,
        progress: &dyn Progress,
    ) -> Result<Summary, Error> {
        let population = self.population.with(self.scenario_at(point)?);
        summarise(&population, &compiled.counted, self.options.plan, progress)
    }

    /// The scenario with a point's values in place of its own.
    fn scenario_at(&self, point: &[Option<AxisValue>]) -> Result<Scenario, Error> {
        let mut scenario = self.scenario().clone();
        let mut total = None;
        for (varies, value) in self.options.varies.iter().zip(point) {
            match (varies, value) {
                (Varies::Parameter(position), Some(AxisValue::Share(share))) => {
                    scenario.parameters[*position].distribution = Distribution::Fixed(*share);
                }
                (Varies::StratumSize(position), Some(AxisValue::People(people))) => {
                    scenario.strata[*position].size = *people;
                }
                (Varies::Population, Some(AxisValue::People(people))) => total = Some(*people),
                (Varies::Reading(_), Some(AxisValue::Level(..))) | (_, None) => {}
                (varies, Some(value)) => return Err(unsuitable(varies, value)),
            }
        }
        // Sizes first, then all in proportion.
        match (scenario.people(), total) {
            (people, _) if people > u128::from(Scenario::MAX_POPULATION) => {
                Err(Error::TooManyPeople { people })
            }
            (0, Some(total)) => Err(Error::NobodyToScale { total }),
            (_, total) => {
                total.iter().for_each(|total| scenario.scale_to(*total));
                Ok(scenario)
            }
        }
    }

    /// The proposals under the readings of a point; compiled once for each combination of readings.
    fn compiled_at(&self, point: &[Option<AxisValue>]) -> Result<Arc<Compiled>, Error> {
        if point.len() != self.options.varies.len() {
            let (given, needed) = (point.len(), self.options.varies.len());
            return Err(Problem::new(format!("a point has {needed} values, not {given}")).into());
        }
        let level = |value: &Option<AxisValue>| match value {
            Some(AxisValue::Level(level, _)) => Some(*level),
            _ => None,
        };
        let levels: Vec<Option<u8>> = point.iter().map(level).collect();
        // A panic elsewhere leaves the map sound: entries are made before they are put in.
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&levels).cloned();
        if let Some(compiled) = known {
            return Ok(compiled);
        }
        let compiled = Arc::new(self.compile(&levels)?);
        let mut known = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(levels, compiled.clone());
        Ok(compiled)
    }

    fn compile(&self, levels: &[Option<u8>]) -> Result<Compiled, Error> {
        let rulebook = |interpretation: &Interpretation| -> Result<Rulebook, Error> {
            Ok(Rulebook::compile(&self.setting.space, self.read(interpretation, levels)?)?)
        };
        let rulebooks: Vec<Rulebook> = self.interpretations.iter().map(rulebook).collect::<Result<_, _>>()?;
        let counted = self.rows.row_map(&self.setting, &self.population, &rulebooks);
        Ok(Compiled { rulebooks, counted })
    }

    /// An interpretation with the values of its readings that vary in place of its own.
    fn read(&self, interpretation: &Interpretation, levels: &[Option<u8>]) -> Result<Interpretation, Error> {
        let mut read = interpretation.clone();
        for (varies, level) in self.options.varies.iter().zip(levels) {
            let (Some(level), Some(reading)) = (level, varies.reading_of(&read.proposal.id)) else {
                continue;
            };
            let variable = &read.proposal.readings[reading].variable;
            if usize::from(*level) >= variable.levels.len() {
                let (name, id) = (&variable.name, &read.proposal.id);
                return Err(Problem::new(format!("the reading `{name}` of {id} has no value {level}")).into());
            }
            read.chosen[reading] = *level;
        }
        Ok(read)
    }
}

fn unsuitable(varies: &Varies, value: &AxisValue) -> Error {
    let wanted = match varies {
        Varies::Parameter(_) => "a parameter takes a share",
        Varies::StratumSize(_) | Varies::Population => "a size takes a number of people",
        Varies::Reading(_) => "a reading takes one of its values",
    };
    Problem::new(format!("{wanted}, not {value:?}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Request, load};
    use crate::simulate::Silent;
    use crate::study::Study;

    const DRAFT: &str = "1952-03-27-draft";

    fn lay_out(proposals: &[&str], plan: Plan, varies: Vec<Varies>) -> Model {
        let proposals = proposals.iter().map(|id| id.to_string()).collect();
        let request = Request { scenario: "korea/1952-07-03".into(), proposals, ..Request::default() };
        let loaded = load(&request).unwrap();
        let options = ModelOptions { varies, by: Vec::new(), plan };
        let interpretations = loaded.rulebooks.into_iter().map(|rulebook| rulebook.interpretation).collect();
        Model::new(loaded.setting.into(), &loaded.scenario, interpretations, options)
    }

    fn plan(engine: Engine) -> Plan {
        Plan { engine, seed: 1952, replicates: 50 }
    }

    fn parameter(model: &Model, name: &str) -> Varies {
        let parameters = &model.scenario().parameters;
        Varies::Parameter(parameters.iter().position(|parameter| parameter.name == name).unwrap())
    }

    /// Both ways to a number, by values of a point and by values in the request, for every engine.
    #[test]
    fn a_point_gives_what_the_scenario_gives_with_its_values() {
        for engine in [Engine::Individuals, Engine::Counts, Engine::Exact] {
            let plain = lay_out(&[DRAFT], plan(engine), Vec::new());
            let clause_b = Varies::Reading(vec![(DRAFT.into(), 0)]);
            let varied = vec![parameter(&plain, "kpa_refusal"), Varies::Population, clause_b];
            let varied = lay_out(&[DRAFT], plan(engine), varied);
            let values = [AxisValue::Share(0.46), AxisValue::People(20_000), AxisValue::Level(1, "".into())];
            let at_point = varied.outcomes_at(&values.map(Some), &Silent).unwrap();
            let request = Request {
                scenario: "korea/1952-07-03".into(),
                proposals: vec![format!("{DRAFT}:clause-b=as-printed")],
                set: vec![("kpa_refusal".into(), 0.46)],
                population: Some(20_000),
                ..Request::default()
            };
            let outcomes = Study::load(request).unwrap().replicates(50).outcomes(engine).unwrap();
            assert_eq!(at_point, outcomes.rows, "{engine:?}");
            // And the values of a point leave no trace.
            let left = varied.outcomes_at(&[None, None, None], &Silent).unwrap();
            assert_eq!(left, plain.outcomes_at(&[], &Silent).unwrap());
            assert_ne!(left, at_point);
        }
    }

    #[test]
    fn replicates_are_those_behind_the_rows() {
        let model = lay_out(&[DRAFT], plan(Engine::Counts), Vec::new());
        let (rows, replicates) = model.replicates_at(&[], &Silent).unwrap();
        assert_eq!(rows, model.outcomes_at(&[], &Silent).unwrap());
        for (row, replicates) in rows.iter().zip(&replicates) {
            let sum: u64 = replicates.people.iter().sum();
            assert_eq!(row.mean.0, u128::from(sum) * 1_000_000 / 50, "{row:?}");
        }
        assert_eq!([rows.len(), replicates.len(), model.row_count(), model.row_names().len()], [3; 4]);
    }

    #[test]
    fn values_that_are_not_those_of_what_varies_are_refused() {
        let model = lay_out(
            &[DRAFT],
            plan(Engine::Exact),
            vec![Varies::Population, Varies::Reading(vec![(DRAFT.into(), 0)])],
        );
        let refusal = |point: &[Option<AxisValue>]| {
            let error = model.outcomes_at(point, &Silent).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            error.to_string()
        };
        assert!(refusal(&[None]).contains("a point has 2 values, not 1"));
        assert!(refusal(&[Some(AxisValue::Share(0.5)), None]).contains("a size takes a number of people"));
        assert!(refusal(&[None, Some(AxisValue::Level(9, "".into()))]).contains("has no value 9"));
        assert!(model.replicates_at(&[None, None], &Silent).unwrap_err().to_string().contains("exact"));
    }

    /// A reading may have 256 values. Under its last, number 255, everybody is released.
    #[test]
    fn the_last_of_256_values_of_a_reading_is_not_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let values: String = (0..256).map(|value| format!("v{value} = \"Value {value}.\"\n")).collect();
        let text = format!(
            "id = \"many\"\nsetting = \"korea\"\ntitle = \"Many values\"\n\
             [readings.choice]\nquestion = \"Which?\"\ndefault = \"v0\"\n{values}\
             [[rule]]\nid = \"last\"\nwhen = {{ choice = \"v255\" }}\nthen = \"released\"\n\
             citation = {{ source = \"cable-1952-07-07\", locus = \"none\", note = \"For a test.\" }}\n\
             [[silence]]\nthen = \"retained\"\nnote = \"Everything else.\"\n"
        );
        let path = folder.path().join("many.toml");
        std::fs::write(&path, text).unwrap();
        let varies = vec![Varies::Reading(vec![("many".into(), 0)])];
        let model = lay_out(&[path.to_str().unwrap()], plan(Engine::Exact), varies);
        let released = |level: Option<u8>| {
            let value = level.map(|level| AxisValue::Level(level, format!("v{level}").into()));
            let rows = model.outcomes_at(&[value], &Silent).unwrap();
            rows.iter()
                .find(|row| row.outcome == model.setting().outcomes.find("released").unwrap())
                .unwrap()
                .mean
                .rounded()
        };
        assert_eq!([None, Some(0), Some(254), Some(255), None].map(released), [0, 0, 0, 181_033, 0]);
    }

    #[test]
    fn nothing_is_drawn_where_all_that_is_uncertain_varies() {
        let fixed = lay_out(&[DRAFT], plan(Engine::Exact), Vec::new());
        let parameters = 0..fixed.scenario().parameters.len();
        let varies: Vec<Varies> = parameters.map(Varies::Parameter).collect();
        assert!(fixed.draws());
        assert!(!lay_out(&[DRAFT], plan(Engine::Exact), varies.clone()).draws());
        assert!(lay_out(&[DRAFT], plan(Engine::Counts), varies).draws());
    }
}
