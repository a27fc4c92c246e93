use std::{collections::BTreeMap, fmt};

use rand::{Rng, rngs::ChaCha8Rng};

use super::Move;
use crate::simulate::{Purpose, Stream};

/// The share of the variance of an outcome that one axis explains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SobolIndex {
    /// Explained by the axis alone.
    pub first: f64,
    /// Half-width of the bootstrap interval of `first` at 95 %.
    pub first_interval: f64,
    /// Explained by the axis alone and in interaction with others.
    pub total: f64,
    /// Half-width of the bootstrap interval of `total` at 95 %.
    pub total_interval: f64,
}

/// How an outcome reacts when one axis moves, in units of the outcome for the whole length of the
/// axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MorrisEffect {
    /// Mean effect: signs may cancel.
    pub mu: f64,
    /// Mean size of the effect (Campolongo, Cariboni and Saltelli, Environ. Model. Softw. 22, 2007).
    pub mu_star: f64,
    /// Half-width of the bootstrap interval of `mu_star` at 95 %.
    pub mu_star_interval: f64,
    /// Standard deviation of the effects: large when the axis bends the outcome or interacts.
    pub sigma: f64,
}

/// The variance of an outcome by where it comes from. The parts add up to the total.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceSplit {
    /// Between combinations of wordings.
    pub wording: f64,
    /// Between points of the same wording: the parameters of the population.
    pub population: f64,
    /// Between replicates of the same point.
    pub chance: f64,
    /// The sum of the parts.
    pub total: f64,
}

/// Sobol' indices of every axis from the outputs of a Saltelli design, in the order of its points.
///
/// First-order indices by Saltelli et al. (Comput. Phys. Commun. 181, 2010, table 2 b), total
/// indices by Jansen (Comput. Phys. Commun. 117, 1999), both as SALib 1.5 computes them: outputs
/// are first centred and scaled, and the variance is that of `A` and `B` together. Estimates may
/// lie a little below 0 or above 1. The intervals are 1.96 standard deviations over `resamples`
/// bootstrap samples of the rows; they take rows as independent, so for Sobol' points they are
/// rather too wide.
///
/// # Errors
///
/// When outputs are missing, do not make up whole rows, or hardly vary, and when there are fewer
/// than two rows or resamples.
pub fn sobol_indices(
    outputs: &[f64],
    axes: usize,
    resamples: usize,
    seed: u64,
) -> Result<Vec<SobolIndex>, SensitivityError> {
    let rows = whole_rows(outputs, axes + 2)?;
    at_least_two("resamples", resamples)?;
    let terms = Terms::new(outputs, axes)?;
    let estimates = terms.estimates(0..rows);
    let mut rng = Stream::new(Purpose::Bootstrap, "sobol", seed).rng(0, 0);
    let again: Vec<_> =
        (0..resamples).map(|_| terms.estimates((0..rows).map(|_| below(rows, &mut rng)))).collect();
    let index = |axis: usize| SobolIndex {
        first: estimates[axis].first,
        first_interval: half_width(again.iter().map(|estimates| estimates[axis].first)),
        total: estimates[axis].total,
        total_interval: half_width(again.iter().map(|estimates| estimates[axis].total)),
    };
    Ok((0..axes).map(index).collect())
}

/// What each row of a Saltelli design adds to the sums behind the indices.
struct Terms {
    axes: usize,
    rows: Vec<Vec<f64>>,
}

#[derive(Clone, Copy)]
struct Estimate {
    first: f64,
    total: f64,
}

impl Terms {
    fn new(outputs: &[f64], axes: usize) -> Result<Terms, SensitivityError> {
        let scaled = scaled(outputs)?;
        let rows: Vec<Vec<f64>> = scaled.chunks_exact(axes + 2).map(row_terms).collect();
        let ends = scaled.chunks_exact(axes + 2).flat_map(|row| [row[0], row[axes + 1]]);
        // SALib's bound, below which a variance is rounding.
        if range(ends) <= f64::EPSILON {
            return Err(SensitivityError::Constant);
        }
        Ok(Terms { axes, rows })
    }

    /// The indices from these rows, which may repeat. Rows without any variance count as 0, as in
    /// SALib.
    fn estimates(&self, rows: impl Iterator<Item = usize>) -> Vec<Estimate> {
        let mut sums = vec![0.0; 2 + 2 * self.axes];
        let mut count = 0.0;
        for row in rows {
            sums.iter_mut().zip(&self.rows[row]).for_each(|(sum, term)| *sum += term);
            count += 1.0;
        }
        let (mean, square) = (sums[0] / (2.0 * count), sums[1] / (2.0 * count));
        let variance = square - mean * mean;
        let share = |sum: f64| if variance > f64::EPSILON { sum / count / variance } else { 0.0 };
        sums[2..].chunks_exact(2).map(|s| Estimate { first: share(s[0]), total: share(s[1]) }).collect()
    }
}

/// Sum and sum of squares of `a` and `b`, then for each axis `b (ab - a)` and `(a - ab)^2 / 2`.
fn row_terms(row: &[f64]) -> Vec<f64> {
    let (a, b) = (row[0], row[row.len() - 1]);
    let mixed = row[1..row.len() - 1].iter();
    let of_axes = mixed.flat_map(|ab| [b * (ab - a), 0.5 * (a - ab) * (a - ab)]);
    [a + b, a * a + b * b].into_iter().chain(of_axes).collect()
}

/// Outputs with mean 0 and standard deviation 1.
fn scaled(outputs: &[f64]) -> Result<Vec<f64>, SensitivityError> {
    let largest = outputs.iter().fold(0.0, |largest: f64, y| largest.max(y.abs()));
    if range(outputs.iter().copied()) <= largest * f64::EPSILON {
        return Err(SensitivityError::Constant);
    }
    let mean = mean(outputs.iter().copied());
    let deviation = self::mean(outputs.iter().map(|y| (y - mean).powi(2))).sqrt();
    Ok(outputs.iter().map(|y| (y - mean) / deviation).collect())
}

/// Elementary effects of every axis from the outputs of a Morris design, in the order of its
/// points; `moves` are those of the design (Morris, Technometrics 33, 1991).
///
/// # Errors
///
/// When outputs are missing or do not make up whole trajectories, when the moves of a trajectory
/// are not one for every axis, and when there are fewer than two trajectories or resamples.
pub fn morris_effects(
    outputs: &[f64],
    moves: &[Move],
    axes: usize,
    resamples: usize,
    seed: u64,
) -> Result<Vec<MorrisEffect>, SensitivityError> {
    whole_rows(outputs, axes + 1)?;
    at_least_two("resamples", resamples)?;
    let effects = elementary_effects(outputs, moves, axes)?;
    let stream = Stream::new(Purpose::Bootstrap, "morris", seed);
    let summary = |(axis, effects): (usize, &Vec<f64>)| {
        let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
        let mut rng = stream.rng(axis as u64, 0);
        MorrisEffect {
            mu: mean(effects.iter().copied()),
            mu_star: mean(sizes.iter().copied()),
            mu_star_interval: half_width((0..resamples).map(|_| resampled_mean(&sizes, &mut rng))),
            sigma: deviation(effects),
        }
    };
    Ok(effects.iter().enumerate().map(summary).collect())
}

/// The effects of each axis, one for every trajectory.
fn elementary_effects(
    outputs: &[f64],
    moves: &[Move],
    axes: usize,
) -> Result<Vec<Vec<f64>>, SensitivityError> {
    let trajectories = outputs.len() / (axes + 1);
    if moves.len() != trajectories * axes {
        return Err(SensitivityError::Moves);
    }
    let mut effects = vec![Vec::new(); axes];
    for (number, outputs) in outputs.chunks_exact(axes + 1).enumerate() {
        for (pair, step) in outputs.windows(2).zip(&moves[number * axes..]) {
            let of_axis = effects.get_mut(step.axis).filter(|of_axis| of_axis.len() == number);
            let effect = (pair[1] - pair[0]) / step.change;
            of_axis.filter(|_| effect.is_finite()).ok_or(SensitivityError::Moves)?.push(effect);
        }
    }
    Ok(effects)
}

fn resampled_mean(values: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    mean((0..values.len()).map(|_| values[below(values.len(), rng)]))
}

/// Splits the variance of an outcome by the law of total variance, applied twice.
///
/// Each point has the number of its combination of wordings, the mean of its replicates and their
/// variance. All points weigh the same. `chance` is the mean of the variances within points,
/// `wording` the variance of the means of the combinations, each weighted by its number of points,
/// and `population` the mean of the variances of points around the mean of their combination. All
/// are divided by the number of points, not one less.
///
/// These are the plain parts: never negative, and a split of exactly the variance that is there.
/// Estimates corrected for bias can be negative and then add up to nothing meaningful. The price
/// is that means of *m* replicates still carry chance: on average a share 1/*m* of `chance`
/// appears in `wording` and `population` too, most of it in `population` unless combinations have
/// few points.
///
/// # Errors
///
/// When the slices differ in length or are empty, a number is missing, or a variance is negative.
pub fn variance_split(
    wordings: &[usize],
    means: &[f64],
    variances_within: &[f64],
) -> Result<VarianceSplit, SensitivityError> {
    if means.is_empty() || wordings.len() != means.len() || variances_within.len() != means.len() {
        let lengths = [wordings.len(), means.len(), variances_within.len()];
        return Err(SensitivityError::Lengths { lengths });
    }
    all_present(means)?;
    all_present(variances_within)?;
    if variances_within.iter().any(|&variance| variance < 0.0) {
        return Err(SensitivityError::NegativeVariance);
    }
    let overall = mean(means.iter().copied());
    let of_wording = group_means(wordings, means);
    let wording = mean(wordings.iter().map(|wording| (of_wording[wording] - overall).powi(2)));
    let points = wordings.iter().zip(means);
    let population = mean(points.map(|(wording, mean)| (mean - of_wording[wording]).powi(2)));
    let chance = mean(variances_within.iter().copied());
    Ok(VarianceSplit { wording, population, chance, total: wording + population + chance })
}

fn group_means(groups: &[usize], values: &[f64]) -> BTreeMap<usize, f64> {
    let mut sums = BTreeMap::new();
    for (&group, value) in groups.iter().zip(values) {
        let (sum, count) = sums.entry(group).or_insert((0.0, 0.0));
        *sum += value;
        *count += 1.0;
    }
    sums.into_iter().map(|(group, (sum, count))| (group, sum / count)).collect()
}

/// Why outputs cannot be analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensitivityError {
    /// Some outputs are not finite numbers.
    Missing {
        /// How many.
        missing: usize,
        /// Of how many.
        outputs: usize,
    },
    /// The outputs do not make up whole rows or trajectories.
    WrongLength {
        /// How many there are.
        outputs: usize,
        /// How many make up one.
        row: usize,
    },
    /// A spread cannot be computed from fewer than two.
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many there are.
        given: usize,
    },
    /// The outputs are all the same, so that there is no variance to explain.
    Constant,
    /// The moves of a trajectory are not one for every axis.
    Moves,
    /// The slices of a variance split are empty or differ in length.
    Lengths {
        /// Their lengths.
        lengths: [usize; 3],
    },
    /// A variance within a point is negative.
    NegativeVariance,
}

impl fmt::Display for SensitivityError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            SensitivityError::Missing { missing, outputs } => {
                write!(f, "{missing} of {outputs} outputs are missing")
            }
            SensitivityError::WrongLength { outputs, row } => {
                write!(f, "{outputs} outputs do not make up whole rows of {row}")
            }
            SensitivityError::TooFew { what, given } => {
                write!(f, "at least 2 {what} are needed, not {given}")
            }
            SensitivityError::Constant => write!(f, "the output is the same at every point"),
            SensitivityError::Moves => write!(f, "the moves of a trajectory are not one for every axis"),
            SensitivityError::Lengths { lengths: [wordings, means, variances] } => {
                write!(f, "{wordings} wordings, {means} means and {variances} variances do not match")
            }
            SensitivityError::NegativeVariance => write!(f, "a variance is negative"),
        }
    }
}

impl std::error::Error for SensitivityError {}

/// The number of rows: at least two, whole, and nothing missing.
fn whole_rows(outputs: &[f64], row: usize) -> Result<usize, SensitivityError> {
    if !outputs.len().is_multiple_of(row) {
        return Err(SensitivityError::WrongLength { outputs: outputs.len(), row });
    }
    at_least_two("rows", outputs.len() / row)?;
    all_present(outputs)?;
    Ok(outputs.len() / row)
}

fn at_least_two(what: &'static str, given: usize) -> Result<(), SensitivityError> {
    if given < 2 {
        return Err(SensitivityError::TooFew { what, given });
    }
    Ok(())
}

fn all_present(outputs: &[f64]) -> Result<(), SensitivityError> {
    match outputs.iter().filter(|y| !y.is_finite()).count() {
        0 => Ok(()),
        missing => Err(SensitivityError::Missing { missing, outputs: outputs.len() }),
    }
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

fn half_width(estimates: impl Iterator<Item = f64>) -> f64 {
    Z * deviation(&estimates.collect::<Vec<_>>())
}

fn range(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    high - low
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The standard deviation of a sample of at least two.
fn deviation(sample: &[f64]) -> f64 {
    let mean = mean(sample.iter().copied());
    let squares: f64 = sample.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (sample.len() as f64 - 1.0)).sqrt()
}

/// A number below `bound`, uneven by at most `bound` in 2^64.
fn below(bound: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize
}
