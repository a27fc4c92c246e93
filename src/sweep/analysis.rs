use std::collections::BTreeMap;

use super::experiment::Experiment;
use super::frames::SensitivityRow;
use crate::design::{AxisValue, DesignKind};
use crate::sensitivity::{morris_effects, sobol_indices, variance_split};
use crate::table::PartFigures;

/// More figures than this (points times rows) are not analysed: they would not fit in memory.
const MAX_FIGURES: u64 = 1 << 20;

/// Bootstrap resamples behind each interval.
const RESAMPLES: usize = 200;

/// Mean and variance of every row at every point, collected part by part.
#[derive(Debug)]
pub(super) struct Analysis<'a> {
    experiment: &'a Experiment<'a>,
    /// By row and point.
    means: Vec<Vec<f64>>,
    variances: Vec<Vec<f64>>,
    failed: u64,
    /// Whether there are few enough figures to analyse.
    few: bool,
    /// Whether the design says anything of variance.
    spread: bool,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(experiment: &'a Experiment<'a>) -> Analysis<'a> {
        let rows = experiment.rows_per_point();
        let few = experiment.points().saturating_mul(rows) <= MAX_FIGURES;
        // One axis at a time says nothing of variance, and a list is whatever its author made it.
        let spread = !matches!(experiment.sweep().design, DesignKind::Zip | DesignKind::OneAtATime);
        let points = if few && spread { experiment.points() } else { 0 };
        // Made in full at once: a list that grows is copied, and there twice while it is.
        let none = || (0..rows).map(|_| Vec::with_capacity(points as usize)).collect();
        Analysis { experiment, means: none(), variances: none(), failed: 0, few, spread }
    }

    /// Whether there is anything to analyse, and few enough of it.
    pub(super) fn is_possible(&self) -> bool {
        self.few && self.spread
    }

    /// Takes in a part's figures, in order.
    pub(super) fn add(&mut self, figures: &PartFigures) {
        for point in figures.rows.chunk_by(|a, b| a.0 == b.0) {
            if point.iter().any(|(_, figures)| figures.is_none()) {
                self.failed += 1;
                continue;
            }
            for (row, (_, figures)) in point.iter().enumerate() {
                let (mean, sd) = figures.unwrap_or_default();
                self.means[row].push(mean);
                self.variances[row].push(sd * sd);
            }
        }
    }

    /// The sensitivity table, or why there is none.
    pub(super) fn rows(&self) -> Result<Vec<SensitivityRow>, String> {
        if !self.spread {
            return Ok(Vec::new());
        }
        if !self.few {
            return Err(format!("no sensitivities: more than {MAX_FIGURES} figures are not analysed"));
        }
        if self.failed > 0 {
            let points = self.experiment.points();
            return Err(format!(
                "no sensitivities: {} of {points} points failed, and the rest is no longer the design",
                self.failed
            ));
        }
        let wordings = self.wordings();
        let names = self.experiment.row_names();
        let rows = names.iter().enumerate().flat_map(|(row, (interpretation, by, outcome))| {
            let judged = &self.experiment.interpretations()[*interpretation];
            let reading = Some(judged.departures()).filter(|reading| !reading.is_empty());
            let line = |axis: Option<&String>, measure: &str, value: Option<f64>, interval: Option<f64>| {
                SensitivityRow {
                    proposal: judged.proposal.id.clone(),
                    reading: reading.clone(),
                    by: by.clone(),
                    outcome: outcome.name().into(),
                    axis: axis.cloned(),
                    measure: measure.into(),
                    value,
                    interval,
                }
            };
            let mut lines = self.split(row, &wordings[*interpretation], &line);
            lines.extend(self.effects(row, &line));
            lines
        });
        Ok(rows.collect())
    }

    /// For each interpretation, the combination of its own readings at every point.
    fn wordings(&self) -> Vec<Vec<usize>> {
        let axes = self.experiment.reading_axes();
        let mut seen: Vec<BTreeMap<Vec<u8>, usize>> = vec![BTreeMap::new(); axes.len()];
        let mut wordings = vec![Vec::new(); axes.len()];
        for point in 0..self.experiment.points() {
            let place = self.experiment.place(point);
            for (interpretation, axes) in axes.iter().enumerate() {
                let level = |axis: &usize| match place[*axis] {
                    Some(AxisValue::Level(level, _)) => level,
                    _ => u8::MAX,
                };
                let seen = &mut seen[interpretation];
                let next = seen.len();
                let number = *seen.entry(axes.iter().map(level).collect()).or_insert(next);
                wordings[interpretation].push(number);
            }
        }
        wordings
    }

    /// How much of a row's variance is wording, population and chance, as parts of 1.
    fn split(&self, row: usize, wordings: &[usize], line: &Line<'_>) -> Vec<SensitivityRow> {
        let Ok(split) = variance_split(wordings, &self.means[row], &self.variances[row]) else {
            return Vec::new();
        };
        let part = |part: f64| (split.total > 0.0).then(|| part / split.total);
        vec![
            line(None, "wording", part(split.wording), None),
            line(None, "population", part(split.population), None),
            line(None, "chance", part(split.chance), None),
            line(None, "variance", Some(split.total), None),
        ]
    }

    /// The indices that the design was made for; absent where the row does not vary.
    fn effects(&self, row: usize, line: &Line<'_>) -> Vec<SensitivityRow> {
        let sweep = self.experiment.sweep();
        let names: Vec<&String> = sweep.axes.iter().map(|axis| &axis.name).collect();
        match sweep.design {
            DesignKind::Saltelli { .. } => {
                let indices = sobol_indices(&self.means[row], names.len(), RESAMPLES, sweep.seed).ok();
                let of_axis = |(position, name): (usize, &&String)| {
                    let index = indices.as_ref().map(|indices| indices[position]);
                    [
                        line(Some(name), "first", index.map(|i| i.first), index.map(|i| i.first_interval)),
                        line(Some(name), "total", index.map(|i| i.total), index.map(|i| i.total_interval)),
                    ]
                };
                names.iter().enumerate().flat_map(of_axis).collect()
            }
            DesignKind::Morris { .. } => {
                let moves = self.experiment.design().steps();
                let effects =
                    morris_effects(&self.means[row], &moves, names.len(), RESAMPLES, sweep.seed).ok();
                let of_axis = |(position, name): (usize, &&String)| {
                    let effect = effects.as_ref().map(|effects| effects[position]);
                    [
                        line(Some(name), "mu", effect.map(|e| e.mu), None),
                        line(
                            Some(name),
                            "mu_star",
                            effect.map(|e| e.mu_star),
                            effect.map(|e| e.mu_star_interval),
                        ),
                        line(Some(name), "sigma", effect.map(|e| e.sigma), None),
                    ]
                };
                names.iter().enumerate().flat_map(of_axis).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Makes a line of the table for one row: axis, measure, value, interval.
type Line<'l> = dyn Fn(Option<&String>, &str, Option<f64>, Option<f64>) -> SensitivityRow + 'l;
