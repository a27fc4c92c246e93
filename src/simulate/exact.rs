use rayon::prelude::*;

use super::{Counting, Plan, Population, Progress, Stop};
use crate::scenario::{Blueprint, Law, Stratum};

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
    counting: &Counting,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Expectation, Stop> {
    let draws = if population.scenario.is_uncertain() { plan.replicates } else { 1 };
    let given: Result<Vec<Conditional>, Stop> =
        (0..draws).into_par_iter().map(|k| given(population, counting, plan.seed, k, progress)).collect();
    Ok(averaged(&given?, counting.rows))
}

/// Mean and variance given the parameters of one replicate, by row; means in units of 2^-53.
struct Conditional {
    means: Vec<u128>,
    variances: Vec<f64>,
}

fn given(
    population: &Population<'_>,
    counting: &Counting,
    seed: u64,
    replicate: u64,
    progress: &dyn Progress,
) -> Result<Conditional, Stop> {
    if progress.cancelled() {
        return Err(Stop::Interrupted);
    }
    let shares = population.shares(&population.parameters(seed, replicate));
    let shares =
        shares.map_err(|(stratum, shares)| Stop::SharesExceedOne { replicate, stratum, shares })?;
    let mut sum = Conditional { means: vec![0; counting.rows], variances: vec![0.0; counting.rows] };
    for (s, shares) in shares.iter().enumerate() {
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

fn cells_by_row(counting: &Counting, stratum: usize) -> Vec<(usize, Vec<usize>)> {
    let mut by_row: Vec<(usize, usize)> = Vec::new();
    for (cell, rows) in counting.of_cell[stratum].iter().enumerate() {
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
fn variance(
    blueprint: &Blueprint,
    stratum: &Stratum,
    shares: &[Vec<f64>],
    law: &Law,
    cells: &[usize],
) -> f64 {
    let probability = |cell: usize| law.weights()[cell] as f64 / Law::ONE as f64;
    let mean: f64 = cells.iter().map(|&cell| probability(cell)).sum();
    let spread = (mean * (1.0 - mean)).max(0.0);
    let Some(units) = &stratum.units else { return stratum.size as f64 * spread };
    let leaning = {
        // For each set of shares that varies, and each level: the probability of these cells.
        let mut by_level: Vec<(usize, u8, f64)> = Vec::new();
        for &cell in cells {
            let (row, level) = blueprint.cells[cell].factors[units.vary];
            match by_level.iter_mut().find(|(r, l, _)| (*r, *l) == (row, level)) {
                Some((_, _, sum)) => *sum += probability(cell),
                None => by_level.push((row, level, probability(cell))),
            }
        }
        by_level.sort_by_key(|&(row, level, _)| (row, level));
        by_level.chunk_by(|a, b| a.0 == b.0).map(|row| dirichlet_variance(row, shares)).sum::<f64>()
    } / (units.concentration + 1.0);
    let unit = |n: u64| n as f64 * spread + n as f64 * (n as f64 - 1.0) * leaning;
    units.sizes(stratum.size).map(|n| if n == 0 { 0.0 } else { unit(n) }).sum()
}

/// `(concentration + 1)` times the variance of the sum over levels of `share * g`, where the
/// shares of one row are Dirichlet and `share * g` has these means.
fn dirichlet_variance(row: &[(usize, u8, f64)], shares: &[Vec<f64>]) -> f64 {
    let squares = row.iter().filter(|(_, _, mean)| *mean > 0.0).map(|&(row, level, mean)| {
        mean * mean / shares[row][usize::from(level)]
    });
    let total: f64 = row.iter().map(|(_, _, mean)| mean).sum();
    (squares.sum::<f64>() - total * total).max(0.0)
}

/// Mean of the means; mean of the variances plus variance of the means.
fn averaged(given: &[Conditional], rows: usize) -> Expectation {
    let draws = given.len();
    let denominator = u128::from(Law::ONE) * draws as u128;
    let numerators: Vec<u128> = (0..rows).map(|row| given.iter().map(|g| g.means[row]).sum()).collect();
    let variance = |row: usize| {
        let within = given.iter().map(|g| g.variances[row]).sum::<f64>() / draws as f64;
        let mean = numerators[row] as f64 / denominator as f64;
        let deviation = |g: &Conditional| g.means[row] as f64 / Law::ONE as f64 - mean;
        let between: f64 = given.iter().map(|g| deviation(g).powi(2)).sum();
        within + if draws > 1 { between / (draws - 1) as f64 } else { 0.0 }
    };
    Expectation { variances: (0..rows).map(variance).collect(), numerators, denominator }
}
