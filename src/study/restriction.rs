//! Whom counts are restricted to: people with some levels of attributes, or of some strata.

use super::breakdown::Breakdown;
use crate::domain::{Error, Problem, Profile, Setting, suggestion};
use crate::scenario::Scenario;

/// Levels of an attribute that people must have, or must not have, to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// An attribute, a derived attribute, or `stratum`.
    pub attribute: String,
    /// Its levels, or ids of strata.
    pub levels: Vec<String>,
    /// Whether people with these levels are those left out.
    pub is_not: bool,
}

/// Whom counts are restricted to: those who meet every restriction. Without any, everybody is counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    /// For each restriction its column, and for each level of that column whether people with it are counted.
    columns: Vec<(Breakdown, Vec<bool>)>,
    /// The restrictions in words.
    words: Vec<String>,
}

impl Counted {
    /// Those who meet these restrictions.
    ///
    /// # Errors
    ///
    /// Every attribute and level that there is not.
    pub(super) fn new(
        setting: &Setting,
        scenario: &Scenario,
        restrictions: &[Restriction],
    ) -> Result<Counted, Error> {
        let (mut counted, mut problems) = (Counted::default(), Vec::new());
        for restriction in restrictions {
            match restriction.find(setting, scenario) {
                Ok(column) => counted.columns.push(column),
                Err(wrong) => problems.extend(wrong),
            }
        }
        counted.words = restrictions.iter().map(Restriction::words).collect();
        if problems.is_empty() { Ok(counted) } else { Err(problems.into()) }
    }

    /// Whether a stratum's people with this profile are counted.
    pub(super) fn includes(&self, setting: &Setting, stratum: usize, profile: Profile) -> bool {
        self.columns.iter().all(|(column, allowed)| allowed[column.level(setting, stratum, profile)])
    }

    /// Whether everybody is counted.
    pub(super) fn is_everybody(&self) -> bool {
        self.columns.is_empty()
    }

    /// The restrictions in words, as `captor = unc`.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }
}

impl Restriction {
    /// In words: `wish = home or neutral`, `wish is not home`.
    fn words(&self) -> String {
        let sign = if self.is_not { "is not" } else { "=" };
        format!("{} {sign} {}", self.attribute, self.levels.join(" or "))
    }

    /// The column that it is about, and for each level whether people with it are counted.
    fn find(&self, setting: &Setting, scenario: &Scenario) -> Result<(Breakdown, Vec<bool>), Vec<Problem>> {
        let column = Breakdown::find(setting, &self.attribute, "where").map_err(|problem| vec![problem])?;
        let known = column.levels(setting, scenario);
        let mut problems = Vec::new();
        for level in self.levels.iter().filter(|level| !known.contains(level)) {
            let what = match column {
                Breakdown::Stratum => format!("the scenario has no stratum `{level}`"),
                Breakdown::Variable(_) => format!("`{}` has no level `{level}`", self.attribute),
            };
            let problem = Problem::new(what).argument("where", format!("{}={level}", self.attribute));
            problems.push(problem.help(suggestion(level, known.iter().map(String::as_str))));
        }
        let is_counted = |level: &String| self.levels.contains(level) != self.is_not;
        if problems.is_empty() { Ok((column, known.iter().map(is_counted).collect())) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::setup::Study;
    use super::*;
    use crate::domain::{Engine, Millionths};

    fn restriction(attribute: &str, levels: &[&str], is_not: bool) -> Restriction {
        let levels = levels.iter().map(|level| level.to_string()).collect();
        Restriction { attribute: attribute.into(), levels, is_not }
    }

    fn study(restrictions: &[Restriction]) -> Result<Study, Error> {
        Study::open("korea/1952-07-03").unwrap().replicates(20).only(restrictions)
    }

    /// The people counted under a proposal, by all outcomes.
    fn people(restrictions: &[Restriction], engine: Engine, proposal: &str) -> u128 {
        let outcomes = study(restrictions).unwrap().also(proposal).unwrap().outcomes(engine).unwrap();
        let rows = outcomes.rows.iter().filter(|row| row.proposal.label() == proposal);
        rows.map(|row| row.mean.0).sum()
    }

    #[test]
    fn parts_and_their_complements_add_up_to_everybody() {
        let of = |levels: &[&str], is_not| [restriction("wish", levels, is_not)];
        for engine in Engine::ALL {
            // The second has limits.
            for proposal in ["1952-07-03-nam-il", "1952-01-02-one-for-one"] {
                if engine == Engine::Exact && proposal == "1952-01-02-one-for-one" {
                    continue;
                }
                let all = people(&[], engine, proposal);
                assert_eq!(Millionths(all).to_string(), "181033");
                let home = people(&of(&["own-side"], false), engine, proposal);
                let others = people(&of(&["own-side"], true), engine, proposal);
                assert!(home > 0 && others > 0 && home < all);
                assert!((home + others).abs_diff(all) <= 6, "{engine:?}: {home} + {others} is not {all}");
            }
        }
    }

    /// The same people as a group of the whole table.
    #[test]
    fn a_restriction_counts_what_a_breakdown_shows_of_it() {
        let broken_down = study(&[]).unwrap().by(&["captor"]).unwrap().outcomes(Engine::Counts).unwrap();
        let restricted = study(&[restriction("captor", &["unc"], false)]).unwrap().by(&["captor"]).unwrap();
        let restricted = restricted.outcomes(Engine::Counts).unwrap();
        let wanted: Vec<_> = broken_down.rows.iter().filter(|row| row.by == ["unc"]).collect();
        assert_eq!(restricted.rows.len(), wanted.len());
        for (restricted, wanted) in restricted.rows.iter().zip(wanted) {
            assert_eq!((&restricted.by, restricted.spread), (&wanted.by, wanted.spread));
            assert!(restricted.mean.0.abs_diff(wanted.mean.0) <= 1, "rounded in cascade");
            assert_eq!(restricted.share, wanted.share);
        }
    }

    #[test]
    fn strata_are_chosen_by_id() {
        let north =
            people(&[restriction("stratum", &["kpa-north"], false)], Engine::Exact, "1952-07-03-nam-il");
        let study = Study::open("korea/1952-07-03").unwrap();
        let size = study.scenario().strata.iter().find(|stratum| stratum.id == "kpa-north").unwrap().size;
        assert_eq!(Millionths(north).to_string(), size.to_string());
    }

    #[test]
    fn everything_that_there_is_not_is_reported() {
        let wrong = [
            restriction("captr", &["unc"], false),
            restriction("captor", &["un", "kpa"], false),
            restriction("stratum", &["kpa-nort"], true),
        ];
        let error = study(&wrong).unwrap_err();
        assert_eq!(error.problems().len(), 4, "{error}");
        for expected in ["`captor`", "has no level `un`", "`kpa-north`"] {
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
