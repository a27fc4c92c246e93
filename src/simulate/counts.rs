//! The engine `counts`: draws how many people each cell has without drawing the people.
//!
//! All cells are drawn, even those that no proposal tells apart. To lump them before drawing would
//! save binomials, but then the numbers of a seed would depend on which proposals and groups are asked for.

use rand::rngs::ChaCha8Rng;

use super::binomial::binomial;
use crate::scenario::Weights;

/// Draws the number of a unit's people in each cell and adds it to a tally: a multinomial, as binomials
/// of what is left, in the order of the cells.
///
/// With weights of 2, 3 and 5 tenths, the first cell has a binomial number of all people with probability
/// 2/10, the second one of the others with 3/8, and the third has everybody who is then left.
pub(super) fn add_people(weights: &Weights, people: u64, rng: &mut ChaCha8Rng, tally: &mut [u64]) {
    let (mut people_left, mut weight_left) = (people, Weights::ONE);
    let cells = weights.as_slice().iter().zip(tally).filter(|(weight, _)| **weight > 0);
    for (&weight, sum) in cells {
        if people_left == 0 {
            break;
        }
        let drawn = if weight == weight_left {
            people_left
        } else {
            binomial(people_left, weight as f64 / weight_left as f64, rng)
        };
        people_left -= drawn;
        weight_left -= weight;
        *sum += drawn;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Purpose, Stream};
    use crate::simulate::fit;

    fn draw_tally(weights: &Weights, people: u64, rng: &mut ChaCha8Rng) -> Vec<u64> {
        let mut tally = vec![0; weights.as_slice().len()];
        add_people(weights, people, rng, &mut tally);
        tally
    }

    fn rng(replicate: u64) -> ChaCha8Rng {
        Stream::new(Purpose::Counts, "test", 1952).rng(replicate, 0)
    }

    #[test]
    fn the_tally_of_a_seed_stays_what_it_is() {
        let weights = Weights::quantised(&[0.5, 0.0, 0.3, 0.2]);
        assert_eq!(
            draw_tally(&weights, 1_000_000_000, &mut rng(0)),
            [499_996_589, 0, 300_014_972, 199_988_439]
        );
    }

    #[test]
    fn nobody_is_lost_and_a_share_of_zero_stays_empty() {
        let weights = Weights::quantised(&[0.0, 1e-12, 0.3, 0.7 - 1e-12, 0.0]);
        for people in [0, 1, 170_000, 1 << 53] {
            let tally = draw_tally(&weights, people, &mut rng(1));
            assert_eq!(tally.iter().sum::<u64>(), people);
            assert_eq!((tally[0], tally[4]), (0, 0));
        }
    }

    #[test]
    fn tallies_follow_the_law_and_no_law_close_to_it() {
        for shares in fit::TABLES {
            let weights = Weights::quantised(&shares());
            fit::assert_follows(&weights, &draw_tally(&weights, 3_000_000, &mut rng(0)));
        }
        let close = Weights::quantised(&[0.402, 0.0, 0.298, 0.2, 0.05, 0.0499, 0.0001]);
        assert!(!fit::follows(
            &close,
            &draw_tally(&Weights::quantised(&fit::TABLES[4]()), 3_000_000, &mut rng(0))
        ));
    }

    /// Mean and variance of each cell and one covariance over 20,000 draws, |z| < 5: about 6e-7
    /// each to fail by chance; the seed is fixed.
    #[test]
    fn tallies_have_the_moments_of_the_multinomial() {
        let (shares, people, draws) = ([0.6, 0.3, 0.1], 170_000u64, 20_000);
        let weights = Weights::quantised(&shares);
        let tallies: Vec<Vec<u64>> = (0..draws).map(|i| draw_tally(&weights, people, &mut rng(i))).collect();
        let deviation = |t: &[u64], cell: usize| t[cell] as f64 - people as f64 * shares[cell];
        let mean_of = |f: &dyn Fn(&[u64]) -> f64| tallies.iter().map(|t| f(t)).sum::<f64>() / draws as f64;
        for (cell, p) in shares.iter().enumerate() {
            let variance = people as f64 * p * (1.0 - p);
            let mean = mean_of(&|t| deviation(t, cell));
            assert!(mean.abs() < 5.0 * (variance / draws as f64).sqrt(), "mean of {cell}: {mean}");
            let second = mean_of(&|t| deviation(t, cell).powi(2));
            let error = variance * (2.0 / draws as f64).sqrt();
            assert!((second - variance).abs() < 5.0 * error, "variance of {cell}: {second}");
        }
        let covariance = mean_of(&|t| deviation(t, 0) * deviation(t, 1));
        let (v0, v1, expected) = (170_000.0 * 0.24, 170_000.0 * 0.21, -170_000.0 * 0.18f64);
        let error = ((v0 * v1 + expected * expected) / draws as f64).sqrt();
        assert!((covariance - expected).abs() < 5.0 * error, "{covariance}");
    }
}
