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
mod sensitivity;
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
pub use folder::{Existing, FolderError, Shard, SweepFolder, merge_shards};
#[cfg(feature = "polars")]
pub use journal::Identity;
pub use morris::{MorrisEffect, morris_effects};
pub use sensitivity::SensitivityError;
pub use sobol::{SobolIndex, sobol_indices};
#[cfg(feature = "polars")]
pub use tables::write_tables;
pub use trajectory::Move;
pub use variance::{VarianceSplit, variance_split};
