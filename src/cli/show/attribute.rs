//! The pages of an attribute and of a level.

use super::page::Page;
use crate::domain::{Setting, describe_in_words};

pub(super) fn write(page: &mut Page, setting: &Setting, number: usize) {
    let (space, variable) = (&setting.space, &setting.space.variables()[number]);
    let is_derived = number >= space.attributes().len();
    let kind = if is_derived { "Derived attribute" } else { "Attribute" };
    page.heading(&format!("{kind} {} ({})", variable.name, setting.id));
    page.line_if(1, setting.description(&variable.name, None));
    if let Some(default) = (!is_derived).then(|| space.default_level(number)).flatten() {
        page.line(1, &format!("default: {}", variable.levels[usize::from(default)]));
    }
    page.heading("Levels");
    for (level, name) in (0..=u8::MAX).zip(&variable.levels) {
        match setting.description(&variable.name, Some(name)) {
            Some(description) => page.item(1, &format!("{name}: {description}")),
            None => page.item(1, name),
        }
        if is_derived {
            write_derivation(page, setting, (number, level));
        }
    }
}

pub(super) fn write_level(page: &mut Page, setting: &Setting, (number, level): (usize, u8)) {
    let (space, variable) = (&setting.space, &setting.space.variables()[number]);
    let name = &variable.levels[usize::from(level)];
    page.heading(&format!("Level {name} of {} ({})", variable.name, setting.id));
    page.line_if(1, setting.description(&variable.name, Some(name)));
    if number >= space.attributes().len() {
        write_derivation(page, setting, (number, level));
    } else if space.default_level(number) == Some(level) {
        page.line(1, "the default");
    }
    let others = variable.levels.iter().filter(|other| *other != name).map(String::as_str);
    page.item(1, &format!("other levels: {}", others.collect::<Vec<&str>>().join(", ")));
}

/// The profiles that have a level of a derived attribute, described by the attributes that it follows from.
fn write_derivation(page: &mut Page, setting: &Setting, (number, level): (usize, u8)) {
    let space = &setting.space;
    let profiles = space.distinct_profiles(&[number].into());
    let attributes = space.attributes();
    let levels = profiles.iter().map(|profile| space.levels(*profile)[..attributes.len()].to_vec());
    let levels: Vec<Vec<u8>> = levels.collect();
    let having = (0..profiles.len()).filter(|i| space.levels(profiles[*i])[number] == level);
    for (position, words) in describe_in_words(attributes, &levels, having).iter().enumerate() {
        page.item(2, &format!("{} {words}", if position == 0 { "where" } else { "or where" }));
    }
}
