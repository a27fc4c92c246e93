use polars::prelude::*;

use super::experiment::PointOutcomes;
use crate::design::AxisValue;
use crate::domain::{OutcomeRow, RowReplicates};

/// The columns of a sweep's tables that differ from sweep to sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepColumns {
    /// The scenario's name.
    pub scenario: String,
    /// The axes' columns.
    pub axes: Vec<(String, AxisKind)>,
    /// Names of the grouping columns.
    pub by: Vec<String>,
}

/// What stands in an axis's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisKind {
    /// Shares, 0 to 1.
    Share,
    /// Numbers of people.
    People,
    /// Values of a reading.
    Level,
}

/// One line of a sensitivity table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SensitivityRow {
    /// The proposal's id.
    pub proposal: String,
    /// Its readings that are neither defaults nor axes; absent if there are none.
    pub reading: Option<String>,
    /// The levels of the grouping columns.
    pub by: Vec<String>,
    /// The outcome's name.
    pub outcome: String,
    /// The axis; absent for parts of the variance.
    pub axis: Option<String>,
    /// What is measured: `first`, `total`, `mu_star`, `sigma`, `mu`, `wording`, `population`, `chance`.
    pub measure: String,
    /// Its value: a part of the variance from 0 to 1, or an effect in people; absent where the outcome
    /// does not vary.
    pub value: Option<f64>,
    /// Half of its 95 % interval.
    pub interval: Option<f64>,
}

/// The outcomes of some points as Parquet: one row for each proposal, group and outcome, and one
/// row with the reason for a point that failed.
///
/// # Errors
///
/// If the table cannot be written.
pub fn part(columns: &SweepColumns, points: &[PointOutcomes]) -> Result<Vec<u8>, String> {
    let mut frame = outcome_frame(columns, points).map_err(|error| error.to_string())?;
    parquet_bytes(&mut frame)
}

fn parquet_bytes(frame: &mut DataFrame) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// A row of a part: a point with one of its outcome rows, or without any if it failed.
type Line<'a> = (&'a PointOutcomes, Option<&'a OutcomeRow>);

fn outcome_frame(columns: &SweepColumns, points: &[PointOutcomes]) -> PolarsResult<DataFrame> {
    let lines: Vec<Line<'_>> = points
        .iter()
        .flat_map(|point| -> Vec<Line<'_>> {
            match &point.rows {
                Ok(rows) => rows.iter().map(|row| (point, Some(row))).collect(),
                Err(_) => vec![(point, None)],
            }
        })
        .collect();
    let number = |name: &str, of: &dyn Fn(&OutcomeRow) -> Option<f64>| -> Column {
        let values: Float64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let quantile = |name: &str, i: usize| -> Column {
        let of = |row: &OutcomeRow| row.spread.quantiles.map(|q| q[i] as i64);
        let values: Int64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let mut series = naming_columns(columns, &lines);
    series.push(number("mean", &|row| Some(row.mean.people())));
    series.push(number("sd", &|row| row.spread.sd));
    series.extend([("q05", 0), ("q50", 1), ("q95", 2)].map(|(name, i)| quantile(name, i)));
    series.push(number("share", &|row| row.share));
    series.push(number("against_wish", &|row| Some(row.against_wish.people())));
    let status = |(point, _): &Line<'_>| Some(if point.rows.is_ok() { "ok" } else { "error" });
    let status: StringChunked = lines.iter().map(status).collect();
    series.push(status.with_name("status".into()).into_column());
    let message: StringChunked = lines.iter().map(|(point, _)| point.rows.as_ref().err().cloned()).collect();
    series.push(message.with_name("message".into()).into_column());
    DataFrame::new(lines.len(), series)
}

/// What each line is about: its point and place, scenario, proposal, reading, group and outcome.
fn naming_columns(columns: &SweepColumns, lines: &[Line<'_>]) -> Vec<Column> {
    let text = |name: &str, of: &dyn for<'a> Fn(&'a OutcomeRow) -> Option<&'a str>| -> Column {
        let values: StringChunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let points = lines.iter().map(|(point, _)| (point.point, point.axes.as_slice()));
    let mut series = point_columns(columns, points);
    let scenario: StringChunked = std::iter::repeat_n(Some(columns.scenario.as_str()), lines.len()).collect();
    series.push(scenario.with_name("scenario".into()).into_column());
    series.push(text("proposal", &|row| Some(&row.proposal)));
    series.push(text("reading", &|row| (!row.reading.is_empty()).then_some(row.reading.as_str())));
    for (i, name) in columns.by.iter().enumerate() {
        series.push(text(name, &|row| Some(&row.by[i])));
    }
    series.push(text("outcome", &|row| Some(row.outcome.name())));
    series
}

/// What single replicates counted at some points as Parquet: for each point one row for each
/// replicate, proposal, group and outcome. A point that failed has none.
///
/// # Errors
///
/// If the table cannot be written.
pub(super) fn replicates_part(columns: &SweepColumns, points: &[PointOutcomes]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    write_replicates(columns, points, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Rows that are made at a time: a single point may have millions.
const REPLICATE_ROWS: usize = 16_384;

fn write_replicates(
    columns: &SweepColumns,
    points: &[PointOutcomes],
    bytes: &mut Vec<u8>,
) -> PolarsResult<()> {
    let schema = replicate_frame(columns, &[])?.schema().clone();
    let mut writer = ParquetWriter::new(bytes).batched(&schema)?;
    let mut lines = points.iter().flat_map(replicate_lines);
    loop {
        let some: Vec<ReplicateLine<'_>> = lines.by_ref().take(REPLICATE_ROWS).collect();
        if some.is_empty() {
            return writer.finish().map(drop);
        }
        writer.write_batch(&replicate_frame(columns, &some)?)?;
    }
}

/// A row of a table of replicates: a point's outcome row, what was counted of it, and in which replicate.
type ReplicateLine<'a> = (Line<'a>, &'a RowReplicates, usize);

fn replicate_lines(point: &PointOutcomes) -> impl Iterator<Item = ReplicateLine<'_>> {
    let rows = point.rows.as_deref().unwrap_or_default();
    let replicates = point.replicates.first().map_or(0, |counted| counted.people.len());
    (0..replicates).flat_map(move |replicate| {
        let counted = rows.iter().zip(&point.replicates);
        counted.map(move |(row, counted)| ((point, Some(row)), counted, replicate))
    })
}

fn replicate_frame(columns: &SweepColumns, lines: &[ReplicateLine<'_>]) -> PolarsResult<DataFrame> {
    let number = |name: &str, of: &dyn Fn(&ReplicateLine<'_>) -> u64| -> Column {
        let values: Int64Chunked = lines.iter().map(|line| Some(of(line) as i64)).collect();
        values.with_name(name.into()).into_column()
    };
    let named: Vec<Line<'_>> = lines.iter().map(|(line, ..)| *line).collect();
    let mut series = naming_columns(columns, &named);
    series.push(number("replicate", &|(.., replicate)| *replicate as u64));
    series.push(number("people", &|(_, counted, replicate)| counted.people[*replicate]));
    series.push(number("against_wish", &|(_, counted, replicate)| counted.against_wish[*replicate]));
    DataFrame::new(lines.len(), series)
}

/// The number of each line's point and its place on the axes.
fn point_columns<'a>(
    columns: &SweepColumns,
    points: impl Iterator<Item = (u64, &'a [Option<AxisValue>])> + Clone,
) -> Vec<Column> {
    let numbers: Int64Chunked = points.clone().map(|(point, _)| Some(point as i64)).collect();
    let mut series = vec![numbers.with_name("point".into()).into_column()];
    for (i, (name, kind)) in columns.axes.iter().enumerate() {
        let values = points.clone().map(|(_, axes)| &axes[i]);
        let column = match kind {
            AxisKind::Share => {
                values.map(share).collect::<Float64Chunked>().with_name(name.into()).into_column()
            }
            AxisKind::People => {
                values.map(people).collect::<Int64Chunked>().with_name(name.into()).into_column()
            }
            AxisKind::Level => {
                values.map(level).collect::<StringChunked>().with_name(name.into()).into_column()
            }
        };
        series.push(column);
    }
    series
}

fn share(value: &Option<AxisValue>) -> Option<f64> {
    match value {
        Some(AxisValue::Share(share)) => Some(*share),
        _ => None,
    }
}

fn people(value: &Option<AxisValue>) -> Option<i64> {
    match value {
        Some(AxisValue::People(people)) => Some(*people as i64),
        _ => None,
    }
}

fn level(value: &Option<AxisValue>) -> Option<&str> {
    match value {
        Some(AxisValue::Level(_, name)) => Some(name),
        _ => None,
    }
}

/// The design as a part of its own table: points and their places on the axes.
///
/// # Errors
///
/// If the table cannot be written.
pub(super) fn design_part(
    columns: &SweepColumns,
    points: &[(u64, Vec<Option<AxisValue>>)],
) -> Result<Vec<u8>, String> {
    let series = point_columns(columns, points.iter().map(|(point, axes)| (*point, axes.as_slice())));
    let mut frame = DataFrame::new(points.len(), series).map_err(|error| error.to_string())?;
    parquet_bytes(&mut frame)
}

/// A sensitivity table as a part.
///
/// # Errors
///
/// If the table cannot be written.
pub(super) fn sensitivity_part(by: &[String], rows: &[SensitivityRow]) -> Result<Vec<u8>, String> {
    let text = |name: &str, of: &dyn Fn(&SensitivityRow) -> Option<String>| -> Column {
        rows.iter().map(of).collect::<StringChunked>().with_name(name.into()).into_column()
    };
    let number = |name: &str, of: &dyn Fn(&SensitivityRow) -> Option<f64>| -> Column {
        rows.iter().map(of).collect::<Float64Chunked>().with_name(name.into()).into_column()
    };
    let mut columns = vec![
        text("proposal", &|row| Some(row.proposal.clone())),
        text("reading", &|row| row.reading.clone()),
    ];
    columns.extend(by.iter().enumerate().map(|(i, name)| text(name, &|row| Some(row.by[i].clone()))));
    columns.extend([
        text("outcome", &|row| Some(row.outcome.clone())),
        text("axis", &|row| row.axis.clone()),
        text("measure", &|row| Some(row.measure.clone())),
        number("value", &|row| row.value),
        number("interval", &|row| row.interval),
    ]);
    let mut frame = DataFrame::new(rows.len(), columns).map_err(|error| error.to_string())?;
    parquet_bytes(&mut frame)
}
