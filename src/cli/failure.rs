use std::{
    fmt::Write,
    io::{self, IsTerminal},
};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::domain::{Diagnostic, Place};
use crate::output::FileError;
use crate::scenario::Scenario;
use crate::simulate::Stop;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something is wrong with files or arguments: everything that is.
    Input(Vec<Diagnostic>),
    /// The run failed.
    Run(String),
    /// The user stopped it.
    Interrupted,
}

impl Failure {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Failure::Input(_) => 2,
            Failure::Run(_) => 1,
            Failure::Interrupted => 130,
        }
    }

    /// One problem that is the user's to mend.
    pub(super) fn input(problem: Diagnostic) -> Failure {
        Failure::Input(vec![problem])
    }

    pub(super) fn of_stop(stop: Stop, scenario: &Scenario) -> Failure {
        match stop {
            Stop::Interrupted => Failure::Interrupted,
            Stop::SharesExceedOne { replicate, stratum, shares } => Failure::Run(format!(
                "in replicate {replicate} the parameters drawn make the shares of stratum {} add up to {:.6}\n  \
                 what now: narrow the distributions of its parameters in {}, so that they leave room for the rest",
                scenario.strata[stratum].id, shares.sum, scenario.name,
            )),
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Failure::Input(problems) => rendered(problems),
            Failure::Run(why) => format!("error: {why}\n"),
            Failure::Interrupted => "interrupted; nothing was written\n".into(),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error.is_refusal() {
            true => Failure::input(Diagnostic::new(error.to_string())),
            false => Failure::Run(error.to_string()),
        }
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(problems: Vec<Diagnostic>) -> Self {
        Failure::Input(problems)
    }
}

/// All problems with their places, as rustc draws them, and how many there are.
fn rendered(problems: &[Diagnostic]) -> String {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for problem in problems {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}\n", renderer.render(&[group(problem)]));
    }
    if problems.len() > 1 {
        let _ = writeln!(text, "{} problems", problems.len());
    }
    text
}

fn group(problem: &Diagnostic) -> Group<'_> {
    let mut group = Level::ERROR.primary_title(problem.message.as_str()).elements(snippets(problem));
    for note in &problem.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// The stretches of files that belong to a problem, one snippet for each file.
fn snippets(problem: &Diagnostic) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let Some(place) = &problem.place else { return Vec::new() };
    let also = problem.also.iter().map(|(place, label)| (place, label.as_str(), AnnotationKind::Context));
    let all = std::iter::once((place, problem.label.as_str(), AnnotationKind::Primary)).chain(also);
    let mut snippets: Vec<(&Place, Snippet<'_, _>)> = Vec::new();
    for (place, label, kind) in all {
        let mut annotation = kind.span(within(place));
        if !label.is_empty() {
            annotation = annotation.label(label);
        }
        match snippets.iter().position(|(other, _)| other.file.name == place.file.name) {
            Some(position) => {
                let (other, snippet) = snippets.remove(position);
                snippets.insert(position, (other, snippet.annotation(annotation)));
            }
            None => {
                let snippet = Snippet::source(place.file.text.as_str()).path(place.file.name.as_str());
                snippets.push((place, snippet.annotation(annotation)));
            }
        }
    }
    snippets.into_iter().map(|(_, snippet)| snippet).collect()
}

/// The stretch to underline: its first line, and inside the file.
fn within(place: &Place) -> std::ops::Range<usize> {
    let text = &place.file.text;
    let start = place.span.start.min(text.len());
    let end = place.span.end.clamp(start, text.len());
    let first_line = text.get(start..end).and_then(|stretch| stretch.find('\n'));
    start..first_line.map_or(end, |length| start + length)
}
