//! Synthetic prisoners, one row for each.

use std::path::Path;

use polars::prelude::*;

use crate::{printed, repat, said};

/// Writes microdata with these arguments and gives back its path.
fn generated(folder: &Path, name: &str, more: &[&str]) -> String {
    let out = folder.join(name).display().to_string();
    repat(&[&["generate", "--out", &out], more].concat()).assert().success().stdout("");
    out
}

/// A Parquet file as the text of its cells, row by row.
pub(crate) fn rows(path: &str) -> Vec<Vec<String>> {
    let frame = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    let columns: Vec<Column> =
        frame.columns().iter().map(|column| column.cast(&DataType::String).unwrap()).collect();
    let texts: Vec<&StringChunked> = columns.iter().map(|column| column.str().unwrap()).collect();
    let cell = |texts: &&StringChunked, row: usize| texts.get(row).unwrap_or_default().to_string();
    (0..frame.height()).map(|row| texts.iter().map(|texts| cell(texts, row)).collect()).collect()
}

fn csv_rows(path: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect()
}

fn header(path: &str) -> String {
    std::fs::read_to_string(path).unwrap().lines().next().unwrap().into()
}

/// How many rows have each combination of cells in these columns.
fn tally(rows: &[Vec<String>], columns: &[usize]) -> Vec<(Vec<String>, u64)> {
    let mut keys: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect();
    keys.sort();
    keys.chunk_by(|a, b| a == b).map(|same| (same[0].clone(), same.len() as u64)).collect()
}

/// The people written are those whom `run` counts: by stratum, home and wish, under a proposal.
#[test]
fn they_are_the_people_whom_a_run_counts() {
    let folder = tempfile::tempdir().unwrap();
    let size = ["--population", "300000", "--seed", "7"];
    let proposal = ["--proposal", "1952-03-27-draft"];
    let out = generated(folder.path(), "people.parquet", &[&size[..], &proposal].concat());
    let rows = rows(&out);
    assert_eq!(rows.len(), 300_000);
    let by = ["--by", "stratum", "--by", "residence", "--by", "wish"];
    let one = ["run", "--replicates", "1", "--format", "csv"];
    let counted = printed(&[&one[..], &size, &proposal, &by].concat());
    let mut expected: Vec<(Vec<String>, u64)> = csv::Reader::from_reader(counted.as_bytes())
        .records()
        .map(|record| {
            let cells: Vec<String> = record.unwrap().iter().map(String::from).collect();
            (cells[3..7].to_vec(), cells[7].parse().unwrap())
        })
        .filter(|(_, people)| *people > 0)
        .collect();
    expected.sort();
    // stratum, residence, wish, outcome
    assert_eq!(tally(&rows, &[0, 5, 6, 7]), expected);
    assert!(expected.len() > 15, "{expected:?}");
}

#[test]
fn parquet_and_csv_hold_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--population", "5000", "--outcomes"];
    let parquet = generated(folder.path(), "people.parquet", &more);
    let csv = generated(folder.path(), "people.csv", &more);
    assert_eq!(rows(&parquet), csv_rows(&csv));
    assert_eq!(
        header(&csv),
        "stratum,unit,captor,force,nationality,residence,wish,1949-geneva-118,1952-03-21-principle,\
         1952-03-27-draft,1952-03-27-vyshinsky,1952-04-28-unc-package,1952-07-03-nam-il,1952-07-13-unc-list"
    );
    let manifest = std::fs::read_to_string(format!("{csv}.manifest.json")).unwrap();
    assert!(manifest.contains("synthetic") && manifest.contains("\"clause-b=emended;"), "{manifest}");
}

#[test]
fn units_are_numbered_and_absent_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let out = generated(folder.path(), "people.parquet", &[]);
    let units = tally(&rows(&out), &[0, 1]);
    let of = |stratum: &str| -> Vec<&(Vec<String>, u64)> {
        units.iter().filter(|(key, _)| key[0] == stratum).collect()
    };
    assert_eq!(of("kpa-north").len(), 19);
    assert_eq!(of("kpa-north").iter().map(|(_, people)| people).sum::<u64>(), 95_531);
    assert_eq!(of("us"), [&(vec!["us".to_string(), String::new()], 3_198)]);
    let frame = ParquetReader::new(std::fs::File::open(out).unwrap()).finish().unwrap();
    assert_eq!(frame.column("unit").unwrap().null_count(), 16_243 + 7_142 + 3_198 + 1_219);
}

#[test]
fn threads_never_change_a_byte_and_seeds_and_replicates_do() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str, more: &[&str]| {
        let size = ["--population", "1200000"];
        std::fs::read(generated(folder.path(), name, &[&size[..], more].concat())).unwrap()
    };
    let one = bytes("one.parquet", &["--threads", "1"]);
    assert!(one == bytes("seven.parquet", &["--threads", "7"]));
    assert!(one != bytes("seed.parquet", &["--seed", "1953"]));
    assert!(one != bytes("replicate.parquet", &["--replicate", "1"]));
}

/// Replicate 1 is the second of a run's.
#[test]
fn any_replicate_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let proposal = ["--proposal", "1952-07-13-unc-list"];
    let repatriated = |replicate: &str| -> u64 {
        let more = [&["--replicate", replicate][..], &proposal].concat();
        let out = generated(folder.path(), &format!("{replicate}.parquet"), &more);
        let outcomes = tally(&rows(&out), &[7]);
        outcomes.iter().find(|(key, _)| key[0] == "repatriated").unwrap().1
    };
    let two = ["run", "--replicates", "2", "--format", "csv"];
    let counted = printed(&[&two[..], &proposal].concat());
    let mean: f64 = counted.lines().nth(1).unwrap().split(',').nth(4).unwrap().parse().unwrap();
    assert_eq!((repatriated("0") + repatriated("1")) as f64 / 2.0, mean);
}

#[test]
fn columns_of_two_readings_have_two_names() {
    let folder = tempfile::tempdir().unwrap();
    let draft = ["--proposal", "1952-03-27-draft", "--proposal", "1952-03-27-draft:left=retained"];
    let out = generated(folder.path(), "people.csv", &[&draft[..], &["--population", "10"]].concat());
    assert!(header(&out).ends_with("wish,1952-03-27-draft,1952-03-27-draft:left=retained"));
    let reading = ["--reading", "1952-03-27-draft.left=retained", "--population", "10"];
    let out = generated(folder.path(), "reading.csv", &reading);
    assert!(header(&out).contains(",1952-03-27-draft:left=retained,1952-03-27-vyshinsky,"));
    let out = folder.path().join("twice.csv").display().to_string();
    let twice = ["--proposal", "1952-03-27-draft", "--proposal", "1952-03-27-draft"];
    let (message, code) = said(&[&["generate", "--out", &out], &twice[..]].concat());
    assert!(code == 2 && message.contains("two columns would be called"), "{message}");
}

#[test]
fn nothing_is_overwritten_and_other_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = generated(folder.path(), "people.csv", &["--population", "10"]);
    let before = std::fs::read(&out).unwrap();
    let (message, code) = said(&["generate", "--out", &out, "--population", "10000000000"]);
    assert!(code == 2 && message.contains("--force"), "{message}");
    assert_eq!(std::fs::read(&out).unwrap(), before);
    let (message, code) = said(&["generate", "--out", "people.json"]);
    assert!(code == 2 && message.contains("end the name in .parquet, .csv or .tsv"), "{message}");
}

/// A killed program leaves no file of the name that was asked for, and the next one removes its drafts; one that is
/// asked to end leaves nothing.
#[cfg(unix)]
#[test]
fn a_killed_program_leaves_no_half_written_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("people.parquet");
    for signal in ["-KILL", "-INT", "-TERM", "-KILL", "-HUP"] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_repat"))
            .args(["generate", "--population", "1000000000000", "--out", out.to_str().unwrap()])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let drafts = || std::fs::read_dir(folder.path()).unwrap().flatten();
        let written = || drafts().map(|draft| draft.metadata().unwrap().len()).sum::<u64>();
        let since = std::time::Instant::now();
        std::thread::sleep(std::time::Duration::from_millis(100));
        let before = written();
        while written() < before + 10_000 && since.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(written() > before, "nothing was being written");
        std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let ended = child.wait().unwrap();
        assert!(!out.exists() && !ended.success());
        if signal == "-KILL" {
            assert_eq!(drafts().count(), 2);
        } else {
            assert_eq!((ended.code(), drafts().count()), (Some(130), 0), "{signal}");
        }
    }
}

/// Limits of all kinds: a number, a share, and the people of the other side.
const LIMITED: [&str; 3] =
    ["1952-01-02-one-for-one:surplus=retained", "1952-06-15-zhou-numbers", "1952-09-fifth-withheld"];

fn asked(proposals: &[&'static str]) -> Vec<&'static str> {
    proposals.iter().flat_map(|proposal| ["--proposal", proposal]).collect()
}

/// Rows of a CSV table in which the cell before the number is an outcome, with these cells, where anybody is counted.
fn counted(arguments: &[&str], cells: std::ops::Range<usize>) -> Vec<(Vec<String>, u64)> {
    let printed =
        printed(&[arguments, &["--replicates", "1", "--engine", "individuals", "--format", "csv"]].concat());
    let records = csv::Reader::from_reader(printed.as_bytes()).into_records();
    let rows = records.map(|record| {
        let row: Vec<String> = record.unwrap().iter().map(String::from).collect();
        (row[cells.clone()].to_vec(), row[cells.end].parse().unwrap())
    });
    let mut rows: Vec<(Vec<String>, u64)> = rows.filter(|(_, people)| *people > 0).collect();
    rows.sort();
    rows
}

#[test]
fn limits_leave_as_many_with_each_outcome_as_a_run_counts() {
    let folder = tempfile::tempdir().unwrap();
    let size = ["--population", "250000", "--seed", "7"];
    let more = [&size[..], &asked(&LIMITED)].concat();
    let parquet = rows(&generated(folder.path(), "people.parquet", &more));
    assert_eq!(parquet, csv_rows(&generated(folder.path(), "people.csv", &more)));
    for (position, proposal) in LIMITED.iter().enumerate() {
        let run = [&["run", "--by", "stratum", "--proposal", proposal], &size[..]].concat();
        // stratum, outcome
        assert_eq!(tally(&parquet, &[0, 7 + position]), counted(&run, 3..5), "{proposal}");
    }
    // The same people are over limits of two texts as in a comparison.
    let compare = [&["compare"], &size[..], &asked(&[LIMITED[0], LIMITED[2]])].concat();
    assert_eq!(tally(&parquet, &[7, 9]), counted(&compare, 5..7));
}

/// What a text gives a row does not depend on which others are asked, nor on threads.
#[test]
fn outcomes_that_limits_decide_depend_on_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let outcomes = |name: &str, proposals: &[&'static str], more: &[&str]| -> Vec<String> {
        let rows = csv_rows(&generated(folder.path(), name, &[&asked(proposals)[..], more].concat()));
        rows.into_iter().map(|row| row.last().unwrap().clone()).collect()
    };
    let alone = outcomes("alone.csv", &LIMITED[1..2], &["--threads", "1"]);
    assert_eq!(outcomes("beside.csv", &[LIMITED[0], LIMITED[2], LIMITED[1]], &[]), alone);
    assert_ne!(outcomes("replicate.csv", &LIMITED[1..2], &["--replicate", "1"]), alone);
}

/// Of the people of one kind, as many of the first half are over the limit as of the second: within 6 standard
/// deviations, 2e-9 to fail by chance; the seed is fixed. Were they in order, it would fail.
#[test]
fn who_is_over_a_limit_does_not_follow_the_order_of_rows() {
    let folder = tempfile::tempdir().unwrap();
    let rows = csv_rows(&generated(folder.path(), "people.csv", &asked(&LIMITED[..1])));
    let kind = ["kpa-north", "unc", "kpa", "korean", "north", "own-side"];
    let outcomes = rows.iter().filter(|row| [0, 2, 3, 4, 5, 6].map(|cell| row[cell].as_str()) == kind);
    let retained: Vec<bool> = outcomes.map(|row| row[7] == "retained").collect();
    let far = |retained: &[bool]| {
        let (people, over) = (retained.len() as f64, retained.iter().filter(|over| **over).count() as f64);
        let in_first_half = retained[..retained.len() / 2].iter().filter(|over| **over).count() as f64;
        let deviation = (over * (people - over) / people / 4.0).sqrt();
        (in_first_half - over / 2.0).abs() / deviation
    };
    assert!(retained.len() > 10_000 && retained.contains(&true) && retained.contains(&false));
    assert!(far(&retained) < 6.0, "{}", far(&retained));
    let mut in_order = retained;
    in_order.sort_unstable();
    assert!(far(&in_order) > 6.0);
}
