//! A stratum on the page of its scenario: size, shares of each attribute, units, and where its numbers come from.

use super::page::Page;
use super::words::write_basis;
use crate::domain::{Setting, Variable};
use crate::scenario::{Choice, Quantity, Scenario, Shares, Stratum};
use crate::table::grouped;

pub(super) fn write_stratum(page: &mut Page, setting: &Setting, scenario: &Scenario, stratum: &Stratum) {
    page.line(1, &format!("{}: {}", stratum.id, grouped(stratum.size)));
    write_basis(page, 2, &stratum.basis);
    let space = &setting.space;
    for (attribute, choice) in stratum.choices.iter().enumerate() {
        let is_default = |level| matches!(choice, Choice::Shares(shares) if *shares == Shares::all(level));
        if !space.default_level(attribute).is_some_and(is_default) {
            let name = &space.attributes()[attribute].name;
            write_choice(page, (setting, scenario), 2, (name, &space.attributes()[attribute]), choice);
        }
    }
    if let Some(units) = &stratum.units {
        let vary = &space.variables()[units.vary].name;
        let (count, concentration) = (grouped(u64::from(units.count)), units.concentration);
        page.item(2, &format!("{count} units, between which {vary} varies; concentration {concentration}"));
        write_basis(page, 3, &units.basis);
    }
}

/// The shares of an attribute, and below a condition those of each branch.
fn write_choice(
    page: &mut Page,
    of: (&Setting, &Scenario),
    depth: usize,
    (label, attribute): (&str, &Variable),
    choice: &Choice,
) {
    match choice {
        Choice::Shares(shares) => {
            page.item(depth, &format!("{label}: {}", shares_in_words(of.1, attribute, shares)));
        }
        Choice::Given { variable, branches } => {
            let given = &of.0.space.variables()[*variable];
            page.item(depth, &format!("{label}, by {}", given.name));
            let branches = given.levels.iter().zip(branches);
            for (level, branch) in branches.filter_map(|(level, branch)| Some((level, branch.as_ref()?))) {
                write_choice(page, of, depth + 1, (level, attribute), branch);
            }
        }
    }
}

/// Shares of levels: `home $kpa_refusal, captor-side 0.05, own-side the rest`; one level alone has everybody.
fn shares_in_words(scenario: &Scenario, attribute: &Variable, shares: &Shares) -> String {
    let level = |level: u8| attribute.levels[usize::from(level)].as_str();
    let share = |quantity: &Quantity| match quantity {
        Quantity::Number(number) => number.to_string(),
        Quantity::Parameter(position) => format!("${}", scenario.parameters[*position].name),
    };
    let named = shares.named.iter().map(|(of, quantity)| format!("{} {}", level(*of), share(quantity)));
    let rest = shares.rest.map(|rest| match shares.named.is_empty() {
        true => level(rest).to_string(),
        false => format!("{} the rest", level(rest)),
    });
    named.chain(rest).collect::<Vec<String>>().join(", ")
}
