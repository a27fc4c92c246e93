use std::fmt;

use rand::{Rng, rngs::ChaCha8Rng};

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
pub(super) fn whole_rows(outputs: &[f64], row: usize) -> Result<usize, SensitivityError> {
    if !outputs.len().is_multiple_of(row) {
        return Err(SensitivityError::WrongLength { outputs: outputs.len(), row });
    }
    at_least_two("rows", outputs.len() / row)?;
    all_present(outputs)?;
    Ok(outputs.len() / row)
}

pub(super) fn at_least_two(what: &'static str, given: usize) -> Result<(), SensitivityError> {
    if given < 2 {
        return Err(SensitivityError::TooFew { what, given });
    }
    Ok(())
}

pub(super) fn all_present(outputs: &[f64]) -> Result<(), SensitivityError> {
    match outputs.iter().filter(|y| !y.is_finite()).count() {
        0 => Ok(()),
        missing => Err(SensitivityError::Missing { missing, outputs: outputs.len() }),
    }
}

/// The 97.5 % quantile of the normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

pub(super) fn half_width(estimates: impl Iterator<Item = f64>) -> f64 {
    Z * deviation(&estimates.collect::<Vec<_>>())
}

pub(super) fn range(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    high - low
}

pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The standard deviation of a sample of at least two.
pub(super) fn deviation(sample: &[f64]) -> f64 {
    let mean = mean(sample.iter().copied());
    let squares: f64 = sample.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (sample.len() as f64 - 1.0)).sqrt()
}

/// A number below `bound`, uneven by at most `bound` in 2^64.
pub(super) fn below(bound: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Design;
    use crate::scenario::Coordinate;

    /// What a model gives at the points of a design.
    pub(in crate::sweep) fn outputs(design: &Design, model: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let share = |coordinate: Coordinate| match coordinate {
            Coordinate::Share(share) => share,
            other => panic!("{other:?} is no share"),
        };
        let point = |index| design.point(index).into_iter().map(share).collect::<Vec<_>>();
        (0..design.len()).map(|index| model(&point(index))).collect()
    }

    /// A line of a fixture: a key and numbers, separated by commas.
    pub(in crate::sweep) fn numbers(fixture: &str, key: &str) -> Vec<f64> {
        let mut lines = fixture.lines().map(|line| line.split(','));
        let mut line = lines.find_map(|mut line| (line.next() == Some(key)).then_some(line)).unwrap();
        line.by_ref().map(|number| number.parse().unwrap()).collect()
    }

    pub(in crate::sweep) fn assert_close(found: impl Iterator<Item = f64>, expected: &[f64], tolerance: f64) {
        let found: Vec<f64> = found.collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
        }
    }
}
