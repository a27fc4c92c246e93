//! Refuses control characters in the texts of a file: a terminal that shows a name would obey them.

use std::{ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::problems::Problems;
use crate::domain::{Place, Problem, SourceFile, escape_controls, is_control};

/// Keys whose texts are names: of one line.
const NAMES: [&str; 3] = ["id", "name", "title"];

/// Refuses control characters in keys and texts of a table and everything in it. A text that is no name may have
/// several lines, and tabs.
pub(super) fn refuse_controls(file: &Arc<SourceFile>, table: &DeTable<'_>, problems: &Problems) {
    for (key, value) in table {
        refuse_in_text(file, key.get_ref(), key.span(), true, problems);
        refuse_in_value(file, value, NAMES.contains(&key.get_ref().as_ref()), problems);
    }
}

fn refuse_in_value(file: &Arc<SourceFile>, value: &Spanned<DeValue<'_>>, is_name: bool, problems: &Problems) {
    match value.get_ref() {
        DeValue::String(text) => refuse_in_text(file, text, value.span(), is_name, problems),
        DeValue::Array(items) => items.iter().for_each(|item| refuse_in_value(file, item, true, problems)),
        DeValue::Table(table) => refuse_controls(file, table, problems),
        _ => {}
    }
}

fn refuse_in_text(
    file: &Arc<SourceFile>,
    text: &str,
    span: Range<usize>,
    is_name: bool,
    problems: &Problems,
) {
    let is_bad = |c: &char| is_control(*c) && (is_name || !matches!(c, '\n' | '\r' | '\t'));
    let Some(control) = text.chars().find(is_bad) else { return };
    let shown: String = text.chars().take(80).collect();
    let shown = escape_controls(&shown).replace('\n', "\\n").replace('\t', "\\t");
    let what = format!("`{shown}` has the control character U+{:04X}", u32::from(control));
    let problem = Problem::at(&Place { file: file.clone(), span }, what).label("not printable");
    problems.add(problem.help("leave it out: a terminal would obey it"));
}

#[cfg(test)]
mod tests {
    use super::super::toy::read_text;

    /// The messages about a text.
    fn refused(text: &str) -> Vec<String> {
        let (_, problems) = read_text(text, |fields| Some(fields.entries().len()));
        problems.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn names_have_no_control_characters() {
        let bad = [
            "id = \"a\\u001b[31m\"",
            "title = \"two\\nlines\"",
            "\"k\\u0007\" = 1",
            "levels = [\"north\\u0085\"]",
            "[[stratum]]\nid = \"\u{202e}\"",
            "name = \"a\u{2066}b\"",
            "note = \"\u{9b}31m\"",
        ];
        for text in bad {
            let messages = refused(text);
            assert_eq!(messages.len(), 1, "{text}");
            assert!(messages[0].contains("has the control character U+"), "{messages:?}");
            assert!(!messages[0].contains(crate::domain::is_control), "{messages:?}");
        }
        assert_eq!(refused(bad[0]), ["`a\\u{1b}[31m` has the control character U+001B"]);
    }

    #[test]
    fn notes_may_have_lines_and_tabs() {
        assert!(refused("note = \"\"\"one\n\ttwo\r\nthree\"\"\"\ntitle = \"Ōsaka – 大阪\"").is_empty());
    }
}
