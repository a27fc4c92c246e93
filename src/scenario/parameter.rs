use crate::domain::{Basis, Place};

/// A named share, 0 to 1, that strata refer to as `$name`.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value, or how uncertain it is.
    pub distribution: Distribution,
    /// Where it comes from.
    pub basis: Basis,
    /// Where its file states it.
    pub place: Place,
}

/// What is known of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// One value.
    Fixed(f64),
    /// As if `a` of `a + b` people counted had had the property.
    Beta {
        /// Weight of the property.
        a: f64,
        /// Weight of its absence.
        b: f64,
    },
    /// Anything between two values, all alike.
    Uniform {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// Falls off linearly from the most likely value to both ends.
    Triangular {
        /// The least.
        min: f64,
        /// The most likely.
        mode: f64,
        /// The most.
        max: f64,
    },
    /// A smooth hump between two ends (a beta with shape 4).
    Pert {
        /// The least.
        min: f64,
        /// The most likely.
        mode: f64,
        /// The most.
        max: f64,
    },
    /// Normal on the log-odds.
    LogitNormal {
        /// The median share, inside (0, 1).
        median: f64,
        /// Standard deviation of the log-odds.
        sd: f64,
    },
}

impl Distribution {
    /// The mean; for [`Distribution::LogitNormal`] the median, which has a closed form.
    pub fn centre(&self) -> f64 {
        match *self {
            Distribution::Fixed(value) => value,
            Distribution::Beta { a, b } => a / (a + b),
            Distribution::Uniform { min, max } => (min + max) / 2.0,
            Distribution::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Distribution::Pert { min, mode, max } => (min + 4.0 * mode + max) / 6.0,
            Distribution::LogitNormal { median, .. } => median,
        }
    }
}
