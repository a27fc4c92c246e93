use rayon::prelude::*;

use super::progress::stop_if_cancelled;
use super::realisation::Realisation;
use super::{Plan, Population, Progress, RowMap};
use crate::domain::Error;
use crate::scenario::{Blueprint, Stratum, Weights};

/// Expected head-counts and their variances, by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Expected head-counts as whole numbers, to be divided by `denominator`.
    pub numerators: Vec<u128>,
    /// What they are divided by.
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
    counting: &RowMap,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Expectation, Error> {
    let draws = if population.scenario.is_uncertain() { plan.replicates } else { 1 };
    let realisation = Realisation::new(population, plan.seed);
    let given = |replicate| given(population, counting, &realisation.shares(replicate)?, progress);
    let given: Result<Vec<Conditional>, Error> = (0..draws).into_par_iter().map(given).collect();
    let given = given.map_err(|error| realisation.earliest_failure(error, progress))?;
    Ok(averaged(&given, counting.rows()))
}

/// Mean and variance given the parameters of one replicate, by row; means in units of 2^-53.
struct Conditional {
    means: Vec<u128>,
    variances: Vec<f64>,
}

fn given(
    population: &Population<'_>,
    counting: &RowMap,
    shares: &[Vec<f64>],
    progress: &dyn Progress,
) -> Result<Conditional, Error> {
    let mut sum = Conditional { means: vec![0; counting.rows()], variances: vec![0.0; counting.rows()] };
    for (s, shares) in shares.iter().enumerate() {
        stop_if_cancelled(progress)?;
        let (blueprint, stratum) = (&population.blueprints[s], &population.scenario.strata[s]);
        let law = blueprint.law(shares);
        for (row, cells) in cells_by_row(counting, s) {
            let weight: u64 = cells.iter().map(|&cell| law.weights()[cell]).sum();
            sum.means[row] += u128::from(weight) * u128::from(stratum.size);
            sum.variances[row] += variance(blueprint, stratum, shares, &law, &cells);
        }
    }
    progress.advance(population.scenario.population());
    Ok(sum)
}

fn cells_by_row(counting: &RowMap, stratum: usize) -> Vec<(usize, Vec<usize>)> {
    let mut by_row: Vec<(usize, usize)> = Vec::new();
    for (cell, rows) in counting.rows_of_cells(stratum).iter().enumerate() {
        by_row.extend(rows.iter().map(|&row| (row, cell)));
    }
    by_row.sort_unstable();
    let chunks = by_row.chunk_by(|a, b| a.0 == b.0);
    chunks.map(|chunk| (chunk[0].0, chunk.iter().map(|(_, cell)| *cell).collect())).collect()
}

/// Variance of the number of a stratum's people in these cells.
///
/// Given its leaning, a unit of `n` people has a binomial number with some probability `q`; over
/// leanings the variance is `n m (1 - m) + n (n - 1) Var(q)` with `m` the mean of `q`.
fn variance(blueprint: &Blueprint, stratum: &Stratum, shares: &[f64], law: &Weights, cells: &[usize]) -> f64 {
    let weight: u64 = cells.iter().map(|&cell| law.weights()[cell]).sum();
    let mean = probability(weight);
    let spread = mean * (1.0 - mean);
    let Some(units) = &stratum.units else { return stratum.size as f64 * spread };
    let mut weights = vec![0; shares.len()];
    for &cell in cells {
        weights[blueprint.cells[cell].factors[units.vary]] += law.weights()[cell];
    }
    let rows = blueprint.rows_of(units.vary);
    let rows = rows.map(|row| dirichlet_variance(&shares[row.clone()], &weights[row]));
    let leaning = rows.sum::<f64>() / (units.concentration + 1.0);
    let unit = |n: u64| n as f64 * spread + n as f64 * n.saturating_sub(1) as f64 * leaning;
    units.sizes(stratum.size).map(unit).sum()
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
fn averaged(given: &[Conditional], rows: usize) -> Expectation {
    let draws = given.len();
    let denominator = u128::from(Weights::ONE) * draws as u128;
    let numerators: Vec<u128> = (0..rows).map(|row| given.iter().map(|g| g.means[row]).sum()).collect();
    let variance = |row: usize| {
        let within = given.iter().map(|g| g.variances[row]).sum::<f64>() / draws as f64;
        let mean = numerators[row] as f64 / denominator as f64;
        let deviation = |g: &Conditional| g.means[row] as f64 / Weights::ONE as f64 - mean;
        let between: f64 = given.iter().map(|g| deviation(g).powi(2)).sum();
        within + if draws > 1 { between / (draws - 1) as f64 } else { 0.0 }
    };
    Expectation { variances: (0..rows).map(variance).collect(), numerators, denominator }
}
