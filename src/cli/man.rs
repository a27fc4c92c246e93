//! `repat man`: a manual page for the program and one for each command.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::print::tell;
use crate::domain::Error;
use crate::table::AtomicFile;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n\
    \x20 repat man man1")]
pub(super) struct ManArgs {
    /// The folder for the pages; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Overwrite existing pages
    #[arg(long)]
    force: bool,
}

/// Writes the pages of the program of these commands: all of them, or none if one is there already.
pub(super) fn man(args: &ManArgs, program: Command) -> Result<Vec<u8>, Error> {
    std::fs::create_dir_all(&args.folder).map_err(|error| Error::writing(&args.folder, error))?;
    let mut program = program.disable_help_subcommand(true);
    // Names every command in full: `repat-run`.
    program.build();
    let pages = std::iter::once(&program).chain(program.get_subcommands());
    let pages = pages.map(|command| Man::new(command.clone()));
    let reserve = |page: Man| Ok((AtomicFile::reserve(&path(&args.folder, &page), args.force)?, page));
    let reserved: Vec<(AtomicFile, Man)> = pages.map(reserve).collect::<Result<_, Error>>()?;
    let count = reserved.len();
    reserved.into_iter().try_for_each(|(file, page)| write(file, &page))?;
    tell(&format!("wrote {count} pages to {}\n", args.folder.display()));
    Ok(Vec::new())
}

fn path(folder: &Path, page: &Man) -> PathBuf {
    folder.join(page.get_filename())
}

fn write(file: AtomicFile, page: &Man) -> Result<(), Error> {
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| Error::writing(file.path(), error))?;
    file.write(&text)
}
