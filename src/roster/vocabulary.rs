//! Words of a roster: which level each means, and a count of those that mean none.

use std::collections::BTreeMap;

/// The words for the levels of one attribute, in alphabetical order.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary(Vec<(String, u8)>);

impl Vocabulary {
    /// A vocabulary of pairs of word and level.
    pub(super) fn new(words: impl IntoIterator<Item = (String, u8)>) -> Vocabulary {
        let mut words: Vec<(String, u8)> = words.into_iter().collect();
        words.sort_unstable();
        Vocabulary(words)
    }

    /// The level that a word means. Blanks around it do not matter.
    pub(super) fn level(&self, word: &str) -> Option<u8> {
        let word = word.trim();
        let place = self.0.binary_search_by(|(known, _)| known.as_str().cmp(word));
        place.ok().map(|place| self.0[place].1)
    }
}

/// How many different unrecognised values of a column are counted one by one: a column of names mapped by
/// mistake must not fill the memory.
const MOST_VALUES: usize = 1_000;

/// Cells of one column that do not give a level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unrecognised {
    /// Cells without a value: missing, empty or blank.
    pub missing: Occurrences,
    /// Values that mean no level, each without the blanks around it.
    pub values: BTreeMap<String, Occurrences>,
    /// Further such values, where there are very many.
    pub others: Occurrences,
}

/// How often something occurs, and where first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// In how many rows.
    pub rows: u64,
    /// The first of these rows: its number from 1 in a Parquet file, its line in a CSV file. 0 if there is
    /// none.
    pub first: u64,
}

impl Occurrences {
    /// One occurrence.
    pub(super) fn once(row: u64) -> Occurrences {
        Occurrences { rows: 1, first: row }
    }

    /// Adds occurrences in other rows.
    pub(super) fn add(&mut self, other: Occurrences) {
        self.first = match (self.rows, other.rows) {
            (0, _) => other.first,
            (_, 0) => self.first,
            _ => self.first.min(other.first),
        };
        self.rows += other.rows;
    }
}

impl Unrecognised {
    /// Counts further rows that have this value, or none.
    pub(super) fn add(&mut self, value: Option<&str>, rows: Occurrences) {
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
            return self.missing.add(rows);
        };
        if let Some(known) = self.values.get_mut(value) {
            known.add(rows);
        } else if self.values.len() < MOST_VALUES {
            self.values.insert(value.into(), rows);
        } else {
            self.others.add(rows);
        }
    }

    /// Adds the cells of other rows.
    pub(super) fn extend(&mut self, other: Unrecognised) {
        self.missing.add(other.missing);
        other.values.iter().for_each(|(value, rows)| self.add(Some(value), *rows));
        self.others.add(other.others);
    }

    /// Rows whose value means no level; missing values aside.
    pub fn rows_with_a_value(&self) -> u64 {
        self.others.rows + self.values.values().map(|occurrences| occurrences.rows).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blanks_around_a_word_do_not_matter() {
        let vocabulary =
            Vocabulary::new([("south".into(), 1), ("north".into(), 0), ("South Hwanghae".into(), 0)]);
        let levels = [" south", "north\t", "South Hwanghae", "South", ""].map(|word| vocabulary.level(word));
        assert_eq!(levels, [Some(1), Some(0), Some(0), None, None]);
    }

    #[test]
    fn a_column_of_names_does_not_fill_the_memory() {
        let mut unrecognised = Unrecognised::default();
        for row in 1..=3_000 {
            unrecognised.add(Some(&format!("name {row}")), Occurrences::once(row));
        }
        assert_eq!(unrecognised.values.len(), MOST_VALUES);
        assert_eq!(unrecognised.others, Occurrences { rows: 2_000, first: 1_001 });
        assert_eq!(unrecognised.rows_with_a_value(), 3_000);
    }

    proptest! {
        /// Counting batch by batch, in any order, gives what counting all rows at once gives.
        #[test]
        fn batches_add_up(cells in prop::collection::vec(prop::option::of("[ ab]{0,2}"), 0..60), batch in 1..20usize) {
            let count = |cells: &[Option<String>], before: usize| {
                let mut unrecognised = Unrecognised::default();
                for (row, cell) in (before as u64 + 1..).zip(cells) {
                    unrecognised.add(cell.as_deref(), Occurrences::once(row));
                }
                unrecognised
            };
            let mut joined = Unrecognised::default();
            for (number, cells) in cells.chunks(batch).enumerate().rev() {
                joined.extend(count(cells, number * batch));
            }
            prop_assert_eq!(joined, count(&cells, 0));
        }
    }
}
