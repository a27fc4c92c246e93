//! Reads a words file: the words that a roster uses for levels, and where its columns are.

use std::{path::Path, sync::Arc};

use super::fields::{Fields, Node, parse};
use super::files::{InMemoryFiles, Location, Reader};
use crate::domain::{Error, Place, Problem, Setting, SourceFile, Variable, compose};

/// What a words file says of a roster.
#[derive(Debug, Clone, Default)]
pub struct WordsFile {
    /// The roster's words for levels.
    pub words: Vec<LevelWord>,
    /// Attributes and the columns that hold them.
    pub columns: Vec<AttributeValue>,
    /// Attributes and the level that everybody has.
    pub everybody: Vec<AttributeValue>,
    /// The byte between the cells of a CSV file.
    pub separator: Option<u8>,
}

/// A word that a roster uses, and the level that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelWord {
    /// The attribute, by position.
    pub attribute: usize,
    /// Its level, by number.
    pub level: u8,
    /// The word, in Unicode normal form C.
    pub word: String,
}

/// What is said of an attribute in one word, and where.
#[derive(Debug, Clone)]
pub struct AttributeValue {
    /// The attribute's name.
    pub attribute: String,
    /// The word.
    pub value: String,
    /// Where it stands.
    pub place: Place,
}

/// Reads a words file: for each attribute a table from its levels to one or more words, and perhaps the tables
/// `columns` and `everybody` and the key `separator`.
///
/// # Errors
///
/// Everything that is wrong with the file.
pub fn load_levels(path: &str, setting: &Setting) -> Result<(WordsFile, Arc<SourceFile>), Error> {
    if Path::new(path).extension().is_none_or(|ending| ending != "toml") {
        let problem = Problem::new("words for levels are read from a .toml file").argument("levels", path);
        return Err(problem.help("name a file that ends in .toml; a list of people is no such file").into());
    }
    let on_disk_only = InMemoryFiles::default();
    let reader = Reader::new(&on_disk_only);
    let loaded = reader.read(&Location::Own(path.into()), None).and_then(|file| {
        let words = parse(&file, &reader.problems, |fields| Some(read_words_file(setting, fields)))?;
        Some((words, file))
    });
    let (loaded, _) = reader.finish(loaded)?;
    Ok(loaded)
}

/// Reads the byte between the cells of a CSV file as people write it.
///
/// # Errors
///
/// What to write, if it is no such byte.
pub fn parse_separator(text: &str) -> Result<u8, &'static str> {
    match text {
        "\\t" | "tab" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
            _ => Err("write one character, such as ';', or \\t for a tab"),
        },
    }
}

/// An attribute prevails over what else its name may mean in this file.
fn read_words_file(setting: &Setting, fields: &Fields<'_>) -> WordsFile {
    let mut file = WordsFile::default();
    for node in fields.entries() {
        match (find_attribute(setting, &node.name), node.name.as_str()) {
            (Some(attribute), _) => read_words_of_attribute(setting, attribute, &node, &mut file.words),
            (None, "columns") => file.columns = read_attribute_values(setting, &node, |_, _| ()),
            (None, "everybody") => file.everybody = read_attribute_values(setting, &node, need_level),
            (None, "separator") => file.separator = read_separator(&node),
            (None, _) => refuse_attribute(setting, &node),
        }
    }
    file
}

fn find_attribute(setting: &Setting, name: &str) -> Option<usize> {
    let name = compose(name);
    setting.space.attributes().iter().position(|attribute| compose(&attribute.name) == name)
}

fn refuse_attribute(setting: &Setting, node: &Node<'_>) {
    let names = setting.space.attributes().iter().map(|attribute| attribute.name.as_str());
    let help = node.problems.suggestion(&node.name, names);
    node.problem(format!("there is no attribute `{}`", node.name), "unknown attribute", help);
}

/// Reads a table from attributes to one word each, which `check` looks at.
fn read_attribute_values(
    setting: &Setting,
    node: &Node<'_>,
    check: fn(&Variable, &Node<'_>),
) -> Vec<AttributeValue> {
    let mut values = Vec::new();
    for node in node.fields(node.name.clone()).map(|fields| fields.entries()).unwrap_or_default() {
        let Some(attribute) = find_attribute(setting, &node.name) else {
            refuse_attribute(setting, &node);
            continue;
        };
        let attribute = &setting.space.attributes()[attribute];
        let Some(value) = node.text() else { continue };
        check(attribute, &node);
        values.push(AttributeValue { attribute: attribute.name.clone(), value, place: node.place() });
    }
    values
}

fn need_level(attribute: &Variable, node: &Node<'_>) {
    if let Some(level) = node.as_text().filter(|level| find_level(attribute, level).is_none()) {
        refuse_level(attribute, level, node);
    }
}

fn refuse_level(attribute: &Variable, level: &str, node: &Node<'_>) {
    let help = node.problems.suggestion(level, attribute.levels.iter().map(String::as_str));
    node.problem(format!("`{}` has no level `{level}`", attribute.name), "unknown level", help);
}

fn read_separator(node: &Node<'_>) -> Option<u8> {
    // TOML has read `\t` as a tab.
    match node.text()?.as_str() {
        "\t" => Some(b'\t'),
        text => parse_separator(text)
            .map_err(|help| node.problem("no such separator", "not one character", help))
            .ok(),
    }
}

fn read_words_of_attribute(setting: &Setting, attribute: usize, node: &Node<'_>, words: &mut Vec<LevelWord>) {
    let levels = node.fields(format!("attribute {}", node.name)).map(|fields| fields.entries());
    for level in levels.unwrap_or_default() {
        read_words_of_level(setting, attribute, &level, words);
    }
}

fn read_words_of_level(setting: &Setting, attribute: usize, node: &Node<'_>, words: &mut Vec<LevelWord>) {
    let variable = &setting.space.attributes()[attribute];
    let Some(level) = find_level(variable, &node.name) else {
        return refuse_level(variable, &node.name, node);
    };
    for item in node.one_or_more() {
        let Some(word) = item.text() else { continue };
        let word = compose(word.trim()).into_owned();
        let before = words.iter().find(|known| known.attribute == attribute && known.word == word);
        let taken = before.map(|known| known.level).or_else(|| find_level(variable, &word));
        match taken.filter(|taken| *taken != level) {
            Some(taken) => {
                let message = format!("`{word}` already means `{}`", variable.levels[usize::from(taken)]);
                item.problem(message, "a word has one meaning", "leave it out in one of the two places");
            }
            None => words.push(LevelWord { attribute, level, word }),
        }
    }
}

/// The level of this name, in whichever normal form either is written.
fn find_level(variable: &Variable, name: &str) -> Option<u8> {
    let name = compose(name);
    let position = variable.levels.iter().position(|level| compose(level) == name)?;
    u8::try_from(position).ok()
}

#[cfg(test)]
mod tests {
    use super::super::toy::{SCENARIO, load_text, messages};
    use super::*;

    /// The words in a file with this text, as attribute, level and word.
    fn load_words(text: &str) -> Result<Vec<(usize, u8, String)>, Error> {
        let words = load_file(text)?.words;
        Ok(words.into_iter().map(|word| (word.attribute, word.level, word.word)).collect())
    }

    fn load_file(text: &str) -> Result<WordsFile, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.toml");
        std::fs::write(&path, text).unwrap();
        let setting = load_text(SCENARIO)?.setting;
        let (words, file) = load_levels(&path.display().to_string(), &setting)?;
        assert_eq!(file.text, text);
        Ok(words)
    }

    #[test]
    fn a_file_says_where_columns_are_and_what_everybody_is() {
        let text = "separator = \"\\t\"\n[columns]\nwish = \"wants\"\n[everybody]\nwish = \"home\"\n";
        let file = load_file(text).unwrap();
        let pairs = |values: &[AttributeValue]| -> Vec<(String, String)> {
            values.iter().map(|value| (value.attribute.clone(), value.value.clone())).collect()
        };
        assert_eq!(file.separator, Some(b'\t'));
        assert_eq!(pairs(&file.columns), [("wish".into(), "wants".into())]);
        assert_eq!(pairs(&file.everybody), [("wish".into(), "home".into())]);
        assert_eq!(file.columns[0].place.line_and_column().0, 3);
        let wrong = load_file("separator = \"ab\"\n[columns]\nwsh = \"w\"\n[everybody]\nwish = \"hom\"\n");
        let expected = ["no such separator", "there is no attribute `wsh`", "`wish` has no level `hom`"];
        assert_eq!(messages(wrong), expected);
        assert!(load_words("[wish]\nhome = []\n").unwrap().is_empty());
    }

    #[test]
    fn a_level_has_one_or_more_words() {
        let words = load_words("[wish]\nhome = \"хочет домой\"\nnone = [\" ? \", \"n/a\"]").unwrap();
        assert_eq!(words, [(1, 0, "хочет домой".into()), (1, 2, "?".into()), (1, 2, "n/a".into())]);
    }

    #[test]
    fn a_word_has_one_meaning() {
        let twice = load_words("[wish]\nhome = \"x\"\nstay = \"x\"");
        assert_eq!(messages(twice), ["`x` already means `home`"]);
        let other_level = load_words("[wish]\nhome = \"stay\"");
        assert_eq!(messages(other_level), ["`stay` already means `stay`"]);
        assert!(load_words("[wish]\nhome = [\"x\", \"x\", \"home\"]").is_ok());
        let decomposed = load_words("[wish]\nhome = \"\u{e9}\"\nstay = \"e\u{301}\"");
        assert_eq!(messages(decomposed), ["`\u{e9}` already means `home`"]);
    }

    #[test]
    fn attributes_and_levels_must_exist() {
        assert_eq!(messages(load_words("[wsh]\nhome = \"x\"")), ["there is no attribute `wsh`"]);
        assert_eq!(messages(load_words("[wish]\nhom = \"x\"")), ["`wish` has no level `hom`"]);
        assert_eq!(messages(load_words("wish = 1")).len(), 1);
    }
}
