//! One problem with an input, with its place, and how it is drawn: with a caret below the passage, as
//! rustc does, and with what to do now.

use std::{fmt, ops::Range, sync::Arc};

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::control::{escape_controls, mask_controls};

/// A file as it was read: its name for people and its text.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as given, or the setting's name and its path in that folder for a file inside the program.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Whether it lies inside the program, so that every copy of this version has it.
    pub built_in: bool,
}

/// A passage of a file.
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
pub struct Problem {
    /// What is wrong, in one sentence without the place.
    pub message: String,
    /// The option at fault, such as `set`, and the value given to it.
    pub argument: Option<(&'static str, String)>,
    /// Where; absent when the file itself could not be read, or an argument is at fault.
    pub place: Option<Place>,
    /// What the caret points at, in a few words.
    pub label: String,
    /// Other places that belong to the problem, with a few words each.
    pub also: Vec<(Place, String)>,
    /// More about it: one line each.
    pub notes: Vec<String>,
    /// What to do now.
    pub help: Vec<Help>,
}

/// A remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Help {
    /// In words.
    Text(String),
    /// An option and its effect: `force` overwrites it. The command line writes `--force`.
    Option(&'static str, String),
}

/// How options are written in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// By their names, as in a program: `force`.
    Library,
    /// As flags: `--force`.
    CommandLine,
}

impl Dialect {
    /// An option as this dialect writes it.
    pub fn option(self, name: &str) -> String {
        format!("{}{name}", self.dashes())
    }

    fn dashes(self) -> &'static str {
        match self {
            Dialect::Library => "",
            Dialect::CommandLine => "--",
        }
    }
}

impl Problem {
    /// The most problems that a message shows: nobody mends more at a time.
    pub const SHOWN: usize = 50;

    /// A problem without a place in a file.
    pub fn new(message: impl Into<String>) -> Self {
        Problem {
            message: message.into(),
            argument: None,
            place: None,
            label: String::new(),
            also: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A problem at a place in a file.
    pub fn at(place: &Place, message: impl Into<String>) -> Self {
        Problem { place: Some(place.clone()), ..Problem::new(message) }
    }

    /// Names the option at fault and the value given to it.
    pub fn argument(mut self, option: &'static str, value: impl Into<String>) -> Self {
        self.argument = Some((option, value.into()));
        self
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

    /// Adds lines of explanation.
    pub fn notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// Adds a remedy in words.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(Help::Text(help.into()));
        self
    }

    /// Adds an option as a remedy: its name and its effect, "overwrites it".
    pub fn help_option(mut self, option: &'static str, effect: impl Into<String>) -> Self {
        self.help.push(Help::Option(option, effect.into()));
        self
    }

    fn title(&self, dialect: Dialect) -> String {
        match &self.argument {
            Some((option, value)) => format!("{}{option} {value}: {}", dialect.dashes(), self.message),
            None => self.message.clone(),
        }
    }

    fn remedy(&self, dialect: Dialect) -> Option<String> {
        let sentence = |help: &Help| match help {
            Help::Text(text) => text.clone(),
            Help::Option(option, effect) => format!("{}{option} {effect}", dialect.dashes()),
        };
        let sentences: Vec<String> = self.help.iter().map(sentence).collect();
        (!sentences.is_empty()).then(|| sentences.join("; "))
    }
}

/// The problem with its place and remedy, as rustc draws them.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(std::slice::from_ref(self), Dialect::Library, false))
    }
}

/// The first [`Problem::SHOWN`] problems with their places, as rustc draws them, and how many there are.
pub(super) fn render(problems: &[Problem], dialect: Dialect, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for problem in problems.iter().take(Problem::SHOWN) {
        text += &format!("{}\n\n", render_one(&renderer, problem, dialect));
    }
    let hidden = problems.len().saturating_sub(Problem::SHOWN);
    if hidden > 0 {
        text += &format!("{} problems: these {}, and {hidden} more\n", problems.len(), Problem::SHOWN);
    } else if problems.len() > 1 {
        text += &format!("{} problems\n", problems.len());
    }
    text
}

fn render_one(renderer: &Renderer, problem: &Problem, dialect: Dialect) -> String {
    let (title, remedy) = (problem.title(dialect), problem.remedy(dialect));
    let title = escape_controls(&title);
    let mut group = Level::ERROR.primary_title(&*title).elements(snippets(problem));
    for note in &problem.notes {
        group = group.element(Level::NOTE.message(escape_controls(note)));
    }
    if let Some(remedy) = &remedy {
        group = group.element(Level::HELP.message(escape_controls(remedy)));
    }
    renderer.render(&[group])
}

/// The parts of files that belong to a problem, one snippet for each file.
fn snippets(problem: &Problem) -> Vec<Snippet<'_, Annotation<'_>>> {
    let Some(place) = &problem.place else { return Vec::new() };
    let also = problem.also.iter().map(|(place, label)| (place, label.as_str(), AnnotationKind::Context));
    let mut files: Vec<Vec<Marked<'_>>> = Vec::new();
    for marked in std::iter::once((place, problem.label.as_str(), AnnotationKind::Primary)).chain(also) {
        match files.iter_mut().find(|marks| marks[0].0.file.name == marked.0.file.name) {
            Some(marks) => marks.push(marked),
            None => files.push(vec![marked]),
        }
    }
    files.iter().map(|marks| snippet(marks)).collect()
}

/// A place, what stands there, and whether it is the place of the problem.
type Marked<'p> = (&'p Place, &'p str, AnnotationKind);

/// The lines of a file from the first to the last place that is marked: all of a large file would have to be
/// split into lines again for each problem.
fn snippet<'p>(marks: &[Marked<'p>]) -> Snippet<'p, Annotation<'p>> {
    let file = &marks[0].0.file;
    let spans: Vec<Range<usize>> = marks.iter().map(|(place, ..)| first_line(place)).collect();
    let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
    let last = spans.iter().map(|span| span.end).max().unwrap_or(0);
    let start = file.text.get(..first).and_then(|text| text.rfind('\n')).map_or(0, |end| end + 1);
    let end =
        file.text.get(last..).and_then(|text| text.find('\n')).map_or(file.text.len(), |n| last + n + 1);
    let line = file.text.get(..start).map_or(0, |text| text.matches('\n').count()) + 1;
    let lines = mask_controls(file.text.get(start..end).unwrap_or(""));
    let annotations = marks.iter().zip(spans).map(|((_, label, kind), span)| {
        let annotation = kind.span(span.start - start..span.end - start);
        if label.is_empty() { annotation } else { annotation.label(escape_controls(label)) }
    });
    Snippet::source(lines).line_start(line).path(escape_controls(&file.name)).annotations(annotations)
}

/// The part of a place to underline: its first line, inside the file.
fn first_line(place: &Place) -> Range<usize> {
    let text = &place.file.text;
    let start = place.span.start.min(text.len());
    let end = place.span.end.clamp(start, text.len());
    let newline = text.get(start..end).and_then(|part| part.find('\n'));
    start..newline.map_or(end, |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_flags_on_the_command_line_only() {
        let problem =
            Problem::new("it exists").argument("out", "t.csv").help_option("force", "overwrites it");
        let text = render(std::slice::from_ref(&problem), Dialect::CommandLine, false);
        assert!(text.contains("--out t.csv: it exists") && text.contains("--force overwrites it"), "{text}");
        assert!(
            !problem.to_string().contains("--") && problem.to_string().contains("out t.csv"),
            "{problem}"
        );
    }

    #[test]
    fn words_of_others_do_not_command_the_terminal() {
        let problem = Problem::new("no column `a\u{1b}[2J`").note("b\u{9b}").help("c\u{202e}\nd");
        let text = problem.to_string();
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text:?}");
        assert!(text.contains("no column `a\\u{1b}[2J`") && text.contains("b\\u{9b}"), "{text:?}");
    }

    #[test]
    fn a_place_beyond_its_file_is_drawn_at_the_end() {
        let file = Arc::new(SourceFile { name: "x.toml".into(), text: "a = 1\n".into(), built_in: false });
        let place = Place { file, span: 90..120 };
        assert_eq!(place.line_and_column(), (2, 1));
        assert!(Problem::at(&place, "cut short").to_string().contains("x.toml:"));
    }

    #[test]
    fn fifty_problems_are_shown_and_the_rest_counted() {
        let problems = vec![Problem::new("wrong"); 8_000];
        let text = render(&problems, Dialect::Library, false);
        assert_eq!(text.matches("error: wrong").count(), 50);
        assert!(text.ends_with("8000 problems: these 50, and 7950 more\n"), "{}", &text[text.len() - 60..]);
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        let text = "a = 1\nb = \"\u{85}\u{9b}31m\u{202e}\u{1b}\" # \u{2066}\n".to_string();
        let file = Arc::new(SourceFile { name: "x\u{9b}.toml".into(), text, built_in: false });
        let place = Place { file, span: 10..23 };
        let evil = "\u{1b}]0;OWNED\u{7}\u{9b}";
        let shown = Problem::at(&place, evil).label(evil).note(evil).help(evil).to_string();
        let obeyed = |c: char| super::super::is_control(c) && c != '\n';
        assert!(!shown.contains(obeyed), "{shown:?}");
        assert!(shown.contains("2 | b") && shown.contains("\\u{1b}]0;OWNED\\u{7}"), "{shown}");
    }
}
