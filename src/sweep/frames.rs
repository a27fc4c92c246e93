//! The tables of a sweep: outcomes, single replicates, the design, sensitivities.
//!
//! Every table begins with the columns that say what a row is about; its numbers come after them. Parts are
//! joined later, so a column has the same type and the same categories whichever points it is about.

use polars::prelude::*;

use super::analysis::SensitivityRow;
use super::columns::{
    AGAINST_WISH, AXIS, INTERVAL, MEASURE, MESSAGE, NUMBER_AXIS, PEOPLE, POINT, READING_AXIS, REPLICATE,
    STATUS, TEXT_SILENT, VALUE,
};
use super::experiment::{Experiment, PointOutcomes};
use super::weights_note::weights_note;
use crate::design::{AxisValue, Varies};
use crate::domain::{Error, Outcome};
use crate::study::{BY, Described, OutcomeRow, RowReplicates, columns as outcome_columns};
use crate::table::{Column, DEFAULT, Show, Table, Values, frame};

/// Rows of replicates that are made at a time: a single point may have millions.
const REPLICATE_ROWS: usize = 16_384;

/// The value of `axis` for parts of the variance.
const ALL_AXES: &str = "all";

/// The files of a part of a sweep, as bytes of Parquet: its outcomes and, where they are kept, its
/// replicates.
///
/// # Errors
///
/// If a table cannot be made.
pub fn part_files(experiment: &Experiment, points: &[PointOutcomes]) -> Result<Vec<Vec<u8>>, Error> {
    let mut files = vec![parquet(frame(&outcome_table(experiment, points)?)?)?];
    if experiment.keeps_replicates() {
        files.push(replicates(experiment, points)?);
    }
    Ok(files)
}

fn parquet(mut frame: DataFrame) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

/// Outcomes of points: one row for each proposal, group and outcome. The rows of a point that failed have no
/// numbers, but the reason.
pub(super) fn outcome_table(experiment: &Experiment, points: &[PointOutcomes]) -> Result<Table, Error> {
    let rows_of_point = experiment.model().row_count();
    let rows: Vec<Option<&OutcomeRow>> = points
        .iter()
        .flat_map(|point| {
            let rows = point.rows.as_deref().ok();
            (0..rows_of_point).map(move |row| rows.map(|rows| &rows[row]))
        })
        .collect();
    let numbers = |of: &dyn Fn(&OutcomeRow) -> Option<f64>| {
        Values::Number(rows.iter().map(|row| row.and_then(of)).collect())
    };
    let people = |of: &dyn Fn(&OutcomeRow) -> crate::domain::Millionths| {
        Values::People(rows.iter().map(|row| row.map(of)).collect())
    };
    let quantile = |i: usize| {
        Values::Count(rows.iter().map(|row| row.and_then(|row| row.spread.quantiles.map(|q| q[i]))).collect())
    };
    let repeated = |of: fn(&PointOutcomes) -> Option<String>| {
        let texts = points.iter().flat_map(|point| std::iter::repeat_n(of(point), rows_of_point));
        Values::Text(texts.collect())
    };
    let failed =
        points.iter().flat_map(|point| std::iter::repeat_n(u32::from(point.rows.is_err()), rows_of_point));
    let status =
        Values::Category { names: ["ok", "error"].map(String::from).into(), codes: failed.collect() };
    let about: Vec<&PointOutcomes> = points.iter().collect();
    let mut columns = key_columns(experiment, &about)?;
    columns.extend([
        column(outcome_columns::MEAN, people(&|row| row.mean)),
        column(outcome_columns::SD, numbers(&|row| row.spread.sd)),
        column(outcome_columns::Q05, quantile(0)),
        column(outcome_columns::Q50, quantile(1)),
        column(outcome_columns::Q95, quantile(2)),
        column(outcome_columns::SHARE, numbers(&|row| row.share)),
    ]);
    if experiment.model().setting().records_wishes() {
        columns.push(column(outcome_columns::AGAINST_WISH, people(&|row| row.against_wish)));
    }
    columns.extend([
        column(outcome_columns::TEXT_SILENT, people(&|row| row.text_silent)),
        column(STATUS, status),
        column(MESSAGE, repeated(|point| point.rows.as_ref().err().map(ToString::to_string))),
    ]);
    Ok(Table { columns, ..Table::default() })
}

/// The columns that say what each row is about, for all rows of these points: point, place, scenario, proposal,
/// reading, group and outcome.
fn key_columns(experiment: &Experiment, points: &[&PointOutcomes]) -> Result<Vec<Column>, Error> {
    let model = experiment.model();
    let rows = model.row_names();
    let placed: Vec<_> = points.iter().map(|point| (point.point, point.values.as_slice())).collect();
    let mut columns = point_columns(experiment, &placed, rows.len());
    let scenario = std::slice::from_ref(&model.scenario().name);
    columns.push(column(outcome_columns::SCENARIO, pattern(scenario, rows.iter().map(|_| 0), points.len())));
    let (ids, of_interpretation) = experiment.proposal_ids();
    let proposals = rows.iter().map(|(interpretation, ..)| of_interpretation[*interpretation]);
    columns.push(column(outcome_columns::PROPOSAL, pattern(&ids, proposals, points.len())));
    let readings = experiment.readings().values(model, &rows, &placed)?;
    columns.push(column(outcome_columns::READING, readings));
    for (position, by) in model.options().by.iter().enumerate() {
        let levels = by.levels(model.setting(), model.scenario());
        let codes = rows.iter().map(|(_, group, _)| {
            levels.iter().position(|level| *level == group[position]).unwrap_or_default() as u32
        });
        let values = pattern(&levels, codes, points.len());
        columns.push(Column::new(by.name(model.setting()), BY, values, Show::InFiles));
    }
    let outcomes = model.outcomes();
    let names: Vec<String> =
        outcomes.iter().map(|outcome| model.setting().outcomes.name(*outcome).to_string()).collect();
    let position = |outcome: Outcome| outcomes.binary_search(&outcome).unwrap_or_default() as u32;
    columns.push(column(
        outcome_columns::OUTCOME,
        pattern(&names, rows.iter().map(|(.., outcome)| position(*outcome)), points.len()),
    ));
    Ok(columns)
}

/// The same categories for the rows of every point.
fn pattern(names: &[String], codes: impl Iterator<Item = u32>, points: usize) -> Values {
    Values::Category { names: names.into(), codes: codes.collect::<Vec<u32>>().repeat(points) }
}

fn column((name, description): Described, values: Values) -> Column {
    Column::new(name, description, values, Show::InFiles)
}

/// Counts of single replicates, as bytes of Parquet: for each point one row for each replicate, proposal,
/// group and outcome. A point that failed has none.
fn replicates(experiment: &Experiment, points: &[PointOutcomes]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let schema = frame(&replicate_table(experiment, &[])?)?.schema().clone();
    let mut writer = ParquetWriter::new(&mut bytes).batched(&schema)?;
    let mut blocks = points.iter().flat_map(|point| {
        let replicates = point.replicates.first().map_or(0, |counted| counted.people.len());
        (0..replicates).map(move |replicate| (point, replicate))
    });
    let at_a_time = (REPLICATE_ROWS / experiment.model().row_count().max(1)).max(1);
    loop {
        let some: Vec<Block<'_>> = blocks.by_ref().take(at_a_time).collect();
        if some.is_empty() {
            writer.finish()?;
            return Ok(bytes);
        }
        writer.write_batch(&frame(&replicate_table(experiment, &some)?)?)?;
    }
}

/// The rows of one replicate of a point.
type Block<'a> = (&'a PointOutcomes, usize);

pub(super) fn replicate_table(experiment: &Experiment, blocks: &[Block<'_>]) -> Result<Table, Error> {
    let counts = |of: fn(&RowReplicates) -> &[u64]| {
        let rows = blocks.iter().flat_map(|(point, replicate)| {
            point.replicates.iter().map(move |counted| Some(of(counted)[*replicate]))
        });
        Values::Count(rows.collect())
    };
    let points: Vec<&PointOutcomes> = blocks.iter().map(|(point, _)| *point).collect();
    let mut columns = key_columns(experiment, &points)?;
    let rows = experiment.model().row_count();
    let numbers = blocks.iter().flat_map(|(_, replicate)| std::iter::repeat_n(Some(*replicate as u64), rows));
    columns.push(column(REPLICATE, Values::Count(numbers.collect())));
    columns.push(column(PEOPLE, counts(|counted| &counted.people)));
    if experiment.model().setting().records_wishes() {
        columns.push(column(AGAINST_WISH, counts(|counted| &counted.against_wish)));
    }
    columns.push(column(TEXT_SILENT, counts(|counted| &counted.text_silent)));
    Ok(Table { columns, ..Table::default() })
}

/// Points and their places on the axes.
pub(super) fn design_table(experiment: &Experiment, points: std::ops::Range<u64>) -> Table {
    let placed: Vec<_> = points.map(|point| (point, experiment.values_at(point))).collect();
    let placed: Vec<_> = placed.iter().map(|(point, values)| (*point, values.as_slice())).collect();
    Table { columns: point_columns(experiment, &placed, 1), ..Table::default() }
}

/// The number of each row's point and its place on the axes; each point has `rows` rows.
fn point_columns(
    experiment: &Experiment,
    points: &[(u64, &[Option<AxisValue>])],
    rows: usize,
) -> Vec<Column> {
    let each = || points.iter().flat_map(|point| std::iter::repeat_n(point, rows));
    let mut columns = vec![column(POINT, Values::Count(each().map(|(point, _)| Some(*point)).collect()))];
    for (i, axis) in experiment.sweep().axes.iter().enumerate() {
        let values = || each().map(|(_, values)| &values[i]);
        let (description, values) = match &axis.varies {
            Varies::Parameter(_) => (NUMBER_AXIS, Values::Number(values().map(share).collect())),
            Varies::StratumSize(_) | Varies::Population => {
                (NUMBER_AXIS, Values::Count(values().map(people).collect()))
            }
            Varies::Reading(readings) => (READING_AXIS, reading_levels(experiment, readings, values())),
        };
        columns.push(Column::new(&axis.name, description, values, Show::InFiles));
    }
    columns
}

/// The values of a reading that varies. Where a point leaves it as it is, that is the one in force, or `default`, which
/// no reading has as a value, if the proposals that share the reading differ in it.
fn reading_levels<'v>(
    experiment: &Experiment,
    readings: &[(String, usize)],
    values: impl Iterator<Item = &'v Option<AxisValue>>,
) -> Values {
    let (mut names, in_force) = experiment.reading_values(readings);
    let in_force = in_force.unwrap_or_else(|| {
        names.push(DEFAULT.into());
        names.len() as u32 - 1
    });
    let code = |value: &Option<AxisValue>| match value {
        Some(AxisValue::Level(level, _)) => u32::from(*level),
        _ => in_force,
    };
    Values::Category { codes: values.map(code).collect(), names: names.into() }
}

fn share(value: &Option<AxisValue>) -> Option<f64> {
    match value {
        Some(AxisValue::Share(share)) => Some(*share),
        _ => None,
    }
}

fn people(value: &Option<AxisValue>) -> Option<u64> {
    match value {
        Some(AxisValue::People(people)) => Some(*people),
        _ => None,
    }
}

/// Sensitivities: one row for each proposal, group, outcome and measure.
pub(super) fn sensitivity_table(experiment: &Experiment, rows: &[SensitivityRow]) -> Table {
    let model = experiment.model();
    let names = |of: &dyn Fn(&SensitivityRow) -> String| Values::in_order_of_appearance(rows.iter().map(of));
    let numbers = |of: &dyn Fn(&SensitivityRow) -> Option<f64>| Values::Number(rows.iter().map(of).collect());
    let mut columns = vec![
        column(outcome_columns::PROPOSAL, names(&|row| row.proposal.clone())),
        column(outcome_columns::READING, names(&|row| row.reading.clone())),
    ];
    for (position, by) in model.options().by.iter().enumerate() {
        let levels = names(&|row| row.by[position].clone());
        columns.push(Column::new(by.name(model.setting()), BY, levels, Show::InFiles));
    }
    columns.extend([
        column(
            outcome_columns::OUTCOME,
            names(&|row| model.setting().outcomes.name(row.outcome).to_string()),
        ),
        column(AXIS, names(&|row| row.axis.clone().unwrap_or_else(|| ALL_AXES.into()))),
        column(MEASURE, names(&|row| row.measure.to_string())),
        column(VALUE, numbers(&|row| row.value)),
        column(INTERVAL, numbers(&|row| row.interval)),
    ]);
    let notes = weights_note(&experiment.sweep().axes).into_iter().collect();
    Table { columns, notes, ..Table::default() }
}
