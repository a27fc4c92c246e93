//! The values of a parameter at which a proposal's expected count equals another's, or a number: break-even
//! points of expectations in closed form.

use std::{fmt::Write, sync::Arc};

use serde_json::{Map, Value, json};

use super::columns::{self, column, same};
use super::crossings::{Crossing, Crossings, find_crossings};
use super::notes::{notes, title};
use super::setup::Study;
use crate::domain::{Engine, Error, Outcome, Problem, Profile, Setting};
use crate::input::suggestion;
use crate::proposal::{ProposalName, Rulings};
use crate::scenario::{Distribution, Scenario};
use crate::simulate::{Plan, Population, Progress, RowMap, expect};
use crate::table::{Provenance, Show, Style, Table, Values, grouped};

/// Part of the population below which a difference is none: far below a person.
const SAME: f64 = 1e-9;

/// At which values of a parameter a proposal's expected count of an outcome equals its target.
#[derive(Debug, Clone)]
pub struct Solve<'a> {
    /// The parameter that varies.
    pub parameter: &'a str,
    /// The values between which it is sought, from 0 to 1.
    pub between: (f64, f64),
    /// The proposal, by its position in the study.
    pub proposal: usize,
    /// The outcome counted.
    pub outcome: Outcome,
    /// What the count is to equal.
    pub target: Target,
}

/// What expected counts are to equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Those of another proposal, by its position in the study.
    Proposal(usize),
    /// A number of people.
    People(u64),
}

/// The answer to [`Solve`].
#[derive(Debug, Clone)]
pub struct Solution {
    setting: Arc<Setting>,
    /// The parameter that varies.
    pub parameter: String,
    /// The outcome counted.
    pub outcome: String,
    proposal: Arc<ProposalName>,
    target: Result<Arc<ProposalName>, u64>,
    /// Where the counts are equal.
    pub crossings: Crossings,
    /// Expected people at each of these values: the proposal's, and the target's.
    pub people: Vec<(f64, f64)>,
    /// What the expectations rest on.
    pub provenance: Provenance,
}

impl Study {
    /// Finds the values of a parameter at which a proposal's expected count equals its target. Where other
    /// parameters are uncertain, they are averaged over the same draws at every value.
    ///
    /// # Errors
    ///
    /// If there is no such parameter, it is fixed, the target cannot be reached by anyone, or shares would exceed 1
    /// even at the lower end.
    pub fn solve(&self, question: &Solve<'_>) -> Result<Solution, Error> {
        self.refuse_solve(question)?;
        let (low, high) = question.between;
        // Also a little above the lower end, so that a parameter whose distributions hold only at one value is
        // refused as in a file.
        self.clone().set(question.parameter, low + (high - low) / 1024.0)?;
        let fixed = self.clone().set(question.parameter, low)?;
        let (crossings, people) = fixed.search(question)?;
        let name = |position: usize| Arc::clone(self.texts().rulebooks[position].name());
        Ok(Solution {
            parameter: question.parameter.into(),
            outcome: self.texts().setting.outcomes.name(question.outcome).into(),
            setting: Arc::clone(&self.texts().setting),
            proposal: name(question.proposal),
            target: match question.target {
                Target::Proposal(position) => Ok(name(position)),
                Target::People(people) => Err(people),
            },
            crossings,
            people,
            provenance: self.provenance_without(question.parameter),
        })
    }

    fn refuse_solve(&self, question: &Solve<'_>) -> Result<(), Error> {
        let second = match question.target {
            Target::Proposal(position) => Some(position),
            Target::People(_) => None,
        };
        let asked = std::iter::once(question.proposal)
            .chain(second)
            .map(|position| &self.texts().rulebooks[position]);
        if let Some(limited) = asked.into_iter().find(|rulebook| !rulebook.limits.is_empty()) {
            let what = format!("`{}` has limits, and no closed form covers what they do", limited.name());
            let help = "vary the parameter in a sweep by the engine `counts`";
            return Err(Problem::new(what).help(help).into());
        }
        let name = question.parameter;
        let mut known = self.scenario().parameters.iter().map(|parameter| parameter.name.as_str());
        if !known.clone().any(|known| known == name) {
            let problem =
                Problem::new(format!("the scenario has no parameter `{name}`")).argument("vary", name);
            return Err(problem.help(suggestion(name, &mut known)).into());
        }
        if self.provenance(Engine::Exact).set.iter().any(|(set, _)| set == name) {
            let problem = Problem::new(format!("`{name}` cannot be varied and set at once"));
            return Err(problem.help("do not set it, or vary another").into());
        }
        let population = self.scenario().population();
        match question.target {
            Target::People(people) if people > population => {
                let problem = Problem::new(format!(
                    "there are only {} {}",
                    grouped(population),
                    self.texts().setting.people
                ));
                let help = format!("write a number from 0 to {population}");
                Err(problem.argument("target", people.to_string()).help(help).into())
            }
            _ => Ok(()),
        }
    }

    /// What the answer rests on: not on the parameter's own value.
    fn provenance_without(&self, parameter: &str) -> Provenance {
        let mut others = self.scenario().clone();
        others.parameters.retain(|other| other.name != parameter);
        self.provenance_of(&others, Engine::Exact)
    }

    /// Where the difference vanishes, and the counts there.
    fn search(&self, question: &Solve<'_>) -> Result<(Crossings, Vec<(f64, f64)>), Error> {
        let mut counts = Counts::new(self, question);
        let same = SAME * self.scenario().population() as f64;
        let found = self.on_threads(|| -> Result<_, Error> {
            let mut difference = |value| match counts.at(value, self.progress()) {
                Ok((people, target)) => Ok(Some(people - target)),
                Err(Error::SharesExceedOne { .. }) => Ok(None),
                Err(error) => Err(error),
            };
            let Some(found) = find_crossings(question.between, same, &mut difference)? else {
                return Ok(None);
            };
            let people: Result<Vec<_>, Error> =
                found.values.iter().map(|value| counts.at(*value, self.progress())).collect();
            Ok(Some((found, people?)))
        })??;
        found.ok_or_else(|| impossible(question))
    }
}

fn impossible(question: &Solve<'_>) -> Error {
    let (name, low) = (question.parameter, question.between.0);
    let what = format!("where {name} is {low}, draws of the other parameters make shares exceed 1");
    Problem::new(what)
        .help_option("between", "can begin lower")
        .help_option("set", "fixes other parameters")
        .into()
}

/// Expected counts as one parameter varies, while the others stay as the scenario has them. Every value sees the
/// same draws of the other parameters.
struct Counts {
    population: Population,
    scenario: Scenario,
    parameter: usize,
    row_map: RowMap,
    target: Option<f64>,
    plan: Plan,
}

impl Counts {
    fn new(study: &Study, question: &Solve<'_>) -> Counts {
        let rulings = |position: usize| &study.texts().rulebooks[position].rulings;
        let (second, target) = match question.target {
            Target::Proposal(position) => (Some(rulings(position)), None),
            Target::People(people) => (None, Some(people as f64)),
        };
        let both: Vec<&Rulings> = std::iter::once(rulings(question.proposal)).chain(second).collect();
        let rows_of = |_, profile: Profile| -> Vec<usize> {
            (0..both.len()).filter(|&row| both[row].on(profile).outcome == question.outcome).collect()
        };
        let scenario = study.scenario().clone();
        let parameter = scenario.parameters.iter().position(|parameter| parameter.name == question.parameter);
        let population = study.population();
        Counts {
            row_map: study.restrict(&population, RowMap::new(&population, both.len(), rows_of)),
            population,
            // That there is such a parameter has been checked.
            parameter: parameter.unwrap_or_default(),
            scenario,
            target,
            plan: study.plan(Engine::Exact),
        }
    }

    /// The proposal's expected count where the parameter has this value, and the one that it is to equal.
    fn at(&mut self, value: f64, progress: &dyn Progress) -> Result<(f64, f64), Error> {
        self.scenario.parameters[self.parameter].distribution = Distribution::Fixed(value);
        let population = self.population.with(self.scenario.clone());
        let expected = expect(&population, &self.row_map, self.plan, progress)?;
        let people = |row: usize| expected.numerators[row] as f64 / expected.denominator as f64;
        Ok((people(0), self.target.unwrap_or_else(|| people(1))))
    }
}

impl Solution {
    /// The solution as a tidy table: a row for each value found.
    pub fn table(&self) -> Table {
        let count = self.people.len();
        let number = |of: &dyn Fn(&(f64, f64)) -> f64| {
            Values::Number(self.people.iter().map(|p| Some(of(p))).collect())
        };
        let values = Values::Number(self.crossings.values.iter().copied().map(Some).collect());
        let scenario = self.provenance.scenario.as_deref().unwrap_or_default();
        let columns = vec![
            column(columns::SCENARIO, same(scenario, count), Show::InFiles),
            column(columns::PROPOSAL, same(&self.proposal.id, count), Show::Label),
            column(columns::READING, same(&self.proposal.reading(), count), Show::InFiles),
            column(columns::OUTCOME, same(&self.outcome, count), Show::Label),
            column(columns::PARAMETER, same(&self.parameter, count), Show::Label),
            column(columns::VALUE, values, Show::measure("value", Style::Plain)),
            column(columns::PEOPLE, number(&|(people, _)| *people), Show::measure("people", Style::Plain)),
            column(
                columns::TARGET_PEOPLE,
                number(&|(_, target)| *target),
                Show::measure("target", Style::Plain),
            ),
        ];
        Table {
            title: format!("{}\n{}", title(&self.setting, &self.provenance), self.question()),
            columns,
            notes: notes(&self.setting, &self.provenance, true),
            provenance: self.provenance.clone(),
            facts: self.facts(),
            narrative: Some(self.narrative()),
            ..Table::default()
        }
    }

    fn facts(&self) -> Map<String, Value> {
        let crossings = &self.crossings;
        let named = |name: &Arc<ProposalName>| json!({ "proposal": name.id, "reading": name.reading() });
        let point = |point: &Crossing| json!({ "value": point.value, "difference": point.difference });
        let (from, to) = crossings.scanned;
        let facts = [
            ("parameter", json!(self.parameter)),
            ("outcome", json!(self.outcome)),
            ("proposal", named(&self.proposal)),
            ("equals", json!(self.target.as_ref().ok().map(named))),
            ("target", json!(self.target.as_ref().err())),
            ("scanned", json!({ "from": from, "to": to, "limit_of_the_possible": crossings.limited })),
            ("everywhere", json!(crossings.everywhere)),
            ("least", point(&crossings.least)),
            ("greatest", point(&crossings.greatest)),
        ];
        facts.into_iter().map(|(name, fact)| (name.to_string(), fact)).collect()
    }

    fn question(&self) -> String {
        let target = match &self.target {
            Ok(name) => format!("as many as {name}"),
            Err(people) => format!("{} people", grouped(*people)),
        };
        let Solution { parameter, outcome, proposal, .. } = self;
        format!("At which {parameter} are {target} expected to be {outcome} by {proposal}?")
    }

    fn narrative(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_narrative(&mut text);
        text
    }

    fn write_narrative(&self, text: &mut String) -> std::fmt::Result {
        let Solution { crossings, parameter, .. } = self;
        writeln!(text, "{}\n\n{}\n", title(&self.setting, &self.provenance), self.question())?;
        if crossings.everywhere {
            writeln!(text, "  At every value: the difference is nobody.")?;
        }
        for (value, people) in crossings.values.iter().zip(&self.people) {
            writeln!(text, "  {parameter} = {}: {}", in_digits(*value), self.counts(*people))?;
        }
        if crossings.values.is_empty() && !crossings.everywhere {
            self.write_extremes(text)?;
        }
        writeln!(text, "\n{}\n", self.scanned())?;
        notes(&self.setting, &self.provenance, true).iter().try_for_each(|note| writeln!(text, "{note}"))
    }

    fn counts(&self, (of, target): (f64, f64)) -> String {
        match self.target {
            Ok(_) => format!("{} and {} people", people(of), people(target)),
            Err(_) => format!("{} people", people(of)),
        }
    }

    fn write_extremes(&self, text: &mut String) -> std::fmt::Result {
        let target = match &self.target {
            Ok(name) => name.to_string(),
            Err(people) => grouped(*people),
        };
        let Solution { parameter, crossings: Crossings { least, greatest, .. }, .. } = self;
        let difference = format!("{} less {target}", self.proposal);
        if people(least.difference) == people(greatest.difference) {
            return writeln!(
                text,
                "  At none: {difference} is {} people throughout.",
                people(least.difference)
            );
        }
        writeln!(text, "  At none: {difference} is")?;
        for (word, Crossing { value, difference }) in [("least   ", least), ("greatest", greatest)] {
            let people = people(*difference);
            writeln!(text, "    {word}  where {parameter} = {}: {people} people", in_digits(*value))?;
        }
        Ok(())
    }

    fn scanned(&self) -> String {
        let (low, high) = self.crossings.scanned;
        let ends = format!("Scanned from {} to {}", in_digits(low), in_digits(high));
        match (self.crossings.limited, self.provenance.replicates) {
            (false, _) => format!("{ends}."),
            (true, None) => format!("{ends}: beyond, the shares of a stratum would exceed 1."),
            (true, Some(_)) => {
                format!("{ends}: beyond, the shares of a stratum would exceed 1 in some draw.")
            }
        }
    }
}

/// A number with six decimals at most and no trailing zeros.
fn in_digits(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// A number of people to read: whole, or with decimals where it is close to nobody.
fn people(number: f64) -> String {
    let size = match number.abs() {
        many if many >= 10.0 => grouped(many.round() as u64),
        few => in_digits(few),
    };
    // What rounds to nobody has no sign.
    if number < 0.0 && size != "0" { format!("-{size}") } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_whole_unless_few() {
        let texts = [0.0, 1e-8, -1e-8, 0.25, -9.5, 10.4, -33_423.2].map(people);
        assert_eq!(texts, ["0", "0", "0", "0.25", "-9.5", "10", "-33,423"]);
    }

    fn study() -> Study {
        let study = Study::open("korea/1952-07-03").unwrap().replicates(20);
        study.proposal("1952-07-13-unc-list").unwrap()
    }

    fn question(parameter: &str, target: Target) -> Solve<'_> {
        Solve { parameter, between: (0.0, 1.0), proposal: 0, outcome: Outcome::of_index(0), target }
    }

    /// What is found is checked by the outcome table at that value.
    #[test]
    fn the_count_at_a_solution_is_the_target() {
        let solution = study().solve(&question("kpa_refusal", Target::People(83_000))).unwrap();
        let [value] = solution.crossings.values[..] else { panic!("{solution:?}") };
        let outcomes = study().set("kpa_refusal", value).and_then(|s| s.outcomes(Engine::Exact)).unwrap();
        let people = outcomes.mean("1952-07-13-unc-list", "repatriated").unwrap().people();
        assert!((people - 83_000.0).abs() < 0.01, "{people}");
        assert_eq!(solution.table().column("value").unwrap().number(0), Some(value));
    }

    #[test]
    fn what_cannot_be_solved_is_refused() {
        let refused = |question: &Solve<'_>| study().solve(question).unwrap_err().to_string();
        assert!(refused(&question("kpa_refusl", Target::People(1))).contains("did you mean `kpa_refusal`?"));
        let many = refused(&question("kpa_refusal", Target::People(181_034)));
        assert!(many.contains("there are only 181,033 prisoners"), "{many}");
        let fixed = study().set("kpa_refusal", 0.3).unwrap();
        let both = fixed.solve(&question("kpa_refusal", Target::People(1))).unwrap_err().to_string();
        assert!(both.contains("cannot be varied and set at once"), "{both}");
    }
}
