//! Describes a set of profiles in few words, as in "wish is not home, residence = north": by few
//! conditions that hold on exactly these profiles.

use std::cmp::Reverse;

use super::{Condition, Test, Variable};

/// The most words of bits to look at in a search over all subsets of the variables for those that matter.
/// Where there would be more, variables are dropped one by one.
const EXHAUSTIVE: usize = 1 << 22;

/// The most conditions of a description: nobody reads more.
const MAX_CONDITIONS: usize = 50;

/// Describes a set of combinations of levels by few conditions: together they hold on exactly these
/// combinations, or on some of them if that would take more than 50.
///
/// `combinations` are all there are, with a level for every variable, and `wanted` marks the ones to
/// describe. The conditions are prime (no test can be dropped, no level added). As in the minimisation of
/// logic functions (E. J. McCluskey, Bell System Technical Journal 35, 1956), a few of them are then
/// chosen, here greedily by how many combinations they add.
pub fn describe(variables: &[Variable], combinations: &[Vec<u8>], wanted: &[bool]) -> Vec<Condition> {
    let grid = Grid::new(variables, combinations);
    let wanted = Bits::from_bools(wanted.iter().copied());
    let unwanted = Bits::from_bools((0..combinations.len()).map(|i| !wanted.get(i)));
    let mut left = wanted.clone();
    let mut chosen: Vec<(Condition, Bits)> = Vec::new();
    while let Some(seed) = left.first() {
        if chosen.len() == MAX_CONDITIONS {
            break;
        }
        let best = primes(&grid, variables, &combinations[seed], &unwanted)
            .into_iter()
            .map(|prime| (grid.holding(&prime), prime))
            .min_by_key(|(holds, prime)| {
                (Reverse(holds.common(&left)), prime.tests.len(), allowed_levels(prime))
            });
        let Some((holds, prime)) = best else { break };
        left.remove(&holds);
        chosen.push((prime, holds));
    }
    if left.first().is_none() {
        drop_redundant(&mut chosen, &wanted);
    }
    chosen.into_iter().map(|(condition, _)| condition).collect()
}

/// [`describe`] in words, one line for each condition; `wanted` are the positions of the combinations.
pub fn describe_in_words(
    variables: &[Variable],
    combinations: &[Vec<u8>],
    wanted: impl IntoIterator<Item = usize>,
) -> Vec<String> {
    let mut marks = vec![false; combinations.len()];
    for position in wanted {
        marks[position] = true;
    }
    let conditions = describe(variables, combinations, &marks);
    let described = |levels: &Vec<u8>| conditions.iter().any(|condition| condition.holds(levels));
    let left =
        combinations.iter().zip(&marks).filter(|(levels, marked)| **marked && !described(levels)).count();
    let mut words: Vec<String> = conditions.iter().map(|condition| condition.words(variables)).collect();
    if left > 0 {
        words.push(format!("... and {left} more, each by itself"));
    }
    words
}

/// The widest conditions that hold for the levels `seed` and for nothing unwanted.
fn primes(grid: &Grid, variables: &[Variable], seed: &[u8], unwanted: &Bits) -> Vec<Condition> {
    let clean = |kept: &[usize]| !grid.agreeing(kept, seed).meets(unwanted);
    let exhaustive =
        grid.combinations.div_ceil(64) <= EXHAUSTIVE.checked_shr(variables.len() as u32).unwrap_or(0);
    let kept = if exhaustive {
        minimal_sets(variables.len(), clean)
    } else {
        vec![minimal_set(variables.len(), clean)]
    };
    kept.into_iter().map(|kept| widest_condition(grid, variables, &kept, seed, unwanted)).collect()
}

/// The sets of variables that satisfy `clean` while none of their subsets does.
fn minimal_sets(variables: usize, clean: impl Fn(&[usize]) -> bool) -> Vec<Vec<usize>> {
    let mut masks: Vec<u32> = (0..1 << variables).collect();
    masks.sort_by_key(|mask| mask.count_ones());
    let mut found: Vec<u32> = Vec::new();
    for mask in masks {
        let holds_a_smaller_one = found.iter().any(|smaller| mask & smaller == *smaller);
        if !holds_a_smaller_one && clean(&members(mask)) {
            found.push(mask);
        }
    }
    found.into_iter().map(members).collect()
}

/// The positions of the bits that are set.
fn members(mask: u32) -> Vec<usize> {
    (0..32).filter(|i| mask >> i & 1 == 1).collect()
}

/// One such set, found by dropping variable after variable.
fn minimal_set(variables: usize, clean: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..variables).collect();
    for variable in 0..variables {
        let without: Vec<usize> = kept.iter().copied().filter(|v| *v != variable).collect();
        if clean(&without) {
            kept = without;
        }
    }
    kept
}

/// Tests `kept` variables for the levels of `seed`, and then allows level after level as long as nothing
/// unwanted passes.
fn widest_condition(
    grid: &Grid,
    variables: &[Variable],
    kept: &[usize],
    seed: &[u8],
    unwanted: &Bits,
) -> Condition {
    let only = |&variable: &usize| {
        let mut allowed = vec![false; variables[variable].levels.len()];
        allowed[usize::from(seed[variable])] = true;
        Test { variable, allowed }
    };
    let mut condition = Condition { tests: kept.iter().map(only).collect() };
    for test in 0..condition.tests.len() {
        for level in 0..condition.tests[test].allowed.len() {
            let before = condition.tests[test].allowed[level];
            condition.tests[test].allowed[level] = true;
            if grid.holding(&condition).meets(unwanted) {
                condition.tests[test].allowed[level] = before;
            }
        }
    }
    without_unused_levels(grid, condition)
}

/// Takes out the levels that no combination of the condition has.
fn without_unused_levels(grid: &Grid, mut condition: Condition) -> Condition {
    let holds = grid.holding(&condition);
    for test in &mut condition.tests {
        for (allowed, having) in test.allowed.iter_mut().zip(&grid.having[test.variable]) {
            *allowed &= having.meets(&holds);
        }
    }
    condition
}

/// The number of levels that a condition allows: fewer are easier to read.
fn allowed_levels(condition: &Condition) -> usize {
    condition.tests.iter().flat_map(|test| &test.allowed).filter(|allowed| **allowed).count()
}

/// Drops conditions all of whose combinations the others have too.
fn drop_redundant(chosen: &mut Vec<(Condition, Bits)>, wanted: &Bits) {
    for index in (0..chosen.len()).rev() {
        let mut left = wanted.clone();
        let others = chosen.iter().enumerate().filter(|(i, _)| *i != index);
        others.for_each(|(_, (_, holds))| left.remove(holds));
        if left.first().is_none() {
            chosen.remove(index);
        }
    }
}

/// For each variable and level, the combinations that have it.
struct Grid {
    combinations: usize,
    having: Vec<Vec<Bits>>,
}

impl Grid {
    fn new(variables: &[Variable], combinations: &[Vec<u8>]) -> Grid {
        let having = |v: usize, level: usize| {
            Bits::from_bools(combinations.iter().map(|levels| usize::from(levels[v]) == level))
        };
        let levels = |v: usize| (0..variables[v].levels.len()).map(move |l| having(v, l)).collect();
        Grid { combinations: combinations.len(), having: (0..variables.len()).map(levels).collect() }
    }

    fn agreeing(&self, kept: &[usize], seed: &[u8]) -> Bits {
        let mut bits = Bits::full(self.combinations);
        kept.iter().for_each(|&v| bits.keep(&self.having[v][usize::from(seed[v])]));
        bits
    }

    fn holding(&self, condition: &Condition) -> Bits {
        let mut bits = Bits::full(self.combinations);
        for test in &condition.tests {
            let mut any = Bits::empty(self.combinations);
            let levels = self.having[test.variable].iter().zip(&test.allowed);
            levels.filter(|(_, allowed)| **allowed).for_each(|(having, _)| any.add(having));
            bits.keep(&any);
        }
        bits
    }
}

/// A set of combinations by position, 64 to a word.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn empty(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    fn full(len: usize) -> Bits {
        Bits::from_bools(std::iter::repeat_n(true, len))
    }

    fn from_bools(bools: impl ExactSizeIterator<Item = bool>) -> Bits {
        let mut bits = Bits::empty(bools.len());
        bools.enumerate().filter(|(_, b)| *b).for_each(|(i, _)| bits.0[i / 64] |= 1 << (i % 64));
        bits
    }

    fn get(&self, index: usize) -> bool {
        self.0[index / 64] >> (index % 64) & 1 == 1
    }

    fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }

    fn keep(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    fn add(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn remove(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    fn common(&self, other: &Bits) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Space;
    use proptest::prelude::*;

    fn space() -> Space {
        let variable = |name: &str, levels: &[&str]| Variable {
            name: name.into(),
            levels: levels.iter().map(|l| l.to_string()).collect(),
        };
        let mut space = Space::new(vec![
            variable("captor", &["unc", "kpa-cpv"]),
            variable("residence", &["north", "south", "abroad"]),
            variable("wish", &["own-side", "home", "none"]),
        ])
        .unwrap();
        let (home, tested) = (variable("home", &["captor-area", "other-area", "elsewhere"]), [0, 1].into());
        space.derive(home, &tested, |levels| match (levels[0], levels[1]) {
            (0, 1) | (1, 0) => 0,
            (_, 2) => 2,
            _ => 1,
        });
        space
    }

    fn words(space: &Space, wanted: impl Fn(&[u8]) -> bool) -> Vec<String> {
        let marked = (0..space.len()).filter(|&i| wanted(&space.combinations()[i]));
        describe_in_words(space.variables(), space.combinations(), marked)
    }

    #[test]
    fn a_derived_attribute_says_it_shortest() {
        assert_eq!(words(&space(), |p| p[3] == 0), ["home = captor-area"]);
        assert_eq!(words(&space(), |p| p[3] == 0 && p[2] != 1), ["wish is not home, home = captor-area"]);
    }

    #[test]
    fn everything_and_nothing_have_their_own_words() {
        assert_eq!(words(&space(), |_| true), ["everybody"]);
        assert!(words(&space(), |_| false).is_empty());
    }

    #[test]
    fn a_large_and_ragged_set_is_described_in_part() {
        let levels: Vec<String> = (0..256).map(|level| level.to_string()).collect();
        let variable = |name: &str| Variable { name: name.into(), levels: levels.clone() };
        let space = Space::new(vec![variable("a"), variable("b")]).unwrap();
        let words = words(&space, |p| u32::from(p[0]) * 7919 % 256 < u32::from(p[1]) * 104_729 % 256);
        assert_eq!(words.len(), MAX_CONDITIONS + 1);
        assert!(words[MAX_CONDITIONS].contains("more"));
    }

    #[test]
    fn a_union_needs_two_conditions() {
        let found = words(&space(), |p| p[2] == 1 || p[3] == 2);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    proptest! {
        #[test]
        fn conditions_hold_on_exactly_the_wanted_combinations(wanted in prop::collection::vec(any::<bool>(), 18)) {
            let space = space();
            let conditions = describe(space.variables(), space.combinations(), &wanted);
            for (levels, wanted) in space.combinations().iter().zip(wanted) {
                prop_assert_eq!(conditions.iter().any(|c| c.holds(levels)), wanted);
            }
        }
    }
}
