//! Sweeps survive what happens to long work: kills, resumption, and many machines.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{printed, repat, said};

/// Small, but of several parts and with points that differ in readings, sizes and shares.
const SWEEP: &str = r#"
title = "A sweep for tests"
scenario = "korea/1952-07-03"
replicates = 2_000
engine = "counts"
design = { kind = "latin-hypercube", points = 400 }

[[axis]]
reading = "1952-03-27-draft.clause-b"

[[axis]]
parameter = "kpa_refusal"
quantiles = [0.05, 0.95]

[[axis]]
stratum = "kpa-south"
from = 10_000
to = 40_000
"#;

fn sweep_file(folder: &Path, text: &str) -> String {
    let path = folder.join("test-sweep.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The tables in a folder, by name.
fn tables(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tables = files.filter(|path| path.extension().is_some_and(|e| e == "csv" || e == "parquet"));
    tables
        .map(|path| (path.file_name().unwrap().to_str().unwrap().into(), std::fs::read(&path).unwrap()))
        .collect()
}

fn sweep(file: &str, out: &Path, more: &[&str]) {
    repat(&[&["sweep", file, "--out", out.to_str().unwrap()], more].concat()).assert().success();
}

fn start(file: &str, out: &Path, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_repat"))
        .args([&["sweep", file, "--out", out.to_str().unwrap()], more].concat())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn parts_in(out: &Path) -> usize {
    std::fs::read_dir(out.join("parts")).map_or(0, |entries| {
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| name.starts_with("part-")).count()
    })
}

/// Killed without warning after the first, second and third part; then resumed to the end.
#[test]
fn a_killed_sweep_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), SWEEP);
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    sweep(&file, &whole, &[]);
    let expected = tables(&whole);
    assert_eq!(
        expected.keys().cloned().collect::<Vec<_>>(),
        [
            "design.csv",
            "design.parquet",
            "outcomes.csv",
            "outcomes.parquet",
            "sensitivity.csv",
            "sensitivity.parquet",
        ]
    );
    let mut kills = 0;
    for parts in 1..=3 {
        let mut child = start(&file, &killed, if parts == 1 { &[] } else { &["--resume"] });
        let since = Instant::now();
        while parts_in(&killed) < parts && since.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
        assert!(!killed.join("outcomes.csv").exists() || parts > 1);
    }
    assert!(kills >= 2, "the sweep was too quick to be killed");
    sweep(&file, &killed, &["--resume"]);
    assert_eq!(tables(&killed), expected);
}

#[test]
fn shards_merge_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "100"));
    let whole = folder.path().join("whole");
    sweep(&file, &whole, &["--threads", "1"]);
    for count in [1, 3, 7] {
        let out = folder.path().join(format!("of-{count}"));
        for index in (1..=count).rev() {
            sweep(&file, &out, &["--shard", &format!("{index}/{count}")]);
        }
        if count > 1 {
            assert!(tables(&out).is_empty());
            printed(&["merge", out.to_str().unwrap()]);
        }
        assert_eq!(tables(&out), tables(&whole), "{count} shards");
    }
}

#[test]
fn missing_and_foreign_shards_are_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    sweep(&file, &out, &["--shard", "1/3"]);
    sweep(&file, &out, &["--shard", "3/3", "--seed", "8"]);
    let (message, code) = said(&["merge", out.to_str().unwrap()]);
    assert_eq!(code, 2, "{message}");
    for expected in ["shard 2/3 is missing", "shard 3/3 is of another run: seed: 1952 there, 8 now"] {
        assert!(message.contains(expected), "{expected} is missing from\n{message}");
    }
    assert!(tables(&out).is_empty());
}

#[test]
fn a_folder_in_use_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    let arguments = ["sweep", &file, "--out", out.to_str().unwrap()];
    sweep(&file, &out, &[]);
    let before = tables(&out);
    let (message, code) = said(&arguments);
    assert!(code == 2 && message.contains("--resume"), "{message}");
    let (message, code) = said(&[&arguments[..], &["--resume", "--seed", "7"]].concat());
    assert!(code == 2 && message.contains("seed: 1952 there, 7 now"), "{message}");
    assert_eq!(tables(&out), before);
    sweep(&file, &out, &["--force", "--seed", "7"]);
    assert_ne!(tables(&out), before);
    let nowhere = folder.path().join("nowhere");
    let (message, code) = said(&["sweep", &file, "--out", nowhere.to_str().unwrap(), "--resume"]);
    assert!(code == 2 && message.contains("no sweep to resume"), "{message}");
}

/// A point whose draws leave no room for the rest becomes a row with its message.
#[test]
fn a_failing_point_is_a_row_or_ends_the_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "Fails at the far end"
scenario = "korea/1952-07-03"
proposals = ["1952-07-03-nam-il"]
replicates = 500
design = "grid"

[[axis]]
parameter = "southern_pow_north"
values = [0.3, 0.94]
"#;
    let file = sweep_file(folder.path(), text);
    let out = folder.path().join("out");
    sweep(&file, &out, &[]);
    let csv = String::from_utf8(tables(&out)["outcomes.csv"].clone()).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 3 + 1, "{csv}");
    assert!(lines[4].contains("error,") && lines[4].contains("kpa-south"), "{csv}");
    let stopped = folder.path().join("stopped");
    let (message, code) = said(&["sweep", &file, "--out", stopped.to_str().unwrap(), "--on-error", "stop"]);
    assert!(code == 1 && message.contains("point 1 failed"), "{message}");
}

#[test]
fn progress_speaks_json_to_machines() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    let (message, code) = said(&["sweep", &file, "--out", out.to_str().unwrap(), "--progress", "json"]);
    assert_eq!(code, 0);
    let line = message.lines().find(|line| line.starts_with('{')).unwrap();
    let json: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((json["done"].as_u64(), json["total"].as_u64()), (Some(400), Some(400)));
}

/// A point of a sweep is what `run` gives with the same values.
#[test]
fn a_point_is_the_run_with_its_values() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "One point"
scenario = "korea/1952-07-03"
proposals = ["1952-03-27-draft"]
replicates = 200
design = "zip"

[[axis]]
parameter = "kpa_refusal"
values = [0.4]

[[axis]]
reading = "1952-03-27-draft.clause-b"
values = ["as-printed"]
"#;
    let file = sweep_file(folder.path(), text);
    let out = folder.path().join("out");
    sweep(&file, &out, &[]);
    let csv = String::from_utf8(tables(&out)["outcomes.csv"].clone()).unwrap();
    let run = printed(&[
        "run",
        "--engine",
        "counts",
        "--replicates",
        "200",
        "--format",
        "csv",
        "--set",
        "kpa_refusal=0.4",
        "--proposal",
        "1952-03-27-draft:clause-b=as-printed",
    ]);
    let quantiles = |line: &str, after: &str| -> Vec<String> {
        let cells: Vec<&str> = line.split(',').skip_while(|cell| *cell != after).collect();
        cells[3..6].iter().map(|cell| cell.to_string()).collect()
    };
    for outcome in ["repatriated", "released", "retained"] {
        let is = |line: &&str| line.split(',').any(|cell| cell == outcome);
        let find = |text: &str| text.lines().find(is).unwrap().to_string();
        assert_eq!(quantiles(&find(&csv), outcome), quantiles(&find(&run), outcome));
    }
}
