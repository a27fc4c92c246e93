//! The built-in default scenario, for tests.

use crate::domain::Setting;
use crate::input::{Loaded, Request, load};
use crate::scenario::Scenario;
use crate::simulate::Rulebook;

/// The setting, the scenario and a rulebook for each of its proposals.
pub(super) fn korea() -> (Setting, Scenario, Vec<Rulebook>) {
    let request = Request { scenario: Some("korea/1952-07-03".into()), ..Request::default() };
    let Loaded { setting, scenario, interpretations, .. } = load(&request).unwrap();
    let rulebook = |interpretation: crate::proposal::Interpretation| {
        let rulings = interpretation.compile(&setting.space).unwrap();
        Rulebook { interpretation, rulings }
    };
    let rulebooks = interpretations.into_iter().map(rulebook).collect();
    (setting, scenario.unwrap(), rulebooks)
}
