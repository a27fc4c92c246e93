//! A folder that holds a setting: its vocabulary and bibliography, its proposals, scenarios and sweeps.

use std::path::{Path, PathBuf};

use super::files::{Location, Reader, built_in_settings, by_parts};

/// Files in a setting's folder that are no scenarios.
const NO_SCENARIOS: [&str; 3] = ["setting", "sources", "targets"];

/// A folder with a setting: inside the program, on disk or in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SettingFolder(pub(super) Location);

impl SettingFolder {
    /// The built-in setting of this name.
    pub(super) fn built_in(name: &str) -> SettingFolder {
        SettingFolder(Location::BuiltIn(name.into()))
    }

    /// Every built-in setting.
    pub(super) fn all_built_in() -> Vec<SettingFolder> {
        built_in_settings().iter().map(|name| SettingFolder::built_in(name)).collect()
    }

    /// The setting's short name: the folder's.
    pub(super) fn name(&self, reader: &Reader<'_>) -> String {
        let path = match &self.0 {
            Location::BuiltIn(name) => return name.clone(),
            Location::Own(path) => by_parts(path),
        };
        // A path such as `..` does not say what the folder is called; the disk does.
        let path = match path.file_name() {
            None if !reader.is_in_memory(&path.join("setting.toml")) => absolute(&path),
            _ => path,
        };
        path.file_name().map_or("setting".into(), |name| name.to_string_lossy().into_owned())
    }

    /// A file in it.
    pub(super) fn file(&self, relative: &str) -> Location {
        self.0.join(relative)
    }

    pub(super) fn has(&self, reader: &Reader<'_>, relative: &str) -> bool {
        reader.exists(&self.file(relative))
    }

    /// The ids of its proposals, in order.
    pub(super) fn proposals(&self, reader: &Reader<'_>) -> Vec<String> {
        reader.stems(&self.file("proposals"))
    }

    /// The stems of its sweeps, in order.
    pub(super) fn sweeps(&self, reader: &Reader<'_>) -> Vec<String> {
        reader.stems(&self.file("sweeps"))
    }

    /// What to load one of its scenarios by: a built-in one's full name, or the path of its file.
    pub(super) fn scenario_to_load(&self, stem: &str) -> String {
        match &self.0 {
            Location::BuiltIn(name) => format!("{name}/{stem}"),
            Location::Own(path) => path.join(format!("{stem}.toml")).display().to_string(),
        }
    }

    /// The stems of its scenarios, in order.
    pub(super) fn scenarios(&self, reader: &Reader<'_>) -> Vec<String> {
        let mut stems = reader.stems(&self.0);
        stems.retain(|stem| !NO_SCENARIOS.contains(&stem.as_str()));
        stems
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(Path::new(".").join(path)).unwrap_or_else(|_| path.into())
}

#[cfg(test)]
mod tests {
    use super::super::files::InMemoryFiles;
    use super::*;

    fn name(path: &str, in_memory: &InMemoryFiles) -> String {
        SettingFolder(Location::Own(path.into())).name(&Reader::new(in_memory))
    }

    #[test]
    fn a_setting_is_called_as_its_folder() {
        let none = InMemoryFiles::default();
        assert_eq!(name("wars/korea", &none), "korea");
        assert_eq!(name("wars/korea/proposals/..", &none), "korea");
        assert_eq!(SettingFolder::built_in("korea").name(&Reader::new(&none)), "korea");
    }

    /// Tests run in the folder of the package.
    #[test]
    fn the_folder_we_are_in_is_named_by_the_disk_unless_the_setting_is_in_memory() {
        let here = std::env::current_dir().unwrap();
        let here = here.file_name().unwrap().to_string_lossy();
        assert_eq!(name("", &InMemoryFiles::default()), here);
        assert_eq!(name("src/..", &InMemoryFiles::default()), here);
        assert_eq!(name("", &InMemoryFiles::from_iter([("setting.toml", "")])), "setting");
    }
}
