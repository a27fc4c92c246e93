//! From people to the rows of a result: which rows each cell of each stratum counts towards.

use std::sync::OnceLock;

use super::Population;
use super::limited::Limited;
use super::realisation::Replicate;
use super::tally::Tally;
use crate::domain::{Outcome, Profile};
use crate::proposal::Rulebook;

/// Which rows of a result each cell of each stratum counts towards.
///
/// The rows are assigned before anybody is drawn, because what a table of rules does depends on the
/// profile alone; only where a proposal has limits does it depend on how many others there are. Take one stratum with two cells, prisoners who wish to go home and prisoners who do
/// not, and two proposals, whose rows are 0 to 2 and 3 to 5: repatriated, released, retained. If the
/// first repatriates everybody and the second retains those who do not wish to go, the map is
///
/// ```text
/// cell 0 (home)      -> rows 0 and 3
/// cell 1 (not home)  -> rows 0 and 5
/// ```
///
/// and a tally of 70 and 30 people is counted as `[100, 0, 0, 70, 0, 30]`.
#[derive(Debug, Clone)]
pub struct RowMap {
    rows: usize,
    /// By stratum and cell.
    rows_of_cell: Vec<Vec<Vec<usize>>>,
    /// Rulebooks with limits, whose people count towards rows of their own.
    limited: Vec<Limited>,
    /// The same by stratum and row, sorted when it is first asked for: only the closed form does.
    cells_of_row: OnceLock<Vec<CellsByRow>>,
}

/// The rows that any cell of a stratum counts towards, with those cells: all in ascending order.
pub(super) type CellsByRow = Vec<(usize, Vec<usize>)>;

impl RowMap {
    /// Maps every cell of a population to some of the rows from 0 to `rows`: to those that `rows_of`
    /// returns for the stratum's number and the cell's profile.
    pub fn new(
        population: &Population,
        rows: usize,
        rows_of: impl Fn(usize, Profile) -> Vec<usize>,
    ) -> RowMap {
        let strata = population.blueprints.iter().enumerate();
        let rows_of_cell = strata
            .map(|(stratum, blueprint)| {
                blueprint.cells.iter().map(|cell| rows_of(stratum, cell.profile)).collect()
            })
            .collect();
        RowMap { rows, rows_of_cell, limited: Vec::new(), cells_of_row: OnceLock::new() }
    }

    /// Counts people towards further rows, by what one rulebook or several together do with them, limits included:
    /// `rows_of` returns the rows of a stratum's people with a profile and these outcomes, one for each rulebook.
    pub fn and_limited(
        mut self,
        population: &Population,
        rulebooks: &[&Rulebook],
        rows_of: impl Fn(usize, Profile, &[Outcome]) -> Vec<usize>,
    ) -> RowMap {
        self.limited.push(Limited::new(population, rulebooks, rows_of));
        self
    }

    /// The same rows, in which only the people of some cells are counted: those for whose stratum and profile
    /// `is_counted` holds. Limits are of everybody all the same.
    pub fn only(mut self, population: &Population, is_counted: impl Fn(usize, Profile) -> bool) -> RowMap {
        let left_out: Vec<Vec<bool>> = population
            .blueprints
            .iter()
            .enumerate()
            .map(|(stratum, blueprint)| {
                blueprint.cells.iter().map(|cell| !is_counted(stratum, cell.profile)).collect()
            })
            .collect();
        for (rows_of_cell, left_out) in self.rows_of_cell.iter_mut().zip(&left_out) {
            let cells = rows_of_cell.iter_mut().zip(left_out);
            cells.filter(|(_, left_out)| **left_out).for_each(|(rows, _)| rows.clear());
        }
        let left_out = left_out.concat();
        self.limited.iter_mut().for_each(|limited| limited.leave_out(&left_out));
        RowMap { cells_of_row: OnceLock::new(), ..self }
    }

    /// Whether some rulebooks have limits, which no closed form covers.
    pub fn has_limits(&self) -> bool {
        !self.limited.is_empty()
    }

    /// The name of the first proposal with limits, if there is one.
    pub(super) fn limited_proposal(&self) -> Option<&str> {
        self.limited.iter().find_map(Limited::name)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The cells of each row of a stratum.
    pub(super) fn cells_by_row(&self, stratum: usize) -> &CellsByRow {
        let by_row = || self.rows_of_cell.iter().map(|rows_of_cell| by_row(rows_of_cell)).collect();
        &self.cells_of_row.get_or_init(by_row)[stratum]
    }

    /// Adds the people of a replicate's tally to the rows they count towards.
    pub(super) fn count(&self, tally: &Tally<'_>, replicate: Replicate, rows: &mut [u64]) {
        for (stratum, rows_of_cell) in self.rows_of_cell.iter().enumerate() {
            let inhabited =
                rows_of_cell.iter().zip(tally.stratum(stratum)).filter(|(_, people)| **people > 0);
            for (rows_of_cell, people) in inhabited {
                rows_of_cell.iter().for_each(|&row| rows[row] += people);
            }
        }
        self.limited.iter().for_each(|limited| limited.count(tally.counts(), replicate, rows));
    }
}

fn by_row(rows_of_cell: &[Vec<usize>]) -> CellsByRow {
    let cells = rows_of_cell.iter().enumerate();
    let mut pairs: Vec<(usize, usize)> =
        cells.flat_map(|(cell, rows)| rows.iter().map(move |&row| (row, cell))).collect();
    pairs.sort_unstable();
    let rows = pairs.chunk_by(|a, b| a.0 == b.0);
    rows.map(|row| (row[0].0, row.iter().map(|(_, cell)| *cell).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: usize, rows_of_cell: Vec<Vec<Vec<usize>>>) -> RowMap {
        RowMap { rows, rows_of_cell, limited: Vec::new(), cells_of_row: OnceLock::new() }
    }

    /// The example above, with a second stratum of one cell, whose people only the first proposal's
    /// rows count.
    #[test]
    fn people_are_counted_in_every_row_of_their_cell() {
        let map = map(6, vec![vec![vec![0, 3], vec![0, 5]], vec![vec![0]]]);
        let bounds = [0, 2, 3];
        let mut tally = Tally::zeros(&bounds);
        tally.stratum_mut(0).copy_from_slice(&[70, 30]);
        tally.stratum_mut(1).copy_from_slice(&[8]);
        let mut rows = [0; 6];
        map.count(&tally, Replicate { seed: 0, number: 0 }, &mut rows);
        assert_eq!(rows, [108, 0, 0, 70, 0, 30]);
    }

    #[test]
    fn the_cells_of_a_row_are_those_that_count_towards_it() {
        let map = map(6, vec![vec![vec![5, 0], vec![], vec![3, 0]], vec![vec![0]]]);
        assert_eq!(*map.cells_by_row(0), [(0, vec![0, 2]), (3, vec![2]), (5, vec![0])]);
        assert_eq!(*map.cells_by_row(1), [(0, vec![0])]);
    }
}
