//! x

pub mod cli;
pub mod domain;
pub mod input;
pub mod output;
pub mod proposal;
pub mod scenario;
pub mod simulate;
