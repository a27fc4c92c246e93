//! What a user may say about a roster that is to be classified.

use std::{path::PathBuf, sync::Arc};

use super::spelling::find_spelled;
use crate::domain::Variable;
use crate::input::{AttributeValue, WordsFile};
use crate::scenario::Scenario;
use crate::simulate::Replicate;
use crate::study::Study;

/// How to read a roster and what to do about levels that it does not give.
///
/// Pairs begin with the name of an attribute. In messages the options have the names of the fields.
#[derive(Debug, Clone, Default)]
pub struct ClassifyOptions {
    /// Attribute and column, where the column is not named after its attribute.
    pub map: Vec<(String, String)>,
    /// Attribute and the level that it has in every row. Refused if the roster has a column for the
    /// attribute.
    pub everybody: Vec<(String, String)>,
    /// Attribute and the level that blank cells of its column count as. Values that mean no level stay
    /// unrecognised.
    pub fill: Vec<(String, String)>,
    /// A TOML file of the roster's own words for levels. It may also say where columns are, what everybody is and what
    /// separates cells; these options prevail.
    pub levels: Option<PathBuf>,
    /// The byte between the cells of CSV, read and written; files that end in `.tsv` have tabs.
    /// If absent, that of the words file, or else a comma.
    pub separator: Option<u8>,
    /// The scenario from which unknown levels are imputed; without it they stay unknown.
    pub impute: Option<ImputeFrom>,
    /// Whether limits are applied to the roster as a whole, which is then read twice. Without it, the outcome is
    /// unknown where a limit decides.
    pub limits: bool,
    /// Number of threads; one for each core if absent. Never changes a row.
    pub threads: Option<u16>,
}

impl ClassifyOptions {
    /// The same options, with attributes and levels spelled as the setting spells them. Those that it does not have
    /// stay as they are.
    pub(super) fn respelled(&self, attributes: &[Variable]) -> ClassifyOptions {
        let find = |name: &str| {
            let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
            Some(&attributes[find_spelled(name, &names).ok()??.position])
        };
        let attribute = |name: &str| find(name).map_or(name, |attribute| &attribute.name).to_string();
        let level = |name: &str, level: &str| {
            let levels = find(name).map_or(&[][..], |attribute| &attribute.levels);
            let found = find_spelled(level, levels).ok().flatten();
            found.map_or(level, |found| &levels[found.position]).to_string()
        };
        let levels = |pairs: &[(String, String)]| {
            pairs.iter().map(|(name, value)| (attribute(name), level(name, value))).collect()
        };
        ClassifyOptions {
            map: self.map.iter().map(|(name, column)| (attribute(name), column.clone())).collect(),
            everybody: levels(&self.everybody),
            fill: levels(&self.fill),
            ..self.clone()
        }
    }

    /// The same options, and what a words file says where they say nothing.
    pub(super) fn completed_by(&self, file: &WordsFile) -> ClassifyOptions {
        let is_named = |pairs: &[(String, String)], from: &&AttributeValue| {
            pairs.iter().any(|(attribute, _)| *attribute == from.attribute)
        };
        let pair = |from: &AttributeValue| (from.attribute.clone(), from.value.clone());
        let columns = file.columns.iter().filter(|from| !is_named(&self.map, from));
        let everybody = file.everybody.iter();
        let everybody =
            everybody.filter(|from| !is_named(&self.map, from) && !is_named(&self.everybody, from));
        ClassifyOptions {
            map: self.map.iter().cloned().chain(columns.map(pair)).collect(),
            everybody: self.everybody.iter().cloned().chain(everybody.map(pair)).collect(),
            separator: self.separator.or(file.separator),
            ..self.clone()
        }
    }

    /// The byte between the cells of CSV.
    pub(super) fn separator(&self) -> u8 {
        self.separator.unwrap_or(b',')
    }

    /// The replicate by whose random numbers it is drawn who is over a limit: that of the imputation, if there is one.
    pub(super) fn replicate(&self) -> Replicate {
        match &self.impute {
            Some(from) => Replicate { seed: from.seed, number: from.replicate },
            None => Replicate { seed: Study::SEED, number: 0 },
        }
    }
}

/// Where imputed levels come from.
#[derive(Debug, Clone)]
pub struct ImputeFrom {
    /// The scenario whose population unknown levels are drawn from.
    pub scenario: Arc<Scenario>,
    /// The seed of the draws.
    pub seed: u64,
    /// The replicate whose parameters are used: another one gives another imputation.
    pub replicate: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::fixture::korea;

    #[test]
    fn options_are_spelled_as_the_setting_spells_them() {
        let (setting, ..) = korea();
        let pair = |name: &str, value: &str| vec![(name.to_string(), value.to_string())];
        let options = ClassifyOptions {
            map: pair("Residence", "Province"),
            everybody: pair("CAPTOR", "Unc"),
            fill: pair("wish", "hom"),
            ..Default::default()
        };
        let options = options.respelled(setting.space.attributes());
        assert_eq!(options.map, pair("residence", "Province"));
        assert_eq!(options.everybody, pair("captor", "unc"));
        assert_eq!(options.fill, pair("wish", "hom"));
    }
}
