//! Expectation and variance in closed form: nobody is drawn, only parameters that are uncertain.

use rayon::prelude::*;

use super::progress::stop_if_cancelled;
use super::realisation::Realisation;
use super::{Plan, Population, Progress, RowMap};
use crate::domain::Error;
use crate::scenario::{Blueprint, Units, Weights};

/// Expected head-counts and their variances, by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Expected head-counts as whole numbers, to be divided by `denominator`.
    pub numerators: Vec<u128>,
    /// What the numerators are divided by.
    pub denominator: u128,
    /// Variances, in people squared.
    pub variances: Vec<f64>,
}

/// Expectation and variance of every row in closed form, leanings of units included.
///
/// Where parameters are uncertain, this averages over `plan.replicates` draws of them and of
/// nothing else; otherwise nothing is drawn.
///
/// # Errors
///
/// As for [`draw`](super::draw).
pub fn expect(
    population: &Population<'_>,
    row_map: &RowMap,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Expectation, Error> {
    let draws = if population.scenario.is_uncertain() { plan.replicates } else { 1 };
    let realisation = Realisation::new(population, plan.seed);
    let given = (0..draws).into_par_iter().map(|replicate| {
        let shares = realisation.shares(replicate)?;
        let given = GivenParameters::of_shares(population, row_map, &shares, progress)?;
        progress.advance(population.scenario.population());
        Ok(given)
    });
    let given: Result<Vec<GivenParameters>, Error> = given.collect();
    let given = given.map_err(|error| realisation.earliest_failure(error, progress))?;
    Ok(averaged(&given, row_map.rows()))
}

/// Mean and variance of each row, given the parameters of one draw; means in units of 2^-53.
struct GivenParameters {
    means: Vec<u128>,
    variances: Vec<f64>,
}

impl GivenParameters {
    /// Adds up the strata, which are independent once the parameters are given.
    fn of_shares(
        population: &Population<'_>,
        row_map: &RowMap,
        shares: &[Vec<f64>],
        progress: &dyn Progress,
    ) -> Result<GivenParameters, Error> {
        let rows = row_map.rows();
        let mut sum = GivenParameters { means: vec![0; rows], variances: vec![0.0; rows] };
        for (s, shares) in shares.iter().enumerate() {
            let (blueprint, stratum) = (&population.blueprints[s], &population.scenario.strata[s]);
            let law = blueprint.law(shares);
            let people = stratum.size;
            for (row, cells) in row_map.cells_by_row(s) {
                stop_if_cancelled(progress)?;
                let weight: u64 = cells.iter().map(|&cell| law.weights()[cell]).sum();
                let mean = probability(weight);
                let spread = mean * (1.0 - mean);
                sum.means[*row] += u128::from(weight) * u128::from(people);
                sum.variances[*row] += match &stratum.units {
                    None => people as f64 * spread,
                    Some(units) => {
                        let leaning = leaning_variance(blueprint, units, shares, &law, cells);
                        variance_of_units(units.sizes(people), spread, leaning)
                    }
                };
            }
        }
        Ok(sum)
    }
}

/// Variance of the number of people in some cells, summed over units of these sizes.
///
/// Given its leaning, a unit of `n` people has a binomial number with some probability `q`. Over
/// leanings its variance is `n m (1 - m) + n (n - 1) Var(q)`, where `m` is the mean of `q`, `spread` is
/// `m (1 - m)` and `leaning` is `Var(q)`.
fn variance_of_units(sizes: impl Iterator<Item = u64>, spread: f64, leaning: f64) -> f64 {
    let unit = |n: u64| n as f64 * spread + n as f64 * n.saturating_sub(1) as f64 * leaning;
    sizes.map(unit).sum()
}

/// Variance, over the leanings of units, of the probability of these cells.
fn leaning_variance(
    blueprint: &Blueprint,
    units: &Units,
    shares: &[f64],
    law: &Weights,
    cells: &[usize],
) -> f64 {
    let mut weights = vec![0; shares.len()];
    for &cell in cells {
        weights[blueprint.cells[cell].factors[units.vary]] += law.weights()[cell];
    }
    let rows = blueprint.rows_of(units.vary);
    let rows = rows.map(|row| dirichlet_variance(&shares[row.clone()], &weights[row]));
    rows.sum::<f64>() / (units.concentration + 1.0)
}

/// `(concentration + 1)` times the variance of `q = sum of share * g` over levels, where the shares
/// are Dirichlet with these means and `share * g` has these weights as means.
fn dirichlet_variance(shares: &[f64], weights: &[u64]) -> f64 {
    let levels = || shares.iter().zip(weights).filter(|(share, _)| **share > 0.0);
    let total = probability(weights.iter().sum());
    levels().map(|(share, weight)| share * (probability(*weight) / share - total).powi(2)).sum()
}

fn probability(weight: u64) -> f64 {
    weight as f64 / Weights::ONE as f64
}

/// Mean of the means; mean of the variances plus variance of the means.
fn averaged(given: &[GivenParameters], rows: usize) -> Expectation {
    let draws = given.len();
    let denominator = u128::from(Weights::ONE) * draws as u128;
    let numerators: Vec<u128> = (0..rows).map(|row| given.iter().map(|g| g.means[row]).sum()).collect();
    let variance = |row: usize| {
        let within = given.iter().map(|g| g.variances[row]).sum::<f64>() / draws as f64;
        let mean = numerators[row] as f64 / denominator as f64;
        let deviation = |g: &GivenParameters| g.means[row] as f64 / Weights::ONE as f64 - mean;
        let between: f64 = given.iter().map(|g| deviation(g).powi(2)).sum();
        within + if draws > 1 { between / (draws - 1) as f64 } else { 0.0 }
    };
    Expectation { variances: (0..rows).map(variance).collect(), numerators, denominator }
}
