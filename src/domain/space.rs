//! Attributes, their levels, and the finite space of all profiles. That the space is finite is what
//! makes proofs by enumeration possible.

use std::collections::BTreeSet;
use std::fmt;

/// Something that takes one of a few named levels: an attribute of a prisoner, a derived
/// attribute, or a reading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its levels, in declared order; at least one, at most 256.
    pub levels: Vec<String>,
}

impl Variable {
    /// The position of the level of that name; `None` if there is none.
    pub fn level(&self, name: &str) -> Option<u8> {
        let index = self.levels.iter().position(|level| level == name)?;
        u8::try_from(index).ok()
    }
}

/// One level for every attribute, as an index into the [`Space`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile(u32);

impl Profile {
    /// The index, `0 .. space.len()`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The finite space of profiles: every combination of attribute levels, and beside each the
/// levels of the derived attributes.
///
/// Variables are numbered: attributes first, then derived attributes. The levels of a profile are one
/// for every variable, in this order.
#[derive(Debug, Clone, Default)]
pub struct Space {
    variables: Vec<Variable>,
    attributes: usize,
    /// The level of each attribute where nothing is said of it.
    defaults: Vec<Option<u8>>,
    /// For each derived attribute, the attributes that its rules test, directly or through others.
    bases: Vec<BTreeSet<usize>>,
    /// The levels of each profile.
    combinations: Vec<Vec<u8>>,
}

impl Space {
    /// The most profiles a setting may have.
    pub const MAX_PROFILES: usize = 65_536;

    /// Every combination of levels of the attributes, the last attribute changing fastest.
    /// `None` when there are more than [`Space::MAX_PROFILES`].
    pub fn new(attributes: Vec<Variable>) -> Option<Space> {
        let mut combinations = vec![Vec::new()];
        for attribute in &attributes {
            if combinations.len() * attribute.levels.len() > Space::MAX_PROFILES {
                return None;
            }
            combinations = combinations.iter().flat_map(|levels| extensions(levels, attribute)).collect();
        }
        let (attributes, variables) = (attributes.len(), attributes);
        let (defaults, bases) = (vec![None; attributes], Vec::new());
        Some(Space { attributes, defaults, bases, variables, combinations })
    }

    /// Gives an attribute a level that everybody has of whom nothing else is known.
    pub(crate) fn set_default(&mut self, attribute: usize, level: u8) {
        self.defaults[attribute] = Some(level);
    }

    /// The level of an attribute that everybody has unless a scenario or roster says otherwise; `None` where it
    /// must be said.
    pub fn default_level(&self, attribute: usize) -> Option<u8> {
        self.defaults[attribute]
    }

    /// Adds a derived attribute; `level_of` returns its level for the levels of a profile, and looks at no other
    /// variables than those `tested`.
    pub fn derive(&mut self, variable: Variable, tested: &BTreeSet<usize>, level_of: impl Fn(&[u8]) -> u8) {
        let representatives = self.representatives(tested);
        let mut of_profile = vec![0; self.len()];
        for profile in self.profiles() {
            // A representative comes before those that it stands for, or is computed on the spot.
            let representative = representatives[profile.index()];
            of_profile[profile.index()] = match representative < profile {
                true => of_profile[representative.index()],
                false => level_of(self.levels(representative)),
            };
        }
        self.combinations.iter_mut().zip(of_profile).for_each(|(levels, level)| levels.push(level));
        self.bases.push(self.attributes_behind(tested));
        self.variables.push(variable);
    }

    /// The attributes on which the levels of these variables depend.
    fn attributes_behind(&self, variables: &BTreeSet<usize>) -> BTreeSet<usize> {
        let behind = |variable: &usize| match variable.checked_sub(self.attributes) {
            None => BTreeSet::from([*variable]),
            // Readings of a proposal follow the variables and depend on no attribute.
            Some(derived) => self.bases.get(derived).cloned().unwrap_or_default(),
        };
        variables.iter().flat_map(behind).collect()
    }

    /// The profiles that a question can tell apart which looks at no other variables than those `tested`: every other
    /// attribute that has a default is at it.
    ///
    /// Attributes with a default are beside the point of most texts. That each of these is looked at as if they did not
    /// exist keeps proofs short, and counts of profiles what a reader expects.
    pub fn distinct_profiles(&self, tested: &BTreeSet<usize>) -> Vec<Profile> {
        let behind = self.attributes_behind(tested);
        let mut profiles = vec![0];
        for (attribute, variable) in self.attributes().iter().enumerate() {
            let levels = match self.defaults[attribute] {
                Some(default) if !behind.contains(&attribute) => default..default + 1,
                _ => 0..variable.levels.len() as u8,
            };
            let count = variable.levels.len() as u32;
            let extended = |index: &u32| {
                let first = index * count;
                levels.clone().map(move |level| first + u32::from(level))
            };
            profiles = profiles.iter().flat_map(extended).collect();
        }
        profiles.into_iter().map(Profile).collect()
    }

    /// For each profile, the [distinct one](Space::distinct_profiles) that stands for it.
    pub fn representatives(&self, tested: &BTreeSet<usize>) -> Vec<Profile> {
        let behind = self.attributes_behind(tested);
        let beside = |attribute: usize| self.defaults[attribute].filter(|_| !behind.contains(&attribute));
        let mut representatives = vec![0];
        for (attribute, variable) in self.attributes().iter().enumerate() {
            let count = variable.levels.len() as u32;
            let extended = |index: &u32| {
                let (first, default) = (index * count, beside(attribute));
                (0..count).map(move |level| first + default.map_or(level, u32::from))
            };
            representatives = representatives.iter().flat_map(extended).collect();
        }
        representatives.into_iter().map(Profile).collect()
    }

    /// The number of profiles.
    pub fn len(&self) -> usize {
        self.combinations.len()
    }

    /// Whether there is no profile at all.
    pub fn is_empty(&self) -> bool {
        self.combinations.is_empty()
    }

    /// All profiles in order.
    pub fn profiles(&self) -> impl Iterator<Item = Profile> + use<> {
        (0..self.combinations.len() as u32).map(Profile)
    }

    /// All variables: attributes and then derived attributes.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The attributes alone.
    pub fn attributes(&self) -> &[Variable] {
        &self.variables[..self.attributes]
    }

    /// The derived attributes alone.
    pub fn derived(&self) -> &[Variable] {
        &self.variables[self.attributes..]
    }

    /// The number of the variable of that name.
    pub fn variable(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|variable| variable.name == name)
    }

    /// The levels of a profile, one for every variable.
    pub fn levels(&self, profile: Profile) -> &[u8] {
        &self.combinations[profile.index()]
    }

    /// The levels of all profiles, in order.
    pub fn combinations(&self) -> &[Vec<u8>] {
        &self.combinations
    }

    /// The profile with these levels, one for each attribute; `None` if there is no such profile. Its index
    /// is a number whose digits are the levels: with attributes of 2 and 3 levels, the levels 1 and 2 are
    /// the profile 1 * 3 + 2 = 5.
    pub fn profile(&self, levels: &[u8]) -> Option<Profile> {
        let mut index = 0;
        for (attribute, &level) in self.attributes().iter().zip(levels) {
            if usize::from(level) >= attribute.levels.len() {
                return None;
            }
            index = index * attribute.levels.len() as u32 + u32::from(level);
        }
        (levels.len() == self.attributes).then_some(Profile(index))
    }

    /// A profile in words, `attribute=level ...`, without the attributes that are at their defaults.
    pub fn words(&self, profile: Profile) -> impl fmt::Display {
        let levels = self.attributes().iter().zip(self.levels(profile));
        let words: Vec<String> = levels
            .zip(&self.defaults)
            .filter(|((_, level), default)| Some(**level) != **default)
            .map(|((attribute, &level), _)| {
                format!("{}={}", attribute.name, attribute.levels[usize::from(level)])
            })
            .collect();
        words.join(" ")
    }
}

/// These levels with each level of a further variable behind them.
fn extensions<'a>(levels: &'a [u8], variable: &'a Variable) -> impl Iterator<Item = Vec<u8>> + 'a {
    (0..variable.levels.len()).map(move |level| {
        let mut longer = levels.to_vec();
        longer.push(level as u8);
        longer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, levels: &[&str]) -> Variable {
        Variable { name: name.into(), levels: levels.iter().map(|l| l.to_string()).collect() }
    }

    #[test]
    fn a_profile_is_found_again_by_its_levels() {
        let attributes = vec![variable("captor", &["unc", "kpa-cpv"]), variable("wish", &["a", "b", "c"])];
        let space = Space::new(attributes).unwrap();
        assert_eq!(space.len(), 6);
        for profile in space.profiles() {
            assert_eq!(space.profile(space.levels(profile)), Some(profile));
        }
        let last = space.profiles().last().unwrap();
        assert_eq!(space.words(last).to_string(), "captor=kpa-cpv wish=c");
    }

    #[test]
    fn attributes_with_a_default_are_beside_the_point_unless_tested() {
        let attributes = vec![variable("wish", &["a", "b"]), variable("health", &["fit", "sick"])];
        let mut space = Space::new(attributes).unwrap();
        space.set_default(1, 0);
        space.derive(variable("frail", &["no", "yes"]), &BTreeSet::from([1]), |levels| levels[1]);
        let of = |tested: &[usize]| -> Vec<usize> {
            let representatives = space.representatives(&tested.iter().copied().collect());
            representatives.into_iter().map(Profile::index).collect()
        };
        assert_eq!(of(&[0]), [0, 0, 2, 2]);
        assert_eq!(of(&[1]), [0, 1, 2, 3]);
        // A derived attribute is tested through what it is derived from; a reading, numbered last, through nothing.
        assert_eq!(of(&[2]), [0, 1, 2, 3]);
        assert_eq!(of(&[3]), [0, 0, 2, 2]);
        let distinct = |tested: &BTreeSet<usize>| -> Vec<usize> {
            space.distinct_profiles(tested).into_iter().map(Profile::index).collect()
        };
        assert_eq!(distinct(&BTreeSet::new()), [0, 2]);
        assert_eq!(distinct(&BTreeSet::from([1])), [0, 1, 2, 3]);
        assert_eq!(space.combinations().iter().map(|levels| levels[2]).collect::<Vec<_>>(), [0, 1, 0, 1]);
    }

    #[test]
    fn levels_that_do_not_exist_are_no_profile() {
        let space = Space::new(vec![variable("captor", &["unc", "kpa-cpv"])]).unwrap();
        assert_eq!(space.profile(&[2]), None);
        assert_eq!(space.profile(&[]), None);
        assert_eq!(space.profile(&[0, 0]), None);
    }

    #[test]
    fn a_space_of_more_than_65_536_profiles_is_refused() {
        let sixteen: Vec<String> = (0..16).map(|i| i.to_string()).collect();
        let attribute = |i: u8| Variable { name: i.to_string(), levels: sixteen.clone() };
        assert!(Space::new((0..4).map(attribute).collect()).is_some());
        assert!(Space::new((0..5).map(attribute).collect()).is_none());
    }
}
