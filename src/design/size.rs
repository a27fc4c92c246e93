//! How many points a design has, its limits, and why there is no such design.

use std::fmt;

use super::sweep::DesignKind;

pub(super) const MAX_POINTS: u64 = 10_000_000;
pub(super) const MAX_SOBOL_POINTS: u64 = 65_536;
pub(super) const MAX_SOBOL_DIMENSIONS: u64 = sobol_burley::NUM_DIMENSIONS as u64;

/// The number of declared values of each axis, 0 for a continuous one.
pub(super) fn declared_values(axes: &[Option<u64>]) -> Result<Vec<u64>, DesignError> {
    if axes.is_empty() {
        return Err(DesignError::NoAxes);
    }
    let levels = |(axis, steps): (usize, &Option<u64>)| match *steps {
        Some(0) => Err(DesignError::NoValues { axis }),
        steps => Ok(steps.unwrap_or(0)),
    };
    axes.iter().enumerate().map(levels).collect()
}

/// The number of points, if the kind suits the axes.
pub(super) fn checked_len(kind: DesignKind, levels: &[u64]) -> Result<u64, DesignError> {
    let axes = levels.len() as u64;
    let len = match kind {
        DesignKind::Zip => equal(declared(levels)?)?.into(),
        DesignKind::Grid => product(declared(levels)?),
        DesignKind::OneAtATime => 1 + sum(declared(levels)?),
        DesignKind::LatinHypercube { points } => points.into(),
        DesignKind::Sobol { points } => sobol_rows(points, axes)?,
        DesignKind::Saltelli { base } => sobol_rows(base, 2 * axes)? * u128::from(axes + 2),
        DesignKind::Morris { trajectories, levels } => {
            even(levels)?;
            u128::from(trajectories) * u128::from(axes + 1)
        }
    };
    within(len, MAX_POINTS)
}

fn declared(levels: &[u64]) -> Result<&[u64], DesignError> {
    match levels.iter().position(|&levels| levels == 0) {
        Some(axis) => Err(DesignError::Continuous { axis }),
        None => Ok(levels),
    }
}

fn equal(levels: &[u64]) -> Result<u64, DesignError> {
    match levels.iter().position(|&other| other != levels[0]) {
        Some(axis) => Err(DesignError::UnequalLengths { first: levels[0], axis, values: levels[axis] }),
        None => Ok(levels[0]),
    }
}

fn product(levels: &[u64]) -> u128 {
    levels.iter().fold(1, |product: u128, &levels| product.saturating_mul(levels.into()))
}

fn sum(levels: &[u64]) -> u128 {
    levels.iter().map(|&levels| u128::from(levels)).sum()
}

fn sobol_rows(rows: u64, dimensions: u64) -> Result<u128, DesignError> {
    if dimensions > MAX_SOBOL_DIMENSIONS {
        return Err(DesignError::TooManyDimensions { dimensions });
    }
    within(rows.into(), MAX_SOBOL_POINTS)?;
    if !rows.is_power_of_two() {
        return Err(DesignError::NotAPowerOfTwo { points: rows });
    }
    Ok(rows.into())
}

fn even(levels: u32) -> Result<(), DesignError> {
    if levels == 0 || levels % 2 == 1 {
        return Err(DesignError::OddLevels { levels });
    }
    Ok(())
}

fn within(points: u128, most: u64) -> Result<u64, DesignError> {
    match u64::try_from(points) {
        Ok(0) => Err(DesignError::NoPoints),
        Ok(points) if points <= most => Ok(points),
        points => Err(DesignError::TooManyPoints { points: points.ok(), most }),
    }
}

/// Why there is no such design. Axes are numbered from 0 in the fields and from 1 in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignError {
    /// Nothing varies.
    NoAxes,
    /// There would be no point.
    NoPoints,
    /// An axis declares an empty list of values.
    NoValues {
        /// The axis.
        axis: usize,
    },
    /// A zip, a grid or one at a time over an axis without declared values.
    Continuous {
        /// The axis.
        axis: usize,
    },
    /// A zip over axes with different numbers of values.
    UnequalLengths {
        /// Number of values of the first axis.
        first: u64,
        /// The first axis that differs.
        axis: usize,
        /// Its number of values.
        values: u64,
    },
    /// Sobol' points, or rows of a Saltelli design, that would leave strata empty.
    NotAPowerOfTwo {
        /// The number asked for.
        points: u64,
    },
    /// An odd number of Morris grid levels, or none.
    OddLevels {
        /// The number asked for.
        levels: u32,
    },
    /// More points, or rows of a Saltelli design, than there may be.
    TooManyPoints {
        /// The number asked for; `None` if it is beyond 2^64.
        points: Option<u64>,
        /// The most there may be.
        most: u64,
    },
    /// More dimensions than the Sobol' sequence has.
    TooManyDimensions {
        /// The number needed.
        dimensions: u64,
    },
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            DesignError::NoAxes => write!(f, "nothing varies: there are no axes"),
            DesignError::NoPoints => write!(f, "there must be at least one point"),
            DesignError::NoValues { axis } => write!(f, "axis {} has no values", axis + 1),
            DesignError::Continuous { axis } => {
                write!(f, "axis {} is a continuum; this design needs a list of values for it", axis + 1)
            }
            DesignError::UnequalLengths { first, axis, values } => {
                write!(f, "axis 1 has {first} values but axis {} has {values}", axis + 1)
            }
            DesignError::NotAPowerOfTwo { points } => {
                let (less, more) = powers_around(points);
                write!(f, "{points} is not a power of two; {less} and {more} are")
            }
            DesignError::OddLevels { levels } => write!(f, "the number of levels must be even, not {levels}"),
            DesignError::TooManyPoints { points: Some(points), most } => {
                write!(f, "{points} points are too many; there may be {most}")
            }
            DesignError::TooManyPoints { points: None, most } => {
                write!(f, "these are too many points to count; there may be {most}")
            }
            DesignError::TooManyDimensions { dimensions } => {
                let most = MAX_SOBOL_DIMENSIONS;
                write!(f, "the design needs {dimensions} dimensions but Sobol' sequences end at {most}")
            }
        }
    }
}

impl std::error::Error for DesignError {}

/// The powers of two below and above a number that is none.
fn powers_around(number: u64) -> (u64, u64) {
    let more = number.next_power_of_two();
    (more / 2, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn continuous(axes: usize) -> Vec<Option<u64>> {
        vec![None; axes]
    }

    fn declared(levels: &[u64]) -> Vec<Option<u64>> {
        levels.iter().map(|&levels| Some(levels)).collect()
    }

    fn size(kind: DesignKind, axes: &[Option<u64>]) -> Result<u64, DesignError> {
        checked_len(kind, &declared_values(axes)?)
    }

    fn refusal(kind: DesignKind, axes: &[Option<u64>]) -> String {
        size(kind, axes).unwrap_err().to_string()
    }

    #[test]
    fn axes_that_do_not_suit_the_kind_are_refused() {
        let mixed = [Some(2), None];
        let listed = "axis 2 is a continuum; this design needs a list of values for it";
        for kind in [DesignKind::Zip, DesignKind::Grid, DesignKind::OneAtATime] {
            assert_eq!(refusal(kind, &mixed), listed);
        }
        assert_eq!(refusal(DesignKind::Zip, &declared(&[2, 3])), "axis 1 has 2 values but axis 2 has 3");
        assert_eq!(refusal(DesignKind::Grid, &declared(&[2, 0])), "axis 2 has no values");
        assert_eq!(refusal(DesignKind::Grid, &[]), "nothing varies: there are no axes");
    }

    #[test]
    fn numbers_that_make_no_design_are_refused() {
        let refusal = |kind| refusal(kind, &continuous(2));
        let none = "there must be at least one point";
        assert_eq!(refusal(DesignKind::LatinHypercube { points: 0 }), none);
        assert_eq!(refusal(DesignKind::Saltelli { base: 0 }), none);
        assert_eq!(refusal(DesignKind::Morris { trajectories: 0, levels: 4 }), none);
        let power = "1000 is not a power of two; 512 and 1024 are";
        assert_eq!(refusal(DesignKind::Sobol { points: 1000 }), power);
        assert_eq!(refusal(DesignKind::Saltelli { base: 1000 }), power);
        let even = "the number of levels must be even, not 5";
        assert_eq!(refusal(DesignKind::Morris { trajectories: 9, levels: 5 }), even);
    }

    #[test]
    fn designs_beyond_the_limits_are_refused() {
        let points = DesignKind::LatinHypercube { points: 10_000_001 };
        let many = "10000001 points are too many; there may be 10000000";
        assert_eq!(refusal(points, &continuous(1)), many);
        let countless = "these are too many points to count; there may be 10000000";
        assert_eq!(refusal(DesignKind::Grid, &declared(&[u64::MAX; 3])), countless);
        let most = "131072 points are too many; there may be 65536";
        assert_eq!(refusal(DesignKind::Sobol { points: 1 << 17 }, &continuous(1)), most);
        let dimensions = "the design needs 258 dimensions but Sobol' sequences end at 256";
        assert_eq!(refusal(DesignKind::Saltelli { base: 2 }, &continuous(129)), dimensions);
        assert_eq!(size(DesignKind::Saltelli { base: 2 }, &continuous(128)), Ok(260));
        assert_eq!(size(DesignKind::Sobol { points: 65_536 }, &continuous(256)), Ok(65_536));
    }
}
