//! A tidy table and its formats: what every question answers with. A [`Table`] has named, described and typed
//! columns, notes and a provenance; each format is a file that knows the table and nothing of prisoners.
//! Beside them: files that appear complete or not at all, streams of batches, and the manifest.

mod atomic_file;
mod column;
mod csv;
mod destination;
mod format;
mod json;
mod latex;
mod manifest;
mod markdown;
mod numbers;
#[cfg(feature = "polars")]
mod parquet;
mod provenance;
mod sheet;
mod text;
mod tidy_table;

pub use atomic_file::AtomicFile;
pub use column::{Column, DEFAULT, Show, Style, Values};
pub use destination::{Destination, Run};
pub use format::Format;
pub use manifest::{Manifest, digest, digest_of_file, digests};
pub use numbers::grouped;
#[cfg(feature = "polars")]
pub(crate) use parquet::NOTES;
pub use provenance::Provenance;
pub(crate) use text::{STYLE, align_numbers, plain, wrapped};
pub use tidy_table::{Matrix, Table};
