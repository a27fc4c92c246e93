//! Where a continuous function of one parameter vanishes: a scan, bisection where the sign changes, and a closer
//! look where it comes nearest to nothing without changing sign. Pure: the function is the caller's.

/// How many values are scanned, ends included.
const SCANNED: usize = 65;
/// A value is found to within this.
const WIDTH: f64 = 1e-9;

/// A value of a parameter and a difference of expected head-counts there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// The value, a share from 0 to 1.
    pub value: f64,
    /// The difference, in people.
    pub difference: f64,
}

/// Where a difference of expected head-counts vanishes as one parameter varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossings {
    /// The values at which it does, ascending; none if it does `everywhere`.
    pub values: Vec<f64>,
    /// Whether there is no difference at any value scanned.
    pub everywhere: bool,
    /// The ends of what was scanned.
    pub scanned: (f64, f64),
    /// Whether the upper end is the limit of what is possible: beyond it, shares exceed 1.
    pub limited: bool,
    /// Where the difference is least.
    pub least: Crossing,
    /// Where it is greatest.
    pub greatest: Crossing,
}

/// Finds where a continuous difference vanishes between two values: scans evenly, halves every
/// stretch in which the sign changes, and looks closer where the difference comes nearest to
/// nothing without changing sign. Differences of at most `same` people are none.
///
/// `difference` says `None` where the value is impossible; all values above are then taken to be.
/// `None` is returned where even `low` is.
///
/// # Errors
///
/// Those of `difference`.
pub(super) fn find_crossings<E>(
    (low, high): (f64, f64),
    same: f64,
    difference: impl FnMut(f64) -> Result<Option<f64>, E>,
) -> Result<Option<Crossings>, E> {
    let mut search = Search { difference, same, extremes: None };
    let (points, limited) = search.scan(low, high)?;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(None) };
    let everywhere = points.len() > 1 && points.iter().all(|point| search.none(point));
    let values = if everywhere { Vec::new() } else { search.values(&points)? };
    let scanned = (first.value, last.value);
    let extremes = search.extremes;
    Ok(extremes.map(|(least, greatest)| Crossings { values, everywhere, scanned, limited, least, greatest }))
}

struct Search<F> {
    difference: F,
    same: f64,
    /// The points with the least and the greatest difference so far.
    extremes: Option<(Crossing, Crossing)>,
}

impl<E, F: FnMut(f64) -> Result<Option<f64>, E>> Search<F> {
    fn at(&mut self, value: f64) -> Result<Option<Crossing>, E> {
        let Some(difference) = (self.difference)(value)? else { return Ok(None) };
        let point = Crossing { value, difference };
        let (least, greatest) = self.extremes.unwrap_or((point, point));
        let lesser = if difference < least.difference { point } else { least };
        let greater = if difference > greatest.difference { point } else { greatest };
        self.extremes = Some((lesser, greater));
        Ok(Some(point))
    }

    fn none(&self, point: &Crossing) -> bool {
        point.difference.abs() <= self.same
    }

    /// Evenly spaced points, and whether they end at the limit of what is possible.
    fn scan(&mut self, low: f64, high: f64) -> Result<(Vec<Crossing>, bool), E> {
        let mut points: Vec<Crossing> = Vec::new();
        for step in 0..SCANNED {
            let part = step as f64 / (SCANNED - 1) as f64;
            let value = low * (1.0 - part) + high * part;
            match (self.at(value)?, points.last()) {
                (Some(point), _) => points.push(point),
                (None, None) => return Ok((points, true)),
                (None, Some(last)) => {
                    let limit = self.limit(*last, value)?;
                    points.push(limit);
                    points.dedup();
                    return Ok((points, true));
                }
            }
        }
        Ok((points, false))
    }

    /// The last possible point between a possible one and an impossible value.
    fn limit(&mut self, mut possible: Crossing, mut impossible: f64) -> Result<Crossing, E> {
        while impossible - possible.value > WIDTH {
            let middle = possible.value.midpoint(impossible);
            match self.at(middle)? {
                Some(point) => possible = point,
                None => impossible = middle,
            }
        }
        Ok(possible)
    }

    fn values(&mut self, points: &[Crossing]) -> Result<Vec<f64>, E> {
        let mut values: Vec<f64> = Vec::new();
        let runs = points.chunk_by(|a, b| a.difference.abs() <= self.same && b.difference.abs() <= self.same);
        // Neighbours without a difference are one place, at the one with the least.
        let nearest = runs.filter_map(|run| run.iter().min_by(|a, b| nearness(a, b)));
        values.extend(nearest.filter(|point| self.none(point)).map(|point| point.value));
        for pair in points.windows(2) {
            if !self.none(&pair[0]) && !self.none(&pair[1]) && changes(&pair[0], &pair[1]) {
                values.push(self.bisect(pair[0], pair[1])?);
            }
        }
        for at in 0..points.len() {
            let around = &points[at.saturating_sub(1)..(at + 2).min(points.len())];
            if self.may_touch(around, &points[at]) {
                values.extend(self.touch(around[0], around[around.len() - 1])?);
            }
        }
        values.sort_by(f64::total_cmp);
        Ok(values)
    }

    /// Whether a point is nearer to nothing than its neighbours, all of them on one side.
    fn may_touch(&self, around: &[Crossing], point: &Crossing) -> bool {
        let farther = |other: &Crossing| {
            let (own, other_size) = (point.difference.abs(), other.difference.abs());
            // Of points alike only the first is one.
            own < other_size || (own == other_size && point.value <= other.value)
        };
        let beside = |other: &Crossing| !self.none(other) && !changes(point, other) && farther(other);
        around.len() > 1 && around.iter().all(beside)
    }

    /// The value at which the sign changes, inside a stretch where it does.
    fn bisect(&mut self, mut a: Crossing, mut b: Crossing) -> Result<f64, E> {
        while b.value - a.value > WIDTH {
            let Some(middle) = self.at(a.value.midpoint(b.value))? else { break };
            if middle.difference == 0.0 {
                return Ok(middle.value);
            }
            *(if changes(&a, &middle) { &mut b } else { &mut a }) = middle;
        }
        // The stretch is so short that the difference is a line.
        Ok(a.value + (b.value - a.value) * a.difference / (a.difference - b.difference))
    }

    /// The values at which the difference vanishes inside a stretch at whose ends it has one sign:
    /// none, one where it only touches nothing, or two. Narrows the stretch by the golden section
    /// around the place that comes nearest.
    fn touch(&mut self, first: Crossing, last: Crossing) -> Result<Vec<f64>, E> {
        let golden = (5.0f64.sqrt() - 1.0) / 2.0;
        let (mut low, mut high) = (first.value, last.value);
        let mut best = if nearness(&first, &last).is_le() { first } else { last };
        while high - low > WIDTH {
            let ends = [high - golden * (high - low), low + golden * (high - low)];
            let [Some(left), Some(right)] = [self.at(ends[0])?, self.at(ends[1])?] else { break };
            for inner in [left, right] {
                if changes(&first, &inner) && !self.none(&inner) {
                    return Ok(vec![self.bisect(first, inner)?, self.bisect(inner, last)?]);
                }
                best = if nearness(&inner, &best).is_lt() { inner } else { best };
            }
            if nearness(&left, &right).is_le() { high = right.value } else { low = left.value }
        }
        Ok(if self.none(&best) { vec![best.value] } else { Vec::new() })
    }
}

fn changes(a: &Crossing, b: &Crossing) -> bool {
    (a.difference < 0.0) != (b.difference < 0.0)
}

fn nearness(a: &Crossing, b: &Crossing) -> std::cmp::Ordering {
    a.difference.abs().total_cmp(&b.difference.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn found(ends: (f64, f64), f: impl Fn(f64) -> f64) -> Crossings {
        let possible = |value| Ok::<_, Infallible>(Some(f(value)));
        find_crossings(ends, 1e-9, possible).unwrap().unwrap()
    }

    fn assert_values(found: &Crossings, expected: &[f64]) {
        assert_eq!(found.values.len(), expected.len(), "{found:?}");
        for (value, expected) in found.values.iter().zip(expected) {
            assert!((value - expected).abs() <= 1e-9, "{found:?}");
        }
        assert!(!found.everywhere);
    }

    #[test]
    fn a_line_crosses_once() {
        assert_values(&found((0.0, 1.0), |x| 100_000.0 * (0.3 - x)), &[0.3]);
    }

    #[test]
    fn a_root_at_an_end_or_on_a_scanned_value_is_found_once() {
        assert_values(&found((0.2, 1.0), |x| x - 0.2), &[0.2]);
        assert_values(&found((0.2, 0.9), |x| 0.9 - x), &[0.9]);
        assert_values(&found((0.0, 1.0), |x| x - 0.5), &[0.5]);
    }

    #[test]
    fn two_roots_are_found_however_close() {
        assert_values(&found((0.0, 1.0), |x| (x - 0.21) * (x - 0.83)), &[0.21, 0.83]);
        // Between two scanned values, 1/64 apart.
        assert_values(&found((0.0, 1.0), |x| 1e3 * (x - 0.501) * (x - 0.508)), &[0.501, 0.508]);
        assert_values(&found((0.0, 1.0), |x| 1e3 * (x - 0.001) * (x - 0.008)), &[0.001, 0.008]);
    }

    #[test]
    fn a_difference_that_only_touches_nothing_is_found() {
        let touching = found((0.0, 1.0), |x| -(x - 1.0 / 3.0).abs());
        assert_eq!(touching.values.len(), 1, "{touching:?}");
        assert!((touching.values[0] - 1.0 / 3.0).abs() < 2e-9);
        // Where it is flat, values as far apart as the root of what counts as none are alike.
        let flat = found((0.0, 1.0), |x| (x - 1.0 / 3.0).powi(2));
        assert_eq!(flat.values.len(), 1, "{flat:?}");
        assert!((flat.values[0] - 1.0 / 3.0).abs() < 1e-4);
    }

    #[test]
    fn without_a_root_the_extremes_are_said() {
        let none = found((0.0, 1.0), |x| 2.0 + (x - 0.3).powi(2));
        assert!(none.values.is_empty() && !none.everywhere && !none.limited);
        assert!((none.least.value - 0.3).abs() < 1e-4 && (none.least.difference - 2.0).abs() < 1e-8);
        assert_eq!(none.greatest, Crossing { value: 1.0, difference: 2.0 + 0.7f64.powi(2) });
        let constant = found((0.0, 1.0), |_| -5.0);
        assert!(constant.values.is_empty() && constant.least == constant.greatest);
    }

    #[test]
    fn no_difference_at_all_is_everywhere() {
        let same = found((0.1, 0.2), |_| 0.0);
        assert!(same.everywhere && same.values.is_empty());
        assert_eq!(same.scanned, (0.1, 0.2));
    }

    #[test]
    fn the_scan_ends_where_values_become_impossible() {
        let limited = |limit: f64, root: f64| {
            let f = |x: f64| Ok::<_, Infallible>((x <= limit).then_some(x - root));
            find_crossings((0.0, 1.0), 1e-9, f).unwrap()
        };
        let found = limited(0.72, 0.719).unwrap();
        assert!(found.limited && (found.scanned.1 - 0.72).abs() <= 1e-9);
        assert_values(&found, &[0.719]);
        assert!(limited(0.72, 0.73).unwrap().values.is_empty());
        assert_eq!(limited(0.0, 0.0).map(|found| found.values), Some(vec![0.0]));
        assert_eq!(limited(-0.1, 0.0), None);
    }

    #[test]
    fn errors_end_the_search() {
        let mut asked = 0;
        let failing = |_| {
            asked += 1;
            if asked > 3 { Err("interrupted") } else { Ok(Some(1.0)) }
        };
        assert_eq!(find_crossings((0.0, 1.0), 0.0, failing), Err("interrupted"));
        assert_eq!(asked, 4);
    }
}
