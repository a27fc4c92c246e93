//! Binomial draws, of which the engine `counts` makes one for every cell: exact, and twice as fast as the
//! ones in `rand_distr` where the mean is not small.

use rand::{RngExt, rngs::ChaCha8Rng};
use rand_distr::{Binomial, Distribution};

/// Draws how many of some people have a property that each of them has with the probability `share`.
pub(super) fn binomial(people: u64, share: f64, rng: &mut ChaCha8Rng) -> u64 {
    let rarer = share.min(1.0 - share);
    if people as f64 * rarer < LEAST_MEAN {
        let small = Binomial::new(people, share).expect("a quotient of weights lies within 0 and 1");
        return small.sample(rng);
    }
    let drawn = Transformed::new(people as f64, rarer).draw(rng);
    if share > 0.5 { people - drawn } else { drawn }
}

/// The least mean of our own method. Below it rand_distr adds up probabilities, which is as fast.
const LEAST_MEAN: f64 = 10.0;

/// A binomial distribution with a mean of at least 10 and a probability of at most one half, by
/// transformed rejection with a squeeze: algorithm BTRS of W. Hörmann, The generation of binomial
/// random variates, Journal of Statistical Computation and Simulation 46 (1993), 101-110, with his
/// constants. It takes half the time of the method in rand_distr (BTPE), whose preparations take long.
///
/// A uniform number is transformed so that it is distributed nearly as a normal one. Where a second uniform
/// number is small and the first is not near its ends, as in most cases, the result is accepted without
/// evaluating the binomial distribution itself.
struct Transformed {
    n: f64,
    p: f64,
    variance: f64,
    a: f64,
    b: f64,
}

impl Transformed {
    fn new(n: f64, p: f64) -> Transformed {
        let variance = n * p * (1.0 - p);
        let b = 1.15 + 2.53 * variance.sqrt();
        Transformed { n, p, variance, a: -0.0873 + 0.0248 * b + 0.01 * p, b }
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> u64 {
        let centre = self.n * self.p + 0.5;
        let certain = 0.92 - 4.2 / self.b;
        loop {
            let (height, u) = (rng.random::<f64>(), rng.random::<f64>() - 0.5);
            let edge = 0.5 - u.abs();
            let drawn = (2.0 * self.a / edge + self.b) * u + centre;
            if !(0.0..self.n + 1.0).contains(&drawn) {
                continue;
            }
            if (edge >= 0.07 && height <= certain) || self.accepts(drawn as u64 as f64, height, edge) {
                return drawn as u64;
            }
        }
    }

    /// Whether the height lies below the probability of `k`, both relative to that of the mode.
    #[inline(never)]
    fn accepts(&self, k: f64, height: f64, edge: f64) -> bool {
        let mode = ((self.n + 1.0) * self.p) as u64 as f64;
        let height = (height * self.hat(edge)).ln();
        let within = squeeze((k - mode).abs(), self.variance);
        match within {
            Some((least, _)) if height < least => true,
            Some((_, most)) if height > most => false,
            _ => height <= self.log_ratio(k, mode),
        }
    }

    /// The height of the hat over the binomial, relative to its mode, at this distance from the ends of the
    /// uniform number.
    fn hat(&self, edge: f64) -> f64 {
        let alpha = (2.83 + 5.1 / self.b) * self.variance.sqrt();
        alpha / (self.a / (edge * edge) + self.b)
    }

    /// The logarithm of the probability of `k` divided by that of `m`, by Stirling's formula; with
    /// differences in place of quotients near 1, so that it is exact to 1e-7 even for 2^53 people.
    fn log_ratio(&self, k: f64, m: f64) -> f64 {
        let (n, odds) = (self.n, self.p / (1.0 - self.p));
        (m + 0.5) * ((m - k) / (k + 1.0)).ln_1p()
            + (n - m + 0.5) * ((k - m) / (n - k + 1.0)).ln_1p()
            + (k - m) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + (stirling(m) + stirling(n - m) - stirling(k) - stirling(n - k))
    }
}

/// Bounds of the logarithm for a count at this distance from the mode, by V. Kachitvichyanukul and B. W.
/// Schmeiser, Binomial random variate generation, Communications of the ACM 31 (1988), 216-222. `None`
/// where they do not hold.
fn squeeze(off: f64, variance: f64) -> Option<(f64, f64)> {
    if off <= 20.0 || off >= variance / 2.0 - 1.0 {
        return None;
    }
    let part = off / variance;
    let spread = part * ((off * (off / 3.0 + 0.625) + 1.0 / 6.0) / variance + 0.5);
    let normal = -0.5 * off * part;
    Some((normal - spread, normal + spread))
}

/// The logarithm of `k!` less Stirling's formula for it, `(k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi) / 2`.
pub(super) fn stirling(k: f64) -> f64 {
    if k < FIRST.len() as f64 {
        return FIRST[k as usize];
    }
    let x = k + 1.0;
    let square = x * x;
    (13860.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166320.0
}

/// The same for `k` from 0 to 9, where the series is not yet exact.
const FIRST: [f64; 10] = [
    0.08106146679532726,
    0.0413406959554093,
    0.02767792568499834,
    0.020790672103765093,
    0.016644691189821193,
    0.013876128823070748,
    0.01189670994589177,
    0.010411265261972096,
    0.009255462182712733,
    0.00833056343336287,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Purpose, Stream};
    use crate::scenario::Weights;
    use crate::simulate::fit;

    /// Means from 10 to 10^9, rare and common.
    const BINOMIALS: [(f64, f64); 9] = [
        (20.0, 0.5),
        (25.0, 0.4),
        (100.0, 0.3),
        (3_000.0, 0.0034),
        (3_000.0, 0.35),
        (1e6, 1e-5),
        (1e6, 0.5),
        (1e9, 1e-6),
        (2e9, 0.5),
    ];

    /// Logarithms of the probabilities of all counts within some standard deviations of the mode, relative
    /// to that of the mode: by quotients of neighbours, without Stirling's formula.
    fn log_ratios(n: f64, p: f64, deviations: f64) -> Vec<(f64, f64)> {
        let mode = ((n + 1.0) * p).floor();
        let reach = (deviations * (n * p * (1.0 - p)).sqrt()).ceil().min(300_000.0);
        let quotient = |k: f64| ((n - k) / (k + 1.0) * p / (1.0 - p)).ln();
        let (mut ratios, mut up, mut down) = (vec![(mode, 0.0)], 0.0, 0.0);
        for step in 0..reach as u64 {
            let (above, below) = (mode + step as f64, mode - step as f64);
            if above < n {
                up += quotient(above);
                ratios.push((above + 1.0, up));
            }
            if below > 0.0 {
                down -= quotient(below - 1.0);
                ratios.push((below - 1.0, down));
            }
        }
        ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
        ratios
    }

    #[test]
    fn logarithms_and_their_bounds_are_those_of_the_binomial() {
        for (n, p) in BINOMIALS {
            let binomial = Transformed::new(n, p);
            let mode = ((n + 1.0) * p).floor();
            for (k, expected) in log_ratios(n, p, 8.0) {
                let found = binomial.log_ratio(k, mode);
                assert!((found - expected).abs() < 1e-6, "{k} of {n}, {p}: {found}, not {expected}");
                if let Some((least, most)) = squeeze((k - mode).abs(), binomial.variance) {
                    assert!(least <= expected && expected <= most, "{k} of {n}, {p}: {least}, {most}");
                }
            }
        }
    }

    /// What makes the rejection exact: nowhere does the density of what is proposed, times the
    /// height, fall below the binomial, and nowhere is something accepted at once that exceeds it.
    #[test]
    fn the_hat_lies_above_and_what_is_accepted_at_once_below() {
        for (n, p) in BINOMIALS {
            let binomial = Transformed::new(n, p);
            let (mode, certain) = (((n + 1.0) * p).floor(), 0.92 - 4.2 / binomial.b);
            for step in 1..20_000 {
                let u = f64::from(step) / 20_000.0 - 0.5;
                let edge = 0.5 - u.abs();
                let k = ((2.0 * binomial.a / edge + binomial.b) * u + n * p + 0.5).floor();
                if !(0.0..=n).contains(&k) {
                    continue;
                }
                let ratio = binomial.log_ratio(k, mode).exp();
                let hat = binomial.hat(edge);
                assert!(ratio <= hat * (1.0 + 1e-9), "{k} of {n}, {p}: {ratio} above {hat}");
                assert!(edge < 0.07 || certain * hat <= ratio, "{k} of {n}, {p}: {ratio} below {hat}");
            }
        }
    }

    /// Counts by cells of a quarter of a standard deviation.
    fn cells(n: f64, p: f64) -> (f64, f64) {
        let width = ((n * p * (1.0 - p)).sqrt() / 4.0).ceil();
        ((n * p - 20.0 * width).max(0.0).floor(), width)
    }

    fn tally(n: f64, p: f64, mut draw: impl FnMut(&mut ChaCha8Rng) -> u64) -> Vec<u64> {
        let (mut tally, (first, width)) = (vec![0; 41], cells(n, p));
        let mut rng = Stream::new(Purpose::Counts, "test", 1952).rng(0, 0);
        for _ in 0..1_000_000 {
            tally[(((draw(&mut rng) as f64 - first) / width).max(0.0) as usize).min(40)] += 1;
        }
        tally
    }

    fn cell_weights(n: f64, p: f64, of: (f64, f64)) -> Weights {
        let (mut shares, (first, width)) = (vec![0.0; 41], cells(of.0, of.1));
        for (k, ratio) in log_ratios(n, p, 12.0) {
            shares[(((k - first) / width).max(0.0) as usize).min(40)] += ratio.exp();
        }
        let total: f64 = shares.iter().sum();
        Weights::quantised(&shares.iter().map(|share| share / total).collect::<Vec<_>>())
    }

    /// A million draws each against the probabilities by chi-square, which a sound sampler fails with
    /// probability 1e-6; the seed is fixed. The controls, which must fail, are a mean that is 2 % of
    /// a standard deviation higher, and what is proposed without any rejection.
    #[test]
    fn counts_follow_the_binomial_and_no_law_close_to_it() {
        for (n, p) in BINOMIALS {
            let drawn = tally(n, p, |rng| binomial(n as u64, p, rng));
            let of = (n, p);
            fit::assert_follows(&cell_weights(n, p, of), &drawn);
            let higher = p + 0.02 * (p * (1.0 - p) / n).sqrt();
            assert!(!fit::follows(&cell_weights(n, higher, of), &drawn), "{n}, {p}");
            let Transformed { a, b, .. } = Transformed::new(n, p);
            let proposed = tally(n, p, |rng| {
                let u = rng.random::<f64>() - 0.5;
                ((2.0 * a / (0.5 - u.abs()) + b) * u + n * p + 0.5) as u64
            });
            assert!(!fit::follows(&cell_weights(n, p, of), &proposed), "{n}, {p}");
        }
    }

    #[test]
    fn the_counts_of_a_seed_stay_what_they_are() {
        let mut rng = Stream::new(Purpose::Counts, "test", 1952).rng(0, 0);
        let few = [(0, 0.5), (100, 0.01), (100, 0.5), (100, 0.99), (1 << 53, 0.3)];
        let counts = few.map(|(people, share)| binomial(people, share, &mut rng));
        assert_eq!(counts, [0, 0, 49, 99, 2_702_159_726_560_455]);
    }
}
