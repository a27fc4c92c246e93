//! Many runs of one scenario: which points of the parameter space to visit, and how much of the
//! outcome each parameter explains. Pure functions of shapes, numbers and a seed; nothing is run
//! and no file is read here.

mod design;
mod sensitivity;
mod shuffle;

pub use design::{AxisShape, Coordinate, Design, DesignError, DesignKind, Move};
pub use sensitivity::{
    MorrisEffect, SensitivityError, SobolIndex, VarianceSplit, morris_effects, sobol_indices, variance_split,
};
