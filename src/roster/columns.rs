//! Where the level of each attribute is found: in a column of the roster, in an option that holds for
//! every row, or nowhere.

use super::cell_findings::CellFindings;
use super::options::ClassifyOptions;
use super::partial_profile::{Encoding, PartialProfile};
use super::resolve::{Cells, Resolver, RowNumbers};
use super::spelling::{Spelled, find_spelled};
use super::vocabulary::{Vocabulary, Word};
use crate::domain::{Problem, Setting, Variable, compose};
use crate::input::{LevelWord, suggestion};

/// Where the level of each attribute is found in a roster.
#[derive(Debug)]
pub(super) struct LevelColumns(Vec<LevelSource>);

/// Where the level of one attribute is found.
#[derive(Debug)]
pub(super) enum LevelSource {
    /// In a column.
    Column {
        /// The column's name.
        name: String,
        /// The name that it was looked for by, where the column's name is that only without regard to case.
        looked_for: Option<String>,
        /// Turns its cells into terms.
        resolver: Resolver,
        /// The name of the level that its blank cells count as.
        fill: Option<String>,
    },
    /// In an option: every row gets the term of this level.
    Everybody(PartialProfile),
    /// Nowhere: every row gets the term of the attribute's default level.
    Default(PartialProfile),
    /// Nowhere: every row gets the term of an unknown level.
    Absent(PartialProfile),
}

/// Rows of a roster, resolved.
#[derive(Debug)]
pub(super) struct Resolved {
    /// What is known of the person of each row.
    pub(super) rows: Vec<PartialProfile>,
    /// What was found in the cells, by attribute.
    pub(super) findings: Vec<CellFindings>,
}

impl LevelColumns {
    /// Finds the attributes among a roster's columns; `words` are the roster's own words for levels. The
    /// options have been [checked](option_problems).
    ///
    /// # Errors
    ///
    /// All options that do not fit the columns, or that no column holds an attribute.
    pub(super) fn find(
        setting: &Setting,
        columns: &[String],
        options: &ClassifyOptions,
        words: &[LevelWord],
    ) -> Result<LevelColumns, Vec<Problem>> {
        let attributes = setting.space.attributes();
        let encoding = Encoding::new(&setting.space);
        let defaults =
            (0..attributes.len()).map(|attribute| setting.space.default_level(attribute)).collect();
        let mut search = Search { columns, options, encoding, defaults, problems: Vec::new() };
        let sources = attributes.iter().enumerate().map(|(position, attribute)| {
            let words = words.iter().filter(|word| word.attribute == position);
            search.find_source(position, attribute, read_vocabulary(attribute, words))
        });
        let sources: Vec<LevelSource> = sources.collect();
        let mut problems = search.problems;
        let found = sources.iter().any(|source| matches!(source, LevelSource::Column { .. }));
        if !found && problems.is_empty() && options.map.is_empty() {
            problems.push(nothing_found(attributes, columns));
        }
        if problems.is_empty() { Ok(LevelColumns(sources)) } else { Err(problems) }
    }

    /// Where each attribute's level is found, by attribute.
    pub(super) fn sources(&self) -> &[LevelSource] {
        &self.0
    }

    /// Resolves a batch of rows; `cells` reads a column of it by name.
    ///
    /// # Errors
    ///
    /// Those of `cells`.
    pub(super) fn resolve<E>(
        &self,
        rows: usize,
        numbers: &RowNumbers,
        cells: impl Fn(&str) -> Result<Cells, E>,
    ) -> Result<Resolved, E> {
        let mut rows = vec![PartialProfile::default(); rows];
        let findings = self.0.iter().map(|source| match source {
            LevelSource::Column { name, resolver, .. } => {
                Ok(resolver.add_terms(&cells(name)?, numbers, &mut rows))
            }
            LevelSource::Everybody(term) | LevelSource::Default(term) | LevelSource::Absent(term) => {
                rows.iter_mut().for_each(|row| row.add(*term));
                Ok(CellFindings::default())
            }
        });
        let findings = findings.collect::<Result<_, E>>()?;
        Ok(Resolved { rows, findings })
    }
}

/// The search for attributes in a roster's columns and the options.
struct Search<'a> {
    columns: &'a [String],
    options: &'a ClassifyOptions,
    encoding: Encoding,
    /// The level of each attribute where nothing is said of it.
    defaults: Vec<Option<u8>>,
    problems: Vec<Problem>,
}

impl Search<'_> {
    fn find_source(&mut self, position: usize, attribute: &Variable, vocabulary: Vocabulary) -> LevelSource {
        let column = self.find_column(attribute);
        let everybody = value_for(&self.options.everybody, attribute);
        let fill = value_for(&self.options.fill, attribute);
        match (&column, everybody, fill) {
            (Some(column), Some(level), _) => self.problems.push(overruled(&column.name, attribute, level)),
            (None, _, Some(level)) => self.problems.push(nothing_to_fill(attribute, level)),
            _ => {}
        }
        let level = |name: Option<&str>| name.and_then(|name| attribute.level(name));
        match (column, everybody) {
            (Some(FoundColumn { name, looked_for }), _) => {
                let resolver = Resolver::new(&self.encoding, position, vocabulary, level(fill));
                LevelSource::Column { name, looked_for, resolver, fill: fill.map(String::from) }
            }
            (None, Some(_)) => LevelSource::Everybody(self.encoding.term(position, level(everybody))),
            (None, None) => match self.defaults[position] {
                Some(default) => LevelSource::Default(self.encoding.term(position, Some(default))),
                None => LevelSource::Absent(self.encoding.term(position, None)),
            },
        }
    }

    /// The column that holds an attribute: the one mapped to it, or the one named after it.
    fn find_column(&mut self, attribute: &Variable) -> Option<FoundColumn> {
        let mapped = value_for(&self.options.map, attribute);
        let name = mapped.unwrap_or(&attribute.name);
        let spelled = find_spelled(name, self.columns).unwrap_or_else(|two| {
            self.problems.push(two_columns(name, two.map(|position| &*self.columns[position])));
            Some(Spelled { position: two[0], ignores_case: false })
        });
        let Some(Spelled { position, ignores_case }) = spelled else {
            let column = mapped?;
            let problem = Problem::new(format!("the roster has no column `{column}`"))
                .argument("map", format!("{}={column}", attribute.name));
            self.problems.push(problem.help(suggestion(column, self.columns.iter().map(String::as_str))));
            return Some(FoundColumn { name: column.into(), looked_for: None });
        };
        let looked_for = ignores_case.then(|| name.to_string());
        Some(FoundColumn { name: self.columns[position].clone(), looked_for })
    }
}

/// A column that holds an attribute.
struct FoundColumn {
    name: String,
    /// As in [`LevelSource::Column`].
    looked_for: Option<String>,
}

/// The value that an option has for an attribute.
fn value_for<'a>(pairs: &'a [(String, String)], attribute: &Variable) -> Option<&'a str> {
    pairs.iter().find(|(name, _)| *name == attribute.name).map(|(_, value)| value.as_str())
}

/// The names of an attribute's levels and the roster's own words for them.
fn read_vocabulary<'w>(attribute: &Variable, words: impl Iterator<Item = &'w LevelWord>) -> Vocabulary {
    let levels = (0..).zip(&attribute.levels);
    let levels = levels.map(|(level, name)| Word { text: name.clone(), level, is_own: false });
    let own = words.map(|word| Word { text: word.word.clone(), level: word.level, is_own: true });
    Vocabulary::new(levels.chain(own))
}

fn names(attributes: &[Variable]) -> impl Iterator<Item = &str> {
    attributes.iter().map(|attribute| attribute.name.as_str())
}

/// Everything that is wrong with the options, whatever the roster: names of attributes and levels.
pub(super) fn option_problems(setting: &Setting, options: &ClassifyOptions) -> Vec<Problem> {
    let attributes = setting.space.attributes();
    let pairs = [("map", &options.map), ("everybody", &options.everybody), ("fill", &options.fill)];
    let pairs = pairs.iter().flat_map(|(option, pairs)| (0..pairs.len()).map(move |i| (*option, pairs, i)));
    let problems = pairs.filter_map(|(option, pairs, i)| {
        let (name, value) = &pairs[i];
        let attribute = attributes.iter().find(|attribute| attribute.name == *name);
        let problem = match attribute {
            None => Problem::new(format!("there is no attribute `{name}`"))
                .help(suggestion(name, names(attributes))),
            Some(_) if pairs[..i].iter().any(|(earlier, _)| earlier == name) => {
                Problem::new(format!("`{name}` is given twice")).help("give it once")
            }
            Some(attribute) if option != "map" && attribute.level(value).is_none() => {
                Problem::new(format!("there is no level `{value}`"))
                    .help(suggestion(value, attribute.levels.iter().map(String::as_str)))
            }
            Some(_) => return None,
        };
        Some(problem.argument(option, format!("{name}={value}")))
    });
    problems.collect()
}

/// A level for everybody would contradict the column.
fn overruled(column: &str, attribute: &Variable, level: &str) -> Problem {
    let attribute = &attribute.name;
    Problem::new(format!("the roster's column `{column}` gives `{attribute}` person by person"))
        .argument("everybody", format!("{attribute}={level}"))
        .help_option("fill", format!("{attribute}={level} gives this level to the column's blank cells only"))
}

/// Neither of two columns is named more exactly than the other.
fn two_columns(name: &str, [first, second]: [&str; 2]) -> Problem {
    let differ = if compose(first) == compose(second) { "look the same" } else { "differ only in case" };
    Problem::new(format!("the columns `{first}` and `{second}`, either of which may be `{name}`, {differ}"))
        .help("give one of them another name")
}

fn nothing_to_fill(attribute: &Variable, level: &str) -> Problem {
    let attribute = &attribute.name;
    Problem::new(format!("the roster has no column for `{attribute}` whose blank cells could be filled"))
        .argument("fill", format!("{attribute}={level}"))
        .help_option("everybody", format!("{attribute}={level} gives this level to every row"))
}

fn nothing_found(attributes: &[Variable], columns: &[String]) -> Problem {
    Problem::new("none of the roster's columns is named after an attribute")
        .note(format!("the roster's columns: {}", columns.join(", ")))
        .note(format!("the attributes: {}", names(attributes).collect::<Vec<_>>().join(", ")))
        .help_option("map", "ATTRIBUTE=COLUMN says which column is which")
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::roster::fixture::korea;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    fn find(columns: &[&str], options: &ClassifyOptions) -> Result<LevelColumns, Vec<Problem>> {
        let columns: Vec<String> = columns.iter().map(|name| name.to_string()).collect();
        LevelColumns::find(&korea().0, &columns, options, &[])
    }

    fn messages(columns: &[&str], options: &ClassifyOptions) -> Vec<String> {
        find(columns, options).unwrap_err().iter().map(ToString::to_string).collect()
    }

    /// The partial profiles of two people; the columns say that the first is a southerner held by the
    /// KPA, and nothing of the second.
    fn resolve(columns: &LevelColumns) -> Vec<PartialProfile> {
        let cell = |name: &str| if name == "captor" || name == "held by" { "kpa-cpv" } else { "south" };
        let cells = |name: &str| Cells::of_column(&Column::new(name.into(), [cell(name), ""]));
        columns.resolve(2, &RowNumbers::From(1), cells).unwrap().rows
    }

    /// The partial profile of a person with only these levels known, and defaults.
    fn known(levels: &[(&str, &str)]) -> PartialProfile {
        let (setting, ..) = korea();
        let encoding = Encoding::new(&setting.space);
        let mut partial = PartialProfile::default();
        for (position, attribute) in setting.space.attributes().iter().enumerate() {
            let level = levels.iter().find(|(name, _)| *name == attribute.name);
            let level = level.map(|(_, level)| attribute.level(level).unwrap());
            partial.add(encoding.term(position, level.or(setting.space.default_level(position))));
        }
        partial
    }

    #[test]
    fn a_column_is_found_by_its_attributes_name_or_by_mapping() {
        let named = find(&["captor", "residence", "born"], &ClassifyOptions::default()).unwrap();
        let expected = [known(&[("captor", "kpa-cpv"), ("residence", "south")]), known(&[])];
        assert_eq!(resolve(&named), expected);
        let options = ClassifyOptions { map: pairs(&[("captor", "held by")]), ..Default::default() };
        assert_eq!(resolve(&find(&["held by", "residence"], &options).unwrap()), expected);
        // A column that is mapped is taken in place of that of the attribute's name.
        let both = find(&["held by", "captor"], &options).unwrap();
        assert_eq!(resolve(&both)[0], known(&[("captor", "kpa-cpv")]));
    }

    #[test]
    fn a_column_is_found_without_regard_to_case_unless_two_are() {
        let looked_for = |columns: &[&str], options: &ClassifyOptions| {
            let found = find(columns, options).unwrap();
            let LevelSource::Column { name, looked_for, .. } = &found.sources()[0] else {
                panic!("no column")
            };
            (name.clone(), looked_for.clone())
        };
        let options = ClassifyOptions::default();
        assert_eq!(looked_for(&["Captor"], &options), ("Captor".into(), Some("captor".into())));
        assert_eq!(looked_for(&["Captor", "captor"], &options), ("captor".into(), None));
        let refused = messages(&["Captor", "CAPTOR"], &options);
        let expected =
            "the columns `Captor` and `CAPTOR`, either of which may be `captor`, differ only in case";
        assert!(refused.len() == 1 && refused[0].contains(expected), "{refused:?}");
        let options = ClassifyOptions { map: pairs(&[("captor", "held by")]), ..options };
        assert_eq!(looked_for(&["Held By", "Captor"], &options), ("Held By".into(), Some("held by".into())));
        let refused = messages(
            &["e\u{301}", "\u{e9}"],
            &ClassifyOptions { map: pairs(&[("captor", "\u{c9}")]), ..options },
        );
        assert!(refused[0].contains("look the same"), "{refused:?}");
    }

    #[test]
    fn a_level_for_everybody_needs_a_roster_without_the_column() {
        let options = ClassifyOptions { everybody: pairs(&[("captor", "unc")]), ..Default::default() };
        let rows = resolve(&find(&["residence"], &options).unwrap());
        let unc = ("captor", "unc");
        assert_eq!(rows, [known(&[unc, ("residence", "south")]), known(&[unc])]);
        let refused = messages(&["captor", "residence"], &options);
        let expected = "the roster's column `captor` gives `captor` person by person";
        assert!(refused[0].contains(expected), "{refused:?}");
        assert!(refused[0].contains("fill captor=unc gives this level"), "{refused:?}");
        let mapped = ClassifyOptions { map: pairs(&[("captor", "held by")]), ..options };
        let refused = messages(&["held by"], &mapped);
        assert!(refused[0].contains("the roster's column `held by` gives `captor`"), "{refused:?}");
    }

    #[test]
    fn fill_needs_a_column() {
        let options = ClassifyOptions { fill: pairs(&[("captor", "unc")]), ..Default::default() };
        let refused = messages(&["residence"], &options);
        assert!(refused[0].contains("no column for `captor`"), "{refused:?}");
        assert!(refused[0].contains("everybody captor=unc gives this level to every row"), "{refused:?}");
        let rows = resolve(&find(&["captor"], &options).unwrap());
        assert_eq!(rows, [known(&[("captor", "kpa-cpv")]), known(&[("captor", "unc")])]);
    }

    #[test]
    fn names_that_do_not_exist_are_refused_whatever_the_roster() {
        let options = ClassifyOptions {
            map: pairs(&[("rank", "grade"), ("wish", "wants")]),
            everybody: pairs(&[("captor", "un")]),
            fill: pairs(&[("wish", "home"), ("wish", "none")]),
            ..Default::default()
        };
        let problems = option_problems(&korea().0, &options);
        let expected =
            ["map rank=grade: there is no attribute", "there is no level `un`", "`wish` is given twice"];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.to_string().contains(expected), "{problem}");
        }
    }

    #[test]
    fn everything_that_does_not_fit_the_columns_is_reported_at_once() {
        let options = ClassifyOptions {
            map: pairs(&[("wish", "wnats")]),
            everybody: pairs(&[("captor", "unc")]),
            fill: pairs(&[("force", "kpa")]),
            ..Default::default()
        };
        let refused = messages(&["captor", "wants"], &options);
        let expected = ["column `captor` gives `captor`", "no column for `force`", "no column `wnats`"];
        assert_eq!(refused.len(), expected.len(), "{refused:?}");
        for (message, expected) in refused.iter().zip(expected) {
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn a_roster_without_any_attribute_is_refused() {
        let refused = messages(&["name", "born"], &ClassifyOptions::default());
        assert!(refused[0].contains("none of the roster's columns"), "{refused:?}");
    }
}
