//! The same people under two proposals: how many go from which outcome to which.

use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names, same};
use super::notes::{notes, standard_error, title};
use super::outcomes::outcome_names;
use super::setup::Study;
use crate::domain::{Engine, Error, Estimate, Outcome, Problem, Profile, cascade};
use crate::proposal::{ProposalName, Rulings};
use crate::simulate::{Population, RowMap, Summary, summarise};
use crate::table::{Matrix, Provenance, Show, Style, Table, Values, grouped};

/// Places that hold the people of each outcome under the first proposal by outcome under the second.
const CELLS: usize = Outcome::ALL.len() * Outcome::ALL.len();
/// Places of a pair: its cells, and then everybody whose outcome is not the same under both.
const PLACES: usize = CELLS + 1;

/// Proposals compared two by two on the same people.
#[derive(Debug, Clone, PartialEq)]
pub struct Transitions {
    /// The pairs, in declared order.
    pub comparisons: Vec<Comparison>,
    /// What every output says of them.
    pub notes: Vec<String>,
    /// What they rest on.
    pub provenance: Provenance,
}

/// The outcomes of the same people under two proposals.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first proposal.
    pub from: Arc<ProposalName>,
    /// The second proposal.
    pub to: Arc<ProposalName>,
    /// Nine: by outcome under the first, then by outcome under the second. Means add up to the population.
    pub transitions: Vec<Transition>,
    /// The people whose outcome is not the same under both.
    pub moved: Estimate,
}

/// The people who have one outcome under a first proposal and one under a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// The outcome under the first.
    pub from: Outcome,
    /// The outcome under the second.
    pub to: Outcome,
    /// The number of people.
    pub people: Estimate,
    /// Their mean as a part of everybody, 0 to 1; absent if there is nobody at all.
    pub share: Option<f64>,
}

impl Study {
    /// Compares the study's proposals two by two: every pair in order, or the baseline with each of the others.
    ///
    /// # Errors
    ///
    /// If there is no such baseline, only one proposal, too much for memory, a draw of the parameters makes shares
    /// exceed 1, or the user stops it.
    pub fn compare(&self, engine: Engine, baseline: Option<&str>) -> Result<Transitions, Error> {
        let pairs = self.pairs(baseline)?;
        self.refuse_memory(engine, (PLACES * pairs.len()) as u64, "pairs (by a baseline)")?;
        let rulebooks = &self.texts().rulebooks;
        let rulings: Vec<(&Rulings, &Rulings)> =
            pairs.iter().map(|&(a, b)| (&rulebooks[a].rulings, &rulebooks[b].rulings)).collect();
        let population = self.population();
        let row_map = count_pairs(&population, &rulings);
        let summary =
            self.on_threads(|| summarise(&population, &row_map, self.plan(engine), self.progress()))??;
        let comparison = |(pair, &(a, b)): (usize, &(usize, usize))| Comparison {
            from: Arc::clone(rulebooks[a].name()),
            to: Arc::clone(rulebooks[b].name()),
            transitions: transitions(&summary, pair * PLACES),
            moved: summary.estimate(pair * PLACES + CELLS),
        };
        let provenance = self.provenance(engine);
        let mut notes = notes(&provenance, true);
        notes.extend(standard_error(&summary));
        Ok(Transitions { comparisons: pairs.iter().enumerate().map(comparison).collect(), notes, provenance })
    }

    /// The pairs to compare, by position.
    fn pairs(&self, baseline: Option<&str>) -> Result<Vec<(usize, usize)>, Error> {
        let all = 0..self.texts().rulebooks.len();
        let pairs: Vec<(usize, usize)> = match baseline {
            Some(baseline) => {
                let base = self.texts().position(baseline, "baseline")?;
                all.filter(|other| *other != base).map(|other| (base, other)).collect()
            }
            None => all.clone().flat_map(|a| all.clone().skip(a + 1).map(move |b| (a, b))).collect(),
        };
        if pairs.is_empty() {
            let problem = Problem::new("there is nothing to compare: only one proposal is asked about");
            return Err(problem.help_option("proposal", "names at least two, or two readings of one").into());
        }
        Ok(pairs)
    }
}

/// Maps the people of each pair of compiled proposals to ten rows. Row `3 * from + to` of a pair holds those to
/// whom the first gives outcome `from` and the second `to`, by [`Outcome::index`]; the tenth holds all whose
/// outcome is not the same.
pub(super) fn count_pairs(population: &Population, pairs: &[(&Rulings, &Rulings)]) -> RowMap {
    let rows_of = |_, profile: Profile| -> Vec<usize> {
        let rows = pairs.iter().enumerate().flat_map(|(pair, (a, b))| {
            let (from, to) = (a.on(profile).outcome, b.on(profile).outcome);
            let moved = (from != to).then_some(pair * PLACES + CELLS);
            [Some(pair * PLACES + cell(from, to)), moved]
        });
        rows.flatten().collect()
    };
    RowMap::new(population, pairs.len() * PLACES, rows_of)
}

/// The place of the people who go from one outcome to another, within those of their pair.
pub(super) fn cell(from: Outcome, to: Outcome) -> usize {
    from.index() * Outcome::ALL.len() + to.index()
}

/// The place of all whose outcome is not the same, within those of their pair.
pub(super) const MOVED: usize = CELLS;

/// The nine transitions of the pair whose places begin here.
fn transitions(summary: &Summary, first: usize) -> Vec<Transition> {
    let sums = &summary.sums[first..first + CELLS];
    let total: u128 = sums.iter().sum();
    let means = cascade(sums, summary.denominator);
    let outcomes = Outcome::ALL.into_iter().flat_map(|from| Outcome::ALL.map(|to| (from, to)));
    let rows = outcomes.zip(means).enumerate();
    rows.map(|(row, ((from, to), mean))| Transition {
        from,
        to,
        people: Estimate { mean, ..summary.estimate(first + row) },
        share: (total > 0).then(|| sums[row] as f64 / total as f64),
    })
    .collect()
}

impl Transitions {
    /// The transitions as a tidy table: nine rows for each pair.
    pub fn table(&self) -> Table {
        let rows: Vec<(&Comparison, &Transition)> =
            self.comparisons.iter().flat_map(|c| c.transitions.iter().map(move |t| (c, t))).collect();
        let text = |of: fn(&Comparison) -> String| names(rows.iter().map(|(comparison, _)| of(comparison)));
        let outcome = |of: fn(&Transition) -> Outcome| outcome_names(rows.iter().map(|(_, t)| of(t)));
        let estimates: Vec<Estimate> = rows.iter().map(|(_, transition)| transition.people).collect();
        let share = Values::Number(rows.iter().map(|(_, transition)| transition.share).collect());
        let scenario = self.provenance.scenario.as_deref().unwrap_or_default();
        let mut columns = vec![
            column(columns::SCENARIO, same(scenario, rows.len()), Show::InFiles),
            column(columns::FROM_PROPOSAL, text(|c| c.from.id.clone()), Show::Heading { before: "from " }),
            column(columns::FROM_READING, text(|c| c.from.reading()), Show::HeadingDetail),
            column(columns::TO_PROPOSAL, text(|c| c.to.id.clone()), Show::Heading { before: "to   " }),
            column(columns::TO_READING, text(|c| c.to.reading()), Show::HeadingDetail),
            column(columns::FROM, outcome(|t| t.from), Show::Group),
            column(columns::TO, outcome(|t| t.to), Show::Label),
        ];
        columns.extend(estimate_columns(&estimates));
        columns.push(column(columns::SHARE, share, Show::measure("share", Style::Percent)));
        Table {
            title: format!(
                "{}\nDown: outcome under the first proposal; across: of the same people under the second ({})",
                title(&self.provenance),
                self.statistic(),
            ),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            matrix: Some(Matrix { down: columns::FROM.0, across: columns::TO.0 }),
            captions: self
                .comparisons
                .iter()
                .map(|c| format!("another outcome: {}", count(&c.moved)))
                .collect(),
            ..Table::default()
        }
    }

    /// What the cells of the matrices hold.
    fn statistic(&self) -> &'static str {
        let spread = self.comparisons.iter().flat_map(|c| &c.transitions).map(|t| t.people.spread).next();
        match spread.map(|spread| (spread.quantiles.is_some(), spread.sd.is_some())) {
            Some((true, _)) => "mean and 90 % interval",
            Some((false, true)) => "mean and standard deviation",
            _ => "people",
        }
    }
}

/// A number of people with its interval or standard deviation.
pub(super) fn count(people: &Estimate) -> String {
    let mean = grouped(people.mean.rounded());
    match (people.spread.quantiles, people.spread.sd) {
        (Some([low, _, high]), _) if low < high => format!("{mean} ({} – {})", grouped(low), grouped(high)),
        (None, Some(sd)) if sd >= 0.5 => format!("{mean} (sd {})", grouped(sd.round() as u64)),
        _ => mean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Plan, Silent, draw};

    fn study(proposals: &[&str]) -> Study {
        let study = Study::open("korea/1952-07-03").unwrap().replicates(20);
        proposals.iter().try_fold(study, |study, proposal| study.proposal(proposal)).unwrap()
    }

    #[test]
    fn a_proposal_moves_nobody_against_itself() {
        let twice = study(&["1952-03-27-draft", "1952-03-27-draft"]);
        for engine in Engine::ALL {
            let transitions = twice.compare(engine, None).unwrap();
            assert_eq!(transitions.comparisons[0].moved.mean.0, 0, "{engine:?}");
        }
    }

    #[test]
    fn transitions_of_a_pair_add_up_to_what_each_does_alone() {
        let study = study(&["1952-03-27-draft", "1952-07-03-nam-il"]);
        let outcomes = study.outcomes(Engine::Exact).unwrap();
        let transitions = study.compare(Engine::Exact, None).unwrap();
        for outcome in Outcome::ALL {
            let pair = transitions.comparisons[0].transitions.iter();
            let sum: u128 = pair.filter(|t| t.from == outcome).map(|t| t.people.mean.0).sum();
            let alone = outcomes.mean("1952-03-27-draft", outcome).unwrap();
            assert!(sum.abs_diff(alone.0) <= 3, "{outcome}: {sum} is not {alone}");
        }
    }

    #[test]
    fn a_baseline_is_one_of_the_proposals() {
        let study = study(&["1952-03-27-draft", "1952-03-27-draft:left=released", "1952-07-03-nam-il"]);
        let pairs = |baseline| study.pairs(baseline);
        assert_eq!(pairs(None).unwrap(), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(Some("1952-07-03-nam-il")).unwrap(), [(2, 0), (2, 1)]);
        assert_eq!(pairs(Some("1952-03-27-draft:left=released")).unwrap(), [(1, 0), (1, 2)]);
        let several = pairs(Some("1952-03-27-draft")).unwrap_err().to_string();
        assert!(several.contains("matches 2 of the proposals"), "{several}");
        assert!(pairs(Some("1952-07-03-namil")).unwrap_err().to_string().contains("did you mean"));
    }

    /// With the draws themselves: nobody moves, in any replicate.
    #[test]
    fn nobody_moves_against_the_same_proposal_in_any_replicate() {
        let study = study(&[]);
        let population = study.population();
        let rulings = study.texts().rulebooks.iter().map(|rulebook| &rulebook.rulings);
        let itself: Vec<(&Rulings, &Rulings)> = rulings.map(|rulings| (rulings, rulings)).collect();
        let counting = count_pairs(&population, &itself);
        for engine in [Engine::Individuals, Engine::Counts] {
            let draws =
                draw(&population, &counting, Plan { engine, seed: 3, replicates: 40 }, &Silent).unwrap();
            for row in (0..counting.rows()).filter(|row| ![0, 4, 8].contains(&(row % 10))) {
                assert_eq!(draws.row(row), vec![0; 40], "row {row}");
            }
        }
    }

    /// In every replicate the rows of a pair add up to what each of the two does alone.
    #[test]
    fn a_pair_counts_the_people_that_each_counts_alone() {
        let study = study(&["1952-03-27-draft", "1952-07-13-unc-list"]);
        let population = study.population();
        let [a, b] = [0, 1].map(|i: usize| &study.texts().rulebooks[i].rulings);
        let paired = count_pairs(&population, &[(a, b)]);
        let alone = RowMap::new(&population, 6, |_, profile| {
            vec![a.on(profile).outcome.index(), 3 + b.on(profile).outcome.index()]
        });
        let plan = Plan { engine: Engine::Counts, seed: 3, replicates: 40 };
        let (paired, alone) = (
            draw(&population, &paired, plan, &Silent).unwrap(),
            draw(&population, &alone, plan, &Silent).unwrap(),
        );
        let sum = |rows: [usize; 3]| -> Vec<u64> {
            let rows = rows.map(|row| paired.row(row));
            (0..40).map(|replicate| rows.iter().map(|row| row[replicate]).sum()).collect()
        };
        for outcome in Outcome::ALL.map(Outcome::index) {
            assert_eq!(sum([3 * outcome, 3 * outcome + 1, 3 * outcome + 2]), alone.row(outcome));
            assert_eq!(sum([outcome, outcome + 3, outcome + 6]), alone.row(3 + outcome));
        }
    }
}
