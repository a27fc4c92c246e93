//! Files to checked types: settings, proposals, scenarios and sweeps, from inside the program, from memory or
//! from disk. Every problem is collected, with file, line and column, before anything is refused.

mod axis;
mod basis;
mod cases;
mod catalogue;
mod conditions;
mod controls;
mod descriptions;
mod fields;
mod files;
mod levels;
mod limit;
mod load;
mod locate;
mod names;
mod parameter;
mod problems;
mod proposal;
mod reading_axis;
mod readings;
mod reference;
mod rules;
mod scenario;
mod setting;
mod setting_folder;
mod slips;
mod stratum;
mod sweep;
mod targets;
mod timeline;
#[cfg(test)]
mod toy;

pub(crate) use crate::domain::suggestion;
pub use catalogue::{Catalogue, catalogue, catalogues, check_paths};
pub use files::InMemoryFiles;
pub use levels::{AttributeValue, LevelWord, WordsFile, load_levels, parse_separator};
pub use load::{Loaded, LoadedProposals, Request, load, load_proposals, load_sweep};
pub use locate::{default_scenario, default_setting, is_built_in_setting};
pub use readings::ReadingChoice;
pub use reference::id_and_readings;
pub use targets::{LoadedTargets, load_targets};
pub use timeline::{DatedScenario, dated_scenarios};
