//! The program as people use it, and the promises it makes. One binary, because each would link
//! everything again.

mod agreement;
mod classify;
mod commands;
mod compare;
mod damage;
mod enumeration;
mod files;
mod generate;
mod help;
mod hostile;
mod layering;
mod limits;
mod messages;
mod new;
mod promises;
mod readme;
mod reproducible;
mod robust;
mod shipped;
mod show;
mod solve;
mod statistics;
mod sweeps;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// All parameters of `korea/1952-07-03` fixed, but for `kpa_refusal`, which tests vary.
const FIXED: [&str; 12] = [
    "--set",
    "cpv_refusal=0.69",
    "--set",
    "southern_pow_north=0.28",
    "--set",
    "internee_north=0.27",
    "--set",
    "stay_elsewhere=0.05",
    "--set",
    "roka_refusal=0.04",
    "--set",
    "contingent_refusal=0.005",
];

/// The program, started in the project's folder.
fn repat(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repat"));
    command.current_dir(project()).args(arguments).env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// What the program prints when it succeeds.
fn printed(arguments: &[&str]) -> String {
    let output = repat(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "repat {arguments:?} failed:\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the program says on standard error, and its exit code.
fn said(arguments: &[&str]) -> (String, i32) {
    let output = repat(arguments).output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with this ending, in order.
fn files_in(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}
