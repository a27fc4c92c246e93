use std::fmt;

use super::Outcome;

/// How a population is realised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Draws every prisoner's profile.
    Individuals,
    /// Draws the tally directly; the cost does not depend on the number of people.
    Counts,
    /// Expectation and variance in closed form, given the parameters.
    Exact,
}

impl Engine {
    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Individuals => "individuals",
            Engine::Counts => "counts",
            Engine::Exact => "exact",
        }
    }
}

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

/// One row of an outcome table. Numbers of people; an absent value is `None`, never 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeRow {
    /// The proposal's id.
    pub proposal: String,
    /// The readings in force, `clause-b=emended;left=retained`; empty if the text has none.
    pub reading: String,
    /// Those of them that are not the defaults.
    pub departures: String,
    /// The levels of the columns of [`OutcomeTable::by`].
    pub by: Vec<String>,
    /// What happens to the people counted.
    pub outcome: Outcome,
    /// Mean over replicates, in people.
    pub mean: Millionths,
    /// How the number varies.
    pub spread: Spread,
    /// `mean` as a part of everybody with the same `by` columns, 0 to 1; absent if nobody is.
    pub share: Option<f64>,
    /// Of `mean`, the people whose wish does not accept the outcome.
    pub against_wish: Millionths,
    /// Of `mean`, the people on whom the text is silent: the proposal file declares what then.
    pub silent: Millionths,
}

/// How a head-count varies, in people; `None` where there is nothing to estimate it from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard deviation.
    pub sd: Option<f64>,
    /// The 5 %, 50 % and 95 % quantiles over replicates.
    pub quantiles: Option<[u64; 3]>,
}

/// How many people go from one outcome to another between two interpretations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Mean, in people.
    pub mean: Millionths,
    /// How it varies.
    pub spread: Spread,
}

/// What an outcome table rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The engine.
    pub engine: Engine,
    /// The seed; absent where nothing was drawn.
    pub seed: Option<u64>,
    /// How many replicates, or draws of the parameters for [`Engine::Exact`]; absent where
    /// nothing was drawn.
    pub replicates: Option<u64>,
    /// People in each replicate.
    pub population: u64,
    /// Parameters fixed by the user, with their values.
    pub set: Vec<(String, f64)>,
    /// Numbers used that stand on memory, not on a source.
    pub unverified: usize,
    /// Numbers used that are assumptions.
    pub assumed: usize,
}

/// How many people each proposal repatriates, releases or retains: tidy, one row per outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeTable {
    /// The scenario's name, `korea/1952-07-03`.
    pub scenario: String,
    /// Names of the grouping columns.
    pub by: Vec<String>,
    /// The rows: by proposal, group and outcome, in declared order.
    pub rows: Vec<OutcomeRow>,
    /// Where they come from.
    pub sample: Provenance,
}

impl OutcomeTable {
    /// What every output says about its prisoners and numbers.
    pub fn notes(&self) -> Vec<String> {
        self.sample.notes(self.rows.iter().any(|row| row.silent.0 > 0))
    }
}

impl Provenance {
    /// What every output says about its prisoners and numbers; `silent` where a text may be.
    pub fn notes(&self, silent: bool) -> Vec<String> {
        let mut notes = vec![
            "The prisoners are synthetic: drawn from published counts, not from files on persons."
                .to_string(),
            "Wishes stand for what was recorded in screenings, often under coercion; they are \
             not free choices."
                .to_string(),
        ];
        let Provenance { unverified, assumed, .. } = *self;
        if unverified + assumed > 0 {
            notes.push(format!(
                "Rests on {unverified} unverified {} (from memory of the literature) and {assumed} \
                 assumed (no source has a figure).",
                if unverified == 1 { "number" } else { "numbers" },
            ));
        }
        if silent {
            notes.push(
                "Where a text is silent about people, its proposal file says what is counted; \
                 `repat explain` says why."
                    .to_string(),
            );
        }
        notes
    }
}

/// What single replicates counted of an outcome row, by replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReplicates {
    /// The people.
    pub people: Vec<u64>,
    /// Of these, the people whose wish does not accept the outcome.
    pub against_wish: Vec<u64>,
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
