//! Why repat could not do what was asked: the one error of the library. It prints as people read it,
//! with places and remedies, and knows the program's exit code.

use std::{
    borrow::Cow,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::problem::{Dialect, Problem, render};

/// Why repat could not do what was asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// Inputs or arguments are wrong: everything that is.
    Problems(Vec<Problem>),
    /// A draw of the parameters leaves no room for the rest of a stratum's shares.
    SharesExceedOne {
        /// The scenario's name.
        scenario: String,
        /// The stratum's id.
        stratum: String,
        /// The replicate, from 0.
        replicate: u64,
        /// What the shares add up to without the rest.
        sum: f64,
    },
    /// Values of a point make strata hold more people in all than can be counted exactly.
    TooManyPeople {
        /// The people in all strata.
        people: u128,
    },
    /// Values of a point ask for people in all where no stratum has any.
    NobodyToScale {
        /// The people asked for.
        total: u64,
    },
    /// A point of a sweep failed, and the sweep was to stop at the first failure.
    PointFailed {
        /// The point's number in the design.
        point: u64,
        /// Why it failed.
        reason: String,
    },
    /// A file could not be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        access: Access,
        /// The operating system's answer.
        error: Arc<io::Error>,
    },
    /// A table could not be read, made or written, for a reason of its format.
    Format {
        /// The file, where there is one.
        path: Option<PathBuf>,
        /// The format's own words.
        reason: String,
    },
    /// Threads could not be started.
    Threads(String),
    /// The user stopped it. Nothing was written, except what `kept` counts.
    Interrupted {
        /// Finished work that is kept and can be resumed: how much, and of how much.
        kept: Option<(u64, u64)>,
    },
}

/// What was tried with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading it.
    Read,
    /// Writing it.
    Write,
}

impl Error {
    /// Stopped by the user, with nothing kept.
    pub const INTERRUPTED: Error = Error::Interrupted { kept: None };

    /// A file that could not be read.
    pub fn reading(path: &Path, error: io::Error) -> Error {
        Error::File { path: path.into(), access: Access::Read, error: Arc::new(error) }
    }

    /// A file that could not be written.
    pub fn writing(path: &Path, error: io::Error) -> Error {
        Error::File { path: path.into(), access: Access::Write, error: Arc::new(error) }
    }

    /// Names the file of a [format](Error::Format) error that does not name one yet.
    pub fn in_file(self, file: &Path) -> Error {
        match self {
            Error::Format { path: None, reason } => Error::Format { path: Some(file.into()), reason },
            other => other,
        }
    }

    /// The program's exit code: 2 where the user can mend input or usage, 130 where it was interrupted,
    /// 1 where the run failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Problems(_) => 2,
            Error::File { error, .. } if is_for_the_user(error.kind()) => 2,
            Error::Interrupted { .. } => 130,
            _ => 1,
        }
    }

    /// The message, options written in this dialect, coloured or plain. It ends with a new line.
    pub fn render(&self, dialect: Dialect, colour: bool) -> String {
        match self {
            Error::Interrupted { kept: None } => "interrupted; nothing was written\n".into(),
            Error::Interrupted { kept: Some((done, total)) } => format!("interrupted at {done} of {total}\n"),
            error => render(&error.problems(), dialect, colour),
        }
    }

    /// The problems that it consists of.
    pub fn problems(&self) -> Cow<'_, [Problem]> {
        let one = |problem: Problem| Cow::Owned(vec![problem]);
        match self {
            Error::Problems(problems) => Cow::Borrowed(problems),
            Error::SharesExceedOne { scenario, stratum, replicate, sum } => one(Problem::new(format!(
                "in replicate {replicate} the parameters drawn make the shares of stratum {stratum} add up to {sum:.6}"
            ))
            .help(format!(
                "narrow the distributions of its parameters in {scenario}, so that they leave room for the rest"
            ))),
            Error::TooManyPeople { people } => one(Problem::new(format!("the strata hold {people} people in total"))
                .help("no more than 2^53 can be counted exactly; reduce their sizes")),
            Error::NobodyToScale { total } => {
                one(Problem::new(format!("the strata hold nobody, and cannot be scaled to {total} people"))
                    .help("give a stratum a size"))
            }
            Error::PointFailed { point, reason } => {
                let problem = Problem::new(format!("point {point} failed: {reason}")).help("narrow the axes");
                one(problem.help_option("on-error", "record keeps failed points as rows"))
            }
            Error::File { path, access, error } => one(file_problem(path, *access, error)),
            Error::Format { path: Some(path), reason } => one(Problem::new(format!("{}: {reason}", path.display()))),
            Error::Format { path: None, reason } => one(Problem::new(reason.clone())),
            Error::Threads(reason) => one(Problem::new(format!("cannot start threads: {reason}"))),
            Error::Interrupted { .. } => one(Problem::new("interrupted")),
        }
    }
}

/// Whether the user can mend it: by another name, or by a permission.
fn is_for_the_user(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::AlreadyExists
            | Kind::InvalidFilename
            | Kind::InvalidInput
            | Kind::IsADirectory
            | Kind::NotFound
            | Kind::NotADirectory
            | Kind::PermissionDenied
            | Kind::ReadOnlyFilesystem
    )
}

fn file_problem(path: &Path, access: Access, error: &io::Error) -> Problem {
    let shown = path.display();
    match (access, error.kind()) {
        (Access::Read, _) => Problem::new(format!("{shown}: cannot be read: {error}")).help("check the path"),
        (Access::Write, io::ErrorKind::AlreadyExists) => {
            Problem::new(format!("{shown}: it exists already")).help_option("force", "overwrites it")
        }
        (Access::Write, io::ErrorKind::NotFound) => {
            let folder = path.parent().unwrap_or(Path::new(""));
            let what = format!("{shown}: cannot be written: there is no folder {}", folder.display());
            Problem::new(what).help("make the folder, or choose another")
        }
        (Access::Write, kind) => {
            Problem::new(format!("{shown}: cannot be written: {error}")).help(remedy_for_writing(kind))
        }
    }
}

fn remedy_for_writing(kind: io::ErrorKind) -> &'static str {
    use io::ErrorKind as Kind;
    match kind {
        Kind::InvalidFilename => "choose a shorter name",
        Kind::NotADirectory => "part of the path is a file; choose another path",
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => "choose a folder that you may write to",
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => "make room, or choose another disk",
        _ => "choose another path",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Dialect::Library, false).trim_end())
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        Error::Problems(vec![problem])
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Error {
        Error::Problems(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that errors can cross threads, and `?` turns them into `Box<dyn Error + Send + Sync>`.
    #[test]
    fn errors_can_be_sent_between_threads() {
        fn sendable<T: std::error::Error + Send + Sync + 'static>() {}
        sendable::<Error>();
    }

    #[test]
    fn exit_codes_tell_usage_from_failure() {
        let file = |kind: io::ErrorKind| Error::writing(Path::new("t.csv"), kind.into()).exit_code();
        assert_eq!(file(io::ErrorKind::AlreadyExists), 2);
        assert_eq!(file(io::ErrorKind::StorageFull), 1);
        assert_eq!(Error::from(Problem::new("wrong")).exit_code(), 2);
        assert_eq!(Error::INTERRUPTED.exit_code(), 130);
    }

    #[test]
    fn what_the_user_can_mend_is_usage_and_has_a_remedy() {
        use io::ErrorKind as Kind;
        let kinds = [
            Kind::InvalidFilename,
            Kind::ReadOnlyFilesystem,
            Kind::PermissionDenied,
            Kind::NotADirectory,
            Kind::IsADirectory,
        ];
        for kind in kinds {
            let error = Error::writing(Path::new("t.csv"), kind.into());
            assert_eq!(error.exit_code(), 2, "{kind:?}");
            assert_eq!(error.problems()[0].help.len(), 1, "{kind:?}");
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Error::writing(Path::new("nodir/t.csv"), io::ErrorKind::NotFound.into());
        assert!(error.to_string().contains("there is no folder nodir"), "{error}");
    }
}
