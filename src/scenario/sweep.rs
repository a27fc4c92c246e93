use super::Distribution;
use crate::domain::{AxisValue, Engine, Place};

/// A designed experiment over a scenario: what varies, over which points, and how each is drawn.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// Its name, `korea/sweeps/march-wording`.
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
    /// The seed, of the design as of the population.
    pub seed: u64,
    /// Columns to break outcomes down by.
    pub by: Vec<String>,
    /// Whether what single replicates counted is kept too.
    pub keep_replicates: bool,
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
        /// How many points.
        points: u64,
    },
    /// Owen-scrambled Sobol' points.
    Sobol {
        /// How many points, a power of two.
        points: u64,
    },
    /// Pairs of Sobol' points with columns exchanged, for sensitivity indices (Saltelli 2010).
    Saltelli {
        /// How many pairs, a power of two; `base * (axes + 2)` points in all.
        base: u64,
    },
    /// Random paths that change one axis at a time (Morris 1991).
    Morris {
        /// How many paths; `trajectories * (axes + 1)` points in all.
        trajectories: u64,
        /// Positions on each axis; even.
        levels: u32,
    },
}

/// Something that varies.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Its name, also its column's.
    pub name: String,
    /// What it sets.
    pub target: Target,
    /// Over which values.
    pub range: Range,
    /// Where its file states it.
    pub place: Place,
}

/// What an axis sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The parameter at this position.
    Parameter(usize),
    /// The size of the stratum at this position.
    StratumSize(usize),
    /// The number of people in all, strata in proportion.
    Population,
    /// The reading at this position of the proposal of this id.
    Reading {
        /// The proposal's id.
        proposal: String,
        /// The reading's position.
        reading: usize,
    },
}

/// The values of an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// From one number to another, at so many evenly spaced points if these are declared.
    Between {
        /// The first value.
        from: f64,
        /// The last value.
        to: f64,
        /// How many values, both ends among them.
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
        /// How many values, both ends among them.
        points: Option<u64>,
    },
    /// These numbers, in this order.
    Numbers(Vec<f64>),
    /// These values of a reading with their names, in this order.
    Levels(Vec<(u8, String)>),
}

/// Where on an axis a point lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coordinate {
    /// Nowhere: the scenario as it is.
    Baseline,
    /// At the declared value of this number.
    Step(u64),
    /// So far along the axis, from 0 to 1.
    Share(f64),
}

impl Axis {
    /// How many values are declared; `None` for a stretch without declared points.
    pub fn steps(&self) -> Option<u64> {
        match &self.range {
            Range::Between { points, .. } | Range::Quantiles { points, .. } => *points,
            Range::Numbers(numbers) => Some(numbers.len() as u64),
            Range::Levels(levels) => Some(levels.len() as u64),
        }
    }

    /// The value at a coordinate: `None` at the baseline.
    pub fn value(&self, coordinate: Coordinate) -> Option<AxisValue> {
        let number = match &self.range {
            Range::Between { from, to, points } => between(*from, *to, *points, coordinate)?,
            Range::Quantiles { distribution, from, to, points } => {
                distribution.quantile(between(*from, *to, *points, coordinate)?)
            }
            Range::Numbers(numbers) => numbers[position(numbers.len(), coordinate)?],
            Range::Levels(levels) => {
                let (level, name) = &levels[position(levels.len(), coordinate)?];
                return Some(AxisValue::Level(*level, name.clone()));
            }
        };
        Some(match self.target {
            Target::StratumSize(_) | Target::Population => AxisValue::People(number.round() as u64),
            Target::Parameter(_) | Target::Reading { .. } => AxisValue::Share(number),
        })
    }

    /// The largest number on the axis; `None` for readings.
    pub fn greatest(&self) -> Option<f64> {
        match &self.range {
            Range::Between { from, to, .. } => Some(from.max(*to)),
            Range::Quantiles { distribution, to, .. } => Some(distribution.quantile(*to)),
            Range::Numbers(numbers) => numbers.iter().copied().reduce(f64::max),
            Range::Levels(_) => None,
        }
    }
}

/// A number between two ends; both are met exactly.
fn between(from: f64, to: f64, points: Option<u64>, coordinate: Coordinate) -> Option<f64> {
    match coordinate {
        Coordinate::Baseline => None,
        Coordinate::Share(share) => Some(from + (to - from) * share),
        Coordinate::Step(step) => {
            let last = points.unwrap_or(1).max(2) - 1;
            let (left, right) = (last.saturating_sub(step) as f64, step as f64);
            Some((from * left + to * right) / last as f64)
        }
    }
}

/// The number of a declared value.
fn position(values: usize, coordinate: Coordinate) -> Option<usize> {
    match coordinate {
        Coordinate::Baseline => None,
        Coordinate::Step(step) => usize::try_from(step).ok().filter(|step| *step < values),
        Coordinate::Share(share) => Some(((share * values as f64) as usize).min(values - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_meet_both_ends_and_every_tenth_exactly() {
        let steps = |from, to| -> Vec<f64> {
            (0..11).map(|k| between(from, to, Some(11), Coordinate::Step(k)).unwrap()).collect()
        };
        assert_eq!(steps(0.0, 1.0), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(steps(0.2, 0.3)[10], 0.3);
    }

    #[test]
    fn shares_of_levels_are_equal() {
        let at = |share| position(3, Coordinate::Share(share)).unwrap();
        assert_eq!([0.0, 0.33, 0.34, 0.66, 0.67, 1.0].map(at), [0, 0, 1, 1, 2, 2]);
    }
}
