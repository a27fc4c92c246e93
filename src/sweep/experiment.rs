use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use rayon::prelude::*;

use super::frames::{AxisKind, SweepColumns};
use crate::design::{Axis, AxisValue, Design, Sweep, Varies};
use crate::domain::{Engine, Outcome, OutcomeRow, Problem, RowReplicates, Setting};
use crate::proposal::Interpretation;
use crate::scenario::{Distribution, Scenario};
use crate::simulate::{
    Column, OutcomeRows, Plan, Population, Progress, RowMap, Rulebook, Silent, Stop, Summary, draw, summarise,
};

/// A sweep laid out over its scenario, ready to be evaluated at any of its points.
#[derive(Debug)]
pub struct Experiment<'a> {
    setting: &'a Setting,
    sweep: &'a Sweep,
    pub(super) keep_replicates: bool,
    design: Design,
    population: Population<'a>,
    /// What every point starts from.
    bare: Scenario,
    layout: OutcomeRows,
    by: Vec<Column>,
    interpretations: &'a [Interpretation],
    /// Questions and what they need counted, by the values of the axes that are readings.
    questions: RwLock<BTreeMap<Vec<u8>, Arc<Asked>>>,
}

/// Questions, and what is counted to answer them.
#[derive(Debug)]
struct Asked {
    questions: Vec<Rulebook>,
    counting: RowMap,
}

/// Rows of a part at the most.
const PART_ROWS: u64 = 8_192;
/// Rows of a part at the most, where there is one for each replicate.
const PART_KEPT: u64 = 16_384;
/// Replicates of a part at the most: what a kill can cost.
const PART_REPLICATES: u64 = 200_000;
/// People drawn one by one for a part at the most.
const PART_PEOPLE: u64 = 4_000_000_000;

impl<'a> Experiment<'a> {
    /// Lays a sweep out.
    ///
    /// # Errors
    ///
    /// If the design or a column does not fit the axes and the setting: everything that is wrong.
    pub fn new(
        setting: &'a Setting,
        scenario: &'a Scenario,
        interpretations: &'a [Interpretation],
        sweep: &'a Sweep,
        keep_replicates: bool,
    ) -> Result<Experiment<'a>, Vec<Problem>> {
        let mut problems = Vec::new();
        let steps: Vec<Option<u64>> = sweep.axes.iter().map(Axis::declared_values).collect();
        let design = Design::new(sweep.design, &steps, sweep.seed);
        if let Err(error) = &design {
            let problem = Problem::at(&sweep.design_place, format!("the design does not fit: {error}"));
            let help = "declare `points` or `values` on the axes, or choose another number or design";
            problems.push(problem.label("this design").help(help));
        }
        let mut by = Vec::new();
        for name in &sweep.by {
            match Column::named(setting, name) {
                Some(column) => by.push(column),
                None => {
                    let what = format!("`by` names no attribute: `{name}`");
                    problems.push(Problem::at(&sweep.design_place, what).help("see `repat list`"));
                }
            }
        }
        let (Ok(design), true) = (design, problems.is_empty()) else { return Err(problems) };
        let population = Population::new(setting, scenario);
        let layout = OutcomeRows::new(setting, &population, &by);
        let (bare, questions) = (scenario.bare(), RwLock::default());
        Ok(Experiment {
            setting,
            sweep,
            keep_replicates,
            design,
            population,
            bare,
            layout,
            by,
            interpretations,
            questions,
        })
    }

    /// Whether the counts of single replicates are kept.
    pub fn keeps_replicates(&self) -> bool {
        self.keep_replicates
    }

    /// How many points there are.
    pub fn points(&self) -> u64 {
        self.design.len()
    }

    /// How many rows a point has.
    pub fn rows_per_point(&self) -> u64 {
        (self.interpretations.len() * self.layout.groups() * Outcome::ALL.len()) as u64
    }

    /// How many points make a part. It depends on the sweep alone, never on the machine.
    pub fn points_per_part(&self) -> u64 {
        let drawn = self.sweep.engine != Engine::Exact || self.is_uncertain();
        let replicates = if drawn { self.sweep.replicates } else { 1 };
        let people = match self.sweep.engine {
            Engine::Individuals => replicates.saturating_mul(self.population.scenario.population()),
            Engine::Counts | Engine::Exact => 1,
        };
        let rows = self.rows_per_point().max(1);
        let by_rows = match self.keep_replicates {
            true => PART_KEPT / rows.saturating_mul(replicates),
            false => PART_ROWS / rows,
        };
        by_rows.min(PART_REPLICATES / replicates).min(PART_PEOPLE / people.max(1)).max(1)
    }

    /// Whether a parameter stays uncertain at the points: one that no axis sets.
    fn is_uncertain(&self) -> bool {
        let set =
            |position: usize| self.sweep.axes.iter().any(|axis| axis.varies == Varies::Parameter(position));
        let parameters = self.population.scenario.parameters.iter().enumerate();
        let mut left = parameters.filter(|(position, _)| !set(*position));
        left.any(|(_, parameter)| !matches!(parameter.distribution, Distribution::Fixed(_)))
    }

    /// How many parts there are.
    pub fn parts(&self) -> u64 {
        self.points().div_ceil(self.points_per_part())
    }

    /// The points of a part.
    pub fn points_of(&self, part: u64) -> std::ops::Range<u64> {
        let size = self.points_per_part();
        part * size..self.points().min((part + 1) * size)
    }

    /// The columns of its tables.
    pub fn columns(&self) -> SweepColumns {
        let kind = |axis: &Axis| match axis.varies {
            Varies::Parameter(_) => AxisKind::Share,
            Varies::StratumSize(_) | Varies::Population => AxisKind::People,
            Varies::Reading { .. } => AxisKind::Level,
        };
        SweepColumns {
            scenario: self.population.scenario.name.clone(),
            axes: self.sweep.axes.iter().map(|axis| (axis.name.clone(), kind(axis))).collect(),
            by: self.by.iter().map(|column| column.name(self.setting)).collect(),
        }
    }

    /// A point's place on the axes, without its outcomes.
    pub fn place(&self, point: u64) -> Vec<Option<AxisValue>> {
        let coordinates = self.design.point(point);
        self.sweep.axes.iter().zip(coordinates).map(|(axis, coordinate)| axis.value(coordinate)).collect()
    }

    /// Evaluates some points, in order.
    ///
    /// # Errors
    ///
    /// If interrupted. A point that fails does not fail the others.
    pub fn evaluate(
        &self,
        points: std::ops::Range<u64>,
        progress: &dyn Progress,
    ) -> Result<Vec<PointOutcomes>, Stop> {
        points
            .into_par_iter()
            .map(|point| {
                let outcomes = self.point(point, progress);
                progress.advance(1);
                outcomes
            })
            .collect()
    }

    fn point(&self, point: u64, progress: &dyn Progress) -> Result<PointOutcomes, Stop> {
        if progress.cancelled() {
            return Err(Stop::Interrupted);
        }
        let axes = self.place(point);
        let scenario = self.scenario_at(&axes);
        let population = self.population.with(&scenario);
        let asked = self.questions_at(&axes);
        let plan =
            Plan { engine: self.sweep.engine, seed: self.sweep.seed, replicates: self.sweep.replicates };
        let (rows, replicates) = match self.summarise(&population, &asked, plan, &Points(progress)) {
            Ok((summary, replicates)) => (Ok(self.layout.rows(&asked.questions, &summary)), replicates),
            Err(Stop::Interrupted) => return Err(Stop::Interrupted),
            Err(Stop::SharesExceedOne { replicate, stratum, shares }) => {
                let stratum = &scenario.strata[stratum].id;
                let why = format!("the shares of stratum {stratum} add up to {:.6}", shares.sum);
                (Err(format!("replicate {replicate}: {why}")), Vec::new())
            }
        };
        Ok(PointOutcomes { point, axes, rows, replicates })
    }

    /// The summary of a point, and what single replicates counted if that is kept.
    fn summarise(
        &self,
        population: &Population<'_>,
        asked: &Asked,
        plan: Plan,
        progress: &dyn Progress,
    ) -> Result<(Summary, Vec<RowReplicates>), Stop> {
        if !self.keep_replicates {
            return Ok((summarise(population, &asked.counting, plan, progress)?, Vec::new()));
        }
        let draws = draw(population, &asked.counting, plan, progress)?;
        let summary = Summary::of_draws(&draws, asked.counting.rows);
        Ok((summary, self.layout.replicates(&asked.questions, &draws)))
    }

    /// The scenario with the axes' values in place of its own.
    fn scenario_at(&self, values: &[Option<AxisValue>]) -> Scenario {
        let mut scenario = self.bare.clone();
        let mut population = None;
        for (axis, value) in self.sweep.axes.iter().zip(values) {
            match (&axis.varies, value) {
                (Varies::Parameter(position), Some(AxisValue::Share(share))) => {
                    scenario.parameters[*position].distribution = Distribution::Fixed(*share);
                }
                (Varies::StratumSize(position), Some(AxisValue::People(people))) => {
                    scenario.strata[*position].size = *people;
                }
                (Varies::Population, Some(AxisValue::People(people))) => population = Some(*people),
                _ => {}
            }
        }
        // Sizes first, then all in proportion.
        population.filter(|_| scenario.population() > 0).iter().for_each(|total| scenario.scale_to(*total));
        scenario
    }

    /// The questions under the readings at a point; compiled once for each combination.
    fn questions_at(&self, values: &[Option<AxisValue>]) -> Arc<Asked> {
        let level = |value: &Option<AxisValue>| match value {
            Some(AxisValue::Level(level, _)) => *level,
            _ => u8::MAX,
        };
        let key: Vec<u8> = values.iter().map(level).collect();
        if let Ok(known) = self.questions.read()
            && let Some(questions) = known.get(&key)
        {
            return questions.clone();
        }
        let questions = Arc::new(self.compile(&key));
        if let Ok(mut known) = self.questions.write() {
            known.insert(key, questions.clone());
        }
        questions
    }

    fn compile(&self, levels: &[u8]) -> Asked {
        let read = |interpretation: &Interpretation| {
            let mut read = interpretation.clone();
            for (axis, &level) in self.sweep.axes.iter().zip(levels) {
                if let Varies::Reading { proposal, reading } = &axis.varies
                    && *proposal == read.proposal.id
                    && level != u8::MAX
                {
                    read.chosen[*reading] = level;
                }
            }
            read
        };
        let question = |interpretation: &Interpretation| {
            let interpretation = read(interpretation);
            let rulings = interpretation.compile(&self.setting.space).ok()?;
            Some(Rulebook { interpretation, rulings })
        };
        let questions: Vec<Rulebook> = self.interpretations.iter().filter_map(question).collect();
        let counting = self.layout.counting(self.setting, &self.population, &questions);
        Asked { questions, counting }
    }

    /// For each interpretation, the axes that are readings of it.
    pub fn reading_axes(&self) -> Vec<Vec<usize>> {
        let axes_of = |interpretation: &Interpretation| {
            let axes = self.sweep.axes.iter().enumerate();
            let own = axes.filter(|(_, axis)| match &axis.varies {
                Varies::Reading { proposal, .. } => *proposal == interpretation.proposal.id,
                _ => false,
            });
            own.map(|(position, _)| position).collect()
        };
        self.interpretations.iter().map(axes_of).collect()
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The sweep.
    pub fn sweep(&self) -> &Sweep {
        self.sweep
    }

    /// What each row of a point is about, in order: the interpretation's number, the group and the
    /// outcome.
    pub fn row_names(&self) -> Vec<(usize, Vec<String>, Outcome)> {
        let mut names = Vec::new();
        for interpretation in 0..self.interpretations.len() {
            for group in self.layout.group_names() {
                names.extend(Outcome::ALL.map(|outcome| (interpretation, group.clone(), outcome)));
            }
        }
        names
    }

    /// The interpretations judged, before any axis changes their readings.
    pub fn interpretations(&self) -> &[Interpretation] {
        self.interpretations
    }
}

/// What became of the prisoners at one point of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct PointOutcomes {
    /// The point's number in the design.
    pub point: u64,
    /// The value of each axis; absent where the scenario was left as it is.
    pub axes: Vec<Option<AxisValue>>,
    /// The outcome table's rows, or why there are none.
    pub rows: Result<Vec<OutcomeRow>, String>,
    /// What single replicates counted of each row; empty where that is not kept.
    pub replicates: Vec<RowReplicates>,
}

/// Progress of a sweep counts points, not people.
struct Points<'a>(&'a dyn Progress);

impl Progress for Points<'_> {
    fn advance(&self, people: u64) {
        Silent.advance(people);
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}
