//! How several studies are counted together: what a question about many scenarios takes in place of a study.

use std::fmt;
use std::sync::Arc;

use super::setup::Study;
use crate::simulate::{Progress, Silent};

/// By which seed, how often and on how many threads scenarios are drawn.
#[derive(Clone)]
pub struct Sampling {
    /// The seed.
    pub seed: u64,
    /// The number of replicates of each scenario.
    pub replicates: u64,
    /// The number of threads; all cores unless given. It never changes a number.
    pub threads: Option<u16>,
    /// Receives the people drawn, and may cancel the work.
    pub progress: Arc<dyn Progress + Send + Sync>,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling {
            seed: Study::SEED,
            replicates: Study::REPLICATES,
            threads: None,
            progress: Arc::new(Silent),
        }
    }
}

impl fmt::Debug for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Sampling");
        debug.field("seed", &self.seed).field("replicates", &self.replicates);
        debug.finish_non_exhaustive()
    }
}

impl Sampling {
    /// The study, drawn in this way.
    pub(super) fn apply(&self, study: &Study) -> Study {
        let study = study.clone().seed(self.seed).replicates(self.replicates);
        study.threads(self.threads).watch(Arc::clone(&self.progress))
    }
}
