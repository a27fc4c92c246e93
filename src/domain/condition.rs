//! Conditions on the levels of attributes, as rules state them.

use super::Variable;

/// A test of one variable: its level must be one of those allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The number of the variable.
    pub variable: usize,
    /// For each of its levels, whether it is allowed.
    pub allowed: Vec<bool>,
}

impl Test {
    /// Whether these levels pass the test.
    pub fn holds(&self, levels: &[u8]) -> bool {
        self.allowed[usize::from(levels[self.variable])]
    }

    /// The test in words: `wish = home or neutral`, or `wish is not home` where that is shorter.
    pub fn words(&self, variables: &[Variable]) -> String {
        let variable = &variables[self.variable];
        let names = |wanted: bool| -> Vec<&str> {
            let levels = variable.levels.iter().zip(&self.allowed);
            levels.filter(|(_, allowed)| **allowed == wanted).map(|(level, _)| level.as_str()).collect()
        };
        let (allowed, excluded) = (names(true), names(false));
        if excluded.len() < allowed.len() {
            format!("{} is not {}", variable.name, excluded.join(" or "))
        } else {
            format!("{} = {}", variable.name, allowed.join(" or "))
        }
    }
}

/// Tests that must all be passed. Without any, it holds for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// The tests, each of another variable.
    pub tests: Vec<Test>,
}

impl Condition {
    /// Whether these levels pass every test.
    pub fn holds(&self, levels: &[u8]) -> bool {
        self.tests.iter().all(|test| test.holds(levels))
    }

    /// The tests that these levels fail.
    pub fn failing<'a>(&'a self, levels: &'a [u8]) -> impl Iterator<Item = &'a Test> {
        self.tests.iter().filter(move |test| !test.holds(levels))
    }

    /// The condition in words; `everybody` where there is no test.
    pub fn words(&self, variables: &[Variable]) -> String {
        if self.tests.is_empty() {
            return "everybody".into();
        }
        let tests: Vec<String> = self.tests.iter().map(|test| test.words(variables)).collect();
        tests.join(", ")
    }
}
