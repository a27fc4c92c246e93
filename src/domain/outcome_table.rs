/// The value of an axis at a point of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisValue {
    /// A share, 0 to 1.
    Share(f64),
    /// A number of people.
    People(u64),
    /// A value of a reading, by number and name.
    Level(u8, String),
}
