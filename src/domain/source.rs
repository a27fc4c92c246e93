//! Sources: the bibliography, and how rules and numbers cite it.

use std::fmt;

use super::Place;

/// One entry of a setting's bibliography.
#[derive(Debug, Clone)]
pub struct Source {
    /// The key by which rules and numbers cite it.
    pub key: String,
    /// Its author, or the body that issued it; absent for unsigned pieces.
    pub author: Option<String>,
    /// Its title, or what it is.
    pub title: String,
    /// Archive and signature, edition and page, or issue.
    pub place: Option<String>,
    /// An address where it can be read.
    pub address: Option<String>,
    /// Where the file states its key.
    pub key_place: Place,
}

impl Source {
    /// The entry in one line: author, title, place and address.
    pub fn entry(&self) -> String {
        let parts = [self.author.as_ref(), Some(&self.title), self.place.as_ref(), self.address.as_ref()];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(". ")
    }
}

/// How well a rule or number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Read in a source.
    #[default]
    Seen,
    /// Computed from numbers that were read in a source.
    Derived,
    /// From memory of the literature; not found in a source.
    Unverified,
    /// Assumed by us; no source has a figure.
    Assumed,
}

impl Status {
    /// Every status, surest first.
    pub const ALL: [Status; 4] = [Status::Seen, Status::Derived, Status::Unverified, Status::Assumed];

    /// The status's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Status::Seen => "seen",
            Status::Derived => "derived",
            Status::Unverified => "unverified",
            Status::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The provenance of a number.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// The key of its source; absent only where the number is assumed.
    pub source: Option<String>,
    /// How well it is known.
    pub status: Status,
    /// Details: who counted whom and when, or why the number is assumed.
    pub note: Option<String>,
}

/// The passage that a rule rests on.
#[derive(Debug, Clone)]
pub struct Citation {
    /// The key of the source.
    pub source: String,
    /// The place in the document: section, clause, page.
    pub locus: String,
    /// The content of the passage, in our own words or as a short quotation.
    pub note: Option<String>,
    /// How well the passage is known.
    pub status: Status,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.source, self.locus)?;
        match self.status {
            Status::Seen => Ok(()),
            status => write!(f, " ({status})"),
        }
    }
}
