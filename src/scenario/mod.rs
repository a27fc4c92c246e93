//! Scenarios: who the prisoners were, as strata and parameters, and the probability of each profile
//! that follows from them. What is declared, not what is drawn: nothing here is random.

mod blueprint;
mod distribution;
mod parameter;
mod stratum;
mod target;
mod weights;

use crate::domain::{Basis, Place, Status};

pub(crate) use blueprint::{Blueprint, TOLERANCE};
pub use distribution::Distribution;
pub use parameter::Parameter;
pub use stratum::{Choice, Quantity, Shares, Stratum, Units};
pub use target::Target;
pub(crate) use weights::Weights;

/// A population, and the proposals to judge it by.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name: the setting's, a slash, and the file's.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// The day whose prisoners these are, `1952-07-03`.
    pub date: Option<String>,
    /// What a reader should know beforehand.
    pub note: Option<String>,
    /// Named shares, which strata refer to by position.
    pub parameters: Vec<Parameter>,
    /// Groups of prisoners.
    pub strata: Vec<Stratum>,
    /// Proposals as the file names them, with their places: an id or a path, perhaps with readings.
    pub proposals: Vec<(String, Place)>,
    /// Those on the table on its day, where they are not the same.
    pub on_the_table: Option<Vec<(String, Place)>>,
}

impl Scenario {
    /// The largest population: the whole numbers that `f64` and samplers handle exactly.
    pub const MAX_POPULATION: u64 = 1 << 53;

    /// People in all strata; of more than `u64` holds, the most that it does.
    pub fn population(&self) -> u64 {
        u64::try_from(self.people()).unwrap_or(u64::MAX)
    }

    /// People in all strata, however many.
    pub(crate) fn people(&self) -> u128 {
        self.strata.iter().map(|stratum| u128::from(stratum.size)).sum()
    }

    /// Scales all strata in proportion, so that they hold `total` people. Sizes are rounded down, and
    /// the people that are then missing go one each to the largest remainders (ties to the earlier
    /// stratum): 5, 3 and 2 scaled to 7 are 3.5, 2.1 and 1.4, so 4, 2 and 1. Nobody cannot be scaled to
    /// somebody: strata without people stay so.
    pub fn scale_to(&mut self, total: u64) {
        let population = self.people();
        if population == 0 {
            return;
        }
        let exact = |size: u64| u128::from(size) * u128::from(total);
        let mut remainders: Vec<(u128, usize)> = Vec::new();
        let mut assigned = 0;
        for (index, stratum) in self.strata.iter_mut().enumerate() {
            let scaled = exact(stratum.size);
            remainders.push((scaled % population, index));
            stratum.size = (scaled / population) as u64;
            assigned += stratum.size;
        }
        remainders.sort_by_key(|&(remainder, index)| (std::cmp::Reverse(remainder), index));
        let missing = (total - assigned) as usize;
        remainders.iter().take(missing).for_each(|&(_, index)| self.strata[index].size += 1);
    }

    /// A copy without titles, notes and sources, for code that copies it many times.
    pub fn bare(&self) -> Scenario {
        let mut bare = self.clone();
        (bare.note, bare.title) = (None, String::new());
        bare.proposals.clear();
        bare.parameters.iter_mut().for_each(|parameter| parameter.basis = Basis::default());
        for stratum in &mut bare.strata {
            stratum.basis = Basis::default();
            stratum.units.iter_mut().for_each(|units| units.basis = Basis::default());
        }
        bare
    }

    /// Whether any parameter is uncertain.
    pub fn is_uncertain(&self) -> bool {
        self.parameters.iter().any(|parameter| !parameter.distribution.is_fixed())
    }

    /// How many of its numbers have this status: sizes, parameters and units.
    pub fn count(&self, status: Status) -> usize {
        self.numbers(status).count()
    }

    /// The numbers of this status: what each belongs to, and where it comes from.
    pub(crate) fn numbers(&self, status: Status) -> impl Iterator<Item = (&str, &Basis)> {
        let bases =
            self.strata.iter().flat_map(|stratum| stratum.bases().map(|basis| (stratum.id.as_str(), basis)));
        let parameters = self.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.basis));
        bases.chain(parameters).filter(move |(_, basis)| basis.status == status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_sizes(sizes: &[u64]) -> Scenario {
        let stratum = |&size: &u64| Stratum { size, ..Stratum::default() };
        Scenario {
            name: String::new(),
            date: None,
            title: String::new(),
            note: None,
            parameters: Vec::new(),
            strata: sizes.iter().map(stratum).collect(),
            proposals: Vec::new(),
            on_the_table: None,
        }
    }

    fn sizes(scenario: &Scenario) -> Vec<u64> {
        scenario.strata.iter().map(|stratum| stratum.size).collect()
    }

    #[test]
    fn largest_remainders_get_what_rounding_leaves() {
        let mut scenario = with_sizes(&[95_531, 20_700, 16_243]);
        scenario.scale_to(100);
        assert_eq!(sizes(&scenario), [72, 16, 12]);
    }

    proptest! {
        #[test]
        fn scaling_reaches_the_total_and_keeps_proportions(
            parts in prop::collection::vec(0u64..1 << 50, 1..8),
            total in 1u64..Scenario::MAX_POPULATION,
        ) {
            prop_assume!(parts.iter().sum::<u64>() > 0);
            let mut scenario = with_sizes(&parts);
            let population = scenario.population();
            scenario.scale_to(total);
            prop_assert_eq!(scenario.population(), total);
            for (before, after) in parts.iter().zip(sizes(&scenario)) {
                let exact = u128::from(*before) * u128::from(total) / u128::from(population);
                prop_assert!(u128::from(after) - exact <= 1);
            }
        }
    }
}
