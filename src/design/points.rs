//! The points of a design, each made from its index alone: a design of ten million points takes no more
//! memory than one of ten, and any machine can make any part of it.

use rand::{Rng, rngs::ChaCha8Rng};
use sobol_burley::parts::{owen_scramble_rev, sobol_rev};

use super::shuffle::Shuffle;
use super::size::{self, DesignError, checked_len, declared_values};
use super::sweep::{Coordinate, DesignKind};
use super::trajectory::{Step, Trajectory};
use crate::domain::{Purpose, Stream};

/// A design of experiments: a sequence of points, each made from its index alone, so that a
/// million points take no more memory than one.
#[derive(Debug, Clone)]
pub struct Design {
    kind: DesignKind,
    /// Number of declared values of each axis, 0 for a continuous one.
    levels: Vec<u64>,
    len: u64,
    /// What scrambles or shuffles each dimension. There are two for each axis: dimension `axis` is Saltelli's
    /// matrix `A`, dimension `axes + axis` his matrix `B`.
    keys: Vec<u64>,
    stream: Stream,
}

impl Design {
    /// The most points a design may have.
    pub const MAX_POINTS: u64 = size::MAX_POINTS;
    /// The most points of a Sobol' sequence, and the most rows of a Saltelli design.
    pub const MAX_SOBOL_POINTS: u64 = size::MAX_SOBOL_POINTS;
    /// The most dimensions of a Sobol' sequence. A Saltelli design needs two for each axis.
    pub const MAX_SOBOL_DIMENSIONS: u64 = size::MAX_SOBOL_DIMENSIONS;

    /// Lays out a design over axes given by their numbers of declared values, `None` for an interval
    /// without declared points. The seed decides everything that is random in it.
    ///
    /// # Errors
    ///
    /// If the axes do not suit the kind, or there would be no point or too many.
    pub fn new(kind: DesignKind, axes: &[Option<u64>], seed: u64) -> Result<Design, DesignError> {
        let levels = declared_values(axes)?;
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
    /// If there is no such point.
    pub fn point(&self, index: u64) -> Vec<Coordinate> {
        assert!(index < self.len, "there is no point {index} in a design of {}", self.len);
        match self.kind {
            DesignKind::Zip => vec![Coordinate::Value(index); self.axes()],
            DesignKind::Grid => self.combination(index),
            DesignKind::OneAtATime => self.departure(index),
            DesignKind::LatinHypercube { .. } => self.hypercube_point(index),
            DesignKind::Sobol { .. } => shares((0..self.axes()).map(|axis| self.sobol(index, axis))),
            DesignKind::Saltelli { .. } => self.saltelli_point(index),
            DesignKind::Morris { levels, .. } => self.morris_point(index, levels),
        }
    }

    /// The steps of a Morris design, from each point of a trajectory to the next: one for every
    /// axis in every trajectory. Empty for other kinds.
    pub fn steps(&self) -> Vec<Step> {
        let DesignKind::Morris { trajectories, levels } = self.kind else { return Vec::new() };
        (0..trajectories).flat_map(|number| self.trajectory(number, levels).steps(levels)).collect()
    }

    fn axes(&self) -> usize {
        self.levels.len()
    }

    /// The index in mixed radix: with 2 and 3 values, index 4 is values 1 and 1.
    fn combination(&self, mut index: u64) -> Vec<Coordinate> {
        let mut point = vec![Coordinate::Baseline; self.axes()];
        for (coordinate, levels) in point.iter_mut().zip(&self.levels).rev() {
            *coordinate = Coordinate::Value(index % levels);
            index /= levels;
        }
        point
    }

    /// Index 0 is the baseline; then come the values of the first axis, of the second and so on. With 2 and 3
    /// values, index 4 is value 1 of the second axis.
    fn departure(&self, index: u64) -> Vec<Coordinate> {
        let mut point = vec![Coordinate::Baseline; self.axes()];
        let Some(mut value) = index.checked_sub(1) else { return point };
        for (coordinate, &levels) in point.iter_mut().zip(&self.levels) {
            if value < levels {
                *coordinate = Coordinate::Value(value);
                break;
            }
            value -= levels;
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

    /// A row of the design is `A`, then `A` with one column from `B` for each axis, then `B`. With 2 axes,
    /// width 4, point 6 is row 1, place 2: axis 1 is taken from `B`, axis 0 from `A`.
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

fn shares(shares: impl Iterator<Item = f64>) -> Vec<Coordinate> {
    shares.map(Coordinate::Share).collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn continuous(axes: usize) -> Vec<Option<u64>> {
        vec![None; axes]
    }

    fn declared(levels: &[u64]) -> Vec<Option<u64>> {
        levels.iter().map(|&levels| Some(levels)).collect()
    }

    fn lay_out(kind: DesignKind, axes: &[Option<u64>], seed: u64) -> Design {
        Design::new(kind, axes, seed).unwrap()
    }

    fn points(design: &Design) -> Vec<Vec<Coordinate>> {
        (0..design.len()).map(|index| design.point(index)).collect()
    }

    fn shares_of(design: &Design) -> Vec<Vec<f64>> {
        let share = |coordinate: &Coordinate| match coordinate {
            Coordinate::Share(share) => *share,
            other => panic!("{other:?} is no share"),
        };
        points(design).iter().map(|point| point.iter().map(share).collect()).collect()
    }

    fn values(point: &[u64]) -> Vec<Coordinate> {
        point.iter().map(|&value| Coordinate::Value(value)).collect()
    }

    /// How many points lie in each of `strata` equal parts of one axis.
    fn occupation(points: &[Vec<f64>], axis: usize, strata: usize) -> Vec<usize> {
        let mut counts = vec![0; strata];
        for point in points {
            assert!(point[axis] > 0.0 && point[axis] < 1.0, "{}", point[axis]);
            counts[(point[axis] * strata as f64) as usize] += 1;
        }
        counts
    }

    /// 16 points in 8 dimensions, in sixteenths.
    fn scipy_points() -> Vec<Vec<u32>> {
        let fixture = include_str!("../../tests/fixtures/scipy-sobol.csv");
        let lines = fixture.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(',').skip(1).map(|n| n.parse().unwrap()).collect()).collect()
    }

    #[test]
    fn zip_takes_values_of_the_same_number() {
        let design = lay_out(DesignKind::Zip, &declared(&[3, 3]), 1);
        assert_eq!(points(&design), [values(&[0, 0]), values(&[1, 1]), values(&[2, 2])]);
    }

    #[test]
    fn a_grid_changes_its_last_axis_fastest() {
        let design = lay_out(DesignKind::Grid, &declared(&[2, 3]), 1);
        let expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        assert_eq!(points(&design), expected.map(|point| values(&point)));
    }

    #[test]
    fn one_at_a_time_starts_at_the_baseline_and_leaves_it_on_one_axis() {
        let design = lay_out(DesignKind::OneAtATime, &declared(&[2, 1]), 1);
        let (still, value) = (Coordinate::Baseline, Coordinate::Value);
        assert_eq!(
            points(&design),
            [[still, still], [value(0), still], [value(1), still], [still, value(0)]]
        );
    }

    #[test]
    fn a_design_of_ten_million_points_is_made_point_by_point() {
        let kind = DesignKind::LatinHypercube { points: Design::MAX_POINTS };
        let design = lay_out(kind, &continuous(3), 1);
        for share in (9_999_000..design.len()).flat_map(|index| design.point(index)) {
            assert!(matches!(share, Coordinate::Share(share) if share > 0.0 && share < 1.0), "{share:?}");
        }
    }

    /// SciPy visits the sequence in the order of Gray codes, so that its point *i* is the point
    /// `i ^ (i >> 1)` of the sequence.
    #[test]
    fn unscrambled_sobol_points_are_those_of_scipy() {
        for (index, expected) in scipy_points().iter().enumerate() {
            let gray = (index ^ (index >> 1)) as u32;
            let sixteenths = |axis| sobol_rev(gray.reverse_bits(), axis).reverse_bits() >> 28;
            assert_eq!((0..8).map(sixteenths).collect::<Vec<_>>(), *expected, "point {index}");
        }
        assert_eq!(scipy_points().len(), 16);
    }

    /// The scramble makes every point uniform: over 10,000 seeds the means of the first two points
    /// and the product of two dimensions are within |z| < 5, about 6e-7 each to fail by chance.
    #[test]
    fn scrambling_is_unbiased() {
        let (mut sums, seeds) = ([0.0; 3], 10_000);
        for seed in 0..seeds {
            let design = lay_out(DesignKind::Sobol { points: 2 }, &continuous(2), seed);
            let shares = shares_of(&design);
            let centred = |row: usize, axis: usize| (shares[row][axis] - 0.5) * 12f64.sqrt();
            let terms = [centred(0, 0), centred(1, 1), centred(0, 0) * centred(0, 1)];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        for sum in sums {
            assert!(sum.abs() < 5.0 * (seeds as f64).sqrt(), "{sums:?}");
        }
    }

    proptest! {
        #[test]
        fn latin_hypercubes_have_one_point_in_each_stratum(n in 1u64..500, axes in 1usize..5, seed: u64) {
            let design = lay_out(DesignKind::LatinHypercube { points: n }, &continuous(axes), seed);
            let points = shares_of(&design);
            for axis in 0..axes {
                prop_assert_eq!(occupation(&points, axis, n as usize), vec![1; n as usize]);
            }
        }

        #[test]
        fn scrambled_sobol_points_have_one_point_in_each_stratum(m in 0u32..11, seed: u64) {
            let n = 1 << m;
            let design = lay_out(DesignKind::Sobol { points: n }, &continuous(9), seed);
            let points = shares_of(&design);
            for axis in 0..9 {
                prop_assert_eq!(occupation(&points, axis, n as usize), vec![1; n as usize]);
            }
        }

        #[test]
        fn grids_start_and_end_at_the_declared_ends(levels in prop::collection::vec(1u64..6, 1..5)) {
            let design = lay_out(DesignKind::Grid, &declared(&levels), 1);
            let last: Vec<u64> = levels.iter().map(|levels| levels - 1).collect();
            prop_assert_eq!(design.len(), levels.iter().product::<u64>());
            prop_assert_eq!(design.point(0), values(&vec![0; levels.len()]));
            prop_assert_eq!(design.point(design.len() - 1), values(&last));
        }

        #[test]
        fn saltelli_rows_share_the_right_columns(m in 0u32..6, axes in 1usize..8, seed: u64) {
            let saltelli = lay_out(DesignKind::Saltelli { base: 1 << m }, &continuous(axes), seed);
            let points = shares_of(&saltelli);
            prop_assert_eq!(points.len(), (axes + 2) << m);
            for row in points.chunks(axes + 2) {
                let (a, b) = (&row[0], &row[axes + 1]);
                for (mixed, point) in row[1..=axes].iter().enumerate() {
                    let mut expected = a.clone();
                    expected[mixed] = b[mixed];
                    prop_assert_eq!(point, &expected);
                }
                prop_assert!(a.iter().zip(b).all(|(a, b)| a != b));
            }
        }

        #[test]
        fn morris_steps_change_one_axis_by_delta(
            r in 1u64..20, axes in 1usize..8, half in 1u32..6, seed: u64
        ) {
            let kind = DesignKind::Morris { trajectories: r, levels: 2 * half };
            let design = lay_out(kind, &continuous(axes), seed);
            let delta = f64::from(half) / f64::from(2 * half - 1);
            let (points, steps) = (shares_of(&design), design.steps());
            for (points, steps) in points.chunks(axes + 1).zip(steps.chunks(axes)) {
                for (pair, step) in points.windows(2).zip(steps) {
                    let mut expected = pair[0].clone();
                    expected[step.axis] = pair[1][step.axis];
                    prop_assert_eq!(&pair[1], &expected);
                    prop_assert!((pair[1][step.axis] - pair[0][step.axis] - step.change).abs() < 1e-12);
                    prop_assert!((step.change.abs() - delta).abs() < 1e-12);
                }
                let mut moved: Vec<usize> = steps.iter().map(|step| step.axis).collect();
                moved.sort_unstable();
                prop_assert_eq!(moved, (0..axes).collect::<Vec<_>>());
            }
            prop_assert!(points.iter().flatten().all(|share| (0.0..=1.0).contains(share)));
        }
    }

    const RANDOM: [DesignKind; 4] = [
        DesignKind::LatinHypercube { points: 64 },
        DesignKind::Sobol { points: 64 },
        DesignKind::Saltelli { base: 64 },
        DesignKind::Morris { trajectories: 64, levels: 4 },
    ];

    #[test]
    fn the_seed_decides_the_points() {
        for kind in RANDOM {
            let points = |seed| points(&lay_out(kind, &continuous(3), seed));
            assert_eq!(points(1), points(1));
            assert_ne!(points(1), points(2), "{kind:?}");
        }
    }

    #[test]
    fn the_points_of_a_seed_stay_what_they_are() {
        let first = |kind| shares_of(&lay_out(kind, &continuous(2), 1952))[1].clone();
        let expected = [
            [0.14561654892168008, 0.05122728363494389],
            [0.053663407801650465, 0.3938700392609462],
            [0.6831292839488015, 0.9554703942267224],
            [0.0, 2.0 / 3.0],
        ];
        assert_eq!(RANDOM.map(first), expected);
    }
}
