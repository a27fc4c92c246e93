use super::outcomes::sample;
use super::{Plan, Population, Progress, RowMap, Stop, Summary, summarise};
use crate::domain::{
    Comparison, Count, Outcome, Profile, ProposalName, Transition, TransitionTable, cascade,
};
use crate::proposal::{Difference, Interpretation, Rulebook, Rulings};

/// Rows that hold the people of each outcome under the first by outcome under the second.
const CELLS: usize = Outcome::ALL.len() * Outcome::ALL.len();
/// Rows of a pair: its cells, and then everybody whose outcome is not the same under both.
const ROWS: usize = CELLS + 1;

/// Counts the people of each pair of compiled proposals: ten rows for a pair. Row
/// `3 * from + to` is of those whom the first gives outcome `from` and the second `to`, by
/// [`Outcome::index`]; the tenth is of all whose outcome is not the same.
pub fn pair_counting(population: &Population<'_>, pairs: &[(&Rulings, &Rulings)]) -> RowMap {
    let rows_of = |_, profile: Profile| -> Vec<usize> {
        let rows = pairs.iter().enumerate().flat_map(|(pair, (a, b))| {
            let (from, to) = (a.on(profile).outcome, b.on(profile).outcome);
            let moved = (from != to).then_some(pair * ROWS + CELLS);
            [Some(pair * ROWS + cell(from, to)), moved]
        });
        rows.flatten().collect()
    };
    RowMap::new(population, pairs.len() * ROWS, rows_of)
}

fn cell(from: Outcome, to: Outcome) -> usize {
    from.index() * Outcome::ALL.len() + to.index()
}

fn moved(summary: &Summary, row: usize) -> Count {
    Count { mean: summary.mean(row), spread: summary.spreads[row] }
}

/// People moved, for each of the difference's moves and then in all. The same people are judged
/// by both interpretations.
///
/// # Errors
///
/// As for [`draw`](super::draw).
pub fn moves(
    population: &Population<'_>,
    pair: (&Rulings, &Rulings),
    difference: &Difference,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Vec<Count>, Stop> {
    let summary = summarise(population, &pair_counting(population, &[pair]), plan, progress)?;
    let rows = difference.moves.iter().map(|m| cell(m.from, m.to)).chain([CELLS]);
    Ok(rows.map(|row| moved(&summary, row)).collect())
}

/// Compares questions two by two, given by their positions: what the second does with the people
/// of each outcome of the first. Means of a pair add up to the population.
///
/// # Errors
///
/// As for [`draw`](super::draw).
pub fn transitions(
    population: &Population<'_>,
    questions: &[Rulebook],
    pairs: &[(usize, usize)],
    plan: Plan,
    progress: &dyn Progress,
) -> Result<TransitionTable, Stop> {
    let rulings = pairs.iter().map(|&(a, b)| (&questions[a].rulings, &questions[b].rulings));
    let counting = pair_counting(population, &rulings.collect::<Vec<_>>());
    let summary = summarise(population, &counting, plan, progress)?;
    let comparison = |(pair, &(a, b)): (usize, &(usize, usize))| Comparison {
        from: side(&questions[a].interpretation),
        to: side(&questions[b].interpretation),
        transitions: cells(&summary, pair * ROWS),
        moved: moved(&summary, pair * ROWS + CELLS),
    };
    Ok(TransitionTable {
        scenario: population.scenario.name.clone(),
        comparisons: pairs.iter().enumerate().map(comparison).collect(),
        sample: sample(population.scenario, plan),
    })
}

/// An interpretation's names.
pub fn side(how: &Interpretation) -> ProposalName {
    ProposalName { proposal: how.proposal.id.clone(), reading: how.reading(), departures: how.departures() }
}

/// The nine cells of the pair whose rows begin here.
fn cells(summary: &Summary, first: usize) -> Vec<Transition> {
    let sums = &summary.sums[first..first + CELLS];
    let total: u128 = sums.iter().sum();
    let means = cascade(sums, summary.denominator);
    let outcomes = Outcome::ALL.into_iter().flat_map(|from| Outcome::ALL.map(|to| (from, to)));
    let rows = outcomes.zip(means).enumerate();
    rows.map(|(row, ((from, to), mean))| Transition {
        from,
        to,
        people: Count { mean, spread: summary.spreads[first + row] },
        share: (total > 0).then(|| sums[row] as f64 / total as f64),
    })
    .collect()
}
