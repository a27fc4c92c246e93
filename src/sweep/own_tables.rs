//! Which files in a sweep's folder are its tables: those that a manifest there names, with their digests. Nothing
//! else is ever overwritten or removed.
//!
//! Tables appear in this order: all are written as drafts, the manifest that names them is written under the name
//! [`PENDING`], an older manifest is removed, the drafts get their names, and at last the manifest gets its own.
//! Whenever the process is killed, each table is named by one of the two manifests, and a folder with `manifest.json`
//! has the tables that it names.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::RunIdentity;
use crate::domain::{Error, Problem};
use crate::table::{AtomicFile, WrittenFile, digest_of_file, read_regular_file, remove_file, sync_folder};

/// The manifest of finished tables.
const MANIFEST: &str = "manifest.json";
/// The manifest of tables that are about to get their names.
const PENDING: &str = ".repat-manifest.json";

/// The files that tables may have.
const FILES: [&str; 8] = [
    "outcomes.parquet",
    "outcomes.csv",
    "design.parquet",
    "design.csv",
    "replicates.parquet",
    "replicates.csv",
    "sensitivity.parquet",
    "sensitivity.csv",
];

/// What is read of a manifest.
#[derive(Debug, Deserialize)]
struct Named {
    program: String,
    run: String,
    files_sha256: BTreeMap<String, String>,
}

/// The manifest of a folder's finished tables, if there is one and it is a sweep's.
fn read_manifest(folder: &Path, name: &str) -> Option<Named> {
    let text = read_regular_file(&folder.join(name)).ok()?;
    serde_json::from_slice::<Named>(&text).ok().filter(|named| named.program == "repat")
}

/// The tables in a folder that are provably a sweep's.
#[derive(Debug)]
pub(super) struct OwnTables {
    folder: PathBuf,
    files: Vec<String>,
    /// The runs that they are of, as [digests](RunIdentity::digest).
    runs: Vec<String>,
}

impl OwnTables {
    /// Finds the tables of sweeps in a folder.
    ///
    /// # Errors
    ///
    /// If a file has the name of a table and no manifest names it: every such file.
    pub(super) fn find(folder: &Path) -> Result<OwnTables, Error> {
        let manifests: Vec<Named> =
            [MANIFEST, PENDING].iter().filter_map(|name| read_manifest(folder, name)).collect();
        let (mut files, mut foreign) = (Vec::new(), Vec::new());
        for name in FILES.iter().filter(|name| folder.join(name).symlink_metadata().is_ok()) {
            let digest = digest_of_file(&folder.join(name)).ok();
            let is_named =
                |named: &Named| named.files_sha256.get(*name) == digest.as_ref() && digest.is_some();
            if manifests.iter().any(is_named) { files.push(name.to_string()) } else { foreign.push(*name) }
        }
        if folder.join(MANIFEST).symlink_metadata().is_ok() && read_manifest(folder, MANIFEST).is_none() {
            foreign.push(MANIFEST);
        }
        let refuse = |name: &&str| {
            let what =
                format!("{}: is there, and is not a table that repat wrote", folder.join(name).display());
            Problem::new(what).help("move it somewhere else, or choose another folder")
        };
        let problems: Vec<Problem> = foreign.iter().map(refuse).collect();
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let runs = manifests.into_iter().map(|named| named.run).collect();
        Ok(OwnTables { folder: folder.into(), files, runs })
    }

    /// Refuses tables of another run.
    ///
    /// # Errors
    ///
    /// If there are any.
    pub(super) fn refuse_other_runs(&self, run: &RunIdentity) -> Result<(), Error> {
        if self.files.is_empty() || self.runs.contains(&run.digest()) {
            return Ok(());
        }
        let problem = Problem::new(format!("{}: has the tables of another run", self.folder.display()));
        Err(problem.help_option("force", "replaces them").into())
    }

    /// Removes the tables and their manifest.
    ///
    /// # Errors
    ///
    /// If one cannot be removed.
    pub(super) fn remove(self) -> Result<(), Error> {
        self.files
            .iter()
            .map(String::as_str)
            .chain([MANIFEST, PENDING])
            .try_for_each(|name| self.remove_one(name))
    }

    fn remove_one(&self, name: &str) -> Result<(), Error> {
        remove_file(&self.folder.join(name))
    }

    /// Gives new tables their names, in place of these, with their manifest.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(super) fn replace(self, tables: Vec<WrittenFile>, manifest: &[u8]) -> Result<(), Error> {
        let pending = self.folder.join(PENDING);
        AtomicFile::reserve(&pending, true)?.write(manifest)?;
        self.remove_one(MANIFEST)?;
        let names: Vec<String> = tables.iter().map(WrittenFile::name).collect();
        tables.into_iter().try_for_each(|table| table.file.keep())?;
        let old = self.files.iter().filter(|file| !names.contains(file));
        old.map(String::as_str).try_for_each(|file| self.remove_one(file))?;
        let path = self.folder.join(MANIFEST);
        std::fs::rename(&pending, &path).map_err(|error| Error::writing(&path, error))?;
        sync_folder(&self.folder);
        Ok(())
    }
}

/// The digest that the manifest of a folder gives for one of its tables.
///
/// # Errors
///
/// If the folder has no manifest, or the table is not the one that it names.
pub(super) fn verified_digest(folder: &Path, table: &str) -> Result<String, Error> {
    let path = folder.join(table);
    let problem = |what: &str| Problem::new(format!("{}: {what}", path.display()));
    let Some(named) = read_manifest(folder, MANIFEST) else {
        let problem = problem("belongs to no finished sweep: there is no manifest.json beside it");
        return Err(problem.help_option("resume", "finishes a sweep that was interrupted").into());
    };
    let digest = digest_of_file(&path)?;
    if named.files_sha256.get(table) != Some(&digest) {
        let problem = problem("is not the table that manifest.json names");
        return Err(problem.help("run the sweep again into another folder").into());
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Shard;
    use crate::sweep::identity::tests::identity;
    use crate::table::digest;

    /// A folder with a table and a manifest that names it.
    fn folder_with_tables() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("design.csv"), "point\n0\n").unwrap();
        let manifest = serde_json::json!({
            "program": "repat",
            "run": identity(Shard::ONLY).digest(),
            "files_sha256": { "design.csv": digest(b"point\n0\n") },
        });
        std::fs::write(folder.path().join(MANIFEST), manifest.to_string()).unwrap();
        folder
    }

    #[test]
    fn files_that_no_manifest_names_are_refused_and_kept() {
        let folder = folder_with_tables();
        std::fs::write(folder.path().join("outcomes.csv"), "mine").unwrap();
        let error = OwnTables::find(folder.path()).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("outcomes.csv"), "{error}");
        let foreign = tempfile::tempdir().unwrap();
        std::fs::write(foreign.path().join(MANIFEST), "mine").unwrap();
        assert!(OwnTables::find(foreign.path()).unwrap_err().to_string().contains(MANIFEST));
    }

    #[test]
    fn a_table_that_was_changed_is_no_longer_the_sweeps() {
        let folder = folder_with_tables();
        assert!(verified_digest(folder.path(), "design.csv").is_ok());
        std::fs::write(folder.path().join("design.csv"), "point\n1\n").unwrap();
        assert!(OwnTables::find(folder.path()).unwrap_err().to_string().contains("design.csv"));
        let error = verified_digest(folder.path(), "design.csv").unwrap_err();
        assert!(error.to_string().contains("is not the table"), "{error}");
    }

    #[test]
    fn tables_of_another_run_are_told_from_those_of_this_one() {
        let folder = folder_with_tables();
        let own = OwnTables::find(folder.path()).unwrap();
        let run = identity(Shard::new(2, 3).unwrap());
        assert!(own.refuse_other_runs(&run).is_ok());
        let error = own.refuse_other_runs(&RunIdentity { seed: 8, ..run }).unwrap_err();
        assert!(error.to_string().contains("force replaces them"), "{error}");
        own.remove().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
