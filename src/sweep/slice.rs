//! Slices of a sweep's tables.

use std::path::Path;

use super::own_tables::verified_digest;
use crate::domain::{Error, Problem};
use crate::table::{Provenance, Slice, Table, pivot, read_parquet};

/// The first column of numbers of each table: the columns before it say what a row is about.
const FIRST_MEASURES: [&str; 3] = ["mean", "people", "value"];

/// Slices one of the tables in the folder of a finished sweep: `outcomes`, `sensitivity`, `design` or `replicates`.
///
/// # Errors
///
/// If there is no such table, column or value, or if rows fall into one cell that are not to be averaged.
pub fn tabulate(folder: &Path, table: &str, slice: &Slice) -> Result<Table, Error> {
    let path = folder.join(format!("{table}.parquet"));
    if !path.is_file() {
        let problem = Problem::new(format!("{}: there is no such table", path.display()));
        return Err(problem.help("name the folder of a finished sweep, and one of its tables").into());
    }
    let digest = verified_digest(folder, &format!("{table}.parquet"))?;
    let mut read = read_parquet(&path)?;
    let keys = read.columns.iter().rposition(|column| FIRST_MEASURES.contains(&column.name.as_str()));
    let inputs = vec![(path.display().to_string(), digest)];
    read.provenance = Provenance { inputs, ..Provenance::default() };
    pivot(&read, keys.unwrap_or(read.columns.len()), slice)
}
