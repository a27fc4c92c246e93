//! The scenario that a command is about, given in the same way to every command.

use clap::Args;

use super::headings::ARGUMENTS;
use crate::input::default_scenario;

#[derive(Debug, Args)]
pub(super) struct ScenarioArgs {
    /// A built-in scenario (see `repat list`) or a file of your own, which ends in .toml
    #[arg(default_value_t = default_scenario(), help_heading = ARGUMENTS)]
    scenario: String,

    /// The same as SCENARIO
    #[arg(long = "scenario", value_name = "SCENARIO", hide = true, conflicts_with = "scenario")]
    option: Option<String>,
}

impl ScenarioArgs {
    /// Its name or path.
    pub(super) fn name(&self) -> &str {
        self.option.as_ref().unwrap_or(&self.scenario)
    }
}
