//! A table as comma-separated values. An absent value is an empty cell; numbers have six decimals at most.

use super::tidy_table::Table;
use crate::domain::Error;

pub(super) fn write(table: &Table) -> Result<Vec<u8>, Error> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let failed = |error: ::csv::Error| Error::Format { path: None, reason: error.to_string() };
    writer.write_record(table.columns.iter().map(|column| &column.name)).map_err(failed)?;
    for row in 0..table.height() {
        writer.write_record(table.columns.iter().map(|column| column.text(row))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Format { path: None, reason: error.to_string() })
}
