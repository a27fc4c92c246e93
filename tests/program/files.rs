//! Files in and out: nothing is lost, nothing is half-written.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use polars::prelude::*;

use crate::{printed, repat, said};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn write(path: &Path, more: &[&str]) {
    let out = path.to_str().unwrap();
    repat(&[&["run", "--engine", "counts", "--replicates", "20", "--out", out], more].concat())
        .assert()
        .success()
        .stdout("");
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["t.csv", "t.parquet", "t.json", "t.md", "t.tex"] {
        write(&path(name), &["--by", "captor"]);
    }
    let csv = CsvReader::new(std::fs::File::open(path("t.csv")).unwrap()).finish().unwrap();
    let parquet = ParquetReader::new(std::fs::File::open(path("t.parquet")).unwrap()).finish().unwrap();
    let columns = [
        "scenario",
        "proposal",
        "reading",
        "captor",
        "outcome",
        "mean",
        "sd",
        "q05",
        "q50",
        "q95",
        "share",
        "against_wish",
        "text_silent",
    ];
    assert_eq!(csv.get_column_names(), columns);
    assert_eq!(parquet.get_column_names(), columns);
    assert_eq!(parquet.height(), 7 * 2 * 3);
    assert_eq!(csv.column("q50").unwrap(), parquet.column("q50").unwrap());
    assert_eq!(parquet.column("q50").unwrap().dtype(), &DataType::Int64);
    for key in
        ["scenario", "proposal", "reading", "captor", "outcome"].map(|key| parquet.column(key).unwrap())
    {
        assert!(matches!(key.dtype(), DataType::Enum(..)) && key.null_count() == 0, "{key:?}");
    }

    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path("t.json")).unwrap()).unwrap();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), parquet.height());
    let q50: Vec<i64> = rows.iter().map(|row| row["q50"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = parquet.column("q50").unwrap().i64().unwrap().into_no_null_iter().collect();
    assert_eq!(q50, expected);

    let markdown = std::fs::read_to_string(path("t.md")).unwrap();
    assert!(markdown.contains("| proposal"), "{markdown}");
    let latex = std::fs::read_to_string(path("t.tex")).unwrap();
    assert!(latex.contains("\\toprule") && latex.matches("repatriated &").count() == 7 * 2, "{latex}");
    for text in [markdown, latex, json["notes"].to_string()] {
        assert!(text.contains("synthetic"), "{text}");
    }
}

#[test]
fn absent_values_are_empty_cells() {
    let csv = printed(&["run", "--replicates", "1", "--format", "csv"]);
    let row = csv.lines().nth(1).unwrap();
    assert_eq!(row, "korea/1952-07-03,1949-geneva-118,default,repatriated,144033,,,,,0.795617,60199,0");
    let json = printed(&["run", "--replicates", "1", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["rows"][0]["sd"].is_null() && json["rows"][0]["q50"].is_null());
}

#[test]
fn a_manifest_says_how_the_file_came_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    write(&path, &["--seed", "7", "--set", "kpa_refusal=0.4"]);
    assert_eq!(names(folder.path()), ["t.csv", "t.csv.manifest.json"]);
    let manifest = std::fs::read(folder.path().join("t.csv.manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["seed"], 7);
    assert_eq!(manifest["engine"], "counts");
    assert_eq!(manifest["set"]["kpa_refusal"], 0.4);
    assert_eq!(manifest["people_simulated"], 20 * 181_033);
    assert!(manifest["notes"].to_string().contains("synthetic"));
    let digest = |bytes: &[u8]| -> String {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    assert_eq!(
        manifest["files_sha256"][path.file_name().unwrap().to_str().unwrap()],
        digest(&std::fs::read(&path).unwrap())
    );
    let scenario = std::fs::read(crate::project().join("scenarios/korea/1952-07-03.toml")).unwrap();
    assert_eq!(manifest["inputs_sha256"]["korea/1952-07-03.toml"], digest(&scenario));
    assert_eq!(manifest["inputs_sha256"].as_object().unwrap().len(), 2 + 2 + 7);
}

#[test]
fn an_existing_file_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "precious").unwrap();
    let out = path.to_str().unwrap();
    let since = Instant::now();
    let (message, code) = said(&["run", "--population", "1000000000000", "--out", out]);
    assert_eq!(code, 2);
    assert!(message.contains("--force"), "{message}");
    // The population asked for would take hours.
    assert!(since.elapsed() < Duration::from_secs(60));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    write(&path, &["--force"]);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("scenario,"));
}

#[test]
fn places_that_cannot_be_written_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    for (out, expected) in [
        (inside("t.xlsx"), "end the name in .csv, .json, .md, .tex or .parquet"),
        (inside("missing/t.csv"), "there is no folder"),
        (folder.path().display().to_string(), "does not name a format"),
    ] {
        let (message, code) = said(&["run", "--out", &out]);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(expected), "{message}");
    }
    std::fs::create_dir(folder.path().join("t.csv")).unwrap();
    let (message, code) = said(&["run", "--out", &inside("t.csv")]);
    assert!(code == 2 && message.contains("it is a folder"), "{message}");
    assert_eq!(names(folder.path()), ["t.csv"]);
}

#[test]
fn files_that_are_no_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("latin1.toml"), b"title = \"Cor\xe9e\"\n").unwrap();
    std::fs::write(path("huge.toml"), vec![b'#'; 100 << 20]).unwrap();
    std::fs::create_dir(path("folder.toml")).unwrap();
    for (name, expected) in [
        ("latin1.toml", "line 1 is not valid UTF-8"),
        ("huge.toml", "is larger than 4 MiB"),
        ("folder.toml", "is a folder"),
        ("missing.toml", "cannot be read"),
    ] {
        let (message, code) = said(&["run", &path(name)]);
        assert_eq!(code, 2, "{name}: {message}");
        assert!(message.contains(expected) && message.contains(name), "{name}: {message}");
    }
}

/// A scenario is called after its setting's folder, from wherever it is run.
#[test]
fn a_scenario_on_disk_gives_the_same_bytes_from_every_folder() {
    let csv = |folder: &str, scenario: &str| {
        let arguments = ["run", scenario, "--engine", "counts", "--replicates", "5", "--format", "csv"];
        let mut command = repat(&arguments);
        let assert = command.current_dir(crate::project().join(folder)).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let built_in = csv("", "korea/1952-07-03");
    assert_eq!(csv("", "scenarios/korea/1952-07-03.toml"), built_in);
    assert_eq!(csv("scenarios/korea", "1952-07-03.toml"), built_in);
    assert_eq!(csv("scenarios/korea/sweeps", "../1952-07-03.toml"), built_in);
}

/// Ctrl-C in the middle of the work: exit code 130, no file, no draft.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("t.csv");
    let mut child = Command::new(env!("CARGO_BIN_EXE_repat"))
        .args(["run", "--population", "1000000000000", "--out", out.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The draft lies there once the work is about to begin.
    let since = Instant::now();
    while names(folder.path()).len() < 2 && since.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
}

/// A reader that stops reading is no failure.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_quiet() {
    let program = env!("CARGO_BIN_EXE_repat");
    let line = format!("{program} list | true; {program} run --format csv --replicates 2 2>&1 | head -1");
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    assert!(output.status.success());
}
