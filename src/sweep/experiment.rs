//! A sweep, laid out: its design says which points there are, its model what happens to the prisoners at
//! each of them.

use std::{fmt, ops::Range, sync::Arc};

use rayon::prelude::*;

use super::part_size::PointCost;
use super::readings::Readings;
use crate::design::{Axis, AxisValue, Design, Sweep};
use crate::domain::{Engine, Error, Problem, Setting, Status, suggestion};
use crate::proposal::{Interpretation, Rulebook};
use crate::scenario::Scenario;
use crate::simulate::{Plan, Progress};
use crate::study::{Breakdown, Model, ModelOptions, OutcomeRow, RowReplicates};
use crate::table::Provenance;

/// A sweep laid out over its scenario, ready to be evaluated at any of its points.
#[derive(Debug)]
pub struct Experiment {
    sweep: Sweep,
    design: Design,
    model: Model,
    readings: Readings,
    provenance: Provenance,
    keeps_replicates: bool,
}

/// What became of the prisoners at one point of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct PointOutcomes {
    /// The point's number in the design.
    pub point: u64,
    /// The value of each axis; absent where the scenario was left as it is.
    pub values: Vec<Option<AxisValue>>,
    /// The outcome table's rows, or why there are none.
    pub rows: Result<Vec<OutcomeRow>, PointFailure>,
    /// The counts of single replicates behind each row; empty where they are not kept.
    pub replicates: Vec<RowReplicates>,
}

/// Why a point has no outcomes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PointFailure {
    /// A draw of its parameters leaves no room for the rest of a stratum's shares.
    SharesExceedOne {
        /// The replicate, from 0.
        replicate: u64,
        /// The stratum's id.
        stratum: String,
        /// The sum of the shares without the rest.
        sum: f64,
    },
    /// Its strata hold more people in all than can be counted exactly.
    TooManyPeople {
        /// The people in all strata.
        people: u128,
    },
    /// It asks for people in all where no stratum has any.
    NobodyToScale {
        /// The people asked for.
        total: u64,
    },
}

impl PointFailure {
    /// The failure of a point, where an error is one; other errors end the sweep.
    fn of(error: Error) -> Result<PointFailure, Error> {
        match error {
            Error::SharesExceedOne { stratum, replicate, sum, .. } => {
                Ok(PointFailure::SharesExceedOne { replicate, stratum, sum })
            }
            Error::TooManyPeople { people } => Ok(PointFailure::TooManyPeople { people }),
            Error::NobodyToScale { total } => Ok(PointFailure::NobodyToScale { total }),
            other => Err(other),
        }
    }
}

impl fmt::Display for PointFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PointFailure::SharesExceedOne { replicate, stratum, sum } => {
                write!(f, "replicate {replicate}: the shares of stratum {stratum} add up to {sum:.6}")
            }
            PointFailure::TooManyPeople { people } => {
                write!(f, "the strata hold {people} people in total, more than 2^53")
            }
            PointFailure::NobodyToScale { total } => {
                write!(f, "the strata hold nobody, and cannot be scaled to {total} people")
            }
        }
    }
}

impl Experiment {
    /// Lays a sweep out.
    ///
    /// # Errors
    ///
    /// Everything in which the design or a column does not fit the axes and the setting.
    pub fn new(
        setting: Arc<Setting>,
        scenario: &Scenario,
        interpretations: Vec<Interpretation>,
        sweep: Sweep,
    ) -> Result<Experiment, Error> {
        let declared: Vec<Option<u64>> = sweep.axes.iter().map(Axis::declared_values).collect();
        let design = Design::new(sweep.design, &declared, sweep.seed);
        let (by, mut problems) = columns(&setting, &sweep);
        let design = match design {
            Ok(design) if problems.is_empty() => design,
            Ok(_) => return Err(problems.into()),
            Err(error) => {
                let problem = Problem::at(&sweep.design_place, format!("the design does not fit: {error}"));
                let help = "declare `points` or `values` on the axes, or choose another number or design";
                problems.insert(0, problem.label("this design").help(help));
                return Err(problems.into());
            }
        };
        refuse_limits(&setting, &interpretations, &sweep)?;
        let varies = sweep.axes.iter().map(|axis| axis.varies.clone()).collect();
        let plan = Plan { engine: sweep.engine, seed: sweep.seed, replicates: sweep.replicates };
        let readings = Readings::new(&interpretations, &sweep.axes);
        let names = interpretations.iter().map(Interpretation::name);
        let provenance = Provenance {
            scenario: Some(scenario.name.clone()),
            engine: Some(sweep.engine),
            seed: Some(sweep.seed),
            replicates: Some(sweep.replicates),
            population: Some(scenario.population()),
            counted: Vec::new(),
            set: sweep.set.clone(),
            readings: names.map(|name| (name.label(), name.full_reading())).collect(),
            unverified: scenario.count(Status::Unverified),
            assumed: scenario.count(Status::Assumed),
            inputs: Vec::new(),
        };
        let model = Model::new(setting, scenario, interpretations, ModelOptions { varies, by, plan });
        Ok(Experiment { sweep, design, model, readings, provenance, keeps_replicates: false })
    }

    /// The same experiment, with the counts of single replicates beside the outcomes if they are wanted.
    ///
    /// # Errors
    ///
    /// If they are wanted of the engine `exact`, which draws no replicates.
    pub fn keeping_replicates(self, keep: bool) -> Result<Experiment, Error> {
        if keep && self.sweep.engine == Engine::Exact {
            let what = format!(
                "replicates cannot be kept: the engine of {} is `exact`, which draws no replicates",
                self.sweep.name
            );
            let help = "keep none, or set engine = \"counts\" in a sweep file of your own";
            return Err(Problem::new(what).help(help).into());
        }
        Ok(Experiment { keeps_replicates: keep, ..self })
    }

    /// The sweep.
    pub fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// Its design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Its model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether the counts of single replicates are kept.
    pub fn keeps_replicates(&self) -> bool {
        self.keeps_replicates
    }

    /// The readings that its proposals have at any point.
    pub(super) fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The ids of its proposals, each once, and the number of each interpretation's.
    pub(super) fn proposal_ids(&self) -> (Vec<String>, Vec<u32>) {
        let mut ids: Vec<String> = Vec::new();
        let mut number = |id: &String| match ids.iter().position(|known| known == id) {
            Some(known) => known as u32,
            None => {
                ids.push(id.clone());
                ids.len() as u32 - 1
            }
        };
        let numbers = self.model.interpretations().iter().map(|of| number(&of.proposal.id)).collect();
        (ids, numbers)
    }

    /// The values of a reading that proposals may share, and the number of the one in force where no axis changes
    /// it; `None` where it is not the same in all of them.
    pub(super) fn reading_values(&self, readings: &[(String, usize)]) -> (Vec<String>, Option<u32>) {
        let of_proposal = |(id, reading): &(String, usize)| {
            let of = self.model.interpretations().iter().find(|of| of.proposal.id == *id)?;
            Some((&of.proposal.readings[*reading].variable.levels, u32::from(of.chosen[*reading])))
        };
        let mut of_proposals = readings.iter().filter_map(of_proposal);
        let Some((levels, in_force)) = of_proposals.next() else { return Default::default() };
        let is_shared = of_proposals.all(|(_, other)| other == in_force);
        (levels.clone(), is_shared.then_some(in_force))
    }

    /// What its numbers rest on, besides the values of the axes and the files read.
    pub(super) fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Number of points.
    pub fn points(&self) -> u64 {
        self.design.len()
    }

    /// Number of points that make a part. It depends on the sweep alone, never on the machine.
    pub fn points_per_part(&self) -> u64 {
        let replicates = if self.model.draws() { self.sweep.replicates } else { 1 };
        let people = match self.sweep.engine {
            Engine::Individuals => replicates.saturating_mul(self.model.scenario().population()),
            Engine::Counts | Engine::Exact => 0,
        };
        let rows = self.model.row_count() as u64;
        PointCost { rows, replicates, people, keeps_replicates: self.keeps_replicates }.points_per_part()
    }

    /// Number of parts.
    pub fn parts(&self) -> u64 {
        self.points().div_ceil(self.points_per_part())
    }

    /// The points of a part.
    pub fn points_of(&self, part: u64) -> Range<u64> {
        let size = self.points_per_part();
        part * size..self.points().min((part + 1) * size)
    }

    /// The value of each axis at a point.
    pub fn values_at(&self, point: u64) -> Vec<Option<AxisValue>> {
        let coordinates = self.design.point(point);
        self.sweep.axes.iter().zip(coordinates).map(|(axis, coordinate)| axis.value(coordinate)).collect()
    }

    /// Evaluates points, in order. A point that fails does not fail the others.
    ///
    /// # Errors
    ///
    /// If interrupted.
    pub fn evaluate(&self, points: Range<u64>, progress: &dyn Progress) -> Result<Vec<PointOutcomes>, Error> {
        let evaluated = points.into_par_iter().map(|point| {
            let outcomes = self.evaluate_point(point, progress)?;
            progress.advance(1);
            Ok(outcomes)
        });
        evaluated.collect()
    }

    fn evaluate_point(&self, point: u64, progress: &dyn Progress) -> Result<PointOutcomes, Error> {
        if progress.cancelled() {
            return Err(Error::INTERRUPTED);
        }
        let values = self.values_at(point);
        let outcomes = match self.keeps_replicates {
            true => self.model.replicates_at(&values, &CountsPoints(progress)),
            false => self.model.outcomes_at(&values, &CountsPoints(progress)).map(|rows| (rows, Vec::new())),
        };
        match outcomes {
            Ok((rows, replicates)) => Ok(PointOutcomes { point, values, rows: Ok(rows), replicates }),
            Err(error) => {
                let rows = Err(PointFailure::of(error)?);
                Ok(PointOutcomes { point, values, rows, replicates: Vec::new() })
            }
        }
    }
}

/// The columns to break outcomes down by, each once, and those that there are not.
fn columns(setting: &Setting, sweep: &Sweep) -> (Vec<Breakdown>, Vec<Problem>) {
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for name in &sweep.by {
        match Breakdown::named(setting, name) {
            Some(column) if columns.contains(&column) => {}
            Some(column) => columns.push(column),
            None => {
                let known = setting.space.variables().iter().map(|variable| variable.name.as_str());
                let what = format!("`by` names no attribute: `{name}`");
                let help = suggestion(name, known.chain(["stratum"]));
                problems.push(Problem::at(&sweep.design_place, what).help(help));
            }
        }
    }
    (columns, problems)
}

/// Progress of a sweep counts points: what an engine says of people is dropped.
struct CountsPoints<'a>(&'a dyn Progress);

impl Progress for CountsPoints<'_> {
    fn advance(&self, _people: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}
/// Refuses proposals with limits where points are counted in closed form, which covers none.
fn refuse_limits(setting: &Setting, interpretations: &[Interpretation], sweep: &Sweep) -> Result<(), Error> {
    if sweep.engine != Engine::Exact {
        return Ok(());
    }
    for interpretation in interpretations.iter().filter(|how| !how.proposal.limits.is_empty()) {
        let id = &interpretation.proposal.id;
        let varies = sweep.axes.iter().any(|axis| axis.varies.reading_of(id).is_some());
        if varies || !Rulebook::compile(&setting.space, interpretation.clone())?.limits.is_empty() {
            let what = format!("`{id}` has limits on numbers, and no closed form covers what they do");
            return Err(Problem::new(what).help("count by `engine = \"counts\"`").into());
        }
    }
    Ok(())
}
