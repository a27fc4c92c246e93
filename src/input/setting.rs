//! Reads a setting: attributes, derived attributes, what each wish accepts, and the bibliography.

use super::conditions::{Vocabulary, read_outcome};
use super::fields::{Fields, Node, parse};
use super::files::Reader;
use super::problems::Problems;
use super::setting_folder::SettingFolder;
use crate::domain::{
    Condition, DecisionTable, OutcomeSet, Place, Problem, Rule, Setting, Source, Space, Then, Variable,
    describe_in_words,
};

/// More levels than any table of people could show, and few enough for a byte.
const MAX_LEVELS: usize = 256;

/// Reads `setting.toml` and `sources.toml` of a folder.
pub(super) fn load_setting(reader: &Reader<'_>, folder: &SettingFolder) -> Option<Setting> {
    let problems = &reader.problems;
    let sources = reader.read(&folder.file("sources.toml"), None);
    let sources = sources.and_then(|file| parse(&file, problems, |fields| Some(read_sources(fields))));
    let file = reader.read(&folder.file("setting.toml"), None)?;
    let setting = parse(&file, problems, |fields| read_setting(folder.name(reader), fields))?;
    Some(Setting { sources: sources?, ..setting })
}

/// Reads the keys that proposals and scenarios share: the setting that the file belongs to, and sources of its
/// own, which are added to the bibliography.
pub(super) fn read_setting_and_sources(setting: &mut Setting, fields: &Fields<'_>) {
    if let Some(node) = fields.get("setting")
        && let Some(name) = node.text()
        && name != setting.id
    {
        let message = format!("this file belongs to the setting `{name}`, not to `{}`", setting.id);
        node.problem(message, "another setting", "use it with proposals and scenarios of its own setting");
    }
    let sources = fields.get("sources").and_then(|node| node.fields("[sources]"));
    setting.sources.extend(sources.map(|fields| read_sources(&fields)).unwrap_or_default());
}

fn read_sources(fields: &Fields<'_>) -> Vec<Source> {
    fields.entries().iter().filter_map(read_source).collect()
}

fn read_source(node: &Node<'_>) -> Option<Source> {
    let fields = node.fields(format!("source {}", node.name))?;
    let text = |key: &str| fields.get(key).and_then(|node| node.text());
    let source = Source {
        key: node.name.clone(),
        author: text("author"),
        title: fields.need("title").and_then(|node| node.text()).unwrap_or_default(),
        place: text("place"),
        address: text("address"),
        key_place: node.key_place(),
    };
    fields.finish();
    Some(source)
}

fn read_setting(id: String, fields: &Fields<'_>) -> Option<Setting> {
    let title = fields.need("title").and_then(|node| node.text()).unwrap_or_default();
    let attributes = fields.need("attributes").and_then(|node| node.fields("[attributes]"));
    let derived = fields.get("derived").and_then(|node| node.fields("[derived]"));
    let accepts = fields.need("accepts");
    let attributes: Option<Vec<Variable>> = attributes?.entries().iter().map(read_attribute).collect();
    let Some(mut space) = Space::new(attributes?) else {
        let what = format!("the attributes have more than {} combinations of levels", Space::MAX_PROFILES);
        fields.problems.add(Problem::at(&fields.place(), what).help("remove an attribute or some levels"));
        return None;
    };
    let derived = derived.map(|fields| fields.entries()).unwrap_or_default();
    let mut complete = true;
    for (position, node) in derived.iter().enumerate() {
        let later: Vec<String> = derived[position..].iter().map(|node| node.name.clone()).collect();
        complete &= derive(&mut space, node, &later, fields.problems).is_some();
    }
    let accepts = accepts.and_then(|node| read_accepts(&space, &node, complete, fields.problems))?;
    complete.then_some(Setting { id, title, space, accepts, sources: Vec::new() })
}

fn read_attribute(node: &Node<'_>) -> Option<Variable> {
    let levels = read_levels(node)?;
    Some(Variable { name: node.name.clone(), levels })
}

fn read_levels(node: &Node<'_>) -> Option<Vec<String>> {
    let items = node.items()?;
    let levels: Option<Vec<String>> = items.iter().map(Node::text).collect();
    let levels = levels?;
    if levels.is_empty() || levels.len() > MAX_LEVELS {
        let message = format!("`{}` has {} levels", node.name, levels.len());
        let help = format!("declare 1 to {MAX_LEVELS} levels");
        node.problem(message, if levels.is_empty() { "none" } else { "too many" }, help);
        return None;
    }
    let repeated = (1..levels.len()).find(|&i| levels[..i].contains(&levels[i]));
    if let Some(repeated) = repeated {
        let message = format!("level `{}` of `{}` is declared twice", levels[repeated], node.name);
        items[repeated].problem(message, "declared again here", "remove one of them");
        return None;
    }
    Some(levels)
}

/// Adds a derived attribute to the space, once its rules are proved to give one level everywhere.
fn derive(space: &mut Space, node: &Node<'_>, later: &[String], problems: &Problems) -> Option<()> {
    let fields = node.fields(format!("derived attribute {}", node.name))?;
    let levels = fields.need("levels").and_then(|node| read_levels(&node));
    let rules = fields.need("rules").and_then(|node| node.items());
    fields.finish();
    if space.variable(&node.name).is_some() {
        let what = format!("`{}` is declared twice", node.name);
        problems.add(Problem::at(&node.key_place(), what).help("give one of them another name"));
        return None;
    }
    let variable = Variable { name: node.name.clone(), levels: levels? };
    let vocabulary = Vocabulary { variables: space.variables(), later };
    let known: Vec<&str> = variable.levels.iter().map(String::as_str).collect();
    let before = problems.len();
    let rules = rules?;
    let rows = rules.iter().filter_map(|rule| {
        let fields = rule.fields(format!("a rule of {}", node.name))?;
        let when = fields.need("when").map(|node| vocabulary.read_conditions(&node));
        let then = fields.need("then");
        let then = then.and_then(|node| vocabulary.read_then(&node, |l| variable.level(l), &known));
        fields.finish();
        Some((rule.place(), when?, then?))
    });
    let (places, table) = build_table(rows);
    let sound = problems.len() == before && is_total(space, &places, &table, &node.key_place(), problems);
    // What is wrong has been reported; the name is kept, so that later uses of it are not refused as well.
    space.derive(variable, |point| table.value(point).unwrap_or_default());
    sound.then_some(())
}

fn build_table<T>(
    rows: impl Iterator<Item = (Place, Vec<Condition>, Then<T>)>,
) -> (Vec<Place>, DecisionTable<T>) {
    let (mut places, mut rules) = (Vec::new(), Vec::new());
    for (place, when, then) in rows {
        places.push(place);
        rules.push(Rule { when, then, exception_to: Vec::new(), silence: false });
    }
    (places, DecisionTable { rules })
}

/// Whether a table without exceptions gives exactly one value everywhere. Reports everything that is wrong
/// with it.
fn is_total<T: PartialEq + Clone>(
    space: &Space,
    places: &[Place],
    table: &DecisionTable<T>,
    place: &Place,
    problems: &Problems,
) -> bool {
    let audit = table.audit(space.points());
    let before = problems.len();
    let words = |marked: Vec<usize>| describe_in_words(space.variables(), space.points(), marked);
    if !audit.gaps.is_empty() {
        let gap = Problem::at(place, "these rules leave profiles without a value");
        let gap = gap.label("none applies where").notes(words(audit.gaps));
        problems.add(gap.help("add a rule for them"));
    }
    for conflict in audit.conflicts {
        let [first, second] = conflict.rules;
        let problem = Problem::at(&places[second], "two rules disagree where both apply")
            .label("this rule")
            .also(&places[first], "and this rule")
            .notes(words(conflict.points));
        problems.add(problem.help("narrow one of them"));
    }
    for rule in audit.unreachable {
        let problem = Problem::at(&places[rule], "this rule never decides anything");
        problems.add(problem.label("no profile is left for it").help("remove it or widen its `when`"));
    }
    problems.len() == before
}

/// Reads what each wish accepts: a table from profile to a set of outcomes. It can be proved complete only
/// if the space is sound.
fn read_accepts(space: &Space, node: &Node<'_>, sound: bool, problems: &Problems) -> Option<Vec<OutcomeSet>> {
    let vocabulary = Vocabulary { variables: space.variables(), later: &[] };
    let before = problems.len();
    let rows = node.items()?;
    let rows = rows.iter().filter_map(|rule| {
        let fields = rule.fields("[[accepts]]")?;
        let when = fields.need("when").map(|node| vocabulary.read_conditions(&node));
        let then = fields.need("then").and_then(|node| read_outcome_set(&node));
        fields.allow(&["note"]);
        fields.finish();
        Some((rule.place(), when?, Then::Always(then?)))
    });
    let (places, table) = build_table(rows);
    if !sound || problems.len() > before || !is_total(space, &places, &table, &node.key_place(), problems) {
        return None;
    }
    space.points().iter().map(|point| table.value(point)).collect()
}

fn read_outcome_set(node: &Node<'_>) -> Option<OutcomeSet> {
    node.items()?.iter().map(read_outcome).collect()
}
