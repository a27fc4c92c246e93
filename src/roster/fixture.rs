//! The built-in default scenario, for tests.

use std::sync::Arc;

use crate::domain::Setting;
use crate::input::{Loaded, Request, load};
use crate::proposal::Rulebook;
use crate::scenario::Scenario;

/// The setting, the scenario and a rulebook for each of its proposals.
pub(super) fn korea() -> (Setting, Arc<Scenario>, Vec<Rulebook>) {
    let request = Request { scenario: "korea/1952-07-03".into(), ..Request::default() };
    let Loaded { setting, scenario, rulebooks, .. } = load(&request).unwrap();
    (setting, scenario.into(), rulebooks)
}
