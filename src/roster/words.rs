use std::collections::BTreeMap;

use polars::prelude::*;

/// Stands for a level that is not known.
pub(super) const UNKNOWN: u16 = u16::MAX;

/// How many different words without a meaning are counted one by one: a column of names mapped by mistake
/// must not fill the memory.
const MOST_WORDS: usize = 1_000;

/// What a roster's words mean for one attribute.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(BTreeMap<String, u8>);

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

/// A column as texts or as names that are kept once, whatever it was.
///
/// # Errors
///
/// If it is of a type that cannot be shown as text.
pub(super) fn readable(column: &Column) -> PolarsResult<Column> {
    match column.dtype() {
        DataType::Enum(..) | DataType::Categorical(..) | DataType::String => Ok(column.clone()),
        _ => column.cast(&DataType::String),
    }
}

impl Words {
    pub(super) fn new(words: impl IntoIterator<Item = (String, u8)>) -> Words {
        Words(words.into_iter().collect())
    }

    fn level(&self, word: &str) -> u16 {
        self.0.get(word.trim()).map_or(UNKNOWN, |level| u16::from(*level))
    }

    /// The level of every row of a [`readable`] column, which begins at this row of the roster.
    ///
    /// # Errors
    ///
    /// If the column is not readable.
    pub(super) fn levels(&self, column: &Column, row: u64, met: &mut Strangers) -> PolarsResult<Vec<u16>> {
        let series = column.as_materialized_series();
        let physical = match series.dtype() {
            DataType::String => return Ok(self.of_texts(series.str()?, row, met)),
            dtype => dtype.cat_physical()?,
        };
        let names = series.dtype().cat_mapping()?;
        let names: Vec<Option<&str>> =
            (0..names.num_cats_upper_bound()).map(|name| names.cat_to_str(name as u32)).collect();
        Ok(match physical {
            CategoricalPhysical::U8 => self.of_names(series.cat8()?.physical(), &names, row, met),
            CategoricalPhysical::U16 => self.of_names(series.cat16()?.physical(), &names, row, met),
            CategoricalPhysical::U32 => self.of_names(series.cat32()?.physical(), &names, row, met),
        })
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

    fn of_names<T>(
        &self,
        of_row: &ChunkedArray<T>,
        names: &[Option<&str>],
        row: u64,
        met: &mut Strangers,
    ) -> Vec<u16>
    where
        T: PolarsNumericType,
        T::Native: Into<u64>,
    {
        let of_name: Vec<u16> = names.iter().map(|n| n.map_or(UNKNOWN, |name| self.level(name))).collect();
        let level = |name: T::Native| -> u16 { of_name[Into::<u64>::into(name) as usize] };
        let levels: Vec<u16> = match of_row.null_count() {
            0 => of_row.into_no_null_iter().map(level).collect(),
            _ => of_row.iter().map(|name| name.map_or(UNKNOWN, level)).collect(),
        };
        if of_row.null_count() > 0 || of_name.contains(&UNKNOWN) {
            let mut by_name = vec![Met::default(); names.len() + 1];
            let unknown = (row..).zip(of_row.iter()).zip(&levels).filter(|(_, level)| **level == UNKNOWN);
            for ((row, name), _) in unknown {
                let name = name.map_or(names.len(), |name| Into::<u64>::into(name) as usize);
                by_name[name].add(Met { rows: 1, first: row });
            }
            let names = names.iter().copied().chain([None]);
            names.zip(by_name).filter(|(_, met)| met.rows > 0).for_each(|(name, more)| met.add(name, more));
        }
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
            let column = readable(&column).unwrap();
            let levels = words().levels(&column, 10, &mut met).unwrap();
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
        let levels = words.levels(&readable(&column).unwrap(), 0, &mut met).unwrap();
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
