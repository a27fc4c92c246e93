//! Rows that fall into one cell of a slice: which columns tell them apart, and what to do about it.

use std::collections::{BTreeMap, BTreeSet};

use super::numbers::grouped;
use super::sliced::Sliced;
use crate::domain::{Error, Problem};

/// A column in which rows of one cell differ.
pub(super) struct DifferingColumn {
    name: String,
    /// Number of its values in one cell, at most.
    values: usize,
    /// One of them.
    example: String,
}

/// Refuses to average: says in which columns the rows differ that fall into one cell.
pub(super) fn crowded(differing: &[DifferingColumn], fullest: u64) -> Error {
    let named: Vec<String> = differing
        .iter()
        .map(|column| format!("{} ({} values)", column.name, grouped(column.values as u64)))
        .collect();
    let rows = grouped(fullest);
    let Some(DifferingColumn { name, example, .. }) = differing.first() else {
        let problem = Problem::new(format!("{rows} rows fall into one cell, and no column tells them apart"));
        return problem.help_option("mean", "averages them").into();
    };
    let what = format!("{rows} rows fall into one cell; they differ in {}", named.join(", "));
    Problem::new(what)
        .help_option("where", format!("{name}={example} picks one"))
        .help_option("rows", format!("{name} shows each"))
        .help_option("mean", "averages them")
        .into()
}

/// The columns that tell apart the rows of one cell. A column that follows from others is left out,
/// as a point's number does from its place on the axes.
///
/// Lines are in groups, at first by cell. A column is named if it splits a group, and then the groups are
/// split: `proposal` splits the three lines of a cell, and `reading`, the same within each proposal, does not.
pub(super) fn differing(
    table: &Sliced<'_>,
    lines: &[usize],
    places: &[(usize, usize)],
) -> Vec<DifferingColumn> {
    let mut names: Vec<String> = table.names().into_iter().take(table.keys).collect();
    // What numbers the points comes first in the table, but says least.
    names.sort_by_key(|name| name == "point");
    let cells = numbered(places.iter());
    let (mut groups, mut count) = (cells.clone(), distinct(&cells));
    let mut found = Vec::new();
    for name in names {
        let column = table.column(&name);
        let texts: Vec<String> = lines.iter().map(|line| column.text(*line)).collect();
        let split = numbered(groups.iter().zip(&texts));
        if distinct(&split) > count {
            let values = most_values(&cells, &texts);
            (count, groups) = (distinct(&split), split);
            found.push(DifferingColumn { name, values, example: texts[0].clone() });
        }
    }
    found
}

/// The largest number of different texts in one cell.
fn most_values(cells: &[usize], texts: &[String]) -> usize {
    let pairs: BTreeSet<(usize, &String)> = cells.iter().copied().zip(texts).collect();
    let pairs: Vec<_> = pairs.into_iter().collect();
    pairs.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max().unwrap_or(0)
}

/// The number of each item among the distinct ones, in order of appearance.
fn numbered<T: Ord>(items: impl Iterator<Item = T>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    let number = |item| {
        let next = numbers.len();
        *numbers.entry(item).or_insert(next)
    };
    items.map(number).collect()
}

fn distinct(numbered: &[usize]) -> usize {
    numbered.iter().max().map_or(0, |last| last + 1)
}
