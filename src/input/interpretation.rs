use std::sync::Arc;

use super::fields::suggestion;
use super::files::{FileName, Shelf};
use super::locate::Reference;
use super::{Loading, ReadingChoice};
use crate::domain::{Place, Problem, Setting};
use crate::proposal::{Interpretation, Proposal};

impl Loading<'_> {
    /// The proposals referred to, each under its readings: the defaults, then those chosen for all
    /// (`--reading`), then those of the reference itself.
    pub(super) fn interpretations(
        &self,
        setting: &mut Setting,
        shelf: &Shelf,
        references: &[Reference],
        readings: &[ReadingChoice],
    ) -> Vec<Interpretation> {
        let mut loaded: Vec<(FileName, Option<Arc<Proposal>>)> = Vec::new();
        let mut interpretations: Vec<Interpretation> = Vec::new();
        for reference in references {
            let Some(file) = self.proposal_file(shelf, reference) else { continue };
            if !loaded.iter().any(|(name, _)| *name == file) {
                let proposal = self.proposal(setting, &reference.stem(), &file);
                loaded.push((file.clone(), proposal));
            }
            let proposal = loaded.iter().find(|(name, _)| *name == file);
            let Some(proposal) = proposal.and_then(|(_, proposal)| proposal.clone()) else { continue };
            let mut interpretation = Interpretation::by_default(proposal);
            let id = &interpretation.proposal.id;
            let for_all = readings.iter().filter(|choice| choice.proposal == *id);
            let chosen: Vec<(String, String)> = for_all
                .map(|choice| (choice.reading.clone(), choice.value.clone()))
                .chain(reference.readings.iter().cloned())
                .collect();
            for (name, value) in chosen {
                self.choose(&mut interpretation, &name, &value, reference.place.as_ref());
            }
            interpretations.push(interpretation);
        }
        self.refuse_idle(readings, &interpretations);
        interpretations
    }

    fn choose(&self, interpretation: &mut Interpretation, name: &str, value: &str, place: Option<&Place>) {
        let readings = &interpretation.proposal.readings;
        let problem = |message: String| Problem { place: place.cloned(), ..Problem::new(message) };
        let Some(position) = readings.iter().position(|reading| reading.variable.name == name) else {
            let known = readings.iter().map(|reading| reading.variable.name.as_str());
            let what = format!("{} has no reading `{name}`", interpretation.proposal.id);
            self.problems.add(problem(what).help(suggestion(name, known)));
            return;
        };
        let variable = &readings[position].variable;
        match variable.level(value) {
            Some(level) => interpretation.chosen[position] = level,
            None => {
                let what =
                    format!("reading `{name}` of {} has no value `{value}`", interpretation.proposal.id);
                let help = suggestion(value, variable.levels.iter().map(String::as_str));
                self.problems.add(problem(what).help(help));
            }
        }
    }

    /// Readings chosen for proposals that are not asked about would silently do nothing.
    fn refuse_idle(&self, readings: &[ReadingChoice], interpretations: &[Interpretation]) {
        let ids = || interpretations.iter().map(|interpretation| interpretation.proposal.id.as_str());
        let idle = readings.iter().filter(|choice| !ids().any(|id| id == choice.proposal));
        for choice in idle.filter(|_| !interpretations.is_empty()) {
            let what = format!(
                "--reading {}.{}={}: proposal `{}` is not among those judged",
                choice.proposal, choice.reading, choice.value, choice.proposal
            );
            self.problems.add(Problem::new(what).help(suggestion(&choice.proposal, ids())));
        }
    }
}
