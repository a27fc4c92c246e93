//! Reads what a setting says of its attributes and levels in words: `[descriptions]`.

use std::collections::BTreeMap;

use super::fields::{Fields, Node};
use crate::domain::{Space, suggestion};

/// The texts by what they describe: `attribute`, or `attribute.level`. Names that the setting does not have are
/// refused.
pub(super) fn read_descriptions(space: &Space, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let node = fields.get("descriptions");
    let entries = node.and_then(|node| node.fields("[descriptions]")).map(|fields| fields.entries());
    let described = |node: &Node<'_>| {
        refuse_unknown(space, node);
        Some((node.name.clone(), node.text()?))
    };
    entries.unwrap_or_default().iter().filter_map(described).collect()
}

fn refuse_unknown(space: &Space, node: &Node<'_>) {
    let (name, level) = match node.name.split_once('.') {
        Some((name, level)) => (name, Some(level)),
        None => (node.name.as_str(), None),
    };
    let Some(variable) = space.variables().iter().find(|variable| variable.name == name) else {
        let known = space.variables().iter().map(|variable| variable.name.as_str());
        let what = format!("there is no attribute `{name}`");
        return node.problem(what, "unknown attribute", suggestion(name, known));
    };
    if let Some(level) = level.filter(|level| variable.level(level).is_none()) {
        let known = variable.levels.iter().map(String::as_str);
        let what = format!("`{name}` has no level `{level}`");
        node.problem(what, "unknown level", suggestion(level, known));
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::{Request, load};
    use super::super::toy::{SETTING, files_with, messages};

    fn load_with(descriptions: &str) -> Result<super::super::load::Loaded, crate::domain::Error> {
        let text = format!("{SETTING}\n[descriptions]\n{descriptions}\n");
        let in_memory = files_with("toy/setting.toml", &text);
        load(&Request { scenario: "toy/all.toml".into(), in_memory, ..Request::default() })
    }

    #[test]
    fn attributes_and_levels_derived_ones_too_may_be_described() {
        let written =
            "captor = \"Who holds them\"\n\"captor.unc\" = \"UNC: a command\"\n\"asked.no\" = \"Not asked\"";
        let setting = load_with(written).unwrap().setting;
        assert_eq!(setting.description("captor", None), Some("Who holds them"));
        assert_eq!(setting.description("asked", Some("no")), Some("Not asked"));
        assert_eq!(setting.description("captor", Some("kpa")), None);
        let held = setting.space.profile(&[0, 1]).unwrap();
        assert_eq!(setting.abbreviations(held), ["UNC: a command"]);
        let other = setting.space.profile(&[1, 1]).unwrap();
        assert!(setting.abbreviations(other).is_empty());
    }

    #[test]
    fn names_that_the_setting_does_not_have_are_refused() {
        let unknown = load_with("capter = \"Who\"\n\"captor.und\" = \"Whose\"");
        assert_eq!(messages(unknown), ["there is no attribute `capter`", "`captor` has no level `und`"]);
    }
}
