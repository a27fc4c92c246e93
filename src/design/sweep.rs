//! A sweep as its file declares it: the axes along which a scenario varies, the design that picks points
//! on them, and how each point is evaluated. A coordinate on an axis becomes a value here.

use std::sync::Arc;

use super::level_weights::LevelWeights;
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

impl DesignKind {
    /// Its name, as files have it.
    pub fn name(self) -> &'static str {
        match self {
            DesignKind::Zip => "list",
            DesignKind::Grid => "grid",
            DesignKind::OneAtATime => "one-at-a-time",
            DesignKind::LatinHypercube { .. } => "latin-hypercube",
            DesignKind::Sobol { .. } => "sobol",
            DesignKind::Saltelli { .. } => "saltelli",
            DesignKind::Morris { .. } => "morris",
        }
    }

    /// Whether its points spread over an axis from end to end, so that a value that takes up more of the axis is met
    /// more often. Morris points lie on a few levels of it.
    pub fn spreads_points(self) -> bool {
        matches!(
            self,
            DesignKind::LatinHypercube { .. } | DesignKind::Sobol { .. } | DesignKind::Saltelli { .. }
        )
    }
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
    /// A reading of one proposal, or the reading of the same name of several: the id of each, and the reading's
    /// position in it.
    Reading(Vec<(String, usize)>),
}

impl Varies {
    /// The position of the reading that is set in a proposal, if there is one.
    pub fn reading_of(&self, proposal: &str) -> Option<usize> {
        let Varies::Reading(readings) = self else { return None };
        readings.iter().find(|(id, _)| id == proposal).map(|(_, reading)| *reading)
    }

    /// Whether both set the same, wholly or in part.
    pub fn overlaps(&self, other: &Varies) -> bool {
        match self {
            Varies::Reading(readings) => {
                readings.iter().any(|(id, reading)| other.reading_of(id) == Some(*reading))
            }
            varies => varies == other,
        }
    }
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
    /// These values of a reading, in this order.
    Levels {
        /// Their numbers and names.
        levels: Vec<(u8, Arc<str>)>,
        /// How much of the axis each takes up; as much as every other if absent.
        weights: Option<LevelWeights>,
    },
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
            AxisValues::Levels { levels, .. } => Some(levels.len() as u64),
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
            AxisValues::Levels { levels, weights } => {
                let position = match (weights, coordinate) {
                    (Some(weights), Coordinate::Share(share)) => weights.position(share),
                    _ => position(levels.len(), coordinate)?,
                };
                let (level, name) = levels.get(position)?;
                return Some(AxisValue::Level(*level, name.clone()));
            }
        };
        Some(match self.varies {
            Varies::StratumSize(_) | Varies::Population => AxisValue::People(number.round() as u64),
            Varies::Parameter(_) | Varies::Reading(_) => AxisValue::Share(number),
        })
    }

    /// The largest number on the axis; `None` for readings.
    pub fn greatest(&self) -> Option<f64> {
        match &self.values {
            AxisValues::Between { from, to, .. } => Some(from.max(*to)),
            AxisValues::Quantiles { distribution, to, .. } => Some(distribution.quantile(*to)),
            AxisValues::Numbers(numbers) => numbers.iter().copied().reduce(f64::max),
            AxisValues::Levels { .. } => None,
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

/// The position of a declared value; values without weights have equal shares of an axis.
fn position(values: usize, coordinate: Coordinate) -> Option<usize> {
    match coordinate {
        Coordinate::Baseline => None,
        Coordinate::Value(number) => usize::try_from(number).ok().filter(|number| *number < values),
        Coordinate::Share(share) => Some(((share * values as f64) as usize).min(values - 1)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::design::Design;
    use crate::domain::SourceFile;

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

    fn reading_axis(values: usize, weights: Option<Vec<f64>>) -> Axis {
        let levels = (0..values as u8).map(|level| (level, format!("v{level}").into())).collect();
        let weights = weights.map(|weights| LevelWeights::new(weights).unwrap());
        let file = SourceFile { name: "axis.toml".into(), text: String::new(), built_in: false };
        Axis {
            name: "draft.left".into(),
            varies: Varies::Reading(vec![("draft".into(), 0)]),
            values: AxisValues::Levels { levels, weights },
            place: Place { file: file.into(), span: 0..0 },
        }
    }

    /// How many points of a design meet each value of an axis.
    fn met(axis: &Axis, values: usize, kind: DesignKind) -> (Vec<f64>, f64) {
        let design = Design::new(kind, &[Some(values as u64), None], 1952).unwrap();
        let mut met = vec![0.0; values];
        for point in 0..design.len() {
            match axis.value(design.point(point)[0]) {
                Some(AxisValue::Level(level, _)) => met[usize::from(level)] += 1.0,
                other => panic!("{other:?} is no level"),
            }
        }
        (met, design.len() as f64)
    }

    /// A Latin hypercube or Sobol' points have one point in each of equal cells, of which a stretch of the axis cuts
    /// at most one at either end. A Saltelli design has two such sets, one of them with one or two copies more.
    #[test]
    fn designs_that_spread_points_meet_values_in_proportion_to_their_weights() {
        let weights = [0.95, 0.02, 0.03];
        let axis = reading_axis(3, Some(weights.to_vec()));
        for (kind, copies) in [
            (DesignKind::LatinHypercube { points: 1_000 }, 1.0),
            (DesignKind::Sobol { points: 1_024 }, 1.0),
            (DesignKind::Saltelli { base: 256 }, 4.0),
        ] {
            let (met, points) = met(&axis, 3, kind);
            for (met, weight) in met.iter().zip(weights) {
                assert!((met - points * weight).abs() < 2.0 * copies, "{kind:?}: {met} for {weight}");
            }
        }
    }

    #[test]
    fn declared_values_are_met_in_order_whatever_their_weights() {
        let axis = reading_axis(3, Some(vec![0.95, 0.02, 0.03]));
        let named = |value| axis.value(Coordinate::Value(value));
        let expected = |level: u8| Some(AxisValue::Level(level, format!("v{level}").into()));
        assert_eq!([0, 1, 2].map(named), [0, 1, 2].map(expected));
        assert_eq!((axis.value(Coordinate::Baseline), named(3)), (None, None));
    }

    proptest! {
        /// To rounding where a third begins, and to the bit for powers of two.
        #[test]
        fn equal_weights_are_no_weights(values in 1usize..20, share in 0f64..=1.0) {
            let (plain, weighted) = (reading_axis(values, None), vec![1.0 / values as f64; values]);
            let weighted = reading_axis(values, Some(weighted));
            let at = Coordinate::Share(share);
            let from_end = share * values as f64 - (share * values as f64).round();
            prop_assume!(values.is_power_of_two() || from_end.abs() > 1e-9);
            prop_assert_eq!(weighted.value(at), plain.value(at));
        }
    }

    #[test]
    fn readings_overlap_where_they_set_one_of_the_same_proposal() {
        let reading = |ids: &[(&str, usize)]| {
            Varies::Reading(ids.iter().map(|(id, reading)| (id.to_string(), *reading)).collect())
        };
        let both = reading(&[("a", 0), ("b", 1)]);
        assert!(both.overlaps(&both) && both.overlaps(&reading(&[("b", 1)])));
        assert!(!both.overlaps(&reading(&[("b", 0), ("c", 1)])) && !both.overlaps(&Varies::Population));
        assert!(Varies::Population.overlaps(&Varies::Population));
        assert_eq!([both.reading_of("b"), both.reading_of("c")], [Some(1), None]);
    }
}
