use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets};

use super::numbers::grouped;
use crate::domain::{Engine, Millionths, OutcomeRow, OutcomeTable, Provenance, Spread};

/// No lines but one below the header.
pub(crate) const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// The table as a terminal shows it, with its heading and notes.
pub(super) fn terminal(table: &OutcomeTable) -> String {
    let mut sheet = sheet(table);
    sheet.load_style(STYLE);
    let mut text = format!("{}\n\n", heading(&table.scenario, &table.sample));
    text += &plain(&sheet);
    text.push('\n');
    table.notes().iter().for_each(|note| text += &format!("{note}\n"));
    text
}

/// The table in Markdown, with its heading and notes.
pub(super) fn markdown(table: &OutcomeTable) -> String {
    let mut sheet = sheet(table);
    sheet.load_style(presets::ASCII_MARKDOWN);
    let notes: Vec<String> = table.notes().iter().map(|note| format!("- {note}\n")).collect();
    format!("{}\n\n{sheet}\n\n{}", heading(&table.scenario, &table.sample), notes.concat())
}

/// Columns of numbers, from the first of them on, to the right.
pub(crate) fn align_numbers(sheet: &mut Table, first: usize) {
    sheet.column_iter_mut().skip(first).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
}

/// The lines of a sheet, without spaces at their ends.
pub(crate) fn plain(sheet: &Table) -> String {
    sheet.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Who was counted and how, in one line.
pub(super) fn heading(scenario: &str, sample: &Provenance) -> String {
    let mut heading = format!("{scenario}: {} synthetic prisoners", grouped(sample.population));
    match (sample.engine, sample.replicates) {
        (Engine::Exact, None) => heading += ", expectations in closed form",
        (Engine::Exact, Some(n)) => {
            heading += &format!(", expectations in closed form over {} draws of the parameters", grouped(n));
        }
        (engine, Some(1)) => heading += &format!(", 1 replicate by {}", engine.name()),
        (engine, Some(n)) => heading += &format!(", {} replicates by {}", grouped(n), engine.name()),
        (_, None) => {}
    }
    if let Some(seed) = sample.seed {
        heading += &format!(", seed {seed}");
    }
    for (name, value) in &sample.set {
        heading += &format!(", {name} = {value}");
    }
    heading
}

/// What the rows allow to be shown of how counts vary.
enum Shown {
    Quantiles,
    Deviation,
    Nothing,
}

fn sheet(table: &OutcomeTable) -> Table {
    let shown = match table.rows.first().map(|row| row.spread) {
        Some(Spread { quantiles: Some(_), .. }) => Shown::Quantiles,
        Some(Spread { sd: Some(_), .. }) => Shown::Deviation,
        _ => Shown::Nothing,
    };
    let mut header = vec!["proposal".to_string()];
    header.extend(table.by.iter().cloned());
    header.push("outcome".into());
    let numbers = header.len();
    header.extend(match shown {
        Shown::Quantiles => vec!["median".to_string(), "90 % interval".into()],
        Shown::Deviation => vec!["mean".into(), "sd".into()],
        Shown::Nothing => vec!["people".into()],
    });
    header.extend(["share", "against wish", "text silent"].map(String::from));
    let mut sheet = Table::new();
    sheet.set_header(header);
    let same = |a: &OutcomeRow, b: &OutcomeRow| a.proposal == b.proposal && a.reading == b.reading;
    for proposal in table.rows.chunk_by(same) {
        for (number, row) in proposal.iter().enumerate() {
            let before = number.checked_sub(1).map(|number| &proposal[number]);
            let mut line = vec![name(row, number)];
            line.extend(group(row, before));
            line.push(row.outcome.to_string());
            line.extend(numbers_of(row, &shown));
            sheet.add_row(line);
        }
    }
    align_numbers(&mut sheet, numbers);
    sheet
}

/// A proposal's name on its first line, and on its second the readings that are not the defaults.
fn name(row: &OutcomeRow, line: usize) -> String {
    match line {
        0 => row.proposal.clone(),
        1 if !row.departures.is_empty() => format!("  {}", row.departures.replace(';', " ")),
        _ => String::new(),
    }
}

/// The levels of the grouping columns, on the first line of each group.
fn group(row: &OutcomeRow, before: Option<&OutcomeRow>) -> Vec<String> {
    let repeated = before.is_some_and(|before| before.by == row.by);
    row.by.iter().map(|level| if repeated { String::new() } else { level.clone() }).collect()
}

fn numbers_of(row: &OutcomeRow, shown: &Shown) -> Vec<String> {
    let mut cells = match (shown, row.spread.quantiles, row.spread.sd) {
        (Shown::Quantiles, Some([low, median, high]), _) => {
            let interval = format!("{} – {}", grouped(low), grouped(high));
            vec![grouped(median), if low < high { interval } else { "–".into() }]
        }
        (Shown::Deviation, _, Some(sd)) => vec![grouped(row.mean.rounded()), grouped(sd.round() as u64)],
        _ => vec![grouped(row.mean.rounded())],
    };
    cells.push(row.share.map_or(String::new(), |share| format!("{:.1} %", share * 100.0)));
    cells.push(people(row.against_wish));
    cells.push(people(row.silent));
    cells
}

/// Nobody is a dash, so that the eye finds the others.
fn people(number: Millionths) -> String {
    if number.0 == 0 { "–".into() } else { grouped(number.rounded()) }
}
