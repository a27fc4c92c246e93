//! The lane by page: Parquet to Parquet. Only columns that hold levels are decoded; all columns are copied
//! as the pages they are.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use super::classifier::Classifier;
use super::columns::{LevelColumns, Resolved};
use super::lane::{Batch, Lane, OpenRoster, Work, bytes_of_rows, for_each_ahead, repeated_column};
use super::page_copier::PageCopier;
use super::report::Numbering;
use super::resolve::RowNumbers;
use super::row_groups::{RowGroup, RowGroups};
use crate::domain::{Error, Problem};
use crate::simulate::Progress;
use crate::table::{WrittenFile, copy_guarded, read_column_guarded, read_guarded};

/// A Parquet file that is copied row group by row group.
struct ByPage {
    path: PathBuf,
    file: File,
    groups: RowGroups,
}

/// A row group, still encoded, and what its rows say.
struct ResolvedGroup {
    group: RowGroup,
    resolved: Resolved,
}

/// Opens a Parquet file that is to be copied to Parquet.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn open_parquet(path: &Path, mut file: File) -> Result<OpenRoster, Error> {
    let groups = read_guarded(path, || RowGroups::open(&mut file))?;
    let (columns, notes) = (groups.columns(), groups.notes());
    let nested = groups.nested().map(|column| {
        let what = format!("{}: column `{column}` holds lists or structures", path.display());
        Problem::new(what).help("leave the column out: only plain values can be copied")
    });
    let problems = repeated_column(path, &columns).into_iter().chain(nested).collect();
    let lane = Box::new(ByPage { path: path.into(), file, groups });
    Ok(OpenRoster { columns, notes, numbering: Numbering::Rows, problems, lane })
}

impl Lane for ByPage {
    fn copy(self: Box<Self>, work: Work<'_>, classifier: &mut Classifier<'_>) -> Result<WrittenFile, Error> {
        let ByPage { path, file, groups } = *self;
        let (outcomes, imputed) = (classifier.outcome_columns(), classifier.imputed_column());
        let begin = || PageCopier::begin(&groups, work.output, outcomes, imputed, work.notes);
        let mut copier = copy_guarded(&path, begin)?;
        let resolved = resolved_groups(&path, file, &groups, work.columns);
        for_each_ahead(resolved, work.progress, |ResolvedGroup { group, resolved }| {
            let rows = group.rows;
            let judged =
                classifier.classify(resolved, |proposal, rows| copier.encode_outcomes(proposal, rows));
            let pages = read_guarded(&path, || groups.pages(group))?;
            copy_guarded(&path, || copier.append(rows, pages, judged))
        })?;
        copier.finish()
    }

    fn resolve(
        self: Box<Self>,
        columns: &LevelColumns,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Resolved),
    ) -> Result<(), Error> {
        let ByPage { path, file, groups } = *self;
        for_each_ahead(resolved_groups(&path, file, &groups, columns), progress, |group| {
            each(group.resolved);
            Ok(())
        })
    }
}

/// Reads every row group and resolves its rows.
fn resolved_groups<'a>(
    path: &'a Path,
    mut file: File,
    groups: &'a RowGroups,
    columns: &'a LevelColumns,
) -> impl Iterator<Item = Result<Batch<ResolvedGroup>, Error>> + Send + 'a {
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let mut before = 0;
    (0..groups.len()).map(move |number| {
        let group = read_guarded(path, || groups.read(&mut file, number))?;
        let numbers = RowNumbers::From(before as u64 + 1);
        let cells = |name: &str| read_column_guarded(path, name, || groups.cells(&group, name));
        let resolved = columns.resolve(group.rows, &numbers, cells)?;
        before += group.rows;
        let read = bytes_of_rows(bytes, before, groups.rows());
        Ok(Batch { rows: ResolvedGroup { group, resolved }, read })
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    #[test]
    fn columns_of_lists_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.parquet");
        let names = Series::new("names".into(), ["Kim", "Lee"]);
        let lists = Column::new("aliases".into(), [names.clone(), names]);
        let mut frame = DataFrame::new(2, vec![lists]).unwrap();
        ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
        let open = open_parquet(&path, File::open(&path).unwrap()).unwrap();
        let refused = open.problems[0].to_string();
        assert!(refused.contains("column `aliases` holds lists or structures"), "{refused}");
    }

    #[test]
    fn a_file_that_is_not_parquet_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.parquet");
        std::fs::write(&path, "residence\nnorth\n").unwrap();
        let error = open_parquet(&path, File::open(&path).unwrap()).err().unwrap().to_string();
        assert!(error.contains("is not a readable Parquet file"), "{error}");
    }
}
