//! What the outputs of a designed experiment are sensitive to: Sobol' indices, Morris effects and a
//! split of the variance. Pure functions of numbers, usable alone.

mod error;
#[cfg(test)]
mod fixtures;
mod morris;
mod sobol;
mod statistics;
mod variance;

pub use error::SensitivityError;
pub use morris::{MorrisEffect, morris_effects};
pub use sobol::{SobolIndex, sobol_indices};
pub use variance::{VarianceSplit, variance_split};
