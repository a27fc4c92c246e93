use polars::prelude::*;

use super::records;
use crate::domain::{OutcomeRow, OutcomeTable};

/// Parquet, with the notes in the file's own metadata.
pub(super) fn parquet(table: &OutcomeTable) -> Result<Vec<u8>, String> {
    write(table).map_err(|error| error.to_string())
}

fn write(table: &OutcomeTable) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let notes = vec![("repat".to_string(), table.notes().join("\n"))];
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(notes)))
        .finish(&mut frame(table)?)?;
    Ok(bytes)
}

fn frame(table: &OutcomeTable) -> PolarsResult<DataFrame> {
    let rows = &table.rows;
    let text = |of: &dyn Fn(&OutcomeRow) -> Option<String>| -> Series { rows.iter().map(of).collect() };
    let number = |of: &dyn Fn(&OutcomeRow) -> Option<f64>| -> Series { rows.iter().map(of).collect() };
    let quantile =
        |i: usize| -> Series { rows.iter().map(|row| row.spread.quantiles.map(|q| q[i] as i64)).collect() };
    let mut columns = vec![
        text(&|_| Some(table.scenario.clone())),
        text(&|row| Some(row.proposal.clone())),
        text(&|row| (!row.reading.is_empty()).then(|| row.reading.clone())),
    ];
    columns.extend((0..table.by.len()).map(|i| text(&|row| Some(row.by[i].clone()))));
    columns.extend([
        text(&|row| Some(row.outcome.to_string())),
        number(&|row| Some(row.mean.people())),
        number(&|row| row.spread.sd),
        quantile(0),
        quantile(1),
        quantile(2),
        number(&|row| row.share),
        number(&|row| Some(row.against_wish.people())),
    ]);
    let named = records::columns(table).into_iter().zip(columns);
    let columns = named.map(|(name, series)| series.with_name(name.into()).into_column());
    DataFrame::new(rows.len(), columns.collect())
}
