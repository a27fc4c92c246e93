//! A proposal read in one way: a value chosen for each of its readings.

use std::sync::Arc;

use super::definition::Proposal;
use super::name::{ChosenReading, ProposalName};
use crate::domain::{Profile, Space};

/// A proposal with one value chosen for each of its readings.
#[derive(Debug, Clone)]
pub struct Interpretation {
    /// The proposal.
    pub proposal: Arc<Proposal>,
    /// A value for each of its readings.
    pub chosen: Vec<u8>,
}

impl Interpretation {
    /// The proposal with every reading at its default.
    pub fn by_default(proposal: Arc<Proposal>) -> Interpretation {
        Interpretation { chosen: proposal.defaults(), proposal }
    }

    /// The proposal's id and the readings chosen, by name.
    pub fn name(&self) -> ProposalName {
        let choices = self.proposal.readings.iter().zip(&self.chosen);
        let readings = choices.map(|(reading, &value)| ChosenReading {
            reading: reading.variable.name.clone(),
            value: reading.variable.levels[usize::from(value)].clone(),
            is_default: value == reading.default,
        });
        ProposalName { id: self.proposal.id.clone(), readings: readings.collect() }
    }

    /// The point at which the rules are asked about a profile: its levels, then the readings' values.
    pub fn point(&self, space: &Space, profile: Profile) -> Vec<u8> {
        [space.levels(profile), &self.chosen].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::toy;
    use super::*;

    #[test]
    fn a_name_tells_chosen_values_from_defaults() {
        let readings = vec![toy::reading("left", &["retained", "released"]), toy::reading("abroad", &["no"])];
        let mut interpretation = Interpretation::by_default(Arc::new(toy::proposal(readings, Vec::new())));
        assert_eq!(interpretation.name().label(), "toy");
        interpretation.chosen[0] = 1;
        assert_eq!(interpretation.name().label(), "toy:left=released");
        assert_eq!(interpretation.name().full_reading(), "left=released;abroad=no");
    }

    #[test]
    fn a_point_is_a_profile_followed_by_the_readings() {
        let readings = vec![toy::reading("left", &["retained", "released"])];
        let mut interpretation = Interpretation::by_default(Arc::new(toy::proposal(readings, Vec::new())));
        interpretation.chosen[0] = 1;
        let space = toy::setting().space;
        let last = space.profiles().last().unwrap();
        assert_eq!(interpretation.point(&space, last), [1, 2, 1]);
    }
}
