//! The sensitivity table of a sweep: for each row of outcomes, its variance by source, and the indices that
//! the design was made for.

use std::collections::BTreeMap;

use super::experiment::Experiment;
use super::figures::{Figures, MAX_FIGURES};
use crate::design::{AxisValue, DesignKind, Varies};
use crate::domain::Outcome;
use crate::proposal::Interpretation;
use crate::sensitivity::{morris_effects, sobol_indices, variance_split};

/// Bootstrap resamples behind each interval.
const RESAMPLES: usize = 200;

/// A row of a sensitivity table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SensitivityRow {
    /// The proposal's id.
    pub(super) proposal: String,
    /// Its readings that are neither defaults nor axes, or `default`.
    pub(super) reading: String,
    /// The levels of the grouping columns.
    pub(super) by: Vec<String>,
    /// The outcome.
    pub(super) outcome: Outcome,
    /// The axis; absent for parts of the variance.
    pub(super) axis: Option<String>,
    /// What is measured: `first`, `total`, `mu_star`, `sigma`, `mu`, `wording`, `population`, `chance`.
    pub(super) measure: &'static str,
    /// Its value: a part of the variance from 0 to 1, or an effect in people; absent where the outcome
    /// does not vary.
    pub(super) value: Option<f64>,
    /// Half of its 95 % interval.
    pub(super) interval: Option<f64>,
}

/// Whether the design of an experiment supports sensitivities: one axis at a time says nothing of variance,
/// and a list is whatever its author made it.
pub(super) fn has_sensitivities(experiment: &Experiment) -> bool {
    !matches!(experiment.sweep().design, DesignKind::Zip | DesignKind::OneAtATime)
}

/// Whether there are too many figures to analyse.
pub(super) fn is_too_large(experiment: &Experiment) -> bool {
    experiment.points().saturating_mul(experiment.model().row_count() as u64) > MAX_FIGURES
}

/// The rows of the sensitivity table, from figures of every point.
pub(super) fn sensitivities(experiment: &Experiment, figures: &Figures) -> Vec<SensitivityRow> {
    let model = experiment.model();
    let wordings = number_wordings(experiment);
    let names = model.row_names().into_iter().zip(figures.means.iter().zip(&figures.variances));
    let rows = names.flat_map(|((position, by, outcome), (means, variances))| {
        let judged = &model.interpretations()[position];
        let about = SensitivityRow {
            proposal: judged.proposal.id.clone(),
            reading: judged.name().reading(),
            by: by.to_vec(),
            outcome,
            axis: None,
            measure: "",
            value: None,
            interval: None,
        };
        let mut rows = split(&about, &wordings[position], means, variances);
        rows.extend(effects(&about, experiment, means));
        rows
    });
    rows.collect()
}

/// For each interpretation, the number of the combination of its own readings at every point.
fn number_wordings(experiment: &Experiment) -> Vec<Vec<usize>> {
    let interpretations = experiment.model().interpretations();
    let axes: Vec<Vec<usize>> = interpretations.iter().map(|of| reading_axes(experiment, of)).collect();
    let mut numbers: Vec<BTreeMap<Vec<Option<u8>>, usize>> = vec![BTreeMap::new(); axes.len()];
    let mut wordings = vec![Vec::new(); axes.len()];
    for point in 0..experiment.points() {
        let values = experiment.values_at(point);
        for (interpretation, axes) in axes.iter().enumerate() {
            let level = |axis: &usize| match values[*axis] {
                Some(AxisValue::Level(level, _)) => Some(level),
                _ => None,
            };
            let numbers = &mut numbers[interpretation];
            let next = numbers.len();
            let number = *numbers.entry(axes.iter().map(level).collect()).or_insert(next);
            wordings[interpretation].push(number);
        }
    }
    wordings
}

/// The axes that are readings of an interpretation's proposal.
fn reading_axes(experiment: &Experiment, interpretation: &Interpretation) -> Vec<usize> {
    let is_own = |varies: &Varies| varies.reading_of(&interpretation.proposal.id).is_some();
    let axes = experiment.sweep().axes.iter().enumerate();
    axes.filter(|(_, axis)| is_own(&axis.varies)).map(|(position, _)| position).collect()
}

/// How much of a row's variance is wording, population and chance, as parts of 1.
fn split(
    about: &SensitivityRow,
    wordings: &[usize],
    means: &[f64],
    variances: &[f64],
) -> Vec<SensitivityRow> {
    let Ok(split) = variance_split(wordings, means, variances) else { return Vec::new() };
    let part = |part: f64| (split.total > 0.0).then(|| part / split.total);
    let row = |measure, value| SensitivityRow { measure, value, ..about.clone() };
    vec![
        row("wording", part(split.wording)),
        row("population", part(split.population)),
        row("chance", part(split.chance)),
        row("variance", Some(split.total)),
    ]
}

/// The indices that the design was made for; absent where the row does not vary.
fn effects(about: &SensitivityRow, experiment: &Experiment, means: &[f64]) -> Vec<SensitivityRow> {
    let sweep = experiment.sweep();
    match sweep.design {
        DesignKind::Saltelli { .. } => {
            let indices = sobol_indices(means, sweep.axes.len(), RESAMPLES, sweep.seed).ok();
            per_axis(about, experiment, |axis| {
                let index = indices.as_ref().map(|indices| indices[axis]);
                vec![
                    ("first", index.map(|i| i.first), index.map(|i| i.first_interval)),
                    ("total", index.map(|i| i.total), index.map(|i| i.total_interval)),
                ]
            })
        }
        DesignKind::Morris { .. } => {
            let steps = experiment.design().steps();
            let effects = morris_effects(means, &steps, sweep.axes.len(), RESAMPLES, sweep.seed).ok();
            per_axis(about, experiment, |axis| {
                let effect = effects.as_ref().map(|effects| effects[axis]);
                vec![
                    ("mu", effect.map(|e| e.mu), None),
                    ("mu_star", effect.map(|e| e.mu_star), effect.map(|e| e.mu_star_interval)),
                    ("sigma", effect.map(|e| e.sigma), None),
                ]
            })
        }
        _ => Vec::new(),
    }
}

/// A measure, its value and its interval.
type Measured = (&'static str, Option<f64>, Option<f64>);

fn per_axis(
    about: &SensitivityRow,
    experiment: &Experiment,
    measured: impl Fn(usize) -> Vec<Measured>,
) -> Vec<SensitivityRow> {
    let axes = experiment.sweep().axes.iter().enumerate();
    let rows = axes.flat_map(|(position, axis)| {
        measured(position).into_iter().map(|(measure, value, interval)| {
            let axis = Some(axis.name.clone());
            SensitivityRow { axis, measure, value, interval, ..about.clone() }
        })
    });
    rows.collect()
}
