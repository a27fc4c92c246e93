//! Models at the points of a design, and numbers computed by other programs, for the tests.

use crate::design::{Coordinate, Design};

/// The outputs of a model at the points of a design.
pub(super) fn evaluate(design: &Design, model: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let share = |coordinate: Coordinate| match coordinate {
        Coordinate::Share(share) => share,
        other => panic!("{other:?} is no share"),
    };
    let point = |index| design.point(index).into_iter().map(share).collect::<Vec<_>>();
    (0..design.len()).map(|index| model(&point(index))).collect()
}

/// A line of a fixture: a key and numbers, separated by commas.
pub(super) fn numbers(fixture: &str, key: &str) -> Vec<f64> {
    let mut lines = fixture.lines().map(|line| line.split(','));
    let mut line = lines.find_map(|mut line| (line.next() == Some(key)).then_some(line)).unwrap();
    line.by_ref().map(|number| number.parse().unwrap()).collect()
}

/// Compares numbers within a tolerance.
pub(super) fn assert_close(found: impl Iterator<Item = f64>, expected: &[f64], tolerance: f64) {
    let found: Vec<f64> = found.collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }
}
