//! A stratum laid out over the profile space: which profiles its prisoners can have, and from which
//! shares the probability of each is multiplied. Everything is computed from here for a given draw of
//! the parameters, by [`Blueprint::shares`] and then [`Blueprint::weights`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Choice, Shares, Stratum, Weights};
use crate::domain::{Profile, Space};

/// The profiles that a stratum's prisoners can have, and what their probabilities are made of.
///
/// All shares of a stratum stand in one list, row after row; a row is one set of shares that add up
/// to 1. Take two residences, and two wishes whose shares depend on the residence:
///
/// ```text
/// row            residence     wish if north   wish if south
/// level          north south   home  stay      home  stay
/// share          0.8   0.2     0.9   0.1       0.5   0.5
/// place          0     1       2     3         4     5
/// ```
///
/// The profile (south, home) is then a cell with the factors `[1, 4]`, and its probability is
/// 0.2 * 0.5. A level without a share takes its profiles out of the list of cells.
#[derive(Debug, Clone)]
pub(crate) struct Blueprint {
    /// The profiles with a share, in the order of the space.
    pub(crate) cells: Vec<Cell>,
    rows: Vec<Row>,
}

/// A profile that prisoners of a stratum can have.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The profile.
    pub(crate) profile: Profile,
    /// For each attribute, the place of its level's share in [`Blueprint::shares`].
    pub(crate) factors: Vec<usize>,
}

/// The shares of an attribute, or of one of its branches.
#[derive(Debug, Clone)]
struct Row {
    attribute: usize,
    /// Where the shares of its levels stand among all of the stratum's.
    place: Range<usize>,
    shares: Shares,
}

/// The rows of one attribute, by the levels they depend on.
enum Tree {
    Row(usize),
    Branch { variable: usize, branches: Vec<Option<Tree>> },
}

/// A draw of the parameters makes the shares of a row exceed 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SharesExceedOne {
    /// What they add up to without the rest.
    pub(crate) sum: f64,
}

/// How far a sum of shares may be off 1: rounding in a sum of a few numbers.
pub(crate) const TOLERANCE: f64 = 1e-9;

impl Blueprint {
    /// Lays out a stratum over the profile space.
    pub(crate) fn new(space: &Space, stratum: &Stratum) -> Blueprint {
        let mut blueprint = Blueprint { cells: Vec::new(), rows: Vec::new() };
        let mut trees = Vec::new();
        for (attribute, choice) in stratum.choices.iter().enumerate() {
            let levels = space.attributes()[attribute].levels.len();
            trees.push(blueprint.add_rows(attribute, levels, choice));
        }
        for levels in blueprint.combinations(stratum.choices.len()) {
            let factor =
                |(attribute, tree): (usize, &Tree)| blueprint.factor(tree, &levels, levels[attribute]);
            let factors: Option<Vec<_>> = trees.iter().enumerate().map(factor).collect();
            if let Some((factors, profile)) = factors.zip(space.profile(&levels)) {
                blueprint.cells.push(Cell { profile, factors });
            }
        }
        blueprint
    }

    /// Every combination of levels of which each has a share somewhere, in the order of profiles.
    fn combinations(&self, attributes: usize) -> Vec<Vec<u8>> {
        let mut combinations = vec![Vec::with_capacity(attributes)];
        for attribute in 0..attributes {
            let rows = self.rows.iter().filter(|row| row.attribute == attribute);
            let levels: BTreeSet<u8> =
                rows.flat_map(|row| row.shares.support().collect::<Vec<u8>>()).collect();
            let longer = |combination: &Vec<u8>| -> Vec<Vec<u8>> {
                levels.iter().map(|level| [combination.as_slice(), &[*level]].concat()).collect()
            };
            combinations = combinations.iter().flat_map(longer).collect();
        }
        combinations
    }

    fn add_rows(&mut self, attribute: usize, levels: usize, choice: &Choice) -> Tree {
        match choice {
            Choice::Shares(shares) => {
                let first = self.number_of_shares();
                self.rows.push(Row { attribute, place: first..first + levels, shares: shares.clone() });
                Tree::Row(self.rows.len() - 1)
            }
            Choice::Given { variable, branches } => {
                let mut add = |branch: &Option<Choice>| {
                    branch.as_ref().map(|choice| self.add_rows(attribute, levels, choice))
                };
                let branches = branches.iter().map(&mut add).collect();
                Tree::Branch { variable: *variable, branches }
            }
        }
    }

    /// The place of the share that a profile's level of an attribute has; `None` if it has none.
    fn factor(&self, tree: &Tree, levels: &[u8], level: u8) -> Option<usize> {
        match tree {
            Tree::Row(row) => {
                let Row { place, shares, .. } = &self.rows[*row];
                shares.support().any(|l| l == level).then_some(place.start + usize::from(level))
            }
            Tree::Branch { variable, branches } => {
                self.factor(branches[usize::from(levels[*variable])].as_ref()?, levels, level)
            }
        }
    }

    fn number_of_shares(&self) -> usize {
        self.rows.last().map_or(0, |row| row.place.end)
    }

    /// The places of an attribute's shares, row by row.
    pub(crate) fn rows_of(&self, attribute: usize) -> impl Iterator<Item = Range<usize>> {
        let rows = self.rows.iter().filter(move |row| row.attribute == attribute);
        rows.map(|row| row.place.clone())
    }

    /// The shares of every row where the parameters have these values, row after row.
    ///
    /// # Errors
    ///
    /// If the shares of a row add up to more than 1.
    pub(crate) fn shares(&self, parameters: &[f64]) -> Result<Vec<f64>, SharesExceedOne> {
        let mut shares = vec![0.0; self.number_of_shares()];
        for row in &self.rows {
            row.fill(parameters, &mut shares[row.place.clone()])?;
        }
        Ok(shares)
    }

    /// The probability of each cell. They add up to 1 unless a distribution has no branch for
    /// some of the stratum's prisoners.
    pub(crate) fn probabilities(&self, shares: &[f64]) -> Vec<f64> {
        self.cells.iter().map(|cell| cell.probability(shares)).collect()
    }

    /// The weight of each cell.
    pub(crate) fn weights(&self, shares: &[f64]) -> Weights {
        Weights::quantised(&self.probabilities(shares))
    }

    /// Prepares the weights of units whose shares differ from these in one attribute.
    pub(crate) fn unit_weights(&self, vary: usize, shares: &[f64]) -> UnitWeights {
        let cell = |cell: &Cell| (cell.probability_without(vary, shares), cell.factors[vary]);
        UnitWeights { cells: self.cells.iter().map(cell).collect() }
    }
}

impl Cell {
    fn probability(&self, shares: &[f64]) -> f64 {
        self.factors.iter().map(|&share| shares[share]).product()
    }

    /// The product of all factors but that of one attribute.
    fn probability_without(&self, attribute: usize, shares: &[f64]) -> f64 {
        let others = self.factors.iter().enumerate().filter(|(factor, _)| *factor != attribute);
        others.map(|(_, &share)| shares[share]).product()
    }
}

impl Row {
    fn fill(&self, parameters: &[f64], values: &mut [f64]) -> Result<(), SharesExceedOne> {
        for &(level, quantity) in &self.shares.named {
            values[usize::from(level)] = quantity.value(parameters);
        }
        let sum: f64 = values.iter().sum();
        if sum > 1.0 + TOLERANCE {
            return Err(SharesExceedOne { sum });
        }
        if let Some(rest) = self.shares.rest {
            values[usize::from(rest)] = (1.0 - sum).max(0.0);
        }
        Ok(())
    }
}

/// What the units of a stratum have in common, so that each costs one multiplication a cell.
#[derive(Debug)]
pub(crate) struct UnitWeights {
    /// For each cell, the product of the shares that all units have, and the place of the one that varies.
    cells: Vec<(f64, usize)>,
}

impl UnitWeights {
    /// Overwrites `weights` with those of a unit that has these shares, without an allocation.
    pub(crate) fn write(&self, shares: &[f64], weights: &mut Weights) {
        weights.requantise(self.cells.iter().map(|&(others, share)| others * shares[share]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variable;
    use crate::scenario::Quantity;

    /// Cells of two attributes, of which the second varies.
    #[test]
    fn the_weights_of_a_unit_are_those_of_its_shares() {
        let unit_weights = UnitWeights { cells: vec![(0.3, 2), (0.3, 3), (0.0, 2), (0.7, 2), (0.7, 3)] };
        let mut weights = Weights::default();
        for leaning in [[1.0 / 3.0, 2.0 / 3.0], [0.0, 1.0], [1.0, 0.0]] {
            unit_weights.write(&[0.3, 0.7, leaning[0], leaning[1]], &mut weights);
            let [first, second] = leaning;
            let joint = [0.3 * first, 0.3 * second, 0.0 * first, 0.7 * first, 0.7 * second];
            assert_eq!(weights, Weights::quantised(&joint));
        }
    }

    /// The example above, with a third residence that nobody has.
    #[test]
    fn a_cell_multiplies_the_shares_of_its_levels() {
        let variable = |name: &str, levels: &[&str]| Variable {
            name: name.into(),
            levels: levels.iter().map(|level| level.to_string()).collect(),
        };
        let residence = variable("residence", &["north", "south", "abroad"]);
        let space = Space::new(vec![residence, variable("wish", &["home", "stay"])]).unwrap();
        let shares = |first: f64, rest: u8| {
            Choice::Shares(Shares { named: vec![(0, Quantity::Number(first))], rest: Some(rest) })
        };
        let branches = vec![Some(shares(0.9, 1)), Some(shares(0.5, 1)), None];
        let choices = vec![shares(0.8, 1), Choice::Given { variable: 0, branches }];
        let blueprint = Blueprint::new(&space, &Stratum { choices, ..Stratum::default() });
        let factors: Vec<&[usize]> = blueprint.cells.iter().map(|cell| cell.factors.as_slice()).collect();
        assert_eq!(factors, [[0, 3], [0, 4], [1, 5], [1, 6]]);
        let shares = blueprint.shares(&[]).unwrap();
        let probabilities = blueprint.probabilities(&shares);
        for (found, expected) in probabilities.iter().zip([0.72, 0.08, 0.1, 0.1]) {
            assert!((found - expected).abs() < 1e-12, "{probabilities:?}");
        }
    }
}
