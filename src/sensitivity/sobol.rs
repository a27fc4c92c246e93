//! Sobol' indices: the share of an output's variance that each axis explains, with bootstrap intervals.

use super::error::{SensitivityError, at_least_two, whole_rows};
use super::statistics::{half_width, mean, range};
use crate::domain::{Purpose, Stream, below};

/// The share of the variance of an output that one axis explains.
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
/// If outputs are missing, do not make up whole rows, or hardly vary, and if there are fewer
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
    let again: Vec<_> = (0..resamples)
        .map(|_| terms.estimates((0..rows).map(|_| below(rows as u64, &mut rng) as usize)))
        .collect();
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
        let total = variance(&means);
        let share = |mean: f64| if total > 0.0 { mean / total } else { 0.0 };
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
    let centre = mean(outputs.iter().copied());
    let deviation = mean(outputs.iter().map(|y| (y - centre).powi(2))).sqrt();
    Ok(outputs.iter().map(|y| (y - centre) / deviation).collect())
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;
    use crate::design::{Design, DesignKind};
    use crate::sensitivity::fixtures::{assert_close, evaluate, numbers};
    use crate::sensitivity::statistics::Z;

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
        let found = sobol_indices(&evaluate(&saltelli(3, 1024), ishigami), 3, 200, 1).unwrap();
        assert!(agrees(&found, &ishigami_indices()), "{found:?}");
        assert!(found.iter().all(|index| index.first_interval < 0.1 && index.total_interval < 0.1));
    }

    #[test]
    fn indices_of_the_g_function_agree_with_their_closed_form() {
        let found = sobol_indices(&evaluate(&saltelli(8, 1024), g), 8, 200, 1).unwrap();
        assert!(agrees(&found, &g_indices()), "{found:?}");
        assert!(found.iter().all(|index| index.first_interval < 0.1 && index.total_interval < 0.1));
    }

    #[test]
    fn swapped_columns_do_not_agree() {
        let mut outputs = evaluate(&saltelli(3, 1024), ishigami);
        outputs.chunks_mut(5).for_each(|row| row.swap(1, 2));
        let found = sobol_indices(&outputs, 3, 200, 1).unwrap();
        assert!(!agrees(&found, &ishigami_indices()), "{found:?}");
    }

    #[test]
    fn swapped_ends_of_rows_do_not_agree() {
        let mut outputs = evaluate(&saltelli(3, 1024), ishigami);
        outputs.chunks_mut(5).for_each(|row| row.swap(0, 4));
        let found = sobol_indices(&outputs, 3, 200, 1).unwrap();
        assert!(!agrees(&found, &ishigami_indices()), "{found:?}");
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
    }
}
