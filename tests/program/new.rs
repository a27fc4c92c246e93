//! What `repat new` writes is sound, and nothing is overwritten.

use std::path::Path;

use crate::repat;

/// Runs the program in a folder; what it prints.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = repat(arguments).current_dir(folder).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "repat {arguments:?}:\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn new_files_of_built_in_settings_pass_their_check() {
    let folder = tempfile::tempdir().unwrap();
    for setting in ["korea", "south-asia"] {
        for kind in ["proposal", "scenario", "sweep"] {
            let name = format!("my-{setting}-{kind}");
            run(folder.path(), &["new", kind, &name, "--setting", setting]);
            run(folder.path(), &["check", &format!("{name}.toml")]);
        }
    }
    run(folder.path(), &["run", "my-korea-scenario.toml", "--proposal", "my-korea-proposal.toml"]);
    run(folder.path(), &["sweep", "my-korea-sweep.toml", "--out", "swept"]);
}

/// The second setting is called like a built-in one.
#[test]
fn a_new_setting_passes_its_check_and_takes_further_files() {
    let folder = tempfile::tempdir().unwrap();
    for setting in ["my-war", "korea"] {
        run(folder.path(), &["new", "setting", setting]);
        let path = format!("./{setting}");
        for kind in ["proposal", "scenario", "sweep"] {
            run(folder.path(), &["new", kind, &format!("second-{kind}"), "--setting", &path]);
        }
        let checked = run(folder.path(), &["check", &path]);
        assert_eq!(checked.lines().count(), 7, "{checked}");
        run(folder.path(), &["run", &format!("{path}/first-count.toml")]);
    }
}

#[test]
fn nothing_that_exists_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    for kind in ["proposal", "scenario", "sweep"] {
        std::fs::write(&file, "mine").unwrap();
        repat(&["new", kind, "mine"]).current_dir(folder.path()).assert().code(2);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    }
    std::fs::create_dir(folder.path().join("my-war")).unwrap();
    repat(&["new", "setting", "my-war"]).current_dir(folder.path()).assert().code(2);
    repat(&["new", "proposal", "../mine"]).current_dir(folder.path()).assert().code(2);
    assert!(std::fs::read_dir(folder.path().join("my-war")).unwrap().next().is_none());
}
