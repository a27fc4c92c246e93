//! Columns of names known beforehand, such as levels and outcomes: a small number per row, and the names
//! once.

use std::sync::Arc;

use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray};

use crate::domain::{Error, Problem};

/// A column whose cells are names from a fixed list, each by its number in the list.
#[derive(Debug, Clone)]
pub(super) struct LevelColumn {
    name: PlSmallStr,
    levels: Arc<FrozenCategories>,
}

impl LevelColumn {
    /// A column with these levels.
    ///
    /// # Errors
    ///
    /// If there are more than 65,535 levels, or two have the same name.
    pub(super) fn new<'n>(
        name: &str,
        levels: impl IntoIterator<Item = &'n str>,
    ) -> Result<LevelColumn, Error> {
        let refused = |why: String| Problem::new(format!("column `{name}` cannot be written: {why}"));
        let levels = FrozenCategories::new(levels).map_err(|error| refused(error.to_string()))?;
        if levels.physical() == CategoricalPhysical::U32 {
            return Err(refused(format!("it has more than {} levels", u16::MAX)).into());
        }
        Ok(LevelColumn { name: name.into(), levels })
    }

    /// The column's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The column's name and type in a table.
    pub(super) fn field(&self) -> Field {
        Field::new(self.name.clone(), self.dtype())
    }

    /// The column's name and type in a Parquet file.
    pub(super) fn arrow_field(&self) -> ArrowField {
        self.field().to_arrow(CompatLevel::newest())
    }

    fn dtype(&self) -> DataType {
        DataType::from_frozen_categories(self.levels.clone())
    }

    /// Cells for a table, by the number of their level.
    ///
    /// May be called by several threads at once: polars starts none of its own for it.
    pub(super) fn column(&self, rows: impl Iterator<Item = u16>) -> Column {
        let name = self.name.clone();
        match self.levels.physical() {
            CategoricalPhysical::U8 => {
                let codes = UInt8Chunked::from_vec(name, rows.map(|code| code as u8).collect());
                Categorical8Chunked::from_cats_and_dtype(codes, self.dtype()).into_column()
            }
            _ => {
                let codes = UInt16Chunked::from_vec(name, rows.collect());
                Categorical16Chunked::from_cats_and_dtype(codes, self.dtype()).into_column()
            }
        }
    }

    /// Cells for a Parquet file, by the number of their level, of a column with few levels.
    ///
    /// # Errors
    ///
    /// If polars refuses a number that has no level.
    pub(super) fn array(&self, rows: Vec<u8>) -> PolarsResult<Box<dyn Array>> {
        let (rows, levels) = (PrimitiveArray::from_vec(rows), self.levels.categories().clone().boxed());
        Ok(DictionaryArray::try_from_keys(rows, levels, true)?.boxed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(column: &Column) -> Vec<String> {
        let texts = column.cast(&DataType::String).unwrap();
        texts.str().unwrap().iter().map(|text| text.unwrap().to_string()).collect()
    }

    #[test]
    fn cells_have_the_names_of_their_levels() {
        let few = LevelColumn::new("few", ["north", "south"]).unwrap();
        assert_eq!(texts(&few.column([1, 0, 1].into_iter())), ["south", "north", "south"]);
        let names: Vec<String> = (0..1_000).map(|level| format!("level {level}")).collect();
        let many = LevelColumn::new("many", names.iter().map(String::as_str)).unwrap();
        assert_eq!(texts(&many.column([999, 7].into_iter())), ["level 999", "level 7"]);
    }

    #[test]
    fn a_column_for_parquet_has_the_same_cells() {
        let column = LevelColumn::new("home", ["north", "south"]).unwrap();
        let array = Series::try_from((PlSmallStr::EMPTY, column.array(vec![1, 0, 1]).unwrap())).unwrap();
        assert_eq!(texts(&array.into_column()), ["south", "north", "south"]);
    }

    #[test]
    fn two_levels_of_one_name_are_refused() {
        let error = LevelColumn::new("home", ["north", "north"]).unwrap_err().to_string();
        assert!(error.contains("column `home` cannot be written"), "{error}");
    }
}
