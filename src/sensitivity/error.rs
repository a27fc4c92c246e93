//! Why outputs cannot be analysed, and the checks that find out.

use std::fmt;

/// Why outputs cannot be analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensitivityError {
    /// Some outputs are not finite numbers.
    Missing {
        /// Number of outputs that are missing.
        missing: usize,
        /// Number of outputs.
        outputs: usize,
    },
    /// The outputs do not make up whole rows or trajectories.
    WrongLength {
        /// Number of outputs.
        outputs: usize,
        /// Number of outputs that make up one row.
        row: usize,
    },
    /// A spread cannot be computed from fewer than two.
    TooFew {
        /// What there are too few of.
        what: &'static str,
        /// Number there is.
        given: usize,
    },
    /// The outputs are all the same, so that there is no variance to explain.
    Constant,
    /// The steps of a trajectory are not one for every axis.
    Steps,
    /// The slices of a variance split are empty or differ in length.
    Lengths {
        /// Numbers of wordings, means and variances.
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
            SensitivityError::Steps => write!(f, "the steps of a trajectory are not one for every axis"),
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

/// Refuses what a spread cannot be computed from.
pub(super) fn at_least_two(what: &'static str, given: usize) -> Result<(), SensitivityError> {
    if given < 2 {
        return Err(SensitivityError::TooFew { what, given });
    }
    Ok(())
}

/// Refuses outputs of which some are missing.
pub(super) fn all_present(outputs: &[f64]) -> Result<(), SensitivityError> {
    match outputs.iter().filter(|y| !y.is_finite()).count() {
        0 => Ok(()),
        missing => Err(SensitivityError::Missing { missing, outputs: outputs.len() }),
    }
}
