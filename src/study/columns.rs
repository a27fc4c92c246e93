//! The columns of result tables, each described in one place: tables, the Parquet schema and `docs/columns.md`
//! take the descriptions from here.

use crate::domain::{Estimate, Millionths};
use crate::table::{Column, Show, Style, Values};

/// A column's name and description.
pub type Described = (&'static str, &'static str);

/// The scenario's name.
pub(crate) const SCENARIO: Described = ("scenario", "Name of the scenario: setting and file");
/// The proposal's id.
pub(crate) const PROPOSAL: Described = ("proposal", "Id of the proposal");
/// The readings that depart from the defaults.
pub(crate) const READING: Described = (
    "reading",
    "Readings of the proposal that depart from its defaults (left=retained;abroad=released), or `default`",
);
/// A grouping column.
pub(crate) const BY: &str = "Level of the attribute that the table is broken down by";
/// What happens to the people counted.
pub(crate) const OUTCOME: Described = ("outcome", "What the proposal does with the people counted");
/// The mean.
pub(crate) const MEAN: Described =
    ("mean", "Mean number of people over all replicates; means of a group add up to its size");
/// The standard deviation.
pub(crate) const SD: Described =
    ("sd", "Standard deviation of the number of people; absent for a single replicate");
/// The lower end of the interval.
pub(crate) const Q05: Described =
    ("q05", "5 % quantile of the number of people over replicates; absent for the engine exact");
/// The median.
pub(crate) const Q50: Described =
    ("q50", "Median of the number of people over replicates; absent for the engine exact");
/// The upper end of the interval.
pub(crate) const Q95: Described =
    ("q95", "95 % quantile of the number of people over replicates; absent for the engine exact");
/// The share.
pub(crate) const SHARE: Described = ("share", "Part of everybody in the group, 0 to 1: of the mean");
/// Against recorded wishes.
pub(crate) const AGAINST_WISH: Described =
    ("against_wish", "Of the mean, people whose recorded wish does not accept the outcome");
/// Where the text is silent.
pub(crate) const TEXT_SILENT: Described =
    ("text_silent", "Of the mean, people on whom the text is silent: its file declares the outcome counted");
/// The first proposal of a pair.
pub(crate) const FROM_PROPOSAL: Described = ("from_proposal", "Id of the first proposal");
/// Its readings.
pub(crate) const FROM_READING: Described =
    ("from_reading", "Readings of the first proposal that depart from its defaults, or `default`");
/// The second proposal of a pair.
pub(crate) const TO_PROPOSAL: Described = ("to_proposal", "Id of the second proposal");
/// Its readings.
pub(crate) const TO_READING: Described =
    ("to_reading", "Readings of the second proposal that depart from its defaults, or `default`");
/// The outcome under the first proposal.
pub(crate) const FROM: Described = ("from", "Outcome under the first proposal");
/// The outcome of the same people under the second.
pub(crate) const TO: Described = ("to", "Outcome of the same people under the second proposal");
/// Where two proposals differ.
pub(crate) const CONDITIONS: Described = (
    "conditions",
    "Conditions under which profiles move in this way, separated by ` or `; `over a limit` for people whom limits move",
);
/// How many profiles move.
pub(crate) const PROFILES: Described =
    ("profiles", "Number of profiles that move in this way; absent for people over a limit");
/// The rules of the first proposal.
pub(crate) const RULES_FROM: Described = (
    "rules_from",
    "Rules of the first proposal that decide about them; its limits where people are over one",
);
/// The rules of the second proposal.
pub(crate) const RULES_TO: Described =
    ("rules_to", "Rules of the second proposal that decide about them; its limits where people are over one");
/// A rule.
pub(crate) const RULE: Described = ("rule", "Id of the rule or silence");
/// Whether the rule decides.
pub(crate) const ROLE: Described =
    ("role", "Whether the rule decides, gives way to another, or does not apply");
/// Why.
pub(crate) const BECAUSE: Described =
    ("because", "The rule it gives way to, or the demands that are not met; of a target, why its tolerance");
/// The source of a rule.
pub(crate) const SOURCE: Described =
    ("source", "Key of the source that the rule cites; absent for a silence");
/// The place in the source.
pub(crate) const LOCUS: Described = ("locus", "Place in the source: section, clause, page");
/// How the passage is known.
pub(crate) const STATUS: Described =
    ("status", "How the passage is known: seen, derived, unverified or assumed");
/// The passage.
pub(crate) const NOTE: Described = ("note", "What the passage says, or what the silence is taken to mean");
/// The parameter solved for.
pub(crate) const PARAMETER: Described = ("parameter", "The parameter that varies");
/// Where the counts are equal.
pub(crate) const VALUE: Described =
    ("value", "Value of the parameter at which the counts are equal, a share from 0 to 1");
/// The proposal's expected count.
pub(crate) const PEOPLE: Described =
    ("people", "Expected number of people with the outcome under the proposal");
/// The count to be equalled.
pub(crate) const TARGET_PEOPLE: Described = ("target_people", "Expected number that it is to equal");

/// A day.
pub(crate) const DATE: Described = ("date", "The day, 1952-07-03");
/// A target.
pub(crate) const TARGET: Described = ("target", "Id of the target");
/// What was counted.
pub(crate) const WHAT: Described = ("what", "What was counted");
/// Who counted.
pub(crate) const COUNTED_BY: Described = ("counted_by", "Who counted");
/// Whether the record and the simulation agree.
pub(crate) const VERDICT: Described = (
    "verdict",
    "Whether the mean is within the tolerance: agrees or misses; fitted where the figure set a size or parameter",
);
/// Among whom people are counted.
pub(crate) const WHEN: Described = ("when", "Condition on the people counted");
/// Which outcomes are counted.
pub(crate) const OUTCOMES: Described = (
    "outcomes",
    "Outcomes counted, separated by ` or `; absent where people are counted whatever their outcome",
);
/// The number recorded.
pub(crate) const RECORDED: Described = ("recorded", "Number of people in the record");
/// How far off the mean is.
pub(crate) const DEVIATION: Described =
    ("deviation", "Mean less the number recorded, as a part of the latter");
/// How far off it may be.
pub(crate) const TOLERANCE: Described =
    ("tolerance", "Part of the number recorded by which the mean may be off");

/// Every described column, in the order of `docs/columns.md`.
pub const ALL: [Described; 43] = [
    SCENARIO,
    PROPOSAL,
    READING,
    OUTCOME,
    MEAN,
    SD,
    Q05,
    Q50,
    Q95,
    SHARE,
    AGAINST_WISH,
    TEXT_SILENT,
    FROM_PROPOSAL,
    FROM_READING,
    TO_PROPOSAL,
    TO_READING,
    FROM,
    TO,
    CONDITIONS,
    PROFILES,
    RULES_FROM,
    RULES_TO,
    RULE,
    ROLE,
    BECAUSE,
    SOURCE,
    LOCUS,
    STATUS,
    NOTE,
    PARAMETER,
    VALUE,
    PEOPLE,
    TARGET_PEOPLE,
    DATE,
    TARGET,
    WHAT,
    COUNTED_BY,
    VERDICT,
    WHEN,
    OUTCOMES,
    RECORDED,
    DEVIATION,
    TOLERANCE,
];

/// A described column of a table.
pub(crate) fn column((name, description): Described, values: Values, show: Show) -> Column {
    Column::new(name, description, values, show)
}

/// Texts that every row has, in the order in which they first occur.
pub(crate) fn names(rows: impl IntoIterator<Item = String>) -> Values {
    Values::in_order_of_appearance(rows)
}

/// The same text on every row.
pub(crate) fn same(text: &str, rows: usize) -> Values {
    Values::in_order_of_appearance(std::iter::repeat_n(text.to_string(), rows))
}

/// The columns `mean`, `sd`, `q05`, `q50`, `q95` of estimates, one for each row.
pub(crate) fn estimate_columns(estimates: &[Estimate]) -> [Column; 5] {
    let quantile = |position: usize| -> Values {
        Values::Count(estimates.iter().map(|e| e.spread.quantiles.map(|q| q[position])).collect())
    };
    let has_quantiles = estimates.iter().any(|estimate| estimate.spread.quantiles.is_some());
    let sd = if has_quantiles { Show::InFiles } else { Show::measure("sd", Style::Whole) };
    [
        column(MEAN, people(estimates.iter().map(|e| e.mean)), Show::measure("mean", Style::Whole)),
        column(SD, Values::Number(estimates.iter().map(|e| e.spread.sd).collect()), sd),
        column(
            Q05,
            quantile(0),
            Show::Measure { header: "90 % interval".into(), style: Style::IntervalTo("q95"), rank: 4 },
        ),
        column(Q50, quantile(1), Show::InFiles),
        column(Q95, quantile(2), Show::InFiles),
    ]
}

/// Numbers of people, one for each row.
pub(crate) fn people(rows: impl Iterator<Item = Millionths>) -> Values {
    Values::People(rows.map(Some).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_columns_describes_them_in_the_same_words() {
        let page = include_str!("../../docs/columns.md");
        for (name, description) in ALL {
            let line = format!("| `{name}` | {} |", description.replace('|', "\\|"));
            assert!(page.contains(&line), "put this into docs/columns.md:\n{line}");
        }
    }

    /// Columns of tables that never have columns named by a user: those of explain, solve, targets and timeline.
    const ALONE: [Described; 18] = [
        RULE,
        ROLE,
        BECAUSE,
        SOURCE,
        LOCUS,
        NOTE,
        PARAMETER,
        TARGET_PEOPLE,
        DATE,
        TARGET,
        WHAT,
        COUNTED_BY,
        VERDICT,
        WHEN,
        OUTCOMES,
        RECORDED,
        DEVIATION,
        TOLERANCE,
    ];

    #[test]
    fn no_attribute_may_be_named_like_a_column_that_stands_beside_it() {
        for (name, description) in ALL {
            let alone = ALONE.contains(&(name, description));
            assert!(alone != crate::domain::is_reserved(name), "`{name}` in domain/reserved.rs");
        }
    }

    #[test]
    fn every_column_has_one_description() {
        let mut names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
