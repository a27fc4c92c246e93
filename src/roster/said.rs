use polars::prelude::StringChunked;

use super::cells::{Cells, Numbers};
use super::known::{Attributes, Known};
use super::mapping::Origin;
use super::words::{Met, Strangers, UNKNOWN, Words};

/// What a batch of rows says of one attribute.
pub(super) enum Said<'c> {
    /// By texts, each to be looked up.
    Texts { words: &'c Words, texts: &'c StringChunked, of_level: Vec<Known>, unknown: Known },
    /// By a few names, which have been looked up.
    Few { of_row: &'c [u8], names: Names<'c>, of_name: Box<[Known; 256]> },
    /// By more names.
    Many { of_row: &'c [u32], names: Names<'c>, of_name: Vec<Known> },
    /// The same of everybody, perhaps nothing.
    Same(Known),
}

/// Names by number, and whether each means nothing.
pub(super) struct Names<'c> {
    names: &'c [Option<String>],
    strange: Vec<bool>,
}

impl<'c> Said<'c> {
    pub(super) fn new(
        attributes: &Attributes,
        attribute: usize,
        origin: &'c Origin,
        cells: &'c Option<Cells>,
    ) -> Self {
        let known = |level: u16| attributes.known(attribute, level);
        let (words, cells) = match (origin, cells) {
            (Origin::Column(_, words), Some(cells)) => (words, cells),
            (Origin::Everybody(level), _) => return Said::Same(known(u16::from(*level))),
            _ => return Said::Same(known(UNKNOWN)),
        };
        let (names, of_row) = match cells {
            Cells::Texts(texts) => {
                let of_level = (0..attributes.levels(attribute)).map(known).collect();
                return Said::Texts { words, texts, of_level, unknown: known(UNKNOWN) };
            }
            Cells::Names { names, of_row } => (names, of_row),
        };
        let levels = names.iter().map(|name| name.as_ref().map_or(UNKNOWN, |name| words.level(name)));
        let strange = levels.clone().map(|level| level == UNKNOWN).collect();
        let levels = levels.map(known);
        let names = Names { names, strange };
        match of_row {
            Numbers::Narrow(of_row) => {
                let mut of_name = Box::new([known(UNKNOWN); 256]);
                of_name.iter_mut().zip(levels).for_each(|(of_name, level)| *of_name = level);
                Said::Few { of_row, names, of_name }
            }
            Numbers::Wide(of_row) => {
                Said::Many { of_row, names, of_name: levels.chain([known(UNKNOWN)]).collect() }
            }
        }
    }

    /// Adds it to what is known of people, and gives what means no level. The batch begins at this row of the
    /// roster.
    pub(super) fn add(&self, first: u64, known: &mut [Known]) -> Strangers {
        let mut strangers = Strangers::default();
        match self {
            Said::Same(said) => known.iter_mut().for_each(|known| known.add(*said)),
            Said::Few { of_row, names, of_name } => {
                known
                    .iter_mut()
                    .zip(*of_row)
                    .for_each(|(known, name)| known.add(of_name[usize::from(*name)]));
                if names.strange.contains(&true) || of_row.contains(&u8::MAX) {
                    names.strangers(first, of_row, &mut strangers);
                }
            }
            Said::Many { of_row, names, of_name } => {
                let last = of_name.len() - 1;
                let name = |name: &u32| of_name[(*name as usize).min(last)];
                known.iter_mut().zip(*of_row).for_each(|(known, number)| known.add(name(number)));
                if names.strange.contains(&true) || of_row.contains(&u32::MAX) {
                    names.strangers(first, of_row, &mut strangers);
                }
            }
            Said::Texts { words, texts, of_level, unknown } => {
                for ((row, known), text) in (first..).zip(known).zip(texts.iter()) {
                    let level = text.map_or(UNKNOWN, |text| words.level(text));
                    known.add(of_level.get(usize::from(level)).copied().unwrap_or(*unknown));
                    if level == UNKNOWN {
                        strangers.add(text, Met { rows: 1, first: row });
                    }
                }
            }
        }
        strangers
    }
}

impl Names<'_> {
    /// Rows with names that mean nothing, or with none; the first is that of this row of the roster.
    fn strangers<N: Copy + Into<u32>>(&self, first: u64, of_row: &[N], strangers: &mut Strangers) {
        let mut met = vec![Met::default(); self.names.len() + 1];
        for (row, name) in (first..).zip(of_row) {
            let name = (Into::<u32>::into(*name) as usize).min(self.names.len());
            if self.strange.get(name).copied().unwrap_or(true) {
                met[name].add(Met { rows: 1, first: row });
            }
        }
        let names = self.names.iter().map(Option::as_deref).chain([None]);
        names.zip(met).filter(|(_, met)| met.rows > 0).for_each(|(name, met)| strangers.add(name, met));
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::domain::{Space, Variable};
    use crate::roster::level_column::LevelColumn;

    fn attributes() -> Attributes {
        let levels = ["north", "south"].map(String::from).to_vec();
        Attributes::new(&Space::new(vec![Variable { name: "home".into(), levels }]).unwrap())
    }

    fn origin() -> Origin {
        let words = [("north".to_string(), 0), ("south".into(), 1), ("Kyonggi".into(), 1)];
        Origin::Column("home".into(), Words::new(words))
    }

    /// What cells say in a batch that begins at row 10 of a roster.
    fn said(column: &Column) -> (Vec<Known>, Strangers) {
        let (attributes, origin, cells) = (attributes(), origin(), Some(Cells::of_column(column).unwrap()));
        let said = Said::new(&attributes, 0, &origin, &cells);
        let mut known = vec![Known::default(); column.len()];
        let met = said.add(10, &mut known);
        (known, met)
    }

    /// The same column as texts, as a few names and as very many gives the same levels and strangers.
    #[test]
    fn texts_and_names_mean_the_same() {
        let names = ["south", "Cheju", "north", " Kyonggi ", "Cheju", "", "nowhere"];
        let level = |level| attributes().known(0, level);
        let unknown = level(UNKNOWN);
        for more in [0, 300] {
            let mut different: Vec<String> = (0..more).map(|number| format!("name {number}")).collect();
            different.extend(["south", "Cheju", "north", " Kyonggi ", "", "nowhere"].map(String::from));
            let numbers = names.iter().map(|name| different.iter().position(|n| n == name).unwrap() as u16);
            let levels = LevelColumn::new("home", different.iter().map(String::as_str)).unwrap();
            for column in [Column::new("home".into(), names), levels.column(numbers)] {
                let (known, met) = said(&column);
                assert_eq!(known, [level(1), unknown, level(0), level(1), unknown, unknown, unknown]);
                assert_eq!(met.rows(), 4);
                assert_eq!(met.words["Cheju"], Met { rows: 2, first: 11 });
                assert_eq!(met.words["nowhere"], Met { rows: 1, first: 16 });
                assert_eq!(met.missing, Met { rows: 1, first: 15 });
            }
        }
    }

    #[test]
    fn numbers_and_absent_cells_are_words_too() {
        let (known, met) = said(&Column::new("home".into(), [Some(1i64), None, Some(2)]));
        assert_eq!(known, [attributes().known(0, UNKNOWN); 3]);
        assert_eq!((met.missing.rows, met.words["1"].first, met.words["2"].first), (1, 10, 12));
    }
}
