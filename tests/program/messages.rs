//! One bad file for each kind of error, and the whole message it gives.

use crate::{files_in, project, repat, said};

/// A file's message is a snapshot beside this file, named after it.
#[test]
fn every_bad_file_gets_its_message() {
    let folder = project().join("tests/bad");
    let mut cases: Vec<String> = files_in(&folder, "toml")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_string())
        .collect();
    let folders = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.path().is_dir());
    cases.extend(folders.map(|entry| entry.file_name().into_string().unwrap()));
    assert!(cases.len() > 60, "only {} bad files", cases.len());
    for case in cases {
        let file = format!("tests/bad/{case}");
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        // A sweep is only laid out when it is run.
        let arguments = match case.starts_with("sweep-") {
            true => vec!["sweep", &file, "--out", out.to_str().unwrap()],
            false => vec!["check", &file],
        };
        let output = repat(&arguments).output().unwrap();
        assert!(!out.exists(), "{case} made a folder");
        assert_eq!(output.status.code(), Some(2), "{case}");
        assert!(output.stdout.is_empty(), "{case} printed something");
        let name = case.trim_end_matches(".toml").to_string();
        insta::assert_snapshot!(name, String::from_utf8(output.stderr).unwrap());
    }
}

/// The same files are refused by the commands that would use them, before anything is written.
#[test]
fn a_bad_scenario_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("table.csv");
    let bad = "tests/bad/scenario-everything-at-once.toml";
    let (message, code) = said(&["run", bad, "--out", out.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(message.contains("problems"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn mistakes_on_the_command_line_are_all_named_at_once() {
    let (message, code) = said(&[
        "run",
        "--set",
        "kpa_refusl=0.3",
        "--reading",
        "1952-03-27-draft.left=gone",
        "--reading",
        "1952-03-27-draf.left=retained",
        "--proposal",
        "1952-03-27-draft",
        "--proposal",
        "1952-07-03-namil",
    ]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(message);
}

/// One switch for the readings of all texts: none has the reading, none has the value, and some lack the value.
#[test]
fn a_shared_reading_that_not_all_can_take_is_refused() {
    let own = project().join("tests/fixtures/other-left.toml");
    let (message, code) = said(&[
        "run",
        "--reading",
        "*.lefd=released",
        "--reading",
        "*.left=relesed",
        "--reading",
        "*.left=released",
        "--reading",
        "*.left=paroled",
        "--proposal",
        "1952-03-27-draft",
        "--proposal",
        "1952-03-27-vyshinsky",
        "--proposal",
        own.to_str().unwrap(),
    ]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(message);
}

#[test]
fn what_is_no_share_reading_or_column_is_refused() {
    let mistakes: [(&[&str], &str); 10] = [
        (&["run", "scenarios/korea/proposals/1952-07-03-nam-il.toml"], "is a proposal, not a scenario"),
        (&["run", "--set", "kpa_refusal=1.5"], "must lie between 0 and 1"),
        (&["run", "--set", "kpa_refusal=nan"], "must lie between 0 and 1"),
        (&["run", "--set", "kpa_refusal"], "write PARAMETER=VALUE"),
        (&["run", "--reading", "left=retained"], "write PROPOSAL.READING=VALUE"),
        (&["run", "--by", "rank"], "there is no attribute `rank`"),
        (&["run", "--population", "0"], "write a whole number from 1"),
        (&["run", "--population", "9007199254740993"], "write a whole number from 1"),
        (&["run", "--replicates", "0"], "0 is not in"),
        (&["run", "--replicates", "1000000", "--by", "wish"], "too much for memory"),
    ];
    for (arguments, expected) in mistakes {
        let (message, code) = said(arguments);
        assert_eq!(code, 2, "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

/// `--set` may leave no room for the rest of a stratum's shares.
#[test]
fn shares_that_exceed_one_by_a_set_value_are_refused() {
    let (message, code) = said(&["run", "--set", "southern_pow_north=0.99", "--engine", "counts"]);
    assert_eq!(code, 2, "{message}");
    insta::assert_snapshot!(message);
}

/// ... or only in some draws: then the run fails and says in which.
#[test]
fn shares_that_exceed_one_in_a_draw_fail_the_run() {
    let (message, code) = said(&["run", "--set", "southern_pow_north=0.93", "--engine", "counts"]);
    assert_eq!(code, 1, "{message}");
    insta::assert_snapshot!(message);
}

#[test]
fn a_prisoner_must_be_described_in_full() {
    let (message, code) = said(&["explain", "1952-03-27-draft", "captor=unc", "force=kpx", "home=south"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(message);
}
