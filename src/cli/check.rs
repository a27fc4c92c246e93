//! `repat check`: everything that is wrong in all files, or what was proved.

use std::collections::BTreeSet;
use std::fmt::Write;

use clap::Args;

use crate::domain::Error;
use crate::input::{Catalogue, catalogues, check_paths};
use crate::table::grouped;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n\
    \x20 repat check\n\
    \x20 repat check my-proposal.toml")]
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
    let space = &catalogue.setting.space;
    let (all, without) = (space.len(), space.distinct_profiles(&BTreeSet::new()).len());
    let profiles = match all == without {
        true => format!("{} profiles", grouped(all as u64)),
        false => format!(
            "{} profiles, {} with the attributes that have a default",
            grouped(without as u64),
            grouped(all as u64)
        ),
    };
    writeln!(text, "{}: {}, {profiles}", catalogue.setting.id, catalogue.setting.title)?;
    for proposal in &catalogue.proposals {
        let silences = proposal.table.rules.iter().filter(|rule| rule.silence).count();
        let readings = match proposal.combinations().len() {
            1 => String::new(),
            combinations => format!(" under all {combinations} combinations of readings"),
        };
        let cases = proposal.cases.len() + proposal.cases_of_numbers.len();
        let limits = match proposal.limits.len() {
            0 => String::new(),
            limits => format!(", then {} on numbers", counted(limits, "limit")),
        };
        writeln!(
            text,
            "  {}: {} and {} decide every profile{readings}{limits}; {} {}",
            proposal.id,
            counted(proposal.rules.len() - silences, "rule"),
            counted(silences, "silence"),
            counted(cases, "worked case"),
            if cases == 1 { "holds" } else { "hold" },
        )?;
    }
    for scenario in &catalogue.scenarios {
        writeln!(
            text,
            "  {}: {} people in {}, {}",
            scenario.name,
            grouped(scenario.population()),
            match scenario.strata.len() {
                1 => "1 stratum".into(),
                strata => format!("{strata} strata"),
            },
            counted(scenario.parameters.len(), "parameter"),
        )?;
    }
    for sweep in &catalogue.sweeps {
        writeln!(
            text,
            "  {}: {}, {} at each point",
            sweep.name,
            match sweep.axes.len() {
                1 => "1 axis".into(),
                axes => format!("{axes} axes"),
            },
            counted(sweep.replicates as usize, "replicate"),
        )?;
    }
    if !catalogue.targets.is_empty() {
        let targets = counted(catalogue.targets.len(), "target");
        writeln!(text, "  {}: {targets} from the record", catalogue.setting.id)?;
    }
    Ok(())
}

/// A number of things.
fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{} {thing}s", grouped(number as u64)) }
}
