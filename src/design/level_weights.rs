//! How much of an axis each value of a reading takes up, where its values are not equally likely: the unit
//! interval is cut into stretches as long as the weights.

use std::fmt;

/// Positive weights that add up to 1, one for each value of an axis, in the order of the values.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelWeights {
    weights: Vec<f64>,
    /// Where the stretch of each value ends: the sums of the weights so far.
    ends: Vec<f64>,
}

impl LevelWeights {
    /// How far the sum of the weights may be from 1.
    pub const TOLERANCE: f64 = 1e-9;

    /// Lays the weights of an axis's values end to end.
    ///
    /// # Errors
    ///
    /// If one is not a positive number, or they do not add up to 1.
    pub fn new(weights: Vec<f64>) -> Result<LevelWeights, LevelWeightsError> {
        let is_positive = |weight: &f64| weight.is_finite() && *weight > 0.0;
        if let Some(position) = weights.iter().position(|weight| !is_positive(weight)) {
            return Err(LevelWeightsError::NotPositive { position });
        }
        let sums = weights.iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        let ends: Vec<f64> = sums.collect();
        let sum = ends.last().copied().unwrap_or(0.0);
        if (sum - 1.0).abs() > LevelWeights::TOLERANCE {
            return Err(LevelWeightsError::NotOne { sum });
        }
        Ok(LevelWeights { weights, ends })
    }

    /// The weight of each value.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The position of the value whose stretch holds a share of the axis. With weights 0.95 and 0.05 the first
    /// value is met from 0 up to 0.95, the second from there to 1.
    pub(super) fn position(&self, share: f64) -> usize {
        let before_last = &self.ends[..self.ends.len() - 1];
        before_last.partition_point(|end| *end <= share)
    }
}

/// Why numbers are not the weights of an axis's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LevelWeightsError {
    /// A weight is zero, negative or no number.
    NotPositive {
        /// The position of its value.
        position: usize,
    },
    /// The weights do not add up to 1.
    NotOne {
        /// Their sum.
        sum: f64,
    },
}

impl fmt::Display for LevelWeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LevelWeightsError::NotPositive { position } => {
                write!(f, "weight {} is not a positive number", position + 1)
            }
            LevelWeightsError::NotOne { sum } => {
                // Sums of decimals have a long tail of digits that nobody wrote.
                write!(f, "the weights add up to {}, not to 1", (sum * 1e12).round() / 1e12)
            }
        }
    }
}

impl std::error::Error for LevelWeightsError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Weights in proportion to whole numbers.
    fn in_proportion(parts: &[u32]) -> LevelWeights {
        let all: f64 = parts.iter().map(|part| f64::from(*part)).sum();
        LevelWeights::new(parts.iter().map(|part| f64::from(*part) / all).collect()).unwrap()
    }

    /// How many of `points` shares, evenly spread over the axis, meet each value.
    fn met(weights: &LevelWeights, points: u32) -> Vec<u32> {
        let mut met = vec![0; weights.weights().len()];
        for point in 0..points {
            met[weights.position((f64::from(point) + 0.5) / f64::from(points))] += 1;
        }
        met
    }

    proptest! {
        #[test]
        fn each_value_is_met_in_proportion_to_its_weight(parts in prop::collection::vec(1u32..1_000, 1..40)) {
            let weights = in_proportion(&parts);
            for (met, weight) in met(&weights, 10_000).into_iter().zip(weights.weights()) {
                prop_assert!((f64::from(met) - 10_000.0 * weight).abs() < 1.001, "{met} of {weight}");
            }
        }

        #[test]
        fn values_follow_one_another_along_the_axis(
            parts in prop::collection::vec(1u32..1_000, 1..40), shares in prop::collection::vec(0f64..=1.0, 2..20)
        ) {
            let weights = in_proportion(&parts);
            let mut shares = shares;
            shares.sort_by(f64::total_cmp);
            let positions: Vec<usize> = shares.iter().map(|share| weights.position(*share)).collect();
            prop_assert!(positions.is_sorted());
            prop_assert_eq!((weights.position(0.0), weights.position(1.0)), (0, parts.len() - 1));
        }

        /// A share lies in the stretch of the value that it meets: after the weights before it, and before its end.
        #[test]
        fn a_share_lies_in_the_stretch_of_its_value(
            parts in prop::collection::vec(1u32..1_000, 1..40), share in 0f64..1.0
        ) {
            let weights = in_proportion(&parts);
            let position = weights.position(share);
            let before: f64 = weights.weights()[..position].iter().sum();
            prop_assert!(before <= share + 1e-12 && share < before + weights.weights()[position] + 1e-12);
        }
    }

    #[test]
    fn a_stretch_ends_where_the_next_begins() {
        let weights = LevelWeights::new(vec![0.5, 0.25, 0.25]).unwrap();
        assert_eq!(
            [0.0, 0.49, 0.5, 0.74, 0.75, 1.0].map(|share| weights.position(share)),
            [0, 0, 1, 1, 2, 2]
        );
    }

    #[test]
    fn a_sum_within_rounding_of_1_is_1() {
        for weights in [vec![0.1; 10], vec![1.0 / 3.0; 3], vec![0.5, 0.5 - 0.9e-9], vec![1.0]] {
            let last = weights.len() - 1;
            assert_eq!(LevelWeights::new(weights).unwrap().position(1.0), last);
        }
    }

    #[test]
    fn weights_that_are_no_weights_are_refused() {
        let refusal = |weights: &[f64]| LevelWeights::new(weights.to_vec()).unwrap_err().to_string();
        for wrong in [0.0, -0.5, f64::NAN, f64::INFINITY] {
            assert_eq!(refusal(&[1.0, wrong]), "weight 2 is not a positive number");
        }
        assert_eq!(refusal(&[0.95, 0.06]), "the weights add up to 1.01, not to 1");
        assert_eq!(refusal(&[0.5, 0.5 + 1.1e-9]), "the weights add up to 1.0000000011, not to 1");
        assert_eq!(refusal(&[]), "the weights add up to 0, not to 1");
    }
}
