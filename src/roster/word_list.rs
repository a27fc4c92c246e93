//! The words of a roster that mean no level, as a words file to be completed: its user moves each to the level that it
//! means.

use std::{fmt::Write, path::Path};

use super::cell_findings::CellFindings;
use super::classify::{open_lane, place_problem};
use super::columns::{LevelColumns, LevelSource, option_problems};
use super::lane::OpenRoster;
use super::options::ClassifyOptions;
use super::report::{Numbering, describe_occurrences};
use super::vocabulary::Occurrences;
use crate::domain::{Error, Setting, Variable, escape_line, is_control};
use crate::input::WordsFile;
use crate::simulate::Progress;
use crate::study::Texts;
use crate::table::{CsvLayout, grouped, open_regular_file, start_polars_threads};

/// The words that a roster has in the columns of attributes.
struct WordList<'a> {
    setting: &'a Setting,
    roster: &'a Path,
    columns: LevelColumns,
    findings: Vec<CellFindings>,
    rows: u64,
    numbering: Numbering,
}

impl Texts {
    /// Reads a roster and writes a words file for it: for each attribute the words of its column that mean no level yet,
    /// as comments, with the number of rows. Once they are sorted into levels, `levels` of the options reads the file.
    ///
    /// Of the options only `map` and `separator` matter, which the file repeats. `progress` is advanced by the bytes of
    /// the roster.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the roster and the options; if it is interrupted.
    pub fn words_of_roster(
        &self,
        roster: &Path,
        options: &ClassifyOptions,
        progress: &dyn Progress,
    ) -> Result<String, Error> {
        start_polars_threads()?;
        let setting = &*self.setting;
        let options = options.respelled(setting.space.attributes());
        let separator = CsvLayout::of_path(roster, options.separator()).separator;
        // As if it were to be copied to its own format.
        let OpenRoster { columns, numbering, mut problems, lane, .. } =
            open_lane(roster, open_regular_file(roster)?, roster, separator)?;
        problems.extend(option_problems(setting, &options));
        let columns = LevelColumns::find(setting, &columns, &options, &[]).map_err(|wrong| {
            let wrong = wrong.into_iter();
            problems.extend(wrong.map(|problem| place_problem(problem, roster, &WordsFile::default())));
        });
        let (Ok(columns), true) = (columns, problems.is_empty()) else { return Err(problems.into()) };
        let mut findings = vec![CellFindings::default(); columns.sources().len()];
        let mut rows = 0;
        lane.resolve(&columns, progress, &mut |resolved| {
            rows += resolved.rows.len() as u64;
            findings.iter_mut().zip(resolved.findings).for_each(|(sum, batch)| sum.extend(batch));
        })?;
        Ok(WordList { setting, roster, columns, findings, rows, numbering }.text(options.separator))
    }
}

impl WordList<'_> {
    fn text(&self, separator: Option<u8>) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text, separator);
        text
    }

    fn write(&self, text: &mut String, separator: Option<u8>) -> std::fmt::Result {
        let roster = self.roster.display().to_string();
        let (rows, setting) = (grouped(self.rows), &self.setting.id);
        writeln!(text, "# Words of {} (rows: {rows}) for the setting {setting}.", escape_line(&roster))?;
        writeln!(text, "# Move each word to the level that it means, without its #.")?;
        if let Some(separator) = separator {
            writeln!(text, "\nseparator = {}", quote(&char::from(separator).to_string()))?;
        }
        self.write_columns(text)?;
        self.write_everybody(text)?;
        let attributes = self.sources().zip(&self.findings);
        attributes.into_iter().try_for_each(|((attribute, source), findings)| match source {
            LevelSource::Column { .. } => self.write_attribute(text, attribute, findings),
            _ => Ok(()),
        })
    }

    fn sources(&self) -> impl Iterator<Item = (&Variable, &LevelSource)> {
        self.setting.space.attributes().iter().zip(self.columns.sources())
    }

    fn write_columns(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n[columns]")?;
        for (attribute, source) in self.sources() {
            if let LevelSource::Column { name, .. } = source {
                writeln!(text, "{} = {}", quote_key(&attribute.name), quote(name))?;
            }
        }
        Ok(())
    }

    /// Attributes that have no column may have one level for everybody.
    fn write_everybody(&self, text: &mut String) -> std::fmt::Result {
        let absent = |source: &LevelSource| matches!(source, LevelSource::Absent(_));
        let absent: Vec<&Variable> =
            self.sources().filter(|(_, source)| absent(source)).map(|(attribute, _)| attribute).collect();
        if absent.is_empty() {
            return Ok(());
        }
        writeln!(text, "\n[everybody]")?;
        absent.iter().try_for_each(|attribute| {
            let levels = escape_line(&attribute.levels.join(", ")).into_owned();
            writeln!(text, "# {} = \"\" # one of: {levels}", quote_key(&attribute.name))
        })
    }

    fn write_attribute(
        &self,
        text: &mut String,
        attribute: &Variable,
        findings: &CellFindings,
    ) -> std::fmt::Result {
        let unrecognised = &findings.unrecognised;
        writeln!(text, "\n[{}]", quote_key(&attribute.name))?;
        if unrecognised.missing.rows > 0 {
            writeln!(text, "# blank: {}", describe_occurrences(&unrecognised.missing, self.numbering))?;
        }
        let mut words: Vec<(&String, &Occurrences)> = unrecognised.values.iter().collect();
        if words.is_empty() {
            return writeln!(text, "# every word is a level's name");
        }
        attribute.levels.iter().try_for_each(|level| writeln!(text, "{} = [\n]", quote_key(level)))?;
        words.sort_by_key(|(word, occurrences)| (std::cmp::Reverse(occurrences.rows), word.as_str()));
        for (word, occurrences) in words {
            writeln!(text, "#  {}, # {}", quote(word), describe_occurrences(occurrences, self.numbering))?;
        }
        match unrecognised.others.rows {
            0 => Ok(()),
            rows => writeln!(text, "# and further words in {rows} rows: is this the right column?"),
        }
    }
}

/// A text in quotes, as TOML reads it.
fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\t' => quoted.push_str("\\t"),
            control if is_control(control) => quoted.push_str(&format!("\\U{:08x}", u32::from(control))),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A key as TOML reads it, in quotes where it needs them.
fn quote_key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !key.is_empty() && key.bytes().all(is_bare) { key.into() } else { quote(key) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_word_is_read_as_it_was_written(word in any::<String>(), key in any::<String>()) {
            let text = format!("{} = {}", quote_key(&key), quote(&word));
            let table = toml::de::DeTable::parse(&text).unwrap().into_inner();
            let (read_key, read_word) = table.iter().next().unwrap();
            prop_assert_eq!(read_key.get_ref().as_ref(), key.as_str());
            prop_assert_eq!(read_word.get_ref().as_str(), Some(word.as_str()));
            prop_assert!(!text.contains(is_control), "{:?}", text);
        }
    }
}
