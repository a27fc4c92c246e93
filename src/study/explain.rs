//! Why a proposal does what it does with a prisoner: the rule that decides, its citation, and what other
//! readings would give.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::columns::{self, column, same};
use super::texts::Texts;
use crate::domain::{Citation, Condition, Error, Outcome, Problem, Profile, Setting};
use crate::input::suggestion;
use crate::proposal::{self, BILLIONTHS, Bound, Explanation, Interpretation, Limit, RuleText, RuleTrace};
use crate::table::{Provenance, Show, Table, Values, grouped};

/// What every explanation says of its profile.
const SYNTHETIC: &str = "This is a profile, not a person.";

/// Why a proposal does what it does with a profile.
#[derive(Debug, Clone)]
pub struct ExplanationReport {
    texts: Texts,
    position: usize,
    profile: Profile,
    /// The outcome, the rules that decide and those that do not, and what other readings give.
    pub explanation: Explanation,
    provenance: Provenance,
}

impl Texts {
    /// The profile described by `attribute=level`, one for every attribute.
    ///
    /// # Errors
    ///
    /// Everything that is wrong or missing, all at once.
    pub fn profile(&self, description: &[impl AsRef<str>]) -> Result<Profile, Error> {
        let space = &self.setting.space;
        let mut problems = Vec::new();
        let mut levels: Vec<Option<u8>> = vec![None; space.attributes().len()];
        for word in description.iter().map(AsRef::as_ref) {
            let (name, level) = word.split_once('=').unwrap_or((word, ""));
            let Some(position) = space.attributes().iter().position(|attribute| attribute.name == name)
            else {
                let known = space.attributes().iter().map(|attribute| attribute.name.as_str());
                let what = format!("`{word}`: there is no attribute `{name}`");
                problems.push(Problem::new(what).help(suggestion(name, known)));
                continue;
            };
            let attribute = &space.attributes()[position];
            match (attribute.level(level), levels[position]) {
                (None, _) => {
                    let known = attribute.levels.iter().map(String::as_str);
                    let what = format!("`{word}`: `{name}` has no level `{level}`");
                    problems.push(Problem::new(what).help(suggestion(level, known)));
                    // Not missing as well.
                    levels[position] = Some(0);
                }
                (Some(_), Some(_)) => {
                    problems.push(Problem::new(format!("`{name}` is given twice")).help("give it once"));
                }
                (found, None) => levels[position] = found,
            }
        }
        levels
            .iter_mut()
            .enumerate()
            .for_each(|(position, level)| *level = level.or(space.default_level(position)));
        let missing = space.attributes().iter().zip(&levels).filter(|(_, level)| level.is_none());
        problems.extend(missing.map(|(attribute, _)| {
            let what = format!("`{}` is missing", attribute.name);
            let values = attribute.levels.iter().map(|level| format!("{}={level}", attribute.name));
            Problem::new(what).help(format!("add one of {}", values.collect::<Vec<_>>().join(", ")))
        }));
        let levels: Option<Vec<u8>> = levels.into_iter().collect();
        let profile = levels.and_then(|levels| space.profile(&levels));
        profile.filter(|_| problems.is_empty()).ok_or(Error::Problems(problems))
    }

    /// Explains what one of the proposals, by position, does with a profile.
    pub fn explain(&self, position: usize, profile: Profile) -> ExplanationReport {
        let explanation = proposal::explain(&self.setting, &self.rulebooks[position], profile);
        ExplanationReport {
            texts: self.clone(),
            position,
            profile,
            explanation,
            provenance: self.provenance(),
        }
    }
}

impl ExplanationReport {
    fn setting(&self) -> &Setting {
        &self.texts.setting
    }

    fn name(&self, outcome: Outcome) -> &str {
        self.setting().outcomes.name(outcome)
    }

    fn interpretation(&self) -> &Interpretation {
        &self.texts.rulebooks[self.position].interpretation
    }

    /// The explanation as a tidy table: a row for each rule, those that decide first.
    pub fn table(&self) -> Table {
        let how = self.interpretation();
        let deciding = self.explanation.deciding.iter().map(|rule| (*rule, "decides", None));
        let others = self.explanation.others.iter().map(|trace| match trace {
            RuleTrace::GivesWay { rule, to } => {
                (*rule, "gives way", Some(how.proposal.rules[*to].id.clone()))
            }
            RuleTrace::DoesNotApply { rule, .. } => (*rule, "does not apply", Some(self.needs(trace))),
        });
        let rows: Vec<(&RuleText, &str, Option<String>)> = deciding
            .chain(others)
            .map(|(rule, role, because)| (&how.proposal.rules[rule], role, because))
            .collect();
        let text = |of: &dyn Fn(&RuleText) -> Option<String>| {
            Values::Text(rows.iter().map(|(rule, ..)| of(rule)).collect())
        };
        let cited =
            |of: &'static dyn Fn(&Citation) -> String| move |rule: &RuleText| rule.citation.as_ref().map(of);
        let roles = ["decides", "gives way", "does not apply"].map(String::from);
        let columns = vec![
            column(columns::PROPOSAL, same(&how.proposal.id, rows.len()), Show::Heading { before: "" }),
            column(columns::READING, same(&how.name().reading(), rows.len()), Show::HeadingDetail),
            column(columns::RULE, text(&|rule| Some(rule.id.clone())), Show::Label),
            column(
                columns::ROLE,
                Values::categories(roles, rows.iter().map(|(_, role, _)| *role)),
                Show::Label,
            ),
            column(
                columns::BECAUSE,
                Values::Text(rows.iter().map(|row| row.2.clone()).collect()),
                Show::Label,
            ),
            column(columns::SOURCE, text(&cited(&|citation| citation.source.clone())), Show::Label),
            column(columns::LOCUS, text(&cited(&|citation| citation.locus.clone())), Show::Label),
            column(columns::STATUS, text(&cited(&|citation| citation.status.name().into())), Show::InFiles),
            column(columns::NOTE, text(&note), Show::InFiles),
        ];
        Table {
            title: format!(
                "{}: {}",
                self.setting().space.words(self.profile),
                self.name(self.explanation.outcome)
            ),
            columns,
            notes: vec![SYNTHETIC.into()],
            provenance: self.provenance.clone(),
            facts: self.facts(),
            narrative: Some(self.narrative()),
            ..Table::default()
        }
    }

    fn facts(&self) -> Map<String, Value> {
        let (space, how, why) = (&self.setting().space, self.interpretation(), &self.explanation);
        let levels = space.variables().iter().zip(space.levels(self.profile));
        let levels = levels
            .map(|(variable, &level)| (variable.name.clone(), json!(variable.levels[usize::from(level)])));
        let value =
            |reading: usize, value: u8| &how.proposal.readings[reading].variable.levels[usize::from(value)];
        let readings = how.proposal.readings.iter().enumerate().map(|(position, reading)| {
            let others = why.alternatives.iter().filter(|other| other.reading == position);
            let others =
                others.map(|other| (value(position, other.value).clone(), json!(self.name(other.outcome))));
            json!({ "reading": reading.variable.name, "question": reading.question,
                    "in_force": value(position, how.chosen[position]), "others_give": Value::Object(others.collect()) })
        });
        let over_all = self.setting().outcomes.names().zip(&why.over_all_readings);
        let over_all: Vec<Value> = over_all
            .map(|(outcome, combinations)| json!({ "outcome": outcome, "combinations": combinations }))
            .collect();
        let limits = &self.texts.rulebooks[self.position].limits;
        let limits: Vec<&str> = why.limits.iter().map(|limit| limits[*limit].id.as_str()).collect();
        let facts = [
            ("profile", Value::Object(levels.collect())),
            ("outcome", json!(self.name(why.outcome))),
            ("wish_accepts", json!(self.wish_accepts())),
            ("readings_in_force", readings.collect()),
            ("over_all_readings", json!(over_all)),
            ("subject_to_limits", json!(limits)),
        ];
        facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
    }

    /// Whether the profile's wish accepts the outcome; `None` where the setting records no wishes.
    fn wish_accepts(&self) -> Option<bool> {
        let setting = self.setting();
        setting.records_wishes().then(|| !setting.is_against_wish(self.profile, self.explanation.outcome))
    }

    fn narrative(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_outcome(&mut text).and_then(|()| self.write_readings(&mut text));
        let _ = self.write_others(&mut text);
        text
    }

    fn write_outcome(&self, text: &mut String) -> std::fmt::Result {
        let (setting, proposal, why) = (self.setting(), &self.interpretation().proposal, &self.explanation);
        writeln!(text, "{}: {}", proposal.id, proposal.title)?;
        writeln!(text, "for {}{}", setting.space.words(self.profile), derived(setting, self.profile))?;
        for abbreviation in setting.abbreviations(self.profile) {
            writeln!(text, "    {abbreviation}")?;
        }
        let outcome = self.name(why.outcome);
        let wish = self.wish_accepts().map(|accepts| if accepts { "accepts" } else { "does not accept" });
        let wish = match self.texts.rulebooks[self.position].ruling_on(self.profile).on_request {
            true => ", asked for when asked once more".to_string(),
            false => wish.map_or(String::new(), |accepts| format!(", which the recorded wish {accepts}")),
        };
        writeln!(text, "\n{}{wish}", outcome.to_uppercase())?;
        self.write_deciding(text)?;
        self.write_limits(text)
    }

    fn write_deciding(&self, text: &mut String) -> std::fmt::Result {
        let (proposal, why) = (&self.interpretation().proposal, &self.explanation);
        let outcome = self.name(why.outcome);
        for &rule in &why.deciding {
            let rule = &proposal.rules[rule];
            let Some(citation) = &rule.citation else {
                writeln!(text, "\n  The text is silent ({}); counted as {}:", rule.id, outcome)?;
                writeln!(text, "    {}", rule.note.as_deref().unwrap_or_default())?;
                continue;
            };
            writeln!(text, "\n  Rule {}", rule.id)?;
            self.write_citation(text, citation)?;
        }
        Ok(())
    }

    /// The limits that may take such people the outcome.
    fn write_limits(&self, text: &mut String) -> std::fmt::Result {
        let rulebook = &self.texts.rulebooks[self.position];
        for &limit in &self.explanation.limits {
            let limit = &rulebook.limits[limit];
            let citation = &rulebook.proposal().limits[limit.position].citation;
            let [outcome, rest] = [limit.outcome, limit.rest].map(|outcome| self.name(outcome));
            let stated = &rulebook.proposal().limits[limit.position];
            writeln!(text, "\n  Subject to the limit {}: {}", limit.id, self.bound(stated, outcome, rest))?;
            if limit.puts_first(self.profile) {
                writeln!(text, "    Such people go ahead of the others.")?;
            }
            self.write_citation(text, citation)?;
        }
        Ok(())
    }

    /// How many of whom keep the outcome.
    fn bound(&self, limit: &Limit, outcome: &str, rest: &str) -> String {
        let variables = self.interpretation().proposal.variables(&self.setting().space);
        let words = |conditions: &[Condition]| {
            let words: Vec<String> = conditions.iter().map(|condition| condition.words(&variables)).collect();
            words.join(" or ")
        };
        let at_most = match &limit.at_most {
            Bound::People(people) => format!("at most {} people", grouped(*people)),
            Bound::Share(share) => format!("at most {} %", *share as f64 * 100.0 / BILLIONTHS as f64),
            Bound::Count { outcome, of } => {
                format!("at most as many as are {} where {}", self.name(*outcome), words(of))
            }
        };
        format!("{at_most} are {outcome} where {}; the others are {rest}", words(&limit.group))
    }

    fn write_citation(&self, text: &mut String, citation: &Citation) -> std::fmt::Result {
        citation.note.iter().try_for_each(|note| writeln!(text, "    {note}"))?;
        writeln!(text, "    {citation}")?;
        let source = self.setting().source(&citation.source);
        source.iter().try_for_each(|source| writeln!(text, "    {}", source.entry()))
    }

    fn write_readings(&self, text: &mut String) -> std::fmt::Result {
        let (how, why) = (self.interpretation(), &self.explanation);
        if how.proposal.readings.is_empty() {
            return Ok(());
        }
        writeln!(text, "\nReadings in force, and what the others would give")?;
        for (position, reading) in how.proposal.readings.iter().enumerate() {
            writeln!(text, "  {}: {}", reading.variable.name, reading.question)?;
            for (value, meaning) in reading.meanings.iter().enumerate() {
                let is_chosen = value == usize::from(how.chosen[position]);
                let mark = if is_chosen { "*" } else { " " };
                let gives = if is_chosen { "in force".into() } else { self.gives(position, value) };
                writeln!(text, "    {mark} = {:12} {gives}", reading.variable.levels[value])?;
                writeln!(text, "        {meaning}")?;
            }
        }
        let total: usize = why.over_all_readings.iter().sum();
        let counts = self.setting().outcomes.names().zip(&why.over_all_readings);
        let counts = counts.filter(|(_, combinations)| **combinations > 0);
        let counts: Vec<String> =
            counts.map(|(outcome, combinations)| format!("{outcome} in {combinations}")).collect();
        let before = if self.interpretation().proposal.limits.is_empty() { "" } else { ", before limits" };
        writeln!(text, "  Of all {total} combinations of readings{before}: {}.", counts.join(", "))
    }

    /// What another value of a reading would give.
    fn gives(&self, reading: usize, value: usize) -> String {
        let mut others = self.explanation.alternatives.iter();
        let other = others.find(|a| a.reading == reading && usize::from(a.value) == value);
        let Some(other) = other else { return String::new() };
        let name = self.name(other.outcome);
        let gives = match other.outcome == self.explanation.outcome {
            true => format!("also {name}"),
            false => name.to_uppercase(),
        };
        if other.limited { format!("{gives}, subject to a limit") } else { gives }
    }

    fn write_others(&self, text: &mut String) -> std::fmt::Result {
        let rules = &self.interpretation().proposal.rules;
        writeln!(text, "\nRules that do not decide")?;
        let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for trace in &self.explanation.others {
            match trace {
                RuleTrace::GivesWay { rule, to } => {
                    let (rule, to) = (&rules[*rule].id, &rules[*to].id);
                    writeln!(text, "  {rule:width$}  applies, but gives way to {to}")?;
                }
                RuleTrace::DoesNotApply { rule, .. } => {
                    writeln!(text, "  {:width$}  needs {}", rules[*rule].id, self.needs(trace))?;
                }
            }
        }
        writeln!(text, "\n{SYNTHETIC}")
    }

    /// The demands of a rule that are not met.
    fn needs(&self, trace: &RuleTrace) -> String {
        let RuleTrace::DoesNotApply { unmet, .. } = trace else { return String::new() };
        let variables = self.interpretation().proposal.variables(&self.setting().space);
        let needs: Vec<String> = unmet.iter().map(|test| test.words(&variables)).collect();
        needs.join(", ")
    }
}

/// What a rule's passage says, or what a silence is taken to mean.
fn note(rule: &RuleText) -> Option<String> {
    match &rule.citation {
        Some(citation) => citation.note.clone(),
        None => rule.note.clone(),
    }
}

/// The levels of the derived attributes, in parentheses; nothing where there are none.
fn derived(setting: &Setting, profile: Profile) -> String {
    let space = &setting.space;
    let levels = &space.levels(profile)[space.attributes().len()..];
    let words: Vec<String> = space
        .derived()
        .iter()
        .zip(levels)
        .map(|(variable, &level)| format!("{}={}", variable.name, variable.levels[usize::from(level)]))
        .collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUTHERNER: [&str; 5] =
        ["captor=unc", "force=kpa", "nationality=korean", "residence=south", "wish=own-side"];

    fn texts() -> Texts {
        Texts::load(&["1952-03-27-draft".to_string()], &[]).unwrap()
    }

    #[test]
    fn everything_wrong_with_a_description_is_reported_at_once() {
        let wrong = ["captor=un", "rank=private", "force=kpa", "force=cpv"];
        let error = texts().profile(&wrong).unwrap_err();
        let problems = error.problems();
        // A level, an attribute, one given twice, and three that are missing.
        assert_eq!(problems.len(), 6, "{error}");
        assert!(error.to_string().contains("did you mean `unc`?"), "{error}");
    }

    #[test]
    fn every_rule_has_one_row_and_those_that_decide_come_first() {
        let texts = texts();
        let profile = texts.profile(&SOUTHERNER).unwrap();
        let report = texts.explain(0, profile);
        let table = report.table();
        assert_eq!(table.height(), texts.rulebooks[0].interpretation.proposal.rules.len());
        assert_eq!(table.column("role").unwrap().text(0), "decides");
        assert_eq!(table.facts["outcome"], report.name(report.explanation.outcome));
    }
}
