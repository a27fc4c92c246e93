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

/// One proposal and fewer points: what each replicate counts is 51,000 rows, in four parts.
fn sweep_to_keep() -> String {
    let proposals = "engine = \"counts\"\nproposals = [\"1952-03-27-draft\"]";
    SWEEP
        .replace("2_000", "170")
        .replace("points = 400", "points = 100")
        .replace("engine = \"counts\"", proposals)
}

/// The tables of a sweep killed without warning after the first, second and third part, and then
/// resumed to the end.
fn killed_and_resumed(file: &str, out: &Path, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let resume = [&["--resume"], more].concat();
    let mut kills = 0;
    for parts in 1..=3 {
        let mut child = start(file, out, if parts == 1 { more } else { &resume });
        let since = Instant::now();
        while parts_in(out) < parts && since.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
        assert!(!out.join("outcomes.csv").exists() || parts > 1);
    }
    assert!(kills >= 2, "the sweep was too quick to be killed");
    sweep(file, out, &resume);
    tables(out)
}

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
    assert!(killed_and_resumed(&file, &killed, &[]) == expected);
}

#[test]
fn a_killed_sweep_that_keeps_replicates_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &sweep_to_keep());
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    sweep(&file, &whole, &["--keep-replicates"]);
    let expected = tables(&whole);
    assert!(expected.contains_key("replicates.csv") && expected.contains_key("replicates.parquet"));
    assert!(killed_and_resumed(&file, &killed, &["--keep-replicates"]) == expected);
}

#[test]
fn shards_merge_to_the_same_bytes() {
    shards_merge(&SWEEP.replace("2_000", "100"), &[]);
}

#[test]
fn shards_that_keep_replicates_merge_to_the_same_bytes() {
    shards_merge(&sweep_to_keep(), &["--keep-replicates"]);
}

fn shards_merge(text: &str, more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), text);
    let whole = folder.path().join("whole");
    sweep(&file, &whole, &[&["--threads", "1"], more].concat());
    for count in [1, 3, 7] {
        let out = folder.path().join(format!("of-{count}"));
        for index in (1..=count).rev() {
            sweep(&file, &out, &[&["--shard", &format!("{index}/{count}")], more].concat());
        }
        if count > 1 {
            assert!(tables(&out).is_empty());
            printed(&["merge", out.to_str().unwrap()]);
        }
        assert!(tables(&out) == tables(&whole), "{count} shards");
    }
}

/// The cells of a CSV by column name, line by line.
fn cells(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(line: &BTreeMap<String, String>, column: &str) -> f64 {
    line[column].parse().unwrap()
}

/// Of each outcome row there are as many replicates as were drawn, with its mean, sd and quantiles; and in each
/// replicate a proposal's outcomes add up to everybody. A failed point, the last one here, has none.
#[test]
fn replicates_are_those_behind_the_outcomes() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "Fails at the far end"
scenario = "korea/1952-07-03"
proposals = ["1952-07-03-nam-il", "1952-03-27-draft"]
replicates = 100
by = "captor"
design = "grid"

[[axis]]
parameter = "southern_pow_north"
values = [0.1, 0.3, 0.94]
"#;
    let file = sweep_file(folder.path(), text);
    let out = folder.path().join("out");
    sweep(&file, &out, &["--keep-replicates"]);
    let tables = tables(&out);
    let (outcomes, replicates) = (cells(&tables["outcomes.csv"]), cells(&tables["replicates.csv"]));
    assert_eq!(replicates.len(), 2 * 100 * 2 * 2 * 3);
    let mut totals: BTreeMap<[String; 3], f64> = BTreeMap::new();
    for line in &replicates {
        let key = ["point", "replicate", "proposal"].map(|column| line[column].clone());
        *totals.entry(key).or_default() += number(line, "people");
    }
    assert!(totals.len() == 2 * 100 * 2 && totals.values().all(|total| *total == 181_033.0), "{totals:?}");
    for row in outcomes.iter().filter(|row| row["status"] == "ok") {
        let names = ["point", "southern_pow_north", "scenario", "proposal", "reading", "captor", "outcome"];
        let of_row = |line: &&BTreeMap<String, String>| names.iter().all(|name| line[*name] == row[*name]);
        let lines: Vec<_> = replicates.iter().filter(of_row).collect();
        let numbered: Vec<f64> = lines.iter().map(|line| number(line, "replicate")).collect();
        assert_eq!(numbered, (0..100).map(f64::from).collect::<Vec<_>>());
        for (measure, mean) in
            [("people", "mean"), ("against_wish", "against_wish"), ("text_silent", "text_silent")]
        {
            let sum: f64 = lines.iter().map(|line| number(line, measure)).sum();
            assert!((sum / 100.0 - number(row, mean)).abs() < 1e-6, "{row:?}");
        }
        let mut people: Vec<f64> = lines.iter().map(|line| number(line, "people")).collect();
        people.sort_by(f64::total_cmp);
        assert_eq!([4, 49, 94].map(|rank| people[rank]), ["q05", "q50", "q95"].map(|q| number(row, q)));
    }
    assert!(outcomes.iter().any(|row| row["status"] == "error" && row["point"] == "2"));
    let mean = printed(&[
        "tabulate",
        out.to_str().unwrap(),
        "--table",
        "replicates",
        "--where",
        "southern_pow_north=0.10",
        "--where",
        "captor=unc",
        "--mean",
        "--format",
        "csv",
    ]);
    let row = |proposal: &str, outcome: &str| {
        let is = |row: &&BTreeMap<String, String>| {
            row["point"] == "0"
                && row["captor"] == "unc"
                && row["proposal"] == proposal
                && row["outcome"] == outcome
        };
        number(outcomes.iter().find(is).unwrap(), "mean")
    };
    for line in cells(mean.as_bytes()) {
        for outcome in ["repatriated", "released", "retained"] {
            assert!((number(&line, outcome) - row(&line["proposal"], outcome)).abs() < 1e-6, "{line:?}");
        }
    }
}

#[test]
fn replicates_that_are_not_drawn_or_not_kept_before_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let exact = folder.path().join("exact");
    let (message, code) =
        said(&["sweep", "july-south", "--out", exact.to_str().unwrap(), "--keep-replicates"]);
    assert!(code == 2 && message.contains("`exact`, which draws no replicates"), "{message}");
    assert!(!exact.exists());
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    let arguments = ["sweep", &file, "--out", out.to_str().unwrap(), "--resume"];
    for (before, now, expected) in [
        (&[][..], &["--keep-replicates"][..], "keep_replicates: no there, yes now"),
        (&["--keep-replicates"], &[], "keep_replicates: yes there, no now"),
    ] {
        sweep(&file, &out, &[before, &["--force"]].concat());
        assert_eq!(out.join("replicates.csv").exists(), !before.is_empty());
        let (message, code) = said(&[&arguments[..], now].concat());
        assert!(code == 2 && message.contains(expected), "{message}");
    }
    sweep(&file, &out, &["--force"]);
    assert!(!out.join("replicates.csv").exists(), "replicates of another run stand beside these outcomes");
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
}

/// So that a requeued job can be started by the command by which it began.
#[test]
fn resuming_begins_where_there_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let (plain, resumed) = (folder.path().join("plain"), folder.path().join("deep").join("resumed"));
    sweep(&file, &plain, &[]);
    sweep(&file, &resumed, &["--resume"]);
    sweep(&file, &resumed, &["--resume"]);
    assert!(tables(&resumed) == tables(&plain));
    let (message, code) = said(&["sweep", "july-south", "--out", resumed.to_str().unwrap(), "--resume"]);
    assert!(code == 2 && message.contains("cannot be resumed by another run"), "{message}");
}

/// What an interrupted sweep prints can be typed, and goes on to the same tables.
#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_how_far_it_came_and_what_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "500"));
    let (whole, out) = (folder.path().join("whole"), folder.path().join("out"));
    sweep(&file, &whole, &[]);
    let child = Command::new(env!("CARGO_BIN_EXE_repat"))
        .args(["sweep", &file, "--out", out.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while parts_in(&out) < 2 && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{message}");
    let (done, rest) =
        message.strip_prefix("interrupted at ").unwrap().split_once(" of 400 points; ").unwrap();
    assert!((40..400).contains(&done.parse().unwrap()), "{message}");
    let command: Vec<&str> = rest.strip_suffix(" goes on\n").unwrap().split(' ').collect();
    assert_eq!(command.last(), Some(&"--resume"));
    assert!(Command::new(command[0]).args(&command[1..]).output().unwrap().status.success());
    assert!(tables(&out) == tables(&whole));
}

#[test]
fn shards_merge_where_the_file_of_the_sweep_has_moved() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    for shard in ["1/2", "2/2"] {
        sweep(&file, &out, &["--shard", shard]);
    }
    let moved = folder.path().join("moved.toml");
    std::fs::rename(&file, &moved).unwrap();
    printed(&["merge", out.to_str().unwrap(), "--sweep", moved.to_str().unwrap()]);
    assert!(tables(&out).contains_key("outcomes.csv"));
    std::fs::write(&moved, SWEEP.replace("2_000", "10").replace("10_000", "11_000")).unwrap();
    let (message, code) = said(&["merge", out.to_str().unwrap(), "--sweep", moved.to_str().unwrap()]);
    assert!(code == 2 && message.contains("the sweep is not what it was"), "{message}");
}

/// The rows of a point whose draws leave no room for the rest have no numbers, but the reason.
#[test]
fn a_failing_point_has_rows_without_numbers_or_ends_the_sweep() {
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
    let rows = cells(&tables(&out)["outcomes.csv"]);
    let outcomes = |rows: &[BTreeMap<String, String>]| -> Vec<String> {
        rows.iter().map(|row| row["outcome"].clone()).collect()
    };
    assert_eq!(rows.len(), 6);
    assert_eq!(outcomes(&rows[..3]), outcomes(&rows[3..]));
    assert!(rows[..3].iter().all(|row| row["status"] == "ok" && row["message"].is_empty()), "{rows:?}");
    for row in &rows[3..] {
        assert!(row["status"] == "error" && row["message"].contains("kpa-south"), "{row:?}");
        assert!(
            ["mean", "sd", "q05", "share", "text_silent"].iter().all(|name| row[*name].is_empty()),
            "{row:?}"
        );
    }
    let stopped = folder.path().join("stopped");
    let (message, code) = said(&["sweep", &file, "--out", stopped.to_str().unwrap(), "--on-error", "stop"]);
    assert!(code == 1 && message.contains("point 1 failed"), "{message}");
}

/// Sums beyond 2^53 are not exact, and nobody cannot be scaled to somebody: such points fail, the others do not.
#[test]
fn a_point_whose_people_cannot_be_counted_fails() {
    let folder = tempfile::tempdir().unwrap();
    let strata = ["kpa-north", "cpv", "kpa-south", "civilian-internees", "roka", "us", "other-contingents"];
    let head = "title = \"People\"\nscenario = \"korea/1952-07-03\"\nproposals = [\"1952-07-03-nam-il\"]\nengine = \"exact\"\ndesign = \"list\"\n";
    let mut text = head.to_string();
    for stratum in strata {
        text += &format!("[[axis]]\nstratum = \"{stratum}\"\nvalues = [1, 9007199254740992, 0]\n");
    }
    text += "[[axis]]\npopulation = true\nvalues = [100, 200, 300]\n";
    let file = sweep_file(folder.path(), &text);
    let out = folder.path().join("out");
    sweep(&file, &out, &[]);
    let rows = cells(&tables(&out)["outcomes.csv"]);
    let of = |point: &str| rows.iter().filter(|row| row["point"] == point).collect::<Vec<_>>();
    let people: f64 = of("0").iter().map(|row| row["mean"].parse::<f64>().unwrap()).sum();
    assert!(of("0").iter().all(|row| row["status"] == "ok") && people == 100.0, "{people}");
    assert!(of("1").iter().all(|row| row["mean"].is_empty() && row["message"].contains("more than 2^53")));
    let nobody = "the strata hold nobody, and cannot be scaled to 300 people";
    assert!(of("2").iter().all(|row| row["mean"].is_empty() && row["message"] == nobody));
    assert_eq!((of("1").len(), of("2").len()), (3, 3));
}

#[test]
fn progress_speaks_json_to_machines() {
    let folder = tempfile::tempdir().unwrap();
    let file = sweep_file(folder.path(), &SWEEP.replace("2_000", "10"));
    let out = folder.path().join("out");
    let (message, code) = said(&["sweep", &file, "--out", out.to_str().unwrap(), "--progress", "json"]);
    assert_eq!(code, 0);
    // Where the sweep takes long, lines on the way come before.
    let line = message.lines().rfind(|line| line.starts_with('{')).unwrap();
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

/// The mean number of people that a sweep gives an outcome of a proposal at a point, by point.
fn means(outcomes: &[BTreeMap<String, String>], proposal: &str, outcome: &str) -> BTreeMap<u64, f64> {
    let of = |line: &&BTreeMap<String, String>| line["proposal"] == proposal && line["outcome"] == outcome;
    outcomes.iter().filter(of).map(|line| (line["point"].parse().unwrap(), number(line, "mean"))).collect()
}

/// One axis that reads two texts alike, beside one that reads a third: at each of its points both are read as
/// `run` reads them if both are told, and the column says how.
#[test]
fn a_reading_varies_in_every_proposal_that_has_it_on_one_axis() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "One word in both March texts"
scenario = "korea/1952-07-03"
proposals = ["1952-03-27-draft", "1952-03-27-vyshinsky", "1952-07-03-nam-il"]
engine = "exact"
design = "grid"

[[axis]]
reading = "*.left"

[[axis]]
reading = "1952-07-03-nam-il.permission"
values = ["mandatory", "option"]
"#;
    let file = sweep_file(folder.path(), text);
    let out = folder.path().join("out");
    sweep(&file, &out, &["--replicates", "50"]);
    let outcomes = cells(&tables(&out)["outcomes.csv"]);
    let design = cells(&tables(&out)["design.csv"]);
    let mut lefts: Vec<&str> = design.iter().map(|line| &*line["*.left"]).collect();
    let mandatory = design.iter().filter(|line| line["1952-07-03-nam-il.permission"] == "mandatory");
    for line in mandatory {
        let (point, left) = (number(line, "point") as u64, &line["*.left"]);
        let reading = format!("*.left={left}");
        let run =
            ["run", "--engine", "exact", "--replicates", "50", "--format", "csv", "--reading", &reading];
        let fresh = cells(printed(&run).as_bytes());
        for proposal in ["1952-03-27-draft", "1952-03-27-vyshinsky", "1952-07-03-nam-il"] {
            for outcome in ["repatriated", "released", "retained"] {
                let row = fresh.iter().find(|row| row["proposal"] == proposal && row["outcome"] == outcome);
                let mean = means(&outcomes, proposal, outcome)[&point];
                assert_eq!(mean, number(row.unwrap(), "mean"), "{left}: {proposal} {outcome}");
            }
        }
    }
    lefts.sort_unstable();
    assert_eq!(lefts, ["released", "released", "retained", "retained"]);
    let released = printed(&[
        "tabulate",
        out.to_str().unwrap(),
        "--where",
        "*.left=released",
        "--where",
        "1952-07-03-nam-il.permission=option",
    ]);
    assert!(released.contains("1952-03-27-vyshinsky"), "{released}");
    let sensitivity = printed(&[
        "tabulate",
        out.to_str().unwrap(),
        "--table",
        "sensitivity",
        "--where",
        "outcome=released",
        "--rows",
        "proposal",
    ]);
    assert!(sensitivity.contains("Each reading of a text weighs the same."), "{sensitivity}");
}

/// Where nothing varies and the texts are read differently, a shared axis has no one value.
#[test]
fn a_shared_axis_that_is_left_as_it_is_says_so_where_texts_differ() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "One at a time"
scenario = "korea/1952-07-03"
proposals = ["1952-03-27-draft:left=released", "1952-03-27-vyshinsky:left=retained"]
engine = "exact"
design = "one-at-a-time"

[[axis]]
reading = "*.left"
"#;
    let left = |text: &str, name: &str| {
        let file = sweep_file(folder.path(), text);
        let out = folder.path().join(name);
        sweep(&file, &out, &["--replicates", "1"]);
        let design = cells(&tables(&out)["design.csv"]);
        let mut lefts: Vec<String> = design.iter().map(|line| line["*.left"].clone()).collect();
        lefts[1..].sort_unstable();
        lefts
    };
    assert_eq!(left(text, "differ"), ["default", "released", "retained"]);
    let agree = text.replace("left=released", "left=retained");
    assert_eq!(left(&agree, "agree"), ["retained", "released", "retained"]);
}

/// Values with weights are met in proportion to them; what a point gives does not depend on the weights. The split of
/// the variance is that of the mixture: of two readings with means `a` and `b`, the part between them is
/// `w (1 - w) (a - b)^2`.
#[test]
fn weights_decide_how_often_a_reading_is_met_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "A slip, nearly certainly"
scenario = "korea/1952-07-03"
proposals = ["1952-03-27-draft"]
engine = "exact"
replicates = 1
design = { kind = "sobol", points = 1024 }
set = { cpv_refusal = 0.69, internee_north = 0.27, contingent_refusal = 0.005, stay_elsewhere = 0.05, roka_refusal = 0.0, kpa_refusal = 0.35, southern_pow_north = 0.45 }

[[axis]]
reading = "1952-03-27-draft.clause-b"
weights = { as-printed = 0.125, emended = 0.875 }
"#;
    let swept = |text: &str, name: &str| {
        let file = sweep_file(folder.path(), text);
        let out = folder.path().join(name);
        sweep(&file, &out, &[]);
        (cells(&tables(&out)["outcomes.csv"]), cells(&tables(&out)["sensitivity.csv"]), out)
    };
    let (outcomes, sensitivity, out) = swept(text, "weighted");
    let (plain, plain_sensitivity, _) = swept(&text.replace("weights =", "# weights ="), "plain");
    let of = |lines: &[BTreeMap<String, String>], reading: &str| -> Vec<f64> {
        let is = |line: &&BTreeMap<String, String>| {
            line["1952-03-27-draft.clause-b"] == reading && line["outcome"] == "repatriated"
        };
        lines.iter().filter(is).map(|line| number(line, "mean")).collect()
    };
    let [printed_as, emended] = ["as-printed", "emended"].map(|reading| {
        let (met, plain) = (of(&outcomes, reading), of(&plain, reading));
        assert!(met.iter().chain(&plain).all(|mean| *mean == plain[0]), "a point depends on weights");
        (met.len(), plain.len(), plain[0])
    });
    assert_eq!([printed_as.0, emended.0, printed_as.1, emended.1], [128, 896, 512, 512]);
    let between_readings = |lines: &[BTreeMap<String, String>]| {
        let measure = |name: &str| {
            let is = |line: &&BTreeMap<String, String>| {
                line["outcome"] == "repatriated" && line["measure"] == name
            };
            number(lines.iter().find(is).unwrap(), "value")
        };
        measure("wording") * measure("variance")
    };
    let square = (printed_as.2 - emended.2).powi(2);
    assert!(square > 1e6);
    assert!((between_readings(&sensitivity) / (0.125 * 0.875 * square) - 1.0).abs() < 1e-6);
    assert!((between_readings(&plain_sensitivity) / (0.25 * square) - 1.0).abs() < 1e-6);
    let table = printed(&[
        "tabulate",
        out.to_str().unwrap(),
        "--table",
        "sensitivity",
        "--where",
        "outcome=repatriated",
        "--format",
        "markdown",
    ]);
    let note = "Readings weighted: 1952-03-27-draft.clause-b emended 87.5 %, as-printed 12.5 %.";
    assert!(table.contains(note), "{table}");
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains(note), "{manifest}");
}
