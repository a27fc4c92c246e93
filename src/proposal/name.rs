//! The name of a proposal under its readings, kept as parts, with one method for each way to write it.

use std::fmt;

/// A proposal's id and the value chosen for each of its readings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProposalName {
    /// The proposal's id.
    pub id: String,
    /// Its readings, in declared order.
    pub readings: Vec<ChosenReading>,
}

/// The value chosen for a reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChosenReading {
    /// The reading's name.
    pub reading: String,
    /// The value's name.
    pub value: String,
    /// Whether it is the value in force unless another is chosen.
    pub is_default: bool,
}

/// `left=released`.
impl fmt::Display for ChosenReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.reading, self.value)
    }
}

impl ProposalName {
    /// As the command line takes it: `draft:left=released,abroad=retained`, with the readings
    /// that depart from the defaults.
    pub fn label(&self) -> String {
        match self.departures(",") {
            departures if departures.is_empty() => self.id.clone(),
            departures => format!("{}:{departures}", self.id),
        }
    }

    /// As tables have it: `left=released;abroad=retained`, the readings that depart from the defaults, or
    /// `default` where none does.
    pub fn reading(&self) -> String {
        match self.departures(";") {
            departures if departures.is_empty() => "default".into(),
            departures => departures,
        }
    }

    /// Every reading, `clause-b=emended;left=released`; empty if the proposal has none.
    pub fn full_reading(&self) -> String {
        join(self.readings.iter(), ";")
    }

    fn departures(&self, separator: &str) -> String {
        join(self.readings.iter().filter(|chosen| !chosen.is_default), separator)
    }
}

/// For people: `draft (left=released, abroad=retained)`, with the readings that depart from the
/// defaults.
impl fmt::Display for ProposalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.departures(", ") {
            departures if departures.is_empty() => f.pad(&self.id),
            departures => f.pad(&format!("{} ({departures})", self.id)),
        }
    }
}

fn join<'a>(readings: impl Iterator<Item = &'a ChosenReading>, separator: &str) -> String {
    let readings: Vec<String> = readings.map(ChosenReading::to_string).collect();
    readings.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(readings: &[(&str, &str, bool)]) -> ProposalName {
        let chosen = |&(reading, value, is_default): &(&str, &str, bool)| ChosenReading {
            reading: reading.into(),
            value: value.into(),
            is_default,
        };
        ProposalName { id: "draft".into(), readings: readings.iter().map(chosen).collect() }
    }

    #[test]
    fn departures_from_the_defaults_are_named() {
        let name = name(&[
            ("clause-b", "emended", true),
            ("left", "released", false),
            ("abroad", "retained", false),
        ]);
        assert_eq!(name.label(), "draft:left=released,abroad=retained");
        assert_eq!(name.reading(), "left=released;abroad=retained");
        assert_eq!(name.full_reading(), "clause-b=emended;left=released;abroad=retained");
        assert_eq!(name.to_string(), "draft (left=released, abroad=retained)");
    }

    #[test]
    fn defaults_are_left_out_of_the_short_forms() {
        let name = name(&[("clause-b", "emended", true), ("left", "retained", true)]);
        assert_eq!(name.label(), "draft");
        assert_eq!(name.reading(), "default");
        assert_eq!(name.full_reading(), "clause-b=emended;left=retained");
        assert_eq!(name.to_string(), "draft");
    }

    #[test]
    fn a_proposal_without_readings_has_the_default_reading() {
        let name = name(&[]);
        assert_eq!((name.label(), name.reading()), ("draft".into(), "default".into()));
        assert_eq!((name.full_reading(), name.to_string()), (String::new(), "draft".into()));
    }
}
