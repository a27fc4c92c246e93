use rand::{Rng, rngs::ChaCha8Rng};
use rayon::prelude::*;

use super::Progress;
use super::realisation::Unit;
use crate::domain::{Error, Stream};
use crate::scenario::Weights;

/// People whose profiles are drawn one after the other from one stream. Part of the definition
/// of the results: another size gives other people.
const BLOCK: u64 = 1 << 16;

/// Stream numbers set aside for each unit, more than a unit of 2^53 people has blocks.
const STREAMS_PER_UNIT: u64 = 1 << 40;

/// Draws the profile of every prisoner of a unit and adds them to a tally by cell.
///
/// # Errors
///
/// If interrupted. The blocks that are then left are not even visited: a unit may have 10^11 of them.
pub(super) fn add(
    unit: &Unit<'_>,
    stream: &Stream,
    replicate: u64,
    progress: &dyn Progress,
    tally: &mut [u64],
) -> Result<(), Error> {
    let sampler = Sampler::new(unit.law);
    let draw = |block: &Block, tally: &mut [u64]| {
        if progress.cancelled() {
            return None;
        }
        sampler.tally(block.people, &mut stream.rng(replicate, block.stream), tally);
        progress.advance(block.people);
        Some(())
    };
    if unit.people <= BLOCK {
        let drawn = blocks(unit).try_for_each(|block| draw(&block, tally));
        return drawn.ok_or(Error::INTERRUPTED);
    }
    let nobody = || vec![0; tally.len()];
    let drawn = (0..unit.people.div_ceil(BLOCK)).into_par_iter().try_fold(nobody, |mut tally, block| {
        draw(&Block::of(unit, block), &mut tally)?;
        Some(tally)
    });
    let drawn = drawn.try_reduce(nobody, |mut a, b| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        Some(a)
    });
    let drawn = drawn.ok_or(Error::INTERRUPTED)?;
    tally.iter_mut().zip(drawn).for_each(|(tally, drawn)| *tally += drawn);
    Ok(())
}

/// People of a unit who are drawn from one stream.
pub(super) struct Block {
    /// The number of the stream.
    pub(super) stream: u64,
    /// How many.
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
const BITS: u32 = Weights::ONE.trailing_zeros();

/// Leading bits that decide about most people, by the number of cells up to which they do: the fewer, the
/// more people one random word serves, and the faster the memory is that holds the tally by slot.
const SLOT_BITS: [(usize, u32); 3] = [(8, 8), (256, 12), (usize::MAX, 16)];

/// Where there are more than this many slots for each person, people are looked up one by one rather than
/// tallied by slot: clearing and adding up the slots would take longer.
const FEW: u64 = 32;

/// Draws cells: a person is a number below 2^53, and belongs to the first cell whose running sum of
/// weights exceeds it.
///
/// Its first 8 bits, 12 where there are more than 8 cells, or 16 where there are more than 256, place the
/// person in one of 256, 4,096 or 65,536 slots. Most slots lie within one cell; in the others, once the
/// block's slots are all drawn, the other bits are drawn for each person, slot by slot. So the law is the
/// declared one to the last bit, and 64 random bits serve eight people, five or four.
pub(super) struct Sampler {
    /// How many leading bits place a person in a slot.
    slot_bits: u32,
    /// The cells that somebody can have, and the running sums of their weights.
    cells: Vec<(usize, u64)>,
}

impl Sampler {
    pub(super) fn new(law: &Weights) -> Sampler {
        let weights = law.weights().iter().enumerate().filter(|(_, weight)| **weight > 0);
        let running = weights.scan(0, |sum, (cell, weight)| {
            *sum += weight;
            Some((cell, *sum))
        });
        let cells: Vec<(usize, u64)> = running.collect();
        let slot_bits = SLOT_BITS.into_iter().find(|(most, _)| cells.len() <= *most);
        Sampler { slot_bits: slot_bits.map_or(16, |(_, bits)| bits), cells }
    }

    /// Draws so many people and adds them to the tally by cell.
    fn tally(&self, people: u64, rng: &mut ChaCha8Rng, tally: &mut [u64]) {
        if let [(only, _)] = self.cells[..] {
            tally[only] += people;
            return;
        }
        if people < (1 << self.slot_bits) / FEW {
            let mut cells = vec![0; people as usize];
            self.place(rng, &mut cells);
            cells.iter().for_each(|cell| tally[usize::from(*cell)] += 1);
            return;
        }
        match self.slot_bits {
            8 => self.tally_slots::<8, { 1 << 8 }>(people, rng, tally),
            12 => self.tally_slots::<12, { 1 << 12 }>(people, rng, tally),
            _ => self.tally_slots::<16, { 1 << 16 }>(people, rng, tally),
        }
    }

    fn tally_slots<const BITS: u32, const SLOTS: usize>(
        &self,
        people: u64,
        rng: &mut ChaCha8Rng,
        tally: &mut [u64],
    ) {
        let mut slots = [0u32; SLOTS];
        draw_slots::<BITS>(people, rng, |slot| slots[slot] += 1);
        self.settle(&slots, rng, tally);
    }

    /// Adds people by slot to the tally by cell; of those in split slots the other bits are drawn.
    fn settle(&self, slots: &[u32], rng: &mut ChaCha8Rng, tally: &mut [u64]) {
        let rest_bits = BITS - self.slot_bits;
        let mut settled = 0;
        for &(cell, end) in &self.cells {
            let split = (end >> rest_bits) as usize;
            if split < settled {
                continue;
            }
            let whole = &slots[settled..split];
            tally[cell] += whole.iter().map(|people| u64::from(*people)).sum::<u64>();
            settled = split;
            if end & ((1 << rest_bits) - 1) > 0 {
                (0..slots[split]).for_each(|_| tally[self.rest(split, rng)] += 1);
                settled += 1;
            }
        }
    }

    /// Draws a person for each place and says the cell of each: the same people as those in the tally.
    pub(super) fn place(&self, rng: &mut ChaCha8Rng, cells: &mut [u16]) {
        let mut split = Vec::new();
        let mut person = 0;
        let rest_bits = BITS - self.slot_bits;
        self.draw_slots(cells.len() as u64, rng, |slot| {
            let (start, end) = ((slot as u64) << rest_bits, (slot as u64 + 1) << rest_bits);
            let (cell, cell_end) = self.cells[self.cell_of(start)];
            if cell_end < end {
                split.push((slot, person));
            }
            cells[person] = cell as u16;
            person += 1;
        });
        split.sort_unstable();
        split.into_iter().for_each(|(slot, person)| cells[person] = self.rest(slot, rng) as u16);
    }

    /// Hands over the slots of so many people, in order.
    fn draw_slots(&self, people: u64, rng: &mut ChaCha8Rng, each: impl FnMut(usize)) {
        match self.slot_bits {
            8 => draw_slots::<8>(people, rng, each),
            12 => draw_slots::<12>(people, rng, each),
            _ => draw_slots::<16>(people, rng, each),
        }
    }

    /// The cell of a person in a split slot.
    fn rest(&self, slot: usize, rng: &mut ChaCha8Rng) -> usize {
        let rest_bits = BITS - self.slot_bits;
        let number = (slot as u64) << rest_bits | rng.next_u64() >> (64 - rest_bits);
        self.cells[self.cell_of(number)].0
    }

    /// Where in the list the cell of this number is.
    fn cell_of(&self, number: u64) -> usize {
        self.cells.partition_point(|(_, end)| *end <= number)
    }
}

/// The slots of so many people, in order, each the next bits of a random word.
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

    fn tally(law: &Weights, people: u64) -> Vec<u64> {
        let mut tally = vec![0; law.weights().len()];
        add(&Unit { number: 0, people, law }, &stream(), 0, &Silent, &mut tally).unwrap();
        tally
    }

    fn place(law: &Weights, people: usize) -> Vec<u16> {
        let mut cells = vec![0; people];
        Sampler::new(law).place(&mut stream().rng(0, 0), &mut cells);
        cells
    }

    fn stream() -> Stream {
        Stream::new(Purpose::Individuals, "test", 1952)
    }

    #[test]
    fn the_people_of_a_seed_stay_who_they_are() {
        let law = Weights::quantised(&[0.5, 0.0, 0.3, 0.2]);
        assert_eq!(tally(&law, 1_000), [530, 0, 285, 185]);
        assert_eq!(place(&law, 20), [0, 0, 0, 3, 0, 2, 0, 0, 0, 2, 2, 0, 0, 3, 2, 2, 3, 0, 2, 0]);
        let tiny: Vec<f64> = (0..5_000).map(|_| 1.0 / 5_000.0).collect();
        assert_eq!(place(&Weights::quantised(&tiny), 5), [2171, 4401, 3362, 1741, 2684]);
    }

    #[test]
    fn blocks_add_up_to_everybody() {
        let law = Weights::quantised(&[0.25, 0.75]);
        let people = 3 * BLOCK + 17;
        assert_eq!(tally(&law, people).iter().sum::<u64>(), people);
        assert_eq!(tally(&law, 0), [0, 0]);
    }

    /// 2^53 people are 2^37 blocks. One is drawn, and then each thread visits one more at the most.
    #[test]
    fn a_cancelled_unit_leaves_its_remaining_blocks_alone() {
        let law = Weights::quantised(&[0.25, 0.75]);
        let threads = 4;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let progress = Cancels::after(1);
        let (unit, mut tally) = (Unit { number: 0, people: 1 << 53, law: &law }, [0; 2]);
        let added = pool.install(|| add(&unit, &stream(), 0, &progress, &mut tally));
        assert!(matches!(added, Err(Error::Interrupted { kept: None })), "{added:?}");
        assert_eq!(progress.people(), BLOCK);
        assert!((1..=threads as u64).contains(&progress.asked_afterwards()), "{progress:?}");
        assert_eq!(tally, [0, 0]);
    }

    /// The cell of every number is looked at where it changes, so this is the whole law.
    #[test]
    fn as_many_numbers_as_its_weight_belong_to_a_cell() {
        for shares in fit::TABLES {
            let law = Weights::quantised(&shares());
            let sampler = Sampler::new(&law);
            let mut begin = 0;
            for (place, &(cell, end)) in sampler.cells.iter().enumerate() {
                assert_eq!(end - begin, law.weights()[cell]);
                assert_eq!((sampler.cell_of(begin), sampler.cell_of(end - 1)), (place, place));
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
            let law = Weights::quantised(&shares());
            let tally = tally(&law, people);
            fit::assert_follows(&law, &tally);

            let sampler = Sampler::new(&law);
            let mut rounded = vec![0; law.weights().len()];
            sampler.draw_slots(people, &mut stream().rng(0, 0), |slot| {
                let first = (slot as u64) << (BITS - sampler.slot_bits);
                rounded[sampler.cells[sampler.cell_of(first)].0] += 1;
            });
            caught.extend((!fit::follows(&law, &rounded)).then_some(table));
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
            let law = Weights::quantised(&raw.iter().map(|p| p / total).collect::<Vec<_>>());
            let mut placed = vec![0; raw.len()];
            place(&law, people).into_iter().for_each(|cell| placed[usize::from(cell)] += 1);
            prop_assert_eq!(placed, tally(&law, people as u64));
        }
    }
}
