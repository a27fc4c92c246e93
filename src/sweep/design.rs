use std::fmt;

use rand::{Rng, rngs::ChaCha8Rng};
use sobol_burley::parts::{owen_scramble_rev, sobol_rev};

use super::shuffle::Shuffle;
use crate::scenario::{Coordinate, DesignKind};
use crate::simulate::{Purpose, Stream};

/// One step of a Morris trajectory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The axis that moves, from 0.
    pub axis: usize,
    /// By how much its share changes; negative when it falls.
    pub change: f64,
}

/// A design of experiments: a sequence of points, each made from its index alone, so that a
/// million points take no more memory than one.
#[derive(Debug, Clone)]
pub struct Design {
    kind: DesignKind,
    /// Number of declared values of each axis, 0 for a continuous one.
    levels: Vec<u64>,
    len: u64,
    /// What scrambles or shuffles each dimension: two for each axis, the second for Saltelli's `B`.
    keys: Vec<u64>,
    stream: Stream,
}

impl Design {
    /// The most points a design may have.
    pub const MAX_POINTS: u64 = 10_000_000;
    /// The most points of a Sobol' sequence, and the most rows of a Saltelli design.
    pub const MAX_SOBOL_POINTS: u64 = 65_536;
    /// The most dimensions of a Sobol' sequence. A Saltelli design needs two for each axis.
    pub const MAX_SOBOL_DIMENSIONS: u64 = sobol_burley::NUM_DIMENSIONS as u64;

    /// Lays out a design over axes with so many declared values each, `None` for a stretch without
    /// declared points. The seed decides everything that is random in it.
    ///
    /// # Errors
    ///
    /// When the axes do not suit the kind, or there would be no point or too many.
    pub fn new(kind: DesignKind, axes: &[Option<u64>], seed: u64) -> Result<Design, DesignError> {
        let levels = levels(axes)?;
        let len = checked_len(kind, &levels)?;
        let mut rng = Stream::new(Purpose::Design, "keys", seed).rng(0, 0);
        let keys = (0..2 * levels.len()).map(|_| rng.next_u64()).collect();
        Ok(Design { kind, levels, len, keys, stream: Stream::new(Purpose::Design, "points", seed) })
    }

    /// Number of points, 1 to [`Design::MAX_POINTS`].
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no point; never so.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One coordinate for every axis of the point of that index, from 0.
    ///
    /// # Panics
    ///
    /// When there is no such point.
    pub fn point(&self, index: u64) -> Vec<Coordinate> {
        assert!(index < self.len, "there is no point {index} in a design of {}", self.len);
        match self.kind {
            DesignKind::Zip => vec![Coordinate::Step(index); self.axes()],
            DesignKind::Grid => self.combination(index),
            DesignKind::OneAtATime => self.departure(index),
            DesignKind::LatinHypercube { .. } => self.hypercube_point(index),
            DesignKind::Sobol { .. } => shares((0..self.axes()).map(|axis| self.sobol(index, axis))),
            DesignKind::Saltelli { .. } => self.saltelli_point(index),
            DesignKind::Morris { levels, .. } => self.morris_point(index, levels),
        }
    }

    /// The moves of a Morris design, from each point of a trajectory to the next: one for every
    /// axis in every trajectory. Empty for other kinds.
    pub fn moves(&self) -> Vec<Move> {
        let DesignKind::Morris { trajectories, levels } = self.kind else { return Vec::new() };
        (0..trajectories).flat_map(|number| self.trajectory(number, levels).moves(levels)).collect()
    }

    fn axes(&self) -> usize {
        self.levels.len()
    }

    fn combination(&self, mut index: u64) -> Vec<Coordinate> {
        let mut point = vec![Coordinate::Baseline; self.axes()];
        for (coordinate, levels) in point.iter_mut().zip(&self.levels).rev() {
            *coordinate = Coordinate::Step(index % levels);
            index /= levels;
        }
        point
    }

    fn departure(&self, index: u64) -> Vec<Coordinate> {
        let mut point = vec![Coordinate::Baseline; self.axes()];
        let Some(mut step) = index.checked_sub(1) else { return point };
        for (coordinate, &levels) in point.iter_mut().zip(&self.levels) {
            if step < levels {
                *coordinate = Coordinate::Step(step);
                break;
            }
            step -= levels;
        }
        point
    }

    fn hypercube_point(&self, index: u64) -> Vec<Coordinate> {
        let mut jitter = self.stream.rng(index, 0);
        shares((0..self.axes()).map(|axis| {
            let stratum = Shuffle::new(self.keys[axis], self.len).place(index);
            (stratum as f64 + within_stratum(&mut jitter)) / self.len as f64
        }))
    }

    fn sobol(&self, row: u64, dimension: usize) -> f64 {
        // Rows and dimensions were checked to fit the crate's limits, and a scramble is 32 bits.
        let unscrambled = sobol_rev((row as u32).reverse_bits(), dimension as u32);
        let scrambled = owen_scramble_rev(unscrambled, self.keys[dimension] as u32);
        middle(scrambled.reverse_bits(), 32)
    }

    fn saltelli_point(&self, index: u64) -> Vec<Coordinate> {
        let width = self.axes() as u64 + 2;
        let (row, place) = (index / width, index % width);
        let from_b = |axis: usize| place == width - 1 || place == axis as u64 + 1;
        shares(
            (0..self.axes()).map(|axis| self.sobol(row, axis + if from_b(axis) { self.axes() } else { 0 })),
        )
    }

    fn morris_point(&self, index: u64, levels: u32) -> Vec<Coordinate> {
        let width = self.axes() as u64 + 1;
        let grid = self.trajectory(index / width, levels).point((index % width) as usize);
        shares(grid.into_iter().map(|level| level as f64 / f64::from(levels - 1)))
    }

    fn trajectory(&self, number: u64, levels: u32) -> Trajectory {
        Trajectory::draw(self.axes(), u64::from(levels / 2), &mut self.stream.rng(number, 0))
    }
}

/// One Morris trajectory, in grid levels.
#[derive(Debug)]
struct Trajectory {
    start: Vec<u64>,
    end: Vec<u64>,
    /// The axes in the order in which they go from start to end.
    order: Vec<usize>,
}

impl Trajectory {
    /// Each axis goes between a random level of the lower half of the grid and the level half a
    /// grid above, up or down.
    fn draw(axes: usize, half: u64, rng: &mut ChaCha8Rng) -> Trajectory {
        let mut trajectory = Trajectory { start: Vec::new(), end: Vec::new(), order: (0..axes).collect() };
        for _ in 0..axes {
            let low = below(half, rng);
            let rises = below(2, rng) == 1;
            trajectory.start.push(if rises { low } else { low + half });
            trajectory.end.push(if rises { low + half } else { low });
        }
        for last in (1..axes).rev() {
            trajectory.order.swap(last, below(last as u64 + 1, rng) as usize);
        }
        trajectory
    }

    /// The levels after so many moves.
    fn point(mut self, moves: usize) -> Vec<u64> {
        for &axis in &self.order[..moves] {
            self.start[axis] = self.end[axis];
        }
        self.start
    }

    fn moves(self, levels: u32) -> Vec<Move> {
        let delta = f64::from(levels) / (2.0 * f64::from(levels - 1));
        let change = |axis: usize| if self.end[axis] > self.start[axis] { delta } else { -delta };
        self.order.iter().map(|&axis| Move { axis, change: change(axis) }).collect()
    }
}

fn shares(shares: impl Iterator<Item = f64>) -> Vec<Coordinate> {
    shares.map(Coordinate::Share).collect()
}

/// A number below `bound`, uneven by at most `bound` in 2^64.
fn below(bound: u64, rng: &mut ChaCha8Rng) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64
}

/// A place within a stratum. With 28 bits the sum with a stratum's number is exact, so that no
/// point is rounded into the next stratum or up to 1.
fn within_stratum(rng: &mut ChaCha8Rng) -> f64 {
    middle(rng.next_u32() >> 4, 28)
}

/// The middle of the cell of that number when 0 to 1 is cut into 2^bits cells: never 0 or 1, where
/// the quantiles of a distribution may be infinite.
fn middle(cell: u32, bits: i32) -> f64 {
    (f64::from(cell) + 0.5) / 2f64.powi(bits)
}

fn levels(axes: &[Option<u64>]) -> Result<Vec<u64>, DesignError> {
    if axes.is_empty() {
        return Err(DesignError::NoAxes);
    }
    let levels = |(axis, steps): (usize, &Option<u64>)| match *steps {
        Some(0) => Err(DesignError::NoValues { axis }),
        steps => Ok(steps.unwrap_or(0)),
    };
    axes.iter().enumerate().map(levels).collect()
}

/// The number of points, when the kind suits the axes.
fn checked_len(kind: DesignKind, levels: &[u64]) -> Result<u64, DesignError> {
    let axes = levels.len() as u64;
    let len = match kind {
        DesignKind::Zip => equal(declared(levels)?)?.into(),
        DesignKind::Grid => product(declared(levels)?),
        DesignKind::OneAtATime => 1 + sum(declared(levels)?),
        DesignKind::LatinHypercube { points } => points.into(),
        DesignKind::Sobol { points } => sobol_rows(points, axes)?,
        DesignKind::Saltelli { base } => sobol_rows(base, 2 * axes)? * u128::from(axes + 2),
        DesignKind::Morris { trajectories, levels } => {
            even(levels)?;
            u128::from(trajectories) * u128::from(axes + 1)
        }
    };
    within(len, Design::MAX_POINTS)
}

fn declared(levels: &[u64]) -> Result<&[u64], DesignError> {
    match levels.iter().position(|&levels| levels == 0) {
        Some(axis) => Err(DesignError::Continuous { axis }),
        None => Ok(levels),
    }
}

fn equal(levels: &[u64]) -> Result<u64, DesignError> {
    match levels.iter().position(|&other| other != levels[0]) {
        Some(axis) => Err(DesignError::UnequalLengths { first: levels[0], axis, values: levels[axis] }),
        None => Ok(levels[0]),
    }
}

fn product(levels: &[u64]) -> u128 {
    levels.iter().fold(1, |product: u128, &levels| product.saturating_mul(levels.into()))
}

fn sum(levels: &[u64]) -> u128 {
    levels.iter().map(|&levels| u128::from(levels)).sum()
}

fn sobol_rows(rows: u64, dimensions: u64) -> Result<u128, DesignError> {
    if dimensions > Design::MAX_SOBOL_DIMENSIONS {
        return Err(DesignError::TooManyDimensions { dimensions });
    }
    within(rows.into(), Design::MAX_SOBOL_POINTS)?;
    if !rows.is_power_of_two() {
        return Err(DesignError::NotAPowerOfTwo { points: rows });
    }
    Ok(rows.into())
}

fn even(levels: u32) -> Result<(), DesignError> {
    if levels == 0 || levels % 2 == 1 {
        return Err(DesignError::OddLevels { levels });
    }
    Ok(())
}

fn within(points: u128, most: u64) -> Result<u64, DesignError> {
    match u64::try_from(points) {
        Ok(0) => Err(DesignError::NoPoints),
        Ok(points) if points <= most => Ok(points),
        points => Err(DesignError::TooManyPoints { points: points.ok(), most }),
    }
}

/// Why there is no such design. Axes are numbered from 0 in the fields and from 1 in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignError {
    /// Nothing varies.
    NoAxes,
    /// There would be no point.
    NoPoints,
    /// An axis declares an empty list of values.
    NoValues {
        /// The axis.
        axis: usize,
    },
    /// A zip, a grid or one at a time over an axis without declared values.
    Continuous {
        /// The axis.
        axis: usize,
    },
    /// A zip over axes with different numbers of values.
    UnequalLengths {
        /// Number of values of the first axis.
        first: u64,
        /// The first axis that differs.
        axis: usize,
        /// Its number of values.
        values: u64,
    },
    /// Sobol' points, or rows of a Saltelli design, that would leave strata empty.
    NotAPowerOfTwo {
        /// The number asked for.
        points: u64,
    },
    /// More Morris grid levels or fewer than an even number.
    OddLevels {
        /// The number asked for.
        levels: u32,
    },
    /// More points, or rows of a Saltelli design, than there may be.
    TooManyPoints {
        /// The number asked for; `None` when it is beyond 2^64.
        points: Option<u64>,
        /// The most there may be.
        most: u64,
    },
    /// More dimensions than the Sobol' sequence has.
    TooManyDimensions {
        /// The number needed.
        dimensions: u64,
    },
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            DesignError::NoAxes => write!(f, "nothing varies: there are no axes"),
            DesignError::NoPoints => write!(f, "there must be at least one point"),
            DesignError::NoValues { axis } => write!(f, "axis {} has no values", axis + 1),
            DesignError::Continuous { axis } => {
                write!(f, "axis {} is a continuum; this design needs a list of values for it", axis + 1)
            }
            DesignError::UnequalLengths { first, axis, values } => {
                write!(f, "axis 1 has {first} values but axis {} has {values}", axis + 1)
            }
            DesignError::NotAPowerOfTwo { points } => {
                let (less, more) = powers_around(points);
                write!(f, "{points} is not a power of two; {less} and {more} are")
            }
            DesignError::OddLevels { levels } => write!(f, "the number of levels must be even, not {levels}"),
            DesignError::TooManyPoints { points: Some(points), most } => {
                write!(f, "{points} points are too many; there may be {most}")
            }
            DesignError::TooManyPoints { points: None, most } => {
                write!(f, "these are too many points to count; there may be {most}")
            }
            DesignError::TooManyDimensions { dimensions } => {
                let most = Design::MAX_SOBOL_DIMENSIONS;
                write!(f, "the design needs {dimensions} dimensions but Sobol' sequences end at {most}")
            }
        }
    }
}

impl std::error::Error for DesignError {}

/// The powers of two below and above a number that is none.
fn powers_around(number: u64) -> (u64, u64) {
    let more = number.next_power_of_two();
    (more / 2, more)
}
