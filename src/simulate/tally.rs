//! The people of one replicate, counted by stratum and cell.

use super::Population;

/// The people of one replicate by stratum and cell, where a cell is a profile that the stratum's
/// prisoners can have. Nothing else about a population matters to any count.
///
/// The counts of all strata lie one after another. Two strata, of two and of three cells:
///
/// ```text
/// counts   40  60 |  5   0  25
/// bounds    0        2           5
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally<'a> {
    counts: Vec<u64>,
    bounds: &'a [usize],
}

impl<'a> Tally<'a> {
    /// All zeros, for strata whose cells lie within these bounds.
    pub(super) fn zeros(bounds: &'a [usize]) -> Tally<'a> {
        Tally { counts: vec![0; bounds.last().copied().unwrap_or(0)], bounds }
    }

    /// The counts of all strata, by cell.
    pub(super) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The counts of one stratum, by cell.
    pub(super) fn stratum(&self, stratum: usize) -> &[u64] {
        &self.counts[self.bounds[stratum]..self.bounds[stratum + 1]]
    }

    /// The counts of one stratum, by cell, to be filled in.
    pub(super) fn stratum_mut(&mut self, stratum: usize) -> &mut [u64] {
        &mut self.counts[self.bounds[stratum]..self.bounds[stratum + 1]]
    }
}

/// Where the cells of each stratum begin in a tally, and at last where they all end.
pub(super) fn bounds(population: &Population) -> Vec<usize> {
    let cells = population.blueprints.iter().map(|blueprint| blueprint.cells.len());
    let ends = cells.scan(0, |end, cells| {
        *end += cells;
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_lie_side_by_side_and_do_not_touch() {
        let bounds = [0, 2, 2, 5];
        let mut tally = Tally::zeros(&bounds);
        tally.stratum_mut(0).copy_from_slice(&[40, 60]);
        tally.stratum_mut(2).copy_from_slice(&[5, 0, 25]);
        assert_eq!(tally.stratum(0), [40, 60]);
        assert_eq!(tally.stratum(1), [0; 0]);
        assert_eq!(tally.stratum(2), [5, 0, 25]);
    }
}
