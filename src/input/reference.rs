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
