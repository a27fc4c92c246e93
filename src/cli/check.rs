//! `repat check`: everything that is wrong in all files, or what was proved.

use std::fmt::Write;

use clap::Args;

use crate::domain::Error;
use crate::input::{Catalogue, catalogues, check_paths};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Setting folders or single files; everything built in unless given
    paths: Vec<String>,
}

pub(super) fn check(args: &CheckArgs) -> Result<Vec<u8>, Error> {
    let checked = if args.paths.is_empty() { catalogues()? } else { check_paths(&args.paths)? };
    let mut text = String::new();
    for catalogue in &checked {
        // Writing to a String cannot fail.
        let _ = summary(&mut text, catalogue);
    }
    Ok(text.into_bytes())
}

fn summary(text: &mut String, catalogue: &Catalogue) -> std::fmt::Result {
    let profiles = catalogue.setting.space.len();
    writeln!(text, "{}: {}, {profiles} profiles", catalogue.setting.id, catalogue.setting.title)?;
    for proposal in &catalogue.proposals {
        let silences = proposal.table.rules.iter().filter(|rule| rule.silence).count();
        writeln!(
            text,
            "  {}: {} rules and {silences} silences decide every profile under all {} combinations of readings; {} worked cases hold",
            proposal.id,
            proposal.rules.len() - silences,
            proposal.combinations().len(),
            proposal.cases.len(),
        )?;
    }
    for scenario in &catalogue.scenarios {
        writeln!(
            text,
            "  {}: {} people in {} strata, {} parameters",
            scenario.name,
            crate::table::grouped(scenario.population()),
            scenario.strata.len(),
            scenario.parameters.len(),
        )?;
    }
    for sweep in &catalogue.sweeps {
        writeln!(
            text,
            "  {}: {} axes, {} replicates at each point",
            sweep.name,
            sweep.axes.len(),
            sweep.replicates
        )?;
    }
    Ok(())
}
