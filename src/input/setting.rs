//! Reads a setting: attributes, derived attributes, outcomes, what each wish accepts, and the bibliography.

use super::conditions::{Vocabulary, read_level, read_outcome};
use super::descriptions::read_descriptions;
use super::fields::{Fields, Node, parse};
use super::files::Reader;
use super::names::{refuse_formula, refuse_reserved_name};
use super::problems::Problems;
use super::setting_folder::SettingFolder;
use crate::domain::{
    Condition, DecisionTable, OutcomeKind, OutcomeList, OutcomeSet, OutcomeText, Place, Problem, Rule,
    Setting, Source, Space, Then, Variable, describe_in_words,
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
    let text = |node: Node<'_>| node.text();
    let title = fields.need("title").and_then(text).unwrap_or_default();
    let people = fields.get("people").and_then(text).filter(|people| !people.is_empty());
    let people = people.unwrap_or_else(|| "people".into());
    let notes = fields.get("notes").and_then(|node| node.items()).unwrap_or_default();
    let notes = notes.iter().filter_map(Node::text).collect();
    let default_scenario = fields.get("default_scenario").and_then(text);
    let outcomes = fields.need("outcomes").and_then(|node| read_outcomes(&node));
    let attributes = fields.need("attributes").and_then(|node| node.fields("[attributes]"));
    let derived = fields.get("derived").and_then(|node| node.fields("[derived]"));
    let accepts = fields.get("accepts");
    let mut space = read_space(&attributes?)?;
    let derived = derived.map(|fields| fields.entries()).unwrap_or_default();
    let mut complete = true;
    for (position, node) in derived.iter().enumerate() {
        let later: Vec<String> = derived[position..].iter().map(|node| node.name.clone()).collect();
        complete &= derive(&mut space, node, &later, fields.problems).is_some();
    }
    let descriptions = read_descriptions(&space, fields);
    let outcomes = outcomes?;
    let accepts = match accepts {
        Some(node) => Some(read_accepts(&space, &outcomes, &node, complete, fields.problems)?),
        None => None,
    };
    let sources = Vec::new();
    complete.then_some(Setting {
        id,
        title,
        people,
        notes,
        default_scenario,
        space,
        outcomes,
        accepts,
        descriptions,
        sources,
    })
}

/// Reads the attributes and the space of their combinations.
fn read_space(fields: &Fields<'_>) -> Option<Space> {
    let attributes: Option<Vec<_>> = fields.entries().iter().map(read_attribute).collect();
    let (attributes, defaults): (Vec<Variable>, Vec<Option<u8>>) = attributes?.into_iter().unzip();
    let Some(mut space) = Space::new(attributes) else {
        let what = format!("the attributes have more than {} combinations of levels", Space::MAX_PROFILES);
        fields.problems.add(Problem::at(&fields.place(), what).help("remove an attribute or some levels"));
        return None;
    };
    let defaults = defaults.into_iter().enumerate();
    defaults
        .for_each(|(attribute, level)| level.iter().for_each(|level| space.set_default(attribute, *level)));
    Some(space)
}

/// Reads `["level", ...]` or `{ levels = ["level", ...], default = "level" }`: the attribute and the number of its
/// default level.
fn read_attribute(node: &Node<'_>) -> Option<(Variable, Option<u8>)> {
    refuse_reserved_name("attribute", &node.name, &node.key_place(), node.problems);
    refuse_formula(&node.name, &node.key_place(), node.problems);
    if !node.is_table() {
        return Some((Variable { name: node.name.clone(), levels: read_levels(node)? }, None));
    }
    let fields = node.fields(format!("attribute {}", node.name))?;
    let levels = fields.need("levels").and_then(|levels| read_levels(&levels));
    let default = fields.need("default");
    fields.finish();
    let variable = Variable { name: node.name.clone(), levels: levels? };
    let default = read_level(&variable, &default?)?;
    Some((variable, Some(default)))
}

/// Reads the outcomes in declared order, each with its kind and meaning.
fn read_outcomes(node: &Node<'_>) -> Option<OutcomeList> {
    let entries = node.fields("[outcomes]")?.entries();
    if entries.is_empty() || entries.len() > OutcomeList::MAX {
        let message = format!("the setting has {} outcomes", entries.len());
        let label = if entries.is_empty() { "none" } else { "too many" };
        node.problem(message, label, format!("declare 1 to {} outcomes", OutcomeList::MAX));
        return None;
    }
    let outcomes: Option<Vec<OutcomeText>> = entries.iter().map(read_outcome_text).collect();
    outcomes.map(OutcomeList::new)
}

fn read_outcome_text(node: &Node<'_>) -> Option<OutcomeText> {
    refuse_formula(&node.name, &node.key_place(), node.problems);
    if node.name.is_empty() || node.name.contains(|c: char| c.is_whitespace() || c == '$') {
        let problem = Problem::at(&node.key_place(), format!("`{}` is no name of an outcome", node.name));
        node.problems.add(problem.label("empty, or with a blank or `$`").help("write one word"));
        return None;
    }
    if node.name == OutcomeList::UNKNOWN {
        let what = format!("`{}` is what a person's outcome is called where it cannot be told", node.name);
        let problem = Problem::at(&node.key_place(), what).label("a reserved name");
        node.problems.add(problem.help("give the outcome another name"));
        return None;
    }
    let fields = node.fields(format!("outcome {}", node.name))?;
    let kind = fields.need("kind").and_then(|node| read_kind(&node));
    let meaning = fields.need("meaning").and_then(|node| node.text());
    fields.finish();
    Some(OutcomeText { name: node.name.clone(), kind: kind?, meaning: meaning? })
}

fn read_kind(node: &Node<'_>) -> Option<OutcomeKind> {
    let name = node.text()?;
    let kind = OutcomeKind::ALL.into_iter().find(|kind| kind.name() == name);
    if kind.is_none() {
        let names = OutcomeKind::ALL.map(OutcomeKind::name).join(", ");
        let help = format!("write one of {names}: what the outcome means for a person's freedom");
        node.problem(format!("`{name}` is not a kind of outcome"), "unknown kind", help);
    }
    kind
}

fn read_levels(node: &Node<'_>) -> Option<Vec<String>> {
    let items = node.items()?;
    let levels: Option<Vec<String>> = items.iter().map(Node::text).collect();
    let levels = levels?;
    items.iter().zip(&levels).for_each(|(item, level)| refuse_formula(level, &item.place(), item.problems));
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
    refuse_reserved_name("derived attribute", &node.name, &node.key_place(), problems);
    refuse_formula(&node.name, &node.key_place(), problems);
    if space.variable(&node.name).is_some() {
        let what = format!("`{}` is declared twice", node.name);
        problems.add(Problem::at(&node.key_place(), what).help("give one of them another name"));
        return None;
    }
    let variable = Variable { name: node.name.clone(), levels: levels? };
    let vocabulary = Vocabulary::before(space.variables(), later);
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
    space.derive(variable, &table.tested(), |point| table.value(point).unwrap_or_default());
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
    let profiles = space.distinct_profiles(&table.tested());
    let points: Vec<Vec<u8>> = profiles.iter().map(|profile| space.levels(*profile).to_vec()).collect();
    let levels: Vec<&[u8]> = points.iter().map(Vec::as_slice).collect();
    let audit = table.audit(&levels, &[Vec::new()]);
    let before = problems.len();
    let words = |marked: Vec<usize>| describe_in_words(space.variables(), &points, marked);
    if !audit.gaps.is_empty() {
        let gap = Problem::at(place, "these rules leave profiles without a value");
        let gap = gap.label("none applies where").notes(words(audit.gaps));
        problems.add(gap.help("add a rule for them"));
    }
    for conflict in audit.conflicts.into_iter().take(Problem::SHOWN) {
        let [first, second] = conflict.rules;
        let problem = Problem::at(&places[second], "two rules disagree where both apply")
            .label("this rule")
            .also(&places[first], "and this rule")
            .notes(words(conflict.combinations));
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
fn read_accepts(
    space: &Space,
    outcomes: &OutcomeList,
    node: &Node<'_>,
    sound: bool,
    problems: &Problems,
) -> Option<Vec<OutcomeSet>> {
    let vocabulary = Vocabulary::of_attributes(space.variables());
    let before = problems.len();
    let rows = node.items()?;
    let rows = rows.iter().filter_map(|rule| {
        let fields = rule.fields("[[accepts]]")?;
        let when = fields.need("when").map(|node| vocabulary.read_conditions(&node));
        let then = fields.need("then").and_then(|node| read_outcome_set(outcomes, &node));
        fields.allow(&["note"]);
        fields.finish();
        Some((rule.place(), when?, Then::Always(then?)))
    });
    let (places, table) = build_table(rows);
    if !sound || problems.len() > before || !is_total(space, &places, &table, &node.key_place(), problems) {
        return None;
    }
    let tested = table.tested();
    let mut accepts = vec![None; space.len()];
    let distinct = space.distinct_profiles(&tested);
    distinct.iter().for_each(|profile| accepts[profile.index()] = table.value(space.levels(*profile)));
    space.representatives(&tested).into_iter().map(|profile| accepts[profile.index()]).collect()
}

fn read_outcome_set(outcomes: &OutcomeList, node: &Node<'_>) -> Option<OutcomeSet> {
    node.items()?.iter().map(|node| read_outcome(outcomes, node)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::load::{Loaded, Request, load};
    use super::super::toy::{FILES, SCENARIO, SETTING, files_with, load_text, messages};
    use crate::domain::Error;

    fn load_replaced(from: &str, to: &str) -> Result<Loaded, Error> {
        assert!(SETTING.contains(from), "{from}");
        let in_memory = files_with("toy/setting.toml", &SETTING.replace(from, to));
        load(&Request { scenario: "toy/all.toml".into(), in_memory, ..Request::default() })
    }

    #[test]
    fn a_setting_derives_attributes_and_says_what_wishes_accept() {
        let setting = load_text(SCENARIO).unwrap().setting;
        assert_eq!((setting.id.as_str(), setting.title.as_str()), ("toy", "A toy war"));
        let names: Vec<&str> =
            setting.space.variables().iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["captor", "wish", "asked"]);
        let stays = setting.space.profile(&[0, 1]).unwrap();
        assert_eq!(setting.space.levels(stays), [0, 1, 0]);
        let accepted = setting.outcomes.iter().filter(|outcome| !setting.is_against_wish(stays, *outcome));
        assert_eq!(accepted.collect::<Vec<_>>(), [setting.outcomes.find("released").unwrap()]);
    }

    #[test]
    fn rules_of_a_derived_attribute_must_cover_everybody_once() {
        let gap = load_replaced("{ when = { wish = \"none\" }, then = \"no\" },\n", "");
        assert_eq!(messages(gap)[0], "these rules leave profiles without a value");
        let conflict =
            load_replaced("{ when = { wish = \"none\" }", "{ when = { wish = [\"none\", \"stay\"] }");
        assert_eq!(messages(conflict)[0], "two rules disagree where both apply");
        let idle = load_replaced(
            "{ when = { wish = \"none\" }",
            "{ when = [], then = \"no\" }, { when = { wish = \"none\" }",
        );
        assert_eq!(messages(idle)[0], "this rule never decides anything");
    }

    #[test]
    fn levels_are_declared_once_and_some() {
        let twice = load_replaced("[\"unc\", \"kpa\"]", "[\"unc\", \"unc\"]");
        assert_eq!(messages(twice)[0], "level `unc` of `captor` is declared twice");
        let none = load_replaced("[\"unc\", \"kpa\"]", "[]");
        assert_eq!(messages(none)[0], "`captor` has 0 levels");
    }

    #[test]
    fn a_wish_accepts_outcomes_only() {
        let unknown = load_replaced("then = [\"released\"]", "then = [\"freed\"]");
        assert_eq!(messages(unknown), ["`freed` is not an outcome"]);
    }

    #[test]
    fn a_file_may_bring_sources_of_its_own() {
        let cited =
            SCENARIO.replace("beta = [35, 65]\nsource = \"memo\"", "beta = [35, 65]\nsource = \"my-book\"");
        assert_eq!(messages(load_text(&cited)), ["there is no source `my-book`"]);
        let loaded = load_text(&format!("{cited}\n[sources.my-book]\ntitle = \"My book\"\n")).unwrap();
        assert_eq!(loaded.setting.source("my-book").unwrap().title, "My book");
    }

    #[test]
    fn a_proposal_of_another_setting_is_refused() {
        let text = super::super::toy::PROPOSAL.replace("id = \"ask\"", "id = \"ask\"\nsetting = \"korea\"");
        let in_memory = FILES.into_iter().chain([("toy/proposals/ask.toml", text.as_str())]).collect();
        let request = Request { scenario: "toy/all.toml".into(), in_memory, ..Request::default() };
        assert_eq!(messages(load(&request)), ["this file belongs to the setting `korea`, not to `toy`"]);
    }
}
