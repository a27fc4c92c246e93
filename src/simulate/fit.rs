//! Whether a tally can have been drawn with given weights, for the tests of the engines that draw.

use crate::scenario::Weights;

/// Tables of several sizes, with shares of 0, 1 and 1e-12 among them.
pub(super) const TABLES: [fn() -> Vec<f64>; 7] = [
    || vec![0.0, 1.0, 0.0],
    || vec![0.25, 0.5, 0.25],
    || vec![1e-4, 0.9999],
    || vec![0.3, 0.0, 1e-12, 0.7 - 1e-12],
    || vec![0.4, 0.0, 0.3, 0.2, 0.05, 0.0499, 0.0001],
    || uneven(24),
    || uneven(5_000),
];

fn uneven(cells: usize) -> Vec<f64> {
    let raw = (1..=cells).map(|cell| (cell as f64).sqrt());
    let total: f64 = raw.clone().sum();
    raw.map(|share| share / total).collect()
}

/// Chance that a tally drawn with its weights does not pass; the seeds are fixed.
const CHANCE: f64 = 1e-6;

/// Pearson's chi-square over the cells that expect at least ten people. All others are lumped with the
/// largest, except that nobody may be where the share is 0.
pub(super) fn follows(weights: &Weights, tally: &[u64]) -> bool {
    let people = tally.iter().sum::<u64>() as f64;
    let expected = |weight: u64| weight as f64 / Weights::ONE as f64 * people;
    let largest = weights.as_slice().iter().max().copied().unwrap_or_default();
    let (mut distance, mut cells) = (0.0, 0.0);
    let (mut lumped, mut lumped_expected) = (0, 0.0);
    let mut add = |drawn: u64, expected: f64| {
        distance += (drawn as f64 - expected).powi(2) / expected;
        cells += 1.0;
    };
    for (&weight, &drawn) in weights.as_slice().iter().zip(tally) {
        if weight == 0 && drawn > 0 {
            return false;
        }
        if expected(weight) < 10.0 || weight == largest {
            lumped += drawn;
            lumped_expected += expected(weight);
        } else {
            add(drawn, expected(weight));
        }
    }
    add(lumped, lumped_expected);
    cells < 2.0 || distance < 2.0 * puruspe::invgammp(1.0 - CHANCE, (cells - 1.0) / 2.0)
}

pub(super) fn assert_follows(weights: &Weights, tally: &[u64]) {
    assert!(follows(weights, tally), "{} cells: {tally:?}", tally.len());
}

/// The bound for five degrees of freedom is SciPy's (1.17, `chi2.isf(1e-6, 5)`: 35.888).
#[test]
fn the_bound_is_the_quantile_of_chi_square() {
    let bound = 2.0 * puruspe::invgammp(1.0 - CHANCE, 2.5);
    assert!((bound - 35.888).abs() < 1e-3, "{bound}");
}
