use super::{Counting, Draws, Expectation, Plan, Population, Progress, Stop, draw, expect};
use crate::domain::{Engine, Millionths, Spread};

/// Mean, spread and quantiles of each row of head-counts, by whichever engine.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Means times `denominator`, exact.
    pub sums: Vec<u128>,
    /// What the sums are divided by.
    pub denominator: u128,
    /// How the head-counts vary.
    pub spreads: Vec<Spread>,
}

/// Realises a population by the engine of the plan and sums its rows up.
///
/// # Errors
///
/// As for [`draw`].
pub fn summarise(
    population: &Population<'_>,
    counting: &Counting,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Summary, Stop> {
    Ok(match plan.engine {
        Engine::Exact => Summary::of_expectation(expect(population, counting, plan, progress)?),
        Engine::Individuals | Engine::Counts => {
            Summary::of_draws(&draw(population, counting, plan, progress)?, counting.rows)
        }
    })
}

impl Summary {
    /// The mean of a row.
    pub fn mean(&self, row: usize) -> Millionths {
        Millionths::ratio(self.sums[row], self.denominator)
    }

    fn of_expectation(expectation: Expectation) -> Summary {
        let spread = |variance: &f64| Spread { sd: Some(millionth(variance.sqrt())), quantiles: None };
        Summary {
            sums: expectation.numerators,
            denominator: expectation.denominator,
            spreads: expectation.variances.iter().map(spread).collect(),
        }
    }

    /// Sums so many rows of draws up.
    pub fn of_draws(draws: &Draws, rows: usize) -> Summary {
        let denominator = u128::from(draws.replicates());
        let mut summary = Summary { sums: Vec::new(), denominator, spreads: Vec::new() };
        for row in 0..rows {
            let mut values = draws.row(row);
            values.sort_unstable();
            summary.sums.push(values.iter().map(|v| u128::from(*v)).sum());
            let quantiles = || [5, 50, 95].map(|percent| quantile(&values, percent));
            let quantiles = (values.len() > 1).then(quantiles);
            summary.spreads.push(Spread { sd: deviation(&values), quantiles });
        }
        summary
    }
}

/// Rounded to a millionth of a person: what lies below is rounding error.
fn millionth(people: f64) -> f64 {
    (people * 1e6).round() / 1e6
}

/// The standard deviation of a sample; absent for a single value. Sums are of whole numbers, so
/// that order does not matter.
fn deviation(values: &[u64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as i128;
    let centre = values.iter().map(|v| i128::from(*v)).sum::<i128>() / n;
    let deviations = || values.iter().map(|v| i128::from(*v) - centre);
    let (sum, squares) = (deviations().sum::<i128>(), deviations().map(|d| d * d).sum::<i128>());
    let variance = (squares as f64 - sum as f64 * sum as f64 / n as f64) / (n - 1) as f64;
    Some(millionth(variance.max(0.0).sqrt()))
}

/// The smallest value that at least `percent` of the sorted values do not exceed: a count that
/// did occur (definition 1 of Hyndman and Fan, The American Statistician 50, 1996).
fn quantile(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_counts_that_occurred() {
        let values: Vec<u64> = (1..=100).collect();
        assert_eq!([5, 50, 95].map(|p| quantile(&values, p)), [5, 50, 95]);
        assert_eq!([5, 50, 95].map(|p| quantile(&[7, 9], p)), [7, 7, 9]);
    }

    #[test]
    fn deviations_are_those_of_a_sample() {
        assert_eq!(deviation(&[5]), None);
        assert_eq!(deviation(&[5, 5, 5]), Some(0.0));
        assert_eq!(deviation(&[1, 2, 3, 4]), Some(1.290994));
        let large = 1 << 53;
        assert_eq!(deviation(&[large - 1, large]), Some(millionth(0.5f64.sqrt())));
    }
}
