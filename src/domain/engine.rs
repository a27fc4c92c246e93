//! The three ways of realising a population. They agree in distribution.

/// How a population is realised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// Draws every prisoner's profile.
    #[default]
    Individuals,
    /// Draws the tally directly; the cost does not depend on the number of people.
    Counts,
    /// Expectation and variance in closed form, given the parameters.
    Exact,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Engine; 3] = [Engine::Individuals, Engine::Counts, Engine::Exact];

    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Individuals => "individuals",
            Engine::Counts => "counts",
            Engine::Exact => "exact",
        }
    }
}
