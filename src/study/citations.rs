//! Where a setting cites a source: the rules, limits and numbers that rest on it.

use crate::domain::{Basis, Citation};
use crate::input::Catalogue;
use crate::proposal::Proposal;
use crate::scenario::{Scenario, Stratum};

/// Every place that cites the source with this key, in words: a rule or limit with its locus, a size, units, a
/// parameter, a target.
pub fn places_that_cite(catalogue: &Catalogue, source: &str) -> Vec<String> {
    let proposals = catalogue.proposals.iter().flat_map(|proposal| places_in_proposal(proposal, source));
    let scenarios = catalogue.scenarios.iter().flat_map(|scenario| places_in_scenario(scenario, source));
    let targets = catalogue.targets.iter().filter(|target| cites(&target.basis, source));
    let targets = targets.map(|target| format!("target {}", target.id));
    proposals.chain(scenarios).chain(targets).collect()
}

fn places_in_proposal(proposal: &Proposal, source: &str) -> Vec<String> {
    let rules = proposal.rules.iter().filter_map(|rule| Some(("rule", &rule.id, rule.citation.as_ref()?)));
    let limits = proposal.limits.iter().map(|limit| ("limit", &limit.id, &limit.citation));
    let cited = rules.chain(limits).filter(|(_, _, citation)| citation.source == source);
    let place = |(kind, id, citation): (&str, &String, &Citation)| {
        format!("proposal {}, {kind} {id}: {}", proposal.id, citation.locus)
    };
    cited.map(place).collect()
}

fn places_in_scenario(scenario: &Scenario, source: &str) -> Vec<String> {
    let of_stratum = |stratum: &Stratum| {
        let size = cites(&stratum.basis, source).then(|| format!("size of stratum {}", stratum.id));
        let units = stratum.units.as_ref().filter(|units| cites(&units.basis, source));
        size.into_iter().chain(units.map(|_| format!("units of stratum {}", stratum.id))).collect::<Vec<_>>()
    };
    let strata = scenario.strata.iter().flat_map(of_stratum);
    let parameters = scenario.parameters.iter().filter(|parameter| cites(&parameter.basis, source));
    let parameters = parameters.map(|parameter| format!("parameter {}", parameter.name));
    strata.chain(parameters).map(|place| format!("scenario {}, {place}", scenario.name)).collect()
}

fn cites(basis: &Basis, source: &str) -> bool {
    basis.source.as_deref() == Some(source)
}
