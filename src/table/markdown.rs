//! A table in Markdown: every row has all of its labels, so that it can be sorted and pasted.

use comfy_table::{CellAlignment, Table as Grid, presets};

use super::sheet::{Block, Sheet};
use super::tidy_table::Table;

pub(super) fn write(table: &Table) -> String {
    let sheet = Sheet::with_heading_columns(table);
    let mut text = String::new();
    if !table.title.is_empty() {
        text += &format!("{}\n\n", escaped(&table.title));
    }
    match table.matrix {
        None => text += &format!("{}\n", grid(&sheet, sheet.blocks.iter())),
        Some(_) => sheet.blocks.iter().for_each(|block| text += &matrix(&sheet, block)),
    }
    text.push('\n');
    table.notes.iter().for_each(|note| text += &format!("- {note}\n"));
    text
}

fn matrix(sheet: &Sheet, block: &Block) -> String {
    // The lines of a heading are aligned with spaces, which one line does not need.
    let heading: Vec<&str> = block.heading.iter().flat_map(|line| line.split_whitespace()).collect();
    let heading = escaped(&heading.join(" "));
    let caption = block.caption.iter().map(|caption| format!("\n{}\n", escaped(caption))).collect::<String>();
    format!("**{}**\n\n{}\n{caption}\n", heading, grid(sheet, std::iter::once(block)))
}

fn grid<'b>(sheet: &Sheet, blocks: impl Iterator<Item = &'b Block>) -> String {
    let mut grid = Grid::new();
    grid.load_style(presets::ASCII_MARKDOWN);
    grid.set_header(sheet.header.iter().map(|header| escaped(&header.replace('\n', " "))));
    grid.add_rows(blocks.flat_map(|block| &block.rows).map(|cells| cells.iter().map(|cell| escaped(cell))));
    let numbers = grid.column_iter_mut().skip(sheet.labels);
    numbers.for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    grid.to_string()
}

/// Text without a `|` that would end a cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tidy_table::tests::example;

    #[test]
    fn every_row_has_all_of_its_labels() {
        insta::assert_snapshot!(write(&example()), @"
        Two texts

        | proposal | reading       | outcome |   mean |  90 % interval |   share | text silent |
        |----------|---------------|---------|--------|----------------|---------|-------------|
        | first    | left=retained | handed  | 12,000 | 9,000 – 15,000 |  60.0 % |           – |
        | first    | left=retained | freed   |  8,000 |              – |  40.0 % |          40 |
        | second   | default       | handed  |      0 |              – |   0.0 % |           – |
        | second   | default       | freed   | 20,000 |              – | 100.0 % |           – |

        - The prisoners are synthetic.
        ");
    }

    #[test]
    fn a_bar_never_ends_a_cell() {
        let mut table = example();
        table.columns[0] = crate::table::Column {
            values: crate::table::Values::in_order_of_appearance(["a|b", "a|b", "c", "c"].map(String::from)),
            ..table.columns.swap_remove(0)
        };
        let text = write(&table);
        assert!(text.contains("| a\\|b ") && !text.contains("| a|b"), "{text}");
    }
}
