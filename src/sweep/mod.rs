//! Designed experiments: which points, how each is evaluated, resumable and split over machines,
//! and what the outcomes are sensitive to.

#[cfg(feature = "polars")]
mod analysis;
mod design;
#[cfg(feature = "polars")]
mod experiment;
#[cfg(feature = "polars")]
mod folder;
#[cfg(feature = "polars")]
mod journal;
mod sensitivity;
mod shuffle;
#[cfg(feature = "polars")]
mod tables;

pub use design::{Design, DesignError, Move};
#[cfg(feature = "polars")]
pub use experiment::Experiment;
#[cfg(feature = "polars")]
pub use folder::{Existing, FolderError, Shard, SweepFolder, merge_shards};
#[cfg(feature = "polars")]
pub use journal::Identity;
pub use sensitivity::{
    MorrisEffect, SensitivityError, SobolIndex, VarianceSplit, morris_effects, sobol_indices, variance_split,
};
#[cfg(feature = "polars")]
pub use tables::write_tables;
