//! From cells to partial profiles: each cell of a column becomes a term that is added to its row.
//!
//! A column with few distinct values looks each value up once, not once per row: see [`Cells::Coded`].

use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, DictionaryKey, Utf8ViewArray};

use super::cell_findings::CellFindings;
use super::partial_profile::{Encoding, PartialProfile};
use super::vocabulary::{Meaning, Occurrences, Vocabulary};

/// The cells of a column that holds levels, in one batch of rows.
#[derive(Debug)]
pub(super) enum Cells {
    /// Texts, cell by cell.
    Texts(StringChunked),
    /// Each distinct value once, and the number of its value for each row.
    Coded {
        /// The values by number; absent where a number is not in use.
        values: Vec<Option<String>>,
        /// For each row the number of its value.
        codes: Codes,
    },
}

/// Numbers of values, no wider than needed. The largest number of the type stands for a missing cell.
#[derive(Debug)]
pub(super) enum Codes {
    /// For fewer than 255 values.
    Narrow(Vec<u8>),
    /// For more.
    Wide(Vec<u32>),
}

/// The numbers by which people find the rows of a batch in its file.
#[derive(Debug)]
pub(super) enum RowNumbers {
    /// Consecutive numbers from this one.
    From(u64),
    /// A number for each row.
    Each(Vec<u64>),
}

impl RowNumbers {
    /// The number of a row of the batch, counted from 0.
    pub(super) fn of(&self, row: usize) -> u64 {
        match self {
            RowNumbers::From(first) => first + row as u64,
            RowNumbers::Each(numbers) => numbers[row],
        }
    }
}

impl Codes {
    /// Codes of this many values.
    fn new(values: usize, codes: impl Iterator<Item = Option<usize>>) -> Codes {
        match values < usize::from(u8::MAX) {
            true => Codes::Narrow(codes.map(|code| code.map_or(u8::MAX, |code| code as u8)).collect()),
            false => Codes::Wide(codes.map(|code| code.map_or(u32::MAX, |code| code as u32)).collect()),
        }
    }
}

impl Cells {
    /// The cells of a table's column, whatever its type: numbers and dates become texts.
    ///
    /// # Errors
    ///
    /// If the values have no text.
    pub(super) fn of_column(column: &Column) -> PolarsResult<Cells> {
        let series = column.as_materialized_series();
        let physical = match series.dtype() {
            DataType::String => return Ok(Cells::Texts(series.str()?.clone())),
            DataType::Enum(..) | DataType::Categorical(..) => series.dtype().cat_physical()?,
            _ => return Ok(Cells::Texts(series.cast(&DataType::String)?.str()?.clone())),
        };
        let categories = series.dtype().cat_mapping()?;
        let values = (0..categories.num_cats_upper_bound()).map(|code| categories.cat_to_str(code as u32));
        let values: Vec<Option<String>> = values.map(|value| value.map(String::from)).collect();
        let codes = match physical {
            CategoricalPhysical::U8 => codes_of(values.len(), series.cat8()?.physical()),
            CategoricalPhysical::U16 => codes_of(values.len(), series.cat16()?.physical()),
            CategoricalPhysical::U32 => codes_of(values.len(), series.cat32()?.physical()),
        };
        Ok(Cells::Coded { values, codes })
    }

    /// The cells of a column as Parquet holds it. A table would look up the value of every row of a
    /// dictionary; here its numbers stay numbers.
    ///
    /// # Errors
    ///
    /// If the values have no text.
    pub(super) fn of_array(array: Box<dyn Array>) -> PolarsResult<Cells> {
        let unsigned = read_dictionary::<u8>(&*array)
            .or_else(|| read_dictionary::<u16>(&*array))
            .or_else(|| read_dictionary::<u32>(&*array));
        let coded = unsigned
            .or_else(|| read_dictionary::<i8>(&*array))
            .or_else(|| read_dictionary::<i16>(&*array))
            .or_else(|| read_dictionary::<i32>(&*array))
            .or_else(|| read_dictionary::<i64>(&*array));
        match coded {
            Some(cells) => Ok(cells),
            None => Cells::of_column(&Series::try_from((PlSmallStr::EMPTY, array))?.into_column()),
        }
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Cells::Texts(texts) => texts.len(),
            Cells::Coded { codes: Codes::Narrow(codes), .. } => codes.len(),
            Cells::Coded { codes: Codes::Wide(codes), .. } => codes.len(),
        }
    }
}

/// The codes of a categorical column with this many categories.
fn codes_of<T>(values: usize, codes: &ChunkedArray<T>) -> Codes
where
    T: PolarsNumericType,
    T::Native: Into<u64>,
{
    Codes::new(values, codes.iter().map(|code| code.map(|code| code.into() as usize)))
}

/// The values and codes of a dictionary of texts whose codes are of this type.
fn read_dictionary<K: DictionaryKey>(array: &dyn Array) -> Option<Cells> {
    let array = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
    let values = array.values().as_any().downcast_ref::<Utf8ViewArray>()?;
    let values: Vec<Option<String>> = values.iter().map(|value| value.map(String::from)).collect();
    let codes = match array.validity() {
        None => Codes::new(values.len(), array.keys_values_iter().map(Some)),
        Some(_) => Codes::new(values.len(), array.keys_iter()),
    };
    Some(Cells::Coded { values, codes })
}

/// Turns the cells of one attribute's column into terms of partial profiles.
#[derive(Debug)]
pub(super) struct Resolver {
    vocabulary: Vocabulary,
    of_level: Vec<PartialProfile>,
    /// The term of a cell without a value.
    missing: PartialProfile,
    /// The term of a cell whose value is not in the vocabulary.
    unrecognised: PartialProfile,
}

impl Resolver {
    /// A resolver for this attribute. A cell without a value counts as the level `fill`, if there is one.
    pub(super) fn new(
        encoding: &Encoding,
        attribute: usize,
        vocabulary: Vocabulary,
        fill: Option<u8>,
    ) -> Resolver {
        Resolver {
            vocabulary,
            of_level: encoding.terms(attribute),
            missing: encoding.term(attribute, fill),
            unrecognised: encoding.term(attribute, None),
        }
    }

    /// The words that it knows.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Adds the term of each cell to its row and reports what was found in the cells.
    pub(super) fn add_terms(
        &self,
        cells: &Cells,
        numbers: &RowNumbers,
        rows: &mut [PartialProfile],
    ) -> CellFindings {
        match cells {
            Cells::Texts(texts) => self.add_texts(texts, numbers, rows),
            Cells::Coded { values, codes: Codes::Narrow(codes) } => {
                // As many terms as a byte has values: no index needs to be checked.
                let mut terms = Box::new([self.missing; 256]);
                terms.iter_mut().zip(values).for_each(|(term, value)| *term = self.term(value.as_deref()));
                rows.iter_mut().zip(codes).for_each(|(row, code)| row.add(terms[usize::from(*code)]));
                self.count_findings(values, codes, u8::MAX, numbers)
            }
            Cells::Coded { values, codes: Codes::Wide(codes) } => {
                let terms: Vec<PartialProfile> =
                    values.iter().map(|value| self.term(value.as_deref())).chain([self.missing]).collect();
                let last = terms.len() - 1;
                let term = |code: u32| terms[(code as usize).min(last)];
                rows.iter_mut().zip(codes).for_each(|(row, code)| row.add(term(*code)));
                self.count_findings(values, codes, u32::MAX, numbers)
            }
        }
    }

    fn add_texts(
        &self,
        texts: &StringChunked,
        numbers: &RowNumbers,
        rows: &mut [PartialProfile],
    ) -> CellFindings {
        let mut findings = CellFindings::default();
        for ((number, row), text) in rows.iter_mut().enumerate().zip(texts.iter()) {
            match text.and_then(|text| Some((text, self.vocabulary.find(text)?))) {
                Some((text, meaning)) => {
                    row.add(self.of_level[usize::from(meaning.level)]);
                    findings.add_meaning(text, meaning, 1);
                }
                None => {
                    row.add(self.term_without_level(text));
                    findings.unrecognised.add(text, Occurrences::once(numbers.of(number)));
                }
            }
        }
        findings
    }

    fn term(&self, value: Option<&str>) -> PartialProfile {
        match value.and_then(|value| self.vocabulary.find(value)) {
            Some(meaning) => self.of_level[usize::from(meaning.level)],
            None => self.term_without_level(value),
        }
    }

    fn term_without_level(&self, value: Option<&str>) -> PartialProfile {
        if value.is_none_or(|value| value.trim().is_empty()) { self.missing } else { self.unrecognised }
    }

    /// Counts the rows whose code stands for no level, or for one that is not spelled as its word is; notes which of
    /// the roster's own words occur.
    fn count_findings<C: Copy + PartialEq + Into<u32>>(
        &self,
        values: &[Option<String>],
        codes: &[C],
        missing: C,
        numbers: &RowNumbers,
    ) -> CellFindings {
        let meanings = values.iter().map(|value| self.vocabulary.find(value.as_deref()?));
        let meanings: Vec<Option<Meaning>> = meanings.collect();
        // Rows are only looked at if some value has to be counted. One more, for missing cells.
        let is_counted = |meaning: &Option<Meaning>| {
            let own = |meaning: &Meaning| self.vocabulary.words()[meaning.word].is_own;
            meaning.as_ref().is_none_or(|meaning| meaning.ignores_case || own(meaning))
        };
        let counted: Vec<bool> = meanings.iter().map(is_counted).chain([true]).collect();
        let mut occurrences = vec![Occurrences::default(); counted.len()];
        if counted[..values.len()].contains(&true) || codes.contains(&missing) {
            for (row, code) in codes.iter().enumerate() {
                let code = (Into::<u32>::into(*code) as usize).min(values.len());
                if counted[code] {
                    occurrences[code].add(Occurrences::once(numbers.of(row)));
                }
            }
        }
        let cells = values.iter().map(Option::as_deref).zip(meanings).chain([(None, None)]);
        gather(cells.zip(occurrences).filter(|(_, occurrences)| occurrences.rows > 0))
    }
}

/// What was found in cells that occur in these rows.
fn gather<'a>(
    cells: impl Iterator<Item = ((Option<&'a str>, Option<Meaning>), Occurrences)>,
) -> CellFindings {
    let mut findings = CellFindings::default();
    for ((cell, meaning), rows) in cells {
        match (cell, meaning) {
            (Some(cell), Some(meaning)) => findings.add_meaning(cell, meaning, rows.rows),
            _ => findings.unrecognised.add(cell, rows),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Space, Variable};
    use crate::roster::level_column::LevelColumn;
    use crate::roster::vocabulary::{Unrecognised, Word};

    /// An attribute `home` with two levels; `Kyonggi` is another word for the second.
    fn resolver(fill: Option<u8>) -> (Encoding, Resolver) {
        let levels = ["north", "south"].map(String::from).to_vec();
        let encoding = Encoding::new(&Space::new(vec![Variable { name: "home".into(), levels }]).unwrap());
        let words = [("north", 0, false), ("south", 1, false), ("Kyonggi", 1, true), ("Seoul", 1, true)];
        let words = words.map(|(text, level, is_own)| Word { text: text.into(), level, is_own });
        let resolver = Resolver::new(&encoding, 0, Vocabulary::new(words), fill);
        (encoding, resolver)
    }

    /// The levels that the cells of a batch give, which begins at row 11, and those that give none.
    fn resolve(cells: &Cells, fill: Option<u8>) -> (Vec<Option<u8>>, Unrecognised) {
        let (levels, findings) = resolve_and_find(cells, fill);
        (levels, findings.unrecognised)
    }

    fn resolve_and_find(cells: &Cells, fill: Option<u8>) -> (Vec<Option<u8>>, CellFindings) {
        let (encoding, resolver) = resolver(fill);
        let mut rows = vec![PartialProfile::default(); cells.len()];
        let findings = resolver.add_terms(cells, &RowNumbers::From(11), &mut rows);
        let level = |row| [Some(0), Some(1)].into_iter().find(|level| encoding.term(0, *level) == row);
        (rows.into_iter().map(|row| level(row).flatten()).collect(), findings)
    }

    /// The same cells as texts, with narrow codes and with wide ones.
    fn in_every_form(cells: &[&str]) -> [Cells; 3] {
        let coded = |more: usize| {
            let mut values: Vec<String> = (0..more).map(|number| format!("name {number}")).collect();
            values.extend(cells.iter().map(|cell| cell.to_string()));
            values.sort();
            values.dedup();
            let codes =
                cells.iter().map(|cell| values.iter().position(|value| value == cell).unwrap() as u16);
            let column = LevelColumn::new("home", values.iter().map(String::as_str)).unwrap();
            Cells::of_column(&column.column(codes)).unwrap()
        };
        [Cells::of_column(&Column::new("home".into(), cells)).unwrap(), coded(0), coded(300)]
    }

    const CELLS: [&str; 8] = ["south", "Cheju", "north", " Kyonggi ", " Cheju", "", "nowhere", " "];

    #[test]
    fn texts_and_codes_mean_the_same() {
        for cells in in_every_form(&CELLS) {
            let (levels, unrecognised) = resolve(&cells, None);
            assert_eq!(levels, [Some(1), None, Some(0), Some(1), None, None, None, None]);
            assert_eq!(unrecognised.values["Cheju"], Occurrences { rows: 2, first: 12 });
            assert_eq!(unrecognised.values["nowhere"], Occurrences { rows: 1, first: 17 });
            assert_eq!(unrecognised.missing, Occurrences { rows: 2, first: 16 });
            assert_eq!(unrecognised.rows_with_a_value(), 3);
        }
    }

    #[test]
    fn other_case_and_normal_form_are_found_in_every_form() {
        for cells in in_every_form(&["SOUTH", "kyonggi", "Kyonggi", "SOUTH", "north"]) {
            let (levels, findings) = resolve_and_find(&cells, None);
            assert_eq!(levels, [Some(1), Some(1), Some(1), Some(1), Some(0)]);
            let (_, resolver) = resolver(None);
            let words = resolver.vocabulary().words();
            let position = |text: &str| words.iter().position(|word| word.text == text).unwrap();
            let spelling = |cell: &str, word| (cell.to_string(), position(word));
            let expected = [(spelling("SOUTH", "south"), 2), (spelling("kyonggi", "Kyonggi"), 1)];
            assert_eq!(findings.other_case, expected.into());
            assert!(findings.occurs(position("Kyonggi")) && !findings.occurs(position("Seoul")));
        }
    }

    #[test]
    fn missing_cells_are_filled_and_unrecognised_values_are_not() {
        for cells in in_every_form(&CELLS) {
            let (levels, unrecognised) = resolve(&cells, Some(1));
            assert_eq!(levels, [Some(1), None, Some(0), Some(1), None, Some(1), None, Some(1)]);
            assert_eq!(unrecognised.missing.rows, 2);
        }
    }

    #[test]
    fn numbers_and_absent_cells_have_texts_too() {
        let cells = Cells::of_column(&Column::new("home".into(), [Some(1i64), None, Some(2)])).unwrap();
        let (levels, unrecognised) = resolve(&cells, None);
        assert_eq!(levels, [None; 3]);
        assert_eq!((unrecognised.missing.first, unrecognised.values["2"].first), (12, 13));
    }

    #[test]
    fn absent_codes_are_missing_cells() {
        for more in [0, 300] {
            let names = (0..more).map(|number| format!("name {number}")).chain(["south".to_string()]);
            let values: Vec<Option<String>> = names.map(Some).collect();
            let codes = Codes::new(values.len(), [Some(more), None].into_iter());
            let (levels, unrecognised) = resolve(&Cells::Coded { values, codes }, Some(0));
            assert_eq!(levels, [Some(1), Some(0)]);
            assert_eq!(unrecognised.missing, Occurrences { rows: 1, first: 12 });
        }
    }

    #[test]
    fn rows_keep_the_numbers_of_their_lines() {
        let (_, resolver) = resolver(None);
        let cells = Cells::of_column(&Column::new("home".into(), ["south", "?"])).unwrap();
        let numbers = RowNumbers::Each(vec![2, 5]);
        let findings = resolver.add_terms(&cells, &numbers, &mut [PartialProfile::default(); 2]);
        assert_eq!(findings.unrecognised.values["?"].first, 5);
    }
}
