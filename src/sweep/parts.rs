//! The files of a sweep's parts: where they lie and what they are called. Everything follows from the
//! numbers of part and shard.

use std::path::{Path, PathBuf};

use super::Shard;
use crate::table::digest;

/// A table that is made part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartTable {
    /// Outcomes by point.
    Outcomes,
    /// The counts of single replicates.
    Replicates,
}

impl PartTable {
    /// The tables of a run, in the order in which a part's files are made.
    pub(super) fn all(keeps_replicates: bool) -> &'static [PartTable] {
        match keeps_replicates {
            true => &[PartTable::Outcomes, PartTable::Replicates],
            false => &[PartTable::Outcomes],
        }
    }

    fn stem(self) -> &'static str {
        match self {
            PartTable::Outcomes => "part",
            PartTable::Replicates => "replicates",
        }
    }
}

/// The folder of a shard's part files.
pub(super) fn parts_folder(work: &Path) -> PathBuf {
    work.join("parts")
}

/// The file of a part of a table.
pub(super) fn part_path(work: &Path, table: PartTable, part: u64) -> PathBuf {
    parts_folder(work).join(format!("{}-{part:06}.parquet", table.stem()))
}

/// The digest of all files of a part, one after the other; `None` if one cannot be read.
pub(super) fn part_digest(work: &Path, tables: &[PartTable], part: u64) -> Option<String> {
    let files = tables.iter().map(|table| std::fs::read(part_path(work, *table, part)).ok());
    files.collect::<Option<Vec<_>>>().map(|files| digest(&files.concat()))
}

/// Where a shard of a sweep works.
pub(super) fn work_folder(folder: &Path, shard: Shard) -> PathBuf {
    shard.folder_name().map_or(folder.into(), |name| folder.join(name))
}

/// All parts of a finished sweep.
#[derive(Debug, Clone)]
pub struct Parts {
    pub(super) folder: PathBuf,
    /// Number of shards that they lie in.
    pub(super) shards: u64,
    /// Number of parts.
    pub(super) parts: u64,
}

impl Parts {
    /// The files of a table, in order.
    pub(super) fn files(&self, table: PartTable) -> impl Iterator<Item = PathBuf> + '_ {
        (0..self.parts).map(move |part| {
            let work = work_folder(&self.folder, Shard::doing(part, self.shards));
            part_path(&work, table, part)
        })
    }
}
