use std::sync::Arc;

use rayon::prelude::*;

use super::individuals::{Block, Sampler, blocks};
use super::progress::stop_if_cancelled;
use super::realisation::Realisation;
use super::{Population, Progress};
use crate::domain::{Error, Purpose, Stream};
use crate::scenario::Blueprint;

/// People drawn before they are handed over: more would only take memory, fewer would leave cores idle
/// and make small row groups.
const BATCH: usize = 1 << 20;

/// Prisoners one by one, in the order of strata, units and blocks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Who belongs where; the stretches follow each other.
    pub stretches: Vec<Stretch>,
    /// The index of each person's profile. A space has at most 65,536.
    pub profiles: Vec<u16>,
}

/// People in a row who belong to the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The stratum, by number.
    pub stratum: usize,
    /// The unit's number within the stratum, from 0; absent where the stratum has none.
    pub unit: Option<u32>,
    /// How many people.
    pub people: usize,
}

/// Draws the people of one replicate and hands them over in batches: the same people whom
/// [`draw`](super::draw) counts by individuals. Memory stays that of a batch, whatever the population.
///
/// Blocks are drawn in the pool, and `each` is called outside it, so that it may have threads of its own.
///
/// # Errors
///
/// The first that `each` returns; if interrupted; if the parameters drawn make shares exceed 1.
pub fn microdata(
    population: &Population,
    (seed, replicate): (u64, u64),
    pool: &rayon::ThreadPool,
    progress: &dyn Progress,
    mut each: impl FnMut(&People) -> Result<(), Error>,
) -> Result<(), Error> {
    let realisation = Realisation::new(population, seed);
    let mut batch = Batch::default();
    let mut hand_over = |batch: &mut Batch| {
        stop_if_cancelled(progress)?;
        let people = pool.install(|| std::mem::take(batch).draw(replicate));
        each(&people)?;
        progress.advance(people.profiles.len() as u64);
        Ok(())
    };
    for (stratum, shares) in realisation.shares(replicate)?.iter().enumerate() {
        let declared = &population.scenario.strata[stratum];
        let stream = Stream::new(Purpose::Individuals, &declared.id, seed);
        let profiles = profiles(&population.blueprints[stratum]);
        realisation.units(stratum, shares, replicate, |unit| {
            stop_if_cancelled(progress)?;
            let number = declared.units.as_ref().map(|_| unit.number as u32);
            let group =
                Arc::new(Group { sampler: Sampler::new(unit.law), stream, profiles: profiles.clone() });
            for block in blocks(&unit) {
                batch.add(Stretch { stratum, unit: number, people: block.people as usize }, &group, block);
                if batch.people >= BATCH {
                    hand_over(&mut batch)?;
                }
            }
            Ok(())
        })?;
    }
    if batch.people > 0 { hand_over(&mut batch) } else { Ok(()) }
}

/// The index of the profile that each cell stands for.
fn profiles(blueprint: &Blueprint) -> Arc<[u16]> {
    blueprint.cells.iter().map(|cell| cell.profile.index() as u16).collect()
}

/// People who share a law.
struct Group {
    sampler: Sampler,
    stream: Stream,
    /// The index of the profile of each cell.
    profiles: Arc<[u16]>,
}

/// Blocks of people who are yet to be drawn.
#[derive(Default)]
struct Batch {
    stretches: Vec<Stretch>,
    blocks: Vec<(Arc<Group>, Block)>,
    people: usize,
}

impl Batch {
    fn add(&mut self, stretch: Stretch, group: &Arc<Group>, block: Block) {
        self.people += stretch.people;
        self.stretches.push(stretch);
        self.blocks.push((group.clone(), block));
    }

    fn draw(self, replicate: u64) -> People {
        let mut profiles = vec![0; self.people];
        let mut left = profiles.as_mut_slice();
        let mut places = Vec::with_capacity(self.blocks.len());
        for (group, block) in &self.blocks {
            let (place, others) = left.split_at_mut(block.people as usize);
            places.push((group, block, place));
            left = others;
        }
        places.into_par_iter().for_each(|(group, block, place)| {
            group.sampler.place(&mut group.stream.rng(replicate, block.stream), place);
            place.iter_mut().for_each(|cell| *cell = group.profiles[usize::from(*cell)]);
        });
        People { stretches: self.stretches, profiles }
    }
}
