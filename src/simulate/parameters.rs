//! Draws of uncertain parameters: the first step of a replicate.

use rand::rngs::ChaCha8Rng;
use rand_distr::{Beta, Distribution as _, Normal, Pert, Triangular, Uniform};

use super::quantise::quantise;
use crate::scenario::Distribution;

/// Draws a value of a parameter. The reader of scenarios refuses what the constructors below would
/// refuse, except ends that coincide: then there is nothing to draw.
pub(super) fn draw_parameter(distribution: Distribution, rng: &mut ChaCha8Rng) -> f64 {
    let drawn = match distribution {
        Distribution::Fixed(value) => return value,
        Distribution::Beta { a, b } => Beta::new(a, b).map(|d| d.sample(rng)).ok(),
        Distribution::Uniform { min, max } => Uniform::new_inclusive(min, max).map(|d| d.sample(rng)).ok(),
        Distribution::Triangular { min, mode, max } => {
            Triangular::new(min, max, mode).map(|d| d.sample(rng)).ok()
        }
        Distribution::Pert { min, mode, max } => {
            Pert::new(min, max).with_mode(mode).map(|d| d.sample(rng)).ok()
        }
        Distribution::LogitNormal { median, sd } => {
            Normal::new((median / (1.0 - median)).ln(), sd).map(|d| 1.0 / (1.0 + (-d.sample(rng)).exp())).ok()
        }
    };
    quantise(drawn.unwrap_or(distribution.centre()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Purpose, Stream};

    fn rng() -> ChaCha8Rng {
        Stream::new(Purpose::Leaning, "test", 7).rng(0, 0)
    }

    #[test]
    fn every_distribution_stays_within_its_ends_and_around_its_centre() {
        let uncertain = [
            Distribution::Beta { a: 35.0, b: 65.0 },
            Distribution::Uniform { min: 0.1, max: 0.3 },
            Distribution::Uniform { min: 0.2, max: 0.2 },
            Distribution::Triangular { min: 0.1, mode: 0.2, max: 0.6 },
            Distribution::Pert { min: 0.1, mode: 0.2, max: 0.6 },
            Distribution::LogitNormal { median: 0.3, sd: 0.05 },
        ];
        for distribution in uncertain {
            let mut rng = rng();
            let n = 10_000;
            let draws: Vec<f64> = (0..n).map(|_| draw_parameter(distribution, &mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            // The widest of them has sd 0.11, so 0.006 is over five standard errors.
            assert!((mean - distribution.centre()).abs() < 0.006, "{distribution:?}: {mean}");
            assert!(draws.iter().all(|v| (0.0..=1.0).contains(v) && (v * 4294967296.0).fract() == 0.0));
        }
    }
}
