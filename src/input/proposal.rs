//! Reads a proposal: its readings, and all its other parts, which have files of their own.

use std::sync::Arc;

use super::cases::read_cases;
use super::conditions::read_value;
use super::fields::{Fields, Node, parse};
use super::files::{Location, Reader};
use super::limit::read_limits;
use super::names::refuse_formula;
use super::rules::ProposalFile;
use super::setting::read_setting_and_sources;
use crate::domain::{Place, Problem, Setting, Variable};
use crate::proposal::{Proposal, Reading, check};

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
    refuse_formula(stem, &id.as_ref().map_or(fields.place(), Node::place), problems);
    let title = fields.need("title").and_then(|node| node.text()).unwrap_or_default();
    let date = fields.get("date").and_then(|node| node.date());
    let by = fields.get("by").and_then(|node| node.text());
    let note = fields.get("note").and_then(|node| node.text());
    let readings = read_readings(setting, fields);
    let file = ProposalFile::new(setting, &readings);
    let (rules, table) = file.read_rules(fields);
    let limits = read_limits(&file, fields);
    let (cases, cases_of_numbers) = read_cases(&file, fields);
    // Last: a copy under another name has it too, and what else is wrong matters more.
    if let Some(id) = &id
        && id.text().is_some_and(|text| text != stem)
    {
        let message = format!("the id must be the name of the file, {stem}.toml");
        id.problem(message, "another name", format!("write `id = \"{stem}\"`, or rename the file"));
    }
    let place = id.as_ref().map_or(fields.place(), Node::place);
    let sound = problems.len() == before;
    sound.then_some(Proposal {
        id: stem.into(),
        title,
        date,
        by,
        note,
        readings,
        rules,
        table,
        limits,
        cases,
        cases_of_numbers,
        place,
    })
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
