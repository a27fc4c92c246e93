use super::leaning::Leaning;
use super::population::sample;
use super::{Population, Progress};
use crate::domain::{Error, Purpose, Stream};
use crate::scenario::{Distribution, Weights};

/// Replicates of a population up to the last step: parameters drawn, then the leanings of units.
/// What draws the people is each engine's own.
pub(super) struct Realisation<'a> {
    population: &'a Population,
    parameters: Vec<Stream>,
    leaning: Vec<Stream>,
}

/// A unit of a stratum, or a whole stratum that has none.
pub(super) struct Unit<'a> {
    /// Its number within the stratum, from 0.
    pub(super) number: u64,
    /// How many people it has.
    pub(super) people: u64,
    /// The law of their profiles.
    pub(super) law: &'a Weights,
}

impl<'a> Realisation<'a> {
    pub(super) fn new(population: &'a Population, seed: u64) -> Self {
        let (strata, parameters) = (&population.scenario.strata, &population.scenario.parameters);
        let parameter = |name: &str| Stream::new(Purpose::Parameter, name, seed);
        Realisation {
            population,
            parameters: parameters.iter().map(|p| parameter(&p.name)).collect(),
            leaning: strata.iter().map(|s| Stream::new(Purpose::Leaning, &s.id, seed)).collect(),
        }
    }

    /// The shares of every row of every stratum in one replicate.
    ///
    /// # Errors
    ///
    /// If the parameters drawn make some of them exceed 1.
    pub(super) fn shares(&self, replicate: u64) -> Result<Vec<Vec<f64>>, Error> {
        let parameters = self.population.scenario.parameters.iter().zip(&self.parameters);
        let value = |distribution, stream: &Stream| match distribution {
            Distribution::Fixed(value) => value,
            distribution => sample(distribution, &mut stream.rng(replicate, 0)),
        };
        let values: Vec<f64> = parameters.map(|(p, stream)| value(p.distribution, stream)).collect();
        let scenario = &self.population.scenario;
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

    /// The error of the earliest replicate that fails, where one is known to: which of several is met
    /// first in time depends on the threads.
    pub(super) fn earliest_failure(&self, error: Error, progress: &dyn Progress) -> Error {
        let Error::SharesExceedOne { replicate, .. } = error else { return error };
        let failure = |replicate| match progress.cancelled() {
            true => Some(Error::INTERRUPTED),
            false => self.shares(replicate).err(),
        };
        (0..replicate).find_map(failure).unwrap_or(error)
    }

    /// Hands over the units of a stratum in order, given its shares in this replicate.
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
            return each(Unit { number: 0, people: declared.size, law: &blueprint.law(shares) });
        };
        let mut rng = self.leaning[stratum].rng(replicate, 0);
        let laws = blueprint.unit_laws(units.vary, shares);
        let rows = blueprint.rows_of(units.vary);
        let leanings: Vec<_> = rows.map(|row| Leaning::new(shares, row, units.concentration)).collect();
        let (mut drawn, mut law) = (shares.to_vec(), Weights::default());
        for (number, people) in (0..).zip(units.sizes(declared.size)) {
            leanings.iter().for_each(|leaning| leaning.draw(&mut rng, &mut drawn));
            laws.law_into(&drawn, &mut law);
            each(Unit { number, people, law: &law })?;
        }
        Ok(())
    }
}
