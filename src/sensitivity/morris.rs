//! Elementary effects: how an output reacts if one axis changes.

use rand::rngs::ChaCha8Rng;

use super::error::{SensitivityError, at_least_two, whole_rows};
use super::statistics::{deviation, half_width, mean};
use crate::design::Step;
use crate::domain::{Purpose, Stream, below};

/// How an output reacts if one axis changes, in units of the output for the full length of the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MorrisEffect {
    /// Mean effect: signs may cancel.
    pub mu: f64,
    /// Mean size of the effect (Campolongo, Cariboni and Saltelli, Environ. Model. Softw. 22, 2007).
    pub mu_star: f64,
    /// Half-width of the bootstrap interval of `mu_star` at 95 %.
    pub mu_star_interval: f64,
    /// Standard deviation of the effects: large if the output is not linear in the axis, or axes interact.
    pub sigma: f64,
}

/// Elementary effects of every axis from the outputs of a Morris design, in the order of its
/// points; `steps` are those of the design (Morris, Technometrics 33, 1991).
///
/// # Errors
///
/// If outputs are missing or do not make up whole trajectories, if the steps of a trajectory are not
/// one for every axis, and if there are fewer than two trajectories or resamples.
pub fn morris_effects(
    outputs: &[f64],
    steps: &[Step],
    axes: usize,
    resamples: usize,
    seed: u64,
) -> Result<Vec<MorrisEffect>, SensitivityError> {
    whole_rows(outputs, axes + 1)?;
    at_least_two("resamples", resamples)?;
    let effects = elementary_effects(outputs, steps, axes)?;
    let stream = Stream::new(Purpose::Bootstrap, "morris", seed);
    let summary = |(axis, effects): (usize, &Vec<f64>)| {
        let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
        let mut rng = stream.rng(axis as u64, 0);
        MorrisEffect {
            mu: mean(effects.iter().copied()),
            mu_star: mean(sizes.iter().copied()),
            mu_star_interval: half_width((0..resamples).map(|_| resampled_mean(&sizes, &mut rng))),
            sigma: deviation(effects),
        }
    };
    Ok(effects.iter().enumerate().map(summary).collect())
}

/// The effects of each axis, one for every trajectory.
fn elementary_effects(
    outputs: &[f64],
    steps: &[Step],
    axes: usize,
) -> Result<Vec<Vec<f64>>, SensitivityError> {
    let trajectories = outputs.len() / (axes + 1);
    if steps.len() != trajectories * axes {
        return Err(SensitivityError::Steps);
    }
    let mut effects = vec![Vec::new(); axes];
    for (number, outputs) in outputs.chunks_exact(axes + 1).enumerate() {
        for (pair, step) in outputs.windows(2).zip(&steps[number * axes..]) {
            let of_axis = effects.get_mut(step.axis).filter(|of_axis| of_axis.len() == number);
            let effect = (pair[1] - pair[0]) / step.change;
            of_axis.filter(|_| effect.is_finite()).ok_or(SensitivityError::Steps)?.push(effect);
        }
    }
    Ok(effects)
}

fn resampled_mean(values: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    mean((0..values.len()).map(|_| values[below(values.len() as u64, rng) as usize]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Design, DesignKind};
    use crate::sensitivity::fixtures::{assert_close, evaluate, numbers};

    #[test]
    fn morris_effects_are_those_of_salib() {
        let fixture = include_str!("../../tests/fixtures/salib-morris.csv");
        let expected = |key| numbers(fixture, key);
        let steps = expected("axes").into_iter().zip(expected("changes"));
        let steps: Vec<Step> = steps.map(|(axis, change)| Step { axis: axis as usize, change }).collect();
        let found = morris_effects(&expected("outputs"), &steps, 3, 10_000, 1).unwrap();
        assert_close(found.iter().map(|effect| effect.mu), &expected("mu"), 1e-10);
        assert_close(found.iter().map(|effect| effect.mu_star), &expected("mu_star"), 1e-10);
        assert_close(found.iter().map(|effect| effect.sigma), &expected("sigma"), 1e-10);
        // Between 2.7 and 0; as above.
        let widths = found.iter().map(|effect| effect.mu_star_interval);
        assert_close(widths, &expected("mu_star_interval"), 0.14);
    }

    #[test]
    fn effects_of_a_straight_line_are_its_slopes() {
        let kind = DesignKind::Morris { trajectories: 10, levels: 6 };
        let design = Design::new(kind, &[None; 3], 1952).unwrap();
        let outputs = evaluate(&design, |x| 3.0 * x[0] - 2.0 * x[1] + 10.0);
        let found = morris_effects(&outputs, &design.steps(), 3, 100, 1).unwrap();
        assert_close(found.iter().map(|effect| effect.mu), &[3.0, -2.0, 0.0], 1e-12);
        assert_close(found.iter().map(|effect| effect.mu_star), &[3.0, 2.0, 0.0], 1e-12);
        assert_close(found.iter().map(|effect| effect.sigma), &[0.0; 3], 1e-12);
    }

    #[test]
    fn steps_that_are_not_one_for_every_axis_are_refused() {
        let step = |axis, change| Step { axis, change };
        let effects = |steps: &[Step]| morris_effects(&[0.0, 1.0, 3.0, 0.0, 1.0, 3.0], steps, 2, 10, 1);
        let sound = [step(0, 0.5), step(1, 0.5), step(1, 0.5), step(0, -0.5)];
        assert!(effects(&sound).is_ok());
        let twice = [step(0, 0.5), step(0, 0.5), step(1, 0.5), step(0, -0.5)];
        let still = [step(0, 0.0), step(1, 0.5), step(1, 0.5), step(0, -0.5)];
        let beyond = [step(0, 0.5), step(2, 0.5), step(1, 0.5), step(0, -0.5)];
        for steps in [&twice[..], &still, &beyond, &sound[..3]] {
            assert_eq!(effects(steps), Err(SensitivityError::Steps));
        }
    }
}
