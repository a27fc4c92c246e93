use super::conditions::{Vocabulary, level, source_key};
use super::fields::{Fields, Node, Problems, suggestion};
use super::setting::outcome;
use crate::domain::{
    Citation, Condition, DecisionTable, Outcome, Place, Problem, Rule, Setting, Status, Then, Variable,
};
use crate::proposal::{Case, Proposal, Reading, RuleText};

/// Reads a proposal; `stem` is its file's name without the ending.
pub(super) fn proposal(setting: &Setting, stem: &str, fields: &Fields<'_>) -> Option<Proposal> {
    let problems = fields.problems;
    let before = problems.len();
    let id = fields.need("id");
    if let Some(id) = &id
        && id.text().is_some_and(|text| text != stem)
    {
        let message = format!("the file is called {stem}.toml");
        id.problem(message, "another name", "give the proposal the name of its file, or rename the file");
    }
    let title = fields.need("title").and_then(|node| node.text()).unwrap_or_default();
    let date = fields.get("date").and_then(|node| node.date());
    let by = fields.get("by").and_then(|node| node.text());
    let note = fields.get("note").and_then(|node| node.text());
    let readings = readings(setting, fields);
    let variables: Vec<Variable> = setting
        .space
        .variables()
        .iter()
        .chain(readings.iter().map(|reading| &reading.variable))
        .cloned()
        .collect();
    let file = ProposalFile { setting, variables, readings: &readings };
    let (rules, table) = file.rules(fields);
    let cases = fields.get("case").and_then(|node| node.items()).unwrap_or_default();
    let cases = cases.iter().filter_map(|node| file.case(node)).collect();
    let place = id.as_ref().map_or(fields.place(), Node::place);
    let sound = problems.len() == before;
    sound.then_some(Proposal { id: stem.into(), title, date, by, note, readings, rules, table, cases, place })
}

fn readings(setting: &Setting, fields: &Fields<'_>) -> Vec<Reading> {
    let readings = fields.get("readings").and_then(|node| node.fields("[readings]"));
    let entries = readings.map(|fields| fields.entries()).unwrap_or_default();
    entries.iter().filter_map(|node| reading(setting, node)).collect()
}

/// A reading's keys are its values, but for `question` and `default`.
fn reading(setting: &Setting, node: &Node<'_>) -> Option<Reading> {
    let fields = node.fields(format!("reading {}", node.name))?;
    if setting.space.variable(&node.name).is_some() {
        let what = format!("reading `{}` has the name of an attribute", node.name);
        node.problems.add(Problem::at(&node.key_place(), what).help("give it another name"));
        return None;
    }
    let question = fields.need("question").and_then(|node| node.text())?;
    let default = fields.need("default")?;
    let values: Vec<Node<'_>> = fields
        .entries()
        .into_iter()
        .filter(|node| node.name != "question" && node.name != "default")
        .collect();
    let meanings: Option<Vec<String>> = values.iter().map(Node::text).collect();
    let levels = values.iter().map(|node| node.name.clone()).collect();
    let variable = Variable { name: node.name.clone(), levels };
    if variable.levels.is_empty() || variable.levels.len() > 256 {
        node.problem(
            format!("reading `{}` has no values", node.name),
            "a choice of what?",
            "name its values",
        );
        return None;
    }
    let default = level(&variable, &default)?;
    Some(Reading { variable, question, meanings: meanings?, default, place: node.key_place() })
}

/// What is needed to read rules and cases.
struct ProposalFile<'a> {
    setting: &'a Setting,
    variables: Vec<Variable>,
    readings: &'a [Reading],
}

/// A rule as read, its exceptions still by name.
struct RawRule<'a> {
    text: RuleText,
    when: Vec<Condition>,
    then: Option<Then<Outcome>>,
    exception_to: Vec<Node<'a>>,
    silence: bool,
}

impl ProposalFile<'_> {
    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary { variables: &self.variables, later: &[] }
    }

    fn rules(&self, fields: &Fields<'_>) -> (Vec<RuleText>, DecisionTable<Outcome>) {
        let rules = fields.need("rule").and_then(|node| node.items()).unwrap_or_default();
        let silences = fields.get("silence").map(|node| node.one_or_more()).unwrap_or_default();
        let rules = rules.iter().filter_map(|node| self.rule(node));
        let silences = silences.iter().filter_map(|node| self.silence(node));
        let raw: Vec<RawRule<'_>> = rules.chain(silences).collect();
        refuse_repeated(raw.iter().map(|rule| (&rule.text.id, &rule.text.place)), "rule", fields.problems);
        let ids: Vec<String> = raw.iter().map(|rule| rule.text.id.clone()).collect();
        let (mut texts, mut table) = (Vec::new(), Vec::new());
        for rule in raw {
            let exception_to = rule.exception_to.iter().filter_map(|node| rule_named(&ids, node)).collect();
            let Some(then) = rule.then else { continue };
            texts.push(rule.text);
            table.push(Rule { when: rule.when, then, exception_to, silence: rule.silence });
        }
        (texts, DecisionTable { rules: table })
    }

    fn rule<'n>(&self, node: &Node<'n>) -> Option<RawRule<'n>> {
        let what = node.text_at("id").map_or("a rule".into(), |id| format!("rule `{id}`"));
        let fields = node.fields(what)?;
        let id = fields.need("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let when = fields.get("when").map(|node| self.vocabulary().conditions(&node));
        let then = fields.need("then").and_then(|node| self.then(&node));
        let exception_to = fields.get("exception_to").map(|node| node.one_or_more()).unwrap_or_default();
        let citation = fields.need("citation").and_then(|node| self.citation(&node));
        fields.finish();
        let text = RuleText { id: id.and_then(|node| node.text())?, citation, note: None, place };
        let when = when.unwrap_or_else(everybody);
        Some(RawRule { text, when, then, exception_to, silence: false })
    }

    fn silence<'n>(&self, node: &Node<'n>) -> Option<RawRule<'n>> {
        let fields = node.fields("[[silence]]")?;
        let id = fields.get("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let when = fields.get("when").map(|node| self.vocabulary().conditions(&node));
        let then = fields.need("then").and_then(|node| self.then(&node));
        let note = fields.need("note").and_then(|node| node.text());
        fields.finish();
        let id = id.and_then(|node| node.text()).unwrap_or_else(|| "silence".into());
        let text = RuleText { id, citation: None, note, place };
        let when = when.unwrap_or_else(everybody);
        Some(RawRule { text, when, then, exception_to: Vec::new(), silence: true })
    }

    fn then(&self, node: &Node<'_>) -> Option<Then<Outcome>> {
        self.vocabulary().then(node, Outcome::from_name, &Outcome::ALL.map(Outcome::name))
    }

    fn citation(&self, node: &Node<'_>) -> Option<Citation> {
        let fields = node.fields("a citation")?;
        let source = fields.need("source").and_then(|node| source_key(&self.setting.sources, &node));
        let locus = fields.need("locus").and_then(|node| node.text());
        let note = fields.get("note").and_then(|node| node.text());
        let status = fields.get("status").and_then(|node| status(&node)).unwrap_or_default();
        fields.finish();
        Some(Citation { source: source?, locus: locus?, note, status })
    }

    fn case(&self, node: &Node<'_>) -> Option<Case> {
        let fields = node.fields("[[case]]")?;
        let name = fields.need("name");
        let attributes = Vocabulary { variables: self.setting.space.variables(), later: &[] };
        let profiles = fields.need("profile").and_then(|node| attributes.condition(&node));
        let readings = fields.get("reading").and_then(|node| node.fields("the case's readings"));
        let readings = readings.map(|fields| fields.entries()).unwrap_or_default();
        let readings = readings.iter().filter_map(|node| self.reading_value(node)).collect();
        let expect = fields.need("expect").and_then(|node| outcome(&node));
        fields.finish();
        let place = name.as_ref().map_or(fields.place(), Node::place);
        Some(Case { name: name?.text()?, profiles: profiles?, readings, expect: expect?, place })
    }

    fn reading_value(&self, node: &Node<'_>) -> Option<(usize, u8)> {
        let position = self.readings.iter().position(|reading| reading.variable.name == node.name);
        if position.is_none() {
            let known = self.readings.iter().map(|reading| reading.variable.name.as_str());
            let what = format!("the proposal has no reading `{}`", node.name);
            let problem = Problem::at(&node.key_place(), what).label("unknown reading");
            node.problems.add(problem.help(suggestion(&node.name, known)));
        }
        let position = position?;
        Some((position, level(&self.readings[position].variable, node)?))
    }
}

fn everybody() -> Vec<Condition> {
    vec![Condition::default()]
}

fn rule_named(ids: &[String], node: &Node<'_>) -> Option<usize> {
    let name = node.text()?;
    let position = ids.iter().position(|id| *id == name);
    if position.is_none() {
        let help = suggestion(&name, ids.iter().map(String::as_str));
        node.problem(format!("there is no rule `{name}`"), "unknown rule", help);
    }
    position
}

/// How a number or passage is known.
pub(super) fn status(node: &Node<'_>) -> Option<Status> {
    let name = node.text()?;
    let status = Status::ALL.into_iter().find(|status| status.name() == name);
    if status.is_none() {
        let help = suggestion(&name, Status::ALL.into_iter().map(Status::name));
        node.problem(format!("`{name}` is not a status"), "unknown status", help);
    }
    status
}

/// Reports ids that are given twice, with both places.
pub(super) fn refuse_repeated<'i>(
    ids: impl Iterator<Item = (&'i String, &'i Place)>,
    what: &str,
    problems: &Problems,
) {
    let mut seen: Vec<(&String, &Place)> = Vec::new();
    for (id, place) in ids {
        match seen.iter().find(|(earlier, _)| *earlier == id) {
            Some((_, first)) => problems.add(
                Problem::at(place, format!("two [[{what}]] have the id `{id}`"))
                    .label("again")
                    .also(first, "first here")
                    .help("give one of them another id"),
            ),
            None => seen.push((id, place)),
        }
    }
}
