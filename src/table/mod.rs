//! A tidy table and its formats: what every question answers with. A [`Table`] has named, described and typed
//! columns, notes and a provenance; each format is a file that knows the table and nothing of prisoners.
//! Beside them: files that appear complete or not at all, streams of batches, and the manifest.

mod atomic_file;
mod column;
#[cfg(feature = "polars")]
mod crowded;
mod csv;
mod destination;
mod format;
#[cfg(feature = "polars")]
mod guard;
#[cfg(feature = "polars")]
mod hashed_file;
mod json;
mod latex;
mod manifest;
mod markdown;
mod numbers;
#[cfg(feature = "polars")]
mod page_header;
#[cfg(feature = "polars")]
mod parquet;
#[cfg(feature = "polars")]
mod parquet_sizes;
#[cfg(feature = "polars")]
mod pivot;
mod provenance;
#[cfg(feature = "polars")]
mod regular_file;
mod sheet;
#[cfg(feature = "polars")]
mod sliced;
#[cfg(feature = "polars")]
mod stream;
#[cfg(feature = "polars")]
mod table_files;
mod text;
mod tidy_table;

pub(crate) use atomic_file::AtomicFile;
#[cfg(feature = "polars")]
pub(crate) use atomic_file::{remove as remove_file, sync_folder};
pub use column::{Column, DEFAULT, Show, Style, Values};
#[cfg(feature = "polars")]
pub(crate) use destination::keep_with_manifest;
pub use destination::{Destination, Invocation};
pub use format::Format;
#[cfg(feature = "polars")]
pub(crate) use guard::{
    convert_guarded, copy_guarded, read_column_guarded, read_guarded, silence_guarded_panics,
    start_polars_threads,
};
#[cfg(feature = "polars")]
pub(crate) use hashed_file::WrittenFile;
#[cfg(feature = "polars")]
pub(crate) use hashed_file::{HashedFile, HashingWriter, digest_of_file, digest_of_reader};
pub(crate) use manifest::digests;
#[cfg(feature = "polars")]
pub(crate) use manifest::{Manifest, digest};
pub use numbers::grouped;
#[cfg(feature = "polars")]
pub(crate) use parquet::read as read_parquet;
#[cfg(feature = "polars")]
pub(crate) use parquet::{NOTES, frame, notes as parquet_notes};
#[cfg(feature = "polars")]
pub(crate) use parquet_sizes::{check_group, check_pages, check_rows, check_sizes, read_chunk};
#[cfg(feature = "polars")]
pub use pivot::Slice;
#[cfg(feature = "polars")]
pub(crate) use pivot::pivot;
pub use provenance::Provenance;
#[cfg(feature = "polars")]
pub(crate) use regular_file::{FromBeginning, Unchanged, open_regular_file, read_regular_file};
#[cfg(feature = "polars")]
pub(crate) use stream::{CsvLayout, FileLayout, StreamFormat, TableStream};
#[cfg(feature = "polars")]
pub(crate) use table_files::TableFiles;
pub use tidy_table::{Matrix, Table};
