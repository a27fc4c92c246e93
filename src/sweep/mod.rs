//! Sweeps that run for long: evaluated part by part, kept as they go, resumable, split over machines, and
//! joined into tables that say what the outcomes are sensitive to.

mod analysis;
mod columns;
mod experiment;
mod figures;
mod folder;
mod frames;
mod identity;
mod journal;
mod lock;
mod own_tables;
mod part_size;
mod parts;
mod readings;
mod run;
mod shard;
mod shards;
mod slice;
mod tables;
mod weights_note;

pub use experiment::{Experiment, PointFailure, PointOutcomes};
pub use folder::{Existing, FinishedPart, SweepFolder};
pub use frames::part_files;
pub use identity::RunIdentity;
pub use parts::Parts;
pub use run::{OnError, Report, Run, RunOptions, merge};
pub use shard::Shard;
pub use shards::finished_shards;
pub use slice::tabulate;
pub use tables::write_tables;
