use std::fmt;
use std::ops::Range;

use super::{Choice, Shares, Stratum};
use crate::domain::{Profile, Space};

/// The profiles that a stratum's prisoners can have, and what their probabilities are made of.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The profiles with a share, in the order of the space.
    pub cells: Vec<Cell>,
    rows: Vec<Row>,
}

/// A profile that prisoners of a stratum can have.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The profile.
    pub profile: Profile,
    /// For each attribute: where the share of its level stands in [`Blueprint::shares`].
    pub factors: Vec<usize>,
}

impl Cell {
    fn probability(&self, shares: &[f64]) -> f64 {
        self.factors.iter().map(|&share| shares[share]).product()
    }

    /// The probability but for the level of one attribute.
    fn probability_without(&self, attribute: usize, shares: &[f64]) -> f64 {
        let others = self.factors.iter().enumerate().filter(|(factor, _)| *factor != attribute);
        others.map(|(_, &share)| shares[share]).product()
    }
}

/// One set of shares: an attribute's, or one of its branches'.
#[derive(Debug, Clone)]
struct Row {
    attribute: usize,
    /// Where its levels stand among all shares.
    place: Range<usize>,
    shares: Shares,
}

/// A draw of the parameters makes the shares of a stratum exceed 1.
#[derive(Debug, Clone, PartialEq)]
pub struct SharesExceedOne {
    /// The attribute, by number.
    pub attribute: usize,
    /// What its shares add up to without the rest.
    pub sum: f64,
}

/// Rounding in a sum of a few shares.
const TOLERANCE: f64 = 1e-9;

impl Blueprint {
    /// Lays out a stratum over the profile space.
    pub fn new(space: &Space, stratum: &Stratum) -> Blueprint {
        let mut blueprint = Blueprint { cells: Vec::new(), rows: Vec::new() };
        let mut trees = Vec::new();
        for (attribute, choice) in stratum.choices.iter().enumerate() {
            let levels = space.attributes()[attribute].levels.len();
            trees.push(blueprint.add(attribute, levels, choice));
        }
        for profile in space.profiles() {
            let point = space.point(profile);
            let factor = |(attribute, tree): (usize, &Tree)| blueprint.factor(tree, point, point[attribute]);
            let factors: Option<Vec<_>> = trees.iter().enumerate().map(factor).collect();
            if let Some(factors) = factors {
                blueprint.cells.push(Cell { profile, factors });
            }
        }
        blueprint
    }

    fn add(&mut self, attribute: usize, levels: usize, choice: &Choice) -> Tree {
        match choice {
            Choice::Shares(shares) => {
                let first = self.levels();
                self.rows.push(Row { attribute, place: first..first + levels, shares: shares.clone() });
                Tree::Row(self.rows.len() - 1)
            }
            Choice::Given { variable, branches } => {
                let mut add = |branch: &Option<Choice>| {
                    branch.as_ref().map(|choice| self.add(attribute, levels, choice))
                };
                let branches = branches.iter().map(&mut add).collect();
                Tree::Branch { variable: *variable, branches }
            }
        }
    }

    fn factor(&self, tree: &Tree, point: &[u8], level: u8) -> Option<usize> {
        match tree {
            Tree::Row(row) => {
                let Row { place, shares, .. } = &self.rows[*row];
                shares.support().any(|l| l == level).then_some(place.start + usize::from(level))
            }
            Tree::Branch { variable, branches } => {
                self.factor(branches[usize::from(point[*variable])].as_ref()?, point, level)
            }
        }
    }

    /// Levels of all rows.
    fn levels(&self) -> usize {
        self.rows.last().map_or(0, |row| row.place.end)
    }

    /// Where the rows that belong to an attribute stand among the shares.
    pub fn rows_of(&self, attribute: usize) -> impl Iterator<Item = Range<usize>> {
        let rows = self.rows.iter().filter(move |row| row.attribute == attribute);
        rows.map(|row| row.place.clone())
    }

    /// The shares of every row where the parameters have these values, row after row.
    ///
    /// # Errors
    ///
    /// If the shares of a row add up to more than 1.
    pub fn shares(&self, parameters: &[f64]) -> Result<Vec<f64>, SharesExceedOne> {
        let mut shares = vec![0.0; self.levels()];
        for row in &self.rows {
            row.fill(parameters, &mut shares[row.place.clone()])?;
        }
        Ok(shares)
    }

    /// The joint law of a prisoner's profile, by cell.
    pub fn law(&self, shares: &[f64]) -> Weights {
        Weights::quantised(&self.probabilities(shares))
    }

    /// The laws of units that differ from these shares in those of one attribute.
    pub fn unit_laws(&self, vary: usize, shares: &[f64]) -> UnitLaws {
        let cell = |cell: &Cell| (cell.probability_without(vary, shares), cell.factors[vary]);
        UnitLaws { cells: self.cells.iter().map(cell).collect() }
    }

    /// The probability of each cell. They add up to 1 unless a distribution has no branch for
    /// some of the stratum's prisoners.
    pub fn probabilities(&self, shares: &[f64]) -> Vec<f64> {
        self.cells.iter().map(|cell| cell.probability(shares)).collect()
    }
}

/// What the laws of a stratum's units have in common.
#[derive(Debug)]
pub struct UnitLaws {
    /// For each cell: the probability of its other levels, and where the share that varies stands.
    cells: Vec<(f64, usize)>,
}

impl UnitLaws {
    /// The law of a unit with these shares, into a law that is there already, so that nothing is
    /// allocated.
    pub fn law_into(&self, shares: &[f64], law: &mut Weights) {
        law.requantise(self.cells.iter().map(|&(others, share)| others * shares[share]));
    }
}

enum Tree {
    Row(usize),
    Branch { variable: usize, branches: Vec<Option<Tree>> },
}

impl Row {
    fn fill(&self, parameters: &[f64], values: &mut [f64]) -> Result<(), SharesExceedOne> {
        for &(level, quantity) in &self.shares.named {
            values[usize::from(level)] = quantity.value(parameters);
        }
        let sum: f64 = values.iter().sum();
        if sum > 1.0 + TOLERANCE {
            return Err(SharesExceedOne { attribute: self.attribute, sum });
        }
        if let Some(rest) = self.shares.rest {
            values[usize::from(rest)] = (1.0 - sum).max(0.0);
        }
        Ok(())
    }
}

/// The probability of each cell as a whole number of 2^-53; together exactly 1.
///
/// Whole numbers make what is sampled, what is expected and what is published the same law: a
/// draw of 53 bits is compared with them, and their products with head-counts are exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weights(Vec<u64>);

impl Weights {
    /// What the weights add up to.
    pub const ONE: u64 = 1 << 53;

    /// Rounds running sums of the probabilities, so that each weight is off by at most 2^-53 and
    /// nothing is lost; a probability of 0 stays 0.
    pub fn quantised(probabilities: &[f64]) -> Weights {
        let mut law = Weights::default();
        law.requantise(probabilities.iter().copied());
        law
    }

    fn requantise(&mut self, probabilities: impl Iterator<Item = f64> + Clone) {
        let total: f64 = probabilities.clone().sum();
        let (mut sum, mut before) = (0.0, 0);
        self.0.clear();
        self.0.extend(probabilities.map(|probability| {
            if probability == 0.0 {
                return 0;
            }
            // Added up in the same order, the last of these sums is the total, and no other exceeds it.
            sum += probability;
            let now = rounded(sum / total * Weights::ONE as f64);
            now - std::mem::replace(&mut before, now)
        }));
    }

    /// The weights, by cell.
    pub fn weights(&self) -> &[u64] {
        &self.0
    }
}

/// To the nearest whole number, halves up, without the call that [`f64::round`] is on old processors.
fn rounded(number: f64) -> u64 {
    let whole = number as u64;
    whole + u64::from(number - whole as f64 >= 0.5)
}

impl fmt::Display for SharesExceedOne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shares add up to {}", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_of_zero_is_never_drawn_and_a_tiny_one_is_kept() {
        let law = Weights::quantised(&[0.0, 1e-12, 0.3, 0.7 - 1e-12, 0.0]);
        let weights = law.weights();
        assert_eq!((weights[0], weights[4]), (0, 0));
        assert_eq!(weights[1], (1e-12 * Weights::ONE as f64).round() as u64);
        assert_eq!(weights.iter().sum::<u64>(), Weights::ONE);
    }

    /// A cell of two attributes, of which the second varies.
    #[test]
    fn the_law_of_a_unit_is_that_of_its_shares() {
        let laws = UnitLaws { cells: vec![(0.3, 2), (0.3, 3), (0.0, 2), (0.7, 2), (0.7, 3)] };
        let mut law = Weights::default();
        for leaning in [[1.0 / 3.0, 2.0 / 3.0], [0.0, 1.0], [1.0, 0.0]] {
            laws.law_into(&[0.3, 0.7, leaning[0], leaning[1]], &mut law);
            let [first, second] = leaning;
            let joint = [0.3 * first, 0.3 * second, 0.0 * first, 0.7 * first, 0.7 * second];
            assert_eq!(law, Weights::quantised(&joint));
        }
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_the_standard_library(number in 0.0f64..Weights::ONE as f64, whole in 0u64..1 << 52) {
            for number in [number, whole as f64, whole as f64 + 0.5, (whole as f64 + 0.5).next_down()] {
                prop_assert_eq!(rounded(number), number.round() as u64);
            }
        }

        #[test]
        fn weights_add_up_to_one_and_stay_within_rounding(
            raw in prop::collection::vec(0.0f64..1.0, 1..40)
        ) {
            let total: f64 = raw.iter().sum();
            prop_assume!(total > 0.0);
            let probabilities: Vec<f64> = raw.iter().map(|p| p / total).collect();
            let law = Weights::quantised(&probabilities);
            prop_assert_eq!(law.weights().iter().sum::<u64>(), Weights::ONE);
            for (weight, p) in law.weights().iter().zip(&probabilities) {
                prop_assert!((*weight as f64 - p * Weights::ONE as f64).abs() <= 16.0);
            }
        }
    }
}
