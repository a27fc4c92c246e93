use std::{
    cell::RefCell,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use include_dir::{Dir, include_dir};

use super::fields::Problems;
use crate::domain::{Problem, SourceFile};

/// The shipped settings, inside the program.
static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// No setting, scenario or proposal comes near this size; reading on would only waste memory.
const MAX_BYTES: u64 = 4 << 20;

/// A folder with a setting: inside the program or on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shelf {
    /// The shipped setting of this name.
    Embedded(String),
    /// A folder on disk.
    Folder(PathBuf),
}

impl Shelf {
    /// The names of the shipped settings.
    pub(super) fn embedded_names() -> Vec<String> {
        let mut names: Vec<String> =
            EMBEDDED.dirs().map(|dir| dir.path().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The setting's short name: the folder's.
    pub(super) fn name(&self) -> String {
        match self {
            Shelf::Embedded(name) => name.clone(),
            Shelf::Folder(path) => {
                // The folder of a bare file name is the one we are in.
                let folder = if path == Path::new("") { Path::new(".") } else { path };
                let full = std::fs::canonicalize(folder).unwrap_or_else(|_| path.clone());
                full.file_name().map_or("setting".into(), |name| name.to_string_lossy().into_owned())
            }
        }
    }

    /// Whether the folder has this file.
    pub(super) fn has(&self, relative: &str) -> bool {
        match self {
            Shelf::Embedded(name) => EMBEDDED.get_file(format!("{name}/{relative}")).is_some(),
            Shelf::Folder(path) => path.join(relative).is_file(),
        }
    }

    /// The stems of the TOML files in a folder below, in order. `below` may be empty.
    pub(super) fn stems(&self, below: &str) -> Vec<String> {
        let files: Vec<PathBuf> = match self {
            Shelf::Embedded(name) => {
                let path = if below.is_empty() { name.clone() } else { format!("{name}/{below}") };
                let files = EMBEDDED.get_dir(path).into_iter().flat_map(Dir::files);
                files.map(|file| file.path().to_path_buf()).collect()
            }
            Shelf::Folder(path) => {
                let entries = std::fs::read_dir(path.join(below)).into_iter().flatten().flatten();
                entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
            }
        };
        let toml = files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml"));
        let mut stems: Vec<String> =
            toml.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
        stems.sort();
        stems
    }

    /// The stems of its scenarios.
    pub(super) fn scenarios(&self) -> Vec<String> {
        let mut stems = self.stems("");
        stems.retain(|stem| stem != "setting" && stem != "sources");
        stems
    }

    /// The name of a file in it, for people and for reading.
    pub(super) fn file(&self, relative: &str) -> FileName {
        match self {
            Shelf::Embedded(name) => FileName::Embedded(format!("{name}/{relative}")),
            Shelf::Folder(path) => FileName::OnDisk(path.join(relative)),
        }
    }
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileName {
    Embedded(String),
    OnDisk(PathBuf),
}

/// Reads files, each once, and remembers them for the manifest.
#[derive(Debug, Default)]
pub(super) struct Reader(RefCell<Vec<Arc<SourceFile>>>);

impl Reader {
    /// The file's text, or a problem that says why not.
    pub(super) fn read(&self, name: &FileName, problems: &Problems) -> Option<Arc<SourceFile>> {
        let label = match name {
            FileName::Embedded(path) => path.clone(),
            FileName::OnDisk(path) => path.display().to_string(),
        };
        if let Some(file) = self.0.borrow().iter().find(|file| file.name == label) {
            return Some(file.clone());
        }
        let text = match name {
            FileName::Embedded(path) => embedded_text(path),
            FileName::OnDisk(path) => text_on_disk(path),
        };
        match text {
            Ok(text) => {
                let file = Arc::new(SourceFile { name: label, text });
                self.0.borrow_mut().push(file.clone());
                Some(file)
            }
            Err(problem) => {
                problems.add(problem);
                None
            }
        }
    }

    /// Everything read so far.
    pub(super) fn into_files(self) -> Vec<Arc<SourceFile>> {
        self.0.into_inner()
    }
}

fn embedded_text(path: &str) -> Result<String, Problem> {
    let file = EMBEDDED.get_file(path).and_then(|file| file.contents_utf8());
    file.map(String::from).ok_or_else(|| {
        Problem::new(format!("there is no built-in file {path}"))
            .help("`repat list` shows what there is; a path to your own file ends in .toml")
    })
}

fn text_on_disk(path: &Path) -> Result<String, Problem> {
    let shown = path.display();
    let problem = |why: String, help: &str| Problem::new(format!("{shown}: {why}")).help(help);
    let metadata = std::fs::metadata(path)
        .map_err(|error| problem(format!("cannot be read: {error}"), "check the path"))?;
    if metadata.is_dir() {
        return Err(problem("is a folder, not a file".into(), "name a .toml file in it"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| problem(format!("cannot be read: {error}"), "check its permissions"))?;
    if bytes.len() as u64 > MAX_BYTES {
        let why = format!("is larger than {} MiB", MAX_BYTES >> 20);
        return Err(problem(why, "settings, scenarios and proposals are small TOML files; is it data?"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line =
            1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        problem(format!("line {line} is not valid UTF-8"), "save the file as UTF-8")
    })
}
