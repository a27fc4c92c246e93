//! The same people under two proposals: how many go from which outcome to which.

use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names, same};
use super::notes::{notes, standard_error, title};
use super::outcome_rows::outcomes_of;
use super::outcomes::outcome_names;
use super::setup::Study;
use crate::domain::{Engine, Error, Estimate, Outcome, Problem, Profile, Setting, cascade};
use crate::proposal::{Proposal, ProposalName, Rulebook};
use crate::simulate::{Population, RowMap, Summary};
use crate::table::{Matrix, Provenance, Show, Style, Table, Values, grouped};

/// Proposals compared two by two on the same people.
#[derive(Debug, Clone)]
pub struct Transitions {
    setting: Arc<Setting>,
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
    /// By outcome under the first, then by outcome under the second. Means add up to the population.
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
        let (setting, rulebooks) = (&self.texts().setting, &self.texts().rulebooks);
        let places = PairPlaces::of(rulebooks.iter().map(Rulebook::proposal));
        self.refuse_memory(engine, (places.per_pair() * pairs.len()) as u64, "pairs (by a baseline)")?;
        let compared: Vec<[&Rulebook; 2]> =
            pairs.iter().map(|&(a, b)| [&rulebooks[a], &rulebooks[b]]).collect();
        let population = self.population();
        let row_map = places.row_map(&population, &compared);
        let summary = self.summarise(engine, &population, row_map)?;
        let comparison = |(pair, &(a, b)): (usize, &(usize, usize))| Comparison {
            from: Arc::clone(rulebooks[a].name()),
            to: Arc::clone(rulebooks[b].name()),
            transitions: places.transitions(&summary, pair * places.per_pair()),
            moved: summary.estimate(pair * places.per_pair() + places.moved()),
        };
        let provenance = self.provenance(engine);
        let mut notes = notes(setting, &provenance, true);
        notes.extend(standard_error(&summary));
        let comparisons = pairs.iter().enumerate().map(comparison).collect();
        Ok(Transitions { setting: Arc::clone(setting), comparisons, notes, provenance })
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

/// How the people of pairs of compiled proposals lie in memory while they are counted: for each pair a place for each
/// outcome under the first by outcome under the second, and then one for everybody whose outcome is not the same.
///
/// With three outcomes a pair takes ten places: those to whom the first gives the second outcome and the second the
/// third are counted at place 1 * 3 + 2 = 5, and at place 9.
#[derive(Debug)]
pub(super) struct PairPlaces {
    /// The outcomes that the proposals can give, in the setting's order.
    outcomes: Vec<Outcome>,
}

impl PairPlaces {
    /// The places of pairs of these proposals.
    pub(super) fn of<'a>(proposals: impl IntoIterator<Item = &'a Proposal>) -> PairPlaces {
        PairPlaces { outcomes: outcomes_of(proposals) }
    }

    /// The number of places of a pair.
    pub(super) fn per_pair(&self) -> usize {
        self.outcomes.len() * self.outcomes.len() + 1
    }

    /// The place of the people who go from one outcome to another, within those of their pair.
    pub(super) fn cell(&self, from: Outcome, to: Outcome) -> usize {
        // The outcomes of the proposals are all there.
        let position = |outcome| self.outcomes.binary_search(&outcome).unwrap_or_default();
        position(from) * self.outcomes.len() + position(to)
    }

    /// The place of all whose outcome is not the same, within those of their pair.
    pub(super) fn moved(&self) -> usize {
        self.per_pair() - 1
    }

    /// Maps the people of each pair to its places.
    pub(super) fn row_map(&self, population: &Population, pairs: &[[&Rulebook; 2]]) -> RowMap {
        let rows_of = |pair: usize, from: Outcome, to: Outcome| {
            let first = pair * self.per_pair();
            let moved = (from != to).then_some(first + self.moved());
            std::iter::once(first + self.cell(from, to)).chain(moved)
        };
        let has_limits = |pair: &[&Rulebook; 2]| pair.iter().any(|rulebook| !rulebook.limits.is_empty());
        let of_tables = |_, profile: Profile| -> Vec<usize> {
            let tables = pairs.iter().enumerate().filter(|(_, pair)| !has_limits(pair));
            let rows = tables.flat_map(|(position, pair)| {
                let [from, to] = pair.map(|rulebook| rulebook.ruling_on(profile).outcome);
                rows_of(position, from, to)
            });
            rows.collect()
        };
        let row_map = RowMap::new(population, pairs.len() * self.per_pair(), of_tables);
        let limited = pairs.iter().enumerate().filter(|(_, pair)| has_limits(pair));
        limited.fold(row_map, |row_map, (position, pair)| {
            row_map.and_limited(population, pair, |_, _, outcomes| {
                rows_of(position, outcomes[0], outcomes[1]).collect()
            })
        })
    }

    /// The transitions of the pair whose places begin here.
    fn transitions(&self, summary: &Summary, first: usize) -> Vec<Transition> {
        let sums = &summary.sums[first..first + self.moved()];
        let total: u128 = sums.iter().sum();
        let means = cascade(sums, summary.denominator);
        let outcomes = self.outcomes.iter().flat_map(|from| self.outcomes.iter().map(move |to| (*from, *to)));
        let rows = outcomes.zip(means).enumerate();
        rows.map(|(row, ((from, to), mean))| Transition {
            from,
            to,
            people: Estimate { mean, ..summary.estimate(first + row) },
            share: (total > 0).then(|| sums[row] as f64 / total as f64),
        })
        .collect()
    }
}

impl Transitions {
    /// The transitions as a tidy table: for each pair a row for each outcome under the first by outcome under the second.
    pub fn table(&self) -> Table {
        let rows: Vec<(&Comparison, &Transition)> =
            self.comparisons.iter().flat_map(|c| c.transitions.iter().map(move |t| (c, t))).collect();
        let text = |of: fn(&Comparison) -> String| names(rows.iter().map(|(comparison, _)| of(comparison)));
        let outcome = |of: fn(&Transition) -> Outcome| {
            outcome_names(&self.setting.outcomes, rows.iter().map(move |(_, t)| of(t)))
        };
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
                title(&self.setting, &self.provenance),
                self.statistic(),
            ),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            matrix: Some(Matrix { down: columns::FROM.0, detail: None, across: columns::TO.0, spread: true }),
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

    /// The outcomes of the study's setting with their names.
    fn names(study: &Study) -> Vec<(Outcome, String)> {
        let outcomes = &study.texts().setting.outcomes;
        outcomes.iter().map(|outcome| (outcome, outcomes.name(outcome).to_string())).collect()
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
        for (outcome, name) in names(&study) {
            let pair = transitions.comparisons[0].transitions.iter();
            let sum: u128 = pair.filter(|t| t.from == outcome).map(|t| t.people.mean.0).sum();
            let alone = outcomes.mean("1952-03-27-draft", &name).unwrap();
            assert!(sum.abs_diff(alone.0) <= 3, "{name}: {sum} is not {alone}");
        }
    }

    #[test]
    fn a_baseline_is_one_of_the_proposals() {
        let study = study(&["1952-03-27-draft", "1952-03-27-draft:left=retained", "1952-07-03-nam-il"]);
        let pairs = |baseline| study.pairs(baseline);
        assert_eq!(pairs(None).unwrap(), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(Some("1952-07-03-nam-il")).unwrap(), [(2, 0), (2, 1)]);
        assert_eq!(pairs(Some("1952-03-27-draft:left=retained")).unwrap(), [(1, 0), (1, 2)]);
        let several = pairs(Some("1952-03-27-draft")).unwrap_err().to_string();
        assert!(several.contains("matches 2 of the proposals"), "{several}");
        assert!(pairs(Some("1952-07-03-namil")).unwrap_err().to_string().contains("did you mean"));
    }

    /// With the draws themselves: nobody moves, in any replicate.
    #[test]
    fn nobody_moves_against_the_same_proposal_in_any_replicate() {
        let study = study(&[]);
        let population = study.population();
        let itself: Vec<[&Rulebook; 2]> = study.texts().rulebooks.iter().map(|book| [book, book]).collect();
        let places = PairPlaces::of(study.texts().rulebooks.iter().map(Rulebook::proposal));
        let counting = places.row_map(&population, &itself);
        let outcomes = places.outcomes.clone();
        let unmoved: Vec<usize> = outcomes.iter().map(|outcome| places.cell(*outcome, *outcome)).collect();
        for engine in [Engine::Individuals, Engine::Counts] {
            let draws =
                draw(&population, &counting, Plan { engine, seed: 3, replicates: 40 }, &Silent).unwrap();
            for row in (0..counting.rows()).filter(|row| !unmoved.contains(&(row % places.per_pair()))) {
                assert_eq!(draws.row(row), vec![0; 40], "row {row}");
            }
        }
    }

    /// In every replicate the rows of a pair add up to what each of the two does alone.
    #[test]
    fn a_pair_counts_the_people_that_each_counts_alone() {
        let study = study(&["1952-03-27-draft", "1952-07-13-unc-list"]);
        let population = study.population();
        let [a, b] = [0, 1].map(|i: usize| &study.texts().rulebooks[i]);
        let places = PairPlaces::of(study.texts().rulebooks.iter().map(Rulebook::proposal));
        let paired = places.row_map(&population, &[[a, b]]);
        let alone = RowMap::new(&population, 8, |_, profile| {
            vec![a.ruling_on(profile).outcome.index(), 4 + b.ruling_on(profile).outcome.index()]
        });
        let plan = Plan { engine: Engine::Counts, seed: 3, replicates: 40 };
        let (paired, alone) = (
            draw(&population, &paired, plan, &Silent).unwrap(),
            draw(&population, &alone, plan, &Silent).unwrap(),
        );
        let sum = |rows: Vec<usize>| -> Vec<u64> {
            let rows: Vec<Vec<u64>> = rows.into_iter().map(|row| paired.row(row)).collect();
            (0..40).map(|replicate| rows.iter().map(|row| row[replicate]).sum()).collect()
        };
        let all = || places.outcomes.iter().copied();
        for outcome in all() {
            let (from, to) =
                (all().map(|to| places.cell(outcome, to)), all().map(|from| places.cell(from, outcome)));
            assert_eq!(sum(from.collect()), alone.row(outcome.index()));
            assert_eq!(sum(to.collect()), alone.row(4 + outcome.index()));
        }
    }
}
