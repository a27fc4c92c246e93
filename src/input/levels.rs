//! Reads the words that a roster uses for levels.

use std::sync::Arc;

use super::fields::{Fields, Node, parse};
use super::files::{InMemoryFiles, Location, Reader};
use crate::domain::suggestion;
use crate::domain::{Error, Setting, SourceFile};

/// A word that a roster uses, and the level that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelWord {
    /// The attribute, by position.
    pub attribute: usize,
    /// Its level, by number.
    pub level: u8,
    /// The word.
    pub word: String,
}

/// Reads the words that a roster uses for levels: for each attribute a table from its levels to one or more
/// words.
///
/// # Errors
///
/// Everything that is wrong with the file.
pub fn load_levels(path: &str, setting: &Setting) -> Result<(Vec<LevelWord>, Arc<SourceFile>), Error> {
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
        let Some(attribute) = attributes.iter().position(|attribute| attribute.name == node.name) else {
            let help = suggestion(&node.name, attributes.iter().map(|attribute| attribute.name.as_str()));
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
    let Some(level) = variable.level(&node.name) else {
        let help = suggestion(&node.name, variable.levels.iter().map(String::as_str));
        let message = format!("`{}` has no level `{}`", variable.name, node.name);
        node.problem(message, "unknown level", help);
        return;
    };
    for item in node.one_or_more() {
        let Some(word) = item.text() else { continue };
        let word = word.trim().to_string();
        let before = words.iter().find(|known| known.attribute == attribute && known.word == word);
        let taken = before.map(|known| known.level).or_else(|| variable.level(&word));
        match taken.filter(|taken| *taken != level) {
            Some(taken) => {
                let message = format!("`{word}` already means `{}`", variable.levels[usize::from(taken)]);
                item.problem(message, "a word has one meaning", "leave it out in one of the two places");
            }
            None => words.push(LevelWord { attribute, level, word }),
        }
    }
}
