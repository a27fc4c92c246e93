//! Designed experiments: what varies, over which values, and which points of it are visited. Pure:
//! nothing is read, written or simulated here, and every point is made from its index alone.

mod level_weights;
mod points;
mod shuffle;
mod size;
mod sweep;
mod trajectory;

pub use level_weights::{LevelWeights, LevelWeightsError};
pub use points::Design;
pub use size::DesignError;
pub use sweep::{Axis, AxisValue, AxisValues, Coordinate, DesignKind, Sweep, Varies};
pub use trajectory::Step;
