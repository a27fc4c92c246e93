//! Small scenarios for the tests of this folder.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::Progress;
use crate::domain::{Basis, OutcomeList, Place, Setting, SourceFile, Space, Variable};
use crate::scenario::{Choice, Distribution, Parameter, Quantity, Scenario, Shares, Stratum, Units};

/// A setting of two residences and three wishes.
pub(super) fn setting() -> Setting {
    let attribute = |name: &str, levels: &[&str]| Variable {
        name: name.into(),
        levels: levels.iter().map(|level| level.to_string()).collect(),
    };
    let wishes = ["home", "own-side", "none"];
    let space = Space::new(vec![attribute("residence", &["north", "south"]), attribute("wish", &wishes)]);
    let space = space.unwrap();
    Setting {
        id: "test".into(),
        title: "Test".into(),
        people: "prisoners".into(),
        notes: Vec::new(),
        default_scenario: None,
        space,
        outcomes: OutcomeList::new(Vec::new()),
        accepts: None,
        descriptions: Default::default(),
        sources: Vec::new(),
    }
}

/// Prisoners: half with each residence, `share` with the first wish, 0.3 with the second, and the rest with the
/// third.
pub(super) fn stratum(id: &str, size: u64, share: Quantity) -> Stratum {
    let residence = Shares { named: vec![(0, Quantity::Number(0.5))], rest: Some(1) };
    let wish = Shares { named: vec![(0, share), (1, Quantity::Number(0.3))], rest: Some(2) };
    let choices = vec![Choice::Shares(residence), Choice::Shares(wish)];
    Stratum { id: id.into(), size, choices, ..Stratum::default() }
}

/// Units whose shares of wishes vary.
pub(super) fn units(count: u32) -> Option<Units> {
    Some(Units { count, vary: 1, concentration: 0.8, basis: Basis::default() })
}

/// A parameter of that distribution.
pub(super) fn parameter(name: &str, distribution: Distribution) -> Parameter {
    let file = Arc::new(SourceFile { name: "test.toml".into(), text: String::new(), built_in: false });
    let place = Place { file, span: 0..0 };
    Parameter { name: name.into(), distribution, basis: Basis::default(), place }
}

/// A scenario of the setting.
pub(super) fn scenario(strata: Vec<Stratum>, parameters: Vec<Parameter>) -> Scenario {
    let (name, title) = ("test/test".into(), String::new());
    Scenario {
        name,
        title,
        date: None,
        note: None,
        parameters,
        strata,
        proposals: Vec::new(),
        on_the_table: None,
    }
}

/// Cancels from some question on, and counts the questions.
#[derive(Debug)]
pub(super) struct Cancels {
    after: u64,
    asked: AtomicU64,
    people: AtomicU64,
}

impl Cancels {
    /// Lets this many questions pass.
    pub(super) fn after(questions: u64) -> Cancels {
        Cancels { after: questions, asked: AtomicU64::new(0), people: AtomicU64::new(0) }
    }

    /// The number of questions that were answered with yes.
    pub(super) fn asked_afterwards(&self) -> u64 {
        self.asked.load(Ordering::SeqCst).saturating_sub(self.after)
    }

    /// The number of people reported to be drawn.
    pub(super) fn people(&self) -> u64 {
        self.people.load(Ordering::SeqCst)
    }
}

impl Progress for Cancels {
    fn advance(&self, people: u64) {
        self.people.fetch_add(people, Ordering::SeqCst);
    }

    fn cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst) >= self.after
    }
}
