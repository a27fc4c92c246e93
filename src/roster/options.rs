//! What a user may say about a roster that is to be classified.

use std::{path::PathBuf, sync::Arc};

use crate::scenario::Scenario;
use crate::simulate::Replicate;
use crate::study::Study;

/// How to read a roster and what to do about levels that it does not give.
///
/// Pairs begin with the name of an attribute. In messages the options have the names of the fields.
#[derive(Debug, Clone)]
pub struct ClassifyOptions {
    /// Attribute and column, where the column is not named after its attribute.
    pub map: Vec<(String, String)>,
    /// Attribute and the level that it has in every row. Refused if the roster has a column for the
    /// attribute.
    pub everybody: Vec<(String, String)>,
    /// Attribute and the level that blank cells of its column count as. Values that mean no level stay
    /// unrecognised.
    pub fill: Vec<(String, String)>,
    /// A TOML file of the roster's own words for levels.
    pub levels: Option<PathBuf>,
    /// The byte between the cells of CSV, read and written.
    pub separator: u8,
    /// The scenario from which unknown levels are imputed; without it they stay unknown.
    pub impute: Option<ImputeFrom>,
    /// Whether limits are applied to the roster as a whole, which is then read twice. Without it, the outcome is
    /// unknown where a limit decides.
    pub limits: bool,
    /// Number of threads; one for each core if absent. Never changes a row.
    pub threads: Option<u16>,
}

impl Default for ClassifyOptions {
    fn default() -> Self {
        ClassifyOptions {
            map: Vec::new(),
            everybody: Vec::new(),
            fill: Vec::new(),
            levels: None,
            separator: b',',
            impute: None,
            limits: false,
            threads: None,
        }
    }
}

impl ClassifyOptions {
    /// The replicate by whose random numbers it is drawn who is over a limit: that of the imputation, if there is one.
    pub(super) fn replicate(&self) -> Replicate {
        match &self.impute {
            Some(from) => Replicate { seed: from.seed, number: from.replicate },
            None => Replicate { seed: Study::SEED, number: 0 },
        }
    }
}

/// Where imputed levels come from.
#[derive(Debug, Clone)]
pub struct ImputeFrom {
    /// The scenario whose population unknown levels are drawn from.
    pub scenario: Arc<Scenario>,
    /// The seed of the draws.
    pub seed: u64,
    /// The replicate whose parameters are used: another one gives another imputation.
    pub replicate: u64,
}
