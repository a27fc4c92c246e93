//! Outcomes: what a proposal does with a prisoner. A setting names them; elsewhere they are numbers.

use std::sync::Arc;

/// What a proposal does with a prisoner: the number of one of the setting's [outcomes](OutcomeList).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome(u8);

impl Outcome {
    /// The outcome of this number, below [`OutcomeList::MAX`].
    pub(crate) const fn of_index(index: usize) -> Outcome {
        Outcome(index as u8)
    }

    /// Its position in the setting's [`OutcomeList`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What an outcome means for a person's freedom, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// Passed to the other side.
    HandedOver,
    /// Let go where the person is held.
    Freed,
    /// Kept in somebody's custody.
    Held,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: [OutcomeKind; 3] = [OutcomeKind::HandedOver, OutcomeKind::Freed, OutcomeKind::Held];

    /// The kind's name in files.
    pub const fn name(self) -> &'static str {
        match self {
            OutcomeKind::HandedOver => "handed-over",
            OutcomeKind::Freed => "freed",
            OutcomeKind::Held => "held",
        }
    }
}

/// An outcome as a setting declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeText {
    /// Its name in files and tables: `repatriated`.
    pub name: String,
    /// What it means for a person's freedom.
    pub kind: OutcomeKind,
    /// What it means, in words: "Handed over to the other side".
    pub meaning: String,
}

/// The outcomes of a setting, in the order in which tables show them. A copy costs a reference count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeList(Arc<[OutcomeText]>);

impl OutcomeList {
    /// The most outcomes a setting may have.
    pub const MAX: usize = 16;

    /// What a person's outcome is called where it cannot be told; no outcome may have this name.
    pub const UNKNOWN: &str = "unknown";

    /// A list of at most [`OutcomeList::MAX`] outcomes.
    pub(crate) fn new(outcomes: Vec<OutcomeText>) -> OutcomeList {
        assert!(outcomes.len() <= OutcomeList::MAX, "{} outcomes", outcomes.len());
        OutcomeList(outcomes.into())
    }

    /// Every outcome, in order.
    pub fn iter(&self) -> impl Iterator<Item = Outcome> + use<> {
        (0..self.0.len()).map(Outcome::of_index)
    }

    /// What the setting says of an outcome.
    pub fn text(&self, outcome: Outcome) -> &OutcomeText {
        &self.0[outcome.index()]
    }

    /// An outcome's name.
    pub fn name(&self, outcome: Outcome) -> &str {
        &self.text(outcome).name
    }

    /// The names of all outcomes, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|outcome| outcome.name.as_str())
    }

    /// The outcome of that name, if there is one.
    pub fn find(&self, name: &str) -> Option<Outcome> {
        self.names().position(|known| known == name).map(Outcome::of_index)
    }
}

/// A set of outcomes, such as those that a wish accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeSet(u16);

impl OutcomeSet {
    /// Whether the outcome is in the set.
    pub fn contains(self, outcome: Outcome) -> bool {
        self.0 >> outcome.0 & 1 == 1
    }

    /// The outcomes in either set.
    pub fn union(self, other: OutcomeSet) -> OutcomeSet {
        OutcomeSet(self.0 | other.0)
    }

    /// The outcomes in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Outcome> {
        (0..OutcomeList::MAX).map(Outcome::of_index).filter(move |outcome| self.contains(*outcome))
    }
}

impl FromIterator<Outcome> for OutcomeSet {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes.into_iter().fold(OutcomeSet::default(), |set, outcome| OutcomeSet(set.0 | 1 << outcome.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in_in_order() {
        let outcomes = [15, 0, 3].map(Outcome::of_index);
        let set: OutcomeSet = outcomes.into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 15].map(Outcome::of_index));
        assert!(!set.contains(Outcome::of_index(1)));
        let other: OutcomeSet = [Outcome::of_index(1)].into_iter().collect();
        assert!(set.union(other).contains(Outcome::of_index(1)) && set.union(other).contains(outcomes[0]));
    }

    #[test]
    fn outcomes_are_found_by_name() {
        let text = |name: &str, kind| OutcomeText { name: name.into(), kind, meaning: String::new() };
        let list =
            OutcomeList::new(vec![text("sent", OutcomeKind::HandedOver), text("kept", OutcomeKind::Held)]);
        let kept = list.find("kept").unwrap();
        assert_eq!(
            (list.name(kept), list.text(kept).kind, list.iter().count()),
            ("kept", OutcomeKind::Held, 2)
        );
        assert_eq!(list.find("freed"), None);
    }
}
