//! Strata: groups of prisoners, with the shares of each attribute's levels among them.

use crate::domain::Basis;

/// A group of prisoners with a size and distributions over attributes.
#[derive(Debug, Clone, Default)]
pub struct Stratum {
    /// Its id within the scenario.
    pub id: String,
    /// How many people it has.
    pub size: u64,
    /// Where the size comes from.
    pub basis: Basis,
    /// How each attribute is distributed, in the setting's order.
    pub choices: Vec<Choice>,
    /// Its units, if it has any.
    pub units: Option<Units>,
}

impl Stratum {
    /// Where its numbers come from: its size and its units.
    pub fn bases(&self) -> impl Iterator<Item = &Basis> {
        std::iter::once(&self.basis).chain(self.units.iter().map(|units| &units.basis))
    }

    /// Whether any of its shares refers to the parameter at this position.
    pub fn mentions(&self, parameter: usize) -> bool {
        self.choices.iter().any(|choice| choice.mentions(parameter))
    }
}

/// How one attribute is distributed within a stratum.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The same shares for everybody.
    Shares(Shares),
    /// Shares that depend on the level of another variable.
    Given {
        /// Number of the variable.
        variable: usize,
        /// For each of its levels, how the attribute is then distributed; `None` where no
        /// prisoner of the stratum has that level.
        branches: Vec<Option<Choice>>,
    },
}

impl Choice {
    fn mentions(&self, parameter: usize) -> bool {
        match self {
            Choice::Shares(shares) => shares.named.iter().any(|(_, q)| *q == Quantity::Parameter(parameter)),
            Choice::Given { branches, .. } => {
                branches.iter().flatten().any(|choice| choice.mentions(parameter))
            }
        }
    }
}

/// Shares of the levels of an attribute. A level that is not named has a share of 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The levels with a share of their own.
    pub named: Vec<(u8, Quantity)>,
    /// The level that takes what is left of 1, if one does.
    pub rest: Option<u8>,
}

impl Shares {
    /// The shares where everybody has this level.
    pub fn all(level: u8) -> Shares {
        Shares { named: Vec::new(), rest: Some(level) }
    }

    /// The levels that some prisoner may have.
    pub fn support(&self) -> impl Iterator<Item = u8> {
        let named = self.named.iter().filter(|(_, share)| *share != Quantity::Number(0.0));
        named.map(|(level, _)| *level).chain(self.rest)
    }
}

/// A share: a number, or a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// The number itself.
    Number(f64),
    /// The parameter at this position in the scenario.
    Parameter(usize),
}

impl Quantity {
    /// Its value where the parameters have these values.
    pub fn value(self, parameters: &[f64]) -> f64 {
        match self {
            Quantity::Number(number) => number,
            Quantity::Parameter(index) => parameters[index],
        }
    }
}

/// Subgroups of equal size, such as camp compounds, each with its own leaning: the shares of one
/// attribute are drawn for each unit from a Dirichlet distribution around those of the stratum.
#[derive(Debug, Clone)]
pub struct Units {
    /// How many units.
    pub count: u32,
    /// The attribute whose shares vary, by number.
    pub vary: usize,
    /// The concentration of the Dirichlet distribution. Where it times every share stays below 1, units
    /// lean strongly one way or another (the density is U-shaped); large values make them all alike.
    pub concentration: f64,
    /// Where its numbers come from.
    pub basis: Basis,
}

impl Units {
    /// The most units a stratum may have.
    pub const MAX_COUNT: u32 = 1_000_000;

    /// The number of people in each unit of a stratum of this size: as even as can be, larger units first.
    pub fn sizes(&self, size: u64) -> impl Iterator<Item = u64> + use<> {
        let count = u64::from(self.count);
        (0..count).map(move |unit| size / count + u64::from(unit < size % count))
    }
}
