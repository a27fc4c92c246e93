//! `repat list`: the built-in settings, scenarios, proposals, sweeps and sources.

use std::fmt::Write;

use clap::Args;

use crate::domain::Error;
use crate::input::{Catalogue, catalogues};
use crate::proposal::Proposal;
use crate::table::grouped;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat list\n\
    \x20 repat list south-asia")]
pub(super) struct ListArgs {
    /// Show only entries whose names contain this word
    word: Option<String>,
}

pub(super) fn list(args: &ListArgs) -> Result<Vec<u8>, Error> {
    let word = args.word.as_deref().unwrap_or_default();
    let mut text = String::new();
    for catalogue in catalogues()? {
        // Writing to a String cannot fail.
        let _ = write_catalogue(&mut text, &catalogue, word);
    }
    Ok(text.into_bytes())
}

fn write_catalogue(text: &mut String, catalogue: &Catalogue, word: &str) -> std::fmt::Result {
    let setting = &catalogue.setting;
    writeln!(text, "Setting {}: {}", setting.id, setting.title)?;
    writeln!(text, "\nAttributes")?;
    for variable in setting.space.variables() {
        writeln!(text, "  {:12} {}", variable.name, variable.levels.join(", "))?;
    }
    writeln!(text, "\nOutcomes")?;
    for outcome in setting.outcomes.iter().map(|outcome| setting.outcomes.text(outcome)) {
        writeln!(text, "  {:12} {} ({})", outcome.name, outcome.meaning, outcome.kind.name())?;
    }
    writeln!(text, "\nScenarios")?;
    for scenario in catalogue.scenarios.iter().filter(|scenario| scenario.name.contains(word)) {
        writeln!(text, "  {}  {}; {} people", scenario.name, scenario.title, grouped(scenario.population()))?;
        let names: Vec<&str> = scenario.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        if !names.is_empty() {
            writeln!(text, "    parameters for --set: {}", names.join(", "))?;
        }
    }
    writeln!(text, "\nSweeps")?;
    for sweep in catalogue.sweeps.iter().filter(|sweep| sweep.name.contains(word)) {
        writeln!(text, "  {:32} {}", sweep.name, sweep.title)?;
    }
    writeln!(text, "\nProposals")?;
    let proposals = catalogue.proposals.iter().filter(|proposal| proposal.id.contains(word));
    proposals.into_iter().try_for_each(|proposal| write_proposal(text, proposal))?;
    writeln!(text, "\nSources")?;
    for source in setting.sources.iter().filter(|source| source.key.contains(word)) {
        writeln!(text, "  {:28} {}", source.key, source.title)?;
    }
    Ok(())
}

fn write_proposal(text: &mut String, proposal: &Proposal) -> std::fmt::Result {
    let date = proposal.date.as_deref().unwrap_or("undated");
    let by = proposal.by.as_ref().map_or(String::new(), |by| format!(", by {by}"));
    writeln!(text, "  {}  {} ({date}{by})", proposal.id, proposal.title)?;
    for reading in &proposal.readings {
        let values = reading.variable.levels.iter().enumerate();
        let values = values.map(|(i, value)| {
            if i == usize::from(reading.default) { format!("{value} (default)") } else { value.clone() }
        });
        let values: Vec<String> = values.collect();
        writeln!(text, "    {:16} {}", reading.variable.name, values.join(", "))?;
    }
    Ok(())
}
