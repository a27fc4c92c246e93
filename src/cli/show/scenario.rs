//! The page of a scenario: its strata, parameters and proposals, with where every number comes from.

use super::page::Page;
use super::parameter::write_parameter;
use super::stratum::write_stratum;
use super::words::{keys, write_sources};
use crate::domain::{Basis, Place, Setting};
use crate::scenario::{Scenario, Stratum};
use crate::table::grouped;

pub(super) fn write(page: &mut Page, setting: &Setting, scenario: &Scenario) {
    page.heading(&format!("Scenario {}", scenario.name));
    page.line(1, &scenario.title);
    page.line_if(1, scenario.date.as_deref());
    page.line_if(1, scenario.note.as_deref());
    page.heading(&format!("Strata: {} {}", grouped(scenario.population()), setting.people));
    scenario.strata.iter().for_each(|stratum| write_stratum(page, setting, scenario, stratum));
    if !scenario.parameters.is_empty() {
        page.heading("Parameters");
    }
    for parameter in &scenario.parameters {
        write_parameter(page, &parameter.name, parameter);
    }
    write_proposals(page, "Proposals", Some(&scenario.proposals));
    write_proposals(page, "On the table", scenario.on_the_table.as_ref());
    write_sources(page, setting, keys(bases(scenario)));
}

/// Where all of its numbers come from.
fn bases(scenario: &Scenario) -> impl Iterator<Item = &Basis> {
    let parameters = scenario.parameters.iter().map(|parameter| &parameter.basis);
    scenario.strata.iter().flat_map(Stratum::bases).chain(parameters)
}

fn write_proposals(page: &mut Page, heading: &str, proposals: Option<&Vec<(String, Place)>>) {
    let Some(proposals) = proposals.filter(|proposals| !proposals.is_empty()) else { return };
    page.heading(heading);
    proposals.iter().for_each(|(proposal, _)| page.line(1, proposal));
}
