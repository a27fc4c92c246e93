//! On whom two proposals differ, exactly, and how many people that moves in a scenario.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::columns::{self, column, estimate_columns, same};
use super::notes::{counted, synthetic};
use super::outcome_rows::outcomes_of;
use super::outcomes::outcome_names;
use super::setup::Study;
use super::texts::Texts;
use crate::domain::{Engine, Error, Estimate, Outcome, Profile, Space};
use crate::proposal::{self, Difference, Interpretation, Move, Rulebook};
use crate::simulate::{Population, RowMap, Summary};
use crate::table::{Provenance, Show, Style, Table, Values, grouped};

/// Where two proposals part, and how many people that moves.
#[derive(Debug, Clone)]
pub struct DifferenceReport {
    texts: Texts,
    from: usize,
    to: usize,
    /// The profiles on which they differ, by move.
    pub difference: Difference,
    /// The people moved, where a scenario was given.
    pub people: Option<PeopleMoved>,
    provenance: Provenance,
}

/// People whom a difference moves.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleMoved {
    /// For each move of the difference.
    pub by_move: Vec<Estimate>,
    /// In total.
    pub total: Estimate,
    /// Those moved because one of the texts has them over a limit, by their two outcomes.
    pub by_limits: Vec<LimitMove>,
}

/// People who move from one outcome to another because one of the texts has them over a limit, beyond what the tables
/// say of their profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitMove {
    /// The outcome under the first.
    pub from: Outcome,
    /// The outcome under the second.
    pub to: Outcome,
    /// The number of people.
    pub people: Estimate,
}

/// Where people moved are counted: a place for each move that the tables make, one for everybody moved, and one for
/// each pair of outcomes between which limits may move people.
struct Places<'a> {
    pair: [&'a Rulebook; 2],
    moves: &'a [Move],
    /// The pairs of outcomes; none where neither text has limits.
    between: Vec<[Outcome; 2]>,
}

impl<'a> Places<'a> {
    fn new(pair: [&'a Rulebook; 2], moves: &'a [Move]) -> Places<'a> {
        let outcomes = match pair.iter().any(|rulebook| !rulebook.limits.is_empty()) {
            true => outcomes_of(pair.map(Rulebook::proposal)),
            false => Vec::new(),
        };
        let pairs = outcomes.iter().flat_map(|from| outcomes.iter().map(move |to| [*from, *to]));
        Places { pair, moves, between: pairs.filter(|[from, to]| from != to).collect() }
    }

    /// The places of people with this profile who have these outcomes.
    fn of(&self, profile: Profile, outcomes: [Outcome; 2]) -> Vec<usize> {
        if outcomes[0] == outcomes[1] {
            return Vec::new();
        }
        let total = self.moves.len();
        let of_tables = self.pair.map(|rulebook| rulebook.ruling_on(profile).outcome);
        let place = match of_tables == outcomes {
            true => self.moves.iter().position(|m| [m.from, m.to] == outcomes),
            false => self.between.iter().position(|pair| *pair == outcomes).map(|pair| total + 1 + pair),
        };
        place.into_iter().chain([total]).collect()
    }

    fn row_map(&self, population: &Population) -> RowMap {
        let rows = self.moves.len() + 1 + self.between.len();
        if self.between.is_empty() {
            let of_tables = |profile| self.pair.map(|rulebook| rulebook.ruling_on(profile).outcome);
            return RowMap::new(population, rows, |_, profile| self.of(profile, of_tables(profile)));
        }
        RowMap::new(population, rows, |_, _| Vec::new()).and_limited(
            population,
            &self.pair,
            |_, profile, outcomes| self.of(profile, [outcomes[0], outcomes[1]]),
        )
    }

    /// The people whom limits move, by their two outcomes, if there are any.
    fn limit_moves(&self, summary: &Summary) -> Vec<LimitMove> {
        let first = self.moves.len() + 1;
        let moved = self.between.iter().enumerate().map(|(pair, [from, to])| LimitMove {
            from: *from,
            to: *to,
            people: summary.estimate(first + pair),
        });
        moved.filter(|moved| moved.people.mean.0 > 0).collect()
    }
}

impl Texts {
    /// Compares two of the proposals, by position, on every profile: exact, no population involved.
    pub fn difference(&self, from: usize, to: usize) -> DifferenceReport {
        let difference = proposal::diff(&self.setting, &self.rulebooks[from], &self.rulebooks[to]);
        DifferenceReport {
            texts: self.clone(),
            from,
            to,
            difference,
            people: None,
            provenance: self.provenance(),
        }
    }
}

impl Study {
    /// Compares two of the study's proposals, by position, on every profile, and counts the people moved.
    ///
    /// # Errors
    ///
    /// As for [`Study::outcomes`].
    pub fn difference(&self, engine: Engine, from: usize, to: usize) -> Result<DifferenceReport, Error> {
        let report = self.texts().difference(from, to);
        let pair = [from, to].map(|position| &self.texts().rulebooks[position]);
        let population = self.population();
        let moves = &report.difference.moves;
        let places = Places::new(pair, moves);
        let row_map = places.row_map(&population);
        let summary = self.summarise(engine, &population, row_map)?;
        let people = PeopleMoved {
            by_move: (0..moves.len()).map(|row| summary.estimate(row)).collect(),
            total: summary.estimate(moves.len()),
            by_limits: places.limit_moves(&summary),
        };
        Ok(DifferenceReport { people: Some(people), provenance: self.provenance(engine), ..report })
    }
}

impl DifferenceReport {
    fn from(&self) -> &Interpretation {
        &self.texts.rulebooks[self.from].interpretation
    }

    fn to(&self) -> &Interpretation {
        &self.texts.rulebooks[self.to].interpretation
    }

    fn space(&self) -> &Space {
        &self.texts.setting.space
    }

    /// The difference as a tidy table: a row for each move, and for people moved over limits one for each pair of
    /// outcomes.
    pub fn table(&self) -> Table {
        let rows = self.rows();
        let text = |of: &dyn Fn(&Row) -> String| Values::Text(rows.iter().map(|row| Some(of(row))).collect());
        let [from, to] = [self.from(), self.to()].map(Interpretation::name);
        let count = rows.len();
        let outcomes = &self.texts.setting.outcomes;
        let outcome = |of: fn(&Row) -> Outcome| outcome_names(outcomes, rows.iter().map(of));
        let mut columns = vec![
            column(columns::FROM_PROPOSAL, same(&from.id, count), Show::Heading { before: "from " }),
            column(columns::FROM_READING, same(&from.reading(), count), Show::HeadingDetail),
            column(columns::TO_PROPOSAL, same(&to.id, count), Show::Heading { before: "to   " }),
            column(columns::TO_READING, same(&to.reading(), count), Show::HeadingDetail),
            column(columns::FROM, outcome(|row| row.from), Show::Label),
            column(columns::TO, outcome(|row| row.to), Show::Label),
            column(columns::CONDITIONS, text(&|row| row.conditions.clone()), Show::Label),
            column(columns::RULES_FROM, text(&|row| row.rules[0].clone()), Show::Label),
            column(columns::RULES_TO, text(&|row| row.rules[1].clone()), Show::Label),
            column(
                columns::PROFILES,
                Values::Count(rows.iter().map(|row| row.profiles).collect()),
                Show::measure("profiles", Style::Whole),
            ),
        ];
        if self.people.is_some() {
            let scenario = self.provenance.scenario.as_deref().unwrap_or_default();
            let people: Vec<Estimate> = rows.iter().filter_map(|row| row.people).collect();
            columns.insert(0, column(columns::SCENARIO, same(scenario, count), Show::InFiles));
            columns.extend(estimate_columns(&people));
        }
        Table {
            title: format!("from {from}\nto   {to}"),
            columns,
            notes: std::iter::once(synthetic(&self.texts.setting))
                .chain(counted(&self.texts.setting, &self.provenance))
                .collect(),
            provenance: self.provenance.clone(),
            facts: self.facts(),
            narrative: Some(self.narrative()),
            ..Table::default()
        }
    }

    /// The rows of the table: moves of the tables, and then people moved over limits.
    fn rows(&self) -> Vec<Row> {
        let people = self.people.as_ref();
        let moves = self.difference.moves.iter().enumerate().map(|(position, found)| Row {
            from: found.from,
            to: found.to,
            conditions: found.conditions.join(" or "),
            rules: [rule_ids(self.from(), &found.rules_from), rule_ids(self.to(), &found.rules_to)],
            profiles: Some(found.profiles.len() as u64),
            people: people.map(|people| people.by_move[position]),
        });
        let limits = [self.from, self.to].map(|position| limit_ids(&self.texts.rulebooks[position]));
        let by_limits = people.iter().flat_map(|people| &people.by_limits).map(|moved| Row {
            from: moved.from,
            to: moved.to,
            conditions: OVER_A_LIMIT.into(),
            rules: limits.clone(),
            profiles: None,
            people: Some(moved.people),
        });
        moves.chain(by_limits).collect()
    }

    fn facts(&self) -> Map<String, Value> {
        let people = self.people.as_ref().map(|people| {
            let quantile = |i: usize| people.total.spread.quantiles.map(|q| q[i]);
            json!({ "mean": people.total.mean.people(), "sd": people.total.spread.sd,
                    "q05": quantile(0), "q50": quantile(1), "q95": quantile(2) })
        });
        let by_limits = self
            .people
            .as_ref()
            .map(|people| people.by_limits.iter().map(|moved| moved.people.mean.people()).sum::<f64>());
        let facts = [
            ("all_profiles", json!(self.difference.all)),
            ("differing_profiles", json!(self.difference.profiles.len())),
            ("conditions", json!(self.difference.conditions)),
            ("constant", json!(constants(self.space(), &self.difference))),
            ("people_moved", json!(people)),
            ("people_moved_by_limits", json!(by_limits)),
        ];
        facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
    }

    fn narrative(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_narrative(&mut text);
        text
    }

    fn write_narrative(&self, text: &mut String) -> std::fmt::Result {
        let [from, to] = [self.from(), self.to()].map(in_full);
        writeln!(text, "from {from}\nto   {to}\n")?;
        let all = self.difference.all;
        if self.difference.profiles.is_empty() {
            writeln!(text, "They give the same outcome to every one of the {all} profiles.")?;
            self.write_limits(text)?;
            return self.write_total(text);
        }
        let differing = self.difference.profiles.len();
        writeln!(text, "They differ on {differing} of {all} profiles, exactly where")?;
        write_conditions(text, &self.difference.conditions)?;
        let constants = constants(self.space(), &self.difference);
        if self.difference.conditions.len() > 1 && !constants.is_empty() {
            writeln!(text, "All of these have {}.", constants.join(", "))?;
        }
        for (position, movement) in self.difference.moves.iter().enumerate() {
            let [from, to] =
                [movement.from, movement.to].map(|outcome| self.texts.setting.outcomes.name(outcome));
            writeln!(text, "\n{from} -> {to} where")?;
            write_conditions(text, &movement.conditions)?;
            let rules =
                [rule_ids(self.from(), &movement.rules_from), rule_ids(self.to(), &movement.rules_to)];
            writeln!(text, "  by {}", rules.join(" -> "))?;
            if let Some(people) = &self.people {
                writeln!(text, "  moves: {}", in_words(&people.by_move[position]))?;
            }
        }
        self.write_limits(text)?;
        writeln!(text)?;
        self.write_total(text)
    }

    /// The limits of either, which depend on how many people there are, and whom they move.
    fn write_limits(&self, text: &mut String) -> std::fmt::Result {
        let both = [self.from, self.to].map(|position| &self.texts.rulebooks[position]);
        if both.iter().all(|rulebook| rulebook.limits.is_empty()) {
            return Ok(());
        }
        writeln!(text)?;
        for rulebook in both.iter().filter(|rulebook| !rulebook.limits.is_empty()) {
            let what = if rulebook.limits.len() == 1 { "a limit" } else { "limits" };
            writeln!(text, "{} has {what} on numbers: {}", rulebook.name(), limit_ids(rulebook))?;
        }
        let Some(people) = &self.people else { return Ok(()) };
        if people.by_limits.is_empty() {
            writeln!(text, "  nobody has another outcome because of that")?;
        }
        people.by_limits.iter().try_for_each(|moved| {
            let [from, to] = [moved.from, moved.to].map(|outcome| self.texts.setting.outcomes.name(outcome));
            writeln!(text, "  {OVER_A_LIMIT}, {from} -> {to}: {}", in_words(&moved.people))
        })
    }

    fn write_total(&self, text: &mut String) -> std::fmt::Result {
        let Some(people) = &self.people else {
            return writeln!(
                text,
                "Name a scenario too, to count the {} whom this moves.",
                self.texts.setting.people
            );
        };
        writeln!(text, "In total: {}", in_words(&people.total))?;
        if let Some(counted) = counted(&self.texts.setting, &self.provenance) {
            writeln!(text, "{counted}")?;
        }
        let scenario = self.provenance.scenario.as_deref().unwrap_or_default();
        writeln!(text, "The {} of {scenario} are synthetic.", self.texts.setting.people)
    }
}

/// What a row of the table is about that is no move of the tables.
const OVER_A_LIMIT: &str = "over a limit";

/// A row of the table.
struct Row {
    from: Outcome,
    to: Outcome,
    conditions: String,
    rules: [String; 2],
    profiles: Option<u64>,
    people: Option<Estimate>,
}

fn limit_ids(rulebook: &Rulebook) -> String {
    let ids: Vec<&str> = rulebook.limits.iter().map(|limit| limit.id.as_str()).collect();
    ids.join(", ")
}

fn rule_ids(how: &Interpretation, rules: &[usize]) -> String {
    let ids: Vec<&str> = rules.iter().map(|rule| how.proposal.rules[*rule].id.as_str()).collect();
    ids.join(", ")
}

/// A proposal with all of its readings.
fn in_full(how: &Interpretation) -> String {
    match how.name().full_reading() {
        reading if reading.is_empty() => how.proposal.id.clone(),
        reading => format!("{} ({})", how.proposal.id, reading.replace(';', ", ")),
    }
}

fn write_conditions(text: &mut String, conditions: &[String]) -> std::fmt::Result {
    conditions.iter().enumerate().try_for_each(|(position, condition)| {
        writeln!(text, "  {}{condition}", if position > 0 { "or " } else { "" })
    })
}

/// An estimate in a sentence.
fn in_words(people: &Estimate) -> String {
    let mean = grouped(people.mean.rounded());
    match (people.spread.quantiles, people.spread.sd) {
        (Some([low, _, high]), _) if low != high => {
            format!("{mean} people (mean; 90 % interval {} to {})", grouped(low), grouped(high))
        }
        (None, Some(sd)) if sd > 0.0 => {
            format!("{mean} people expected (standard deviation {})", grouped(sd.round() as u64))
        }
        _ => format!("{mean} people"),
    }
}

/// Attributes that have one level on every differing profile, and others elsewhere.
fn constants(space: &Space, difference: &Difference) -> Vec<String> {
    let variables = space.variables().iter().enumerate();
    variables
        .filter_map(|(v, variable)| {
            let mut levels = difference.profiles.iter().map(|profile| space.levels(*profile)[v]);
            let first = levels.next()?;
            // Attributes beside the point are at their defaults everywhere.
            let is_beside = v < space.attributes().len() && space.default_level(v) == Some(first);
            let is_constant = levels.all(|level| level == first) && variable.levels.len() > 1 && !is_beside;
            is_constant.then(|| format!("{} = {}", variable.name, variable.levels[usize::from(first)]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(proposals: [&str; 2]) -> Texts {
        Texts::load(&proposals.map(String::from), &[]).unwrap()
    }

    #[test]
    fn twins_differ_on_no_profile() {
        let report = texts(["1949-geneva-118", "1952-03-21-principle"]).difference(0, 1);
        assert!(report.difference.moves.is_empty() && report.table().height() == 0);
        assert!(report.narrative().contains("same outcome to every one of the 300 profiles"));
    }

    #[test]
    fn people_moved_are_those_who_change_between_two_outcome_tables() {
        let names = ["1952-03-27-draft", "1952-07-03-nam-il"];
        let study = Study::open("korea/1952-07-03").unwrap().replicates(20);
        let study = names.iter().try_fold(study, |study, name| study.proposal(name)).unwrap();
        let report = study.difference(Engine::Exact, 0, 1).unwrap();
        let people = report.people.clone().unwrap();
        let by_move: u128 = people.by_move.iter().map(|people| people.mean.0).sum();
        assert!(by_move.abs_diff(people.total.mean.0) <= 2);
        let transitions = study.compare(Engine::Exact, None).unwrap();
        assert_eq!(transitions.comparisons[0].moved, people.total);
        assert_eq!(report.table().column("mean").unwrap().number(0), Some(people.by_move[0].mean.people()));
    }

    #[test]
    fn a_difference_without_a_scenario_counts_nobody() {
        let table = texts(["1952-03-27-draft", "1952-07-03-nam-il"]).difference(0, 1).table();
        assert!(table.column("mean").is_none() && table.column("scenario").is_none());
        assert_eq!(table.facts["differing_profiles"], 16);
    }
}
