use std::sync::Arc;

use super::fields::{Fields, Node, Problems, parse, suggestion};
use super::files::{FileName, Reader};
use crate::domain::{Problem, Setting, SourceFile};

/// A word that a roster uses, and the level that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelWord {
    /// The attribute, by number.
    pub attribute: usize,
    /// Its level, by number.
    pub level: u8,
    /// The word.
    pub word: String,
}

/// Reads what a roster's words mean: for each attribute a table from its levels to one or more words.
///
/// # Errors
///
/// Everything that is wrong with the file, all at once.
pub fn load_levels(path: &str, setting: &Setting) -> Result<(Vec<LevelWord>, Arc<SourceFile>), Vec<Problem>> {
    let problems = Problems::default();
    let reader = Reader::default();
    let file = reader.read(&FileName::OnDisk(path.into()), &problems);
    let words =
        file.clone().and_then(|file| parse(&[file], &problems, |layers| Some(words(setting, &layers[0]))));
    let problems = problems.into_list();
    match (words, file) {
        (Some(words), Some(file)) if problems.is_empty() => Ok((words, file)),
        _ => Err(problems),
    }
}

fn words(setting: &Setting, fields: &Fields<'_>) -> Vec<LevelWord> {
    let mut words: Vec<LevelWord> = Vec::new();
    for node in fields.entries() {
        let attributes = setting.space.attributes();
        let Some(attribute) = attributes.iter().position(|attribute| attribute.name == node.name) else {
            let known = attributes.iter().map(|attribute| attribute.name.as_str());
            let help = suggestion(&node.name, known);
            node.problem(format!("there is no attribute `{}`", node.name), "unknown attribute", help);
            continue;
        };
        let levels = node.fields(format!("attribute {}", node.name)).map(|fields| fields.entries());
        for level in levels.unwrap_or_default() {
            of_level(setting, attribute, &level, &mut words);
        }
    }
    words
}

fn of_level(setting: &Setting, attribute: usize, node: &Node<'_>, words: &mut Vec<LevelWord>) {
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
                let message = format!("`{word}` means `{}` already", variable.levels[usize::from(taken)]);
                item.problem(message, "a word has one meaning", "leave it out in one of the two places");
            }
            None => words.push(LevelWord { attribute, level, word }),
        }
    }
}
