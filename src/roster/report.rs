//! What classification found: rows by proposal and outcome, and what the roster does not say.

use super::case_match::{CaseMatch, describe_case_matches};
use super::vocabulary::{Occurrences, Unrecognised};
use crate::domain::{Dialect, escape_line};
use crate::table::{Column, Show, Style, Table, Values, grouped};

/// What became of a roster's rows, and what they do not say.
#[derive(Debug, Clone)]
pub struct Report {
    /// The number of rows.
    pub rows: u64,
    /// The names of verdicts: the outcomes that some proposal can give, and then `unknown`.
    pub verdicts: Vec<String>,
    /// Rows by outcome column and verdict.
    pub outcomes: Vec<(String, Vec<u64>)>,
    /// Attributes whose level is unknown, or was filled in, in some row.
    pub gaps: Vec<Gap>,
    /// Columns and cells that were matched without regard to case.
    pub case_matches: Vec<CaseMatch>,
    /// Words of the words file that never occur in the roster.
    pub absent_words: Vec<String>,
    /// The number of rows in which unknown levels were imputed; absent unless that was asked for.
    pub imputed: Option<u64>,
    /// Proposals with limits that decide about people.
    pub limited: Vec<LimitedProposal>,
    /// How the roster's rows are numbered.
    pub numbering: Numbering,
}

/// A proposal with limits that decide about people of some profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitedProposal {
    /// Its position among the proposals.
    pub position: usize,
    /// Its name, which is that of its column of outcomes.
    pub name: String,
    /// The ids of these limits.
    pub limits: Vec<String>,
    /// Whether they were applied to the roster as a whole.
    pub applied: LimitsApplied,
}

/// Whether limits were applied to a roster as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsApplied {
    /// That was not asked for: the outcome is unknown where they decide.
    No,
    /// So many rows do not give levels that they look at: the outcome is unknown where they decide.
    Incomplete {
        /// The number of rows.
        rows: u64,
    },
    /// They were: who is over a limit was drawn by lot.
    Yes,
}

impl LimitedProposal {
    /// What a copy says of these limits.
    pub(super) fn note(&self) -> String {
        let (name, limits) = (&self.name, self.limits_in_words());
        let decide = if self.limits.len() == 1 { "decides" } else { "decide" };
        match self.applied {
            LimitsApplied::No => format!(
                "Outcomes under {name} are unknown where {limits} {decide}, unless limits are applied to the list as a whole."
            ),
            LimitsApplied::Incomplete { rows } => format!(
                "Outcomes under {name} are unknown where {limits} {decide}, unless the levels that {} at are completed \
                 or imputed in {}.",
                self.they_look(),
                count_of_rows(rows)
            ),
            LimitsApplied::Yes => format!("Outcomes under {name} were drawn by lot where {limits} {decide}."),
        }
    }

    /// What is to be done about these limits; empty if they were applied.
    fn remedy(&self, dialect: Dialect) -> String {
        let (name, limits) = (&self.name, self.limits_in_words());
        let decide = if self.limits.len() == 1 { "decides" } else { "decide" };
        match self.applied {
            LimitsApplied::No => {
                let option = dialect.option("limits");
                format!(
                    "{name}: unknown where {limits} {decide}; {option} applies limits to the roster as a whole\n"
                )
            }
            LimitsApplied::Incomplete { rows } => {
                let (option, rows) = (dialect.option("impute"), count_of_rows(rows));
                let look = self.they_look();
                format!(
                    "{name}: unknown where {limits} {decide}; complete the levels that {look} at in {rows}, or {option} them\n"
                )
            }
            LimitsApplied::Yes => String::new(),
        }
    }

    fn limits_in_words(&self) -> String {
        match self.limits.as_slice() {
            [limit] => format!("the limit `{limit}`"),
            limits => format!("the limits `{}`", limits.join("` and `")),
        }
    }

    fn they_look(&self) -> &'static str {
        if self.limits.len() == 1 { "it looks" } else { "they look" }
    }
}

/// What a roster does not say about an attribute.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The attribute's name.
    pub attribute: String,
    /// The roster's column for it, if there is one.
    pub column: Option<String>,
    /// The number of rows in which the level is unknown.
    pub unknown: u64,
    /// What the column's blank cells count as; absent unless that was asked for.
    pub filled: Option<Filled>,
    /// The column's cells that give no level.
    pub unrecognised: Unrecognised,
}

/// A level that blank cells count as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The level's name.
    pub level: String,
    /// The number of rows with a blank cell.
    pub rows: u64,
}

/// How people find a row in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// By its number, from 1, as in Parquet.
    Rows,
    /// By the line on which it begins, as in CSV.
    Lines,
}

/// Values shown of each column.
const SHOWN: usize = 8;

impl Report {
    /// The number of rows by proposal and outcome, with notes below.
    pub fn table(&self, notes: Vec<String>) -> Table {
        let proposals = self.outcomes.iter().map(|(proposal, _)| Some(proposal.clone()));
        let proposals = Values::Text(proposals.collect());
        let mut columns =
            vec![Column::new("proposal", "Column of outcomes under a proposal", proposals, Show::Label)];
        columns.extend(self.verdicts.iter().enumerate().map(|(verdict, name)| {
            let rows = self.outcomes.iter().map(|(_, rows)| Some(rows[verdict]));
            let show = Show::measure(name, Style::WholeOrDash);
            Column::new(name, "Number of rows", Values::Count(rows.collect()), show)
        }));
        Table { title: count_of_rows(self.rows), columns, notes, ..Table::default() }
    }

    /// What was matched without regard to case, in a sentence; `None` if nothing was.
    pub(super) fn case_note(&self) -> Option<String> {
        describe_case_matches(&self.case_matches)
    }

    /// What the roster does not say, attribute by attribute, and which limits were not applied, with options in this
    /// dialect; empty if it says everything.
    pub fn gap_text(&self, dialect: Dialect) -> String {
        let mut text: String = self.gaps.iter().map(|gap| self.describe_gap(gap, dialect)).collect();
        if let Some(imputed) = self.imputed {
            text += &format!(
                "unknown levels were imputed in {}; see the column `imputed`\n",
                count_of_rows(imputed)
            );
        }
        text += &describe_absent_words(&self.absent_words);
        text.extend(self.limited.iter().map(|proposal| proposal.remedy(dialect)));
        text
    }

    fn describe_gap(&self, gap: &Gap, dialect: Dialect) -> String {
        let Gap { attribute, column: Some(column), filled, .. } = gap else {
            return describe_absent(&gap.attribute, dialect);
        };
        let (mut text, column) = (String::new(), escape_line(column));
        let of_all =
            |part: u64| format!("in {} of {} (column `{column}`)", grouped(part), count_of_rows(self.rows));
        if let Some(filled) = filled {
            let level = &filled.level;
            text += &format!("{attribute}: blank cells count as `{level}` {}\n", of_all(filled.rows));
        }
        if gap.unknown > 0 {
            text += &format!("{attribute}: unknown {}\n", of_all(gap.unknown));
            text += &self.describe_cells(gap, dialect);
        }
        text
    }

    /// The cells that give no level: the most frequent values, the others together, and blank cells.
    fn describe_cells(&self, gap: &Gap, dialect: Dialect) -> String {
        let mut text = String::new();
        let unrecognised = &gap.unrecognised;
        let mut values: Vec<(&String, &Occurrences)> = unrecognised.values.iter().collect();
        values.sort_by_key(|(value, occurrences)| (std::cmp::Reverse(occurrences.rows), value.as_str()));
        for (value, occurrences) in values.iter().take(SHOWN) {
            text += &format!(
                "  `{}`: {}\n",
                escape_line(value),
                describe_occurrences(occurrences, self.numbering)
            );
        }
        let shown: u64 = values.iter().take(SHOWN).map(|(_, occurrences)| occurrences.rows).sum();
        let others = unrecognised.rows_with_a_value() - shown;
        if others > 0 {
            text += &format!("  other values: {}\n", count_of_rows(others));
        }
        if unrecognised.missing.rows > 0 && gap.filled.is_none() {
            text += &format!("  blank: {}\n", describe_occurrences(&unrecognised.missing, self.numbering));
        }
        if !values.is_empty() {
            let levels = dialect.option("levels");
            text += &format!(
                "  help: {levels} names a file that says what these values mean{}\n",
                begun_by(dialect)
            );
        }
        text
    }
}

/// How many rows have something, and where the first of them is.
pub(super) fn describe_occurrences(occurrences: &Occurrences, numbering: Numbering) -> String {
    let first = grouped(occurrences.first);
    let numbered = match numbering {
        Numbering::Rows => format!("row {first}"),
        Numbering::Lines => format!("line {first} of the file"),
    };
    let first = if occurrences.rows == 1 { "" } else { "first: " };
    format!("{} ({first}{numbered})", count_of_rows(occurrences.rows))
}

/// How such a file is begun.
fn begun_by(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::CommandLine => "; `repat words` begins one",
        Dialect::Library => "",
    }
}

fn describe_absent(attribute: &str, dialect: Dialect) -> String {
    let (map, everybody) = (dialect.option("map"), dialect.option("everybody"));
    format!(
        "{attribute}: unknown in every row; the roster has no column for it\n  \
         help: {map} {attribute}=COLUMN if a column of another name holds it; \
         {everybody} {attribute}=LEVEL if it is the same in every row\n"
    )
}

/// Words that never occur may be slips.
fn describe_absent_words(words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let mut shown: Vec<String> =
        words.iter().take(SHOWN).map(|word| format!("`{}`", escape_line(word))).collect();
    let others = words.len().saturating_sub(SHOWN);
    if others > 0 {
        shown.push(format!("and {others} more"));
    }
    format!("words that never occur in the roster: {}\n", shown.join(", "))
}

fn count_of_rows(rows: u64) -> String {
    format!("{} {}", grouped(rows), if rows == 1 { "row" } else { "rows" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Format;

    fn report(gaps: Vec<Gap>, numbering: Numbering) -> Report {
        let outcomes = vec![("1952-07-03-nam-il".into(), vec![3, 1, 0, 1])];
        let verdicts = ["repatriated", "released", "retained", "unknown"].map(String::from).to_vec();
        Report {
            rows: 1_234,
            verdicts,
            outcomes,
            gaps,
            case_matches: Vec::new(),
            absent_words: Vec::new(),
            imputed: None,
            limited: Vec::new(),
            numbering,
        }
    }

    /// A column with ten unrecognised values, the last of them the most frequent, and five blank cells.
    fn gap(filled: Option<Filled>) -> Gap {
        let mut unrecognised = Unrecognised::default();
        for value in 1..=10 {
            unrecognised.add(Some(&format!("value {value}")), Occurrences { rows: value, first: 10 + value });
        }
        unrecognised.add(None, Occurrences { rows: 5, first: 1_000 });
        let unknown = if filled.is_some() { 55 } else { 60 };
        let column = Some("province".into());
        Gap { attribute: "residence".into(), column, unknown, filled, unrecognised }
    }

    #[test]
    fn the_most_frequent_values_are_shown_with_their_first_lines() {
        let text = report(vec![gap(None)], Numbering::Lines).gap_text(Dialect::CommandLine);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "residence: unknown in 60 of 1,234 rows (column `province`)");
        assert_eq!(lines[1], "  `value 10`: 10 rows (first: line 20 of the file)");
        assert_eq!(lines[9], "  other values: 3 rows");
        assert_eq!(lines[10], "  blank: 5 rows (first: line 1,000 of the file)");
        assert_eq!(
            lines[11],
            "  help: --levels names a file that says what these values mean; `repat words` begins one"
        );
        assert_eq!(lines.len(), 12);
    }

    #[test]
    fn words_of_a_list_do_not_command_the_terminal() {
        let mut injected = gap(None);
        injected.column = Some("province\u{9b}".into());
        injected.unrecognised.add(Some("\u{1b}]0;OWNED\u{7}x"), Occurrences { rows: 99, first: 1 });
        let text = report(vec![injected], Numbering::Lines).gap_text(Dialect::CommandLine);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(text.contains("`\\u{1b}]0;OWNED\\u{7}x`: 99 rows"), "{text:?}");
    }

    #[test]
    fn a_single_row_of_parquet_has_its_number() {
        let mut one = gap(None);
        one.unrecognised.values.retain(|value, _| value == "value 1");
        let text = report(vec![one], Numbering::Rows).gap_text(Dialect::Library);
        assert!(text.contains("`value 1`: 1 row (row 11)\n"), "{text}");
        assert!(text.contains("help: levels names a file"), "{text}");
    }

    #[test]
    fn filled_cells_are_not_unknown() {
        let filled = Some(Filled { level: "north".into(), rows: 5 });
        let text = report(vec![gap(filled)], Numbering::Lines).gap_text(Dialect::CommandLine);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "residence: blank cells count as `north` in 5 of 1,234 rows (column `province`)"
        );
        assert_eq!(lines[1], "residence: unknown in 55 of 1,234 rows (column `province`)");
        assert!(!text.contains("blank: "), "{text}");
    }

    #[test]
    fn an_attribute_without_a_column_has_its_remedies() {
        let gap = Gap { column: None, unknown: 1_234, ..gap(None) };
        let text = report(vec![gap], Numbering::Lines).gap_text(Dialect::CommandLine);
        assert!(text.starts_with("residence: unknown in every row"), "{text}");
        assert!(text.contains("--map residence=COLUMN") && text.contains("--everybody residence=LEVEL"));
    }

    #[test]
    fn words_that_never_occur_take_one_line() {
        let mut report = report(Vec::new(), Numbering::Lines);
        report.absent_words = vec!["Hwanhae".into(), "\u{9b}".into()];
        let text = report.gap_text(Dialect::CommandLine);
        assert_eq!(text, "words that never occur in the roster: `Hwanhae`, `\\u{9b}`\n");
        report.absent_words = vec!["x".into(); 10];
        assert!(report.gap_text(Dialect::CommandLine).ends_with(", and 2 more\n"));
    }

    #[test]
    fn outcomes_that_nobody_has_are_dashes() {
        let table = report(Vec::new(), Numbering::Rows).table(vec!["A note.".into()]);
        let table = String::from_utf8(table.render(Format::Terminal, 80).unwrap()).unwrap();
        let row = table.lines().find(|line| line.contains("nam-il")).unwrap();
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells, ["1952-07-03-nam-il", "3", "1", "–", "1"]);
        assert!(table.starts_with("1,234 rows\n") && table.ends_with("\nA note.\n"), "{table}");
    }
}
