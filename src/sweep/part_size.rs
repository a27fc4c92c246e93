//! How many points make a part of a sweep: few enough that a kill costs little and that many machines can
//! share the work, many enough that a part's file is worth writing. It depends on the sweep alone, never
//! on the machine, so that parts made anywhere fit together.

/// Rows of a part at most.
const ROWS: u64 = 8_192;
/// Rows of a part at most, where each replicate has its own.
const REPLICATE_ROWS: u64 = 16_384;
/// Replicates of a part at most: a few tenths of a second of one core.
const REPLICATES: u64 = 20_000;
/// People drawn one by one for a part at most.
const PEOPLE: u64 = 4_000_000_000;

/// What one point costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct PointCost {
    /// Rows of its outcomes.
    pub(super) rows: u64,
    /// Replicates that are drawn; 1 where nothing is drawn.
    pub(super) replicates: u64,
    /// People that are drawn one by one.
    pub(super) people: u64,
    /// Whether each replicate has rows of its own.
    pub(super) keeps_replicates: bool,
}

impl PointCost {
    /// Points of a part; at least one, however much it costs.
    pub(super) fn points_per_part(self) -> u64 {
        let rows = self.rows.max(1);
        let by_rows = match self.keeps_replicates {
            true => REPLICATE_ROWS / rows.saturating_mul(self.replicates),
            false => ROWS / rows,
        };
        by_rows.min(REPLICATES / self.replicates).min(PEOPLE / self.people.max(1)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_small_enough_for_a_hundred_cores_and_large_enough_for_one() {
        let points = |rows, replicates, people, keeps_replicates| {
            PointCost { rows, replicates, people, keeps_replicates }.points_per_part()
        };
        // The shipped sweep `everything`: 4,096 points of 500 replicates make 103 parts.
        assert_eq!(points(21, 500, 0, false), 40);
        assert_eq!(points(3, 1, 0, false), 2_730);
        assert_eq!(points(21, 1_000, 1_000 * 181_033, false), 20);
        assert_eq!(points(3, 170, 0, true), 32);
        assert_eq!(points(21, 1_000_000, u64::MAX, true), 1);
    }
}
