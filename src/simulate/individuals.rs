//! The engine `individuals`: draws every prisoner's profile, in blocks that share a stream of random
//! numbers, and counts the cells. What makes it fast is that most people need a few bits only.

use rand::{Rng, rngs::ChaCha8Rng};
use rayon::prelude::*;

use super::Progress;
use super::realisation::Unit;
use crate::domain::{Error, Stream};
use crate::scenario::Weights;

/// The number of people whose profiles are drawn one after the other from one stream. Part of the
/// definition of the results: another number gives other people.
const BLOCK: u64 = 1 << 16;

/// Stream numbers set aside for each unit, more than a unit of 2^53 people has blocks.
const STREAMS_PER_UNIT: u64 = 1 << 40;

/// Draws the profile of every prisoner of a unit and adds them to a tally by cell.
///
/// # Errors
///
/// If interrupted. The blocks that are then left are not even visited: a unit may have 10^11 of them.
pub(super) fn add_people(
    unit: &Unit<'_>,
    stream: &Stream,
    replicate: u64,
    progress: &dyn Progress,
    tally: &mut [u64],
) -> Result<(), Error> {
    let sampler = Sampler::new(unit.weights);
    let draw = |block: &Block, tally: &mut [u64]| {
        if progress.cancelled() {
            return None;
        }
        sampler.count_people(block.people, &mut stream.rng(replicate, block.stream), tally);
        progress.advance(block.people);
        Some(())
    };
    if unit.people <= BLOCK {
        let drawn = blocks(unit).try_for_each(|block| draw(&block, tally));
        return drawn.ok_or(Error::INTERRUPTED);
    }
    let zeros = || vec![0; tally.len()];
    let drawn = (0..unit.people.div_ceil(BLOCK)).into_par_iter().try_fold(zeros, |mut tally, block| {
        draw(&Block::of(unit, block), &mut tally)?;
        Some(tally)
    });
    let drawn = drawn.try_reduce(zeros, |mut a, b| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        Some(a)
    });
    let drawn = drawn.ok_or(Error::INTERRUPTED)?;
    tally.iter_mut().zip(drawn).for_each(|(tally, drawn)| *tally += drawn);
    Ok(())
}

/// The people of a unit who are drawn from one stream.
pub(super) struct Block {
    /// The number of the stream.
    pub(super) stream: u64,
    /// The number of people.
    pub(super) people: u64,
}

impl Block {
    fn of(unit: &Unit<'_>, block: u64) -> Block {
        Block {
            stream: unit.number * STREAMS_PER_UNIT + block,
            people: BLOCK.min(unit.people - block * BLOCK),
        }
    }
}

/// The blocks of a unit, in order.
pub(super) fn blocks(unit: &Unit<'_>) -> impl Iterator<Item = Block> {
    (0..unit.people.div_ceil(BLOCK)).map(|block| Block::of(unit, block))
}

/// Bits of a person's number.
const PERSON_BITS: u32 = Weights::ONE.trailing_zeros();

/// Numbers of cells, and the leading bits that decide about most people up to that many cells. The fewer
/// bits, the more people one random word serves, and the faster the memory is that holds the slots.
const SLOT_BITS: [(usize, u32); 3] = [(8, 8), (256, 12), (usize::MAX, 16)];

/// Where there are more than this many slots for each person, people are looked up one by one rather than
/// counted by slot: clearing and adding up the slots would take longer.
const SLOTS_PER_PERSON: u64 = 32;

/// Draws cells: a person is a number below 2^53, and belongs to the first cell whose running sum of
/// weights exceeds it.
///
/// The first 8 bits of the number, 12 where there are more than 8 cells, or 16 where there are more than
/// 256, place the person in one of 256, 4,096 or 65,536 slots. Most slots lie within one cell. In the
/// others, which are split, the other bits are drawn for each person once the slots of the whole block are
/// drawn, slot by slot. So the distribution is the declared one to the last bit, and 64 random bits serve
/// eight people, five or four.
///
/// The same with numbers of 4 bits, of which 2 place a person in one of 4 slots, and weights of 6 and 10
/// sixteenths for the cells A and B:
///
/// ```text
/// number    0  1  2  3 |  4  5  6  7 |  8  9 10 11 | 12 13 14 15
/// slot          0      |      1      |      2      |      3
/// cell      A  A  A  A |  A  A  B  B |  B  B  B  B |  B  B  B  B
/// ```
///
/// The running sum of A is 6: its high bits say that slot 1 is where A ends, and its low bits, which are
/// not 0, that slot 1 is split. So people in slot 0 are A, people in the slots 2 and 3 are B, and for each
/// person in slot 1 two more bits are drawn: 00 and 01 are A, 10 and 11 are B.
pub(super) struct Sampler {
    /// The number of leading bits that place a person in a slot.
    slot_bits: u32,
    /// The cells with a weight, and the running sums of their weights.
    cells: Vec<(usize, u64)>,
}

impl Sampler {
    pub(super) fn new(weights: &Weights) -> Sampler {
        let weights = weights.as_slice().iter().enumerate().filter(|(_, weight)| **weight > 0);
        let running = weights.scan(0, |sum, (cell, weight)| {
            *sum += weight;
            Some((cell, *sum))
        });
        let cells: Vec<(usize, u64)> = running.collect();
        let slot_bits = SLOT_BITS.into_iter().find(|(most, _)| cells.len() <= *most);
        Sampler { slot_bits: slot_bits.map_or(16, |(_, bits)| bits), cells }
    }

    /// Draws people and adds them to the tally by cell.
    fn count_people(&self, people: u64, rng: &mut ChaCha8Rng, tally: &mut [u64]) {
        if let [(only, _)] = self.cells[..] {
            tally[only] += people;
            return;
        }
        if people < (1 << self.slot_bits) / SLOTS_PER_PERSON {
            let mut cells = vec![0; people as usize];
            self.draw_cells(rng, &mut cells);
            cells.iter().for_each(|cell| tally[usize::from(*cell)] += 1);
            return;
        }
        match self.slot_bits {
            8 => self.count_by_slot::<8, { 1 << 8 }>(people, rng, tally),
            12 => self.count_by_slot::<12, { 1 << 12 }>(people, rng, tally),
            _ => self.count_by_slot::<16, { 1 << 16 }>(people, rng, tally),
        }
    }

    fn count_by_slot<const BITS: u32, const SLOTS: usize>(
        &self,
        people: u64,
        rng: &mut ChaCha8Rng,
        tally: &mut [u64],
    ) {
        let mut slots = [0u32; SLOTS];
        draw_slots::<BITS>(people, rng, |slot| slots[slot] += 1);
        self.add_slots(&slots, rng, tally);
    }

    /// Adds people by slot to the tally by cell; for those in split slots the other bits are drawn.
    fn add_slots(&self, slots: &[u32], rng: &mut ChaCha8Rng, tally: &mut [u64]) {
        let rest_bits = PERSON_BITS - self.slot_bits;
        // Slots before this one are done.
        let mut next = 0;
        for &(cell, end) in &self.cells {
            let last = (end >> rest_bits) as usize;
            // More than one cell may end in a split slot, which is then done.
            if last < next {
                continue;
            }
            let undivided = &slots[next..last];
            tally[cell] += undivided.iter().map(|people| u64::from(*people)).sum::<u64>();
            next = last;
            if end & ((1 << rest_bits) - 1) > 0 {
                (0..slots[last]).for_each(|_| tally[self.cell_in_split(last, rng)] += 1);
                next += 1;
            }
        }
    }

    /// Draws the cells of as many people as there is room for: the same people as those counted.
    pub(super) fn draw_cells(&self, rng: &mut ChaCha8Rng, cells: &mut [u16]) {
        let mut split = Vec::new();
        let mut person = 0;
        let rest_bits = PERSON_BITS - self.slot_bits;
        self.draw_slots(cells.len() as u64, rng, |slot| {
            let (start, end) = ((slot as u64) << rest_bits, (slot as u64 + 1) << rest_bits);
            let (cell, cell_end) = self.cells[self.position_of(start)];
            if cell_end < end {
                split.push((slot, person));
            }
            cells[person] = cell as u16;
            person += 1;
        });
        // The other bits are drawn slot by slot, as they are where people are counted by slot.
        split.sort_unstable();
        split.into_iter().for_each(|(slot, person)| cells[person] = self.cell_in_split(slot, rng) as u16);
    }

    /// Draws the slots of people and passes them on in order.
    fn draw_slots(&self, people: u64, rng: &mut ChaCha8Rng, each: impl FnMut(usize)) {
        match self.slot_bits {
            8 => draw_slots::<8>(people, rng, each),
            12 => draw_slots::<12>(people, rng, each),
            _ => draw_slots::<16>(people, rng, each),
        }
    }

    /// Draws the other bits of a person in a split slot and returns the cell.
    fn cell_in_split(&self, slot: usize, rng: &mut ChaCha8Rng) -> usize {
        let rest_bits = PERSON_BITS - self.slot_bits;
        let number = (slot as u64) << rest_bits | rng.next_u64() >> (64 - rest_bits);
        self.cells[self.position_of(number)].0
    }

    /// The position in the list of the cell to which a number belongs.
    fn position_of(&self, number: u64) -> usize {
        self.cells.partition_point(|(_, end)| *end <= number)
    }
}

/// Draws the slots of people and passes them on in order, each the next bits of a random word.
fn draw_slots<const BITS: u32>(people: u64, rng: &mut ChaCha8Rng, mut each: impl FnMut(usize)) {
    let per_word = u64::from(64 / BITS);
    let mut word = |people: u64| {
        let bits = rng.next_u64();
        (0..people).for_each(|person| each((bits >> (person as u32 * BITS)) as usize % (1 << BITS)));
    };
    (0..people / per_word).for_each(|_| word(per_word));
    match people % per_word {
        0 => {}
        left => word(left),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Purpose;
    use crate::simulate::fixture::Cancels;
    use crate::simulate::{Silent, fit};

    fn draw_tally(weights: &Weights, people: u64) -> Vec<u64> {
        let mut tally = vec![0; weights.as_slice().len()];
        add_people(&Unit { number: 0, people, weights }, &stream(), 0, &Silent, &mut tally).unwrap();
        tally
    }

    fn draw_cells(weights: &Weights, people: usize) -> Vec<u16> {
        let mut cells = vec![0; people];
        Sampler::new(weights).draw_cells(&mut stream().rng(0, 0), &mut cells);
        cells
    }

    fn stream() -> Stream {
        Stream::new(Purpose::Individuals, "test", 1952)
    }

    #[test]
    fn the_people_of_a_seed_stay_who_they_are() {
        let weights = Weights::quantised(&[0.5, 0.0, 0.3, 0.2]);
        assert_eq!(draw_tally(&weights, 1_000), [530, 0, 285, 185]);
        assert_eq!(draw_cells(&weights, 20), [0, 0, 0, 3, 0, 2, 0, 0, 0, 2, 2, 0, 0, 3, 2, 2, 3, 0, 2, 0]);
        let tiny: Vec<f64> = (0..5_000).map(|_| 1.0 / 5_000.0).collect();
        assert_eq!(draw_cells(&Weights::quantised(&tiny), 5), [2171, 4401, 3362, 1741, 2684]);
    }

    #[test]
    fn blocks_add_up_to_everybody() {
        let weights = Weights::quantised(&[0.25, 0.75]);
        let people = 3 * BLOCK + 17;
        assert_eq!(draw_tally(&weights, people).iter().sum::<u64>(), people);
        assert_eq!(draw_tally(&weights, 0), [0, 0]);
    }

    /// 2^53 people are 2^37 blocks. One is drawn, and then each thread visits one more at the most.
    #[test]
    fn a_cancelled_unit_leaves_its_remaining_blocks_alone() {
        let weights = Weights::quantised(&[0.25, 0.75]);
        let threads = 4;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let progress = Cancels::after(1);
        let (unit, mut tally) = (Unit { number: 0, people: 1 << 53, weights: &weights }, [0; 2]);
        let added = pool.install(|| add_people(&unit, &stream(), 0, &progress, &mut tally));
        assert!(matches!(added, Err(Error::Interrupted { kept: None })), "{added:?}");
        assert_eq!(progress.people(), BLOCK);
        assert!((1..=threads as u64).contains(&progress.asked_afterwards()), "{progress:?}");
        assert_eq!(tally, [0, 0]);
    }

    /// The cell of every number is looked at where it changes, so this is the whole distribution.
    #[test]
    fn as_many_numbers_as_its_weight_belong_to_a_cell() {
        for shares in fit::TABLES {
            let weights = Weights::quantised(&shares());
            let sampler = Sampler::new(&weights);
            let mut begin = 0;
            for (place, &(cell, end)) in sampler.cells.iter().enumerate() {
                assert_eq!(end - begin, weights.as_slice()[cell]);
                assert_eq!((sampler.position_of(begin), sampler.position_of(end - 1)), (place, place));
                begin = end;
            }
            assert_eq!(begin, Weights::ONE);
        }
    }

    #[test]
    fn people_follow_the_law_and_would_not_without_the_rest() {
        let people = 3_000_000;
        let mut caught = Vec::new();
        for (table, shares) in fit::TABLES.iter().enumerate() {
            let weights = Weights::quantised(&shares());
            let tally = draw_tally(&weights, people);
            fit::assert_follows(&weights, &tally);

            let sampler = Sampler::new(&weights);
            let mut rounded = vec![0; weights.as_slice().len()];
            sampler.draw_slots(people, &mut stream().rng(0, 0), |slot| {
                let first = (slot as u64) << (PERSON_BITS - sampler.slot_bits);
                rounded[sampler.cells[sampler.position_of(first)].0] += 1;
            });
            caught.extend((!fit::follows(&weights, &rounded)).then_some(table));
        }
        // Those with shares far smaller than a slot; the others are multiples of a slot or close to it.
        assert_eq!(caught, [2, 4, 6]);
    }

    proptest! {
        #[test]
        fn the_people_placed_are_those_tallied(
            raw in prop::collection::vec(0.0f64..1.0, 1..400),
            tiny in 0.0f64..1e-3,
            people in 0usize..6_000,
        ) {
            let mut raw = raw;
            raw[0] = tiny + 1e-9;
            let total: f64 = raw.iter().sum();
            let weights = Weights::quantised(&raw.iter().map(|p| p / total).collect::<Vec<_>>());
            let mut placed = vec![0; raw.len()];
            draw_cells(&weights, people).into_iter().for_each(|cell| placed[usize::from(cell)] += 1);
            prop_assert_eq!(placed, draw_tally(&weights, people as u64));
        }
    }
}
