//! Values on the command line: names of engines, outcomes and formats, shares, numbers of people, pairs.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::domain::Engine;
use crate::input::ReadingChoice;
use crate::scenario::Scenario;
use crate::study::Restriction;
use crate::table::Format;

impl ValueEnum for Engine {
    fn value_variants<'a>() -> &'a [Self] {
        &Engine::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Engine::Individuals => "Draw every person",
            Engine::Counts => {
                "Draw the tallies directly: as good, and the cost does not grow with the population"
            }
            Engine::Exact => "Expectation and variance in closed form",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        // To a terminal Parquet would be noise: files ask for it by their ending.
        &Format::TEXT
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name()).help(self.description());
        match self {
            Format::Terminal => Some(value.alias("text")),
            _ => Some(value),
        }
    }
}

/// `PROPOSAL.READING=VALUE` or `PROPOSAL:READING=VALUE`, the proposal perhaps `*`.
pub(super) fn reading_choice(text: &str) -> Result<ReadingChoice, &'static str> {
    let parsed = text.split_once('=').and_then(|(name, value)| {
        let (proposal, reading) = name.rsplit_once(':').or_else(|| name.rsplit_once('.'))?;
        Some(ReadingChoice { proposal: proposal.into(), reading: reading.into(), value: value.into() })
    });
    parsed.ok_or("write PROPOSAL.READING=VALUE, or *.READING=VALUE for all that have it")
}

/// `ATTRIBUTE=LEVEL,...`, or `ATTRIBUTE!=LEVEL,...`.
pub(super) fn restriction(text: &str) -> Result<Restriction, &'static str> {
    let parsed = text.split_once('=').and_then(|(name, levels)| {
        let (attribute, is_not) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
        let levels: Vec<String> = levels.split(',').map(|level| level.trim().to_string()).collect();
        let is_complete = !attribute.trim().is_empty() && levels.iter().all(|level| !level.is_empty());
        is_complete.then(|| Restriction { attribute: attribute.trim().into(), levels, is_not })
    });
    parsed.ok_or("write ATTRIBUTE=LEVEL, ATTRIBUTE=LEVEL,LEVEL or ATTRIBUTE!=LEVEL")
}

/// A number of people for a population.
pub(super) fn people(text: &str) -> Result<u64, &'static str> {
    let within = target(text).ok().filter(|people| (1..=Scenario::MAX_POPULATION).contains(people));
    within.ok_or("write a whole number from 1 to 9007199254740992")
}

/// A number of people, which may be none.
pub(super) fn target(text: &str) -> Result<u64, &'static str> {
    let groups: Vec<&str> = text.split(['_', ',']).collect();
    let is_group = |group: &&str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(is_group);
    let is_number = is_grouped && groups[0].starts_with(|first: char| first.is_ascii_digit());
    let people = is_number.then(|| groups.concat().parse().ok()).flatten();
    people.ok_or("write a whole number of people, 0 or more")
}

/// `PARAMETER=VALUE`, the value a share.
pub(super) fn parameter_value(text: &str) -> Result<(String, f64), BadShare> {
    let (name, value) = text.split_once('=').ok_or(BadShare::NoPair)?;
    Ok((name.trim().into(), share(value)?))
}

/// `LOW,HIGH`, both shares.
pub(super) fn between(text: &str) -> Result<(f64, f64), BadShare> {
    let (low, high) = text.split_once(',').ok_or(BadShare::NoEnds)?;
    match (share(low)?, share(high)?) {
        (low, high) if low < high => Ok((low, high)),
        (low, high) => Err(BadShare::Reversed(low, high)),
    }
}

fn share(text: &str) -> Result<f64, BadShare> {
    let text = text.trim();
    // Shifted as digits, so that 46.7 % is 0.467 to the last bit.
    let decimal = text.strip_suffix('%').map(|percent| format!("{}e-2", percent.trim_end()));
    let share: f64 =
        decimal.as_deref().unwrap_or(text).parse().map_err(|_| BadShare::NoNumber(text.into()))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(BadShare::OutOfRange(share)) }
}

/// Why a text is not a share, or not a pair with one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BadShare {
    NoPair,
    NoEnds,
    NoNumber(String),
    OutOfRange(f64),
    Reversed(f64, f64),
}

impl std::fmt::Display for BadShare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadShare::NoPair => f.write_str("write PARAMETER=VALUE, as in refusal=0.35"),
            BadShare::NoEnds => f.write_str("write LOW,HIGH, as in 0.3,0.5"),
            BadShare::NoNumber(text) => write!(f, "`{text}` is not a number"),
            BadShare::OutOfRange(share) => {
                write!(f, "{share} is not a share: it must lie between 0 and 1 (35 % is 0.35)")
            }
            BadShare::Reversed(low, high) => {
                write!(f, "{low} is not below {high}: write the lower value first")
            }
        }
    }
}

impl std::error::Error for BadShare {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_pairs_are_read_or_refused_with_the_reason() {
        assert_eq!(parameter_value("a=0.5"), Ok(("a".into(), 0.5)));
        for (percent, share) in [("46%", 0.46), ("33.3 %", 0.333), ("0.1%", 0.001), ("100%", 1.0)] {
            assert_eq!(parameter_value(&format!("a={percent}")), Ok(("a".into(), share)));
        }
        assert_eq!(parameter_value("a=146%"), Err(BadShare::OutOfRange(1.46)));
        assert_eq!(between("0.3,0.5"), Ok((0.3, 0.5)));
        assert_eq!(between("0.5,0.3"), Err(BadShare::Reversed(0.5, 0.3)));
        assert_eq!(parameter_value("a=46"), Err(BadShare::OutOfRange(46.0)));
        assert_eq!(parameter_value("a=x"), Err(BadShare::NoNumber("x".into())));
        assert_eq!((people("1,000"), people("0").is_err(), target("0")), (Ok(1_000), true, Ok(0)));
        assert_eq!(
            (people("12,345,678"), people("100_000"), people("5_000_000")),
            (Ok(12_345_678), Ok(100_000), Ok(5_000_000))
        );
        for text in [",,,5", "1,00", "1,,000", "1000,000", "5,", "_5", "+5", "-5", ""] {
            assert!(people(text).is_err(), "{text}");
        }
        assert!(people("9007199254740992").is_ok() && people("9007199254740993").is_err());
    }
}
