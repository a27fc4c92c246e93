//! What the cells of a column were found to be: those that give no level, those that give one only without regard to
//! case, and which words of the list's own occur.

use std::collections::BTreeMap;

use super::vocabulary::{MOST_VALUES, Meaning, Unrecognised};

/// What was found in the cells of one attribute's column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CellFindings {
    /// Cells that give no level.
    pub(super) unrecognised: Unrecognised,
    /// Rows by the spelling of the cell and the word that it fits without regard to case.
    pub(super) other_case: BTreeMap<(String, usize), u64>,
    /// Whether each word of the vocabulary occurs. Words beyond the end do not.
    occurring: Vec<bool>,
}

impl CellFindings {
    /// Notes that a cell means this in some rows.
    pub(super) fn add_meaning(&mut self, cell: &str, meaning: Meaning, rows: u64) {
        if self.occurring.len() <= meaning.word {
            self.occurring.resize(meaning.word + 1, false);
        }
        self.occurring[meaning.word] = true;
        if meaning.ignores_case {
            self.add_other_case(cell.trim(), meaning.word, rows);
        }
    }

    /// Spellings beyond the first thousand are not told apart: a long word has millions.
    fn add_other_case(&mut self, cell: &str, word: usize, rows: u64) {
        let is_full = self.other_case.len() >= MOST_VALUES;
        let key = (cell.to_string(), word);
        match self.other_case.get_mut(&key) {
            Some(known) => *known += rows,
            None if is_full => {}
            None => drop(self.other_case.insert(key, rows)),
        }
    }

    /// Whether this word of the vocabulary occurs.
    pub(super) fn occurs(&self, word: usize) -> bool {
        self.occurring.get(word).is_some_and(|occurs| *occurs)
    }

    /// Adds what was found in other rows.
    pub(super) fn extend(&mut self, other: CellFindings) {
        self.unrecognised.extend(other.unrecognised);
        other.other_case.iter().for_each(|((cell, word), rows)| self.add_other_case(cell, *word, *rows));
        let words = self.occurring.len().max(other.occurring.len());
        self.occurring.resize(words, false);
        self.occurring.iter_mut().zip(other.occurring).for_each(|(here, there)| *here |= there);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::vocabulary::Occurrences;

    #[test]
    fn findings_of_batches_add_up() {
        let meaning = |word, ignores_case| Meaning { word, level: 0, ignores_case };
        let (mut first, mut second) = (CellFindings::default(), CellFindings::default());
        first.add_meaning("KPA ", meaning(0, true), 2);
        second.add_meaning("KPA", meaning(0, true), 3);
        second.add_meaning("cpv", meaning(4, false), 1);
        second.unrecognised.add(Some("?"), Occurrences::once(7));
        first.extend(second);
        assert_eq!(first.other_case, BTreeMap::from([(("KPA".to_string(), 0), 5)]));
        assert_eq!([0, 1, 4, 9].map(|word| first.occurs(word)), [true, false, true, false]);
        assert_eq!(first.unrecognised.rows_with_a_value(), 1);
    }

    #[test]
    fn spellings_without_end_do_not_fill_the_memory() {
        let mut findings = CellFindings::default();
        let meaning = Meaning { word: 0, level: 0, ignores_case: true };
        (0..3_000).for_each(|number| findings.add_meaning(&format!("spelling {number}"), meaning, 1));
        assert_eq!(findings.other_case.len(), MOST_VALUES);
    }
}
