//! Where the text of a file comes from: the program itself, memory, or the disk. Each file is read once and
//! remembered, so that a manifest can name everything that a result rests on.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use include_dir::{Dir, include_dir};

use super::problems::Problems;
use crate::domain::{Error, Place, Problem, SourceFile};

/// The settings inside the program.
static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// No setting, scenario or proposal comes near this size; reading on would only waste memory.
const MAX_BYTES: u64 = 4 << 20;

/// Files given by name and text. Each is read in place of a file on disk of the same name, so a setting, a
/// scenario, a proposal or a sweep need not exist on disk at all.
///
/// Names are paths. They are compared by their parts: `a/../b.toml` is `b.toml`. A setting whose files have
/// no folder in their names is called `setting`.
///
/// ```
/// use repat::input::{InMemoryFiles, Request, load};
///
/// let mut in_memory = InMemoryFiles::default();
/// in_memory.insert("mine.toml", "base = \"korea/1952-07-03\"\ntitle = \"Mine\"");
/// let request = Request { scenario: "mine.toml".into(), in_memory, ..Request::default() };
/// assert_eq!(load(&request)?.scenario.title, "Mine");
/// # Ok::<(), repat::domain::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InMemoryFiles(BTreeMap<PathBuf, String>);

impl InMemoryFiles {
    /// Adds a file, in place of one of the same name.
    pub fn insert(&mut self, name: impl AsRef<Path>, text: impl Into<String>) {
        self.0.insert(by_parts(name.as_ref()), text.into());
    }

    fn text(&self, path: &Path) -> Option<&str> {
        self.0.get(&by_parts(path)).map(String::as_str)
    }

    fn paths_in(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        let folder = by_parts(folder);
        self.0.keys().filter(move |path| path.parent() == Some(&folder))
    }
}

impl<N: AsRef<Path>, T: Into<String>> FromIterator<(N, T)> for InMemoryFiles {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(files: I) -> Self {
        InMemoryFiles(files.into_iter().map(|(name, text)| (by_parts(name.as_ref()), text.into())).collect())
    }
}

/// The path without `.` and, where a name precedes it, `..`. Nothing is looked up on disk.
pub(super) fn by_parts(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        let last = parts.components().next_back();
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(last, Some(Component::Normal(_))) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}

/// The path of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Location {
    /// Inside the program.
    BuiltIn(String),
    /// On disk or in memory.
    Own(PathBuf),
}

impl Location {
    /// A path below this folder.
    pub(super) fn join(&self, relative: &str) -> Location {
        match self {
            Location::BuiltIn(folder) if folder.is_empty() => Location::BuiltIn(relative.into()),
            Location::BuiltIn(folder) => Location::BuiltIn(format!("{folder}/{relative}")),
            Location::Own(folder) => Location::Own(folder.join(relative)),
        }
    }

    /// A path that this file names: it is taken from the file's folder.
    pub(super) fn beside(&self, relative: &str) -> Location {
        self.folder().join(relative)
    }

    /// The folder of this file.
    pub(super) fn folder(&self) -> Location {
        match self {
            Location::BuiltIn(file) => {
                Location::BuiltIn(file.rsplit_once('/').map_or("", |(folder, _)| folder).into())
            }
            Location::Own(file) => Location::Own(file.parent().unwrap_or(Path::new("")).into()),
        }
    }

    /// The file's name without folder and ending.
    pub(super) fn stem(&self) -> String {
        match self {
            Location::BuiltIn(path) => stem(Path::new(path)),
            Location::Own(path) => stem(path),
        }
    }

    fn label(&self) -> String {
        match self {
            Location::BuiltIn(path) => path.clone(),
            Location::Own(path) => path.display().to_string(),
        }
    }
}

/// Reads files, each once, and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Reader<'m> {
    in_memory: &'m InMemoryFiles,
    files: RefCell<Vec<(Location, Arc<SourceFile>)>>,
    pub(super) problems: Problems,
}

impl<'m> Reader<'m> {
    pub(super) fn new(in_memory: &'m InMemoryFiles) -> Self {
        Reader { in_memory, files: RefCell::default(), problems: Problems::default() }
    }

    /// The file's text. If it cannot be read, the reason is reported at the place that names the file.
    pub(super) fn read(&self, file: &Location, named_at: Option<&Place>) -> Option<Arc<SourceFile>> {
        if let Some((_, known)) = self.files.borrow().iter().find(|(location, _)| location == file) {
            return Some(known.clone());
        }
        let text = match file {
            Location::BuiltIn(path) => built_in_text(path),
            Location::Own(path) => match self.in_memory.text(path) {
                Some(text) => Ok(text.to_string()),
                None => text_on_disk(path).map_err(|problem| self.with_names_in_memory(problem)),
            },
        };
        match text {
            Ok(text) => {
                let built_in = matches!(file, Location::BuiltIn(_));
                let source = Arc::new(SourceFile { name: file.label(), text, built_in });
                self.files.borrow_mut().push((file.clone(), source.clone()));
                Some(source)
            }
            Err(problem) => {
                self.problems.add(Problem { place: named_at.cloned(), ..problem });
                None
            }
        }
    }

    /// Adds the names of the files in memory, if there are any, to a problem with a file on disk.
    fn with_names_in_memory(&self, problem: Problem) -> Problem {
        let names: Vec<String> = self.in_memory.0.keys().map(|path| path.display().to_string()).collect();
        match names.is_empty() {
            true => problem,
            false => problem.note(format!("files in memory: {}", names.join(", "))),
        }
    }

    /// Where a file that was read lies.
    pub(super) fn location_of(&self, source: &Arc<SourceFile>) -> Option<Location> {
        let files = self.files.borrow();
        files.iter().find(|(_, file)| Arc::ptr_eq(file, source)).map(|(location, _)| location.clone())
    }

    pub(super) fn exists(&self, file: &Location) -> bool {
        match file {
            Location::BuiltIn(path) => BUILT_IN.get_file(path).is_some(),
            // Also what cannot be read, so that reading it says why.
            Location::Own(path) => self.is_in_memory(path) || path.exists(),
        }
    }

    pub(super) fn is_in_memory(&self, path: &Path) -> bool {
        self.in_memory.text(path).is_some()
    }

    /// The stems of the TOML files in a folder, in order.
    pub(super) fn stems(&self, folder: &Location) -> Vec<String> {
        let paths: Vec<PathBuf> = match folder {
            Location::BuiltIn(path) => {
                let files = BUILT_IN.get_dir(path).into_iter().flat_map(Dir::files);
                files.map(|file| file.path().to_path_buf()).collect()
            }
            Location::Own(path) => {
                let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
                let on_disk = entries.map(|entry| entry.path()).filter(|path| path.is_file());
                on_disk.chain(self.in_memory.paths_in(path).cloned()).collect()
            }
        };
        let toml = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        let mut stems: Vec<String> = toml.map(|path| stem(path)).collect();
        stems.sort();
        stems.dedup();
        stems
    }

    /// The value with every file that was read, or everything that is wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<(T, Vec<Arc<SourceFile>>), Error> {
        let problems = self.problems.into_list();
        match value {
            Some(value) if problems.is_empty() => {
                let files = self.files.into_inner();
                Ok((value, files.into_iter().map(|(_, file)| file).collect()))
            }
            _ => Err(Error::Problems(problems)),
        }
    }
}

/// A file's name without folder and ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
}

/// The names of the built-in settings, in order.
pub(super) fn built_in_settings() -> Vec<String> {
    let folders = BUILT_IN.dirs().map(|folder| folder.path().to_string_lossy().into_owned());
    let mut names: Vec<String> = folders.collect();
    names.sort();
    names
}

fn built_in_text(path: &str) -> Result<String, Problem> {
    let file = BUILT_IN.get_file(path).and_then(|file| file.contents_utf8());
    file.map(String::from).ok_or_else(|| {
        Problem::new(format!("there is no built-in file {path}"))
            .help("a built-in file can name only built-in files")
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
    if !metadata.is_file() {
        let help = "copy what it holds into a file, and name that";
        return Err(problem("is not a regular file".into(), help));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(in_memory: &InMemoryFiles, path: &str) -> Result<SourceFile, Problem> {
        let reader = Reader::new(in_memory);
        let file = reader.read(&Location::Own(path.into()), None);
        let result = reader.finish(file.as_ref());
        match result {
            Ok((file, _)) => {
                Ok(SourceFile { name: file.name.clone(), text: file.text.clone(), built_in: file.built_in })
            }
            Err(error) => Err(error.problems()[0].clone()),
        }
    }

    #[test]
    fn paths_are_compared_by_their_parts() {
        let cases = [
            ("a/./b.toml", "a/b.toml"),
            ("a/../b.toml", "b.toml"),
            ("../b.toml", "../b.toml"),
            ("a/../../b.toml", "../b.toml"),
            ("/a/../b.toml", "/b.toml"),
        ];
        for (path, parts) in cases {
            assert_eq!(by_parts(Path::new(path)), Path::new(parts), "{path}");
        }
    }

    #[test]
    fn a_file_in_memory_is_read_before_one_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "on = \"disk\"").unwrap();
        let path = path.display().to_string();
        assert_eq!(read(&InMemoryFiles::default(), &path).unwrap().text, "on = \"disk\"");
        let in_memory = InMemoryFiles::from_iter([(&path, "in = \"memory\"")]);
        let file = read(&in_memory, &path).unwrap();
        assert_eq!((file.text.as_str(), file.name, file.built_in), ("in = \"memory\"", path, false));
    }

    #[test]
    fn a_file_keeps_the_name_by_which_it_was_asked_for() {
        let in_memory = InMemoryFiles::from_iter([("a/b.toml", "")]);
        assert_eq!(read(&in_memory, "a/c/../b.toml").unwrap().name, "a/c/../b.toml");
    }

    #[test]
    fn a_missing_file_is_reported_with_the_names_in_memory() {
        let problem = read(&InMemoryFiles::default(), "nowhere/a.toml").unwrap_err();
        assert!(problem.message.starts_with("nowhere/a.toml: cannot be read: "), "{problem}");
        assert!(problem.notes.is_empty());
        let in_memory = InMemoryFiles::from_iter([("nowhere/b.toml", ""), ("c.toml", "")]);
        let problem = read(&in_memory, "nowhere/a.toml").unwrap_err();
        assert_eq!(problem.notes, ["files in memory: c.toml, nowhere/b.toml"]);
    }

    #[test]
    fn a_folder_lists_what_is_in_memory_and_on_disk_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.toml", "b.toml", "c.csv"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let in_memory: InMemoryFiles = ["b.toml", "d.toml", "below/e.toml"]
            .map(|name| (folder.path().join(name), ""))
            .into_iter()
            .collect();
        let reader = Reader::new(&in_memory);
        assert_eq!(reader.stems(&Location::Own(folder.path().into())), ["a", "b", "d"]);
    }

    #[test]
    fn a_built_in_file_says_so() {
        let none = InMemoryFiles::default();
        let reader = Reader::new(&none);
        let location = Location::BuiltIn("korea/setting.toml".into());
        assert!(reader.exists(&location) && reader.read(&location, None).unwrap().built_in);
    }

    /// `korea/setting.toml` may be a file of the user's as well.
    #[test]
    fn a_built_in_file_and_an_own_one_of_its_name_are_two() {
        let in_memory = InMemoryFiles::from_iter([("korea/setting.toml", "own")]);
        let reader = Reader::new(&in_memory);
        let built_in = reader.read(&Location::BuiltIn("korea/setting.toml".into()), None).unwrap();
        let own = reader.read(&Location::Own("korea/setting.toml".into()), None).unwrap();
        assert_eq!((own.text.as_str(), own.built_in), ("own", false));
        assert!(built_in.built_in && built_in.text != "own");
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, b"a = 1\nb = \"\xff\"").unwrap();
        let problem = read(&InMemoryFiles::default(), &path.display().to_string()).unwrap_err();
        assert!(problem.message.ends_with("line 2 is not valid UTF-8"), "{problem}");
    }

    /// Reading a device or a pipe may never end.
    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_unread() {
        let none = InMemoryFiles::default();
        for path in ["/dev/zero", "/dev/null"] {
            let problem = read(&none, path).unwrap_err();
            assert!(problem.message.contains("is not a regular file"), "{problem}");
            assert_eq!(problem.help.len(), 1);
        }
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("f.toml");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(read(&none, pipe.to_str().unwrap()).unwrap_err().message.contains("is not a regular file"));
    }
}
