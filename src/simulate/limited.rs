//! Rulebooks with limits, counted by row: what happens to a prisoner then depends on how many others there are.

use super::Population;
use super::hypergeometric::draw_without_replacement;
use super::realisation::Replicate;
use crate::domain::{Outcome, Profile, Purpose, Stream};
use crate::proposal::{Allotment, LimitInForce, Rulebook, apply_limits};

/// Rulebooks that judge the same people together, at least one of them with limits, and the rows that people count
/// towards. A cell's people may differ in their outcomes: rows are by cell and outcomes.
///
/// Of 14 people in a cell whom one rulebook gives to 10 places and another to 12, 10 have the outcome limited under
/// both, 2 under the second only, and 2 under neither: the same people come last in both.
#[derive(Debug, Clone)]
pub(super) struct Limited {
    judges: Vec<Judge>,
    /// The profile of every cell, stratum after stratum.
    profiles: Vec<Profile>,
    /// By cell: the rows of people with these outcomes, one for each judge.
    rows: Vec<Vec<(Vec<Outcome>, Vec<usize>)>>,
}

/// A rulebook: the outcomes that its table gives to the people of each cell, and its limits.
#[derive(Debug, Clone)]
struct Judge {
    name: String,
    outcomes: Vec<Outcome>,
    limits: Vec<LimitInForce>,
}

impl Limited {
    /// `rows_of` returns the rows of a stratum's people with a profile and these outcomes, one for each rulebook.
    pub(super) fn new(
        population: &Population,
        rulebooks: &[&Rulebook],
        rows_of: impl Fn(usize, Profile, &[Outcome]) -> Vec<usize>,
    ) -> Limited {
        let strata = population.blueprints.iter().enumerate();
        let cells: Vec<(usize, Profile)> = strata
            .flat_map(|(s, blueprint)| blueprint.cells.iter().map(move |cell| (s, cell.profile)))
            .collect();
        let rows = cells.iter().map(|&(stratum, profile)| {
            let outcomes = combinations(rulebooks.iter().map(|rulebook| rulebook.outcomes_of(profile)));
            let rows = outcomes.into_iter().map(|outcomes| {
                let rows = rows_of(stratum, profile, &outcomes);
                (outcomes, rows)
            });
            rows.collect()
        });
        let profiles: Vec<Profile> = cells.iter().map(|(_, profile)| *profile).collect();
        let judges = rulebooks.iter().map(|rulebook| Judge::new(rulebook, &profiles)).collect();
        Limited { judges, rows: rows.collect(), profiles }
    }

    /// Counts the people of some cells towards no row; limits are of them too.
    pub(super) fn leave_out(&mut self, cells: &[bool]) {
        let cells = self.rows.iter_mut().zip(cells);
        cells.filter(|(_, left_out)| **left_out).for_each(|(rows, _)| rows.clear());
    }

    /// The name of the first proposal that has limits.
    pub(super) fn name(&self) -> Option<&str> {
        self.judges.iter().find(|judge| !judge.limits.is_empty()).map(|judge| judge.name.as_str())
    }

    /// Adds the people of a replicate, by cell, to the rows they count towards.
    pub(super) fn count(&self, people: &[u64], replicate: Replicate, rows: &mut [u64]) {
        let judged: Vec<Vec<Allotment>> =
            self.judges.iter().map(|judge| judge.allot(&self.profiles, people, replicate)).collect();
        for (cell, rows_of_cell) in self.rows.iter().enumerate().filter(|(cell, _)| people[*cell] > 0) {
            for (outcomes, people) in joint(judged.iter().map(|cells| cells[cell].as_slice()).collect()) {
                let of_outcomes = rows_of_cell.iter().find(|(of, _)| *of == outcomes);
                of_outcomes.iter().flat_map(|(_, of)| of).for_each(|&row| rows[row] += people);
            }
        }
    }
}

impl Judge {
    fn new(rulebook: &Rulebook, profiles: &[Profile]) -> Judge {
        let outcomes = profiles.iter().map(|profile| rulebook.ruling_on(*profile).outcome);
        let (name, limits) = (rulebook.name().label(), rulebook.limits.clone());
        Judge { name, outcomes: outcomes.collect(), limits }
    }

    fn allot(&self, profiles: &[Profile], people: &[u64], replicate: Replicate) -> Vec<Allotment> {
        let cells = self.outcomes.iter().zip(people);
        let mut cells: Vec<Allotment> = cells.map(|(outcome, people)| vec![(*outcome, *people)]).collect();
        apply_limits_by_lot(&self.limits, profiles, &mut cells, replicate);
        cells
    }
}

/// The people of one cell by their outcomes, one for each of some rulebooks, in the order in which limits leave them.
pub(super) type JointAllotment = Vec<(Vec<Outcome>, u64)>;

/// The outcomes of people by cell, where a cell has people of one profile, under each of these rulebooks. A cell
/// without people may be left out: nobody else's outcome depends on it.
pub(super) fn allot_jointly(
    rulebooks: &[&Rulebook],
    profiles: &[Profile],
    people: &[u64],
    replicate: Replicate,
) -> Vec<JointAllotment> {
    let judges = rulebooks.iter().map(|rulebook| Judge::new(rulebook, profiles));
    let judged: Vec<Vec<Allotment>> = judges.map(|judge| judge.allot(profiles, people, replicate)).collect();
    (0..profiles.len())
        .map(|cell| joint(judged.iter().map(|cells| cells[cell].as_slice()).collect()))
        .collect()
}

/// Applies limits to the people of a replicate by cell. Who is over a limit is drawn without replacement; limits of
/// one id draw alike, so that readings of one text differ by no more than what they say.
fn apply_limits_by_lot(
    limits: &[LimitInForce],
    profiles: &[Profile],
    cells: &mut [Allotment],
    replicate: Replicate,
) {
    apply_limits(limits, profiles, cells, |limit, places, wanting| {
        let mut rng = Stream::new(Purpose::Limit, &limit.id, replicate.seed).rng(replicate.number, 0);
        draw_without_replacement(places, wanting, &mut rng)
    });
}

/// Every combination of one outcome from each list.
fn combinations(lists: impl Iterator<Item = Vec<Outcome>>) -> Vec<Vec<Outcome>> {
    lists.fold(vec![Vec::new()], |combinations, list| {
        let longer = |combination: &Vec<Outcome>| -> Vec<Vec<Outcome>> {
            list.iter().map(|outcome| [combination.as_slice(), &[*outcome]].concat()).collect()
        };
        combinations.iter().flat_map(longer).collect()
    })
}

/// People of one cell by their outcomes under several judges: each judge has them in the same order.
fn joint(mut allotments: Vec<&[(Outcome, u64)]>) -> Vec<(Vec<Outcome>, u64)> {
    let mut taken = vec![0; allotments.len()];
    let mut joint = Vec::new();
    loop {
        let next: Option<Vec<(Outcome, u64)>> = allotments
            .iter()
            .zip(&taken)
            .map(|(allotment, taken)| allotment.first().map(|(outcome, people)| (*outcome, people - taken)))
            .collect();
        let Some(next) = next else { return joint };
        let people = next.iter().map(|(_, people)| *people).min().unwrap_or_default();
        if people > 0 {
            joint.push((next.iter().map(|(outcome, _)| *outcome).collect(), people));
        }
        for (judge, (_, left)) in next.iter().enumerate() {
            taken[judge] += people;
            if *left == people {
                allotments[judge] = &allotments[judge][1..];
                taken[judge] = 0;
            }
        }
        if allotments.is_empty() {
            return joint;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(index: usize) -> Outcome {
        Outcome::of_index(index)
    }

    #[test]
    fn the_same_people_come_last_under_every_judge() {
        let (ten, twelve) = ([(outcome(0), 10), (outcome(2), 4)], [(outcome(0), 12), (outcome(1), 2)]);
        let joint = joint(vec![&ten, &twelve]);
        let of = |from, to, people| (vec![outcome(from), outcome(to)], people);
        assert_eq!(joint, [of(0, 0, 10), of(2, 0, 2), of(2, 1, 2)]);
    }

    #[test]
    fn nobody_is_lost_where_parts_end_together() {
        let parts = [(outcome(0), 3), (outcome(1), 3)];
        let joint = joint(vec![&parts, &parts]);
        assert_eq!(joint, [(vec![outcome(0); 2], 3), (vec![outcome(1); 2], 3)]);
    }

    #[test]
    fn combinations_are_of_one_of_each() {
        let lists = [vec![outcome(0), outcome(1)], vec![outcome(2)]];
        let expected = [vec![outcome(0), outcome(2)], vec![outcome(1), outcome(2)]];
        assert_eq!(combinations(lists.into_iter()), expected);
    }
}
