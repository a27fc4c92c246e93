use rand::{Rng, rngs::ChaCha8Rng};

/// One step of a Morris trajectory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The axis that moves, from 0.
    pub axis: usize,
    /// By how much its share changes; negative when it falls.
    pub change: f64,
}

/// One Morris trajectory, in grid levels.
#[derive(Debug)]
pub(super) struct Trajectory {
    start: Vec<u64>,
    end: Vec<u64>,
    /// The axes in the order in which they go from start to end.
    order: Vec<usize>,
}

impl Trajectory {
    /// Each axis goes between a random level of the lower half of the grid and the level half a
    /// grid above, up or down.
    pub(super) fn draw(axes: usize, half: u64, rng: &mut ChaCha8Rng) -> Trajectory {
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
    pub(super) fn point(mut self, moves: usize) -> Vec<u64> {
        for &axis in &self.order[..moves] {
            self.start[axis] = self.end[axis];
        }
        self.start
    }

    pub(super) fn moves(self, levels: u32) -> Vec<Move> {
        let delta = f64::from(levels) / (2.0 * f64::from(levels - 1));
        let change = |axis: usize| if self.end[axis] > self.start[axis] { delta } else { -delta };
        self.order.iter().map(|&axis| Move { axis, change: change(axis) }).collect()
    }
}

/// A number below `bound`, uneven by at most `bound` in 2^64.
fn below(bound: u64, rng: &mut ChaCha8Rng) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64
}
