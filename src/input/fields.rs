//! TOML tables read key by key: every value has its place, and keys that nothing asked for are refused.

use std::{cell::RefCell, collections::BTreeSet, ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::problems::Problems;
use crate::domain::suggestion;
use crate::domain::{Place, Problem, SourceFile};

/// Parses a file and hands its top-level table to `read`, as [`parse_layers`] does.
pub(super) fn parse<T>(
    file: &Arc<SourceFile>,
    problems: &Problems,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> Option<T> {
    parse_layers(std::slice::from_ref(file), problems, |layers| layers.first().and_then(read))
}

/// Parses files and hands their top-level tables to `read`. If there are syntax errors, all of them are
/// reported and nothing is read.
pub(super) fn parse_layers<T>(
    files: &[Arc<SourceFile>],
    problems: &Problems,
    read: impl FnOnce(&[Fields<'_>]) -> Option<T>,
) -> Option<T> {
    let mut documents = Vec::new();
    let before = problems.len();
    for file in files {
        let (document, errors) = DeTable::parse_recoverable(&file.text);
        problems.extend(errors.iter().map(|error| {
            let place = Place { file: file.clone(), span: error.span().unwrap_or(0..0) };
            Problem::at(&place, format!("not valid TOML: {}", error.message()))
                .help("see https://toml.io for the notation")
        }));
        documents.push(document.into_inner());
    }
    if problems.len() > before {
        return None;
    }
    let tables = files.iter().zip(&documents);
    let fields: Vec<Fields<'_>> =
        tables.map(|(file, table)| Fields::new(file, table, 0..0, "the file".into(), problems)).collect();
    let value = read(&fields);
    fields.iter().for_each(Fields::finish);
    value
}

/// A table being read: remembers which keys were asked for, so that the others can be refused.
pub(super) struct Fields<'a> {
    file: &'a Arc<SourceFile>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    what: String,
    asked: RefCell<BTreeSet<String>>,
    pub(super) problems: &'a Problems,
}

impl<'a> Fields<'a> {
    fn new(
        file: &'a Arc<SourceFile>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        what: String,
        problems: &'a Problems,
    ) -> Self {
        Fields { file, table, span, what, asked: RefCell::default(), problems }
    }

    pub(super) fn place(&self) -> Place {
        Place { file: self.file.clone(), span: self.span.clone() }
    }

    /// The value of a key that may be absent.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.asked.borrow_mut().insert(key.into());
        let (key, value) = self.table.get_key_value(key)?;
        let name = key.get_ref().to_string();
        Some(Node { file: self.file, name, key: key.span(), value, problems: self.problems })
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &str) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.refuse_missing(key, format!("add `{key} = ...`"));
        }
        node
    }

    /// The tables of a list that must be there: `[[key]]`.
    pub(super) fn need_tables(&self, key: &str) -> Vec<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.refuse_missing(key, format!("add a [[{key}]] table"));
        }
        node.and_then(|node| node.items()).unwrap_or_default()
    }

    fn refuse_missing(&self, key: &str, help: String) {
        let what = format!("{} has no `{key}`", self.what);
        self.problems.add(Problem::at(&self.place(), what).help(help));
    }

    /// Accepts keys that are not read here.
    pub(super) fn allow(&self, keys: &[&str]) {
        self.asked.borrow_mut().extend(keys.iter().map(|key| key.to_string()));
    }

    /// All keys with their values, for tables whose keys are names.
    pub(super) fn entries(&self) -> Vec<Node<'a>> {
        self.table.keys().filter_map(|key| self.get(key.get_ref())).collect()
    }

    /// Refuses the keys that nothing asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            let place = Place { file: self.file.clone(), span: key.span() };
            let problem = Problem::at(&place, format!("unknown key `{}`", key.get_ref()));
            let help = suggestion(key.get_ref(), asked.iter().map(String::as_str));
            self.problems.add(problem.label(format!("not a key of {}", self.what)).help(help));
        }
    }
}

/// A value with its key, both with their places.
pub(super) struct Node<'a> {
    file: &'a Arc<SourceFile>,
    pub(super) name: String,
    key: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
    pub(super) problems: &'a Problems,
}

impl<'a> Node<'a> {
    pub(super) fn place(&self) -> Place {
        Place { file: self.file.clone(), span: self.value.span() }
    }

    pub(super) fn key_place(&self) -> Place {
        Place { file: self.file.clone(), span: self.key.clone() }
    }

    /// Reports a problem with the value.
    pub(super) fn problem(&self, message: impl Into<String>, label: &str, help: impl Into<String>) {
        self.problems.add(Problem::at(&self.place(), message).label(label).help(help));
    }

    fn wrong_type(&self, wanted: &str) {
        let found = self.value.get_ref().type_str();
        let message = format!("`{}` must be {wanted}, not {} {found}", self.name, article(found));
        self.problem(message, "wrong type", format!("write {wanted}"));
    }

    pub(super) fn text(&self) -> Option<String> {
        let text = self.value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type("text in quotes");
        }
        text.map(String::from)
    }

    /// The text, if the value is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        self.value.get_ref().as_str()
    }

    pub(super) fn date(&self) -> Option<String> {
        let date = self.value.get_ref().as_datetime();
        if date.is_none() {
            self.wrong_type("a date such as 1952-07-03");
        }
        date.map(ToString::to_string)
    }

    /// A finite number.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => {
                i128::from_str_radix(integer.as_str(), integer.radix()).ok().map(|i| i as f64)
            }
            _ => None,
        };
        match number {
            None => self.wrong_type("a number"),
            Some(number) if !f64::is_finite(number) => {
                let message = format!("`{}` is {number}", self.name);
                self.problem(message, "not a finite number", "write a number");
                return None;
            }
            Some(_) => {}
        }
        number
    }

    /// A number from 0 to 1.
    pub(super) fn share(&self) -> Option<f64> {
        let share = self.number()?;
        if !(0.0..=1.0).contains(&share) {
            let message = format!("share `{}` is {share}", self.name);
            self.problem(message, "a share lies between 0 and 1", "35 % is written 0.35");
            return None;
        }
        Some(share)
    }

    /// A whole number within bounds.
    pub(super) fn whole_number(&self, least: u64, most: u64) -> Option<u64> {
        let integer = self.value.get_ref().as_integer();
        let Some(integer) = integer else {
            self.wrong_type("a whole number");
            return None;
        };
        let parsed = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        let value = parsed.and_then(|i| u64::try_from(i).ok()).filter(|v| (least..=most).contains(v));
        if value.is_none() {
            let message = format!("`{}` is {}", self.name, integer.as_str());
            let help = format!("write a whole number from {least} to {most}");
            self.problem(message, "out of range", help);
        }
        value
    }

    /// The text of a key of the value, where it is a table that has one.
    pub(super) fn text_at(&self, key: &str) -> Option<String> {
        Some(self.value.get_ref().as_table()?.get(key)?.get_ref().as_str()?.into())
    }

    pub(super) fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    pub(super) fn is_number(&self) -> bool {
        self.value.get_ref().is_integer() || self.value.get_ref().is_float()
    }

    /// The value as a table; `what` names it in messages.
    pub(super) fn fields(&self, what: impl Into<String>) -> Option<Fields<'a>> {
        let Some(table) = self.value.get_ref().as_table() else {
            self.wrong_type("a table such as { key = value }");
            return None;
        };
        let header = self.value.span();
        Some(Fields::new(self.file, table, header, what.into(), self.problems))
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Option<Vec<Node<'a>>> {
        let Some(array) = self.value.get_ref().as_array() else {
            self.wrong_type("a list in brackets");
            return None;
        };
        Some(array.iter().map(|value| self.item(value)).collect())
    }

    /// The items of a list, or the value itself as the only one.
    pub(super) fn one_or_more(&self) -> Vec<Node<'a>> {
        match self.value.get_ref().as_array() {
            Some(array) => array.iter().map(|value| self.item(value)).collect(),
            None => vec![self.item(self.value)],
        }
    }

    fn item(&self, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        Node {
            file: self.file,
            name: self.name.clone(),
            key: self.key.clone(),
            value,
            problems: self.problems,
        }
    }
}

fn article(type_name: &str) -> &'static str {
    if type_name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The keys of a file's top-level table; those that can be made out, if its syntax is wrong.
pub(super) fn top_level_keys(file: &SourceFile) -> Vec<String> {
    let (document, _) = DeTable::parse_recoverable(&file.text);
    document.get_ref().keys().map(|key| key.get_ref().to_string()).collect()
}

/// The text of one key of a file's top-level table and its place, if it can be made out.
pub(super) fn top_level_text(file: &Arc<SourceFile>, key: &str) -> Option<(String, Place)> {
    let (document, _) = DeTable::parse_recoverable(&file.text);
    let value = document.get_ref().get(key)?;
    Some((value.get_ref().as_str()?.into(), Place { file: file.clone(), span: value.span() }))
}
