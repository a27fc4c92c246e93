//! Partial profiles: what is known of a person, in one integer that is the sum of one integer per
//! attribute.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::domain::Space;

/// Rows that one thread looks at in one go.
const CHUNK: usize = 1 << 16;

/// What a roster says of a person, in one integer.
///
/// The low 16 bits hold the index of a profile, with unknown levels counted as level 0; above them stands
/// one bit for each attribute whose level is unknown. Both parts add up attribute by attribute, so a
/// partial profile is a sum of *terms*, one per attribute (see [`Encoding::term`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartialProfile(u32);

impl PartialProfile {
    /// Adds the term of another attribute.
    pub(super) fn add(&mut self, term: PartialProfile) {
        self.0 += term.0;
    }

    /// The partial profile in which every level is known.
    pub(super) fn of_profile(profile: u16) -> PartialProfile {
        PartialProfile(profile.into())
    }

    /// Whether every level is known.
    pub(super) fn is_complete(self) -> bool {
        self.0 < Space::MAX_PROFILES as u32
    }

    /// The index of the profile, with unknown levels counted as level 0.
    pub(super) fn index(self) -> usize {
        self.0 as usize % Space::MAX_PROFILES
    }

    /// The integer.
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// The incomplete partial profiles among rows, each once.
pub(super) fn find_incomplete(rows: &[PartialProfile]) -> BTreeSet<PartialProfile> {
    let chunks = rows.par_chunks(CHUNK);
    let sets = chunks.map(|rows| rows.iter().copied().filter(|row| !row.is_complete()).collect());
    sets.reduce(BTreeSet::new, |mut a, mut b| {
        a.append(&mut b);
        a
    })
}

/// How levels become terms of a partial profile.
///
/// A profile's index is a number in mixed radix: the last attribute counts in ones, the one before it in
/// as many as the last has levels, and so on. Take `captor` with 2 levels, `residence` with 3 and `wish`
/// with 2: strides 6, 2 and 1; bits 2^16, 2^17 and 2^18.
///
/// ```text
/// captor    = second (level 1):   1 * 6           6
/// residence = abroad  (level 2):  2 * 2           4
/// wish      unknown:              2^18      262,144
///                                           -------
///                                           262,154 = 2^18 + 10: profile 10 or 11
/// ```
#[derive(Debug, Clone)]
pub(super) struct Encoding(Vec<AttributeTerms>);

/// How the levels of one attribute become terms.
#[derive(Debug, Clone, Copy)]
struct AttributeTerms {
    levels: u32,
    /// How far apart the indices of two profiles are that differ by one level of this attribute.
    stride: u32,
    /// The bit that marks the level as unknown. An attribute with a single level has none: its level is
    /// always known. Sixteen bits are enough for the others, since each at least doubles the number of
    /// profiles, of which there are at most 2^16.
    unknown: u32,
}

impl Encoding {
    /// The encoding of a profile space.
    pub(super) fn new(space: &Space) -> Encoding {
        let mut stride = space.len() as u32;
        let mut next_bit = Space::MAX_PROFILES as u32;
        let attributes = space.attributes().iter().map(|attribute| {
            let levels = attribute.levels.len() as u32;
            stride /= levels;
            let unknown = if levels > 1 { next_bit } else { 0 };
            // After the sixteenth bit this becomes 0; no attribute is left that needs one.
            next_bit = if levels > 1 { next_bit << 1 } else { next_bit };
            AttributeTerms { levels, stride, unknown }
        });
        Encoding(attributes.collect())
    }

    /// The term of an attribute's level; of an unknown level where it is `None`.
    pub(super) fn term(&self, attribute: usize, level: Option<u8>) -> PartialProfile {
        let attribute = &self.0[attribute];
        PartialProfile(level.map_or(attribute.unknown, |level| attribute.stride * u32::from(level)))
    }

    /// The terms of all levels of an attribute.
    pub(super) fn terms(&self, attribute: usize) -> Vec<PartialProfile> {
        let AttributeTerms { levels, stride, .. } = self.0[attribute];
        (0..levels).map(|level| PartialProfile(stride * level)).collect()
    }

    /// The profiles that agree with what is known.
    pub(super) fn completions(&self, partial: PartialProfile) -> Vec<u16> {
        let mut profiles = vec![partial.index() as u16];
        for attribute in self.unknown_in(partial) {
            let levels = (0..attribute.levels).map(|level| (attribute.stride * level) as u16);
            profiles = profiles.iter().flat_map(|p| levels.clone().map(move |level| p + level)).collect();
        }
        profiles
    }

    /// The levels of a profile that are unknown in a partial profile: `residence=south wish=home`.
    pub(super) fn unknown_levels(&self, space: &Space, partial: PartialProfile, profile: u16) -> String {
        let profile = u32::from(profile);
        let attributes = self.0.iter().zip(space.attributes());
        let unknown = attributes.filter(|(attribute, _)| partial.0 & attribute.unknown > 0);
        let levels = unknown.map(|(attribute, variable)| {
            let level = profile / attribute.stride % attribute.levels;
            format!("{}={}", variable.name, variable.levels[level as usize])
        });
        levels.collect::<Vec<_>>().join(" ")
    }

    fn unknown_in(&self, partial: PartialProfile) -> impl Iterator<Item = &AttributeTerms> {
        self.0.iter().filter(move |attribute| partial.0 & attribute.unknown > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variable;

    fn variable(name: &str, levels: &[&str]) -> Variable {
        Variable { name: name.into(), levels: levels.iter().map(|level| level.to_string()).collect() }
    }

    fn numbered(name: &str, levels: usize) -> Variable {
        Variable { name: name.into(), levels: (0..levels).map(|level| format!("l{level}")).collect() }
    }

    fn sum(encoding: &Encoding, levels: &[Option<u8>]) -> PartialProfile {
        let mut partial = PartialProfile::default();
        let terms = levels.iter().enumerate().map(|(attribute, level)| encoding.term(attribute, *level));
        terms.for_each(|term| partial.add(term));
        partial
    }

    /// The example in the documentation of [`Encoding`].
    #[test]
    fn the_terms_of_a_row_add_up_to_its_partial_profile() {
        let space = Space::new(vec![
            variable("captor", &["unc", "kpa-cpv"]),
            variable("residence", &["north", "south", "abroad"]),
            variable("wish", &["home", "none"]),
        ]);
        let (space, known) = (space.unwrap(), [Some(1), Some(2)]);
        let encoding = Encoding::new(&space);
        let partial = sum(&encoding, &[known[0], known[1], None]);
        assert_eq!(partial, PartialProfile(262_154));
        assert!(!partial.is_complete());
        assert_eq!(encoding.completions(partial), [10, 11]);
        assert_eq!(encoding.unknown_levels(&space, partial, 11), "wish=none");
        assert_eq!(sum(&encoding, &[known[0], known[1], Some(1)]), PartialProfile::of_profile(11));
    }

    #[test]
    fn an_attribute_with_one_level_is_always_known() {
        let space = Space::new(vec![numbered("a", 3), numbered("b", 1), numbered("c", 4)]).unwrap();
        let encoding = Encoding::new(&space);
        let partial = sum(&encoding, &[Some(2), None, None]);
        assert_eq!(encoding.completions(partial), [8, 9, 10, 11]);
        assert_eq!(encoding.unknown_levels(&space, partial, 10), "c=l2");
        let less = sum(&encoding, &[None, Some(0), None]);
        assert_eq!(encoding.unknown_levels(&space, less, 6), "a=l1 c=l2");
        assert_eq!(encoding.completions(less).len(), 12);
    }

    /// As many attributes as a space can have, and one more with a single level.
    #[test]
    fn sixteen_attributes_of_two_levels_fit() {
        let mut variables: Vec<Variable> = (0..16).map(|i| numbered(&format!("a{i}"), 2)).collect();
        variables.push(numbered("one", 1));
        let encoding = Encoding::new(&Space::new(variables).unwrap());
        assert_eq!(encoding.completions(sum(&encoding, &[None; 17])).len(), Space::MAX_PROFILES);
        let last = [&[Some(1); 16][..], &[Some(0)]].concat();
        assert_eq!(sum(&encoding, &last), PartialProfile(65_535));
    }
}
