use super::Variable;

/// A demand on one variable: its level is one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Number of the variable.
    pub variable: usize,
    /// For each of its levels, whether it will do.
    pub allowed: Vec<bool>,
}

impl Test {
    /// Whether the point meets the demand.
    pub fn holds(&self, point: &[u8]) -> bool {
        self.allowed[usize::from(point[self.variable])]
    }

    /// The demand in words: `wish = home or neutral`, or `wish is not home` where that is shorter.
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

/// Demands that must all be met; without any, it holds for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// The demands, each on another variable.
    pub tests: Vec<Test>,
}

impl Condition {
    /// Whether the point meets every demand.
    pub fn holds(&self, point: &[u8]) -> bool {
        self.tests.iter().all(|test| test.holds(point))
    }

    /// The demands the point fails.
    pub fn failing<'a>(&'a self, point: &'a [u8]) -> impl Iterator<Item = &'a Test> {
        self.tests.iter().filter(move |test| !test.holds(point))
    }

    /// The condition in words, `everybody` when nothing is demanded.
    pub fn words(&self, variables: &[Variable]) -> String {
        if self.tests.is_empty() {
            return "everybody".into();
        }
        let tests: Vec<String> = self.tests.iter().map(|test| test.words(variables)).collect();
        tests.join(", ")
    }
}
