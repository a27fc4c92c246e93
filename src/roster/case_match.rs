//! What was matched without regard to case, so that nobody is surprised by it.

use crate::domain::escape_line;
use crate::table::grouped;

/// A column or a cell of a roster that is a name only without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMatch {
    /// What stands in the roster.
    pub spelling: String,
    /// The name that it was taken for.
    pub name: String,
    /// The number of rows with such a cell; absent for the name of a column.
    pub rows: Option<u64>,
}

/// Matches that are shown.
const SHOWN: usize = 8;

/// What a copy says of names matched without regard to case: columns first, and then the most frequent cells.
pub(super) fn describe_case_matches(matches: &[CaseMatch]) -> Option<String> {
    if matches.is_empty() {
        return None;
    }
    let mut matches: Vec<&CaseMatch> = matches.iter().collect();
    matches.sort_by_key(|one| (one.rows.is_some(), std::cmp::Reverse(one.rows)));
    let mut shown: Vec<String> = matches.iter().take(SHOWN).map(|one| one.describe()).collect();
    let others = matches.len().saturating_sub(SHOWN);
    if others > 0 {
        shown.push(format!("and {others} more"));
    }
    Some(format!("Levels and columns were matched without regard to case: {}.", shown.join(", ")))
}

impl CaseMatch {
    fn describe(&self) -> String {
        let (spelling, name) = (escape_line(&self.spelling), escape_line(&self.name));
        match self.rows {
            None => format!("the column `{spelling}` as {name}"),
            Some(rows) => {
                let noun = if rows == 1 { "row" } else { "rows" };
                format!("`{spelling}` as {name} ({} {noun})", grouped(rows))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(spelling: &str, name: &str, rows: Option<u64>) -> CaseMatch {
        CaseMatch { spelling: spelling.into(), name: name.into(), rows }
    }

    #[test]
    fn columns_come_first_and_then_the_most_frequent_cells() {
        let matches = [
            matched("KPA", "kpa", Some(1)),
            matched("UNC", "unc", Some(1_200)),
            matched("Force", "force", None),
        ];
        let expected = "Levels and columns were matched without regard to case: the column `Force` as force, \
                        `UNC` as unc (1,200 rows), `KPA` as kpa (1 row).";
        assert_eq!(describe_case_matches(&matches).unwrap(), expected);
        assert_eq!(describe_case_matches(&[]), None);
    }

    #[test]
    fn many_matches_are_counted() {
        let many: Vec<CaseMatch> = (0..10).map(|rows| matched("KPA", "kpa", Some(rows))).collect();
        assert!(describe_case_matches(&many).unwrap().ends_with("`KPA` as kpa (2 rows), and 2 more."));
    }
}
