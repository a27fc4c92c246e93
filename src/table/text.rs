//! A table as a terminal shows it: at most as wide as the terminal, headings above their rows, notes below.

use comfy_table::{CellAlignment, LineStyle, Table as Grid, TableStyle};

use super::sheet::Sheet;
use super::tidy_table::Table;

/// No lines but one below the header.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

pub(super) fn write(table: &Table, width: usize) -> String {
    if let Some(narrative) = &table.narrative {
        return narrative.clone();
    }
    let mut sheet = Sheet::new(table);
    let mut left_out = Vec::new();
    let mut lines = lines(&sheet);
    while lines.iter().any(|line| line.chars().count() > width) {
        let Some(name) = sheet.leave_out_lowest() else { break };
        left_out.push(name);
        lines = self::lines(&sheet);
    }
    let mut text = String::new();
    if !table.title.is_empty() {
        text += &format!("{}\n\n", wrapped(&table.title, width));
    }
    lines.iter().for_each(|line| text += &format!("{line}\n"));
    if !left_out.is_empty() {
        text += &format!("(left out at this width: {})\n", left_out.join(", "));
    }
    if !table.notes.is_empty() {
        text.push('\n');
    }
    table.notes.iter().for_each(|note| text += &format!("{}\n", wrapped(note, width)));
    text
}

/// The lines of the table, without spaces at their ends: headings stand between rows of one grid, so that the
/// columns of all blocks are aligned.
fn lines(sheet: &Sheet) -> Vec<String> {
    let mut grid = Grid::new();
    grid.load_style(STYLE);
    grid.set_header(sheet.header.iter());
    grid.add_rows(sheet.blocks.iter().flat_map(|block| &block.rows));
    let numbers = grid.column_iter_mut().skip(sheet.labels);
    numbers.for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let drawn: Vec<String> = grid.lines().map(|line| line.trim_end().to_string()).collect();
    let header_lines = sheet.header.iter().map(|header| header.lines().count().max(1)).max().unwrap_or(1) + 1;
    let mut drawn = drawn.into_iter();
    let header: Vec<String> = drawn.by_ref().take(header_lines).collect();
    let mut lines = if sheet.repeats_header { Vec::new() } else { header.clone() };
    for (number, block) in sheet.blocks.iter().enumerate() {
        if number > 0 && sheet.repeats_header {
            lines.push(String::new());
        }
        lines.extend(block.heading.iter().cloned());
        if sheet.repeats_header {
            lines.extend(header.iter().cloned());
        }
        lines.extend(drawn.by_ref().take(block.rows.len()));
        lines.extend(block.caption.iter().map(|caption| format!("  {caption}")));
    }
    lines
}

/// Lines broken between words so that none is wider than the terminal.
fn wrapped(sentence: &str, width: usize) -> String {
    let lines: Vec<String> = sentence.split('\n').map(|line| wrapped_line(line, width)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tidy_table::tests::example;

    #[test]
    fn rows_stand_below_their_headings() {
        insta::assert_snapshot!(write(&example(), 80), @"
        Two texts

          outcome     mean    90 % interval     share     text
                                                        silent
        ────────────────────────────────────────────────────────
        first (left=retained)
          handed    12,000   9,000 – 15,000    60.0 %        –
          freed      8,000                –    40.0 %       40
        second
          handed         0                –     0.0 %        –
          freed     20,000                –   100.0 %        –

        The prisoners are synthetic.
        ");
    }

    #[test]
    fn a_narrow_terminal_leaves_measures_out_and_says_so() {
        let narrow = write(&example(), 40);
        assert!(narrow.contains("(left out at this width: text silent, share)"), "{narrow}");
        assert!(narrow.lines().all(|line| line.chars().count() <= 48), "{narrow}");
    }

    #[test]
    fn sentences_are_broken_between_words() {
        assert_eq!(wrapped("a few words in a row", 9), "a few\nwords in\na row");
        assert_eq!(wrapped("a few words", 80), "a few words");
    }
}
