use std::fmt;

use super::Place;

/// One entry of a setting's bibliography.
#[derive(Debug, Clone)]
pub struct Source {
    /// The key by which rules and numbers cite it.
    pub key: String,
    /// Who wrote or issued it; absent for unsigned pieces.
    pub author: Option<String>,
    /// Its title, or what it is.
    pub title: String,
    /// Archive and signature, edition and page, or issue.
    pub place: Option<String>,
    /// Where it can be read.
    pub address: Option<String>,
    /// Where the file names it.
    pub key_place: Place,
}

/// How a rule or number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Read in the source.
    #[default]
    Seen,
    /// Computed from numbers that were read in the source.
    Derived,
    /// From memory of the literature; not found in a source.
    Unverified,
    /// Our assumption; no source has a figure.
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

/// Where a number comes from.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// Key of the source; absent only where the number is assumed.
    pub source: Option<String>,
    /// How it is known.
    pub status: Status,
    /// Who counted whom and when, or why it is assumed.
    pub note: Option<String>,
}

/// The passage a rule rests on.
#[derive(Debug, Clone)]
pub struct Citation {
    /// Key of the source.
    pub source: String,
    /// Place in the document: section, clause, page.
    pub locus: String,
    /// What the passage says, in our own words or a short phrase in quotes.
    pub note: Option<String>,
    /// How the passage is known.
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
