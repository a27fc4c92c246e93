//! Designed experiments: which points, how each is evaluated, resumable and split over machines,
//! and what the outcomes are sensitive to.

#[cfg(feature = "polars")]
mod analysis;
#[cfg(feature = "polars")]
mod experiment;
#[cfg(feature = "polars")]
mod folder;
#[cfg(feature = "polars")]
mod frames;
#[cfg(feature = "polars")]
mod journal;
#[cfg(feature = "polars")]
mod parts;
#[cfg(feature = "polars")]
mod shard;
#[cfg(feature = "polars")]
mod tables;

#[cfg(feature = "polars")]
pub use experiment::{Experiment, PointOutcomes};
#[cfg(feature = "polars")]
pub use folder::{Existing, FolderError, SweepFolder, merge_shards};
#[cfg(feature = "polars")]
pub use frames::part;
#[cfg(feature = "polars")]
pub use journal::Identity;
#[cfg(feature = "polars")]
pub use parts::{PartTable, Parts};
#[cfg(feature = "polars")]
pub use shard::Shard;
#[cfg(feature = "polars")]
pub use tables::{part_files, write_tables};
