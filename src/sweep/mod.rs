//! Designed experiments: which points, how each is evaluated, resumable and split over machines,
//! and what the outcomes are sensitive to.

#[cfg(feature = "polars")]
mod analysis;
mod design;
mod design_size;
#[cfg(feature = "polars")]
mod experiment;
#[cfg(feature = "polars")]
mod folder;
#[cfg(feature = "polars")]
mod journal;
mod morris;
#[cfg(feature = "polars")]
mod parts;
mod sensitivity;
#[cfg(feature = "polars")]
mod shard;
mod shuffle;
mod sobol;
#[cfg(feature = "polars")]
mod tables;
mod trajectory;
mod variance;

pub use design::Design;
pub use design_size::DesignError;
#[cfg(feature = "polars")]
pub use experiment::Experiment;
#[cfg(feature = "polars")]
pub use folder::{Existing, FolderError, SweepFolder, merge_shards};
#[cfg(feature = "polars")]
pub use journal::Identity;
pub use morris::{MorrisEffect, morris_effects};
#[cfg(feature = "polars")]
pub use parts::{PartTable, Parts};
pub use sensitivity::SensitivityError;
#[cfg(feature = "polars")]
pub use shard::Shard;
pub use sobol::{SobolIndex, sobol_indices};
#[cfg(feature = "polars")]
pub use tables::{part_files, write_tables};
pub use trajectory::Move;
pub use variance::{VarianceSplit, variance_split};
