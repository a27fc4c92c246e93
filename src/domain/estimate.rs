//! A number of people as estimated over replicates or draws: its mean and how it varies.

use super::Millionths;

/// How a head-count varies, in people; `None` where there is nothing to estimate it from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard deviation.
    pub sd: Option<f64>,
    /// The 5 %, 50 % and 95 % quantiles over replicates.
    pub quantiles: Option<[u64; 3]>,
}

/// A number of people over replicates: its mean and how it varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean, in people.
    pub mean: Millionths,
    /// How it varies.
    pub spread: Spread,
}
