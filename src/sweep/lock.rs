//! One process at a time: a lock on the folder that a run works in, held until the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::Write,
    path::Path,
};

use crate::domain::{Error, Problem};

/// The file that is locked. It stays, and says who locked it last.
const NAME: &str = ".repat-lock";

/// A lock on a folder.
#[derive(Debug)]
pub(super) struct FolderLock {
    /// The lock ends with the handle.
    _file: File,
}

impl FolderLock {
    /// Locks a folder.
    ///
    /// # Errors
    ///
    /// If another process works in it, or the lock's file cannot be written.
    pub(super) fn acquire(folder: &Path) -> Result<FolderLock, Error> {
        let path = folder.join(NAME);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(|error| Error::writing(&path, error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(refusal(folder)),
            // A file system without locks: whoever uses it has to take care.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let written = file.set_len(0).and_then(|()| file.write_all(this_process().as_bytes()));
        written.map_err(|error| Error::writing(&path, error))?;
        Ok(FolderLock { _file: file })
    }
}

fn refusal(folder: &Path) -> Error {
    let holder = std::fs::read_to_string(folder.join(NAME)).unwrap_or_default();
    let holder = if holder.is_empty() { "another process" } else { holder.trim_end() };
    let problem = Problem::new(format!("{}: {holder} is working in this folder", folder.display()));
    problem.help("wait until it has finished, end it, or choose another folder").into()
}

/// The number of this process and the machine that it runs on, if that has a name.
fn this_process() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let on_host = if host.is_empty() { String::new() } else { format!(" on {}", host.trim_end()) };
    format!("process {}{on_host}\n", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_lock_and_says_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::acquire(folder.path()).unwrap();
        let error = FolderLock::acquire(folder.path()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        drop(lock);
        assert!(FolderLock::acquire(folder.path()).is_ok());
    }
}
