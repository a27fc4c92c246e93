//! TOML tables read key by key: every value has its place, and keys that nothing asked for are refused.

use std::{cell::RefCell, collections::BTreeSet, ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::controls::refuse_controls;
use super::problems::Problems;
use super::slips::explain_syntax_error;
use crate::domain::{Place, Problem, SourceFile};

/// Parses a file and hands its top-level table to `read`, as [`parse_layers`] does.
pub(super) fn parse<T>(
    file: &Arc<SourceFile>,
    problems: &Problems,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> Option<T> {
    parse_layers(std::slice::from_ref(file), problems, |layers| layers.first().and_then(read))
}

/// Parses files and hands their top-level tables to `read`. If there are syntax errors, the first of each file is
/// reported and nothing is read.
pub(super) fn parse_layers<T>(
    files: &[Arc<SourceFile>],
    problems: &Problems,
    read: impl FnOnce(&[Fields<'_>]) -> Option<T>,
) -> Option<T> {
    let before = problems.len();
    let documents: Vec<DeTable<'_>> = files.iter().map(|file| parse_document(file, problems)).collect();
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

/// Whether a file has syntax errors, which are reported.
pub(super) fn has_syntax_errors(file: &Arc<SourceFile>, problems: &Problems) -> bool {
    let before = problems.len();
    parse_document(file, problems);
    problems.len() > before
}

fn parse_document<'f>(file: &'f Arc<SourceFile>, problems: &Problems) -> DeTable<'f> {
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    // Only the first: what follows a slip is read as something else, and is wrong because of it.
    problems.extend(errors.first().map(|error| {
        let place = Place { file: file.clone(), span: error.span().unwrap_or(0..0) };
        let help = explain_syntax_error(&file.text, place.span.start, error.message());
        Problem::at(&place, format!("not valid TOML: {}", error.message())).help(help)
    }));
    refuse_controls(file, document.get_ref(), problems);
    document.into_inner()
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
            let help = self.problems.suggestion(key.get_ref(), asked.iter().map(String::as_str));
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
        let date =
            self.value.get_ref().as_datetime().filter(|date| date.date.is_some() && date.time.is_none());
        if date.is_none() {
            self.wrong_type("a date such as 1952-07-03");
        }
        date.map(ToString::to_string)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type("`true` or `false`");
        }
        flag
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

    /// Whether the value is a list of nothing.
    pub(super) fn is_empty_list(&self) -> bool {
        self.value.get_ref().as_array().is_some_and(|items| items.is_empty())
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

/// The day that a file's top-level table is of, if it says one; what is wrong with the file or its date is reported.
pub(super) fn top_level_date(file: &Arc<SourceFile>, problems: &Problems) -> Option<String> {
    if has_syntax_errors(file, problems) {
        return None;
    }
    let (document, _) = DeTable::parse_recoverable(&file.text);
    let fields = Fields::new(file, document.get_ref(), 0..0, "the file".into(), problems);
    fields.get("date").and_then(|node| node.date())
}

#[cfg(test)]
mod tests {
    use super::super::toy::read_text;
    use super::*;

    /// The message of the only problem.
    fn only(problems: Vec<Problem>) -> String {
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        problem.message.clone()
    }

    /// Reads the key `a`.
    fn read<T>(text: &str, read: impl FnOnce(Node<'_>) -> Option<T>) -> (Option<T>, Vec<Problem>) {
        read_text(text, |fields| fields.need("a").and_then(read))
    }

    #[test]
    fn a_value_has_its_place() {
        let (place, _) = read("# comment\na = \"text\"", |node| Some(node.place().to_string()));
        assert_eq!(place.unwrap(), "toy.toml:2:5");
    }

    #[test]
    fn a_missing_key_is_named() {
        assert_eq!(only(read("", |node| node.text()).1), "the file has no `a`");
        let (_, problems) = read_text("", |fields| Some(fields.need_tables("axis").len()));
        assert!(problems[0].to_string().contains("add a [[axis]] table"), "{}", problems[0]);
    }

    #[test]
    fn keys_that_nothing_asked_for_are_unknown() {
        let (value, problems) = read("a = 1\nb = 2\nc = 3", |node| node.number());
        assert_eq!(value, Some(1.0));
        let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
        assert_eq!(messages, ["unknown key `b`", "unknown key `c`"]);
    }

    #[test]
    fn allowed_keys_are_known_and_suggested() {
        let (_, problems) = read_text("notes = 1", |fields| {
            fields.allow(&["note"]);
            Some(())
        });
        assert!(problems[0].to_string().contains("did you mean `note`?"), "{}", problems[0]);
        let (_, problems) = read_text("note = 1", |fields| {
            fields.allow(&["note"]);
            Some(())
        });
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn types_are_checked() {
        assert_eq!(only(read("a = 1", |node| node.text()).1), "`a` must be text in quotes, not an integer");
        assert_eq!(only(read("a = \"1\"", |node| node.number()).1), "`a` must be a number, not a string");
        assert_eq!(
            only(read("a = 1.5", |node| node.whole_number(0, 9)).1),
            "`a` must be a whole number, not a float"
        );
        assert_eq!(
            only(read("a = 1", |node| Some(node.items()?.len())).1),
            "`a` must be a list in brackets, not an integer"
        );
        assert!(only(read("a = 1952", |node| node.date()).1).contains("a date such as"));
    }

    #[test]
    fn whole_numbers_are_read_in_every_notation_and_bounded() {
        let whole = |text: &str| read(text, |node| node.whole_number(1, u64::MAX)).0;
        assert_eq!(whole("a = 5_000"), Some(5_000));
        assert_eq!(whole("a = 0xff"), Some(255));
        assert_eq!(whole("a = 18446744073709551615"), Some(u64::MAX));
        assert_eq!(whole("a = 18446744073709551616"), None);
        assert_eq!(whole("a = 0"), None);
        assert_eq!(whole("a = -1"), None);
    }

    #[test]
    fn shares_lie_between_0_and_1() {
        let share = |text: &str| read(text, |node| node.share()).0;
        assert_eq!(["a = 0", "a = 0.25", "a = 1"].map(share), [Some(0.0), Some(0.25), Some(1.0)]);
        assert_eq!(["a = -0.1", "a = 1.1", "a = nan", "a = inf"].map(share), [None; 4]);
    }

    #[test]
    fn a_value_alone_is_a_list_of_one() {
        let texts = |text: &str| {
            read(text, |node| node.one_or_more().iter().map(Node::text).collect::<Option<Vec<_>>>()).0
        };
        assert_eq!(texts("a = \"x\""), Some(vec!["x".into()]));
        assert_eq!(texts("a = [\"x\", \"y\"]"), Some(vec!["x".into(), "y".into()]));
    }

    #[test]
    fn nothing_is_read_from_a_file_with_syntax_errors() {
        let (value, problems) = read("a = \"x\"\nb = ", |node| node.text());
        assert_eq!(value, None);
        assert!(
            problems.iter().all(|problem| problem.message.starts_with("not valid TOML: ")),
            "{problems:?}"
        );
        assert!(!problems.is_empty());
    }

    #[test]
    fn top_level_texts_are_found_in_broken_files_too() {
        let text = "setting = \"korea\"\nbase = 1\n[broken";
        let file = Arc::new(SourceFile { name: "toy.toml".into(), text: text.into(), built_in: false });
        let (name, place) = top_level_text(&file, "setting").unwrap();
        assert_eq!((name.as_str(), place.to_string().as_str()), ("korea", "toy.toml:1:11"));
        assert!(top_level_text(&file, "base").is_none() && top_level_text(&file, "title").is_none());
    }
}
