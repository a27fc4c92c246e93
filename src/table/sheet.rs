//! What people see of a table, before a format draws it: blocks of rows below their headings, with cells in
//! words and digits. The formats for people (terminal, Markdown, LaTeX) all draw this.

use super::column::{Column, DEFAULT, Show, Style, Values};
use super::numbers::grouped;
use super::tidy_table::{Matrix, Table};

/// Rows below headings, in words and digits.
pub(super) struct Sheet {
    /// The words above the columns.
    pub(super) header: Vec<String>,
    /// How many columns hold labels, aligned to the left; the others hold digits.
    pub(super) labels: usize,
    /// For each column, which are left out first where space is short.
    pub(super) ranks: Vec<u8>,
    /// Whether each block stands by itself, below a header of its own.
    pub(super) repeats_header: bool,
    /// Rows that share a heading.
    pub(super) blocks: Vec<Block>,
}

/// Rows that share a heading.
pub(super) struct Block {
    /// Its lines; none if the table has no headings.
    pub(super) heading: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// A line below the rows.
    pub(super) caption: Option<String>,
}

impl Sheet {
    /// Headings above their rows.
    pub(super) fn new(table: &Table) -> Sheet {
        match &table.matrix {
            Some(matrix) => Sheet::of_matrices(table, matrix),
            None => Sheet::of_rows(table, false),
        }
    }

    /// The same with headings as columns, for formats that people sort; matrices keep their headings.
    pub(super) fn with_heading_columns(table: &Table) -> Sheet {
        match &table.matrix {
            Some(matrix) => Sheet::of_matrices(table, matrix),
            None => Sheet::of_rows(table, true),
        }
    }

    fn of_rows(table: &Table, headings_as_columns: bool) -> Sheet {
        let labels: Vec<&Column> =
            table.columns.iter().filter(|c| is_label(c, headings_as_columns)).collect();
        let measures: Vec<(&Column, &Show)> = table.columns.iter().filter_map(measure).collect();
        let label_names = labels.iter().map(|column| column.name.replace('_', " "));
        let blocks = blocks(table).into_iter().enumerate().map(|(number, rows)| {
            let first = rows.start;
            let line = |row: usize| {
                let labels = labels.iter().map(|column| match column.show {
                    Show::Group if !headings_as_columns => once(column, &labels, row, first),
                    _ => column.text(row),
                });
                labels.chain(measures.iter().map(|(column, show)| digits(table, column, show, row))).collect()
            };
            let heading = if headings_as_columns { Vec::new() } else { heading(table, first) };
            Block { heading, caption: table.captions.get(number).cloned(), rows: rows.map(line).collect() }
        });
        let blocks = blocks.collect();
        let header = label_names.chain(measures.iter().map(|(_, show)| header(show))).collect();
        let ranks = measures.iter().map(|(_, show)| rank(show));
        let ranks = std::iter::repeat_n(Show::ESSENTIAL, labels.len()).chain(ranks).collect();
        Sheet { header, labels: labels.len(), ranks, repeats_header: false, blocks }
    }

    /// A matrix for each heading: one category down, one across.
    fn of_matrices(table: &Table, matrix: &Matrix) -> Sheet {
        let (down, across) = (table.column(matrix.down), table.column(matrix.across));
        let names: Vec<String> = across.map(names).unwrap_or_default();
        let blocks = blocks(table).into_iter().enumerate().map(|(number, rows)| {
            let lines: Vec<usize> = rows.clone().collect();
            let text = |column: Option<&Column>, row: usize| column.map_or(String::new(), |c| c.text(row));
            let label = |row: usize| label(table, matrix, row);
            let mut labels: Vec<String> = lines.iter().map(|row| label(*row)).collect();
            labels.dedup();
            if matrix.detail.is_none() {
                // In the order of the category, whichever row comes first.
                labels = down.map(self::names).unwrap_or_default();
                labels.retain(|name| lines.iter().any(|row| text(down, *row) == *name));
            }
            let of_label = |name: &String| -> Vec<String> {
                let cell = |other: &String| {
                    let row = lines.iter().find(|row| label(**row) == *name && text(across, **row) == *other);
                    row.map_or("–".into(), |row| estimate(table, *row, matrix.spread))
                };
                std::iter::once(name.clone()).chain(names.iter().map(cell)).collect()
            };
            Block {
                heading: heading(table, rows.start),
                rows: labels.iter().map(of_label).collect(),
                caption: table.captions.get(number).cloned(),
            }
        });
        let blocks = blocks.collect();
        let header: Vec<String> = std::iter::once(String::new()).chain(names.iter().cloned()).collect();
        Sheet { labels: 1, ranks: vec![Show::ESSENTIAL; header.len()], repeats_header: true, header, blocks }
    }

    /// Leaves the column of the lowest rank out, the last of them if there are several; `None` if all are
    /// essential.
    pub(super) fn leave_out_lowest(&mut self) -> Option<String> {
        let lowest = *self.ranks.iter().min()?;
        if lowest == Show::ESSENTIAL {
            return None;
        }
        let position = self.ranks.iter().rposition(|rank| *rank == lowest)?;
        self.ranks.remove(position);
        for block in &mut self.blocks {
            block.rows.iter_mut().for_each(|row| drop(row.remove(position)));
        }
        Some(self.header.remove(position).replace('\n', " "))
    }
}

/// What stands before a row of a matrix.
fn label(table: &Table, matrix: &Matrix, row: usize) -> String {
    let text = |name: &str| table.column(name).map(|column| column.text(row));
    let name = text(matrix.down).unwrap_or_default();
    match matrix.detail.and_then(text).filter(|detail| detail != DEFAULT) {
        Some(detail) => format!("{name} ({})", detail.replace(';', ", ")),
        None => name,
    }
}

/// The rows of each heading, in order.
fn blocks(table: &Table) -> Vec<std::ops::Range<usize>> {
    let heads: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| matches!(column.show, Show::Heading { .. } | Show::HeadingDetail))
        .collect();
    let same = |a: usize, b: usize| heads.iter().all(|column| column.text(a) == column.text(b));
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    for row in 0..table.height() {
        match blocks.last_mut() {
            Some(block) if same(block.start, row) => block.end = row + 1,
            _ => blocks.push(row..row + 1),
        }
    }
    blocks
}

/// The heading lines of a row: each heading with its details in parentheses.
fn heading(table: &Table, row: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for column in &table.columns {
        match (&column.show, lines.last_mut()) {
            (Show::Heading { before }, _) => lines.push(format!("{before}{}", column.text(row))),
            (Show::HeadingDetail, Some(line)) if column.text(row) != DEFAULT => {
                *line += &format!(" ({})", column.text(row).replace(';', ", "));
            }
            _ => {}
        }
    }
    lines
}

fn is_label(column: &Column, headings_as_columns: bool) -> bool {
    match column.show {
        Show::Group | Show::Label => true,
        Show::Heading { .. } => headings_as_columns,
        // A column of defaults alone says nothing.
        Show::HeadingDetail => headings_as_columns && names(column).iter().any(|name| name != DEFAULT),
        _ => false,
    }
}

fn measure(column: &Column) -> Option<(&Column, &Show)> {
    (matches!(column.show, Show::Measure { .. }) && !column.is_empty()).then_some((column, &column.show))
}

fn header(show: &Show) -> String {
    match show {
        Show::Measure { header, .. } => header.clone(),
        _ => String::new(),
    }
}

fn rank(show: &Show) -> u8 {
    match show {
        Show::Measure { rank, .. } => *rank,
        _ => Show::ESSENTIAL,
    }
}

/// The label of a group on the first row that has it and the labels before it.
fn once(column: &Column, labels: &[&Column], row: usize, first: usize) -> String {
    let before = labels.iter().take_while(|label| label.name != column.name);
    let repeated = row > first && before.chain([&column]).all(|c| c.text(row) == c.text(row - 1));
    if repeated { String::new() } else { column.text(row) }
}

fn digits(table: &Table, column: &Column, show: &Show, row: usize) -> String {
    let Show::Measure { style, .. } = show else { return String::new() };
    let Style::IntervalTo(upper) = style else { return column.digits(row, style) };
    interval(column, table.column(upper), row).unwrap_or_else(|| "–".into())
}

/// An interval in words; `None` where it is a single value.
fn interval(low: &Column, high: Option<&Column>, row: usize) -> Option<String> {
    let (low, high) = (low.number(row)?, high?.number(row)?);
    (low < high).then(|| format!("{} – {}", grouped(low.round() as u64), grouped(high.round() as u64)))
}

/// A mean with its interval or standard deviation, as a cell of a matrix has it.
fn estimate(table: &Table, row: usize, spread: bool) -> String {
    let digits =
        |name: &str, style: Style| table.column(name).map_or(String::new(), |c| c.digits(row, &style));
    let mean = digits("mean", Style::WholeOrDash);
    if mean == "–" || !spread {
        return mean;
    }
    let interval = table.column("q05").and_then(|low| interval(low, table.column("q95"), row));
    let is_known = |name: &str| table.column(name).and_then(|column| column.number(row)).is_some();
    match interval {
        Some(interval) => format!("{mean} ({interval})"),
        None if !is_known("q05")
            && table.column("sd").and_then(|sd| sd.number(row)).is_some_and(|sd| sd >= 0.5) =>
        {
            format!("{mean} (sd {})", digits("sd", Style::Whole))
        }
        None => mean,
    }
}

/// The names of a category that rows may have.
fn names(column: &Column) -> Vec<String> {
    match &column.values {
        Values::Category { names, .. } => names.to_vec(),
        _ => Vec::new(),
    }
}
