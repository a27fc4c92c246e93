//! How uncertain a share is: the distributions that a parameter may have, with their centres and
//! quantiles. Nothing is drawn here.

/// A share from 0 to 1, or how uncertain it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// A single value, known.
    Fixed(f64),
    /// The beta distribution: as certain as if `a` of `a + b` people counted had the property.
    Beta {
        /// Weight of the property.
        a: f64,
        /// Weight of its absence.
        b: f64,
    },
    /// Uniform between two ends.
    Uniform {
        /// The lower end.
        min: f64,
        /// The upper end.
        max: f64,
    },
    /// A density that falls off linearly from the most likely share to both ends.
    Triangular {
        /// The lower end.
        min: f64,
        /// The most likely share.
        mode: f64,
        /// The upper end.
        max: f64,
    },
    /// A smooth hump between two ends: the beta distribution of the PERT method, with shape 4.
    Pert {
        /// The lower end.
        min: f64,
        /// The most likely share.
        mode: f64,
        /// The upper end.
        max: f64,
    },
    /// A normal distribution of the log-odds.
    LogitNormal {
        /// The median share, inside (0, 1).
        median: f64,
        /// The standard deviation of the log-odds.
        sd: f64,
    },
}

impl Distribution {
    /// Whether there is nothing to draw.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Distribution::Fixed(_))
    }

    /// The least and the most share that it admits.
    pub fn bounds(&self) -> (f64, f64) {
        match *self {
            Distribution::Fixed(value) => (value, value),
            Distribution::Beta { .. } | Distribution::LogitNormal { .. } => (0.0, 1.0),
            Distribution::Uniform { min, max }
            | Distribution::Triangular { min, max, .. }
            | Distribution::Pert { min, max, .. } => (min, max),
        }
    }

    /// The distribution in words, with the interval that holds 90 % of it.
    pub fn words(&self) -> String {
        let kind = match *self {
            Distribution::Fixed(value) => return format!("{value}, fixed"),
            Distribution::Beta { a, b } => format!("beta, as if {a} of {} counted had it", a + b),
            Distribution::Uniform { min, max } => format!("uniform from {min} to {max}"),
            Distribution::Triangular { min, mode, max } => {
                format!("triangular from {min} to {max}, most likely {mode}")
            }
            Distribution::Pert { min, mode, max } => format!("PERT from {min} to {max}, most likely {mode}"),
            Distribution::LogitNormal { median, sd } => {
                format!("logit-normal, median {median}, standard deviation {sd} of the log-odds")
            }
        };
        let [low, high] = [0.05, 0.95].map(|probability| self.quantile(probability));
        format!("{kind}; 90 % between {low:.3} and {high:.3}")
    }

    /// The mean; for [`Distribution::LogitNormal`] the median, which has a closed form.
    pub fn centre(&self) -> f64 {
        match *self {
            Distribution::Fixed(value) => value,
            Distribution::Beta { a, b } => a / (a + b),
            Distribution::Uniform { min, max } => (min + max) / 2.0,
            Distribution::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Distribution::Pert { min, mode, max } => (min + 4.0 * mode + max) / 6.0,
            Distribution::LogitNormal { median, .. } => median,
        }
    }

    /// The quantile: the share below which `probability` of the distribution lies, to about 1e-9.
    pub fn quantile(&self, probability: f64) -> f64 {
        let p = probability.clamp(0.0, 1.0);
        let share = match *self {
            Distribution::Fixed(value) => value,
            Distribution::Beta { a, b } => beta_quantile(p, a, b),
            Distribution::Uniform { min, max } => min + (max - min) * p,
            Distribution::Triangular { min, mode, max } if max > min => {
                let (left, right) = (mode - min, max - mode);
                match p * (max - min) < left {
                    true => min + (p * (max - min) * left).sqrt(),
                    false => max - ((1.0 - p) * (max - min) * right).sqrt(),
                }
            }
            Distribution::Pert { min, mode, max } if max > min => {
                let a = 1.0 + 4.0 * (mode - min) / (max - min);
                min + (max - min) * beta_quantile(p, a, 6.0 - a)
            }
            Distribution::Triangular { min, .. } | Distribution::Pert { min, .. } => min,
            Distribution::LogitNormal { median, sd } => {
                let log_odds = (median / (1.0 - median)).ln() + sd * normal_quantile(p);
                1.0 / (1.0 + (-log_odds).exp())
            }
        };
        share.clamp(0.0, 1.0)
    }
}

/// Cells between 0 and 1 in which quantiles are sought: 1.5e-11 wide, well below the 2^-32 to which drawn
/// shares are rounded.
const CELLS: u64 = 1 << 36;

/// The middle of the cell in which the regularised incomplete beta function, which is monotone, reaches
/// `p`. Interpolation finds it in a third of the steps of a bisection, which takes over where that fails.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = ((0, -p), (CELLS, 1.0 - p));
    let (mut step, mut was_low) = (0, None);
    while high.0 - low.0 > 1 {
        let width = high.0 - low.0;
        let part = if step < 16 { low.1 / (low.1 - high.1) } else { 0.5 };
        let cell = low.0 + ((width as f64 * part) as u64).clamp(1, width - 1);
        let off = puruspe::betai(a, b, cell as f64 / CELLS as f64) - p;
        let is_low = off < 0.0;
        // The Illinois rule: an end that stays twice counts half, or it would stay for good.
        let weight = if was_low == Some(is_low) { 0.5 } else { 1.0 };
        match is_low {
            true => (low, high.1) = ((cell, off), high.1 * weight),
            false => (low.1, high) = (low.1 * weight, (cell, off)),
        }
        (step, was_low) = (step + 1, Some(is_low));
    }
    (low.0 as f64 + 0.5) / CELLS as f64
}

fn normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * puruspe::inverfc(2.0 * p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against SciPy 1.17.1: `beta.ppf`, `triang.ppf`, `expit(logit(m) + s * norm.ppf(p))`.
    #[test]
    fn quantiles_are_those_of_scipy() {
        let beta = Distribution::Beta { a: 35.0, b: 65.0 };
        let small = Distribution::Beta { a: 0.28, b: 0.52 };
        let triangular = Distribution::Triangular { min: 0.15, mode: 0.35, max: 0.46 };
        let pert = Distribution::Pert { min: 0.15, mode: 0.35, max: 0.46 };
        let logit = Distribution::LogitNormal { median: 0.3, sd: 0.5 };
        for (distribution, probability, expected) in
            SCIPY.iter().map(|(d, p, e)| ([beta, small, triangular, pert, logit][*d], *p, *e))
        {
            let found = distribution.quantile(probability);
            assert!(
                (found - expected).abs() < 1e-8,
                "{distribution:?} at {probability}: {found}, not {expected}"
            );
        }
    }

    /// Number of the distribution, probability, quantile.
    const SCIPY: [(usize, f64, f64); 25] = [
        (0, 0.001, 0.21406039463699064),
        (1, 0.001, 5.2003729443964975e-11),
        (2, 0.001, 0.15787400787401182),
        (3, 0.001, 0.17654050557807915),
        (4, 0.001, 0.08375299804698332),
        (0, 0.05, 0.27363219754181),
        (1, 0.05, 6.0781946850532895e-05),
        (2, 0.05, 0.2056776436283002),
        (3, 0.05, 0.23466230269671415),
        (4, 0.05, 0.1584608904183514),
        (0, 0.5, 0.3489962548950529),
        (1, 0.5, 0.2081665907751066),
        (2, 0.5, 0.32606816861659005),
        (3, 0.5, 0.33853352442701),
        (4, 0.5, 0.30000000000000004),
        (0, 0.95, 0.4297963901508454),
        (1, 0.95, 0.9824969214333094),
        (2, 0.95, 0.41870835435587483),
        (3, 0.95, 0.42317489233745187),
        (4, 0.95, 0.49378255876184995),
        (0, 0.999, 0.5027218122080532),
        (1, 0.999, 0.9999904613181494),
        (2, 0.999, 0.45416047947173743),
        (3, 0.999, 0.4532277960314087),
        (4, 0.999, 0.6677038822083206),
    ];

    #[test]
    fn quantiles_of_a_uniform_meet_its_ends() {
        let uniform = Distribution::Uniform { min: 0.1, max: 0.3 };
        assert_eq!([0.0, 1.0].map(|p| uniform.quantile(p)), [0.1, 0.3]);
    }

    #[test]
    fn a_distribution_is_put_in_words_with_its_interval() {
        assert_eq!(Distribution::Fixed(0.05).words(), "0.05, fixed");
        let uniform = Distribution::Uniform { min: 0.0, max: 1.0 };
        assert_eq!((uniform.bounds(), Distribution::Fixed(0.2).bounds()), ((0.0, 1.0), (0.2, 0.2)));
        assert_eq!(uniform.words(), "uniform from 0 to 1; 90 % between 0.050 and 0.950");
        let beta = Distribution::Beta { a: 35.0, b: 65.0 };
        assert_eq!(beta.words(), "beta, as if 35 of 100 counted had it; 90 % between 0.274 and 0.430");
    }
}
