//! A proposal compiled under one choice of readings: an outcome for every profile, looked up by index.

use super::definition::Proposal;
use super::interpretation::Interpretation;
use super::name::ProposalName;
use crate::domain::{Outcome, Problem, Profile, Space};

/// A proposal under one choice of readings, compiled: a [`Ruling`] for every profile.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The proposal and its readings.
    pub interpretation: Interpretation,
    /// Its ruling on every profile.
    pub rulings: Rulings,
}

impl Rulebook {
    /// Asks the rules about every profile of the space.
    ///
    /// # Errors
    ///
    /// If the rules leave a profile without an outcome, which [`check`](super::check()) reports too.
    pub fn compile(space: &Space, interpretation: Interpretation) -> Result<Rulebook, Problem> {
        let ruling = |profile| rule_on(space, &interpretation, profile);
        let rulings: Result<Vec<Ruling>, Problem> = space.profiles().map(ruling).collect();
        Ok(Rulebook { rulings: Rulings(rulings?), interpretation })
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
    pub fn name(&self) -> ProposalName {
        self.interpretation.name()
    }

    /// The ruling on a profile.
    pub fn ruling_on(&self, profile: Profile) -> Ruling {
        self.rulings.on(profile)
    }
}

fn rule_on(space: &Space, interpretation: &Interpretation, profile: Profile) -> Result<Ruling, Problem> {
    let proposal = &interpretation.proposal;
    let point = interpretation.point(space, profile);
    let Some(&rule) = proposal.table.deciding(&point).first() else {
        let what = format!("proposal {} has no rule for {}", proposal.id, space.words(profile));
        let help = "add a rule, or declare with [[silence]] what the text's silence means";
        return Err(Problem::at(&proposal.place, what).help(help));
    };
    let outcome = *proposal.table.rules[rule].then.at(&point);
    Ok(Ruling { outcome, rule, silent: proposal.table.rules[rule].silence })
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
