//! Reads the rules and silences of a proposal.

use super::basis::{read_source_key, read_status};
use super::conditions::Vocabulary;
use super::fields::{Fields, Node};
use crate::domain::{Citation, Condition, DecisionTable, Outcome, Rule, Setting, Then, Variable};
use crate::proposal::{Reading, RuleText};

/// What is needed to read rules and cases.
pub(super) struct ProposalFile<'a> {
    pub(super) setting: &'a Setting,
    /// Attributes, derived attributes and then readings.
    variables: Vec<Variable>,
    pub(super) readings: &'a [Reading],
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
    pub(super) fn new(setting: &'a Setting, readings: &'a [Reading]) -> Self {
        let readings_as_variables = readings.iter().map(|reading| &reading.variable);
        let variables = setting.space.variables().iter().chain(readings_as_variables).cloned().collect();
        ProposalFile { setting, variables, readings }
    }

    pub(super) fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::with_readings(&self.variables)
    }

    pub(super) fn read_rules(&self, fields: &Fields<'_>) -> (Vec<RuleText>, DecisionTable<Outcome>) {
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
        let on_request = fields.get("on_request").and_then(|node| node.flag()).unwrap_or_default();
        fields.finish();
        let text = RuleText { id: id.and_then(|node| node.text())?, citation, note: None, on_request, place };
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
        let text = RuleText { id, citation: None, note, on_request: false, place };
        Some(NamedRule { text, when, then, exception_to: Vec::new(), silence: true })
    }

    /// Reads where a rule applies: without `when`, everywhere.
    fn read_when(&self, fields: &Fields<'_>) -> Vec<Condition> {
        let everywhere = || vec![Condition::default()];
        fields.get("when").map_or_else(everywhere, |node| self.vocabulary().read_conditions(&node))
    }

    pub(super) fn read_then(&self, node: &Node<'_>) -> Option<Then<Outcome>> {
        let outcomes = &self.setting.outcomes;
        let known: Vec<&str> = outcomes.names().collect();
        self.vocabulary().read_then(node, |name| outcomes.find(name), &known)
    }

    pub(super) fn read_citation(&self, node: &Node<'_>) -> Option<Citation> {
        let fields = node.fields("a citation")?;
        let source = fields.need("source").and_then(|node| read_source_key(&self.setting.sources, &node));
        let locus = fields.need("locus").and_then(|node| node.text());
        let note = fields.get("note").and_then(|node| node.text());
        let status = fields.get("status").and_then(|node| read_status(&node)).unwrap_or_default();
        fields.finish();
        Some(Citation { source: source?, locus: locus?, note, status })
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
