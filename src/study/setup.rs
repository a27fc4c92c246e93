//! A study: a scenario and proposals under stated assumptions, and how they are counted.

use std::fmt;
use std::sync::Arc;

use rayon::ThreadPool;

use super::breakdown::Breakdown;
use super::restriction::{Counted, Restriction};
use super::texts::Texts;
use super::threads::start_threads;
use crate::domain::{Engine, Error, Problem, Status};
use crate::input::{self, ReadingChoice, Request};
use crate::proposal::{Bound, Limit, Rulebook};
use crate::scenario::Scenario;
use crate::simulate::{self, Plan, Population, Progress, RowMap, Silent, Summary};
use crate::table::Provenance;

/// More numbers than this would not fit in the memory of a common machine.
const MAX_NUMBERS: u64 = 1 << 27;

/// What every question is asked of: a setting, a scenario, rulebooks and assumptions; and how people are
/// counted: seed, replicates, threads.
///
/// A study is immutable; each method that changes something gives another one. Inputs are checked at once, and
/// everything that is wrong is reported together.
#[derive(Clone)]
pub struct Study {
    request: Request,
    texts: Texts,
    scenario: Arc<Scenario>,
    seed: u64,
    replicates: u64,
    threads: Option<u16>,
    by: Vec<Breakdown>,
    counted: Counted,
    progress: Arc<dyn Progress + Send + Sync>,
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Study");
        debug.field("request", &self.request).field("seed", &self.seed).field("replicates", &self.replicates);
        debug.finish_non_exhaustive()
    }
}

impl Study {
    /// The seed of the random numbers, unless another is chosen.
    pub const SEED: u64 = 1952;
    /// The number of replicates, unless another is chosen.
    pub const REPLICATES: u64 = 1_000;

    /// Opens a scenario with its own proposals: a built-in one by name, or a file of one's own by its path.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files, all at once.
    pub fn open(scenario: &str) -> Result<Study, Error> {
        Study::load(Request { scenario: scenario.into(), ..Request::default() })
    }

    /// Opens what a request asks for.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files and the request, all at once.
    pub fn load(request: Request) -> Result<Study, Error> {
        let loaded = input::load(&request)?;
        Ok(Study {
            request,
            texts: Texts::new(loaded.setting, loaded.rulebooks, &loaded.files),
            scenario: Arc::new(loaded.scenario),
            seed: Study::SEED,
            replicates: Study::REPLICATES,
            threads: None,
            by: Vec::new(),
            counted: Counted::default(),
            progress: Arc::new(Silent),
        })
    }

    /// The same with something else asked for.
    fn reload(self, change: impl FnOnce(&mut Request)) -> Result<Study, Error> {
        let mut request = self.request.clone();
        change(&mut request);
        let Study { request, texts, scenario, .. } = Study::load(request)?;
        Ok(Study { request, texts, scenario, ..self })
    }

    /// Asks about this proposal: the first call replaces the scenario's own, further ones add to it. An id or the
    /// path of a file, perhaps with readings: `draft:left=retained`.
    ///
    /// # Errors
    ///
    /// If there is no such proposal or reading.
    pub fn proposal(self, name: &str) -> Result<Study, Error> {
        self.reload(|request| request.proposals.push(name.into()))
    }

    /// Asks about this proposal too, unless it is asked about already.
    ///
    /// # Errors
    ///
    /// If there is no such proposal or reading.
    pub fn also(self, name: &str) -> Result<Study, Error> {
        match self.texts.positions(name).is_empty() {
            true => self.reload(|request| request.also.push(name.into())),
            false => Ok(self),
        }
    }

    /// Fixes a parameter at a share from 0 to 1.
    ///
    /// # Errors
    ///
    /// If the scenario has no such parameter, or shares would exceed 1.
    pub fn set(self, parameter: &str, value: f64) -> Result<Study, Error> {
        self.reload(|request| request.set.push((parameter.into(), value)))
    }

    /// Chooses a reading of one of the proposals, or of every proposal that has it where the proposal is
    /// [`ReadingChoice::EVERY_PROPOSAL`] (`*`).
    ///
    /// # Errors
    ///
    /// If there is no such proposal, reading or value.
    pub fn read(self, proposal: &str, reading: &str, value: &str) -> Result<Study, Error> {
        let [proposal, reading, value] = [proposal, reading, value].map(String::from);
        self.reload(|request| request.readings.push(ReadingChoice { proposal, reading, value }))
    }

    /// Scales all strata to this many people in total.
    ///
    /// # Errors
    ///
    /// None beyond those of opening it.
    pub fn resize(self, population: u64) -> Result<Study, Error> {
        self.reload(|request| request.population = Some(population))
    }

    /// Breaks outcome tables down by these: attributes, derived attributes, or `stratum`.
    ///
    /// # Errors
    ///
    /// If there is no such attribute: every name that is wrong.
    pub fn by(self, names: &[impl AsRef<str>]) -> Result<Study, Error> {
        let by = Breakdown::named_all(&self.texts.setting, names.iter().map(AsRef::as_ref))?;
        Ok(Study { by, ..self })
    }

    /// Counts only those who meet all of these restrictions. Everybody is simulated, and limits are of everybody.
    ///
    /// # Errors
    ///
    /// Every attribute, level or stratum that there is not.
    pub fn only(self, restrictions: &[Restriction]) -> Result<Study, Error> {
        let counted = Counted::new(&self.texts.setting, &self.scenario, restrictions)?;
        Ok(Study { counted, ..self })
    }

    /// Takes another seed than [`Study::SEED`].
    pub fn seed(self, seed: u64) -> Study {
        Study { seed, ..self }
    }

    /// Draws another number of replicates than [`Study::REPLICATES`].
    pub fn replicates(self, replicates: u64) -> Study {
        Study { replicates, ..self }
    }

    /// Works on this many threads; on all cores unless given. Threads never change a number.
    pub fn threads(self, threads: Option<u16>) -> Study {
        Study { threads, ..self }
    }

    /// Reports progress, and stops when it says so.
    pub fn watch(self, progress: Arc<dyn Progress + Send + Sync>) -> Study {
        Study { progress, ..self }
    }

    /// The setting and the proposals under their readings.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The scenario laid out over the profile space.
    pub fn population(&self) -> Population {
        Population::new(&self.texts.setting, Arc::clone(&self.scenario))
    }

    pub(crate) fn grouping(&self) -> &[Breakdown] {
        &self.by
    }

    pub(super) fn counted(&self) -> &Counted {
        &self.counted
    }

    /// The same rows, of those alone who are counted.
    pub(super) fn restrict(&self, population: &Population, row_map: RowMap) -> RowMap {
        let setting = &self.texts.setting;
        match self.counted.is_everybody() {
            true => row_map,
            false => {
                row_map.only(population, |stratum, profile| self.counted.includes(setting, stratum, profile))
            }
        }
    }

    /// Simulates a population, and counts those who are counted in these rows.
    pub(super) fn summarise(
        &self,
        engine: Engine,
        population: &Population,
        row_map: RowMap,
    ) -> Result<Summary, Error> {
        let row_map = self.restrict(population, row_map);
        self.on_threads(|| simulate::summarise(population, &row_map, self.plan(engine), self.progress()))?
    }

    pub(crate) fn plan(&self, engine: Engine) -> Plan {
        Plan { engine, seed: self.seed, replicates: self.replicates }
    }

    pub(crate) fn progress(&self) -> &dyn Progress {
        &*self.progress
    }

    /// Does the work on the study's threads.
    pub(crate) fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
        Ok(self.start_threads()?.install(work))
    }

    /// The study's threads.
    pub(crate) fn start_threads(&self) -> Result<ThreadPool, Error> {
        start_threads(self.threads)
    }

    /// Refuses a table whose replicates would not fit in memory; `fewer` names what makes its rows.
    pub(crate) fn refuse_memory(&self, engine: Engine, rows: u64, fewer: &str) -> Result<(), Error> {
        if engine == Engine::Exact || self.replicates.saturating_mul(rows) <= MAX_NUMBERS {
            return Ok(());
        }
        let what = format!("{} replicates of this table are too much for memory", self.replicates);
        let help = format!("use fewer replicates, fewer {fewer}, or the engine `exact`");
        Err(Problem::new(what).help(help).into())
    }

    /// A sentence on limits that stay what they are although the population is scaled, if there are any.
    pub(crate) fn fixed_limits(&self) -> Option<String> {
        self.request.population?;
        let rulebooks = self.texts.rulebooks.iter();
        let is_number = |limit: &Limit| matches!(limit.at_most, Bound::People(_));
        let fixed = |rulebook: &Rulebook| {
            let mut limits = rulebook.limits.iter().map(|limit| &rulebook.proposal().limits[limit.position]);
            limits.any(is_number)
        };
        let names: Vec<String> =
            rulebooks.filter(|rulebook| fixed(rulebook)).map(|rulebook| rulebook.name().label()).collect();
        let names = (!names.is_empty()).then(|| names.join(", "))?;
        Some(format!(
            "Numbers in the limits of {names} are those of the texts, whatever the size of the population."
        ))
    }

    /// What numbers by this engine rest on.
    pub(crate) fn provenance(&self, engine: Engine) -> Provenance {
        self.provenance_of(&self.scenario, engine)
    }

    /// What numbers rest on if the scenario were this one.
    pub(crate) fn provenance_of(&self, scenario: &Scenario, engine: Engine) -> Provenance {
        let is_drawn = engine != Engine::Exact || scenario.is_uncertain();
        Provenance {
            scenario: Some(scenario.name.clone()),
            engine: Some(engine),
            seed: is_drawn.then_some(self.seed),
            replicates: is_drawn.then_some(self.replicates),
            population: Some(scenario.population()),
            set: self.request.set.clone(),
            counted: self.counted.words().to_vec(),
            unverified: scenario.count(Status::Unverified),
            assumed: scenario.count(Status::Assumed),
            ..self.texts.provenance()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study() -> Study {
        Study::open("korea/1952-07-03").unwrap()
    }

    #[test]
    fn what_is_set_and_read_is_in_the_provenance_by_itself() {
        let study = study()
            .proposal("1952-03-27-draft")
            .and_then(|study| study.set("kpa_refusal", 0.4))
            .and_then(|study| study.read("1952-03-27-draft", "left", "retained"))
            .unwrap()
            .seed(7)
            .replicates(20);
        let provenance = study.provenance(Engine::Counts);
        assert_eq!(provenance.set, [("kpa_refusal".to_string(), 0.4)]);
        let (label, readings) = &provenance.readings[0];
        assert_eq!(label, "1952-03-27-draft:left=retained");
        assert!(readings.contains("left=retained") && readings.contains("clause-b=emended"), "{readings}");
        assert_eq!((provenance.seed, provenance.replicates), (Some(7), Some(20)));
        // Setting, sources, the scenario with its base, and the proposal.
        assert_eq!(provenance.inputs.len(), 5);
        assert_eq!(provenance.facts()["people_simulated"], 20 * 181_033);
    }

    #[test]
    fn nothing_drawn_has_no_seed() {
        let fixed = [
            "kpa_refusal",
            "cpv_refusal",
            "southern_pow_north",
            "internee_north",
            "stay_elsewhere",
            "roka_refusal",
            "contingent_refusal",
        ];
        let study = fixed.iter().try_fold(study(), |study, name| study.set(name, 0.1)).unwrap();
        let provenance = study.provenance(Engine::Exact);
        assert_eq!((provenance.seed, provenance.replicates), (None, None));
        assert_eq!(study.provenance(Engine::Counts).seed, Some(1952));
    }

    #[test]
    fn a_change_keeps_what_was_chosen_before() {
        let study = study().seed(7).by(&["captor"]).unwrap().resize(1_000).unwrap();
        assert_eq!((study.scenario().population(), study.grouping().len(), study.seed), (1_000, 1, 7));
        assert_eq!(study.texts().rulebooks.len(), 7);
    }

    #[test]
    fn every_name_that_is_wrong_is_reported() {
        let error = study().by(&["captr", "rank"]).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        assert!(error.to_string().contains("by captr") && !error.to_string().contains("--"), "{error}");
        assert!(study().set("kpa_refusl", 0.4).unwrap_err().to_string().contains("`kpa_refusal`"));
        assert!(study().proposal("1952-07-03-namil").unwrap_err().to_string().contains("1952-07-03-nam-il"));
    }

    #[test]
    fn what_would_not_fit_in_memory_is_refused() {
        let study = study().replicates(1_000_000);
        let refused = study.refuse_memory(Engine::Counts, 1 << 20, "groups").unwrap_err();
        assert!(refused.exit_code() == 2 && refused.to_string().contains("fewer groups"), "{refused}");
        assert!(study.refuse_memory(Engine::Exact, 1 << 20, "groups").is_ok());
        assert!(study.refuse_memory(Engine::Counts, 100, "groups").is_ok());
    }
}
