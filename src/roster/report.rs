use std::fmt::Write;

use comfy_table::Table;

use super::judge::VERDICTS;
use super::words::{Met, Strangers};
use crate::table::{STYLE, align_numbers, grouped, plain};

/// What became of a roster's rows, and what could not be read of them.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows in all.
    pub rows: u64,
    /// Rows by outcome column and outcome; the last is `unknown`.
    pub outcomes: Vec<(String, [u64; VERDICTS.len()])>,
    /// Attributes whose level is not known of everybody.
    pub gaps: Vec<Gap>,
    /// Rows of which something was drawn; absent unless that was asked for.
    pub imputed: Option<u64>,
}

/// What is not known of an attribute.
#[derive(Debug)]
pub struct Gap {
    /// The attribute's name.
    pub attribute: String,
    /// The roster's column; absent if it has none.
    pub column: Option<String>,
    /// What stands there that is no level.
    pub strangers: Strangers,
}

impl Report {
    /// The names of the outcomes, in the order in which rows are counted.
    pub fn verdicts(&self) -> [&'static str; VERDICTS.len()] {
        VERDICTS
    }
}

/// Words shown of each column.
const SHOWN: usize = 8;

/// What became of the rows, as a table with its notes, and what was not understood, in lines.
pub fn report_text(report: &Report, notes: &[String]) -> (String, String) {
    (outcomes(report, notes), gaps(report))
}

fn outcomes(report: &Report, notes: &[String]) -> String {
    let mut sheet = Table::new();
    sheet.load_style(STYLE);
    sheet.set_header(["proposal"].into_iter().chain(VERDICTS));
    for (proposal, rows) in &report.outcomes {
        let rows = rows.map(|rows| if rows == 0 { "–".into() } else { grouped(rows) });
        sheet.add_row(std::iter::once(proposal.clone()).chain(rows));
    }
    align_numbers(&mut sheet, 1);
    let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
    format!("{} rows\n\n{}\n{notes}", grouped(report.rows), plain(&sheet))
}

fn gaps(report: &Report) -> String {
    let mut text = String::new();
    for gap in &report.gaps {
        // Writing to a String cannot fail.
        let _ = write_gap(&mut text, gap, report.rows);
    }
    if let Some(rows) = report.imputed {
        let _ = writeln!(
            text,
            "what was not known was drawn in {} rows; the column `imputed` says what",
            grouped(rows)
        );
    }
    text
}

fn write_gap(text: &mut String, gap: &Gap, rows: u64) -> std::fmt::Result {
    let Gap { attribute, column, strangers } = gap;
    let Some(column) = column else {
        writeln!(text, "{attribute}: not known of anybody; the roster has no such column")?;
        return writeln!(
            text,
            "  what now: --map {attribute}=COLUMN if it is called otherwise, --everybody {attribute}=LEVEL if all have the same"
        );
    };
    let unknown = grouped(strangers.rows());
    writeln!(text, "{attribute}: not known of {unknown} of {} rows (column `{column}`)", grouped(rows))?;
    let mut words: Vec<(&String, &Met)> = strangers.words.iter().collect();
    words.sort_by_key(|(word, met)| (std::cmp::Reverse(met.rows), word.as_str()));
    for (word, met) in words.iter().take(SHOWN) {
        writeln!(text, "  `{word}`: {}", in_rows(**met))?;
    }
    if words.len() > SHOWN || strangers.others.rows > 0 {
        let shown: u64 = words.iter().take(SHOWN).map(|(_, met)| met.rows).sum();
        let others = strangers.rows() - strangers.missing.rows - shown;
        writeln!(text, "  other words: {} rows", grouped(others))?;
    }
    if strangers.missing.rows > 0 {
        writeln!(text, "  empty: {}", in_rows(strangers.missing))?;
    }
    if !words.is_empty() {
        writeln!(text, "  what now: say what the words mean in a file for --levels")?;
    }
    Ok(())
}

fn in_rows(met: Met) -> String {
    let rows = if met.rows == 1 { "row" } else { "rows" };
    format!("{} {rows}, the first of them row {}", grouped(met.rows), grouped(met.first + 1))
}
