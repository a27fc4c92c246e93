use polars::prelude::*;

/// A column of levels, outcomes or other names known beforehand: small numbers, with the names beside them.
#[derive(Debug, Clone)]
pub(super) struct LevelColumn {
    name: PlSmallStr,
    dtype: DataType,
}

/// The numbers of some rows' levels, no wider than they must be.
pub(super) enum Codes {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
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

    /// The rows' levels by number, ready to become a column.
    pub(super) fn codes(&self, rows: impl Iterator<Item = u16>) -> Codes {
        match self.dtype.cat_physical() {
            Ok(CategoricalPhysical::U8) => Codes::Narrow(rows.map(|code| code as u8).collect()),
            _ => Codes::Wide(rows.collect()),
        }
    }

    pub(super) fn column(&self, codes: Codes) -> Column {
        let (name, dtype) = (self.name.clone(), self.dtype.clone());
        match codes {
            Codes::Narrow(codes) => {
                let codes = UInt8Chunked::from_vec(name, codes);
                Categorical8Chunked::from_cats_and_dtype(codes, dtype).into_column()
            }
            Codes::Wide(codes) => {
                let codes = UInt16Chunked::from_vec(name, codes);
                Categorical16Chunked::from_cats_and_dtype(codes, dtype).into_column()
            }
        }
    }
}
