use std::{fmt, fs::File, io::Cursor, path::Path};

use polars::{
    io::{csv::write::BatchedWriter as CsvBatches, parquet::write::BatchedWriter as ParquetBatches},
    prelude::*,
};

use super::OutFile;
use crate::domain::{AxisValue, OutcomeRow, PointOutcomes};

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
pub struct SensitivityRow {
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
    let text = |name: &str, of: &dyn for<'a> Fn(&'a OutcomeRow) -> Option<&'a str>| -> Column {
        let values: StringChunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let number = |name: &str, of: &dyn Fn(&OutcomeRow) -> Option<f64>| -> Column {
        let values: Float64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let quantile = |name: &str, i: usize| -> Column {
        let of = |row: &OutcomeRow| row.spread.quantiles.map(|q| q[i] as i64);
        let values: Int64Chunked = lines.iter().map(|(_, row)| row.and_then(of)).collect();
        values.with_name(name.into()).into_column()
    };
    let points: Vec<&PointOutcomes> = lines.iter().map(|(point, _)| *point).collect();
    let mut series = point_columns(columns, &points);
    let scenario: StringChunked = std::iter::repeat_n(Some(columns.scenario.as_str()), lines.len()).collect();
    series.push(scenario.with_name("scenario".into()).into_column());
    series.push(text("proposal", &|row| Some(&row.proposal)));
    series.push(text("reading", &|row| (!row.reading.is_empty()).then_some(row.reading.as_str())));
    for (i, name) in columns.by.iter().enumerate() {
        series.push(text(name, &|row| Some(&row.by[i])));
    }
    series.push(text("outcome", &|row| Some(row.outcome.name())));
    series.push(number("mean", &|row| Some(row.mean.people())));
    series.push(number("sd", &|row| row.spread.sd));
    series.extend([("q05", 0), ("q50", 1), ("q95", 2)].map(|(name, i)| quantile(name, i)));
    series.push(number("share", &|row| row.share));
    series.push(number("against_wish", &|row| Some(row.against_wish.people())));
    let status: StringChunked =
        points.iter().map(|point| Some(if point.rows.is_ok() { "ok" } else { "error" })).collect();
    series.push(status.with_name("status".into()).into_column());
    let message: StringChunked = points.iter().map(|point| point.rows.as_ref().err().cloned()).collect();
    series.push(message.with_name("message".into()).into_column());
    DataFrame::new(lines.len(), series)
}

/// The number of each line's point and its place on the axes.
fn point_columns(columns: &SweepColumns, points: &[&PointOutcomes]) -> Vec<Column> {
    let numbers: Int64Chunked = points.iter().map(|point| Some(point.point as i64)).collect();
    let mut series = vec![numbers.with_name("point".into()).into_column()];
    for (i, (name, kind)) in columns.axes.iter().enumerate() {
        let values = points.iter().map(|point| &point.axes[i]);
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
pub fn design_part(columns: &SweepColumns, points: &[PointOutcomes]) -> Result<Vec<u8>, String> {
    let points: Vec<&PointOutcomes> = points.iter().collect();
    let mut frame =
        DataFrame::new(points.len(), point_columns(columns, &points)).map_err(|error| error.to_string())?;
    parquet_bytes(&mut frame)
}

/// A sensitivity table as a part.
///
/// # Errors
///
/// If the table cannot be written.
pub fn sensitivity_part(by: &[String], rows: &[SensitivityRow]) -> Result<Vec<u8>, String> {
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

/// Rows of a Parquet row group, at least.
const ROW_GROUP: usize = 32_768;

/// A table written part by part, as Parquet and as CSV; memory stays that of one part.
pub struct TableFiles {
    files: [OutFile; 2],
    /// Parts that wait to make a row group: a file of very many groups is slow and large.
    waiting: Option<DataFrame>,
    parquet: ParquetBatches<File>,
    csv: CsvBatches<File>,
}

/// The means and standard deviations of a part's rows, in order, with their points.
#[derive(Debug, Default)]
pub struct PartFigures {
    /// For each row: its point, mean and standard deviation; absent for a point that failed.
    pub rows: Vec<(u64, Option<(f64, f64)>)>,
}

impl fmt::Debug for TableFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableFiles").field("files", &self.files).finish_non_exhaustive()
    }
}

impl TableFiles {
    /// Begins `stem.parquet` and `stem.csv` in a folder with the columns of a part.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or the part cannot be read.
    pub fn begin(folder: &Path, stem: &str, part: &[u8]) -> Result<TableFiles, String> {
        let reserve = |ending: &str| OutFile::reserve(&folder.join(format!("{stem}.{ending}")), true);
        let files = [reserve("parquet"), reserve("csv")];
        let [parquet_file, csv_file] = files.map(|file| file.map_err(|error| error.to_string()));
        let (parquet_file, csv_file) = (parquet_file?, csv_file?);
        let schema = read(part)?.schema().clone();
        let notes = vec![("repat".to_string(), "The prisoners are synthetic.".to_string())];
        let handle = parquet_file.handle().map_err(|error| error.to_string())?;
        let parquet = ParquetWriter::new(handle)
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(notes)))
            .batched(&schema)
            .map_err(|error| error.to_string())?;
        let handle = csv_file.handle().map_err(|error| error.to_string())?;
        let csv = CsvWriter::new(handle).batched(&schema).map_err(|error| error.to_string())?;
        Ok(TableFiles { files: [parquet_file, csv_file], waiting: None, parquet, csv })
    }

    /// Adds a part.
    ///
    /// # Errors
    ///
    /// If the part cannot be read or the table not be written.
    pub fn append(&mut self, part: &[u8]) -> Result<(), String> {
        let frame = read(part)?;
        self.csv.write_batch(&frame).map_err(|error| error.to_string())?;
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting.vstack(&frame).map_err(|error| error.to_string())?,
            None => frame,
        };
        let enough = waiting.height() >= ROW_GROUP;
        self.waiting = Some(waiting);
        if enough { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), String> {
        let Some(mut waiting) = self.waiting.take() else { return Ok(()) };
        waiting.rechunk_mut();
        self.parquet.write_batch(&waiting).map_err(|error| error.to_string())
    }

    /// Ends both files and gives them their names.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn keep(mut self) -> Result<(), String> {
        self.write_group()?;
        self.parquet.finish().map_err(|error| error.to_string())?;
        self.csv.finish().map_err(|error| error.to_string())?;
        drop((self.parquet, self.csv));
        self.files.into_iter().try_for_each(|file| file.keep().map_err(|error| error.to_string()))
    }
}

fn read(part: &[u8]) -> Result<DataFrame, String> {
    ParquetReader::new(Cursor::new(part)).finish().map_err(|error| error.to_string())
}

/// The means and standard deviations in a part of outcomes.
///
/// # Errors
///
/// If the part cannot be read.
pub fn figures(part: &[u8]) -> Result<PartFigures, String> {
    let columns = ["point", "mean", "sd"].map(String::from);
    let frame = ParquetReader::new(Cursor::new(part)).with_columns(Some(columns.to_vec())).finish();
    let frame = frame.map_err(|error| error.to_string())?;
    let number =
        |name: &str| -> PolarsResult<Vec<Option<f64>>> { Ok(frame.column(name)?.f64()?.iter().collect()) };
    let points =
        || -> PolarsResult<Vec<i64>> { Ok(frame.column("point")?.i64()?.into_no_null_iter().collect()) };
    let both = points().and_then(|points| Ok((points, number("mean")?, number("sd")?)));
    let (points, means, sds) = both.map_err(|error| error.to_string())?;
    let rows = points.into_iter().zip(means.into_iter().zip(sds));
    let rows = rows.map(|(point, (mean, sd))| (point as u64, mean.map(|mean| (mean, sd.unwrap_or(0.0)))));
    Ok(PartFigures { rows: rows.collect() })
}
