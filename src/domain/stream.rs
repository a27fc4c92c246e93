//! Named streams of random numbers. Every draw of the program comes from one of them, so that a number
//! depends on the seed and on what it is for, never on threads or order.

use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use sha2::{Digest, Sha256};

/// The purpose of random numbers. Each purpose has its own streams, so that one more draw for one
/// purpose never moves the numbers of another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The value of an uncertain parameter.
    Parameter,
    /// The leanings of a stratum's units.
    Leaning,
    /// The profiles of individuals.
    Individuals,
    /// The counts of units, drawn without people.
    Counts,
    /// The points of a design of experiments.
    Design,
    /// The rows of a bootstrap sample.
    Bootstrap,
    /// The levels that a roster does not have.
    Imputation,
    /// Who keeps an outcome where a limit leaves fewer places than people.
    Limit,
    /// Which of the people of one kind have which of the outcomes that limits leave them.
    Urn,
}

/// The random numbers of one purpose for one parameter or stratum.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    name: [u8; 16],
    seed: u64,
}

impl Stream {
    /// The stream of a purpose for the parameter or stratum of this name.
    pub(crate) fn new(purpose: Purpose, name: &str, seed: u64) -> Stream {
        let tag: &[u8] = match purpose {
            Purpose::Parameter => b"parameter",
            Purpose::Leaning => b"leaning",
            Purpose::Individuals => b"individuals",
            Purpose::Counts => b"counts",
            Purpose::Design => b"design",
            Purpose::Bootstrap => b"bootstrap",
            Purpose::Imputation => b"imputation",
            Purpose::Limit => b"limit",
            Purpose::Urn => b"urn",
        };
        let digest = Sha256::new().chain_update(tag).chain_update([0]).chain_update(name).finalize();
        let mut name = [0; 16];
        name.copy_from_slice(&digest[..16]);
        Stream { name, seed }
    }

    /// The generator of one block of one replicate. What tells it from all others stands side by side in
    /// ChaCha's key and stream number, so no two generators draw the same numbers:
    ///
    /// ```text
    /// key      name (16 bytes) | seed (8) | replicate (8)
    /// stream   block (8)
    /// ```
    pub(crate) fn rng(&self, replicate: u64, block: u64) -> ChaCha8Rng {
        let mut key = [0; 32];
        key[..16].copy_from_slice(&self.name);
        key[16..24].copy_from_slice(&self.seed.to_le_bytes());
        key[24..].copy_from_slice(&replicate.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(block);
        rng
    }
}

/// A random whole number below `bound`: the upper half of a product of 64 by 64 bits, so that any number is
/// likelier than another by at most `bound` in 2^64.
pub(crate) fn below(bound: u64, rng: &mut ChaCha8Rng) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_a_stream_stay_what_they_are() {
        let stream = Stream::new(Purpose::Individuals, "kpa-north", 1952);
        let mut rng = stream.rng(0, 0);
        let first: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        assert_eq!(first, [10831470216423456022, 3814400830293561459, 81387968574017286]);
    }

    #[test]
    fn purpose_name_seed_replicate_and_block_each_change_the_numbers() {
        let first = |purpose, name, seed, replicate, block| {
            Stream::new(purpose, name, seed).rng(replicate, block).next_u64()
        };
        let numbers = [
            first(Purpose::Individuals, "a", 1, 0, 0),
            first(Purpose::Counts, "a", 1, 0, 0),
            first(Purpose::Individuals, "b", 1, 0, 0),
            first(Purpose::Individuals, "a", 2, 0, 0),
            first(Purpose::Individuals, "a", 1, 1, 0),
            first(Purpose::Individuals, "a", 1, 0, 1),
        ];
        let mut distinct = numbers.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), numbers.len());
    }
}
