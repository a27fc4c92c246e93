use polars::prelude::*;

use super::carrier::Carrier;
use super::cells::Cells;
use super::classify::{Classifier, IMPUTED, Judged};
use super::damage;
use super::file::{Batch, ReadAhead, RosterFile, Rows, Wanted};
use crate::table::{AtomicFile, FileLayout, Format, TableStream};

/// A copy of a roster to which what each proposal does with its people is added.
#[derive(Debug)]
pub struct Copy(Way);

#[derive(Debug)]
enum Way {
    /// Row by row.
    Tables(TableStream),
    /// From Parquet to Parquet, column by column as they are.
    Groups(Box<Carrier>),
}

impl Copy {
    /// Begins a copy in this format.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn begin(
        roster: &RosterFile,
        classifier: &Classifier<'_>,
        file: AtomicFile,
        format: Format,
        layout: &FileLayout<'_>,
    ) -> Result<Copy, String> {
        let outcomes = classifier.outcome_columns();
        let imputed = classifier.imputes().then_some(IMPUTED);
        if let Some(groups) = roster.row_groups().filter(|_| format == Format::Parquet) {
            let carrier = Carrier::begin(groups, file, outcomes, imputed, layout.notes);
            return carrier.map(|carrier| Copy(Way::Groups(Box::new(carrier))));
        }
        let mut schema = roster.schema();
        let added = outcomes.iter().map(|column| column.field());
        schema.extend(added.chain(imputed.map(|name| Field::new(name.into(), DataType::String))));
        TableStream::begin(file, format, &schema, layout).map(|file| Copy(Way::Tables(file)))
    }

    /// Reads the roster in the way in which it is to be copied.
    pub fn read(&self, roster: RosterFile, classifier: &Classifier<'_>) -> ReadAhead {
        roster.read_ahead(match &self.0 {
            Way::Tables(_) => Wanted::Tables,
            Way::Groups(_) => Wanted::Groups(classifier.mapping().clone()),
        })
    }

    /// Judges the people of a batch and writes it.
    ///
    /// # Errors
    ///
    /// If the batch cannot be read, or the copy not be written.
    pub fn append(
        &mut self,
        batch: Batch,
        classifier: &mut Classifier<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<(), String> {
        match (&mut self.0, batch.rows) {
            (Way::Tables(file), Rows::Table(table)) => {
                let table = judged(table, classifier, pool).map_err(|error| error.to_string())?;
                file.append(&table)
            }
            (Way::Groups(carrier), Rows::Group(group, looked)) => {
                let judge = || {
                    let judged = classifier.judge(looked, |proposal, rows| carrier.outcomes(proposal, rows));
                    carrier.append(group, judged)
                };
                let appended = damage::read(|| pool.install(judge));
                appended.map_err(|why| why.unwrap_or_else(|| "a column of the roster is damaged".into()))
            }
            _ => Err("the roster was read in another way than the copy is written".into()),
        }
    }

    /// Ends the copy; it has its name once it is [kept](AtomicFile::keep). Also gives the SHA-256 of its
    /// bytes, as `sha256sum` prints it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(self) -> Result<(AtomicFile, String), String> {
        match self.0 {
            Way::Tables(file) => file.finish(),
            Way::Groups(carrier) => carrier.finish(),
        }
    }
}

/// A table with what becomes of its rows. Polars has threads of its own, and is not called in the pool.
fn judged(
    mut table: DataFrame,
    classifier: &mut Classifier<'_>,
    pool: &rayon::ThreadPool,
) -> PolarsResult<DataFrame> {
    let columns = classifier.mapping().columns();
    let cells = columns.map(|name| name.map(|name| Cells::of_column(table.column(name)?)).transpose());
    let cells = cells.collect::<PolarsResult<Vec<_>>>()?;
    let looked = classifier.mapping().look(classifier.rows(), table.height(), &cells);
    let columns = classifier.outcome_columns().to_vec();
    let column = |o: usize, rows: Vec<u8>| columns[o].column(rows.into_iter().map(u16::from));
    let Judged { outcomes, imputed } = pool.install(|| classifier.judge(looked, column));
    let added: Vec<Column> = outcomes.into_iter().chain(imputed.map(|texts| texts.into_column())).collect();
    table.hstack_mut(&added)?;
    Ok(table)
}
