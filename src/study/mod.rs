//! One question a file: what is asked of a setting, a scenario and its proposals.

mod model;

pub use model::{Model, ModelOptions};
