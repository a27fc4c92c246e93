//! The scenarios of a setting that are of a day.

use super::fields::top_level_date;
use super::files::{InMemoryFiles, Reader};
use super::locate::find_setting_named;
use crate::domain::{Error, Problem};

/// A scenario and the day whose people it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatedScenario {
    /// The day, `1952-07-03`.
    pub date: String,
    /// What to load it by: its full name, or the path of its file.
    pub scenario: String,
}

/// The scenarios of a setting that are of a day, in order of days: of a built-in setting by its name, or of the setting
/// in a folder.
///
/// # Errors
///
/// If there is no such setting, or none of its scenarios is of a day.
pub fn dated_scenarios(setting: &str) -> Result<Vec<DatedScenario>, Error> {
    let in_memory = InMemoryFiles::default();
    let reader = Reader::new(&in_memory);
    let found = find_setting_named(&reader, setting).and_then(|folder| {
        let dated = folder.scenarios(&reader).into_iter().filter_map(|stem| {
            let file = reader.read(&folder.file(&format!("{stem}.toml")), None)?;
            let date = top_level_date(&file, &reader.problems)?;
            Some(DatedScenario { date, scenario: folder.scenario_to_load(&stem) })
        });
        let mut dated: Vec<DatedScenario> = dated.collect();
        dated.sort();
        if dated.is_empty() && reader.problems.len() == 0 {
            let what = format!("no scenario of the setting `{setting}` is of a day");
            reader.problems.add(Problem::new(what).help("give them a `date`, as in `date = 1952-07-03`"));
        }
        (!dated.is_empty()).then_some(dated)
    });
    reader.finish(found).map(|(found, _)| found)
}
