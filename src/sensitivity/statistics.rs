//! Means, deviations and the half-widths of intervals.

/// The 97.5 % quantile of the normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// Half of a 95 % interval around an estimate, from its bootstrap estimates.
pub(super) fn half_width(estimates: impl Iterator<Item = f64>) -> f64 {
    Z * deviation(&estimates.collect::<Vec<_>>())
}

/// The largest value less the smallest.
pub(super) fn range(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    high - low
}

/// The arithmetic mean.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The standard deviation of a sample of at least two.
pub(super) fn deviation(sample: &[f64]) -> f64 {
    let centre = mean(sample.iter().copied());
    let squares: f64 = sample.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (sample.len() as f64 - 1.0)).sqrt()
}
