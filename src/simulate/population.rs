use std::sync::Arc;

use rand::rngs::ChaCha8Rng;
use rand_distr::{Beta, Distribution as _, Normal, Pert, Triangular, Uniform};

use crate::domain::Setting;
use crate::scenario::{Blueprint, Distribution, Scenario};

/// A scenario laid out over the profile space, ready to be drawn. A copy costs two reference counts.
#[derive(Debug, Clone)]
pub struct Population {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// What its strata's probabilities are made of, in the scenario's order.
    pub blueprints: Arc<[Blueprint]>,
}

impl Population {
    /// Lays out a scenario of this setting.
    pub fn new(setting: &Setting, scenario: impl Into<Arc<Scenario>>) -> Population {
        let scenario = scenario.into();
        let strata = scenario.strata.iter();
        let blueprints = strata.map(|stratum| Blueprint::new(&setting.space, stratum)).collect();
        Population { scenario, blueprints }
    }

    /// The same layout for a scenario that differs only in its strata's sizes and its parameters'
    /// distributions.
    pub fn with(&self, scenario: impl Into<Arc<Scenario>>) -> Population {
        Population { scenario: scenario.into(), blueprints: Arc::clone(&self.blueprints) }
    }
}

/// Drawn shares are rounded to multiples of 2^-32: the last bits of a beta draw differ between
/// builds (a feature of `num-traits` decides whose logarithm is used) and must not move counts.
pub(super) fn quantised(share: f64) -> f64 {
    const UNIT: f64 = (1u64 << 32) as f64;
    // Not `round`, which is a call on old processors; this differs from it just below 0.5 only.
    (share.clamp(0.0, 1.0) * UNIT + 0.5) as u64 as f64 / UNIT
}

/// A value of an uncertain parameter. Loading refuses what the constructors would refuse, but
/// for ends that coincide: then there is nothing to draw.
pub(super) fn sample(distribution: Distribution, rng: &mut ChaCha8Rng) -> f64 {
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
    quantised(drawn.unwrap_or(distribution.centre()))
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
            let draws: Vec<f64> = (0..n).map(|_| sample(distribution, &mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            // The widest of them has sd 0.11, so 0.006 is over five standard errors.
            assert!((mean - distribution.centre()).abs() < 0.006, "{distribution:?}: {mean}");
            assert!(draws.iter().all(|v| (0.0..=1.0).contains(v) && (v * 4294967296.0).fract() == 0.0));
        }
    }
}
