//! Records the commit and the target, for manifests.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for path in ["src", "scenarios", "Cargo.toml", "Cargo.lock", ".git/HEAD", ".git/logs/HEAD"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=REPAT_TARGET={target}");
    // Built from a package without its history, there is no commit to record.
    let described =
        Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]).output();
    if let Ok(output) = described
        && output.status.success()
    {
        println!("cargo::rustc-env=REPAT_COMMIT={}", String::from_utf8_lossy(&output.stdout).trim());
    }
}
