//! Numbers of people in millionths of a person, so that means add up to the last digit.

use std::fmt;

/// A number of people in millionths of a person: means that add up to the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Millionths(pub u128);

impl Millionths {
    const ONE: u128 = 1_000_000;

    /// The nearest `f64`, in people.
    pub fn people(self) -> f64 {
        (self.0 / Self::ONE) as f64 + (self.0 % Self::ONE) as f64 / Self::ONE as f64
    }

    /// The nearest whole number of people.
    pub fn rounded(self) -> u128 {
        (self.0 + Self::ONE / 2) / Self::ONE
    }

    /// `numerator / denominator` people, rounded to the nearest millionth.
    /// The denominator must be below 2^107, so that nothing overflows.
    pub fn ratio(numerator: u128, denominator: u128) -> Millionths {
        let whole = numerator / denominator;
        let rest = numerator % denominator;
        Millionths(whole * Self::ONE + (rest * Self::ONE + denominator / 2) / denominator)
    }
}

/// Up to six decimals, without trailing zeros.
impl fmt::Display for Millionths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / Self::ONE, self.0 % Self::ONE);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{rest:06}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

/// Divides each numerator by the denominator so that the rounded results add up to the rounded
/// total: each is the difference of two rounded running sums.
pub fn cascade(numerators: &[u128], denominator: u128) -> Vec<Millionths> {
    let mut sum = 0;
    let mut before = Millionths(0);
    let mut rounded = Vec::with_capacity(numerators.len());
    for numerator in numerators {
        sum += numerator;
        let now = Millionths::ratio(sum, denominator);
        rounded.push(Millionths(now.0 - before.0));
        before = now;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn millionths_print_as_people() {
        assert_eq!(Millionths::ratio(10, 4).to_string(), "2.5");
        assert_eq!(Millionths::ratio(7, 7).to_string(), "1");
        assert_eq!(Millionths::ratio(1, 3).to_string(), "0.333333");
        assert_eq!(Millionths::ratio(0, 3).to_string(), "0");
        assert_eq!(Millionths::ratio(5, 2).rounded(), 3);
    }

    proptest! {
        #[test]
        fn a_cascade_adds_up_and_stays_within_a_millionth(
            numerators in prop::collection::vec(0u128..1 << 106, 1..20),
            denominator in 1u128..1 << 73,
        ) {
            let rounded = cascade(&numerators, denominator);
            let total: u128 = rounded.iter().map(|m| m.0).sum();
            prop_assert_eq!(Millionths(total), Millionths::ratio(numerators.iter().sum(), denominator));
            for (numerator, part) in numerators.iter().zip(&rounded) {
                let nearest = Millionths::ratio(*numerator, denominator).0;
                prop_assert!(part.0.abs_diff(nearest) <= 1);
            }
        }
    }
}
