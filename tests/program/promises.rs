//! What a careful person relies on: nothing is lost, nothing is mixed, whoever else works in the folder and whenever
//! the program is killed.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::{printed, repat, said};

/// Some 25 parts, each of which takes a moment.
const SWEEP: &str = r#"
title = "A sweep for tests"
scenario = "korea/1952-07-03"
proposals = ["1952-03-27-draft"]
engine = "counts"
replicates = 2_000
design = { kind = "sobol", points = 256 }

[[axis]]
parameter = "kpa_refusal"
quantiles = [0.05, 0.95]
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("s.toml", SWEEP);
        folder.write("small.toml", &SWEEP.replace("2_000", "2").replace("256", "64"));
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.0.path().join(name).exists()
    }

    /// `repat sweep FILE --out OUT`; gives standard error and the exit code.
    fn sweep(&self, file: &str, out: &str, more: &[&str]) -> (String, i32) {
        said(&[&["sweep", &self.path(file), "--out", &self.path(out)], more].concat())
    }

    fn start(&self, file: &str, out: &str, more: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_repat"))
            .args([&["sweep", &self.path(file), "--out", &self.path(out)], more].concat())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// The tables in a folder, by name.
    fn tables(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let files = std::fs::read_dir(self.path(out)).unwrap().map(|entry| entry.unwrap().path());
        let tables = files.filter(|path| path.extension().is_some_and(|e| e == "csv" || e == "parquet"));
        let read = |path: &Path| std::fs::read(path).unwrap();
        tables.map(|path| (path.file_name().unwrap().to_str().unwrap().into(), read(&path))).collect()
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// A second run in the folder of one that is only stopped would mix two seeds under one manifest.
#[cfg(unix)]
#[test]
fn two_runs_never_work_in_one_folder() {
    let folder = Folder::new();
    let mut first = folder.start("s.toml", "r", &["--seed", "1", "--threads", "1"]);
    wait_until("no part was written", || folder.has("r/parts/part-000001.parquet"));
    signal(&first, "-STOP");
    for more in [&["--seed", "2", "--force"][..], &["--seed", "1", "--resume"]] {
        let (message, code) = folder.sweep("s.toml", "r", more);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(&format!("process {}", first.id())), "{message}");
    }
    signal(&first, "-CONT");
    assert!(first.wait().unwrap().success());
    assert!(folder.text("r/manifest.json").contains("\"seed\": 1,"));
    assert_eq!(folder.sweep("s.toml", "alone", &["--seed", "1"]).1, 0);
    assert!(folder.tables("r") == folder.tables("alone"));
}

/// A shard that is still at work is no shard to merge.
#[cfg(unix)]
#[test]
fn a_shard_at_work_is_not_merged() {
    let folder = Folder::new();
    assert_eq!(folder.sweep("s.toml", "r", &["--shard", "2/2"]).1, 0);
    let mut first = folder.start("s.toml", "r", &["--shard", "1/2", "--threads", "1"]);
    wait_until("no part was written", || folder.has("r/shard-1-of-2/parts/part-000000.parquet"));
    signal(&first, "-STOP");
    let (message, code) = said(&["merge", &folder.path("r")]);
    assert!(code == 2 && message.contains("shard 1/2 is still being worked on"), "{message}");
    signal(&first, "-CONT");
    assert!(first.wait().unwrap().success());
    printed(&["merge", &folder.path("r")]);
}

#[test]
fn a_part_that_changed_is_noticed_when_tables_are_joined() {
    let folder = Folder::new();
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "r", &["--shard", shard]).1, 0);
    }
    folder.write("r/shard-1-of-2/parts/part-000000.parquet", "other");
    let (message, code) = said(&["merge", &folder.path("r")]);
    assert!(code == 2 && message.contains("part 0 is not what was written"), "{message}");
}

#[test]
fn merging_overwrites_and_removes_nothing_of_others() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("w")).unwrap();
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "w", &["--shard", shard]).1, 0);
    }
    let names = ["w/manifest.json", "w/design.csv", "w/replicates.csv"];
    names.iter().for_each(|name| folder.write(name, "mine"));
    for more in [&[][..], &["--force"]] {
        let (message, code) = said(&[&["merge", &folder.path("w")], more].concat());
        assert_eq!(code, 2, "{message}");
        for name in names {
            assert_eq!(folder.text(name), "mine");
            assert!(message.contains(name.strip_prefix("w/").unwrap()), "{message}");
        }
    }
    names.iter().for_each(|name| std::fs::remove_file(folder.path(name)).unwrap());
    printed(&["merge", &folder.path("w")]);
    printed(&["merge", &folder.path("w")]);
}

#[test]
fn merging_replaces_the_tables_of_another_run_only_if_forced() {
    let folder = Folder::new();
    assert_eq!(folder.sweep("small.toml", "w", &["--seed", "1"]).1, 0);
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "w", &["--seed", "2", "--shard", shard]).1, 0);
    }
    let before = folder.tables("w");
    let (message, code) = said(&["merge", &folder.path("w")]);
    assert!(code == 2 && message.contains("--force replaces them"), "{message}");
    assert!(folder.tables("w") == before);
    printed(&["merge", &folder.path("w"), "--force"]);
    assert!(folder.text("w/manifest.json").contains("\"seed\": 2,") && folder.tables("w") != before);
}

/// Builds of repat that draw other people have another version of the numbers in their journals.
#[test]
fn builds_with_other_numbers_share_no_parts() {
    let folder = Folder::new();
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "m", &["--shard", shard]).1, 0);
    }
    let journal = "m/shard-1-of-2/journal.jsonl";
    let text = folder.text(journal);
    let other = text.replace("\"numbers\":2,", "\"numbers\":0,");
    assert_ne!(text, other);
    folder.write(journal, &other);
    let (message, code) = said(&["merge", &folder.path("m")]);
    assert!(code == 2 && message.contains("numbers: version"), "{message}");
    let (message, code) = folder.sweep("small.toml", "m", &["--shard", "1/2", "--resume"]);
    assert!(code == 2 && message.contains("numbers: version 0 there, version 2 now"), "{message}");
}

/// Where they were of a killed run, tables are those of its manifest or of none.
#[test]
fn a_folder_without_a_manifest_is_not_tabulated() {
    let folder = Folder::new();
    assert_eq!(folder.sweep("small.toml", "k", &[]).1, 0);
    let table = ["tabulate", &folder.path("k"), "--rows", "point", "--columns", "outcome"];
    printed(&table);
    let manifest = folder.text("k/manifest.json");
    std::fs::remove_file(folder.path("k/manifest.json")).unwrap();
    let (message, code) = said(&table);
    assert!(code == 2 && message.contains("belongs to no finished sweep"), "{message}");
    folder.write("k/manifest.json", &manifest);
    folder.write("k/outcomes.parquet", "other");
    let (message, code) = said(&table);
    assert!(code == 2 && message.contains("is not the table that manifest.json names"), "{message}");
}

#[test]
fn forcing_a_sweep_removes_nothing_of_others() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("z/parts")).unwrap();
    folder.write("z/journal.jsonl", "log\n");
    folder.write("z/parts/ch1.txt", "thesis");
    let (message, code) = folder.sweep("small.toml", "z", &["--force"]);
    assert!(code == 2 && message.contains("is not a journal that repat wrote"), "{message}");
    assert_eq!(
        (folder.text("z/journal.jsonl"), folder.text("z/parts/ch1.txt")),
        ("log\n".into(), "thesis".into())
    );
    std::fs::remove_file(folder.path("z/journal.jsonl")).unwrap();
    folder.write("z/outcomes.csv", "mine");
    let (message, code) = folder.sweep("small.toml", "z", &["--force"]);
    assert!(code == 2 && message.contains("is not a table that repat wrote"), "{message}");
    assert_eq!(folder.text("z/outcomes.csv"), "mine");
}

#[test]
fn one_sweep_may_be_spelt_in_two_ways() {
    let folder = Folder::new();
    let out = folder.path("out");
    let spelt = |file: &str, more: &[&str]| {
        let arguments = [&["sweep", file, "--out", &out], more].concat();
        let mut command = repat(&arguments);
        command.current_dir(folder.0.path()).assert().success();
    };
    spelt("small.toml", &["--shard", "1/2"]);
    spelt("./small.toml", &["--shard", "1/2", "--resume"]);
    spelt(&folder.path("small.toml"), &["--shard", "2/2"]);
    printed(&["merge", &out, "--sweep", &folder.path("small.toml")]);
}

#[test]
fn a_damaged_journal_is_refused_and_never_divides_by_zero() {
    let folder = Folder::new();
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "m", &["--shard", shard]).1, 0);
    }
    let journal = "m/shard-2-of-2/journal.jsonl";
    let text = folder.text(journal);
    for (from, to) in [("\"replicates\":2", "\"replicates\":0"), ("\"points\":64", "\"points\":0")] {
        assert!(text.contains(from), "{text}");
        folder.write(journal, &text.replace(from, to));
        let (message, code) = said(&["merge", &folder.path("m")]);
        assert!(code == 2 && message.contains("has a journal that cannot be read"), "{message}");
    }
}

/// A pipe in place of a part or a journal would be waited for.
#[cfg(unix)]
#[test]
fn pipes_in_a_sweeps_folder_are_no_parts_and_no_journal() {
    let folder = Folder::new();
    for shard in ["1/2", "2/2"] {
        assert_eq!(folder.sweep("small.toml", "m", &["--shard", shard]).1, 0);
    }
    for name in ["m/shard-1-of-2/parts/part-000000.parquet", "m/shard-2-of-2/journal.jsonl"] {
        let (path, kept) = (folder.path(name), folder.path("kept"));
        std::fs::rename(&path, &kept).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let output = repat(&["merge", &folder.path("m")]).timeout(Duration::from_secs(20)).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        std::fs::rename(&kept, &path).unwrap();
    }
    printed(&["merge", &folder.path("m")]);
}

/// Signals at random moments, over and over into the same folder, until the sweep comes through: the tables are those of
/// a run that nothing disturbed. `REPAT_SIGNALS=400` tries more than CI does.
#[cfg(unix)]
#[test]
fn signals_at_any_moment_lose_nothing() {
    let signals = std::env::var("REPAT_SIGNALS").map_or(12, |text| text.parse().unwrap());
    let folder = Folder::new();
    folder.write("signals.toml", &SWEEP.replace("2_000", "400"));
    let since = Instant::now();
    assert_eq!(folder.sweep("signals.toml", "expected", &[]).1, 0);
    let (usual, expected) = (since.elapsed(), folder.tables("expected"));
    let mut random = ChaCha8Rng::seed_from_u64(1952);
    let (mut sent, mut round) = (0, 0);
    while sent < signals {
        round += 1;
        let out = format!("signals-{round}");
        for name in ["-KILL", "-TERM", "-INT", "-HUP"] {
            let mut child = folder.start("signals.toml", &out, &["--resume"]);
            std::thread::sleep(usual.mul_f64(random.random_range(0.0..0.5)));
            signal(&child, name);
            let code = child.wait().unwrap().code();
            // Before it listens to signals, and if it is killed, it has no exit code of its own.
            assert!(matches!(code, Some(0 | 130) | None), "{name}: {code:?}");
            sent += 1;
        }
        let (message, code) = folder.sweep("signals.toml", &out, &["--resume"]);
        assert_eq!(code, 0, "{message}");
        assert!(folder.tables(&out) == expected, "{out}");
        let left = std::fs::read_dir(folder.path(&out)).unwrap().flatten();
        let drafts = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
        assert_eq!(drafts.count(), 0, "{out}");
    }
    eprintln!("{sent} signals, {round} sweeps");
}

/// The program killed at every call by which it writes to the disk, and at every third by which it opens a file. What
/// is left is resumed to the same bytes, and no draft stays after that.
#[cfg(target_os = "linux")]
#[test]
fn a_kill_at_any_call_to_the_disk_loses_nothing() {
    if !has_strace() {
        return;
    }
    let folder = Folder::new();
    assert_eq!(folder.sweep("small.toml", "expected", &[]).1, 0);
    let expected = folder.tables("expected");
    let killed_at = |call: &str, occurrence: usize| {
        let (file, out) = (folder.path("small.toml"), folder.path(&format!("{call}-{occurrence}")));
        let status = tampered(&format!("?{call}"), &format!("signal=KILL:when={occurrence}"))
            .args(["sweep", &file, "--out", &out, "--threads", "1"])
            .status();
        !status.unwrap().success()
    };
    let mut kills = 0;
    for (calls, step) in [
        (&["mkdir", "write", "fsync", "fdatasync", "ftruncate", "flock"][..], 1),
        (&["rename", "renameat", "renameat2", "linkat", "unlink"], 1),
        (&["openat"], 3),
    ] {
        for call in calls {
            for occurrence in (1..).step_by(step).take_while(|occurrence| killed_at(call, *occurrence)) {
                kills += 1;
                let out = format!("{call}-{occurrence}");
                let (message, code) = folder.sweep("small.toml", &out, &["--resume"]);
                assert_eq!(code, 0, "{out}: {message}");
                assert!(folder.tables(&out) == expected, "{out}");
                let left = std::fs::read_dir(folder.path(&out)).unwrap().flatten();
                let drafts = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
                assert_eq!(drafts.count(), 0, "{out}");
            }
        }
    }
    assert!(kills > 40, "only {kills} kills");
}

/// A sweep begun again over an older one and killed while its tables get their names: wherever there is a manifest, the
/// folder has the tables that it names, and the sweep can be begun again.
#[cfg(target_os = "linux")]
#[test]
fn tables_over_older_tables_are_never_a_mixture() {
    if !has_strace() {
        return;
    }
    let folder = Folder::new();
    assert_eq!(folder.sweep("small.toml", "expected", &["--seed", "2"]).1, 0);
    let expected = folder.tables("expected");
    let calls = "?rename,?renameat,?renameat2,?link,?linkat,?unlink,?unlinkat";
    let (mut kills, mut manifests) = (0, 0);
    for occurrence in 1..=40 {
        let out = format!("k-{occurrence}");
        assert_eq!(folder.sweep("small.toml", &out, &["--seed", "1"]).1, 0);
        let (file, path) = (folder.path("small.toml"), folder.path(&out));
        let status = tampered(calls, &format!("signal=KILL:when={occurrence}"))
            .args(["sweep", &file, "--out", &path, "--seed", "2", "--force"])
            .status();
        if status.unwrap().success() {
            break;
        }
        kills += 1;
        if folder.has(&format!("{out}/manifest.json")) {
            manifests += 1;
            let manifest: serde_json::Value =
                serde_json::from_str(&folder.text(&format!("{out}/manifest.json"))).unwrap();
            for (name, bytes) in folder.tables(&out) {
                assert_eq!(
                    manifest["files_sha256"][&name],
                    sha256(&bytes),
                    "{name}, killed at call {occurrence}"
                );
            }
        }
        let (message, code) = folder.sweep("small.toml", &out, &["--seed", "2", "--force"]);
        assert_eq!(code, 0, "{occurrence}: {message}");
        assert!(folder.tables(&out) == expected, "{out}");
    }
    assert!(kills > 10 && manifests > 0, "{kills} kills, {manifests} manifests");
}

/// A disk that is full at any write: the message names a file, and what was finished is kept.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_with_the_file_and_loses_nothing() {
    if !has_strace() {
        return;
    }
    let folder = Folder::new();
    assert_eq!(folder.sweep("small.toml", "expected", &[]).1, 0);
    let expected = folder.tables("expected");
    let mut failures = 0;
    for occurrence in 1..=20 {
        let out = format!("full-{occurrence}");
        let (file, path) = (folder.path("small.toml"), folder.path(&out));
        let output = tampered("write,fsync,fdatasync", &format!("error=ENOSPC:when={occurrence}"))
            .args(["sweep", &file, "--out", &path, "--threads", "1"])
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        if !output.status.success() {
            failures += 1;
            assert_eq!(output.status.code(), Some(1), "{message}");
            assert!(message.contains(&path) && message.contains("space"), "{occurrence}: {message}");
        }
        assert_eq!(folder.sweep("small.toml", &out, &["--resume"]).1, 0);
        assert!(folder.tables(&out) == expected, "{out}");
    }
    assert!(failures > 10, "only {failures} failures");
}

/// A table and the manifest beside it are of one run, wherever that was killed.
#[cfg(target_os = "linux")]
#[test]
fn a_manifest_beside_a_table_is_that_tables() {
    if !has_strace() {
        return;
    }
    let folder = Folder::new();
    let run = |name: &str, seed: &str, force: &[&str], kill: Option<(&str, usize)>| {
        let out = folder.path(name);
        let arguments =
            [&["run", "--engine", "counts", "--replicates", "9", "--seed", seed, "--out", &out], force]
                .concat();
        let Some((calls, occurrence)) = kill else {
            return said(&arguments).1;
        };
        let status =
            tampered(calls, &format!("signal=KILL:when={occurrence}")).args(arguments).status().unwrap();
        status.code().unwrap_or(137)
    };
    let calls = "?link,?linkat,?rename,?renameat,?renameat2,?unlink,?unlinkat";
    for occurrence in 1..=6 {
        let name = format!("{occurrence}.csv");
        assert_eq!(run(&name, "1", &[], None), 0);
        run(&name, "2", &["--force"], Some((calls, occurrence)));
        if let Ok(manifest) = std::fs::read_to_string(folder.path(&format!("{name}.manifest.json"))) {
            let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
            let digest = sha256(&std::fs::read(folder.path(&name)).unwrap());
            assert_eq!(manifest["files_sha256"][&name], digest, "killed at call {occurrence}");
        }
        assert_eq!(run(&name, "3", &["--force"], None), 0);
        // What a kill leaves of a new file never blocks the next run.
        let new = format!("new-{occurrence}.csv");
        run(&new, "1", &[], Some((calls, occurrence)));
        if !folder.has(&new) {
            assert_eq!(run(&new, "1", &[], None), 0, "killed at call {occurrence}");
        }
    }
    let left = std::fs::read_dir(folder.0.path()).unwrap().flatten();
    assert_eq!(left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part")).count(), 0);
}

/// Whether system calls can be tampered with here; says so if not.
#[cfg(target_os = "linux")]
fn has_strace() -> bool {
    let has = Command::new("strace").arg("-V").output().is_ok();
    if !has {
        eprintln!("there is no strace: not tried");
    }
    has
}

/// The program, with something done to the system calls named.
#[cfg(target_os = "linux")]
fn tampered(calls: &str, what: &str) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qqq", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
    command
        .args(["-e", &format!("inject={calls}:{what}"), env!("CARGO_BIN_EXE_repat")])
        .stderr(Stdio::null());
    command
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// However many write the same file at once, table and manifest are of the same run.
#[test]
fn racing_runs_leave_a_table_with_its_own_manifest() {
    let folder = Folder::new();
    let start = |name: &str, seed: u64, more: &[&str]| {
        let seed = seed.to_string();
        let arguments =
            ["run", "--engine", "counts", "--replicates", "5", "--seed", &seed, "--out", &folder.path(name)];
        let arguments = [&arguments[..], more].concat();
        let mut command = Command::new(env!("CARGO_BIN_EXE_repat"));
        command.args(arguments).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    for round in 0..10 {
        let mut forced: Vec<Child> = (0..4).map(|seed| start("same.csv", seed, &["--force"])).collect();
        assert!(forced.iter_mut().all(|child| child.wait().unwrap().success()));
        let manifest: serde_json::Value =
            serde_json::from_str(&folder.text("same.csv.manifest.json")).unwrap();
        assert_eq!(manifest["files_sha256"]["same.csv"], sha256(folder.text("same.csv").as_bytes()));
        let name = format!("new-{round}.csv");
        let mut first: Vec<Child> = (0..4).map(|seed| start(&name, seed, &[])).collect();
        assert_eq!(
            first.iter_mut().filter_map(|child| child.wait().ok()).filter(|status| status.success()).count(),
            1
        );
        let manifest: serde_json::Value =
            serde_json::from_str(&folder.text(&format!("{name}.manifest.json"))).unwrap();
        assert_eq!(manifest["files_sha256"][&name], sha256(folder.text(&name).as_bytes()));
    }
}
