/// A value of a parameter and a difference of expected head-counts there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
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
    pub least: Point,
    /// Where it is greatest.
    pub greatest: Point,
}
