//! Imputation: draws the levels that a roster does not have, conditional on those it has.

use rand::Rng;

use super::realisation::Realisation;
use super::{Population, Replicate};
use crate::domain::{Error, Purpose, Space, Stream};
use crate::scenario::Weights;

/// The number of a roster's rows whose random numbers come from one stream. Part of the definition of the
/// results.
const BLOCK: u64 = 1 << 16;

/// Bits of a row's random number.
const BITS: u32 = Weights::ONE.trailing_zeros();

/// Draws profiles for people whose levels are partly missing, from a scenario's distribution conditional
/// on the levels that are there.
///
/// The distribution is that of a prisoner drawn from all strata alike, with the parameters of one replicate
/// and no leaning by unit: a roster's rows belong to no unit of the scenario. What a row is given depends
/// on the seed, the replicate, the row's number and its own levels, not on other rows.
#[derive(Debug)]
pub struct Imputation {
    /// Expected people by profile.
    people: Vec<f64>,
    stream: Stream,
    replicate: u64,
}

/// The distribution of a person's profile over those that are possible.
#[derive(Debug)]
pub struct ConditionalProfiles {
    profiles: Vec<u16>,
    /// Running sums of the profiles' weights.
    ends: Vec<u64>,
}

impl Imputation {
    /// Prepares draws from this population with the parameters of this replicate.
    ///
    /// # Errors
    ///
    /// If the parameters drawn make shares exceed 1.
    pub fn new(space: &Space, population: &Population, replicate: Replicate) -> Result<Imputation, Error> {
        let Replicate { seed, number } = replicate;
        let mut people = vec![0.0; space.len()];
        let strata = population.scenario.strata.iter().zip(population.blueprints.iter());
        let shares = Realisation::new(population, seed).shares(number)?;
        for ((stratum, blueprint), shares) in strata.zip(&shares) {
            let weights = blueprint.weights(shares);
            for (cell, weight) in blueprint.cells.iter().zip(weights.as_slice()) {
                people[cell.profile.index()] += stratum.size as f64 * (*weight as f64 / Weights::ONE as f64);
            }
        }
        let stream = Stream::new(Purpose::Imputation, &population.scenario.name, seed);
        Ok(Imputation { people, stream, replicate: number })
    }

    /// The distribution of people who can have only these profiles, given by their indices; `None` if the
    /// scenario has nobody like them.
    pub fn conditional_on(&self, profiles: &[u16]) -> Option<ConditionalProfiles> {
        let people: Vec<f64> = profiles.iter().map(|profile| self.people[usize::from(*profile)]).collect();
        let total: f64 = people.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let weights = Weights::quantised(&people.iter().map(|people| people / total).collect::<Vec<_>>());
        let ends = weights.as_slice().iter().scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Some(ConditionalProfiles { profiles: profiles.to_vec(), ends: ends.collect() })
    }

    /// The random numbers of rows, from `first_row` on. A row has the same number wherever reading begins.
    pub fn random_numbers(&self, first_row: u64, rows: usize) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(rows);
        while numbers.len() < rows {
            let row = first_row + numbers.len() as u64;
            let (block, before) = (row / BLOCK, row % BLOCK);
            let mut rng = self.stream.rng(self.replicate, block);
            // Two 32-bit words make a number.
            rng.set_word_pos(2 * u128::from(before));
            let here = ((BLOCK - before) as usize).min(rows - numbers.len());
            numbers.extend((0..here).map(|_| rng.next_u64() >> (64 - BITS)));
        }
        numbers
    }
}

impl ConditionalProfiles {
    /// The index of the profile that a random number stands for.
    pub fn profile(&self, number: u64) -> u16 {
        self.profiles[self.ends.partition_point(|end| *end <= number)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::fit;

    fn imputation(people: &[f64]) -> Imputation {
        let stream = Stream::new(Purpose::Imputation, "test", 1952);
        Imputation { people: people.to_vec(), stream, replicate: 0 }
    }

    #[test]
    fn a_row_has_its_number_wherever_reading_begins() {
        let imputation = imputation(&[1.0]);
        let all = imputation.random_numbers(0, 200_000);
        for (first, rows) in [(0, 1), (1, 3), (65_535, 2), (65_536, 70_000), (199_999, 1)] {
            let some = &all[first..first + rows];
            assert_eq!(imputation.random_numbers(first as u64, rows), some, "{first}");
        }
        assert_eq!(all[..3], [6613172086436666, 3250827882193262, 8085901235287897]);
    }

    #[test]
    fn draws_follow_the_law_given_what_is_known() {
        let people = [30.0, 0.0, 50.0, 20.0, 900.0];
        let imputation = imputation(&people);
        let known = [0, 1, 2, 3];
        let conditional = imputation.conditional_on(&known).unwrap();
        let mut tally = vec![0; known.len()];
        for number in imputation.random_numbers(0, 3_000_000) {
            tally[usize::from(conditional.profile(number))] += 1;
        }
        fit::assert_follows(&Weights::quantised(&[0.3, 0.0, 0.5, 0.2]), &tally);
        // A distribution with a hundredth of the people moved would have been noticed.
        assert!(!fit::follows(&Weights::quantised(&[0.31, 0.0, 0.49, 0.2]), &tally));
    }

    #[test]
    fn nobody_is_drawn_whom_the_scenario_does_not_have() {
        assert!(imputation(&[1.0, 0.0, 0.0]).conditional_on(&[1, 2]).is_none());
    }
}
