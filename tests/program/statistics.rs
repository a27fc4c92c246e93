//! Statistics of the tests that hold one route to a number against another. Every deviate is standard normal, or very
//! nearly, where the routes agree, so that a bound has a chance of failing that can be stated.

/// Moments of a sample.
#[derive(Debug)]
pub(crate) struct Moments {
    /// The number of values.
    pub(crate) count: f64,
    /// The mean.
    pub(crate) mean: f64,
    /// The variance, unbiased.
    pub(crate) variance: f64,
    /// The third standardised moment; 0 where nothing varies.
    pub(crate) skewness: f64,
    /// The fourth standardised moment, 3 for a normal distribution; absent where nothing varies.
    pub(crate) kurtosis: Option<f64>,
}

impl Moments {
    /// The moments of these values.
    pub(crate) fn of(values: &[u64]) -> Moments {
        let count = values.len() as f64;
        let mean = values.iter().map(|value| *value as f64).sum::<f64>() / count;
        let moment = |k| values.iter().map(|value| (*value as f64 - mean).powi(k)).sum::<f64>() / count;
        let second = moment(2);
        let varies = second > 0.0;
        Moments {
            count,
            mean,
            variance: second * count / (count - 1.0),
            skewness: if varies { moment(3) / second.powf(1.5) } else { 0.0 },
            kurtosis: varies.then(|| moment(4) / (second * second)),
        }
    }
}

/// The standard normal deviate of a standardised variable with this skewness, as if it had a gamma distribution
/// (E. B. Wilson and M. M. Hilferty, 1931). Without skewness it is the variable itself.
pub(crate) fn deviate(standardised: f64, skewness: f64) -> f64 {
    if skewness.abs() < 1e-3 {
        return standardised;
    }
    let ratio = 1.0 + standardised * skewness / 2.0;
    (ratio.cbrt() - (1.0 - skewness * skewness / 36.0)) * 6.0 / skewness
}

/// Chi-square of two samples of one size over ten bins of about equal numbers. Where values repeat there are fewer bins,
/// and it is the smaller.
pub(crate) fn chi_square(a: &[u64], b: &[u64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let mut pooled = [a, b].concat();
    pooled.sort_unstable();
    let edges: Vec<u64> = (1..10).map(|i| pooled[i * pooled.len() / 10]).collect();
    let counts = |sample: &[u64]| {
        let mut counts = [0.0; 10];
        sample.iter().for_each(|value| counts[edges.partition_point(|edge| edge <= value)] += 1.0);
        counts
    };
    let cells = counts(a).into_iter().zip(counts(b)).filter(|(a, b)| a + b > 0.0);
    cells.map(|(a, b)| (a - b) * (a - b) / (a + b)).sum()
}

/// The upper 1e-6 quantile of chi-square with nine degrees of freedom (SciPy 1.17 `chi2.isf(1e-6, 9)`).
pub(crate) const CHI_SQUARE_9: f64 = 44.811;

/// The upper 1e-9 quantile, for thousands of tests at once: the closed form for odd degrees, solved.
pub(crate) const CHI_SQUARE_9_OF_MANY: f64 = 60.660;

/// Pearson's statistic of counts with these expectations, as a standard normal deviate.
pub(crate) fn misfit(cells: &[(f64, f64)]) -> f64 {
    let freedom = (cells.len() - 1) as f64;
    let statistic: f64 = cells.iter().map(|(n, expected)| (n - expected).powi(2) / expected).sum();
    // Chi-square is a gamma distribution, of skewness sqrt(8 / freedom).
    deviate((statistic - freedom) / (2.0 * freedom).sqrt(), (8.0 / freedom).sqrt())
}

/// The upper 1e-6 and 1e-9 quantiles of chi-square are 4.753 and 5.998 deviations of a normal distribution up: this far
/// out, the deviate is a little too small with nine degrees of freedom, and right with more.
#[test]
fn deviates_are_those_of_a_normal_distribution() {
    let of = |statistic: f64, freedom: f64| {
        deviate((statistic - freedom) / (2.0 * freedom).sqrt(), (8.0 / freedom).sqrt())
    };
    assert!((of(CHI_SQUARE_9, 9.0) - 4.753).abs() < 0.1, "{}", of(CHI_SQUARE_9, 9.0));
    assert!((of(CHI_SQUARE_9_OF_MANY, 9.0) - 5.998).abs() < 0.2, "{}", of(CHI_SQUARE_9_OF_MANY, 9.0));
    assert!((deviate(2.0, 1e-4) - deviate(2.0, 1.1e-3)).abs() < 1e-3);
    assert_eq!(deviate(-2.0, -0.5), -deviate(2.0, 0.5));
}
