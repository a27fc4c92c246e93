//! Morris trajectories: random paths over a grid that change every axis once, one after the other.

use rand::rngs::ChaCha8Rng;

use crate::domain::below;

/// One step of a Morris trajectory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The axis that changes, from 0.
    pub axis: usize,
    /// The change of its share; negative if it falls.
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
    /// Draws a trajectory: each axis goes between a random level of the lower half of the grid and the
    /// level half a grid above, up or down. With 4 levels (`half` is 2) an axis goes 0-2, 1-3, 2-0 or 3-1.
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

    /// The levels after the first `steps` steps.
    pub(super) fn point(mut self, steps: usize) -> Vec<u64> {
        for &axis in &self.order[..steps] {
            self.start[axis] = self.end[axis];
        }
        self.start
    }

    /// The steps, as changes of shares on a grid of `levels` levels.
    pub(super) fn steps(self, levels: u32) -> Vec<Step> {
        let delta = f64::from(levels) / (2.0 * f64::from(levels - 1));
        let change = |axis: usize| if self.end[axis] > self.start[axis] { delta } else { -delta };
        self.order.iter().map(|&axis| Step { axis, change: change(axis) }).collect()
    }
}
