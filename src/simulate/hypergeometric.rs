//! Draws without replacement: who keeps an outcome where a limit leaves fewer places than people.
//!
//! `rand_distr` prepares its hypergeometric distribution in a time that grows with the population; this one needs
//! none.

use rand::{RngExt, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Exp1};

use super::binomial::stirling;

/// Draws how many of each kind are among `places` people drawn without replacement from people of several kinds, of
/// which there are these numbers. Where there are no more people than places, all of them are drawn.
pub(super) fn draw_without_replacement(places: u64, people: &[u64], rng: &mut ChaCha8Rng) -> Vec<u64> {
    let mut people_left: u64 = people.iter().sum();
    let mut places_left = places.min(people_left);
    let draw = |of_kind: &u64| {
        let drawn = hypergeometric(people_left, *of_kind, places_left, rng);
        people_left -= of_kind;
        places_left -= drawn;
        drawn
    };
    people.iter().map(draw).collect()
}

/// Draws how many of `draws` people drawn without replacement from `people` are among the `marked` ones.
///
/// Rejection from a hat that fits any log-concave distribution on the whole numbers: L. Devroye, A simple generator
/// for discrete log-concave distributions, Computing 39 (1987), 87-91. It takes some five trials whatever the numbers.
/// In place of the greatest probability, which is costly to compute, it uses a bound: on the whole numbers it is never
/// below one over the square root of one plus twelve variances, which is what it is for a uniform distribution.
fn hypergeometric(people: u64, marked: u64, draws: u64, rng: &mut ChaCha8Rng) -> u64 {
    let least = draws.saturating_sub(people - marked);
    let most = draws.min(marked);
    if least == most {
        return least;
    }
    let law = Hypergeometric { people, marked, draws };
    let (mode, peak) = (law.mode(), 1.0 / (1.0 + 12.0 * law.variance()).sqrt());
    let width = 1.0 + peak / 2.0;
    loop {
        let flat = rng.random::<f64>() <= width / (1.0 + width);
        let tail: f64 = if flat { 0.0 } else { Exp1.sample(rng) };
        let off = if flat { rng.random::<f64>() * width / peak } else { (width + tail) / peak };
        let height = rng.random::<f64>() * (width - peak * off).exp().min(1.0);
        let off = off.round() as u64;
        let drawn = if rng.random::<bool>() { mode.checked_add(off) } else { mode.checked_sub(off) };
        let Some(drawn) = drawn.filter(|drawn| (least..=most).contains(drawn)) else { continue };
        if height <= law.log_ratio(drawn, mode).exp() {
            return drawn;
        }
    }
}

/// The distribution of the number of marked people among those drawn.
struct Hypergeometric {
    people: u64,
    marked: u64,
    draws: u64,
}

impl Hypergeometric {
    /// The most probable number.
    fn mode(&self) -> u64 {
        let product = u128::from(self.draws + 1) * u128::from(self.marked + 1);
        (product / u128::from(self.people + 2)) as u64
    }

    fn variance(&self) -> f64 {
        let [people, marked, draws] = [self.people, self.marked, self.draws].map(|number| number as f64);
        draws * (marked / people) * ((people - marked) / people) * ((people - draws) / (people - 1.0))
    }

    /// The logarithm of the probability of `k` divided by that of `m`: the quotient of two products of binomial
    /// coefficients, by Stirling's formula, with differences in place of quotients near 1.
    fn log_ratio(&self, k: u64, m: u64) -> f64 {
        let unmarked = self.people - self.marked;
        coefficient_ratio(self.marked, k, m) + coefficient_ratio(unmarked, self.draws - k, self.draws - m)
    }
}

/// The logarithm of the binomial coefficient of `n` and `k` divided by that of `n` and `m`.
fn coefficient_ratio(n: u64, k: u64, m: u64) -> f64 {
    let [n, k, m] = [n, k, m].map(|number| number as f64);
    (m + 0.5) * ((m - k) / (k + 1.0)).ln_1p()
        + (n - m + 0.5) * ((k - m) / (n - k + 1.0)).ln_1p()
        + (k - m) * ((n - k + 1.0) / (k + 1.0)).ln()
        + (stirling(m) + stirling(n - m) - stirling(k) - stirling(n - k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Purpose, Stream};

    fn rng(replicate: u64) -> ChaCha8Rng {
        Stream::new(Purpose::Limit, "test", 1952).rng(replicate, 0)
    }

    /// Probabilities by recursion from the least number, normalised.
    fn probabilities(people: u64, marked: u64, draws: u64) -> (u64, Vec<f64>) {
        let least = draws.saturating_sub(people - marked);
        let most = draws.min(marked);
        let mut weights = vec![1.0f64];
        for k in least..most {
            let up = ((marked - k) * (draws - k)) as f64;
            let down = ((k + 1) * (people - marked + k + 1 - draws)) as f64;
            weights.push(weights[weights.len() - 1] * up / down);
        }
        let sum: f64 = weights.iter().sum();
        (least, weights.into_iter().map(|weight| weight / sum).collect())
    }

    /// Pearson's statistic of 200,000 draws over the numbers with an expectation of at least 10, as a standard normal
    /// deviate (E. B. Wilson and M. M. Hilferty, 1931).
    fn misfit(drawn_from: [u64; 3], law: [u64; 3]) -> f64 {
        let (least, probabilities) = probabilities(law[0], law[1], law[2]);
        let mut counts = vec![0u64; probabilities.len()];
        let mut rng = rng(0);
        let draws = 200_000;
        for _ in 0..draws {
            let drawn = hypergeometric(drawn_from[0], drawn_from[1], drawn_from[2], &mut rng);
            counts[(drawn - least) as usize] += 1;
        }
        let cells = counts.iter().zip(&probabilities).map(|(n, p)| (*n as f64, p * draws as f64));
        let cells: Vec<(f64, f64)> = cells.filter(|(_, expected)| *expected >= 10.0).collect();
        let freedom = (cells.len() - 1) as f64;
        let statistic: f64 = cells.iter().map(|(n, expected)| (n - expected).powi(2) / expected).sum();
        let scale = 2.0 / (9.0 * freedom);
        ((statistic / freedom).cbrt() - (1.0 - scale)) / scale.sqrt()
    }

    /// Chi-square of six laws: |z| < 5 fails by chance about three times in ten million each; the seed is fixed. The
    /// control draws from a law with one more marked person.
    #[test]
    fn draws_follow_the_law_and_no_law_close_to_it() {
        for law in [[10, 4, 5], [50, 1, 25], [100, 60, 70], [1_000, 30, 500], [5_000, 2_000, 100], [7, 6, 6]]
        {
            let misfit = misfit(law, law);
            assert!(misfit < 5.0, "{law:?}: {misfit}");
        }
        assert!(misfit([1_000, 31, 500], [1_000, 30, 500]) > 5.0);
    }

    /// Mean and variance over 20,000 draws from up to 2^53 people: |z| < 5, about 6e-7 each to fail by chance; the
    /// seed is fixed.
    #[test]
    fn draws_have_the_moments_of_the_law_at_any_size() {
        for (people, marked, draws) in
            [(181_033, 95_531, 90_000), (1_000_000_000, 17, 400_000_000), (1 << 53, 1 << 52, 1 << 51)]
        {
            let law = Hypergeometric { people, marked, draws };
            let (mean, variance) = (draws as f64 * (marked as f64 / people as f64), law.variance());
            let mut rng = rng(1);
            let count = 20_000;
            let off: Vec<f64> =
                (0..count).map(|_| hypergeometric(people, marked, draws, &mut rng) as f64 - mean).collect();
            let first = off.iter().sum::<f64>() / f64::from(count);
            let second = off.iter().map(|off| off * off).sum::<f64>() / f64::from(count);
            assert!(first.abs() < 5.0 * (variance / f64::from(count)).sqrt(), "{people}: {first}");
            let error = variance * (2.0 / f64::from(count)).sqrt() + 1.0 / f64::from(count).sqrt();
            assert!((second - variance).abs() < 5.0 * error, "{people}: {second} is not {variance}");
        }
    }

    #[test]
    fn places_are_shared_among_all_kinds() {
        for replicate in 0..100 {
            let people = [5, 0, 100, 1, 40];
            let drawn = draw_without_replacement(30, &people, &mut rng(replicate));
            assert_eq!(drawn.iter().sum::<u64>(), 30);
            assert!(drawn.iter().zip(&people).all(|(drawn, people)| drawn <= people), "{drawn:?}");
        }
        assert_eq!(draw_without_replacement(1_000, &[3, 4], &mut rng(0)), [3, 4]);
        assert_eq!(draw_without_replacement(0, &[3, 4], &mut rng(0)), [0, 0]);
    }

    #[test]
    fn the_draws_of_a_seed_stay_what_they_are() {
        let drawn: Vec<u64> =
            (0..4).map(|replicate| hypergeometric(1_000, 300, 500, &mut rng(replicate))).collect();
        assert_eq!(drawn, [174, 150, 142, 144]);
    }
}
