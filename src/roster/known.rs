use super::words::UNKNOWN;
use crate::domain::Space;

/// What a roster says of a person: below, the index of the profile with the levels that are known and the
/// first of those that are not; above, a bit for each attribute whose level is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known(u32);

impl Known {
    /// Adds what is known of another attribute.
    pub(super) fn add(&mut self, other: Known) {
        self.0 += other.0;
    }

    pub(super) fn of_profile(profile: u16) -> Known {
        Known(profile.into())
    }

    pub(super) fn is_complete(self) -> bool {
        self.0 < Space::MAX_PROFILES as u32
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize % Space::MAX_PROFILES
    }
}

/// The attributes of the profile space, as what is known of people is made of them.
#[derive(Debug, Clone)]
pub(super) struct Attributes(Vec<Attribute>);

/// An attribute of the profile space.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    levels: u32,
    /// How far apart profiles are that differ by one of its levels.
    stride: u32,
    /// Marks that its level is not known. Of an attribute with one level it is always known, and the
    /// others are 16 at most, because each doubles the number of profiles.
    bit: u32,
}

impl Attributes {
    pub(super) fn new(space: &Space) -> Attributes {
        let mut stride = space.len() as u32;
        let mut bit = Space::MAX_PROFILES as u32;
        let attributes = space.attributes().iter().map(|attribute| {
            let levels = attribute.levels.len() as u32;
            stride /= levels;
            let of_this = if levels > 1 { bit } else { 0 };
            // After the sixteenth none is left, and none is needed.
            bit = if levels > 1 { bit << 1 } else { bit };
            Attribute { levels, stride, bit: of_this }
        });
        Attributes(attributes.collect())
    }

    /// What an attribute's level, which may be [`UNKNOWN`], says of a person.
    pub(super) fn known(&self, attribute: usize, level: u16) -> Known {
        let attribute = &self.0[attribute];
        match level {
            UNKNOWN => Known(attribute.bit),
            level => Known(attribute.stride * u32::from(level)),
        }
    }

    /// How many levels an attribute has.
    pub(super) fn levels(&self, attribute: usize) -> u16 {
        self.0[attribute].levels as u16
    }

    /// The profiles that people can have of whom this is known.
    pub(super) fn profiles(&self, known: Known) -> Vec<u16> {
        let mut profiles = vec![known.index() as u16];
        for attribute in self.0.iter().filter(|attribute| known.0 & attribute.bit > 0) {
            let levels = (0..attribute.levels).map(|level| (attribute.stride * level) as u16);
            profiles = profiles.iter().flat_map(|p| levels.clone().map(move |level| p + level)).collect();
        }
        profiles
    }

    /// The levels of a profile that were not known: `residence=south wish=home`.
    pub(super) fn drawn(&self, space: &Space, known: Known, profile: u16) -> String {
        let profile = u32::from(profile);
        let attributes = self.0.iter().zip(space.attributes());
        let drawn =
            attributes.filter(|(attribute, _)| known.0 & attribute.bit > 0).map(|(attribute, variable)| {
                let level = profile / attribute.stride % attribute.levels;
                format!("{}={}", variable.name, variable.levels[level as usize])
            });
        drawn.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variable;

    fn variable(name: &str, levels: usize) -> Variable {
        Variable { name: name.into(), levels: (0..levels).map(|level| format!("l{level}")).collect() }
    }

    /// What is known of a person with these levels.
    fn known(attributes: &Attributes, levels: &[u16]) -> Known {
        let mut known = Known::default();
        let said = levels.iter().enumerate().map(|(attribute, level)| attributes.known(attribute, *level));
        said.for_each(|said| known.add(said));
        known
    }

    #[test]
    fn what_was_drawn_is_said_of_what_was_not_known() {
        // With an attribute of one level in its midst.
        let space = Space::new(vec![variable("a", 3), variable("b", 1), variable("c", 4)]).unwrap();
        let attributes = Attributes::new(&space);
        let some = known(&attributes, &[2, UNKNOWN, UNKNOWN]);
        assert_eq!(attributes.profiles(some), [8, 9, 10, 11]);
        assert_eq!(attributes.drawn(&space, some, 10), "c=l2");
        let less = known(&attributes, &[UNKNOWN, 0, UNKNOWN]);
        assert_eq!(attributes.drawn(&space, less, 6), "a=l1 c=l2");
        assert_eq!(attributes.profiles(less).len(), 12);
    }

    /// As many attributes as the space can have, and one more with a single level.
    #[test]
    fn sixteen_attributes_of_two_levels_fit() {
        let mut variables: Vec<Variable> = (0..16).map(|i| variable(&format!("a{i}"), 2)).collect();
        variables.push(variable("one", 1));
        let attributes = Attributes::new(&Space::new(variables).unwrap());
        assert_eq!(attributes.profiles(known(&attributes, &[UNKNOWN; 17])).len(), Space::MAX_PROFILES);
        let last = [&[1; 16][..], &[0]].concat();
        assert_eq!(known(&attributes, &last), Known(65_535));
    }
}
