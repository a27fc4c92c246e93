use super::cells::Cells;
use super::known::{Attributes, Known};
use super::said::Said;
use super::words::{Strangers, Words};
use crate::domain::{Problem, Setting, Variable};
use crate::input::{LevelWord, suggestion};

/// What a user says of a roster.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Columns by attribute, where they are called otherwise than the attribute.
    pub columns: Vec<(String, String)>,
    /// Levels by attribute that everybody on the roster has.
    pub everybody: Vec<(String, String)>,
    /// What words mean that are no names of levels.
    pub words: Vec<LevelWord>,
}

/// Where the level of each attribute is to be found.
#[derive(Debug)]
pub struct Mapping {
    pub(super) origins: Vec<Origin>,
    attributes: Attributes,
}

/// What some rows of a roster say.
#[derive(Debug)]
pub(super) struct Looked {
    /// What is known of each person.
    pub(super) known: Vec<Known>,
    /// What means no level, by attribute.
    pub(super) strangers: Vec<Strangers>,
}

/// Where the level of one attribute is to be found.
#[derive(Debug)]
pub(super) enum Origin {
    /// In this column, in these words.
    Column(String, Words),
    /// Everybody has the same.
    Everybody(u8),
    /// The roster does not say.
    Nowhere,
}

impl Mapping {
    /// Finds the attributes among a roster's columns.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what was given, all at once; or that nothing is found.
    pub fn new(setting: &Setting, columns: &[String], given: &Given) -> Result<Mapping, Vec<Problem>> {
        let attributes = setting.space.attributes();
        let mut problems = Vec::new();
        refuse_unknown(attributes, given, &mut problems);
        let origins = attributes.iter().enumerate().map(|(position, attribute)| {
            let words = given.words.iter().filter(|word| word.attribute == position);
            origin(attribute, columns, given, words, &mut problems)
        });
        let origins: Vec<Origin> = origins.collect();
        if problems.is_empty() && !origins.iter().any(|origin| matches!(origin, Origin::Column(..))) {
            problems.push(nothing_found(attributes, columns));
        }
        let attributes = Attributes::new(&setting.space);
        if problems.is_empty() { Ok(Mapping { origins, attributes }) } else { Err(problems) }
    }

    /// The columns that hold levels, by attribute.
    pub(super) fn columns(&self) -> impl Iterator<Item = Option<&str>> {
        self.origins.iter().map(|origin| match origin {
            Origin::Column(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Looks at so many rows of a roster, given the cells of those columns; the first is this row.
    pub(super) fn look(&self, first: u64, rows: usize, cells: &[Option<Cells>]) -> Looked {
        let mut known = vec![Known::default(); rows];
        let origins = self.origins.iter().zip(cells).enumerate();
        let said =
            origins.map(|(number, (origin, cells))| Said::new(&self.attributes, number, origin, cells));
        let strangers = said.map(|said| said.add(first, &mut known)).collect();
        Looked { known, strangers }
    }
}

fn names(attributes: &[Variable]) -> impl Iterator<Item = &str> {
    attributes.iter().map(|attribute| attribute.name.as_str())
}

/// Refuses attributes that there are not, and attributes given twice.
fn refuse_unknown(attributes: &[Variable], given: &Given, problems: &mut Vec<Problem>) {
    let columns = given.columns.iter().map(|(attribute, column)| ("--map", attribute, column));
    let everybody = given.everybody.iter().map(|(attribute, level)| ("--everybody", attribute, level));
    let mut seen: Vec<&str> = Vec::new();
    for (flag, attribute, value) in columns.chain(everybody) {
        if !names(attributes).any(|name| name == attribute) {
            let what = format!("{flag} {attribute}={value}: there is no attribute `{attribute}`");
            problems.push(Problem::new(what).help(suggestion(attribute, names(attributes))));
        } else if seen.contains(&attribute.as_str()) {
            let what = format!("{flag} {attribute}={value}: `{attribute}` is given twice");
            problems.push(Problem::new(what).help("say it once, by --map or by --everybody"));
        }
        seen.push(attribute);
    }
}

fn origin<'w>(
    attribute: &Variable,
    columns: &[String],
    given: &Given,
    words: impl Iterator<Item = &'w LevelWord>,
    problems: &mut Vec<Problem>,
) -> Origin {
    let of = |pairs: &[(String, String)]| {
        pairs.iter().find(|(name, _)| *name == attribute.name).map(|(_, value)| value.clone())
    };
    if let Some(level) = of(&given.everybody) {
        return attribute.level(&level).map_or_else(
            || {
                let what = format!("--everybody {}={level}: there is no level `{level}`", attribute.name);
                let known = attribute.levels.iter().map(String::as_str);
                problems.push(Problem::new(what).help(suggestion(&level, known)));
                Origin::Nowhere
            },
            Origin::Everybody,
        );
    }
    let mapped = of(&given.columns);
    let column = mapped.clone().unwrap_or_else(|| attribute.name.clone());
    if columns.contains(&column) {
        let levels = (0..).zip(&attribute.levels).map(|(level, name)| (name.clone(), level));
        let words = levels.chain(words.map(|word| (word.word.clone(), word.level)));
        return Origin::Column(column, Words::new(words));
    }
    if mapped.is_some() {
        let what = format!("--map {}={column}: the roster has no column `{column}`", attribute.name);
        let help = suggestion(&column, columns.iter().map(String::as_str));
        problems.push(Problem::new(what).help(help));
    }
    Origin::Nowhere
}

fn nothing_found(attributes: &[Variable], columns: &[String]) -> Problem {
    Problem::new("none of the roster's columns is called like an attribute")
        .note(format!("the roster's columns: {}", columns.join(", ")))
        .note(format!("the attributes: {}", names(attributes).collect::<Vec<_>>().join(", ")))
        .help("say which column is which: --map ATTRIBUTE=COLUMN")
}
