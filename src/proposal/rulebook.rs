//! A proposal compiled under one choice of readings: an outcome for every profile, looked up by index, and limits.

use std::sync::Arc;

use super::definition::Proposal;
use super::interpretation::Interpretation;
use super::limit::LimitInForce;
use super::name::ProposalName;
use crate::domain::{Outcome, Problem, Profile, Space};

/// A proposal under one choice of readings, compiled: a [`Ruling`] for every profile.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The proposal and its readings.
    pub interpretation: Interpretation,
    name: Arc<ProposalName>,
    /// Its ruling on every profile.
    pub rulings: Rulings,
    /// Its limits that bind somebody, in order.
    pub limits: Vec<LimitInForce>,
}

impl Rulebook {
    /// Asks the rules about every profile of the space.
    ///
    /// # Errors
    ///
    /// If the rules leave a profile without an outcome, which [`check`](super::check()) reports too.
    pub fn compile(space: &Space, interpretation: Interpretation) -> Result<Rulebook, Problem> {
        let tested = interpretation.proposal.tested();
        let mut rulings = vec![None; space.len()];
        for profile in space.distinct_profiles(&tested) {
            rulings[profile.index()] = Some(rule_on(space, &interpretation, profile)?);
        }
        let rulings =
            space.representatives(&tested).into_iter().filter_map(|profile| rulings[profile.index()]);
        let rulings = Rulings(rulings.collect());
        let name = Arc::new(interpretation.name());
        let limits = LimitInForce::all(space, &interpretation.proposal.limits, &interpretation.chosen);
        Ok(Rulebook { rulings, limits, name, interpretation })
    }

    /// The proposal's id.
    pub fn id(&self) -> &str {
        &self.interpretation.proposal.id
    }

    /// The proposal.
    pub fn proposal(&self) -> &Proposal {
        &self.interpretation.proposal
    }

    /// The proposal's id and the readings chosen, by name.
    pub fn name(&self) -> &Arc<ProposalName> {
        &self.name
    }

    /// The ruling on a profile, before limits.
    pub fn ruling_on(&self, profile: Profile) -> Ruling {
        self.rulings.on(profile)
    }

    /// The outcomes that people with this profile can have: that of the table first, and those over limits.
    pub fn outcomes_of(&self, profile: Profile) -> Vec<Outcome> {
        let mut outcomes = vec![self.ruling_on(profile).outcome];
        for limit in self.limits.iter().filter(|limit| limit.concerns(profile)) {
            if outcomes.contains(&limit.outcome) && !outcomes.contains(&limit.rest) {
                outcomes.push(limit.rest);
            }
        }
        outcomes
    }

    /// How people with this profile count under the limits: their outcome before them, and for each limit whether they
    /// are of its group, go ahead within it, and are counted. `None` where no limit is about them.
    pub fn treatment_of(&self, profile: Profile) -> Option<(Outcome, Vec<[bool; 3]>)> {
        let limits: Vec<[bool; 3]> = self.limits.iter().map(|limit| limit.treatment_of(profile)).collect();
        limits.concat().contains(&true).then(|| (self.ruling_on(profile).outcome, limits))
    }
}

fn rule_on(space: &Space, interpretation: &Interpretation, profile: Profile) -> Result<Ruling, Problem> {
    let proposal = &interpretation.proposal;
    let point = interpretation.point(space, profile);
    let Some(&rule) = proposal.table.deciding(&point).first() else {
        let what = format!("proposal `{}` has no rule for {}", proposal.id, space.words(profile));
        let help = "add a rule, or declare with [[silence]] what the text's silence means";
        return Err(Problem::at(&proposal.place, what).help(help));
    };
    let outcome = *proposal.table.rules[rule].then.at(&point);
    let (silent, on_request) = (proposal.table.rules[rule].silence, proposal.rules[rule].on_request);
    Ok(Ruling { outcome, rule, silent, on_request })
}

/// What a proposal does with one profile, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// The outcome.
    pub outcome: Outcome,
    /// The deciding rule, the first if several agree; an index into [`Proposal::rules`].
    pub rule: usize,
    /// Whether the text is silent and the file says what is counted.
    pub silent: bool,
    /// Whether the text gives the outcome to who asks for it when asked once more.
    pub on_request: bool,
}

/// A [`Ruling`] for every profile of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulings(Vec<Ruling>);

impl Rulings {
    /// The ruling on a profile.
    pub fn on(&self, profile: Profile) -> Ruling {
        self.0[profile.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::super::toy::{self, RELEASED, RETAINED};
    use super::*;
    use crate::domain::Then;

    #[test]
    fn rulings_name_the_deciding_rule_and_tell_silences() {
        let rules = vec![
            toy::rule("home", &[(1, &[0])], RELEASED),
            toy::silence(toy::rule("silence", &[], RETAINED)),
        ];
        let rulebook = toy::compile(toy::proposal(Vec::new(), rules));
        let rulings: Vec<Ruling> =
            toy::setting().space.profiles().map(|profile| rulebook.ruling_on(profile)).collect();
        let home = Ruling { outcome: RELEASED, rule: 0, silent: false, on_request: false };
        let other = Ruling { outcome: RETAINED, rule: 1, silent: true, on_request: false };
        assert_eq!(rulings, [home, other, other, home, other, other]);
    }

    #[test]
    fn a_chosen_reading_decides_what_a_rule_yields() {
        let (id, rule) = toy::rule("all", &[], RETAINED);
        let values = vec![RETAINED, RELEASED];
        let rule = crate::domain::Rule { then: Then::By { variable: toy::FIRST_READING, values }, ..rule };
        let readings = vec![toy::reading("left", &["retained", "released"])];
        let proposal = Arc::new(toy::proposal(readings, vec![(id, rule)]));
        let space = toy::setting().space;
        let outcome = |chosen: u8| {
            let interpretation = Interpretation { proposal: proposal.clone(), chosen: vec![chosen] };
            let rulebook = Rulebook::compile(&space, interpretation).unwrap();
            rulebook.ruling_on(space.profiles().next().unwrap()).outcome
        };
        assert_eq!([0, 1].map(outcome), [RETAINED, RELEASED]);
    }

    #[test]
    fn a_gap_is_refused_with_the_profile() {
        let rules = vec![toy::rule("unc", &[(0, &[0])], RELEASED)];
        let interpretation = Interpretation::by_default(Arc::new(toy::proposal(Vec::new(), rules)));
        let problem = Rulebook::compile(&toy::setting().space, interpretation).unwrap_err();
        assert!(problem.message.contains("captor=kpa wish=home"), "{problem}");
        assert_eq!(problem.place.map(|place| place.file.name.clone()), Some("toy.toml".into()));
    }

    #[test]
    fn a_rulebook_is_named_after_its_proposal() {
        let rulebook = toy::by_profile([RETAINED; 6]);
        assert_eq!((rulebook.id(), rulebook.proposal().title.as_str()), ("toy", "Toy"));
        assert_eq!(rulebook.name().to_string(), "toy");
    }
}
