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
        let rows: Vec<Vec<f64>> = scaled(outputs)?.chunks_exact(axes + 2).map(row_terms).collect();
        let terms = Terms { axes, rows };
        if variance(&terms.means(0..terms.rows.len())) == 0.0 {
            return Err(SensitivityError::Constant);
        }
        Ok(terms)
    }

    /// The indices from these rows, which may repeat. Rows without any variance count as 0, as in
    /// SALib.
    fn estimates(&self, rows: impl ExactSizeIterator<Item = usize>) -> Vec<Estimate> {
        let means = self.means(rows);
        let variance = variance(&means);
        let share = |mean: f64| if variance > 0.0 { mean / variance } else { 0.0 };
        means[2..].chunks_exact(2).map(|m| Estimate { first: share(m[0]), total: share(m[1]) }).collect()
    }

    /// The means of the terms over these rows.
    fn means(&self, rows: impl ExactSizeIterator<Item = usize>) -> Vec<f64> {
        let mut means = vec![0.0; 2 + 2 * self.axes];
        let count = rows.len() as f64;
        for row in rows {
            means.iter_mut().zip(&self.rows[row]).for_each(|(sum, term)| *sum += term);
        }
        means.iter_mut().for_each(|sum| *sum /= count);
        means
    }
}

/// The variance of `a` and `b` together from the means of the terms; 0 when it is mere rounding.
fn variance(means: &[f64]) -> f64 {
    let (mean, square) = (means[0], means[1]);
    let variance = square - mean * mean;
    if variance > 1e-12 * square { variance } else { 0.0 }
}

/// Mean and mean square of `a` and `b`, then for each axis `b (ab - a)` and `(a - ab)^2 / 2`.
fn row_terms(row: &[f64]) -> Vec<f64> {
    let (a, b) = (row[0], row[row.len() - 1]);
    let mixed = row[1..row.len() - 1].iter();
    let of_axes = mixed.flat_map(|ab| [b * (ab - a), 0.5 * (a - ab) * (a - ab)]);
    [(a + b) / 2.0, (a * a + b * b) / 2.0].into_iter().chain(of_axes).collect()
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
/// is that the earlier parts carry some of the later ones: means of *m* replicates carry about
/// 1/*m* of `chance` into the other two, and when combinations were not run at the same
/// population parameters, those with *n* points carry about 1/*n* of `population` into `wording`.
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

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;
    use crate::scenario::{Coordinate, DesignKind};
    use crate::sweep::Design;

    fn outputs(design: &Design, model: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let share = |coordinate: Coordinate| match coordinate {
            Coordinate::Share(share) => share,
            other => panic!("{other:?} is no share"),
        };
        let point = |index| design.point(index).into_iter().map(share).collect::<Vec<_>>();
        (0..design.len()).map(|index| model(&point(index))).collect()
    }

    fn saltelli(axes: usize, base: u64) -> Design {
        Design::new(DesignKind::Saltelli { base }, &vec![None; axes], 1952).unwrap()
    }

    /// Ishigami and Homma (1990) with a = 7 and b = 0.1.
    fn ishigami(shares: &[f64]) -> f64 {
        let x: Vec<f64> = shares.iter().map(|share| PI * (2.0 * share - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    }

    /// First-order and total indices in closed form.
    fn ishigami_indices() -> Vec<(f64, f64)> {
        let one = 0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2);
        let two = 49.0 / 8.0;
        let one_three = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let all = one + two + one_three;
        vec![(one / all, (one + one_three) / all), (two / all, two / all), (0.0, one_three / all)]
    }

    const A: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];

    /// Sobol's g-function (Saltelli and Sobol', 1995).
    fn g(shares: &[f64]) -> f64 {
        shares.iter().zip(A).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
    }

    fn g_indices() -> Vec<(f64, f64)> {
        let parts = A.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let product: f64 = parts.iter().map(|part| 1.0 + part).product();
        let total = |part: f64| part / (1.0 + part) * product / (product - 1.0);
        parts.iter().map(|&part| (part / (product - 1.0), total(part))).collect()
    }

    /// Whether estimates are within 5 standard errors, by the bootstrap, of the closed forms: about
    /// 6e-7 for each to fail by chance if rows were independent. Sobol' points are more regular.
    fn agrees(found: &[SobolIndex], expected: &[(f64, f64)]) -> bool {
        let bound = 5.0 / Z;
        found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, (first, total))| {
                (found.first - first).abs() < bound * found.first_interval
                    && (found.total - total).abs() < bound * found.total_interval
            })
    }

    #[test]
    fn indices_of_the_ishigami_function_agree_with_their_closed_form() {
        let found = sobol_indices(&outputs(&saltelli(3, 1024), ishigami), 3, 200, 1).unwrap();
        assert!(agrees(&found, &ishigami_indices()), "{found:?}");
        assert!(found.iter().all(|index| index.first_interval < 0.1 && index.total_interval < 0.1));
    }

    #[test]
    fn indices_of_the_g_function_agree_with_their_closed_form() {
        let found = sobol_indices(&outputs(&saltelli(8, 1024), g), 8, 200, 1).unwrap();
        assert!(agrees(&found, &g_indices()), "{found:?}");
        assert!(found.iter().all(|index| index.first_interval < 0.1 && index.total_interval < 0.1));
    }

    #[test]
    fn swapped_columns_do_not_agree() {
        let mut outputs = outputs(&saltelli(3, 1024), ishigami);
        outputs.chunks_mut(5).for_each(|row| row.swap(1, 2));
        let found = sobol_indices(&outputs, 3, 200, 1).unwrap();
        assert!(!agrees(&found, &ishigami_indices()), "{found:?}");
    }

    #[test]
    fn swapped_ends_of_rows_do_not_agree() {
        let mut outputs = outputs(&saltelli(3, 1024), ishigami);
        outputs.chunks_mut(5).for_each(|row| row.swap(0, 4));
        let found = sobol_indices(&outputs, 3, 200, 1).unwrap();
        assert!(!agrees(&found, &ishigami_indices()), "{found:?}");
    }

    /// A line of a fixture: a key and numbers, separated by commas.
    fn numbers(fixture: &str, key: &str) -> Vec<f64> {
        let mut lines = fixture.lines().map(|line| line.split(','));
        let mut line = lines.find_map(|mut line| (line.next() == Some(key)).then_some(line)).unwrap();
        line.by_ref().map(|number| number.parse().unwrap()).collect()
    }

    fn assert_close(found: impl Iterator<Item = f64>, expected: &[f64], tolerance: f64) {
        let found: Vec<f64> = found.collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
        }
    }

    /// Estimates to rounding. Intervals rest on other random numbers: over 10,000 resamples in both
    /// programs they differ by a standard deviation of about 1 %, and may differ by 5 % here.
    #[test]
    fn sobol_indices_are_those_of_salib() {
        let fixture = include_str!("../../tests/fixtures/salib-sobol.csv");
        let expected = |key| numbers(fixture, key);
        let found = sobol_indices(&expected("outputs"), 3, 10_000, 1).unwrap();
        assert_close(found.iter().map(|index| index.first), &expected("first"), 1e-10);
        assert_close(found.iter().map(|index| index.total), &expected("total"), 1e-10);
        for (index, width) in found.iter().zip(expected("first_interval")) {
            assert_close([index.first_interval / width].into_iter(), &[1.0], 0.05);
        }
        for (index, width) in found.iter().zip(expected("total_interval")) {
            assert_close([index.total_interval / width].into_iter(), &[1.0], 0.05);
        }
    }

    #[test]
    fn morris_effects_are_those_of_salib() {
        let fixture = include_str!("../../tests/fixtures/salib-morris.csv");
        let expected = |key| numbers(fixture, key);
        let steps = expected("axes").into_iter().zip(expected("changes"));
        let moves: Vec<Move> = steps.map(|(axis, change)| Move { axis: axis as usize, change }).collect();
        let found = morris_effects(&expected("outputs"), &moves, 3, 10_000, 1).unwrap();
        assert_close(found.iter().map(|effect| effect.mu), &expected("mu"), 1e-10);
        assert_close(found.iter().map(|effect| effect.mu_star), &expected("mu_star"), 1e-10);
        assert_close(found.iter().map(|effect| effect.sigma), &expected("sigma"), 1e-10);
        // Between 2.7 and 0; as above.
        let widths = found.iter().map(|effect| effect.mu_star_interval);
        assert_close(widths, &expected("mu_star_interval"), 0.14);
    }

    #[test]
    fn effects_of_a_straight_line_are_its_slopes() {
        let kind = DesignKind::Morris { trajectories: 10, levels: 6 };
        let design = Design::new(kind, &[None; 3], 1952).unwrap();
        let outputs = outputs(&design, |x| 3.0 * x[0] - 2.0 * x[1] + 10.0);
        let found = morris_effects(&outputs, &design.moves(), 3, 100, 1).unwrap();
        assert_close(found.iter().map(|effect| effect.mu), &[3.0, -2.0, 0.0], 1e-12);
        assert_close(found.iter().map(|effect| effect.mu_star), &[3.0, 2.0, 0.0], 1e-12);
        assert_close(found.iter().map(|effect| effect.sigma), &[0.0; 3], 1e-12);
    }

    #[test]
    fn moves_that_are_not_one_for_every_axis_are_refused() {
        let step = |axis, change| Move { axis, change };
        let effects = |moves: &[Move]| morris_effects(&[0.0, 1.0, 3.0, 0.0, 1.0, 3.0], moves, 2, 10, 1);
        let sound = [step(0, 0.5), step(1, 0.5), step(1, 0.5), step(0, -0.5)];
        assert!(effects(&sound).is_ok());
        let twice = [step(0, 0.5), step(0, 0.5), step(1, 0.5), step(0, -0.5)];
        let still = [step(0, 0.0), step(1, 0.5), step(1, 0.5), step(0, -0.5)];
        let beyond = [step(0, 0.5), step(2, 0.5), step(1, 0.5), step(0, -0.5)];
        for moves in [&twice[..], &still, &beyond, &sound[..3]] {
            assert_eq!(effects(moves), Err(SensitivityError::Moves));
        }
    }

    #[test]
    fn outputs_that_hardly_vary_have_no_indices() {
        let refused = |outputs: &[f64]| sobol_indices(outputs, 2, 10, 1) == Err(SensitivityError::Constant);
        assert!(refused(&[0.1; 40]));
        let mut rounded = [0.1; 40];
        rounded[3] = 0.1f64.next_up();
        assert!(refused(&rounded));
        let only_mixed: Vec<f64> = (0..40).map(|i| if i % 4 == 1 { f64::from(i) } else { 5.0 }).collect();
        assert!(refused(&only_mixed));
    }

    #[test]
    fn outputs_that_make_up_no_design_are_refused() {
        let refusal =
            |outputs: &[f64], resamples| sobol_indices(outputs, 2, resamples, 1).unwrap_err().to_string();
        assert_eq!(refusal(&[1.0; 9], 10), "9 outputs do not make up whole rows of 4");
        assert_eq!(refusal(&[1.0; 4], 10), "at least 2 rows are needed, not 1");
        assert_eq!(refusal(&[1.0; 8], 1), "at least 2 resamples are needed, not 1");
        let missing = [1.0, f64::NAN, 2.0, 3.0, 4.0, f64::INFINITY, 5.0, 6.0];
        assert_eq!(refusal(&missing, 10), "2 of 8 outputs are missing");
    }

    proptest! {
        #[test]
        fn indices_are_never_missing(outputs in prop::collection::vec(-1e9f64..1e9, 12), seed: u64) {
            for index in sobol_indices(&outputs, 2, 20, seed).unwrap() {
                let SobolIndex { first, first_interval, total, total_interval } = index;
                prop_assert!([first, first_interval, total, total_interval].iter().all(|x| x.is_finite()));
                prop_assert!(total >= 0.0);
            }
        }

        /// Few rows of a rare event: many resamples do not vary at all.
        #[test]
        fn resamples_without_variance_leave_intervals_small(
            rare in prop::collection::vec(prop::bool::weighted(0.2), 16), seed: u64
        ) {
            let outputs: Vec<f64> = rare.iter().map(|&rare| if rare { 1e6 + 0.1 } else { 1e6 }).collect();
            for index in sobol_indices(&outputs, 2, 50, seed).unwrap_or_default() {
                prop_assert!(index.first_interval < 40.0 && index.total_interval < 40.0, "{index:?}");
            }
        }

        #[test]
        fn indices_do_not_depend_on_the_unit(
            outputs in prop::collection::vec(0f64..1.0, 40), scale in 1e-3f64..1e3, shift in -1e3f64..1e3
        ) {
            let moved: Vec<f64> = outputs.iter().map(|y| scale * y + shift).collect();
            let (found, again) = (sobol_indices(&outputs, 2, 5, 1), sobol_indices(&moved, 2, 5, 1));
            for (one, other) in found.unwrap().iter().zip(again.unwrap()) {
                prop_assert!((one.first - other.first).abs() < 1e-6);
                prop_assert!((one.total - other.total).abs() < 1e-6);
            }
        }

        /// Against the variance of all replicates pooled, computed without any split.
        #[test]
        fn parts_of_the_variance_add_up_to_the_variance_of_all_replicates(
            points in prop::collection::vec((0usize..4, prop::collection::vec(-1e3f64..1e3, 5)), 1..30)
        ) {
            let wordings: Vec<usize> = points.iter().map(|(wording, _)| *wording).collect();
            let means: Vec<f64> = points.iter().map(|(_, replicates)| mean(replicates.iter().copied())).collect();
            let variances: Vec<f64> = points.iter().map(|(_, replicates)| plain_variance(replicates)).collect();
            let split = variance_split(&wordings, &means, &variances).unwrap();
            let pooled: Vec<f64> = points.into_iter().flat_map(|(_, replicates)| replicates).collect();
            prop_assert!((split.total - plain_variance(&pooled)).abs() <= 1e-9 * (1.0 + split.total));
            prop_assert!(split.wording >= 0.0 && split.population >= 0.0 && split.chance >= 0.0);
            prop_assert_eq!(split.wording + split.population + split.chance, split.total);
        }
    }

    fn plain_variance(values: &[f64]) -> f64 {
        let mean = mean(values.iter().copied());
        super::mean(values.iter().map(|value| (value - mean).powi(2)))
    }

    #[test]
    fn each_source_of_variance_lands_in_its_part() {
        let split = |means: &[f64], within: &[f64]| variance_split(&[7, 7, 3, 3], means, within).unwrap();
        let part = |wording, population, chance, total| VarianceSplit { wording, population, chance, total };
        assert_eq!(split(&[1.0, 1.0, 3.0, 3.0], &[0.0; 4]), part(1.0, 0.0, 0.0, 1.0));
        assert_eq!(split(&[1.0, 3.0, 1.0, 3.0], &[0.0; 4]), part(0.0, 1.0, 0.0, 1.0));
        assert_eq!(split(&[2.0; 4], &[1.0, 2.0, 3.0, 4.0]), part(0.0, 0.0, 2.5, 2.5));
    }

    #[test]
    fn variances_that_cannot_be_split_are_refused() {
        let refusal = |w: &[usize], m: &[f64], v: &[f64]| variance_split(w, m, v).unwrap_err().to_string();
        let lengths = "2 wordings, 1 means and 1 variances do not match";
        assert_eq!(refusal(&[1, 2], &[0.0], &[0.0]), lengths);
        assert_eq!(refusal(&[], &[], &[]), "0 wordings, 0 means and 0 variances do not match");
        assert_eq!(refusal(&[1], &[f64::NAN], &[0.0]), "1 of 1 outputs are missing");
        assert_eq!(refusal(&[1], &[0.0], &[-1.0]), "a variance is negative");
    }
}
