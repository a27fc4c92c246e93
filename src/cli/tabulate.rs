//! `repat tabulate`: a slice of a sweep's table.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::PossibleValue};

use super::print::tell;
use crate::domain::Error;
use crate::table::{Slice, SliceFormat};

#[derive(Debug, Args)]
pub(super) struct TabulateArgs {
    /// The folder of a finished sweep
    folder: PathBuf,

    /// The table: outcomes, sensitivity, design or replicates
    #[arg(long, value_name = "TABLE", default_value = "outcomes", value_parser = ["outcomes", "sensitivity", "design", "replicates"])]
    table: String,

    /// A column whose values name the rows; repeatable. Default: proposal, for sensitivity axis
    #[arg(long, value_name = "COLUMN")]
    rows: Vec<String>,

    /// A column whose values name the columns; repeatable. Default: outcome, for sensitivity measure
    #[arg(long, value_name = "COLUMN")]
    columns: Vec<String>,

    /// The column with the numbers. Default: mean, for sensitivity value, for replicates people
    #[arg(long, value_name = "COLUMN")]
    measure: Option<String>,

    /// Only rows in which a column has this value; repeatable. Numbers compare as numbers
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = column_value)]
    only: Vec<(String, String)>,

    /// Average rows that fall into one cell, which are refused otherwise
    #[arg(long)]
    mean: bool,

    /// Format of the table
    #[arg(long, value_enum, default_value_t = SliceFormat::Table)]
    format: SliceFormat,
}

/// Prints a slice.
pub(super) fn tabulate(args: &TabulateArgs) -> Result<Vec<u8>, Error> {
    let path = args.folder.join(format!("{}.parquet", args.table));
    let tabulated = crate::table::tabulate(&path, &args.slice(), args.format)?;
    tabulated.note.iter().for_each(|note| tell(&format!("{note}\n")));
    Ok(tabulated.text.into_bytes())
}

impl TabulateArgs {
    fn slice(&self) -> Slice {
        let (rows, columns, measure) = match self.table.as_str() {
            "sensitivity" => ("axis", "measure", "value"),
            "replicates" => ("proposal", "outcome", "people"),
            _ => ("proposal", "outcome", "mean"),
        };
        let or = |given: &[String], default: &str| match given {
            [] => vec![default.to_string()],
            given => given.to_vec(),
        };
        Slice {
            rows: or(&self.rows, rows),
            columns: or(&self.columns, columns),
            measure: self.measure.clone().unwrap_or_else(|| measure.into()),
            only: self.only.clone(),
            mean: self.mean,
        }
    }
}

fn column_value(text: &str) -> Result<(String, String), &'static str> {
    let (column, value) = text.split_once('=').ok_or("write COLUMN=VALUE, as in outcome=released")?;
    Ok((column.into(), value.into()))
}

impl ValueEnum for SliceFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[SliceFormat::Table, SliceFormat::Markdown, SliceFormat::Latex, SliceFormat::Csv]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            SliceFormat::Table => PossibleValue::new("table").help("Aligned for the terminal"),
            SliceFormat::Markdown => PossibleValue::new("markdown").help("A Markdown table"),
            SliceFormat::Latex => PossibleValue::new("latex").help("A LaTeX table for the package booktabs"),
            SliceFormat::Csv => PossibleValue::new("csv").help("Comma-separated values"),
        })
    }
}
