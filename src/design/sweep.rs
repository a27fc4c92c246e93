//! A sweep as its file declares it: the axes along which a scenario varies, the design that picks points
//! on them, and how each point is evaluated. A coordinate on an axis becomes a value here.

use std::sync::Arc;

use crate::domain::{Engine, Place};
use crate::scenario::Distribution;

/// A designed experiment over a scenario: what varies, which points are visited, and how each is evaluated.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// Its name, the setting's, `sweeps`, and the file's, with slashes.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// The question it answers and how to read the answer.
    pub note: Option<String>,
    /// What varies, in declared order.
    pub axes: Vec<Axis>,
    /// Which points.
    pub design: DesignKind,
    /// Where its file states the design.
    pub design_place: Place,
    /// The engine for every point.
    pub engine: Engine,
    /// Replicates at every point.
    pub replicates: u64,
    /// The seed of the design and of the population.
    pub seed: u64,
    /// Names of the columns to break outcomes down by.
    pub by: Vec<String>,
    /// Parameters that its file fixes at other values than the scenario's.
    pub set: Vec<(String, f64)>,
}

/// Which points of the axes are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignKind {
    /// The i-th value of every axis together (also written `list`).
    Zip,
    /// Every combination of the axes' values, the first axis changing slowest.
    Grid,
    /// The scenario as it is, then each value of each axis by itself.
    OneAtATime,
    /// One point in each of as many strata of every axis (McKay, Beckman and Conover 1979).
    LatinHypercube {
        /// Number of points.
        points: u64,
    },
    /// Owen-scrambled Sobol' points.
    Sobol {
        /// Number of points, a power of two.
        points: u64,
    },
    /// Pairs of Sobol' points with columns exchanged, for sensitivity indices (Saltelli 2010).
    Saltelli {
        /// Number of pairs, a power of two; `base * (axes + 2)` points in total.
        base: u64,
    },
    /// Random paths that change one axis at a time (Morris 1991).
    Morris {
        /// Number of paths; `trajectories * (axes + 1)` points in total.
        trajectories: u64,
        /// Positions on each axis; even.
        levels: u32,
    },
}

/// Something that varies, and its values.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Its name, also its column's.
    pub name: String,
    /// What it sets.
    pub varies: Varies,
    /// The values it goes through.
    pub values: AxisValues,
    /// Where its file states it.
    pub place: Place,
}

/// What an axis sets in a scenario or a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Varies {
    /// The parameter at this position.
    Parameter(usize),
    /// The size of the stratum at this position.
    StratumSize(usize),
    /// The total number of people, strata in proportion.
    Population,
    /// A reading of a proposal.
    Reading {
        /// The proposal's id.
        proposal: String,
        /// The reading's position in the proposal.
        reading: usize,
    },
}

/// The values of an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisValues {
    /// From one number to another, evenly spaced if the number of points is declared.
    Between {
        /// The first value.
        from: f64,
        /// The last value.
        to: f64,
        /// Number of values, both ends included.
        points: Option<u64>,
    },
    /// From one quantile of a distribution to another.
    Quantiles {
        /// The parameter's distribution in the scenario.
        distribution: Distribution,
        /// The first probability.
        from: f64,
        /// The last probability.
        to: f64,
        /// Number of values, both ends included.
        points: Option<u64>,
    },
    /// These numbers, in this order.
    Numbers(Vec<f64>),
    /// These values of a reading with their names, in this order.
    Levels(Vec<(u8, Arc<str>)>),
}

/// Where on an axis a point lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coordinate {
    /// Nowhere: the scenario as it is.
    Baseline,
    /// At the declared value of this number, from 0.
    Value(u64),
    /// A fraction of the way along the axis, from 0 to 1.
    Share(f64),
}

/// The value of an axis at a point.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisValue {
    /// A share, 0 to 1.
    Share(f64),
    /// A number of people.
    People(u64),
    /// A value of a reading, by number and name.
    Level(u8, Arc<str>),
}

impl Axis {
    /// Number of declared values; `None` for an interval without declared points.
    pub fn declared_values(&self) -> Option<u64> {
        match &self.values {
            AxisValues::Between { points, .. } | AxisValues::Quantiles { points, .. } => *points,
            AxisValues::Numbers(numbers) => Some(numbers.len() as u64),
            AxisValues::Levels(levels) => Some(levels.len() as u64),
        }
    }

    /// The value at a coordinate: `None` at the baseline.
    pub fn value(&self, coordinate: Coordinate) -> Option<AxisValue> {
        let number = match &self.values {
            AxisValues::Between { from, to, points } => between(*from, *to, *points, coordinate)?,
            AxisValues::Quantiles { distribution, from, to, points } => {
                distribution.quantile(between(*from, *to, *points, coordinate)?)
            }
            AxisValues::Numbers(numbers) => numbers[position(numbers.len(), coordinate)?],
            AxisValues::Levels(levels) => {
                let (level, name) = &levels[position(levels.len(), coordinate)?];
                return Some(AxisValue::Level(*level, name.clone()));
            }
        };
        Some(match self.varies {
            Varies::StratumSize(_) | Varies::Population => AxisValue::People(number.round() as u64),
            Varies::Parameter(_) | Varies::Reading { .. } => AxisValue::Share(number),
        })
    }

    /// The largest number on the axis; `None` for readings.
    pub fn greatest(&self) -> Option<f64> {
        match &self.values {
            AxisValues::Between { from, to, .. } => Some(from.max(*to)),
            AxisValues::Quantiles { distribution, to, .. } => Some(distribution.quantile(*to)),
            AxisValues::Numbers(numbers) => numbers.iter().copied().reduce(f64::max),
            AxisValues::Levels(_) => None,
        }
    }
}

/// A number between two ends. Value `k` of `n` is `(from * (n - 1 - k) + to * k) / (n - 1)`, not
/// `from + k * width`, so that both ends are met exactly: from 0 to 1 in 11 points, 0.3 is 0.3.
fn between(from: f64, to: f64, points: Option<u64>, coordinate: Coordinate) -> Option<f64> {
    match coordinate {
        Coordinate::Baseline => None,
        Coordinate::Share(share) => Some(from + (to - from) * share),
        Coordinate::Value(number) => {
            let last = points.unwrap_or(1).max(2) - 1;
            let (left, right) = (last.saturating_sub(number) as f64, number as f64);
            Some((from * left + to * right) / last as f64)
        }
    }
}

/// The position of a declared value; levels have equal shares of an axis.
fn position(values: usize, coordinate: Coordinate) -> Option<usize> {
    match coordinate {
        Coordinate::Baseline => None,
        Coordinate::Value(number) => usize::try_from(number).ok().filter(|number| *number < values),
        Coordinate::Share(share) => Some(((share * values as f64) as usize).min(values - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_meet_both_ends_and_every_tenth_exactly() {
        let values = |from, to| -> Vec<f64> {
            (0..11).map(|k| between(from, to, Some(11), Coordinate::Value(k)).unwrap()).collect()
        };
        assert_eq!(values(0.0, 1.0), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(values(0.2, 0.3)[10], 0.3);
    }

    #[test]
    fn shares_of_levels_are_equal() {
        let at = |share| position(3, Coordinate::Share(share)).unwrap();
        assert_eq!([0.0, 0.33, 0.34, 0.66, 0.67, 1.0].map(at), [0, 0, 1, 1, 2, 2]);
    }
}
