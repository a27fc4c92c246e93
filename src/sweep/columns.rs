//! The columns that only sweeps have, each described in one place; the others are those of outcome tables.

use crate::study::Described;

/// The number of a point.
pub(super) const POINT: Described = ("point", "Number of the point in the design, from 0");
/// The number of a replicate.
pub(super) const REPLICATE: Described = ("replicate", "Number of the replicate, from 0");
/// People of one replicate.
pub(super) const PEOPLE: Described = ("people", "People with the outcome in this replicate");
/// Of these, those against their wish.
pub(super) const AGAINST_WISH: Described =
    ("against_wish", "Of these, people whose recorded wish does not accept the outcome");
/// Of these, those on whom the text is silent.
pub(super) const TEXT_SILENT: Described = ("text_silent", "Of these, people on whom the text is silent");
/// Whether a point was evaluated.
pub(super) const STATUS: Described =
    ("status", "`ok`, or `error` for a point that failed: it has no numbers");
/// Why a point failed.
pub(super) const MESSAGE: Described = ("message", "Why the point failed; absent where it did not");
/// The axis of a measure.
pub(super) const AXIS: Described = ("axis", "Name of the axis, or `all` for parts of the variance");
/// A measure of sensitivity.
pub(super) const MEASURE: Described =
    ("measure", "What is measured: wording, population, chance, variance; first, total; mu, mu_star, sigma");
/// Its value.
pub(super) const VALUE: Described = (
    "value",
    "Value of the measure: a part of the variance, or people, or people squared for the variance itself; absent where the outcome does not vary",
);
/// Its interval.
pub(super) const INTERVAL: Described =
    ("interval", "Half of the 95 % bootstrap interval of the value; absent for measures that have none");

/// What an axis that is a reading holds.
pub(super) const READING_AXIS: &str = "Value of the reading at the point";
/// What an axis of numbers holds.
pub(super) const NUMBER_AXIS: &str =
    "Value of the axis at the point; absent where the scenario is left as it is";

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Described; 11] = [
        POINT,
        REPLICATE,
        PEOPLE,
        AGAINST_WISH,
        TEXT_SILENT,
        STATUS,
        MESSAGE,
        AXIS,
        MEASURE,
        VALUE,
        INTERVAL,
    ];

    #[test]
    fn the_page_of_columns_describes_them_in_the_same_words() {
        let page = include_str!("../../docs/columns.md");
        for (name, description) in ALL {
            let line = format!("| `{name}` | {description} |");
            assert!(page.contains(&line), "put this into docs/columns.md:\n{line}");
        }
    }

    #[test]
    fn no_axis_may_be_named_like_a_column_that_stands_beside_it() {
        for (name, _) in ALL {
            assert!(crate::domain::is_reserved(name), "`{name}` in domain/reserved.rs");
        }
    }
}
