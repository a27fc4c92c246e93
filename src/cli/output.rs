//! Where a table goes and in what format: the options of every command that makes one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::headings::OUTPUT;
use super::print::{tell, terminal_width};
use crate::domain::{Error, Problem};
use crate::table::{Destination, Format, Invocation, Table};

/// Where a table goes and in what format.
#[derive(Debug, Args)]
#[command(next_help_heading = OUTPUT)]
pub(super) struct OutputArgs {
    /// Format of the table
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write the table to a file (.csv, .parquet, .md, .tex or .json), with a manifest beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Overwrite existing files
    #[arg(long)]
    force: bool,
}

/// A table's way out, prepared before any work.
pub(super) enum Output {
    /// To standard output.
    Print(Format),
    /// To a file.
    File(PathBuf, Box<Destination>, Invocation),
}

impl OutputArgs {
    /// Makes sure, before any work, that the table can be written.
    pub(super) fn prepare(&self) -> Result<Output, Error> {
        let Some(path) = &self.out else {
            return Ok(Output::Print(self.format.unwrap_or(Format::Terminal)));
        };
        let format = Format::of_path(path)?;
        if self.format.is_some_and(|asked| asked != format) {
            let problem =
                Problem::new("its ending and the format differ").argument("out", path.display().to_string());
            return Err(problem.help("leave --format out: the ending decides").into());
        }
        let destination = Destination::reserve(path, self.force)?;
        Ok(Output::File(path.clone(), Box::new(destination), Invocation::begin(command())))
    }
}

/// The command as typed.
pub(super) fn command() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Tells where a table is, and a last word on it.
pub(super) fn tell_written(path: &Path, word: &str) {
    let path = path.display();
    tell(&format!("wrote {path} and {path}.manifest.json; {word}\n"));
}

impl Output {
    /// Writes the table to its file, or gives what is to be printed.
    pub(super) fn deliver(self, table: &Table) -> Result<Vec<u8>, Error> {
        match self {
            Output::Print(format) => {
                if !format.has_notes() {
                    table.notes.iter().for_each(|note| tell(&format!("{note}\n")));
                }
                table.render(format, terminal_width())
            }
            Output::File(path, destination, invocation) => {
                destination.write(table, &invocation)?;
                tell_written(&path, "the people in it are synthetic");
                Ok(Vec::new())
            }
        }
    }
}
