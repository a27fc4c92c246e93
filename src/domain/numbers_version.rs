//! The version of the numbers, so that builds that draw other people never share a result.

/// Raised whenever the same inputs and seed give other numbers: results of different versions are never mixed, and
/// every manifest says which it is. `tests/program/reproducible.rs` holds it to the pinned numbers.
///
/// 1: the first. 2: people on whom a text is silent are against nobody's wish.
pub const NUMBERS_VERSION: u32 = 2;
