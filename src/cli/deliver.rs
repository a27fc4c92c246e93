use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use serde_json::{Map, Value};

use super::args::Delivery;
use super::failure::Failure;
use super::say;
use crate::domain::{Problem, SourceFile};
use crate::table::{About, AtomicFile, Format, Manifest, digest, digests};

/// A table as bytes, and how it came about.
pub(super) struct Made<'a> {
    pub(super) bytes: Vec<u8>,
    pub(super) format: Format,
    pub(super) about: About<'a>,
    pub(super) inputs: &'a [Arc<SourceFile>],
    pub(super) since: Instant,
}

impl Delivery {
    /// The format asked for, by name or by the file's ending.
    pub(super) fn format(&self) -> Result<Format, Failure> {
        let asked = self.format.map(|format| format.format());
        let Some(path) = &self.out else { return Ok(asked.unwrap_or(Format::Table)) };
        let Some(of_path) = Format::of_path(path) else {
            return Err(Failure::input(no_format(path)));
        };
        if cfg!(not(feature = "polars")) && of_path == Format::Parquet {
            let what = "this build of repat has no Parquet";
            return Err(Failure::input(
                Problem::new(what).help("build it with the feature `polars`, or use .csv"),
            ));
        }
        match asked {
            Some(asked) if asked != of_path => {
                let what = format!("--format and --out {} ask for different formats", path.display());
                Err(Failure::input(Problem::new(what).help("leave --format out: the ending decides")))
            }
            _ => Ok(of_path),
        }
    }

    /// Makes sure, before any work, that the file asked for can be written.
    pub(super) fn reserve(&self) -> Result<Option<Files>, Failure> {
        self.out.as_ref().map(|path| Files::reserve(path, self.force)).transpose()
    }
}

/// Says that a table was written.
pub(super) fn wrote(path: &Path, who: &str) {
    let shown = path.display();
    say(&format!("wrote {shown} and {shown}.manifest.json; {who}\n"));
}

fn no_format(path: &Path) -> Problem {
    let what = format!("--out {}: the ending does not name a format", path.display());
    let endings: Vec<&str> = Format::IN_FILES.iter().filter_map(|format| format.ending()).collect();
    let (last, others) = endings.split_last().map_or(("", &[][..]), |(last, others)| (*last, others));
    Problem::new(what).help(format!("end the name in {} or {last}", others.join(", ")))
}

/// The table's file and its manifest's, reserved before any work.
pub(super) struct Files {
    pub(super) path: PathBuf,
    pub(super) table: AtomicFile,
    pub(super) manifest: AtomicFile,
}

/// Writes the files, or hands back what is to be printed.
pub(super) fn deliver(made: Made<'_>, files: Option<Files>) -> Result<Vec<u8>, Failure> {
    let Some(files) = files else {
        if !matches!(made.format, Format::Table | Format::Markdown | Format::Json) {
            made.about.notes.iter().for_each(|note| say(&format!("{note}\n")));
        }
        return Ok(made.bytes);
    };
    files.write(made)?;
    Ok(Vec::new())
}

impl Files {
    /// Makes sure, before any work, that a table and its manifest can be written.
    pub(super) fn reserve(path: &Path, force: bool) -> Result<Files, Failure> {
        let mut name = path.as_os_str().to_owned();
        name.push(".manifest.json");
        let table = AtomicFile::reserve(path, force)?;
        let manifest = AtomicFile::reserve(Path::new(&name), force)?;
        Ok(Files { path: path.into(), table, manifest })
    }

    /// Writes the manifest and then the table, so that no table is ever without one.
    fn write(self, made: Made<'_>) -> Result<(), Failure> {
        let digest = digest(&made.bytes);
        let described = describe(&self.path, digest, made.about.facts(), digests(made.inputs), made.since)?;
        self.manifest.write(&described)?;
        self.table.write(&made.bytes)?;
        wrote(&self.path, "the prisoners in it are synthetic");
        Ok(())
    }
}

/// The manifest of a table with this digest.
pub(super) fn describe(
    path: &Path,
    digest: String,
    facts: Map<String, Value>,
    inputs: Vec<(String, String)>,
    since: Instant,
) -> Result<Vec<u8>, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let manifest = Manifest {
        facts,
        inputs,
        command: std::env::args().collect(),
        file: (name, digest),
        wall_time: since.elapsed(),
    };
    manifest.json().map_err(Failure::Run)
}
