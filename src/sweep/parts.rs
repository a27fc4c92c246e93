//! The files of a sweep's parts: where they lie, what they are called, and whether they are what was written.
//! Names follow from the numbers of part and shard.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::Shard;
use crate::domain::{Error, Problem};
use crate::table::{digest, read_regular_file};

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

/// A part's file and what it holds.
#[derive(Debug)]
pub(super) struct PartFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The folder of a shard's part files.
pub(super) fn parts_folder(work: &Path) -> PathBuf {
    work.join("parts")
}

/// The file of a part of a table.
pub(super) fn part_path(work: &Path, table: PartTable, part: u64) -> PathBuf {
    parts_folder(work).join(format!("{}-{part:06}.parquet", table.stem()))
}

/// Whether a file in the folder of parts has the name of one.
pub(super) fn is_part_file(name: &str) -> bool {
    let number =
        PartTable::all(true).iter().find_map(|table| name.strip_prefix(table.stem())?.strip_prefix('-'));
    let number = number.and_then(|rest| rest.strip_suffix(".parquet"));
    number.is_some_and(|number| number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The digests of a part's files; `None` if one cannot be read.
pub(super) fn part_digests(work: &Path, tables: &[PartTable], part: u64) -> Option<Vec<String>> {
    let files = tables.iter().map(|table| read_regular_file(&part_path(work, *table, part)).ok());
    files.map(|file| file.map(|bytes| digest(&bytes))).collect()
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
    /// The digests of each part's files, by number.
    pub(super) digests: BTreeMap<u64, Vec<String>>,
}

impl Parts {
    /// The files of a table, in order: the path and the bytes of each. A file that is no longer what was written
    /// is an error.
    pub(super) fn files(&self, table: PartTable) -> impl Iterator<Item = Result<PartFile, Error>> + '_ {
        self.digests.iter().map(move |(part, digests)| {
            let work = work_folder(&self.folder, Shard::doing(*part, self.shards));
            let path = part_path(&work, table, *part);
            let bytes = read_regular_file(&path)?;
            if digests.get(table as usize) != Some(&digest(&bytes)) {
                let problem = Problem::new(format!("{}: is not what was written", path.display()));
                return Err(problem.help_option("resume", "does this part again").into());
            }
            Ok(PartFile { path, bytes })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_the_name_of_a_part_are_parts() {
        let path = part_path(Path::new(""), PartTable::Replicates, 1_234_567);
        assert!(is_part_file(path.file_name().unwrap().to_str().unwrap()));
        assert!(is_part_file("part-000000.parquet"));
        for other in ["ch1.txt", "part-1.parquet", "part-000000.csv", "part-00000a.parquet", "parts"] {
            assert!(!is_part_file(other), "{other}");
        }
    }
}
