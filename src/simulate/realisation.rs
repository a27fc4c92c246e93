//! A replicate of a population up to its last step: the parameters and the leanings of units are drawn
//! here. Whoever draws the people, engine or microdata, draws them from the same realisation.

use super::leaning::Leaning;
use super::parameters::draw_parameter;
use super::{Population, Progress};
use crate::domain::{Error, Purpose, Stream};
use crate::scenario::{Distribution, Parameter, Weights};

/// One replicate of a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicate {
    /// The seed.
    pub seed: u64,
    /// The number of the replicate, from 0.
    pub number: u64,
}

/// Draws the parameters, and then the leanings of units, of any replicate of a population.
pub(super) struct Realisation<'a> {
    population: &'a Population,
    /// The random numbers of each parameter.
    parameters: Vec<Stream>,
    /// The random numbers of each stratum's leanings.
    leanings: Vec<Stream>,
}

/// A unit of a stratum, or a stratum without units as a whole.
pub(super) struct Unit<'a> {
    /// Its number within the stratum, from 0.
    pub(super) number: u64,
    /// The number of its people.
    pub(super) people: u64,
    /// The probabilities of their profiles, by cell of the stratum.
    pub(super) weights: &'a Weights,
}

impl<'a> Realisation<'a> {
    pub(super) fn new(population: &'a Population, seed: u64) -> Self {
        let (strata, parameters) = (&population.scenario.strata, &population.scenario.parameters);
        let parameter = |name: &str| Stream::new(Purpose::Parameter, name, seed);
        Realisation {
            population,
            parameters: parameters.iter().map(|p| parameter(&p.name)).collect(),
            leanings: strata.iter().map(|s| Stream::new(Purpose::Leaning, &s.id, seed)).collect(),
        }
    }

    /// Draws the parameters of a replicate and returns the shares of each stratum's rows.
    ///
    /// # Errors
    ///
    /// If the parameters drawn make the shares of a row exceed 1.
    pub(super) fn shares(&self, replicate: u64) -> Result<Vec<Vec<f64>>, Error> {
        let scenario = &self.population.scenario;
        let parameters = scenario.parameters.iter().zip(&self.parameters);
        let draw = |(parameter, stream): (&Parameter, &Stream)| match parameter.distribution {
            // No generator is made where there is nothing to draw.
            Distribution::Fixed(value) => value,
            uncertain => draw_parameter(uncertain, &mut stream.rng(replicate, 0)),
        };
        let values: Vec<f64> = parameters.map(draw).collect();
        let strata = scenario.strata.iter().zip(self.population.blueprints.iter());
        let shares = strata.map(|(stratum, blueprint)| {
            blueprint.shares(&values).map_err(|excess| Error::SharesExceedOne {
                scenario: scenario.name.clone(),
                stratum: stratum.id.clone(),
                replicate,
                sum: excess.sum,
            })
        });
        shares.collect()
    }

    /// The error of the earliest replicate that fails, where one is known to fail: which of several is
    /// met first in time depends on the threads.
    pub(super) fn earliest_failure(&self, error: Error, progress: &dyn Progress) -> Error {
        let Error::SharesExceedOne { replicate, .. } = error else { return error };
        let failure = |replicate| match progress.cancelled() {
            true => Some(Error::INTERRUPTED),
            false => self.shares(replicate).err(),
        };
        (0..replicate).find_map(failure).unwrap_or(error)
    }

    /// Draws the leanings of a stratum's units and passes each unit to `each`, in order. `shares` are
    /// those of the stratum in this replicate.
    ///
    /// # Errors
    ///
    /// The first that `each` returns.
    pub(super) fn units(
        &self,
        stratum: usize,
        shares: &[f64],
        replicate: u64,
        mut each: impl FnMut(Unit<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let declared = &self.population.scenario.strata[stratum];
        let blueprint = &self.population.blueprints[stratum];
        let Some(units) = &declared.units else {
            return each(Unit { number: 0, people: declared.size, weights: &blueprint.weights(shares) });
        };
        let mut rng = self.leanings[stratum].rng(replicate, 0);
        let unit_weights = blueprint.unit_weights(units.vary, shares);
        let rows = blueprint.rows_of(units.vary);
        let leanings: Vec<_> = rows.map(|row| Leaning::new(shares, row, units.concentration)).collect();
        let (mut drawn, mut weights) = (shares.to_vec(), Weights::default());
        for (number, people) in (0..).zip(units.sizes(declared.size)) {
            leanings.iter().for_each(|leaning| leaning.draw(&mut rng, &mut drawn));
            unit_weights.write(&drawn, &mut weights);
            each(Unit { number, people, weights: &weights })?;
        }
        Ok(())
    }
}
