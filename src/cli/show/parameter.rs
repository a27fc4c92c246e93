//! The page of a parameter: what it is in each scenario that has it.

use super::page::Page;
use super::words::{keys, write_basis, write_sources};
use crate::domain::Setting;
use crate::scenario::{Parameter, Scenario};

pub(super) fn write(page: &mut Page, setting: &Setting, having: &[(&Scenario, &Parameter)]) {
    for (_, parameter) in having.iter().take(1) {
        page.heading(&format!("Parameter {} ({})", parameter.name, setting.id));
    }
    having.iter().for_each(|(scenario, parameter)| write_parameter(page, &scenario.name, parameter));
    write_sources(page, setting, keys(having.iter().map(|(_, parameter)| &parameter.basis)));
}

/// A parameter under its own name or its scenario's.
pub(super) fn write_parameter(page: &mut Page, label: &str, parameter: &Parameter) {
    page.item(1, &format!("{label}: {}", parameter.distribution.words()));
    write_basis(page, 2, &parameter.basis);
}
