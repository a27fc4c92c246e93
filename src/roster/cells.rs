use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, DictionaryKey, Utf8ViewArray};

/// The cells of a column that may hold levels.
#[derive(Debug)]
pub(super) enum Cells {
    /// Texts.
    Texts(StringChunked),
    /// Names, each kept once, and the number of that of each row.
    Names {
        /// The names by number; absent where a number is not in use.
        names: Vec<Option<String>>,
        /// For each row its name's number.
        of_row: Numbers,
    },
}

/// Numbers of names, no wider than they must be; the largest stands for a cell without a name.
#[derive(Debug)]
pub(super) enum Numbers {
    /// Of fewer than 255 names.
    Narrow(Vec<u8>),
    /// Of more.
    Wide(Vec<u32>),
}

impl Numbers {
    /// Of so many names, in rows.
    fn new(names: usize, of_row: impl Iterator<Item = Option<usize>>) -> Numbers {
        match names < usize::from(u8::MAX) {
            true => Numbers::Narrow(of_row.map(|name| name.map_or(u8::MAX, |name| name as u8)).collect()),
            false => Numbers::Wide(of_row.map(|name| name.map_or(u32::MAX, |name| name as u32)).collect()),
        }
    }
}

impl Cells {
    /// The cells of a column, whatever it holds: numbers and dates are texts here.
    ///
    /// # Errors
    ///
    /// If they cannot be shown as text.
    pub(super) fn of_column(column: &Column) -> PolarsResult<Cells> {
        let series = column.as_materialized_series();
        let physical = match series.dtype() {
            DataType::String => return Ok(Cells::Texts(series.str()?.clone())),
            DataType::Enum(..) | DataType::Categorical(..) => series.dtype().cat_physical()?,
            _ => return Ok(Cells::Texts(series.cast(&DataType::String)?.str()?.clone())),
        };
        let names = series.dtype().cat_mapping()?;
        let names = (0..names.num_cats_upper_bound()).map(|name| names.cat_to_str(name as u32));
        let names: Vec<Option<String>> = names.map(|name| name.map(String::from)).collect();
        let of_row = match physical {
            CategoricalPhysical::U8 => numbers(names.len(), series.cat8()?.physical()),
            CategoricalPhysical::U16 => numbers(names.len(), series.cat16()?.physical()),
            CategoricalPhysical::U32 => numbers(names.len(), series.cat32()?.physical()),
        };
        Ok(Cells::Names { names, of_row })
    }

    /// The cells of a column as it is read from Parquet. A column of names would become a table's only
    /// after each row's has been looked up.
    ///
    /// # Errors
    ///
    /// If they cannot be shown as text.
    pub(super) fn of_array(array: Box<dyn Array>) -> PolarsResult<Cells> {
        let names = names::<u8>(&*array).or_else(|| names::<u16>(&*array)).or_else(|| names::<u32>(&*array));
        let names = names.or_else(|| self::names::<i8>(&*array)).or_else(|| self::names::<i16>(&*array));
        let names = names.or_else(|| self::names::<i32>(&*array)).or_else(|| self::names::<i64>(&*array));
        match names {
            Some(cells) => Ok(cells),
            None => Cells::of_column(&Series::try_from((PlSmallStr::EMPTY, array))?.into_column()),
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Cells::Texts(texts) => texts.len(),
            Cells::Names { of_row: Numbers::Narrow(of_row), .. } => of_row.len(),
            Cells::Names { of_row: Numbers::Wide(of_row), .. } => of_row.len(),
        }
    }
}

fn numbers<T>(names: usize, of_row: &ChunkedArray<T>) -> Numbers
where
    T: PolarsNumericType,
    T::Native: Into<u64>,
{
    Numbers::new(names, of_row.iter().map(|name| name.map(|name| name.into() as usize)))
}

/// Names and numbers, if the array has names numbered in this type.
fn names<K: DictionaryKey>(array: &dyn Array) -> Option<Cells> {
    let array = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
    let names = array.values().as_any().downcast_ref::<Utf8ViewArray>()?;
    let names: Vec<Option<String>> = names.iter().map(|name| name.map(String::from)).collect();
    let of_row = match array.validity() {
        None => Numbers::new(names.len(), array.keys_values_iter().map(Some)),
        Some(_) => Numbers::new(names.len(), array.keys_iter()),
    };
    Some(Cells::Names { names, of_row })
}
