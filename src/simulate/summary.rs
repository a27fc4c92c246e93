//! From replicates or a closed form to the mean and spread of every row.

use rayon::prelude::*;

use super::progress::stop_if_cancelled;
use super::{Draws, Expectation, Plan, Population, Progress, RowMap, draw, expect};
use crate::domain::{Engine, Error, Estimate, Millionths, Spread};
use crate::scenario::Weights;

/// The mean and spread of each row of head-counts, from any engine.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The means times `denominator`, exact.
    pub sums: Vec<u128>,
    /// What the sums are divided by.
    pub denominator: u128,
    /// The spreads of the head-counts.
    pub spreads: Vec<Spread>,
    /// The standard errors of the means; empty where the engine draws replicates, or nothing was drawn.
    standard_errors: Vec<f64>,
}

/// Realises a population by the engine of the plan and summarises its rows.
///
/// # Errors
///
/// As for [`draw`].
pub fn summarise(
    population: &Population,
    row_map: &RowMap,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Summary, Error> {
    Ok(match plan.engine {
        Engine::Exact => Summary::of_expectation(expect(population, row_map, plan, progress)?),
        Engine::Individuals | Engine::Counts => {
            Summary::of_draws(&draw(population, row_map, plan, progress)?, progress)?
        }
    })
}

impl Summary {
    /// The mean of a row.
    pub fn mean(&self, row: usize) -> Millionths {
        Millionths::ratio(self.sums[row], self.denominator)
    }

    /// The mean of a row and how it varies.
    pub fn estimate(&self, row: usize) -> Estimate {
        Estimate { mean: self.mean(row), spread: self.spreads[row] }
    }

    /// The standard error of a row's mean, in people: how far off the mean may be because the closed form
    /// averages over a finite number of draws of the parameters. `None` for the engines that draw
    /// replicates, whose spread says it, and where no parameter was drawn or only once.
    pub fn standard_error(&self, row: usize) -> Option<f64> {
        self.standard_errors.get(row).copied()
    }

    fn of_expectation(expectation: Expectation) -> Summary {
        let spread =
            |variance: &f64| Spread { sd: Some(round_to_millionth(variance.sqrt())), quantiles: None };
        // A mean of one draw, in units of 2^-53, has no sample to estimate an error from.
        let standard_errors = match expectation.denominator > u128::from(Weights::ONE) {
            true => expectation.standard_errors.iter().map(|error| round_to_millionth(*error)).collect(),
            false => Vec::new(),
        };
        Summary {
            standard_errors,
            sums: expectation.numerators,
            denominator: expectation.denominator,
            spreads: expectation.variances.iter().map(spread).collect(),
        }
    }

    /// Summarises every row of draws.
    ///
    /// # Errors
    ///
    /// If interrupted.
    pub fn of_draws(draws: &Draws, progress: &dyn Progress) -> Result<Summary, Error> {
        let (rows, denominator) = (draws.rows(), u128::from(draws.replicates()));
        let firsts = (0..rows).into_par_iter().step_by(NEIGHBOURS);
        let firsts = firsts.take_any_while(|_| !progress.cancelled());
        let gather = |first| draws.gather(first..rows.min(first + NEIGHBOURS));
        let summed = firsts.flat_map_iter(|first| gather(first).into_iter().map(summarise_row));
        let (sums, spreads) = summed.unzip();
        stop_if_cancelled(progress)?;
        Ok(Summary { sums, denominator, spreads, standard_errors: Vec::new() })
    }
}

/// The number of rows whose head-counts fit into one line of the processor's cache.
const NEIGHBOURS: usize = 8;

/// The sum and spread of values in any order.
fn summarise_row(mut values: Vec<u64>) -> (u128, Spread) {
    let sum = values.iter().map(|v| u128::from(*v)).sum();
    let sd = deviation(&values);
    (sum, Spread { sd, quantiles: (values.len() > 1).then(|| quantiles(&mut values)) })
}

/// Rounds to a millionth of a person: what lies below is rounding error.
fn round_to_millionth(people: f64) -> f64 {
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
    Some(round_to_millionth(variance.max(0.0).sqrt()))
}

/// The 5 %, 50 % and 95 % quantiles, each a count that did occur: the smallest value such that at least
/// that part of all values is no larger (definition 1 of Hyndman and Fan, The American Statistician 50,
/// 1996). Reorders the values, but does not sort them all.
fn quantiles(values: &mut [u64]) -> [u64; 3] {
    let all = values.len();
    let mut end = all;
    let mut quantile = |percent: usize| {
        let place = (all * percent).div_ceil(100).max(1) - 1;
        // What lies below the last quantile found, and that itself, are the smallest values.
        let value = *values[..end].select_nth_unstable(place).1;
        end = place + 1;
        value
    };
    let [q95, q50, q05] = [95, 50, 5].map(&mut quantile);
    [q05, q50, q95]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_counts_that_occurred() {
        for n in 1..=300 {
            let mut values: Vec<u64> = (0..n).map(|i| i * 7919 % 211).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let quantile = |percent: u64| sorted[(n * percent).div_ceil(100).max(1) as usize - 1];
            assert_eq!(quantiles(&mut values), [5, 50, 95].map(quantile));
        }
        assert_eq!(quantiles(&mut [9, 7]), [7, 7, 9]);
    }

    #[test]
    fn deviations_are_those_of_a_sample() {
        assert_eq!(deviation(&[5]), None);
        assert_eq!(deviation(&[5, 5, 5]), Some(0.0));
        assert_eq!(deviation(&[1, 2, 3, 4]), Some(1.290994));
        let large = 1 << 53;
        assert_eq!(deviation(&[large - 1, large]), Some(round_to_millionth(0.5f64.sqrt())));
    }
}
