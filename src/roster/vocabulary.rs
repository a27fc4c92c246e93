//! Words of a roster: which level each means, and a count of those that mean none.

use std::{borrow::Cow, collections::BTreeMap};

use super::spelling::fold_case;
use crate::domain::compose;

/// The words for the levels of one attribute.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    /// In alphabetical order and in Unicode normal form C.
    words: Vec<Word>,
    /// Each word without regard to case, in alphabetical order; absent where words of several levels differ in case
    /// alone.
    folded: Vec<(String, Option<usize>)>,
}

/// A word that means a level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    /// The word, without blanks around it.
    pub(super) text: String,
    /// The level, by number.
    pub(super) level: u8,
    /// Whether it is one of the roster's own words, and not the level's name.
    pub(super) is_own: bool,
}

/// What a cell of a roster means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The word of the vocabulary that it spells, by position.
    pub(super) word: usize,
    /// The level.
    pub(super) level: u8,
    /// Whether it is spelled so only without regard to case.
    pub(super) ignores_case: bool,
}

impl Vocabulary {
    /// A vocabulary of these words.
    pub(super) fn new(words: impl IntoIterator<Item = Word>) -> Vocabulary {
        let composed = words.into_iter().map(|word| Word { text: compose(&word.text).into_owned(), ..word });
        let mut words: Vec<Word> = composed.collect();
        words.sort_unstable();
        // A level's name comes before the same word of the list's own.
        words.dedup_by(|word, before| (&word.text, word.level) == (&before.text, before.level));
        let mut folded: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (position, word) in words.iter().enumerate() {
            let entry = folded.entry(fold_case(&word.text)).or_insert(Some(position));
            *entry = entry.filter(|first| words[*first].level == word.level);
        }
        Vocabulary { folded: folded.into_iter().collect(), words }
    }

    /// Its words.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// What a cell means. Blanks around it do not matter, nor does its normal form; its case only if it fits no word
    /// exactly.
    pub(super) fn find(&self, cell: &str) -> Option<Meaning> {
        let cell = cell.trim();
        self.find_exactly(cell)
            .or_else(|| match compose(cell) {
                Cow::Owned(composed) => self.find_exactly(&composed),
                Cow::Borrowed(_) => None,
            })
            .or_else(|| self.find_folded(&fold_case(cell)))
    }

    fn find_exactly(&self, cell: &str) -> Option<Meaning> {
        let word = self.words.binary_search_by(|word| word.text.as_str().cmp(cell)).ok()?;
        Some(Meaning { word, level: self.words[word].level, ignores_case: false })
    }

    fn find_folded(&self, folded: &str) -> Option<Meaning> {
        let place = self.folded.binary_search_by(|(word, _)| word.as_str().cmp(folded)).ok()?;
        let word = self.folded[place].1?;
        Some(Meaning { word, level: self.words[word].level, ignores_case: true })
    }
}

/// How many different unrecognised values of a column are counted one by one: a column of names mapped by
/// mistake must not fill the memory.
pub(super) const MOST_VALUES: usize = 1_000;

/// Cells of one column that do not give a level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unrecognised {
    /// Cells without a value: missing, empty or blank.
    pub missing: Occurrences,
    /// Values that mean no level, each without the blanks around it and in Unicode normal form C.
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
        let value = compose(value);
        if let Some(known) = self.values.get_mut(&*value) {
            known.add(rows);
        } else if self.values.len() < MOST_VALUES {
            self.values.insert(value.into_owned(), rows);
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

    fn vocabulary(words: &[(&str, u8)]) -> Vocabulary {
        let words = words.iter().map(|(text, level)| (text.to_string(), *level));
        Vocabulary::new(words.map(|(text, level)| Word { text, level, is_own: false }))
    }

    /// The level that a cell means, and whether only without regard to case.
    fn find(vocabulary: &Vocabulary, cell: &str) -> Option<(u8, bool)> {
        vocabulary.find(cell).map(|meaning| (meaning.level, meaning.ignores_case))
    }

    #[test]
    fn blanks_around_a_word_do_not_matter() {
        let vocabulary = vocabulary(&[("south", 1), ("north", 0), ("South Hwanghae", 0)]);
        let levels =
            [" south", "north\t", "South Hwanghae", "South Hwang", ""].map(|cell| find(&vocabulary, cell));
        assert_eq!(levels, [Some((1, false)), Some((0, false)), Some((0, false)), None, None]);
    }

    #[test]
    fn case_matters_only_between_words_of_the_list() {
        let vocabulary =
            vocabulary(&[("n", 0), ("N", 1), ("kpa", 2), ("Ab", 3), ("aB", 4), ("Ou", 5), ("oU", 5)]);
        let levels = ["n", "N", " KPA", "AB", "ou"].map(|cell| find(&vocabulary, cell));
        let expected = [Some((0, false)), Some((1, false)), Some((2, true)), None, Some((5, true))];
        assert_eq!(levels, expected);
    }

    #[test]
    fn a_decomposed_word_is_the_composed_one() {
        let [composed, decomposed] =
            ["북한군", "\u{1107}\u{116e}\u{11a8}\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11ab}"];
        for (word, cell) in [(composed, decomposed), (decomposed, composed), (decomposed, decomposed)] {
            assert_eq!(find(&vocabulary(&[(word, 0)]), cell), Some((0, false)));
        }
        let mut unrecognised = Unrecognised::default();
        [composed, decomposed]
            .into_iter()
            .for_each(|value| unrecognised.add(Some(value), Occurrences::once(1)));
        assert_eq!(unrecognised.values[composed].rows, 2);
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
