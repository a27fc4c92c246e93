//! Reads a proposal: its readings, its rules with their citations, and its worked cases.

use std::sync::Arc;

use super::basis::{read_source_key, read_status};
use super::conditions::{Vocabulary, read_outcome, read_value};
use super::fields::{Fields, Node, parse};
use super::files::{Location, Reader};
use super::names::refuse_formula;
use super::setting::read_setting_and_sources;
use crate::domain::{
    Citation, Condition, DecisionTable, Outcome, Place, Problem, Rule, Setting, Then, Variable,
};
use crate::proposal::{Case, Proposal, Reading, RuleText, check};

/// Reads and checks a proposal. Its sources are added to the setting's bibliography.
pub(super) fn load_proposal(
    reader: &Reader<'_>,
    setting: &mut Setting,
    id: &str,
    (file, named_at): (&Location, Option<&Place>),
) -> Option<Arc<Proposal>> {
    let file = reader.read(file, named_at)?;
    let proposal = parse(&file, &reader.problems, |fields| {
        read_setting_and_sources(setting, fields);
        read_proposal(setting, id, fields)
    })?;
    reader.problems.extend(check(setting, &proposal));
    Some(Arc::new(proposal))
}

fn read_proposal(setting: &Setting, stem: &str, fields: &Fields<'_>) -> Option<Proposal> {
    let problems = fields.problems;
    let before = problems.len();
    let id = fields.need("id");
    if let Some(id) = &id
        && id.text().is_some_and(|text| text != stem)
    {
        let message = format!("the id must be the name of the file, {stem}.toml");
        id.problem(message, "another name", format!("write `id = \"{stem}\"`, or rename the file"));
    }
    refuse_formula(stem, &id.as_ref().map_or(fields.place(), Node::place), problems);
    let title = fields.need("title").and_then(|node| node.text()).unwrap_or_default();
    let date = fields.get("date").and_then(|node| node.date());
    let by = fields.get("by").and_then(|node| node.text());
    let note = fields.get("note").and_then(|node| node.text());
    let readings = read_readings(setting, fields);
    let file = ProposalFile::new(setting, &readings);
    let (rules, table) = file.read_rules(fields);
    let cases = fields.get("case").and_then(|node| node.items()).unwrap_or_default();
    let cases = cases.iter().filter_map(|node| file.read_case(node)).collect();
    let place = id.as_ref().map_or(fields.place(), Node::place);
    let sound = problems.len() == before;
    sound.then_some(Proposal { id: stem.into(), title, date, by, note, readings, rules, table, cases, place })
}

fn read_readings(setting: &Setting, fields: &Fields<'_>) -> Vec<Reading> {
    let readings = fields.get("readings").and_then(|node| node.fields("[readings]"));
    let entries = readings.map(|fields| fields.entries()).unwrap_or_default();
    entries.iter().filter_map(|node| read_reading(setting, node)).collect()
}

/// Reads a reading: its keys are its values, except `question` and `default`.
fn read_reading(setting: &Setting, node: &Node<'_>) -> Option<Reading> {
    let fields = node.fields(format!("reading {}", node.name))?;
    if setting.space.variable(&node.name).is_some() {
        let what = format!("reading `{}` has the name of an attribute", node.name);
        let problem = Problem::at(&node.key_place(), what).label("already an attribute");
        node.problems.add(problem.help("give it another name"));
        return None;
    }
    // What is wrong here is reported; the reading is kept, so that uses of it are not refused as well.
    let question = fields.need("question").and_then(|node| node.text()).unwrap_or_default();
    let default = fields.need("default");
    let mut values = fields.entries();
    values.retain(|node| node.name != "question" && node.name != "default");
    if !(1..=Reading::MAX_VALUES).contains(&values.len()) {
        refuse_number_of_values(node, values.len());
        return None;
    }
    let meanings = values.iter().map(|node| node.text().unwrap_or_default()).collect();
    let levels = values.into_iter().map(|node| node.name).collect();
    let variable = Variable { name: node.name.clone(), levels };
    let default = default.and_then(|node| read_value(&variable, &node)).unwrap_or_default();
    Some(Reading { variable, question, meanings, default, place: node.key_place() })
}

fn refuse_number_of_values(node: &Node<'_>, values: usize) {
    let problem =
        |what: String| Problem::at(&node.key_place(), format!("reading `{}` has {what}", node.name));
    node.problems.add(match values {
        0 => problem("no values".into())
            .label("nothing to choose from")
            .help("add each value with what it means, such as `retained = \"He stays in custody.\"`"),
        _ => problem(format!("{values} values"))
            .label("too many")
            .help(format!("leave at most {}", Reading::MAX_VALUES)),
    });
}

/// What is needed to read rules and cases.
struct ProposalFile<'a> {
    setting: &'a Setting,
    /// Attributes, derived attributes and then readings.
    variables: Vec<Variable>,
    readings: &'a [Reading],
}

/// A rule as read, its exceptions still by name.
struct NamedRule<'a> {
    text: RuleText,
    when: Vec<Condition>,
    then: Option<Then<Outcome>>,
    exception_to: Vec<Node<'a>>,
    silence: bool,
}

impl<'a> ProposalFile<'a> {
    fn new(setting: &'a Setting, readings: &'a [Reading]) -> Self {
        let readings_as_variables = readings.iter().map(|reading| &reading.variable);
        let variables = setting.space.variables().iter().chain(readings_as_variables).cloned().collect();
        ProposalFile { setting, variables, readings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::with_readings(&self.variables)
    }

    fn read_rules(&self, fields: &Fields<'_>) -> (Vec<RuleText>, DecisionTable<Outcome>) {
        let rules = fields.need_tables("rule");
        let silences = fields.get("silence").map(|node| node.one_or_more()).unwrap_or_default();
        let rules = rules.iter().filter_map(|node| self.read_rule(node));
        let silences = silences.iter().filter_map(|node| self.read_silence(node));
        let rules: Vec<NamedRule<'_>> = rules.chain(silences).collect();
        let ids = rules.iter().map(|rule| (rule.text.id.as_str(), &rule.text.place));
        fields.problems.refuse_repeated_ids("rules", ids);
        let ids: Vec<String> = rules.iter().map(|rule| rule.text.id.clone()).collect();
        let (mut texts, mut table) = (Vec::new(), Vec::new());
        for rule in rules {
            let exception_to = rule.exception_to.iter().filter_map(|node| find_rule(&ids, node)).collect();
            let Some(then) = rule.then else { continue };
            texts.push(rule.text);
            table.push(Rule { when: rule.when, then, exception_to, silence: rule.silence });
        }
        (texts, DecisionTable { rules: table })
    }

    fn read_rule<'n>(&self, node: &Node<'n>) -> Option<NamedRule<'n>> {
        let what = node.text_at("id").map_or("a rule".into(), |id| format!("rule `{id}`"));
        let fields = node.fields(what)?;
        let id = fields.need("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let when = self.read_when(&fields);
        let then = fields.need("then").and_then(|node| self.read_then(&node));
        let exception_to = fields.get("exception_to").map(|node| node.one_or_more()).unwrap_or_default();
        let citation = fields.need("citation").and_then(|node| self.read_citation(&node));
        fields.finish();
        let text = RuleText { id: id.and_then(|node| node.text())?, citation, note: None, place };
        Some(NamedRule { text, when, then, exception_to, silence: false })
    }

    fn read_silence<'n>(&self, node: &Node<'n>) -> Option<NamedRule<'n>> {
        let fields = node.fields("[[silence]]")?;
        let id = fields.get("id");
        let place = id.as_ref().map_or(fields.place(), Node::place);
        let when = self.read_when(&fields);
        let then = fields.need("then").and_then(|node| self.read_then(&node));
        let note = fields.need("note").and_then(|node| node.text());
        fields.finish();
        let id = id.and_then(|node| node.text()).unwrap_or_else(|| "silence".into());
        let text = RuleText { id, citation: None, note, place };
        Some(NamedRule { text, when, then, exception_to: Vec::new(), silence: true })
    }

    /// Reads where a rule applies: without `when`, everywhere.
    fn read_when(&self, fields: &Fields<'_>) -> Vec<Condition> {
        let everywhere = || vec![Condition::default()];
        fields.get("when").map_or_else(everywhere, |node| self.vocabulary().read_conditions(&node))
    }

    fn read_then(&self, node: &Node<'_>) -> Option<Then<Outcome>> {
        let outcomes = &self.setting.outcomes;
        let known: Vec<&str> = outcomes.names().collect();
        self.vocabulary().read_then(node, |name| outcomes.find(name), &known)
    }

    fn read_citation(&self, node: &Node<'_>) -> Option<Citation> {
        let fields = node.fields("a citation")?;
        let source = fields.need("source").and_then(|node| read_source_key(&self.setting.sources, &node));
        let locus = fields.need("locus").and_then(|node| node.text());
        let note = fields.get("note").and_then(|node| node.text());
        let status = fields.get("status").and_then(|node| read_status(&node)).unwrap_or_default();
        fields.finish();
        Some(Citation { source: source?, locus: locus?, note, status })
    }

    fn read_case(&self, node: &Node<'_>) -> Option<Case> {
        let fields = node.fields("[[case]]")?;
        let name = fields.need("name");
        let attributes = Vocabulary::of_attributes(self.setting.space.variables());
        let profiles = fields.need("profile").and_then(|node| attributes.read_condition(&node));
        let readings = fields.get("reading").and_then(|node| node.fields("the case's readings"));
        let readings = readings.map(|fields| fields.entries()).unwrap_or_default();
        let readings = readings.iter().filter_map(|node| self.read_chosen_value(node)).collect();
        let expect = fields.need("expect").and_then(|node| read_outcome(&self.setting.outcomes, &node));
        fields.finish();
        let place = name.as_ref().map_or(fields.place(), Node::place);
        Some(Case { name: name?.text()?, profiles: profiles?, readings, expect: expect?, place })
    }

    /// Reads the value that a case assumes for a reading.
    fn read_chosen_value(&self, node: &Node<'_>) -> Option<(usize, u8)> {
        let position = self.readings.iter().position(|reading| reading.variable.name == node.name);
        if position.is_none() {
            let known = self.readings.iter().map(|reading| reading.variable.name.as_str());
            let what = format!("the proposal has no reading `{}`", node.name);
            let problem = Problem::at(&node.key_place(), what).label("unknown reading");
            node.problems.add(problem.help(node.problems.suggestion(&node.name, known)));
        }
        let position = position?;
        Some((position, read_value(&self.readings[position].variable, node)?))
    }
}

fn find_rule(ids: &[String], node: &Node<'_>) -> Option<usize> {
    let name = node.text()?;
    let position = ids.iter().position(|id| *id == name);
    if position.is_none() {
        let help = node.problems.suggestion(&name, ids.iter().map(String::as_str));
        node.problem(format!("there is no rule `{name}`"), "unknown rule", help);
    }
    position
}

#[cfg(test)]
mod tests {
    use super::super::load::{LoadedProposals, load_proposals};
    use super::super::toy::{PROPOSAL, files_with, messages};
    use crate::domain::{Error, Status};

    fn load_text(text: &str) -> Result<LoadedProposals, Error> {
        let path = "toy/proposals/ask.toml";
        load_proposals(&[path.into()], &[], &files_with(path, text))
    }

    fn load_replaced(from: &str, to: &str) -> Result<LoadedProposals, Error> {
        assert!(PROPOSAL.contains(from), "{from}");
        load_text(&PROPOSAL.replace(from, to))
    }

    #[test]
    fn a_proposal_has_rules_silences_readings_and_cases() {
        let loaded = load_text(PROPOSAL).unwrap();
        let proposal = loaded.rulebooks[0].proposal();
        assert_eq!((proposal.id.as_str(), proposal.date.as_deref()), ("ask", Some("1952-07-03")));
        let ids: Vec<&str> = proposal.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["home", "stay", "silence"]);
        assert!(proposal.table.rules[2].silence && !proposal.table.rules[1].silence);
        assert_eq!(proposal.rules[1].citation.as_ref().unwrap().status, Status::Unverified);
        assert_eq!(proposal.readings[0].variable.levels, ["retained", "released"]);
        assert_eq!(proposal.cases[0].readings, [(0, 1)]);
    }

    #[test]
    fn what_a_rule_names_must_exist() {
        let cases = [
            (
                "when = { wish = \"home\" }",
                "when = { wsh = \"home\" }",
                "there is no attribute or reading `wsh`",
            ),
            ("when = { wish = \"home\" }", "when = { wish = \"hom\" }", "`wish` has no level `hom`"),
            ("then = \"$left\"", "then = \"$lefd\"", "there is no attribute or reading `lefd`"),
            (
                "then = \"$left\"",
                "then = \"$wish\"",
                "not every value of `wish` is one of repatriated, released, retained",
            ),
            ("source = \"memo\", locus = \"section 1\"", "source = \"memo\"", "a citation has no `locus`"),
            (
                "then = \"repatriated\"",
                "then = \"freed\"",
                "`freed` is not one of repatriated, released, retained",
            ),
            (
                "then = \"repatriated\"",
                "then = \"repatriated\"\nexception_to = \"sta\"",
                "there is no rule `sta`",
            ),
            ("id = \"stay\"", "id = \"home\"", "two rules have the id `home`"),
            ("default = \"retained\"", "default = \"retaind\"", "`left` has no value `retaind`"),
            (
                "reading = { left = \"released\" }",
                "reading = { lefd = \"released\" }",
                "the proposal has no reading `lefd`",
            ),
            ("id = \"ask\"", "id = \"asked\"", "the id must be the name of the file, ask.toml"),
        ];
        for (from, to, expected) in cases {
            assert_eq!(messages(load_replaced(from, to)), [expected], "{to}");
        }
    }

    /// A proposal with this many values for its reading.
    fn with_values(values: usize) -> String {
        let values: String = (0..values).map(|value| format!("v{value} = \"Value {value}\"\n")).collect();
        let reading = format!("question = \"Which?\"\ndefault = \"v0\"\n{values}");
        let rule = "[[rule]]\nid = \"v0\"\nwhen = { left = \"v0\" }\nthen = \"released\"\n\
                    citation = { source = \"memo\", locus = \"1\" }\n\
                    [[silence]]\nthen = \"retained\"\nnote = \"Nothing is said.\"\n";
        format!("id = \"ask\"\ntitle = \"Ask\"\n[readings.left]\n{reading}\n{rule}")
    }

    #[test]
    fn a_reading_has_1_to_256_values() {
        assert_eq!(messages(load_text(&with_values(0)))[0], "reading `left` has no values");
        assert_eq!(messages(load_text(&with_values(257)))[0], "reading `left` has 257 values");
        let loaded = load_text(&with_values(256)).unwrap();
        assert_eq!(loaded.rulebooks[0].proposal().combinations().len(), 256);
    }
}
