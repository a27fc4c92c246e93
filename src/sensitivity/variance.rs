//! The variance of an output by where it comes from: how a text is read, who the people are, and chance.

use std::collections::BTreeMap;

use super::error::{SensitivityError, all_present};
use super::statistics::mean;

/// The variance of an outcome by where it comes from. The parts add up to the total.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceSplit {
    /// Between combinations of wordings.
    pub wording: f64,
    /// Between points of the same wording: the parameters of the population.
    pub population: f64,
    /// Between replicates of the same point.
    pub chance: f64,
    /// The sum of the parts.
    pub total: f64,
}

/// Splits the variance of an outcome by the law of total variance, applied twice.
///
/// Each point has the number of its combination of wordings, the mean of its replicates and their
/// variance. All points weigh the same. `chance` is the mean of the variances within points,
/// `wording` the variance of the means of the combinations, each weighted by its number of points,
/// and `population` the mean of the variances of points around the mean of their combination. All
/// are divided by the number of points, not one less.
///
/// These are the plain parts: never negative, and a split of exactly the variance that is there.
/// Estimates corrected for bias can be negative and then add up to nothing meaningful. The price
/// is that the earlier parts carry some of the later ones: means of *m* replicates carry about
/// 1/*m* of `chance` into the other two, and when combinations were not run at the same
/// population parameters, those with *n* points carry about 1/*n* of `population` into `wording`.
///
/// # Errors
///
/// If the slices differ in length or are empty, a number is missing, or a variance is negative.
pub fn variance_split(
    wordings: &[usize],
    means: &[f64],
    variances_within: &[f64],
) -> Result<VarianceSplit, SensitivityError> {
    if means.is_empty() || wordings.len() != means.len() || variances_within.len() != means.len() {
        let lengths = [wordings.len(), means.len(), variances_within.len()];
        return Err(SensitivityError::Lengths { lengths });
    }
    all_present(means)?;
    all_present(variances_within)?;
    if variances_within.iter().any(|&variance| variance < 0.0) {
        return Err(SensitivityError::NegativeVariance);
    }
    let overall = mean(means.iter().copied());
    let of_wording = group_means(wordings, means);
    let wording = mean(wordings.iter().map(|wording| (of_wording[wording] - overall).powi(2)));
    let points = wordings.iter().zip(means);
    let population = mean(points.map(|(wording, mean)| (mean - of_wording[wording]).powi(2)));
    let chance = mean(variances_within.iter().copied());
    Ok(VarianceSplit { wording, population, chance, total: wording + population + chance })
}

fn group_means(groups: &[usize], values: &[f64]) -> BTreeMap<usize, f64> {
    let mut sums = BTreeMap::new();
    for (&group, value) in groups.iter().zip(values) {
        let (sum, count) = sums.entry(group).or_insert((0.0, 0.0));
        *sum += value;
        *count += 1.0;
    }
    sums.into_iter().map(|(group, (sum, count))| (group, sum / count)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against the variance of all replicates pooled, computed without any split.
        #[test]
        fn parts_of_the_variance_add_up_to_the_variance_of_all_replicates(
            points in prop::collection::vec((0usize..4, prop::collection::vec(-1e3f64..1e3, 5)), 1..30)
        ) {
            let wordings: Vec<usize> = points.iter().map(|(wording, _)| *wording).collect();
            let means: Vec<f64> = points.iter().map(|(_, replicates)| mean(replicates.iter().copied())).collect();
            let variances: Vec<f64> = points.iter().map(|(_, replicates)| plain_variance(replicates)).collect();
            let split = variance_split(&wordings, &means, &variances).unwrap();
            let pooled: Vec<f64> = points.into_iter().flat_map(|(_, replicates)| replicates).collect();
            prop_assert!((split.total - plain_variance(&pooled)).abs() <= 1e-9 * (1.0 + split.total));
            prop_assert!(split.wording >= 0.0 && split.population >= 0.0 && split.chance >= 0.0);
            prop_assert_eq!(split.wording + split.population + split.chance, split.total);
        }
    }

    fn plain_variance(values: &[f64]) -> f64 {
        let centre = mean(values.iter().copied());
        mean(values.iter().map(|value| (value - centre).powi(2)))
    }

    #[test]
    fn each_source_of_variance_lands_in_its_part() {
        let split = |means: &[f64], within: &[f64]| variance_split(&[7, 7, 3, 3], means, within).unwrap();
        let part = |wording, population, chance, total| VarianceSplit { wording, population, chance, total };
        assert_eq!(split(&[1.0, 1.0, 3.0, 3.0], &[0.0; 4]), part(1.0, 0.0, 0.0, 1.0));
        assert_eq!(split(&[1.0, 3.0, 1.0, 3.0], &[0.0; 4]), part(0.0, 1.0, 0.0, 1.0));
        assert_eq!(split(&[2.0; 4], &[1.0, 2.0, 3.0, 4.0]), part(0.0, 0.0, 2.5, 2.5));
    }

    #[test]
    fn variances_that_cannot_be_split_are_refused() {
        let refusal = |w: &[usize], m: &[f64], v: &[f64]| variance_split(w, m, v).unwrap_err().to_string();
        let lengths = "2 wordings, 1 means and 1 variances do not match";
        assert_eq!(refusal(&[1, 2], &[0.0], &[0.0]), lengths);
        assert_eq!(refusal(&[], &[], &[]), "0 wordings, 0 means and 0 variances do not match");
        assert_eq!(refusal(&[1], &[f64::NAN], &[0.0]), "1 of 1 outputs are missing");
        assert_eq!(refusal(&[1], &[0.0], &[-1.0]), "a variance is negative");
    }
}
