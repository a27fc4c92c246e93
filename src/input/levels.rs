//! Reads the words that a roster uses for levels.

use std::{path::Path, sync::Arc};

use super::fields::{Fields, Node, parse};
use super::files::{InMemoryFiles, Location, Reader};
use crate::domain::{Error, Problem, Setting, SourceFile, Variable, compose};

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

/// Reads the words that a roster uses for levels: for each attribute a table from its levels to one or more
/// words.
///
/// # Errors
///
/// Everything that is wrong with the file.
pub fn load_levels(path: &str, setting: &Setting) -> Result<(Vec<LevelWord>, Arc<SourceFile>), Error> {
    if Path::new(path).extension().is_none_or(|ending| ending != "toml") {
        let problem = Problem::new("words for levels are read from a .toml file").argument("levels", path);
        return Err(problem.help("name a file that ends in .toml; a list of people is no such file").into());
    }
    let on_disk_only = InMemoryFiles::default();
    let reader = Reader::new(&on_disk_only);
    let loaded = reader.read(&Location::Own(path.into()), None).and_then(|file| {
        let words = parse(&file, &reader.problems, |fields| Some(read_words(setting, fields)))?;
        Some((words, file))
    });
    let (loaded, _) = reader.finish(loaded)?;
    Ok(loaded)
}

fn read_words(setting: &Setting, fields: &Fields<'_>) -> Vec<LevelWord> {
    let mut words: Vec<LevelWord> = Vec::new();
    let attributes = setting.space.attributes();
    for node in fields.entries() {
        let Some(attribute) =
            attributes.iter().position(|attribute| compose(&attribute.name) == compose(&node.name))
        else {
            let help = node
                .problems
                .suggestion(&node.name, attributes.iter().map(|attribute| attribute.name.as_str()));
            node.problem(format!("there is no attribute `{}`", node.name), "unknown attribute", help);
            continue;
        };
        let levels = node.fields(format!("attribute {}", node.name)).map(|fields| fields.entries());
        for level in levels.unwrap_or_default() {
            read_words_of_level(setting, attribute, &level, &mut words);
        }
    }
    words
}

fn read_words_of_level(setting: &Setting, attribute: usize, node: &Node<'_>, words: &mut Vec<LevelWord>) {
    let variable = &setting.space.attributes()[attribute];
    let Some(level) = find_level(variable, &node.name) else {
        let help = node.problems.suggestion(&node.name, variable.levels.iter().map(String::as_str));
        let message = format!("`{}` has no level `{}`", variable.name, node.name);
        node.problem(message, "unknown level", help);
        return;
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
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.toml");
        std::fs::write(&path, text).unwrap();
        let setting = load_text(SCENARIO)?.setting;
        let (words, file) = load_levels(&path.display().to_string(), &setting)?;
        assert_eq!(file.text, text);
        Ok(words.into_iter().map(|word| (word.attribute, word.level, word.word)).collect())
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
