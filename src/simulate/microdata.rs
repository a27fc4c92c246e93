//! Microdata: the prisoners of one replicate one by one, in batches, so that a file of any length can be
//! written. They are the same people whom the engine `individuals` counts.

use std::sync::Arc;

use rayon::prelude::*;

use super::individuals::{Block, Sampler, blocks};
use super::progress::stop_if_cancelled;
use super::realisation::Realisation;
use super::{Population, Progress, Replicate};
use crate::domain::{Error, Purpose, Stream};
use crate::scenario::Blueprint;

/// The number of people drawn before they are delivered: more would only take memory, fewer would leave
/// cores idle and make small row groups.
const BATCH: usize = 1 << 20;

/// A batch of prisoners one by one, in the order of strata, units and blocks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Which people belong to which unit; the runs follow each other.
    pub runs: Vec<UnitRun>,
    /// The index of each person's profile. A space has at most 65,536.
    pub profiles: Vec<u16>,
}

/// Consecutive people of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitRun {
    /// The number of the stratum.
    pub stratum: usize,
    /// The unit's number within the stratum, from 0; absent where the stratum has none.
    pub unit: Option<u32>,
    /// The number of people.
    pub people: usize,
}

/// Draws the people of one replicate and delivers them to `each` in batches: the same people whom
/// [`draw`](super::draw) counts by individuals. Memory stays that of a batch, whatever the population.
///
/// Blocks are drawn in the pool, and `each` is called outside it, so that it may have threads of its own.
///
/// # Errors
///
/// The first that `each` returns; if interrupted; if the parameters drawn make shares exceed 1.
pub fn draw_microdata(
    population: &Population,
    replicate: Replicate,
    pool: &rayon::ThreadPool,
    progress: &dyn Progress,
    mut each: impl FnMut(&People) -> Result<(), Error>,
) -> Result<(), Error> {
    let Replicate { seed, number: replicate } = replicate;
    let realisation = Realisation::new(population, seed);
    let mut batch = Batch::default();
    let mut deliver = |batch: &mut Batch| {
        stop_if_cancelled(progress)?;
        let people = pool.install(|| std::mem::take(batch).draw(replicate));
        each(&people)?;
        progress.advance(people.profiles.len() as u64);
        Ok(())
    };
    for (stratum, shares) in realisation.shares(replicate)?.iter().enumerate() {
        let declared = &population.scenario.strata[stratum];
        let stream = Stream::new(Purpose::Individuals, &declared.id, seed);
        let profiles = profiles_of_cells(&population.blueprints[stratum]);
        realisation.units(stratum, shares, replicate, |unit| {
            stop_if_cancelled(progress)?;
            let number = declared.units.as_ref().map(|_| unit.number as u32);
            let sampler = Sampler::new(unit.weights);
            let source = Arc::new(UnitSource { sampler, stream, profiles: profiles.clone() });
            for block in blocks(&unit) {
                batch.add(UnitRun { stratum, unit: number, people: block.people as usize }, &source, block);
                if batch.people >= BATCH {
                    deliver(&mut batch)?;
                }
            }
            Ok(())
        })?;
    }
    if batch.people > 0 { deliver(&mut batch) } else { Ok(()) }
}

/// The index of the profile of each cell.
fn profiles_of_cells(blueprint: &Blueprint) -> Arc<[u16]> {
    blueprint.cells.iter().map(|cell| cell.profile.index() as u16).collect()
}

/// What the people of a unit are drawn from.
struct UnitSource {
    sampler: Sampler,
    stream: Stream,
    /// The index of the profile of each cell.
    profiles: Arc<[u16]>,
}

impl UnitSource {
    /// Draws the profiles of the people of a block.
    fn draw(&self, replicate: u64, block: &Block, people: &mut [u16]) {
        self.sampler.draw_cells(&mut self.stream.rng(replicate, block.stream), people);
        people.iter_mut().for_each(|cell| *cell = self.profiles[usize::from(*cell)]);
    }
}

/// Blocks of people who are yet to be drawn.
#[derive(Default)]
struct Batch {
    runs: Vec<UnitRun>,
    blocks: Vec<(Arc<UnitSource>, Block)>,
    people: usize,
}

impl Batch {
    fn add(&mut self, run: UnitRun, source: &Arc<UnitSource>, block: Block) {
        self.people += run.people;
        self.runs.push(run);
        self.blocks.push((source.clone(), block));
    }

    /// Draws all blocks in parallel, each into its place.
    fn draw(self, replicate: u64) -> People {
        let mut profiles = vec![0; self.people];
        let mut left = profiles.as_mut_slice();
        let mut places = Vec::with_capacity(self.blocks.len());
        for (source, block) in &self.blocks {
            let (place, others) = left.split_at_mut(block.people as usize);
            places.push((source, block, place));
            left = others;
        }
        places.into_par_iter().for_each(|(source, block, place)| source.draw(replicate, block, place));
        People { runs: self.runs, profiles }
    }
}
