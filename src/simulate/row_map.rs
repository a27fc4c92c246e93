//! From people to the rows of a result: which rows each cell of each stratum counts towards.

use super::Population;
use super::tally::Tally;
use crate::domain::Profile;

/// Which rows of a result each cell of each stratum counts towards.
///
/// A question's rows are made before anybody is drawn, because what a proposal does depends on the
/// profile alone. Take one stratum with two cells, prisoners who wish to go home and prisoners who do
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
}

impl RowMap {
    /// Maps every cell of a population to some of the rows from 0 to `rows`: to those that `rows_of`
    /// returns for the stratum's number and the cell's profile.
    pub fn new(
        population: &Population<'_>,
        rows: usize,
        rows_of: impl Fn(usize, Profile) -> Vec<usize>,
    ) -> RowMap {
        let strata = population.blueprints.iter().enumerate();
        let rows_of_cell = strata
            .map(|(stratum, blueprint)| {
                blueprint.cells.iter().map(|cell| rows_of(stratum, cell.profile)).collect()
            })
            .collect();
        RowMap { rows, rows_of_cell }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows of each cell of a stratum.
    pub(super) fn rows_of_cells(&self, stratum: usize) -> &[Vec<usize>] {
        &self.rows_of_cell[stratum]
    }

    /// Adds the people of a tally to the rows they count towards.
    pub(super) fn count(&self, tally: &Tally<'_>, rows: &mut [u64]) {
        for (stratum, rows_of_cell) in self.rows_of_cell.iter().enumerate() {
            let inhabited =
                rows_of_cell.iter().zip(tally.stratum(stratum)).filter(|(_, people)| **people > 0);
            for (rows_of_cell, people) in inhabited {
                rows_of_cell.iter().for_each(|&row| rows[row] += people);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example above, with a second stratum of one cell, whose people only the first proposal's
    /// rows count.
    #[test]
    fn people_are_counted_in_every_row_of_their_cell() {
        let map = RowMap { rows: 6, rows_of_cell: vec![vec![vec![0, 3], vec![0, 5]], vec![vec![0]]] };
        let bounds = [0, 2, 3];
        let mut tally = Tally::zeros(&bounds);
        tally.stratum_mut(0).copy_from_slice(&[70, 30]);
        tally.stratum_mut(1).copy_from_slice(&[8]);
        let mut rows = [0; 6];
        map.count(&tally, &mut rows);
        assert_eq!(rows, [108, 0, 0, 70, 0, 30]);
    }
}
