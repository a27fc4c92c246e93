use super::conditions::Vocabulary;
use super::fields::{Fields, Node, Problems, parse};
use super::files::{Reader, Shelf};
use crate::domain::{
    Condition, DecisionTable, Outcome, OutcomeSet, Place, Problem, Rule, Setting, Source, Space, Then,
    Variable, describe_in_words,
};

/// More levels than any table of people could show, and few enough for a byte.
const MAX_LEVELS: usize = 256;

/// Reads `setting.toml` and `sources.toml` of a folder.
pub(super) fn load(shelf: &Shelf, reader: &Reader, problems: &Problems) -> Option<Setting> {
    let sources = reader.read(&shelf.file("sources.toml"), problems);
    let sources = sources.and_then(|file| parse(&[file], problems, |fields| Some(self::sources(&fields[0]))));
    let file = reader.read(&shelf.file("setting.toml"), problems)?;
    let setting = parse(&[file], problems, |fields| setting(shelf.name(), &fields[0]))?;
    Some(Setting { sources: sources?, ..setting })
}

/// The entries of a bibliography.
pub(super) fn sources(fields: &Fields<'_>) -> Vec<Source> {
    fields.entries().iter().filter_map(source).collect()
}

fn source(node: &Node<'_>) -> Option<Source> {
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

fn setting(id: String, fields: &Fields<'_>) -> Option<Setting> {
    let title = fields.need("title").and_then(|node| node.text()).unwrap_or_default();
    let attributes = fields.need("attributes").and_then(|node| node.fields("[attributes]"));
    let derived = fields.get("derived").and_then(|node| node.fields("[derived]"));
    let accepts = fields.need("accepts");
    let attributes: Option<Vec<Variable>> = attributes?.entries().iter().map(attribute).collect();
    let Some(mut space) = Space::new(attributes?) else {
        let what = format!("the attributes have more than {} combinations of levels", Space::MAX_PROFILES);
        fields.problems.add(Problem::at(&fields.place(), what).help("drop an attribute or some levels"));
        return None;
    };
    let derived = derived.map(|fields| fields.entries()).unwrap_or_default();
    let mut complete = true;
    for (position, node) in derived.iter().enumerate() {
        let later: Vec<String> = derived[position..].iter().map(|node| node.name.clone()).collect();
        complete &= derive(&mut space, node, &later, fields.problems).is_some();
    }
    let accepts = accepts.and_then(|node| self::accepts(&space, &node, complete, fields.problems))?;
    complete.then_some(Setting { id, title, space, accepts, sources: Vec::new() })
}

fn attribute(node: &Node<'_>) -> Option<Variable> {
    let levels = levels(node)?;
    Some(Variable { name: node.name.clone(), levels })
}

fn levels(node: &Node<'_>) -> Option<Vec<String>> {
    let items = node.items()?;
    let levels: Option<Vec<String>> = items.iter().map(Node::text).collect();
    let levels = levels?;
    if levels.is_empty() || levels.len() > MAX_LEVELS {
        let message = format!("`{}` has {} levels", node.name, levels.len());
        node.problem(message, "must have levels", format!("name 1 to {MAX_LEVELS} levels"));
        return None;
    }
    let repeated = (1..levels.len()).find(|&i| levels[..i].contains(&levels[i]));
    if let Some(repeated) = repeated {
        let message = format!("level `{}` of `{}` is named twice", levels[repeated], node.name);
        items[repeated].problem(message, "again", "remove one of them");
        return None;
    }
    Some(levels)
}

/// Adds a derived attribute to the space, once its rules are proved to give one level everywhere.
fn derive(space: &mut Space, node: &Node<'_>, later: &[String], problems: &Problems) -> Option<()> {
    let fields = node.fields(format!("derived attribute {}", node.name))?;
    let levels = fields.need("levels").and_then(|node| levels(&node));
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
        let when = fields.need("when").map(|node| vocabulary.conditions(&node));
        let then = fields.need("then");
        let then = then.and_then(|node| vocabulary.then(&node, |l| variable.level(l), &known));
        fields.finish();
        Some((rule.place(), when?, then?))
    });
    let (places, table) = table(rows);
    let sound = problems.len() == before && is_total(space, &places, &table, &node.key_place(), problems);
    // What is wrong has been reported; the name stays known to what comes after.
    space.derive(variable, |point| table.value(point).unwrap_or_default());
    sound.then_some(())
}

fn table<T>(rows: impl Iterator<Item = (Place, Vec<Condition>, Then<T>)>) -> (Vec<Place>, DecisionTable<T>) {
    let (mut places, mut rules) = (Vec::new(), Vec::new());
    for (place, when, then) in rows {
        places.push(place);
        rules.push(Rule { when, then, exception_to: Vec::new(), silence: false });
    }
    (places, DecisionTable { rules })
}

/// Whether a table without exceptions gives exactly one value everywhere; reports all that is
/// wrong with it.
fn is_total<T: PartialEq + Clone>(
    space: &Space,
    places: &[Place],
    table: &DecisionTable<T>,
    whole: &Place,
    problems: &Problems,
) -> bool {
    let audit = table.audit(space.combinations());
    let before = problems.len();
    let words = |marked: Vec<usize>| describe_in_words(space.variables(), space.combinations(), marked);
    if !audit.gaps.is_empty() {
        let gap =
            Problem::at(whole, "these rules leave profiles without a value").label("none applies where");
        let gap = words(audit.gaps).into_iter().fold(gap, Problem::note);
        problems.add(gap.help("add a rule for them"));
    }
    for conflict in audit.conflicts {
        let [first, second] = conflict.rules;
        let problem = Problem::at(&places[second], "two rules disagree")
            .label("this rule")
            .also(&places[first], "and this rule, where");
        let problem = words(conflict.combinations).into_iter().fold(problem, Problem::note);
        problems.add(problem.help("narrow one of them"));
    }
    for rule in audit.unreachable {
        let problem = Problem::at(&places[rule], "this rule never decides anything");
        problems.add(problem.label("no profile is left for it").help("remove it or widen its `when`"));
    }
    problems.len() == before
}

/// What each wish accepts: a table from profile to a set of outcomes. It can be proved complete only
/// if the space is sound.
fn accepts(space: &Space, node: &Node<'_>, sound: bool, problems: &Problems) -> Option<Vec<OutcomeSet>> {
    let vocabulary = Vocabulary { variables: space.variables(), later: &[] };
    let before = problems.len();
    let rows = node.items()?;
    let rows = rows.iter().filter_map(|rule| {
        let fields = rule.fields("[[accepts]]")?;
        let when = fields.need("when").map(|node| vocabulary.conditions(&node));
        let then = fields.need("then").and_then(|node| outcome_set(&node));
        fields.get("note").and_then(|node| node.text());
        fields.finish();
        Some((rule.place(), when?, Then::Always(then?)))
    });
    let (places, table) = table(rows);
    if !sound || problems.len() > before || !is_total(space, &places, &table, &node.key_place(), problems) {
        return None;
    }
    space.combinations().iter().map(|point| table.value(point)).collect()
}

fn outcome_set(node: &Node<'_>) -> Option<OutcomeSet> {
    node.items()?.iter().map(outcome).collect()
}

/// An outcome that stands as a value.
pub(super) fn outcome(node: &Node<'_>) -> Option<Outcome> {
    let name = node.text()?;
    let outcome = Outcome::from_name(&name);
    if outcome.is_none() {
        let names = Outcome::ALL.map(Outcome::name);
        let help = super::fields::suggestion(&name, names.into_iter());
        node.problem(format!("`{name}` is not an outcome"), "unknown outcome", help);
    }
    outcome
}
