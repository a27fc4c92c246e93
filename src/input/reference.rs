//! How people refer to a proposal: `id` or `path.toml`, perhaps with `:reading=value,...`.

use std::path::Path;

use super::files::{Location, Reader, stem};
use crate::domain::Place;

/// A proposal by its id or path, perhaps with readings.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    /// As written, without readings.
    pub(super) name: String,
    /// Where to find it, if it is a path.
    pub(super) path: Option<Location>,
    /// Readings by name and value.
    pub(super) readings: Vec<(String, String)>,
    /// Where a file names it.
    pub(super) place: Option<Place>,
}

impl Reference {
    /// A reference as an argument; a path is taken from the current folder.
    pub(super) fn parse(text: &str) -> Reference {
        let (name, readings) = match text.rsplit_once(':') {
            Some((name, readings)) if readings.contains('=') => (name, readings),
            _ => (text, ""),
        };
        let pairs = readings.split(',').filter(|pair| !pair.is_empty());
        let readings = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Reference {
            name: name.into(),
            path: name.ends_with(".toml").then(|| Location::Own(name.into())),
            readings: readings.map(|(name, value)| (name.trim().into(), value.trim().into())).collect(),
            place: None,
        }
    }

    /// A reference as a file has it, at this place; a path is taken from the folder of that file.
    pub(super) fn in_file(reader: &Reader<'_>, text: &str, place: &Place) -> Reference {
        let mut reference = Reference { place: Some(place.clone()), ..Reference::parse(text) };
        if let Some(file) = reader.location_of(&place.file) {
            reference.path = reference.path.map(|_| file.beside(&reference.name));
        }
        reference
    }

    /// The id that the proposal must have.
    pub(super) fn id(&self) -> String {
        if self.path.is_some() { stem(Path::new(&self.name)) } else { self.name.clone() }
    }
}

/// The id of a proposal as an argument names it, by its id or path, and the readings named.
pub fn id_and_readings(argument: &str) -> (String, Vec<(String, String)>) {
    let reference = Reference::parse(argument);
    (reference.id(), reference.readings)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::proposal::{ChosenReading, ProposalName};

    fn pairs(reference: &Reference) -> Vec<(&str, &str)> {
        reference.readings.iter().map(|(reading, value)| (reading.as_str(), value.as_str())).collect()
    }

    #[test]
    fn an_id_alone_has_no_readings() {
        let reference = Reference::parse("1952-03-27-draft");
        assert_eq!((reference.id().as_str(), reference.path.is_none()), ("1952-03-27-draft", true));
        assert!(reference.readings.is_empty());
    }

    #[test]
    fn readings_follow_a_colon() {
        let reference = Reference::parse("draft:left=released, clause-b=emended");
        assert_eq!(reference.name, "draft");
        assert_eq!(pairs(&reference), [("left", "released"), ("clause-b", "emended")]);
    }

    #[test]
    fn a_path_is_a_file_and_its_stem_the_id() {
        let reference = Reference::parse("texts/mine.toml:left=released");
        assert_eq!(
            (reference.id(), reference.path),
            ("mine".into(), Some(Location::Own("texts/mine.toml".into())))
        );
    }

    /// A drive letter's colon is not one before readings.
    #[test]
    fn a_colon_without_readings_belongs_to_the_path() {
        let reference = Reference::parse("C:/texts/mine.toml");
        assert_eq!((reference.id().as_str(), reference.name.as_str()), ("mine", "C:/texts/mine.toml"));
    }

    #[test]
    fn a_reading_without_a_value_is_kept_to_be_refused() {
        assert_eq!(pairs(&Reference::parse("draft:left,b=x")), [("left", ""), ("b", "x")]);
    }

    fn words() -> impl Strategy<Value = String> {
        "[a-z][a-z0-9-]{0,8}"
    }

    proptest! {
        /// What [`ProposalName::label`] writes is read back.
        #[test]
        fn a_label_is_a_reference(
            id in words(),
            readings in prop::collection::vec((words(), words(), any::<bool>()), 0..4),
        ) {
            let chosen = |(reading, value, is_default): &(String, String, bool)| ChosenReading {
                reading: reading.clone(),
                value: value.clone(),
                is_default: *is_default,
            };
            let name = ProposalName { id: id.clone(), readings: readings.iter().map(chosen).collect() };
            let reference = Reference::parse(&name.label());
            let departures: Vec<(&str, &str)> =
                readings.iter().filter(|r| !r.2).map(|r| (r.0.as_str(), r.1.as_str())).collect();
            prop_assert_eq!(reference.id(), id);
            prop_assert_eq!(pairs(&reference), departures);
        }
    }
}
