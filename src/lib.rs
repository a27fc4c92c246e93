//! `repat` answers one question: given who the prisoners were, where they lived and what they
//! wished, what would each proposal have done with them?
//!
//! # Example
//!
//! How many prisoners would the proposal of 3 July 1952 have released, in expectation?
//!
//! ```
//! # fn main() -> Result<(), repat::Error> {
//! use repat::{Engine, Study};
//!
//! let study = Study::open("korea/1952-07-03")?.proposal("1952-07-03-nam-il")?;
//! let outcomes = study.outcomes(Engine::Exact)?;
//! assert_eq!(outcomes.mean("1952-07-03-nam-il", "released")?.to_string(), "16243");
//! # Ok(())
//! # }
//! ```
//!
//! `set("kpa_refusal", 0.46)` fixes an assumption, and it is recorded in what the table rests on;
//! `outcomes.write("july.parquet")` writes the table in the format that the ending names, with a
//! manifest beside it. The other questions are [`Study::compare`], [`Study::difference`],
//! [`Study::solve`] and [`study::Texts::explain`]; and of a setting as a whole, [`study::Record`] and
//! [`study::Timeline`].
//!
//! # How it works
//!
//! ```text
//! setting + proposals  --compile-->  rulebook: profile -> ruling     (for each reading)
//! scenario             --draw----->  tally: stratum x profile        (for each replicate)
//!                                         |
//!         rulebook x tally --limits--> outcome counts --> summary --> table --> text, file
//! ```
//!
//! People are generated once and judged by every proposal, so comparisons are paired. Chance lives
//! only in the population, and in who is over a limit; rules are pure. Because the space of profiles is finite, a rulebook
//! is *proved* complete and free of conflict by enumeration, the difference between two proposals
//! is *exact*, and expected outcomes have a *closed form* that checks the simulation.
//!
//! # Words
//!
//! | word | type | meaning |
//! |---|---|---|
//! | attribute, level | [`domain::Variable`] | a property of a prisoner and its possible values: `residence` is `north`, `south` or `abroad` |
//! | profile | [`domain::Profile`], [`domain::Space`] | one level for every attribute; also an index into the finite space of all |
//! | setting | [`domain::Setting`] | one conflict's vocabulary: attributes, outcomes, what each wish accepts, bibliography |
//! | proposal | [`proposal::Proposal`] | a decision table from profile to outcome, each rule with its citation |
//! | reading | [`proposal::Reading`] | a named choice between interpretations of an ambiguous passage |
//! | limit | [`proposal::Limit`] | a rule on numbers, applied to everybody of a replicate after the table |
//! | rulebook, ruling | [`proposal::Rulebook`], [`proposal::Ruling`] | a proposal under one choice of readings, compiled: an outcome and the rule that decides it, for every profile |
//! | outcome | [`domain::Outcome`], [`domain::OutcomeList`] | what a proposal does with a prisoner; the setting names them, each with its kind: handed over, freed or held |
//! | scenario | [`scenario::Scenario`] | a population (strata, parameters) and the proposals to judge it by |
//! | stratum, unit | [`scenario::Stratum`] | a group of prisoners; a subgroup that shares one draw of a distribution |
//! | parameter | [`scenario::Parameter`] | a named share with a value or a distribution, and a source |
//! | tally | in [`simulate`] | counts of one replicate by stratum and profile |
//! | replicate | [`simulate::Draws`] | one independent realisation: parameters, then units, then people |
//! | row map | [`simulate::RowMap`] | which rows of a result each profile of each stratum counts towards |
//! | target | [`scenario::Target`] | a figure from the record that a simulated number is held against, with its tolerance |
//! | study | [`Study`] | a setting, a scenario, its rulebooks and assumptions: what every question is asked of |
//! | transition | [`study::Transition`] | the people who have one outcome under a first proposal and one under a second |
//! | table, provenance | [`table::Table`], [`table::Provenance`] | named, typed columns with notes, and what their numbers rest on |
//! | roster | the module `roster` | a table with one row for each prisoner, synthetic or real |
//! | problem, error | [`domain::Problem`], [`Error`] | what is wrong with an input, where, why and what now; why something could not be done |
//!
//! # Modules
//!
//! The folders are the pipeline, and arrows go one way, between folders and between the files of
//! each; a test reads the `use` lines. `docs/architecture.md` says where to add what.
//!
//! ```text
//! domain <- { table, proposal, scenario } <- design <- { input, simulate } <- study <- sensitivity <- { sweep, roster } <- cli
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

pub use domain::{Engine, Error};
pub use study::Study;
