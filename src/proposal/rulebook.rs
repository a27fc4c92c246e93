use std::sync::Arc;

use super::Proposal;
use crate::domain::{Outcome, Problem, Profile, Space};

/// A proposal under one value for each of its readings.
#[derive(Debug, Clone)]
pub struct Interpretation {
    /// The proposal.
    pub proposal: Arc<Proposal>,
    /// A value for each of its readings.
    pub chosen: Vec<u8>,
}

impl Interpretation {
    /// The proposal as its defaults read it.
    pub fn by_default(proposal: Arc<Proposal>) -> Interpretation {
        Interpretation { chosen: proposal.defaults(), proposal }
    }

    /// The readings in force, `clause-b=emended;left=retained`; empty if the text has none.
    pub fn reading(&self) -> String {
        self.words(|_| true)
    }

    /// The readings in force that are not the defaults.
    pub fn departures(&self) -> String {
        let defaults = self.proposal.defaults();
        self.words(|position| self.chosen[position] != defaults[position])
    }

    /// Its id with the readings that are not the defaults, as the command line takes them:
    /// `1952-03-27-draft:left=released`.
    pub fn label(&self) -> String {
        let departures = self.departures().replace(';', ",");
        let separator = if departures.is_empty() { "" } else { ":" };
        format!("{}{separator}{departures}", self.proposal.id)
    }

    fn words(&self, wanted: impl Fn(usize) -> bool) -> String {
        let word = |position: usize| {
            let variable = &self.proposal.readings[position].variable;
            format!("{}={}", variable.name, variable.levels[usize::from(self.chosen[position])])
        };
        let words: Vec<String> = (0..self.chosen.len()).filter(|i| wanted(*i)).map(word).collect();
        words.join(";")
    }

    /// The point at which the rules are asked about a profile.
    pub fn point(&self, space: &Space, profile: Profile) -> Vec<u8> {
        [space.levels(profile), &self.chosen].concat()
    }

    /// Asks the rules about every profile, once and for all.
    ///
    /// # Errors
    ///
    /// If a profile has no outcome, which [`check`](super::check) would have said.
    pub fn compile(&self, space: &Space) -> Result<Rulings, Problem> {
        let proposal = &self.proposal;
        let rule_on = |profile: Profile| -> Option<Ruling> {
            let point = self.point(space, profile);
            let rule = *proposal.table.deciding(&point).first()?;
            let outcome = *proposal.table.rules[rule].then.at(&point);
            Some(Ruling { outcome, rule, silent: proposal.table.rules[rule].silence })
        };
        let ruling = |profile: Profile| {
            rule_on(profile).ok_or_else(|| {
                Problem::at(
                    &proposal.place,
                    format!("proposal {} has no rule for {}", proposal.id, space.words(profile)),
                )
                .help("`repat check` lists all that it leaves open")
            })
        };
        let rulings: Result<_, _> = space.profiles().map(ruling).collect();
        Ok(Rulings(rulings?))
    }
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

/// A proposal compiled to a total table: a [`Ruling`] for every profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulings(Vec<Ruling>);

impl Rulings {
    /// The ruling on a profile.
    pub fn on(&self, profile: Profile) -> Ruling {
        self.0[profile.index()]
    }
}
