//! Outcomes: what a proposal does with a prisoner.

use std::fmt;

/// What a proposal does with a prisoner.
///
/// "Returned home" is not among them, and never a synonym of [`Outcome::Repatriated`]: in the
/// text of 3 July 1952 going home and being repatriated are alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Handed over to the other side.
    Repatriated,
    /// Freed on the detaining side, to go home.
    Released,
    /// Neither of the two: kept in custody, by the captor or by a neutral body.
    Retained,
}

impl Outcome {
    /// Every outcome, in the order in which tables show them.
    pub const ALL: [Outcome; 3] = [Outcome::Repatriated, Outcome::Released, Outcome::Retained];

    /// The outcome's name in files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Repatriated => "repatriated",
            Outcome::Released => "released",
            Outcome::Retained => "retained",
        }
    }

    /// The outcome of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|o| o.name() == name)
    }

    /// Its position in [`Outcome::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of outcomes, such as those that a wish accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeSet([bool; 3]);

impl OutcomeSet {
    /// Whether the outcome is in the set.
    pub fn contains(self, outcome: Outcome) -> bool {
        self.0[outcome.index()]
    }
}

impl FromIterator<Outcome> for OutcomeSet {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut set = OutcomeSet::default();
        for outcome in outcomes {
            set.0[outcome.index()] = true;
        }
        set
    }
}
