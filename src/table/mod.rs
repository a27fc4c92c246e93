//! Results to text and files: outcome tables in every format, explanations, differences, and the
//! manifest that says how a file came about. Bytes are made here; only [`AtomicFile`] touches the disk.

mod atomic_file;
mod difference;
mod explanation;
#[cfg(feature = "polars")]
mod hashed_file;
mod manifest;
mod numbers;
#[cfg(feature = "polars")]
mod parquet;
mod records;
mod sheet;
mod solution;
#[cfg(feature = "polars")]
mod stream;
#[cfg(feature = "polars")]
mod sweep_tables;
#[cfg(feature = "polars")]
mod table_files;
#[cfg(feature = "polars")]
mod tabulate;
mod transitions;

use crate::domain::OutcomeTable;

pub use atomic_file::{AtomicFile, FileError};
pub use difference::{DifferenceReport, difference_json, difference_text};
pub use explanation::{explanation_json, explanation_text};
#[cfg(feature = "polars")]
pub use hashed_file::WrittenFile;
#[cfg(feature = "polars")]
pub(crate) use hashed_file::{HashedFile, HashingWriter};
pub use manifest::{About, Manifest, digest, digest_of_file, digests};
pub use numbers::grouped;
#[cfg(feature = "polars")]
pub(crate) use parquet::NOTES;
#[cfg(feature = "polars")]
pub(crate) use sheet::{STYLE, align_numbers, plain};
pub use solution::{SolutionReport, Target, solution_json, solution_text};
#[cfg(feature = "polars")]
pub use stream::{FileLayout, StreamFormat, TableStream};
#[cfg(feature = "polars")]
pub use sweep_tables::{
    AxisKind, SensitivityRow, SweepColumns, design_part, part, replicates_part, sensitivity_part,
};
#[cfg(feature = "polars")]
pub use table_files::{PartFigures, TableFiles, figures};
pub use transitions::write_transitions;

#[cfg(feature = "polars")]
pub use tabulate::{Slice, SliceFormat, tabulate};

/// How an outcome table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For the terminal.
    Table,
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
    /// A table in Markdown.
    Markdown,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// Those in which a table can be written to a file.
    pub const IN_FILES: [Format; 4] = [Format::Csv, Format::Parquet, Format::Markdown, Format::Json];

    /// The ending of such a file's name; the terminal's format has none.
    pub fn ending(self) -> Option<&'static str> {
        match self {
            Format::Table => None,
            Format::Csv => Some(".csv"),
            Format::Json => Some(".json"),
            Format::Markdown => Some(".md"),
            Format::Parquet => Some(".parquet"),
        }
    }

    /// The format that a file's ending asks for.
    pub fn of_path(path: &std::path::Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?;
        let named = |format: &Format| format.ending().and_then(|e| e.strip_prefix('.')) == Some(ending);
        Format::IN_FILES.into_iter().find(named)
    }
}

#[cfg(not(feature = "polars"))]
const NO_PARQUET: &str = "this build of repat has no Parquet; build it with the feature `polars`";

/// Writes an outcome table in a format.
///
/// # Errors
///
/// Only for [`Format::Parquet`]: if this build has no Parquet.
pub fn write_table(table: &OutcomeTable, format: Format) -> Result<Vec<u8>, String> {
    match format {
        Format::Table => Ok(sheet::terminal(table).into_bytes()),
        Format::Markdown => Ok(sheet::markdown(table).into_bytes()),
        Format::Csv => records::csv(table),
        Format::Json => records::json(table),
        #[cfg(feature = "polars")]
        Format::Parquet => parquet::parquet(table),
        #[cfg(not(feature = "polars"))]
        Format::Parquet => Err(NO_PARQUET.into()),
    }
}
