use super::failure::Failure;
use super::sweep_args::{SliceFormatName, TabulateArgs};
use crate::domain::Problem;
use crate::table::{Slice, SliceFormat, tabulate};

/// `repat tabulate`: a slice of a sweep's table.
pub(super) fn run(args: &TabulateArgs) -> Result<Vec<u8>, Failure> {
    let path = args.folder.join(format!("{}.parquet", args.table));
    if !path.is_file() {
        let what = format!("{}: there is no such table", path.display());
        return Err(Failure::input(
            Problem::new(what).help("name the folder of a finished sweep; see --table"),
        ));
    }
    let sensitivity = args.table == "sensitivity";
    let default = |given: &[String], name: &str| match given {
        [] => vec![name.to_string()],
        given => given.to_vec(),
    };
    let measure = match args.table.as_str() {
        "sensitivity" => "value",
        "replicates" => "people",
        _ => "mean",
    };
    let slice = Slice {
        rows: default(&args.rows, if sensitivity { "axis" } else { "proposal" }),
        columns: default(&args.columns, if sensitivity { "measure" } else { "outcome" }),
        measure: args.measure.clone().unwrap_or_else(|| measure.into()),
        only: args.only.clone(),
    };
    let format = match args.format {
        SliceFormatName::Table => SliceFormat::Table,
        SliceFormatName::Markdown => SliceFormat::Markdown,
        SliceFormatName::Latex => SliceFormat::Latex,
        SliceFormatName::Csv => SliceFormat::Csv,
    };
    let text = tabulate(&path, &slice, format).map_err(|why| Failure::input(Problem::new(why)))?;
    Ok(text.into_bytes())
}
