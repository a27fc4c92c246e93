//! The tables of a sweep as frames of columns: outcomes, single replicates, the design, sensitivities.
//!
//! Every table begins with the columns that say what a row is about; its numbers come after them.

use polars::prelude::*;

use super::analysis::SensitivityRow;
use super::experiment::{Experiment, PointOutcomes};
use crate::design::{AxisValue, Varies};
use crate::domain::Error;
use crate::study::{OutcomeRow, RowReplicates};

/// Rows of replicates that are made at a time: a single point may have millions.
const REPLICATE_ROWS: usize = 16_384;

/// The files of a part of a sweep, as bytes of Parquet: its outcomes and, where they are kept, its
/// replicates.
///
/// # Errors
///
/// If a table cannot be made.
pub fn part_files(experiment: &Experiment, points: &[PointOutcomes]) -> Result<Vec<Vec<u8>>, Error> {
    let outcomes = outcome_frame(experiment, points).and_then(parquet);
    let mut files = vec![outcomes.map_err(Error::from)?];
    if experiment.keeps_replicates() {
        files.push(replicates(experiment, points).map_err(Error::from)?);
    }
    Ok(files)
}

fn parquet(mut frame: DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

/// What a row of a table is about: a point with one of its outcome rows, or without any if it failed.
type Line<'a> = (&'a PointOutcomes, Option<&'a OutcomeRow>);

/// Outcomes of points: one row for each proposal, group and outcome, and one row with the reason for a point
/// that failed.
fn outcome_frame(experiment: &Experiment, points: &[PointOutcomes]) -> PolarsResult<DataFrame> {
    let lines: Vec<Line<'_>> = points.iter().flat_map(outcome_lines).collect();
    let number = |name: &str, of: &dyn Fn(&OutcomeRow) -> Option<f64>| -> Column {
        let values: Float64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let quantile = |name: &str, i: usize| -> Column {
        let of = |row: &OutcomeRow| row.spread.quantiles.map(|q| q[i] as i64);
        let values: Int64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let mut columns = key_columns(experiment, &lines);
    columns.push(number("mean", &|row| Some(row.mean.people())));
    columns.push(number("sd", &|row| row.spread.sd));
    columns.extend([("q05", 0), ("q50", 1), ("q95", 2)].map(|(name, i)| quantile(name, i)));
    columns.push(number("share", &|row| row.share));
    columns.push(number("against_wish", &|row| Some(row.against_wish.people())));
    let status = |(point, _): &Line<'_>| Some(if point.rows.is_ok() { "ok" } else { "error" });
    let status: StringChunked = lines.iter().map(status).collect();
    columns.push(status.with_name("status".into()).into_column());
    let message = |(point, _): &Line<'_>| point.rows.as_ref().err().map(ToString::to_string);
    let message: StringChunked = lines.iter().map(message).collect();
    columns.push(message.with_name("message".into()).into_column());
    DataFrame::new(lines.len(), columns)
}

fn outcome_lines(point: &PointOutcomes) -> Vec<Line<'_>> {
    match &point.rows {
        Ok(rows) => rows.iter().map(|row| (point, Some(row))).collect(),
        Err(_) => vec![(point, None)],
    }
}

/// The columns that say what each row is about: point, place, scenario, proposal, reading, group and outcome.
fn key_columns(experiment: &Experiment, lines: &[Line<'_>]) -> Vec<Column> {
    let text = |name: &str, of: &dyn for<'a> Fn(&'a OutcomeRow) -> Option<&'a str>| -> Column {
        let values: StringChunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let points = lines.iter().map(|(point, _)| (point.point, point.values.as_slice()));
    let mut columns = point_columns(experiment, points);
    let scenario = experiment.model().scenario().name.as_str();
    let scenario: StringChunked = std::iter::repeat_n(Some(scenario), lines.len()).collect();
    columns.push(scenario.with_name("scenario".into()).into_column());
    columns.push(text("proposal", &|row| Some(&row.proposal.id)));
    let readings: StringChunked =
        lines.iter().map(|(_, row)| row.map(|row| row.proposal.reading())).collect();
    columns.push(readings.with_name("reading".into()).into_column());
    let by = group_names(experiment).into_iter().enumerate();
    columns.extend(by.map(|(i, name)| text(&name, &|row| Some(&row.by[i]))));
    columns.push(text("outcome", &|row| Some(row.outcome.name())));
    columns
}

/// Names of the columns that outcomes are broken down by.
fn group_names(experiment: &Experiment) -> Vec<String> {
    let model = experiment.model();
    model.options().by.iter().map(|column| column.name(model.setting())).collect()
}

/// Counts of single replicates, as bytes of Parquet: for each point one row for each replicate, proposal,
/// group and outcome. A point that failed has none.
fn replicates(experiment: &Experiment, points: &[PointOutcomes]) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let schema = replicate_frame(experiment, &[])?.schema().clone();
    let mut writer = ParquetWriter::new(&mut bytes).batched(&schema)?;
    let mut lines = points.iter().flat_map(replicate_lines);
    loop {
        let some: Vec<ReplicateLine<'_>> = lines.by_ref().take(REPLICATE_ROWS).collect();
        if some.is_empty() {
            writer.finish()?;
            return Ok(bytes);
        }
        writer.write_batch(&replicate_frame(experiment, &some)?)?;
    }
}

/// A row of replicates: what it is about, the counts behind its outcome row, and which replicate it is.
type ReplicateLine<'a> = (Line<'a>, &'a RowReplicates, usize);

fn replicate_lines(point: &PointOutcomes) -> impl Iterator<Item = ReplicateLine<'_>> {
    let rows = point.rows.as_deref().unwrap_or_default();
    let replicates = point.replicates.first().map_or(0, |counted| counted.people.len());
    (0..replicates).flat_map(move |replicate| {
        let counted = rows.iter().zip(&point.replicates);
        counted.map(move |(row, counted)| ((point, Some(row)), counted, replicate))
    })
}

fn replicate_frame(experiment: &Experiment, lines: &[ReplicateLine<'_>]) -> PolarsResult<DataFrame> {
    let number = |name: &str, of: &dyn Fn(&ReplicateLine<'_>) -> u64| -> Column {
        let values: Int64Chunked = lines.iter().map(|line| Some(of(line) as i64)).collect();
        values.with_name(name.into()).into_column()
    };
    let keys: Vec<Line<'_>> = lines.iter().map(|(line, ..)| *line).collect();
    let mut columns = key_columns(experiment, &keys);
    columns.push(number("replicate", &|(.., replicate)| *replicate as u64));
    columns.push(number("people", &|(_, counted, replicate)| counted.people[*replicate]));
    columns.push(number("against_wish", &|(_, counted, replicate)| counted.against_wish[*replicate]));
    DataFrame::new(lines.len(), columns)
}

/// Points and their places on the axes.
///
/// # Errors
///
/// If the table cannot be made.
pub(super) fn design_frame(
    experiment: &Experiment,
    points: std::ops::Range<u64>,
) -> Result<DataFrame, Error> {
    let placed: Vec<_> = points.map(|point| (point, experiment.values_at(point))).collect();
    let columns = point_columns(experiment, placed.iter().map(|(point, values)| (*point, values.as_slice())));
    DataFrame::new(placed.len(), columns).map_err(Error::from)
}

/// The number of each row's point and its place on the axes.
fn point_columns<'a>(
    experiment: &Experiment,
    points: impl Iterator<Item = (u64, &'a [Option<AxisValue>])> + Clone,
) -> Vec<Column> {
    let numbers: Int64Chunked = points.clone().map(|(point, _)| Some(point as i64)).collect();
    let mut columns = vec![numbers.with_name("point".into()).into_column()];
    for (i, axis) in experiment.sweep().axes.iter().enumerate() {
        let values = points.clone().map(|(_, values)| &values[i]);
        let name = axis.name.as_str().into();
        columns.push(match axis.varies {
            Varies::Parameter(_) => {
                values.map(share).collect::<Float64Chunked>().with_name(name).into_column()
            }
            Varies::StratumSize(_) | Varies::Population => {
                values.map(people).collect::<Int64Chunked>().with_name(name).into_column()
            }
            Varies::Reading { .. } => {
                values.map(level).collect::<StringChunked>().with_name(name).into_column()
            }
        });
    }
    columns
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

/// Sensitivities: one row for each proposal, group, outcome and measure.
///
/// # Errors
///
/// If the table cannot be made.
pub(super) fn sensitivity_frame(
    experiment: &Experiment,
    rows: &[SensitivityRow],
) -> Result<DataFrame, Error> {
    let text = |name: &str, of: &dyn for<'a> Fn(&'a SensitivityRow) -> Option<&'a str>| -> Column {
        rows.iter().map(of).collect::<StringChunked>().with_name(name.into()).into_column()
    };
    let number = |name: &str, of: &dyn Fn(&SensitivityRow) -> Option<f64>| -> Column {
        rows.iter().map(of).collect::<Float64Chunked>().with_name(name.into()).into_column()
    };
    let mut columns =
        vec![text("proposal", &|row| Some(&row.proposal)), text("reading", &|row| row.reading.as_deref())];
    let by = group_names(experiment).into_iter().enumerate();
    columns.extend(by.map(|(i, name)| text(&name, &|row| Some(&row.by[i]))));
    columns.extend([
        text("outcome", &|row| Some(row.outcome.name())),
        text("axis", &|row| row.axis.as_deref()),
        text("measure", &|row| Some(row.measure)),
        number("value", &|row| row.value),
        number("interval", &|row| row.interval),
    ]);
    DataFrame::new(rows.len(), columns).map_err(Error::from)
}
