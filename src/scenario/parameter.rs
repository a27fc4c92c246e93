//! Parameters of a scenario: named shares that its strata refer to.

use super::Distribution;
use crate::domain::{Basis, Place};

/// A named share, 0 to 1, that strata refer to as `$name`.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value, or how uncertain it is.
    pub distribution: Distribution,
    /// Where it comes from.
    pub basis: Basis,
    /// Where its file states it.
    pub place: Place,
}
