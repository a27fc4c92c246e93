use super::{Counting, Plan, Population, Progress, Stop, summarise};
use crate::domain::{Moved, Outcome, Profile};
use crate::proposal::{Difference, Rulings};

/// People moved, for each of the difference's moves and then in all. The same people are judged
/// by both interpretations.
///
/// # Errors
///
/// As for [`draw`](super::draw).
pub fn moves(
    population: &Population<'_>,
    (a, b): (&Rulings, &Rulings),
    difference: &Difference,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Vec<Moved>, Stop> {
    let pairs: Vec<(Outcome, Outcome)> = difference.moves.iter().map(|m| (m.from, m.to)).collect();
    let rows_of = |_, profile: Profile| -> Vec<usize> {
        let pair = (a.on(profile).outcome, b.on(profile).outcome);
        let row = pairs.iter().position(|p| *p == pair);
        row.map_or(Vec::new(), |row| vec![row, pairs.len()])
    };
    let counting = Counting::new(population, pairs.len() + 1, rows_of);
    let summary = summarise(population, &counting, plan, progress)?;
    let moved = |row: usize| Moved { mean: summary.mean(row), spread: summary.spreads[row] };
    Ok((0..=pairs.len()).map(moved).collect())
}
