use std::{fmt, ops::Range, sync::Arc};

/// A file as it was read: its name for people and its text.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as given, or `korea/setting.toml` for a file inside the program.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A stretch of a file.
#[derive(Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Byte range in its text.
    pub span: Range<usize>,
}

impl Place {
    /// Line and column of the start, counted from 1, in characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let text = &self.file.text;
        let before = text.get(..self.span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `file:line:column`, as editors understand it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column();
        write!(f, "{}:{line}:{column}", self.file.name)
    }
}

/// One problem with an input: what, where, why and what now.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong, in one sentence without the place.
    pub message: String,
    /// Where; absent when the file itself could not be read, or the command line is at fault.
    pub place: Option<Place>,
    /// What the caret points at, in a few words.
    pub label: String,
    /// Other places that belong to the problem, with a few words each.
    pub also: Vec<(Place, String)>,
    /// More about it: one line each.
    pub notes: Vec<String>,
    /// What to do now.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem without a place in a file.
    pub fn new(message: impl Into<String>) -> Self {
        Diagnostic {
            message: message.into(),
            place: None,
            label: String::new(),
            also: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A problem at a place in a file.
    pub fn at(place: &Place, message: impl Into<String>) -> Self {
        Diagnostic { place: Some(place.clone()), ..Diagnostic::new(message) }
    }

    /// Says in a few words what stands at the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place that belongs to the problem.
    pub fn also(mut self, place: &Place, label: impl Into<String>) -> Self {
        self.also.push((place.clone(), label.into()));
        self
    }

    /// Adds a line of explanation.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do now.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
