use std::collections::BTreeMap;

/// Stands for a level that is not known.
pub(super) const UNKNOWN: u16 = u16::MAX;

/// How many different words without a meaning are counted one by one: a column of names mapped by mistake
/// must not fill the memory.
const MOST_WORDS: usize = 1_000;

/// What a roster's words mean for one attribute, in the order of the words.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Vec<(String, u8)>);

/// Words of a column that mean no level, and rows without any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strangers {
    /// Rows without a word.
    pub missing: Met,
    /// Words that mean nothing, by word.
    pub words: BTreeMap<String, Met>,
    /// Rows with further such words, where there are very many.
    pub others: Met,
}

/// How many rows, and the first of them, counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// How many.
    pub rows: u64,
    /// The first.
    pub first: u64,
}

impl Met {
    pub(super) fn add(&mut self, more: Met) {
        if self.rows == 0 && more.rows > 0 {
            self.first = more.first;
        }
        self.rows += more.rows;
    }
}

impl Strangers {
    /// Adds rows with a word, or without; rows are added in order.
    pub(super) fn add(&mut self, word: Option<&str>, met: Met) {
        let word = word.map(str::trim).filter(|word| !word.is_empty());
        let Some(word) = word else { return self.missing.add(met) };
        if let Some(known) = self.words.get_mut(word) {
            known.add(met);
        } else if self.words.len() < MOST_WORDS {
            self.words.insert(word.into(), met);
        } else {
            self.others.add(met);
        }
    }

    /// Adds those of later rows.
    pub(super) fn extend(&mut self, later: Strangers) {
        self.missing.add(later.missing);
        later.words.iter().for_each(|(word, met)| self.add(Some(word), *met));
        self.others.add(later.others);
    }

    /// In how many rows the level is not known.
    pub fn rows(&self) -> u64 {
        self.missing.rows + self.others.rows + self.words.values().map(|met| met.rows).sum::<u64>()
    }
}

impl Words {
    pub(super) fn new(words: impl IntoIterator<Item = (String, u8)>) -> Words {
        let mut words: Vec<(String, u8)> = words.into_iter().collect();
        words.sort_unstable();
        Words(words)
    }

    /// The level that a word means, or [`UNKNOWN`].
    pub(super) fn level(&self, word: &str) -> u16 {
        let word = word.trim();
        let place = self.0.binary_search_by(|(known, _)| known.as_str().cmp(word));
        place.map_or(UNKNOWN, |place| u16::from(self.0[place].1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn very_many_words_do_not_fill_the_memory() {
        let mut met = Strangers::default();
        for row in 0..3_000 {
            met.add(Some(&format!("name {row}")), Met { rows: 1, first: row });
        }
        assert_eq!((met.words.len(), met.rows()), (MOST_WORDS, 3_000));
        assert_eq!(met.others, Met { rows: 2_000, first: 1_000 });
    }
}
