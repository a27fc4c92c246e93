//! A slice of a tidy table, laid out for reading: some key columns name its rows, some its columns, and each
//! cell holds one number. Rows that fall into one cell are refused, or averaged if that is wanted.
//!
//! Nothing here knows where the table comes from or how the slice is written.

use std::collections::BTreeMap;

use super::column::{Column, Show, Style, Values};
use super::crowded::{crowded, differing};
use super::numbers::grouped;
use super::sliced::{Cells, Sliced};
use super::tidy_table::Table;
use crate::domain::{Error, Problem, suggestion};

/// Which slice of a table is wanted, and how it is laid out.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Columns whose values name the rows.
    pub rows: Vec<String>,
    /// Columns whose values name the columns.
    pub columns: Vec<String>,
    /// The column with the numbers.
    pub measure: String,
    /// Only rows in which these columns have these values. Numbers compare as numbers, an empty text is an
    /// absent value.
    pub only: Vec<(String, String)>,
    /// Whether rows that fall into one cell are averaged; they are refused otherwise.
    pub mean: bool,
}

/// Slices a tidy table, whose first `keys` columns say what a row is about: gives a table with a column for each
/// of the values that name columns.
///
/// # Errors
///
/// If there is no such column or value, if nothing is left, or if rows fall into one cell that are not to be
/// averaged: says in which columns they differ.
pub(crate) fn pivot(table: &Table, keys: usize, slice: &Slice) -> Result<Table, Error> {
    let pivot = Pivot::new(&Sliced { table, keys }, slice)?;
    let names = pivot.keys.iter().enumerate().map(|(position, key)| {
        let names = pivot.rows.iter().map(|names| Some(names[position].clone())).collect();
        Column::new(key, "Value of this column in the rows of the slice", Values::Text(names), Show::Label)
    });
    let numbers = pivot.columns.iter().enumerate().map(|(column, names)| {
        let cells = (0..pivot.rows.len()).map(|row| pivot.value(row, column)).collect();
        let name = match names.join(" ") {
            name if name.is_empty() => slice.measure.clone(),
            name => name,
        };
        let show = Show::measure(name.clone(), Style::Plain);
        Column::new(name, format!("`{}` of these rows", slice.measure), Values::Number(cells), show)
    });
    Ok(Table {
        columns: names.chain(numbers).collect(),
        notes: pivot.note().into_iter().chain(table.notes.iter().cloned()).collect(),
        provenance: table.provenance.clone(),
        ..Table::default()
    })
}

/// A slice: named rows and columns, in order of appearance, and a cell for some of their pairs.
#[derive(Debug)]
struct Pivot {
    /// Names of the key columns of the rows.
    keys: Vec<String>,
    rows: Vec<Vec<String>>,
    columns: Vec<Vec<String>>,
    /// Sum and number of the table's rows that fall into each cell.
    cells: BTreeMap<(usize, usize), (f64, u64)>,
}

impl Pivot {
    /// Slices a table.
    ///
    /// # Errors
    ///
    /// If there is no such column or value, if nothing is left, or if rows fall into one cell that are not to
    /// be averaged: says in which columns they differ.
    fn new(table: &Sliced<'_>, slice: &Slice) -> Result<Pivot, Error> {
        refuse_unknown_columns(table, slice)?;
        let numbers = read_measure(table, &slice.measure)?;
        let lines = select_lines(table, slice, &numbers)?;
        let (rows, columns) = (Key::new(table, &slice.rows, &lines), Key::new(table, &slice.columns, &lines));
        let mut cells: BTreeMap<(usize, usize), (f64, u64)> = BTreeMap::new();
        let places: Vec<(usize, usize)> = rows.places.iter().copied().zip(columns.places).collect();
        for (place, line) in places.iter().zip(&lines) {
            let (sum, count) = cells.entry(*place).or_default();
            *sum += numbers[*line].unwrap_or_default();
            *count += 1;
        }
        let fullest = cells.values().map(|(_, count)| *count).max().unwrap_or(0);
        if fullest > 1 && !slice.mean {
            return Err(crowded(&differing(table, &lines, &places), fullest));
        }
        Ok(Pivot { keys: slice.rows.clone(), rows: rows.names, columns: columns.names, cells })
    }

    /// The number in a cell.
    fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.cells.get(&(row, column)).map(|(sum, count)| sum / *count as f64)
    }

    /// Of how many rows of the table cells are the mean, where they are.
    fn note(&self) -> Option<String> {
        let counts = || self.cells.values().map(|(_, count)| *count);
        let (least, most) = (counts().min()?, counts().max()?);
        match (least, most) {
            (_, 1) => None,
            (least, most) if least == most => {
                Some(format!("Each cell is the mean of {} rows.", grouped(most)))
            }
            _ => Some(format!("Cells are means of {} to {} rows.", grouped(least), grouped(most))),
        }
    }
}

/// The distinct values of some columns together, and the place of each line among them.
struct Key {
    names: Vec<Vec<String>>,
    places: Vec<usize>,
}

impl Key {
    fn new(table: &Sliced<'_>, columns: &[String], lines: &[usize]) -> Key {
        let columns: Vec<Cells> = columns.iter().map(|name| table.column(name)).collect();
        let mut places_by_name: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut names = Vec::new();
        let place = |line: &usize| {
            let name: Vec<String> = columns.iter().map(|column| column.text(*line)).collect();
            *places_by_name.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() - 1
            })
        };
        let places = lines.iter().map(place).collect();
        Key { names, places }
    }
}

fn refuse_unknown_columns(table: &Sliced<'_>, slice: &Slice) -> Result<(), Error> {
    let names = table.names();
    let asked = [("rows", &slice.rows), ("columns", &slice.columns)].into_iter();
    let asked =
        asked.flat_map(|(option, columns)| columns.iter().map(move |name| (option, name, name.clone())));
    let only = slice.only.iter().map(|(name, value)| ("where", name, format!("{name}={value}")));
    let asked = asked.chain(only).chain([("measure", &slice.measure, slice.measure.clone())]);
    let unknown = asked.filter(|(_, name, _)| !names.contains(name)).map(|(option, name, value)| {
        let problem = Problem::new(format!("there is no column `{name}`")).argument(option, value);
        problem.help(suggestion(name, names.iter().map(String::as_str)))
    });
    match unknown.collect::<Vec<Problem>>() {
        problems if problems.is_empty() => Ok(()),
        problems => Err(problems.into()),
    }
}

/// The numbers of a column.
fn read_measure(table: &Sliced<'_>, measure: &str) -> Result<Vec<Option<f64>>, Error> {
    match table.column(measure) {
        Cells::Numbers(numbers) => Ok(numbers),
        Cells::Texts(_) => {
            let names = table.names().into_iter();
            let numeric = names.filter(|name| matches!(table.column(name), Cells::Numbers(_)));
            let problem = Problem::new("the column has no numbers").argument("measure", measure);
            let help = format!("columns with numbers are: {}", numeric.collect::<Vec<_>>().join(", "));
            Err(problem.help(help).into())
        }
    }
}

/// The lines of the table that are wanted and have a number.
fn select_lines(table: &Sliced<'_>, slice: &Slice, numbers: &[Option<f64>]) -> Result<Vec<usize>, Error> {
    let mut lines: Vec<usize> = (0..numbers.len()).collect();
    let mut problems = Vec::new();
    for (name, value) in &slice.only {
        let column = table.column(name);
        let matches = column.are(value);
        if !matches.contains(&true) {
            let problem = Problem::new("no row has this value").argument("where", format!("{name}={value}"));
            problems.push(problem.help(column.remedy(value)));
        }
        lines.retain(|line| matches[*line]);
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if lines.is_empty() {
        let only: Vec<String> = slice.only.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let problem = match only.is_empty() {
            true => Problem::new("the table has no rows"),
            false => {
                Problem::new(format!("no row has all of {}", only.join(", "))).help("leave one of them out")
            }
        };
        return Err(problem.into());
    }
    lines.retain(|line| numbers[*line].is_some());
    if lines.is_empty() {
        let what = "none of these rows has a number in this column";
        let problem = Problem::new(what).argument("measure", slice.measure.clone());
        return Err(problem.help("choose another measure: `exact` gives no quantiles").into());
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two proposals at three points of an axis: `a` has 10, 20 and 30 people, `b` ten times as many.
    fn small() -> Table {
        let both =
            |of: [f64; 3]| Values::Number(of.iter().flat_map(|n| [Some(*n), Some(n * 10.0)]).collect());
        let twice = |of: [f64; 3]| Values::Number(of.iter().flat_map(|n| [Some(*n), Some(*n)]).collect());
        let texts = |of: [&str; 2]| {
            Values::Text([of; 3].iter().flatten().map(|text| Some(text.to_string())).collect())
        };
        let column = |name: &str, values| Column::new(name, "", values, Show::InFiles);
        let columns = vec![
            column("point", twice([0.0, 1.0, 2.0])),
            column("share", twice([0.1, 0.3, 0.7 / 7.0 * 5.0])),
            column("proposal", texts(["a", "b"])),
            column("reading", texts(["left=retained", ""])),
            column("mean", both([10.0, 20.0, 30.0])),
            column("q50", Values::Number(vec![None; 6])),
        ];
        Table { columns, ..Table::default() }
    }

    fn sliced(slice: &Slice) -> Result<Table, Error> {
        pivot(&small(), 4, slice)
    }

    fn slice(rows: &[&str], columns: &[&str], only: &[(&str, &str)]) -> Slice {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let only = only.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Slice { rows: names(rows), columns: names(columns), measure: "mean".into(), only, mean: false }
    }

    fn cells(slice: &Slice) -> Vec<Vec<String>> {
        let table = sliced(slice).unwrap();
        let header = table.columns.iter().map(|column| column.name.clone()).collect();
        let lines =
            (0..table.height()).map(|row| table.columns.iter().map(|column| column.text(row)).collect());
        std::iter::once(header).chain(lines).collect()
    }

    fn refusal(slice: &Slice) -> String {
        let error = sliced(slice).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn rows_and_columns_are_named_by_keys_in_order_of_appearance() {
        let table = cells(&slice(&["share"], &["proposal", "reading"], &[]));
        let expected = [
            ["share", "a left=retained", "b "],
            ["0.1", "10", "100"],
            ["0.3", "20", "200"],
            ["0.5", "30", "300"],
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn rows_that_fall_into_one_cell_are_refused_with_the_columns_in_which_they_differ() {
        let two = refusal(&slice(&["share"], &[], &[]));
        assert!(two.contains("2 rows fall into one cell; they differ in proposal (2 values)\n"), "{two}");
        assert!(two.contains("where proposal=a picks one; rows proposal shows each; mean averages them"));
        let six = refusal(&slice(&[], &[], &[]));
        assert!(
            six.contains("6 rows fall into one cell; they differ in share (3 values), proposal (2 values)")
        );
    }

    #[test]
    fn means_say_of_how_many_rows() {
        let mean = Slice { mean: true, ..slice(&["proposal"], &[], &[]) };
        let table = sliced(&mean).unwrap();
        let means = table.column("mean").unwrap();
        assert_eq!((means.number(0), means.number(1)), (Some(20.0), Some(200.0)));
        assert_eq!(table.notes, ["Each cell is the mean of 3 rows."]);
        assert!(sliced(&slice(&["share"], &["proposal"], &[])).unwrap().notes.is_empty());
    }

    #[test]
    fn numbers_compare_as_numbers_and_absent_values_as_empty_texts() {
        for share in ["0.3", "0.30", "3e-1"] {
            assert_eq!(cells(&slice(&["proposal"], &[], &[("share", share)]))[1][1], "20", "{share}");
        }
        // 5/10 and 0.7 / 7 * 5 differ in their last bit.
        assert_eq!(cells(&slice(&["proposal"], &[], &[("share", "0.5")]))[1][1], "30");
        assert_eq!(cells(&slice(&["share"], &[], &[("reading", "")]))[1][1], "100");
    }

    #[test]
    fn columns_and_values_that_there_are_not_are_refused_all_at_once() {
        let text = refusal(&slice(&["propsal"], &["nothing"], &[("shares", "1")]));
        for expected in
            ["rows propsal", "did you mean `proposal`?", "columns nothing", "where shares=1", "3 problems"]
        {
            assert!(text.contains(expected), "{expected} is missing from\n{text}");
        }
        let text = refusal(&slice(&[], &[], &[("proposal", "c"), ("share", "0.35")]));
        for expected in
            ["where proposal=c: no row has this value", "expected one of: a, b", "there are: 0.1, 0.3, 0.5"]
        {
            assert!(text.contains(expected), "{expected} is missing from\n{text}");
        }
    }

    #[test]
    fn a_slice_without_numbers_is_refused() {
        let none = slice(&["share"], &["proposal"], &[("proposal", "a"), ("reading", "")]);
        assert!(refusal(&none).contains("no row has all of proposal=a, reading="));
        let empty = Slice { measure: "q50".into(), ..slice(&["share"], &["proposal"], &[]) };
        assert!(refusal(&empty).contains("measure q50: none of these rows has a number"));
        let text = Slice { measure: "proposal".into(), ..slice(&["share"], &[], &[]) };
        assert!(refusal(&text).contains("columns with numbers are: point, share, mean, q50"));
    }
}
