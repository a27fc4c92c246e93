//! Proposals of one setting, compiled: what can be asked of texts without a population.

use std::sync::Arc;

use crate::domain::{Error, Problem, Setting, SourceFile};
use crate::input::{InMemoryFiles, ReadingChoice, id_and_readings, load_proposals, suggestion};
use crate::proposal::Rulebook;
use crate::table::{Provenance, digests};

/// Proposals of one setting under their readings, compiled to rulebooks.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The setting.
    pub setting: Arc<Setting>,
    /// The proposals, in the order asked for.
    pub rulebooks: Arc<[Rulebook]>,
    /// Every file that was read: its name and the SHA-256 of its bytes.
    pub inputs: Vec<(String, String)>,
}

impl Texts {
    /// Loads proposals: ids or paths, perhaps with readings (`id:reading=value,reading=value`).
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files and readings, all at once.
    pub fn load(proposals: &[String], readings: &[ReadingChoice]) -> Result<Texts, Error> {
        let loaded = load_proposals(proposals, readings, &InMemoryFiles::default())?;
        Ok(Texts::new(loaded.setting, loaded.rulebooks, &loaded.files))
    }

    pub(super) fn new(setting: Setting, rulebooks: Vec<Rulebook>, files: &[Arc<SourceFile>]) -> Texts {
        Texts { setting: Arc::new(setting), rulebooks: rulebooks.into(), inputs: digests(files) }
    }

    /// The position of the one proposal that `id` or `id:reading=value,...` names; `option` is where the name was
    /// given.
    ///
    /// # Errors
    ///
    /// If none or several of the proposals are named so.
    pub fn position(&self, name: &str, option: &'static str) -> Result<usize, Error> {
        let (id, _) = id_and_readings(name);
        match self.positions(name).as_slice() {
            [one] => Ok(*one),
            [] => {
                let problem = Problem::new("no such proposal is asked about").argument(option, name);
                Err(problem.help(self.similar(&id)).into())
            }
            several => {
                let what = format!("matches {} of the proposals asked about", several.len());
                let help = format!("add a reading that only one of them has: {id}:READING=VALUE");
                Err(Problem::new(what).argument(option, name).help(help).into())
            }
        }
    }

    /// The positions of the proposals of this name that have at least the readings named.
    pub(super) fn positions(&self, name: &str) -> Vec<usize> {
        let (id, wanted) = id_and_readings(name);
        let has = |rulebook: &Rulebook, (reading, value): &(String, String)| {
            rulebook.name().readings.iter().any(|chosen| chosen.reading == *reading && chosen.value == *value)
        };
        let is_named =
            |rulebook: &Rulebook| rulebook.id() == id && wanted.iter().all(|choice| has(rulebook, choice));
        (0..self.rulebooks.len()).filter(|&i| is_named(&self.rulebooks[i])).collect()
    }

    /// The names that are known, or the readings if those are wrong.
    fn similar(&self, id: &str) -> String {
        let same = self.rulebooks.iter().filter(|rulebook| rulebook.id() == id);
        let readings: Vec<String> = same.map(|rulebook| rulebook.name().full_reading()).collect();
        match readings.as_slice() {
            [] => suggestion(id, self.rulebooks.iter().map(Rulebook::id)),
            readings => format!("{id} is asked about with the readings {}", readings.join(" and ")),
        }
    }

    /// What a table about texts alone rests on.
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance { readings: self.readings(), inputs: self.inputs.clone(), ..Provenance::default() }
    }

    /// Each proposal with all of its readings in force.
    fn readings(&self) -> Vec<(String, String)> {
        let names = self.rulebooks.iter().map(Rulebook::name);
        names.map(|name| (name.label(), name.full_reading())).collect()
    }

    /// For each proposal that gives every profile the same outcome as an earlier one, a sentence that says so.
    pub(super) fn twins(&self) -> Vec<String> {
        let same = |a: &Rulebook, b: &Rulebook| {
            let mut profiles = self.setting.space.profiles();
            a.limits == b.limits && profiles.all(|p| a.ruling_on(p).outcome == b.ruling_on(p).outcome)
        };
        let twin = |(position, rulebook): (usize, &Rulebook)| {
            let earlier = self.rulebooks[..position].iter().find(|earlier| same(earlier, rulebook))?;
            let [this, that] = [rulebook, earlier].map(|rulebook| rulebook.name().label());
            Some(format!("{this} gives every profile the same outcome as {that}."))
        };
        self.rulebooks.iter().enumerate().filter_map(twin).collect()
    }
}
