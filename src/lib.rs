//! `repat` answers one question: given who the prisoners were, where they lived and what they
//! wished, what would each proposal have done with them?
//!
//! # How it works
//!
//! ```text
//! setting + proposals  --compile-->  a ruling for every profile       (for each reading)
//! scenario             --draw----->  tally: stratum x profile          (for each replicate)
//!                                         |
//!                    rulings x tally = outcome counts --> summary --> table, file
//! ```
//!
//! People are generated once and judged by every proposal, so comparisons are paired. Chance lives
//! only in the population; rules are pure. Because the space of profiles is finite, a rulebook
//! is *proved* complete and free of conflict by enumeration, the difference between two proposals
//! is *exact*, and expected outcomes have a *closed form* that checks the simulation.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | attribute, level | a property of a prisoner and its possible values: `residence` is `north`, `south` or `abroad` |
//! | profile | one level for every attribute; also an index into the finite space of all |
//! | setting | one conflict's vocabulary: attributes, what each wish accepts, bibliography |
//! | proposal | a decision table from profile to outcome, each rule with its citation |
//! | reading | a named choice between interpretations of an ambiguous passage |
//! | outcome | `repatriated` (handed over), `released` (freed on the detaining side), `retained` (kept in custody) |
//! | scenario | a population (strata, parameters) and the proposals to judge it by |
//! | stratum, unit | a group of prisoners; a subgroup that shares one draw of a distribution |
//! | parameter | a named share with a value or a distribution, and a source |
//! | transition | the people who have one outcome under a first proposal and one under a second |
//! | replicate | one independent realisation: parameters, then units, then people |
//! | roster | a table with one row for each prisoner, synthetic or real |
//!
//! # Modules
//!
//! The folders are the pipeline, and arrows go one way; a test reads the `use crate::` lines.
//!
//! ```text
//! domain  <-  { proposal, scenario }  <-  design  <-  { input, simulate, table }  <-  study
//!         <-  sensitivity  <-  { sweep, roster }  <-  cli
//! ```
//!
//! # Example
//!
//! How many prisoners would the proposal of 3 July 1952 have released, in expectation?
//!
//! ```
//! use repat::domain::{Engine, Outcome};
//! use repat::input::{Request, load};
//! use repat::simulate::{Plan, Population, Rulebook, Silent, outcomes};
//!
//! let request = Request { scenario: Some("korea/1952-07-03".into()), ..Request::default() };
//! let loaded = load(&request).expect("the built-in scenario is sound");
//! let scenario = loaded.scenario.expect("one was asked for");
//! let population = Population::new(&loaded.setting, &scenario);
//! let july = loaded.interpretations.iter().find(|i| i.proposal.id == "1952-07-03-nam-il").unwrap();
//! let rulings = july.compile(&loaded.setting.space).expect("the proposal is complete");
//! let question = Rulebook { interpretation: july.clone(), rulings };
//! let plan = Plan { engine: Engine::Exact, seed: 1952, replicates: 10 };
//! let table = outcomes(&loaded.setting, &population, &[question], &[], plan, &Silent).unwrap();
//! let released = table.rows.iter().find(|row| row.outcome == Outcome::Released).unwrap();
//! assert_eq!(released.mean.to_string(), "16243");
//! ```

pub mod cli;
pub mod design;
pub mod domain;
pub mod input;
pub mod proposal;
#[cfg(feature = "polars")]
pub mod roster;
pub mod scenario;
pub mod sensitivity;
pub mod simulate;
pub mod study;
#[cfg(feature = "polars")]
pub mod sweep;
pub mod table;
