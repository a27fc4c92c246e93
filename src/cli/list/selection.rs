//! What of a setting is listed: everything, or what has a word in its name.

use crate::design::Sweep;
use crate::domain::{OutcomeText, Setting, Source, Variable};
use crate::input::Catalogue;
use crate::proposal::Proposal;
use crate::scenario::{Scenario, Target};

/// The entries of a setting that are listed.
#[derive(Debug)]
pub(super) struct Selection<'c> {
    pub(super) setting: &'c Setting,
    /// Attributes, then derived attributes.
    pub(super) variables: Vec<&'c Variable>,
    pub(super) outcomes: Vec<&'c OutcomeText>,
    pub(super) scenarios: Vec<&'c Scenario>,
    pub(super) sweeps: Vec<&'c Sweep>,
    pub(super) proposals: Vec<&'c Proposal>,
    pub(super) targets: Vec<&'c Target>,
    pub(super) sources: Vec<&'c Source>,
}

impl<'c> Selection<'c> {
    /// Everything whose name has this word in it; an attribute is also found by its levels, a scenario by its
    /// parameters, a proposal by its readings. The empty word is in every name.
    pub(super) fn new(catalogue: &'c Catalogue, word: &str) -> Selection<'c> {
        let setting = &catalogue.setting;
        let outcomes = setting.outcomes.iter().map(|outcome| setting.outcomes.text(outcome));
        let has = |name: &str| name.contains(word);
        let variables = setting.space.variables().iter();
        let scenarios = catalogue.scenarios.iter();
        let proposals = catalogue.proposals.iter().map(|proposal| &**proposal);
        Selection {
            setting,
            variables: variables
                .filter(|v| has(&v.name) || v.levels.iter().any(|level| has(level)))
                .collect(),
            outcomes: outcomes.filter(|outcome| has(&outcome.name)).collect(),
            scenarios: scenarios
                .filter(|s| has(&s.name) || s.parameters.iter().any(|parameter| has(&parameter.name)))
                .collect(),
            sweeps: catalogue.sweeps.iter().filter(|sweep| has(&sweep.name)).collect(),
            proposals: proposals
                .filter(|p| has(&p.id) || p.readings.iter().any(|reading| has(&reading.variable.name)))
                .collect(),
            targets: catalogue.targets.iter().filter(|target| has(&target.id)).collect(),
            sources: setting.sources.iter().filter(|source| has(&source.key)).collect(),
        }
    }

    /// Whether there is nothing to list.
    pub(super) fn is_empty(&self) -> bool {
        let lengths = [
            self.variables.len(),
            self.outcomes.len(),
            self.scenarios.len(),
            self.sweeps.len(),
            self.proposals.len(),
            self.targets.len(),
            self.sources.len(),
        ];
        lengths.iter().all(|length| *length == 0)
    }
}
