use super::{Millionths, Outcome, Spread};

/// One row of an outcome table. Numbers of people; an absent value is `None`, never 0.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeRow {
    /// The proposal's id.
    pub proposal: String,
    /// The readings in force, `clause-b=emended;left=retained`; empty if the text has none.
    pub reading: String,
    /// Those of them that are not the defaults.
    pub departures: String,
    /// The levels of the columns of [`OutcomeTable::by`].
    pub by: Vec<String>,
    /// What happens to the people counted.
    pub outcome: Outcome,
    /// Mean over replicates, in people.
    pub mean: Millionths,
    /// How the number varies.
    pub spread: Spread,
    /// `mean` as a part of everybody with the same `by` columns, 0 to 1; absent if nobody is.
    pub share: Option<f64>,
    /// Of `mean`, the people whose wish does not accept the outcome.
    pub against_wish: Millionths,
    /// Of `mean`, the people on whom the text is silent: the proposal file declares what then.
    pub silent: Millionths,
}

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

/// What became of the prisoners at one point of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct PointOutcomes {
    /// The point's number in the design.
    pub point: u64,
    /// The value of each axis; absent where the scenario was left as it is.
    pub axes: Vec<Option<AxisValue>>,
    /// The outcome table's rows, or why there are none.
    pub rows: Result<Vec<OutcomeRow>, String>,
    /// What single replicates counted of each row; empty where that is not kept.
    pub replicates: Vec<RowReplicates>,
}

/// What single replicates counted of an outcome row, by replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReplicates {
    /// The people.
    pub people: Vec<u64>,
    /// Of these, the people whose wish does not accept the outcome.
    pub against_wish: Vec<u64>,
}
