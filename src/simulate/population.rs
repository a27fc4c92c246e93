//! A scenario laid out over the profile space: what every engine starts from.

use std::sync::Arc;

use crate::domain::Setting;
use crate::scenario::{Blueprint, Scenario};

/// A scenario laid out over the profile space, ready to be drawn. A copy costs two reference counts.
#[derive(Debug, Clone)]
pub struct Population {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// What its strata's probabilities are made of, in the scenario's order.
    pub(crate) blueprints: Arc<[Blueprint]>,
}

impl Population {
    /// Lays out a scenario of this setting.
    pub fn new(setting: &Setting, scenario: impl Into<Arc<Scenario>>) -> Population {
        let scenario = scenario.into();
        let strata = scenario.strata.iter();
        let blueprints = strata.map(|stratum| Blueprint::new(&setting.space, stratum)).collect();
        Population { scenario, blueprints }
    }

    /// The same layout for a scenario that differs only in its strata's sizes and its parameters'
    /// distributions.
    pub fn with(&self, scenario: impl Into<Arc<Scenario>>) -> Population {
        Population { scenario: scenario.into(), blueprints: Arc::clone(&self.blueprints) }
    }
}
