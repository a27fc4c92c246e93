use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray};

/// A column of levels, outcomes or other names known beforehand: small numbers, with the names beside them.
#[derive(Debug, Clone)]
pub(super) struct LevelColumn {
    name: PlSmallStr,
    dtype: DataType,
}

impl LevelColumn {
    /// # Errors
    ///
    /// If there are more than 65,535 levels, or two have the same name.
    pub(super) fn new<'n>(
        name: &str,
        levels: impl IntoIterator<Item = &'n str>,
    ) -> Result<LevelColumn, String> {
        let levels = FrozenCategories::new(levels).map_err(|error| format!("column {name}: {error}"))?;
        if levels.physical() == CategoricalPhysical::U32 {
            return Err(format!("column {name}: more than {} levels", u16::MAX));
        }
        Ok(LevelColumn { name: name.into(), dtype: DataType::from_frozen_categories(levels) })
    }

    pub(super) fn field(&self) -> Field {
        Field::new(self.name.clone(), self.dtype.clone())
    }

    /// A cell for each row, given the number of its level.
    ///
    /// May be called by several threads at once: polars starts none of its own for it.
    pub(super) fn column(&self, rows: impl Iterator<Item = u16>) -> Column {
        let (name, dtype) = (self.name.clone(), self.dtype.clone());
        match dtype.cat_physical() {
            Ok(CategoricalPhysical::U8) => {
                let codes = UInt8Chunked::from_vec(name, rows.map(|code| code as u8).collect());
                Categorical8Chunked::from_cats_and_dtype(codes, dtype).into_column()
            }
            _ => {
                let codes = UInt16Chunked::from_vec(name, rows.collect());
                Categorical16Chunked::from_cats_and_dtype(codes, dtype).into_column()
            }
        }
    }

    /// The same as it is written to Parquet, where levels are few.
    ///
    /// # Errors
    ///
    /// If there is no level of some number.
    pub(super) fn array(&self, levels: Vec<u8>) -> PolarsResult<Box<dyn Array>> {
        let DataType::Enum(names, _) = &self.dtype else {
            polars_bail!(ComputeError: "not a column of levels");
        };
        let (levels, names) = (PrimitiveArray::from_vec(levels), names.categories().clone().boxed());
        Ok(DictionaryArray::try_from_keys(levels, names, true)?.boxed())
    }

    /// Its name and type as they stand in Parquet.
    pub(super) fn arrow_field(&self) -> ArrowField {
        self.field().to_arrow(CompatLevel::newest())
    }
}
