//! What is assumed and how it is drawn: the options of every command that simulates.

use clap::Args;

use super::headings::{ASKED, ASSUMPTIONS};
use super::progress::Bar;
use super::values::{parameter_value, people, reading_choice, restriction};
use crate::domain::Error;
use crate::input::{ReadingChoice, Request};
use crate::study::{Restriction, Sampling, Study};

/// What is assumed, and by which seed and threads it is drawn.
#[derive(Debug, Args)]
#[command(next_help_heading = ASSUMPTIONS)]
pub(super) struct AssumptionArgs {
    /// Choose a reading of a proposal; repeatable. `*.READING=VALUE` chooses it in every proposal that has it, but for
    /// those with a choice of their own
    #[arg(long = "reading", value_name = "PROPOSAL.READING=VALUE", value_parser = reading_choice)]
    pub(super) readings: Vec<ReadingChoice>,

    /// Fix a parameter of the scenario at a share from 0 to 1; repeatable
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = parameter_value)]
    pub(super) set: Vec<(String, f64)>,

    /// Scale all strata to this many people in total
    #[arg(long, value_name = "N", value_parser = people)]
    pub(super) population: Option<u64>,

    /// Seed of the random numbers
    #[arg(long, value_name = "S", default_value_t = Study::SEED)]
    pub(super) seed: u64,

    /// Number of threads; all cores unless given. Never changes a number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// What decides the numbers, shared by the commands that simulate.
#[derive(Debug, Args)]
#[command(next_help_heading = ASSUMPTIONS)]
pub(super) struct SamplingArgs {
    #[command(flatten)]
    pub(super) assumptions: AssumptionArgs,

    /// Count only people with these levels of an attribute, or of these strata; repeatable. `!=` leaves them out
    #[arg(long = "where", value_name = "ATTRIBUTE=LEVEL,...", value_parser = restriction, help_heading = ASKED)]
    only: Vec<Restriction>,

    /// Number of replicates
    #[arg(long, value_name = "N", default_value_t = Study::REPLICATES, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) replicates: u64,
}

/// How all scenarios of a setting are drawn, for the commands that ask about several.
#[derive(Debug, Args)]
#[command(next_help_heading = ASSUMPTIONS)]
pub(super) struct SettingSamplingArgs {
    /// Number of replicates of each scenario
    #[arg(long, value_name = "N", default_value_t = Study::REPLICATES, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    replicates: u64,

    /// Seed of the random numbers
    #[arg(long, value_name = "S", default_value_t = Study::SEED)]
    seed: u64,

    /// Number of threads; all cores unless given. Never changes a number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl SettingSamplingArgs {
    /// Asks a question of scenarios that have this many people in all, with a progress bar.
    pub(super) fn ask<T>(
        &self,
        people: u64,
        question: impl FnOnce(&Sampling) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let bar = Bar::over_people(people, self.replicates);
        let (seed, replicates, threads) = (self.seed, self.replicates, self.threads);
        let answer = question(&Sampling { seed, replicates, threads, progress: bar.clone() });
        bar.finish();
        answer
    }
}

impl AssumptionArgs {
    /// The study of a scenario and proposals under these assumptions.
    pub(super) fn study(&self, scenario: &str, proposals: &[String]) -> Result<Study, Error> {
        let request = Request {
            scenario: scenario.into(),
            proposals: proposals.to_vec(),
            readings: self.readings.clone(),
            set: self.set.clone(),
            population: self.population,
            ..Request::default()
        };
        Ok(Study::load(request)?.seed(self.seed).threads(self.threads))
    }
}

impl SamplingArgs {
    /// The study of a scenario and proposals, with this many replicates.
    pub(super) fn study(&self, scenario: &str, proposals: &[String]) -> Result<Study, Error> {
        self.assumptions.study(scenario, proposals)?.replicates(self.replicates).only(&self.only)
    }

    /// Asks a question of a study, with a progress bar over all people of all replicates, `rounds` times.
    pub(super) fn ask<T>(
        &self,
        study: Study,
        rounds: u64,
        question: impl FnOnce(&Study) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let draws = self.replicates.saturating_mul(rounds);
        let bar = Bar::over_people(study.scenario().population(), draws);
        let answer = question(&study.watch(bar.clone()));
        bar.finish();
        answer
    }
}
