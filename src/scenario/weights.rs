//! The probabilities of a stratum's cells as whole numbers, which is how every engine takes them.

/// The probability of each cell as a whole number of 2^-53; together exactly 1.
///
/// Whole numbers make what is sampled, what is expected and what is published the same distribution: a
/// draw of 53 bits is compared with them, and their products with head-counts are exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Weights(Vec<u64>);

impl Weights {
    /// What the weights add up to.
    pub(crate) const ONE: u64 = 1 << 53;

    /// Rounds running sums of the probabilities, so that each weight is off by at most 2^-53 and
    /// nothing is lost; a probability of 0 stays 0.
    pub(crate) fn quantised(probabilities: &[f64]) -> Weights {
        let mut weights = Weights::default();
        weights.requantise(probabilities.iter().copied());
        weights
    }

    /// Overwrites the weights. With 8 in place of 2^53, probabilities of 0.3, 0.3 and 0.4 have the running
    /// sums 2.4, 4.8 and 8, rounded 2, 5 and 8, so the weights are 2, 3 and 3. Rounded one by one they
    /// would be 2, 2 and 3, and one would be lost.
    pub(super) fn requantise(&mut self, probabilities: impl Iterator<Item = f64> + Clone) {
        let total: f64 = probabilities.clone().sum();
        let (mut sum, mut before) = (0.0, 0);
        self.0.clear();
        self.0.extend(probabilities.map(|probability| {
            if probability == 0.0 {
                return 0;
            }
            // Added up in the same order, the last of these sums is the total, and no other exceeds it.
            sum += probability;
            let now = rounded(sum / total * Weights::ONE as f64);
            now - std::mem::replace(&mut before, now)
        }));
    }

    /// The weights, by cell.
    pub(crate) fn as_slice(&self) -> &[u64] {
        &self.0
    }
}

/// The nearest whole number, halves rounded up, without the call that [`f64::round`] is on old processors.
fn rounded(number: f64) -> u64 {
    let whole = number as u64;
    whole + u64::from(number - whole as f64 >= 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_of_zero_is_never_drawn_and_a_tiny_one_is_kept() {
        let weights = Weights::quantised(&[0.0, 1e-12, 0.3, 0.7 - 1e-12, 0.0]);
        let weights = weights.as_slice();
        assert_eq!((weights[0], weights[4]), (0, 0));
        assert_eq!(weights[1], (1e-12 * Weights::ONE as f64).round() as u64);
        assert_eq!(weights.iter().sum::<u64>(), Weights::ONE);
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_the_standard_library(number in 0.0f64..Weights::ONE as f64, whole in 0u64..1 << 52) {
            for number in [number, whole as f64, whole as f64 + 0.5, (whole as f64 + 0.5).next_down()] {
                prop_assert_eq!(rounded(number), number.round() as u64);
            }
        }

        #[test]
        fn weights_add_up_to_one_and_stay_within_rounding(
            raw in prop::collection::vec(0.0f64..1.0, 1..40)
        ) {
            let total: f64 = raw.iter().sum();
            prop_assume!(total > 0.0);
            let probabilities: Vec<f64> = raw.iter().map(|p| p / total).collect();
            let weights = Weights::quantised(&probabilities);
            prop_assert_eq!(weights.as_slice().iter().sum::<u64>(), Weights::ONE);
            for (weight, p) in weights.as_slice().iter().zip(&probabilities) {
                prop_assert!((*weight as f64 - p * Weights::ONE as f64).abs() <= 16.0);
            }
        }
    }
}
