use std::path::{Path, PathBuf};

use super::{Identity, Shard};
use crate::table::digest;

/// A table that is made part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartTable {
    /// Outcomes by point.
    Outcomes,
    /// What single replicates counted.
    Replicates,
}

impl PartTable {
    /// The tables of a run, in the order in which a part's files are made.
    pub(super) fn of(identity: &Identity) -> &'static [PartTable] {
        match identity.keeps_replicates() {
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

const PARTS: &str = "parts";

/// The folder of a shard's part files.
pub(super) fn parts_folder(work: &Path) -> PathBuf {
    work.join(PARTS)
}

/// The file of a part of a table.
pub(super) fn part_path(work: &Path, table: PartTable, part: u64) -> PathBuf {
    work.join(PARTS).join(format!("{}-{part:06}.parquet", table.stem()))
}

/// The digest of all files of a part, one after the other; `None` if one cannot be read.
pub(super) fn part_digest(work: &Path, tables: &[PartTable], part: u64) -> Option<String> {
    let files = tables.iter().map(|table| std::fs::read(part_path(work, *table, part)).ok());
    files.collect::<Option<Vec<_>>>().map(|files| digest(&files.concat()))
}

/// Where a shard of a sweep works.
pub(super) fn work_folder(folder: &Path, shard: Shard) -> PathBuf {
    match shard {
        Shard::WHOLE => folder.into(),
        Shard { index, count } => folder.join(format!("shard-{index}-of-{count}")),
    }
}

/// All parts of a finished sweep: their files' names follow from their numbers.
#[derive(Debug, Clone)]
pub struct Parts {
    pub(super) folder: PathBuf,
    /// How many shards they lie in.
    pub(super) shards: u64,
    /// How many there are.
    pub(super) parts: u64,
}

impl Parts {
    /// The files of a table, in order.
    pub(super) fn files(&self, table: PartTable) -> impl Iterator<Item = PathBuf> + '_ {
        (0..self.parts).map(move |part| {
            let shard = Shard { index: part % self.shards + 1, count: self.shards };
            part_path(&work_folder(&self.folder, shard), table, part)
        })
    }
}
