//! Proposals of one setting, compiled: what can be asked of texts without a population.

use std::sync::Arc;

use crate::domain::{Error, Problem, Setting};
use crate::input::suggestion;
use crate::proposal::{Interpretation, Rulebook};
use crate::table::Provenance;

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
    pub fn load(proposals: &[String], readings: &[crate::input::ReadingChoice]) -> Result<Texts, Error> {
        let request = crate::input::Request {
            proposals: proposals.to_vec(),
            readings: readings.to_vec(),
            ..Default::default()
        };
        Texts::of_loaded(&crate::input::load(&request)?)
    }

    pub(super) fn of_loaded(loaded: &crate::input::Loaded) -> Result<Texts, Error> {
        let compile = |how: &Interpretation| -> Result<Rulebook, Error> {
            Ok(Rulebook { interpretation: how.clone(), rulings: how.compile(&loaded.setting.space)? })
        };
        let rulebooks = loaded.interpretations.iter().map(compile).collect::<Result<_, _>>()?;
        let inputs = crate::table::digests(&loaded.files);
        Ok(Texts { setting: Arc::new(loaded.setting.clone()), rulebooks, inputs })
    }

    /// The position of the one proposal that `id` or `id:reading=value,...` names; `option` is where the name was
    /// given.
    ///
    /// # Errors
    ///
    /// If none or several of the proposals are named so.
    pub fn position(&self, name: &str, option: &'static str) -> Result<usize, Error> {
        let (id, readings) = name.split_once(':').unwrap_or((name, ""));
        let wanted: Vec<&str> =
            readings.split(',').map(str::trim).filter(|choice| !choice.is_empty()).collect();
        let named = |rulebook: &Rulebook| {
            let chosen = rulebook.interpretation.reading();
            let is_chosen = |choice: &&str| chosen.split(';').any(|c| c == *choice);
            rulebook.interpretation.proposal.id == id && wanted.iter().all(is_chosen)
        };
        let found: Vec<usize> = (0..self.rulebooks.len()).filter(|&i| named(&self.rulebooks[i])).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let problem = Problem::new("no such proposal is asked about").argument(option, name);
                Err(problem.help(self.similar(id)).into())
            }
            several => {
                let what = format!("matches {} of the proposals asked about", several.len());
                let help = format!("add a reading that only one of them has: {id}:READING=VALUE");
                Err(Problem::new(what).argument(option, name).help(help).into())
            }
        }
    }

    /// The names that are known, or the readings if those are wrong.
    fn similar(&self, id: &str) -> String {
        let same = self.rulebooks.iter().filter(|rulebook| rulebook.interpretation.proposal.id == id);
        let readings: Vec<String> = same.map(|rulebook| rulebook.interpretation.reading()).collect();
        match readings.as_slice() {
            [] => suggestion(
                id,
                self.rulebooks.iter().map(|rulebook| rulebook.interpretation.proposal.id.as_str()),
            ),
            readings => format!("{id} is asked about with the readings {}", readings.join(" and ")),
        }
    }

    /// What a table about texts alone rests on.
    pub(super) fn provenance(&self) -> Provenance {
        Provenance { readings: self.readings(), inputs: self.inputs.clone(), ..Provenance::default() }
    }

    /// Each proposal with all of its readings in force.
    fn readings(&self) -> Vec<(String, String)> {
        let readings =
            |rulebook: &Rulebook| (rulebook.interpretation.label(), rulebook.interpretation.reading());
        self.rulebooks.iter().map(readings).collect()
    }

    /// For each proposal that gives every profile the same outcome as an earlier one, a sentence that says so.
    pub(super) fn twins(&self) -> Vec<String> {
        let same = |a: &Rulebook, b: &Rulebook| {
            self.setting.space.profiles().all(|p| a.rulings.on(p).outcome == b.rulings.on(p).outcome)
        };
        let twin = |(position, rulebook): (usize, &Rulebook)| {
            let earlier = self.rulebooks[..position].iter().find(|earlier| same(earlier, rulebook))?;
            let [this, that] = [rulebook, earlier].map(|rulebook| rulebook.interpretation.label());
            Some(format!("{this} gives every profile the same outcome as {that}."))
        };
        self.rulebooks.iter().enumerate().filter_map(twin).collect()
    }
}
