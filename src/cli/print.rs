//! Writing to the terminal: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

#[cfg(feature = "polars")]
use super::interrupted::interrupted;
use crate::domain::{Dialect, Error};

/// Writes to standard error. Where that is closed there is nobody left to tell.
pub(super) fn tell(message: &str) {
    let _ = io::stderr().write_all(message.as_bytes());
}

/// Reports an error, with colours on a terminal unless `NO_COLOR` is set.
pub(super) fn report(error: &Error) {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    match error {
        #[cfg(feature = "polars")]
        Error::Interrupted { kept: Some((done, total)) } => tell(&interrupted(*done, *total)),
        error => tell(&error.render(Dialect::CommandLine, colour)),
    }
}

/// Writes to standard output. A reader that has read enough (`repat list | head`) is no failure.
pub(super) fn print(output: &[u8]) -> Result<(), Error> {
    let mut stdout = io::stdout();
    match stdout.write_all(output).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::writing(Path::new("standard output"), error))
        }
        _ => Ok(()),
    }
}

/// Characters in a line of standard output: those of the terminal, or of `COLUMNS`; no limit for a file or a
/// program.
pub(super) fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    columns.or_else(terminal).unwrap_or(usize::MAX)
}
