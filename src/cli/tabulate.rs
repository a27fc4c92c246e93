//! `repat tabulate`: a slice of a sweep's table.

use std::path::PathBuf;

use clap::Args;

use super::headings::{ARGUMENTS, ASKED};
use super::output::OutputArgs;
use crate::domain::Error;
use crate::sweep;
use crate::table::Slice;

#[derive(Debug, Args)]
#[command(next_help_heading = ASKED, after_help = "Example:\n\
    \x20 repat tabulate march --table sensitivity --where outcome=repatriated")]
pub(super) struct TabulateArgs {
    /// The folder of a finished sweep
    #[arg(help_heading = ARGUMENTS)]
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

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn tabulate(args: &TabulateArgs) -> Result<Vec<u8>, Error> {
    let output = args.output.prepare()?;
    output.deliver(&sweep::tabulate(&args.folder, &args.table, &args.slice())?)
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
