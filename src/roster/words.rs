use std::collections::BTreeMap;

use polars::prelude::*;

use super::cells::Cells;

/// Stands for a level that is not known.
pub(super) const UNKNOWN: u16 = u16::MAX;

/// How many different words without a meaning are counted one by one: a column of names mapped by mistake
/// must not fill the memory.
const MOST_WORDS: usize = 1_000;

/// What a roster's words mean for one attribute: few enough for the eye, so that looking through them
/// takes less time than a search.
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
    fn add(&mut self, more: Met) {
        if self.rows == 0 {
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

    /// In how many rows the level is not known.
    pub fn rows(&self) -> u64 {
        self.missing.rows + self.others.rows + self.words.values().map(|met| met.rows).sum::<u64>()
    }
}

impl Words {
    pub(super) fn new(words: impl IntoIterator<Item = (String, u8)>) -> Words {
        Words(words.into_iter().collect())
    }

    fn level(&self, word: &str) -> u16 {
        let word = word.trim();
        let known = self.0.iter().find(|(known, _)| known == word);
        known.map_or(UNKNOWN, |(_, level)| u16::from(*level))
    }

    /// The level of every cell of a column; the first is that of this row of the roster.
    pub(super) fn levels(&self, cells: &Cells, row: u64, met: &mut Strangers) -> Vec<u16> {
        match cells {
            Cells::Texts(texts) => self.of_texts(texts, row, met),
            Cells::Names { names, of_row } => self.of_names(names, of_row, row, met),
        }
    }

    fn of_texts(&self, texts: &StringChunked, row: u64, met: &mut Strangers) -> Vec<u16> {
        let level = |(row, text): (u64, Option<&str>)| {
            let level = text.map_or(UNKNOWN, |text| self.level(text));
            if level == UNKNOWN {
                met.add(text, Met { rows: 1, first: row });
            }
            level
        };
        (row..).zip(texts.iter()).map(level).collect()
    }

    fn of_names(&self, names: &[Option<String>], of_row: &[u32], row: u64, met: &mut Strangers) -> Vec<u16> {
        let mut of_name: Vec<u16> =
            names.iter().map(|name| name.as_ref().map_or(UNKNOWN, |name| self.level(name))).collect();
        // The last stands for cells that are empty.
        of_name.push(UNKNOWN);
        let number = |name: &u32| (*name as usize).min(names.len());
        let levels: Vec<u16> = of_row.iter().map(|name| of_name[number(name)]).collect();
        let mut by_name = vec![Met::default(); of_name.len()];
        for ((row, name), _) in (row..).zip(of_row).zip(&levels).filter(|(_, level)| **level == UNKNOWN) {
            by_name[number(name)].add(Met { rows: 1, first: row });
        }
        let names = names.iter().map(Option::as_deref).chain([None]);
        names.zip(by_name).filter(|(_, met)| met.rows > 0).for_each(|(name, more)| met.add(name, more));
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::level_column::LevelColumn;

    fn words() -> Words {
        Words::new([("north".to_string(), 0), ("south".into(), 1), ("Kyonggi".into(), 1)])
    }

    /// The same column as texts and as names gives the same levels and the same strangers.
    #[test]
    fn texts_and_names_mean_the_same() {
        let names = ["south", "Cheju", "north", " Kyonggi ", "Cheju", "", "nowhere"];
        let texts = Column::new("home".into(), names);
        let mut different = names.to_vec();
        different.dedup();
        different.remove(4);
        let numbers = names.iter().map(|name| different.iter().position(|n| n == name).unwrap() as u16);
        let levels = LevelColumn::new("home", different.clone()).unwrap().column(numbers);
        for column in [texts, levels] {
            let mut met = Strangers::default();
            let levels = words().levels(&Cells::of_column(&column).unwrap(), 10, &mut met);
            assert_eq!(levels, [1, UNKNOWN, 0, 1, UNKNOWN, UNKNOWN, UNKNOWN]);
            assert_eq!(met.rows(), 4);
            assert_eq!(met.words["Cheju"], Met { rows: 2, first: 11 });
            assert_eq!(met.words["nowhere"], Met { rows: 1, first: 16 });
            assert_eq!(met.missing, Met { rows: 1, first: 15 });
        }
    }

    #[test]
    fn numbers_and_absent_cells_are_words_too() {
        let words = Words::new([("1".to_string(), 0), ("2".into(), 1)]);
        let column = Column::new("captor".into(), [Some(1i64), None, Some(2), Some(3)]);
        let mut met = Strangers::default();
        let levels = words.levels(&Cells::of_column(&column).unwrap(), 0, &mut met);
        assert_eq!(levels, [0, UNKNOWN, 1, UNKNOWN]);
        assert_eq!((met.missing.rows, met.words["3"].rows), (1, 1));
    }

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
