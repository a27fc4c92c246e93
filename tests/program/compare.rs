//! Proposals compared two by two on the same people.

use polars::prelude::*;

use crate::{printed, said};

const DRAFT: &str = "1952-03-27-draft";
const JULY: &str = "1952-07-03-nam-il";

/// The rows of a comparison as JSON.
fn rows(arguments: &[&str]) -> Vec<serde_json::Value> {
    let arguments = [&["compare", "--format", "json", "--replicates", "50"], arguments].concat();
    let json: serde_json::Value = serde_json::from_str(&printed(&arguments)).unwrap();
    assert!(json["notes"].to_string().contains("synthetic"));
    json["rows"].as_array().unwrap().clone()
}

#[test]
fn compare_shows_a_matrix_with_intervals() {
    insta::assert_snapshot!(printed(&["compare", "--proposal", DRAFT, "--proposal", JULY]));
}

#[test]
fn compare_names_the_readings_that_are_not_defaults() {
    let readings = [
        "compare",
        "--format",
        "markdown",
        "--engine",
        "exact",
        "--proposal",
        "1952-03-27-draft:left=retained,wish-test=stay",
        "--proposal",
        DRAFT,
    ];
    insta::assert_snapshot!(printed(&readings));
}

#[test]
fn every_pair_is_compared_in_declared_order_or_only_those_with_the_baseline() {
    let pairs = |arguments: &[&str]| -> Vec<(String, String)> {
        let name = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_string();
        let rows = rows(arguments);
        let nine =
            rows.chunks(9).map(|nine| (name(&nine[0], "from_proposal"), name(&nine[0], "to_proposal")));
        nine.collect()
    };
    let all = pairs(&[]);
    assert_eq!(all.len(), 7 * 6 / 2);
    assert_eq!(all[0], ("1949-geneva-118".into(), "1952-03-21-principle".into()));
    assert_eq!(all[20], ("1952-07-03-nam-il".into(), "1952-07-13-unc-list".into()));
    let one = pairs(&["--baseline", JULY]);
    assert_eq!(one.len(), 6);
    assert!(one.iter().all(|(from, to)| from == JULY && to != JULY), "{one:?}");
}

/// A baseline counts as named, by its id or its file.
#[test]
fn a_baseline_is_compared_though_no_proposal_names_it() {
    let pairs = |arguments: &[&str]| -> Vec<String> {
        let name = |row: &serde_json::Value| {
            format!("{} -> {}", row["from_proposal"].as_str().unwrap(), row["to_proposal"].as_str().unwrap())
        };
        rows(arguments).iter().step_by(9).map(name).collect()
    };
    let expected = [format!("{DRAFT} -> {JULY}")];
    assert_eq!(pairs(&["--baseline", DRAFT, "--proposal", JULY]), expected);
    let file = crate::project().join(format!("scenarios/korea/proposals/{DRAFT}.toml"));
    let file = file.to_str().unwrap();
    assert_eq!(pairs(&["--baseline", file, "--proposal", JULY]), expected);
    assert_eq!(pairs(&["--baseline", file, "--proposal", JULY, "--proposal", file]), expected);
    let besides = pairs(&["--baseline", "1951-12-12-five-points"]);
    assert_eq!(besides.len(), 7, "{besides:?}");
}

#[test]
fn compare_moves_nobody_against_itself() {
    for proposal in ["1949-geneva-118", DRAFT, JULY, "1952-04-28-unc-package"] {
        let rows = rows(&["--proposal", proposal, "--proposal", proposal]);
        assert_eq!(rows.len(), 9);
        for row in rows.iter().filter(|row| row["from"] != row["to"]) {
            for number in ["mean", "sd", "q05", "q50", "q95", "share"] {
                assert_eq!(row[number].as_f64(), Some(0.0), "{row}");
            }
        }
    }
}

/// The commands count the same people unless told otherwise: what `run` gives a proposal is what `compare` moves
/// away from and towards it, and the people whom `diff` moves are those off the diagonal of `compare`.
#[test]
fn run_compare_and_diff_count_the_same_people() {
    let (draft, list) = (DRAFT, "1952-07-13-unc-list");
    let plan = ["--replicates", "20", "--seed", "7", "--format", "json"];
    let asked = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&printed(&[arguments, &plan].concat())).unwrap()
    };
    let millionths = |row: &serde_json::Value| (row["mean"].as_f64().unwrap() * 1e6).round() as u64;
    let run = asked(&["run", "--proposal", draft, "--proposal", list]);
    let compared = asked(&["compare", "--proposal", draft, "--proposal", list]);
    let differing = asked(&["diff", draft, list, "--scenario", "korea/1952-07-03"]);
    let sum = |of: &dyn Fn(&serde_json::Value) -> bool| -> u64 {
        compared["rows"].as_array().unwrap().iter().filter(|row| of(row)).map(millionths).sum()
    };
    for row in run["rows"].as_array().unwrap() {
        let side = if row["proposal"] == draft { "from" } else { "to" };
        assert_eq!(millionths(row), sum(&|moved| moved[side] == row["outcome"]), "{row}");
    }
    let moved = sum(&|moved| moved["from"] != moved["to"]);
    assert!(moved > 0);
    assert_eq!(millionths(&differing["people_moved"]), moved);
}

#[test]
fn the_means_of_a_pair_add_up_to_the_population() {
    for engine in ["individuals", "counts", "exact"] {
        let millionths = |row: &serde_json::Value| (row["mean"].as_f64().unwrap() * 1e6).round() as u64;
        for pair in rows(&["--engine", engine]).chunks(9) {
            assert_eq!(pair.iter().map(millionths).sum::<u64>(), 181_033_000_000, "{engine}");
        }
    }
}

#[test]
fn a_comparison_can_be_written_with_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let out = path("t.csv").display().to_string();
    let arguments = ["compare", "--replicates", "20", "--baseline", DRAFT, "--out", &out];
    assert_eq!(printed(&arguments), "");
    let csv = std::fs::read_to_string(path("t.csv")).unwrap();
    let header =
        "scenario,from_proposal,from_reading,to_proposal,to_reading,from,to,mean,sd,q05,q50,q95,share";
    assert_eq!(csv.lines().next(), Some(header));
    assert_eq!(csv.lines().count(), 1 + 6 * 9);
    let manifest = std::fs::read(path("t.csv.manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["people_simulated"], 20 * 181_033);
    assert!(manifest["notes"].to_string().contains("synthetic"));
    let (message, code) = said(&arguments);
    assert!(code == 2 && message.contains("--force"), "{message}");
}

/// The same columns and cells as the CSV, with types and with nulls where nothing is to be said.
#[test]
fn a_comparison_is_the_same_in_parquet_as_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (engine, absent) in [("counts", 0), ("exact", 6 * 9)] {
        for name in ["t.csv", "t.parquet"] {
            let out = path(name).display().to_string();
            let compare = ["compare", "--engine", engine, "--replicates", "20", "--baseline", DRAFT];
            assert_eq!(printed(&[&compare[..], &["--out", &out, "--force"]].concat()), "");
            assert!(path(&format!("{name}.manifest.json")).exists());
        }
        let parquet = ParquetReader::new(std::fs::File::open(path("t.parquet")).unwrap()).finish().unwrap();
        let csv = CsvReader::new(std::fs::File::open(path("t.csv")).unwrap()).finish().unwrap();
        assert_eq!(parquet.get_column_names(), csv.get_column_names());
        assert_eq!(parquet.column("q50").unwrap().dtype(), &DataType::Int64);
        assert_eq!(parquet.column("q50").unwrap().null_count(), absent);
        let keys = ["scenario", "from_proposal", "from_reading", "to_proposal", "to_reading", "from", "to"];
        for key in keys.map(|key| parquet.column(key).unwrap()) {
            assert!(matches!(key.dtype(), DataType::Enum(..)) && key.null_count() == 0, "{key:?}");
        }
        for (ours, theirs) in parquet.columns().iter().zip(csv.columns()) {
            let theirs = theirs.cast(ours.dtype()).unwrap();
            match ours.f64() {
                // The CSV has six decimals.
                Ok(ours) => {
                    let pairs = ours.iter().zip(theirs.f64().unwrap().iter());
                    for (ours, theirs) in pairs {
                        assert!((ours.unwrap() - theirs.unwrap()).abs() <= 5.1e-7, "{ours:?} {theirs:?}");
                    }
                }
                Err(_) => assert!(ours.equals_missing(&theirs), "{ours:?} {theirs:?}"),
            }
        }
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let twice = ["--proposal", DRAFT, "--proposal", "1952-03-27-draft:left=retained", "--baseline"];
    let twice = |baseline| [&["compare"], &twice[..], &[baseline]].concat();
    let mistakes: [(&[&str], &str); 6] = [
        (&["compare", "--proposal", JULY], "--proposal names at least two"),
        (&["compare", "--baseline", "1952-07-03-namil"], "did you mean `1952-07-03-nam-il`?"),
        (&twice(DRAFT), "matches 2 of the proposals asked about"),
        (&twice("1952-03-27-draft:left=gone"), "has no value `gone`"),
        (&["compare", "--out", "t.xlsx"], "end the name in .csv, .json, .md, .tex or .parquet"),
        (&["compare", "--replicates", "1000000"], "too much for memory"),
    ];
    for (arguments, expected) in mistakes {
        let (message, code) = said(arguments);
        assert_eq!(code, 2, "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    let json = printed(&[&twice("1952-03-27-draft:left=retained")[..], &["--format", "csv"]].concat());
    assert!(json.lines().nth(1).unwrap().contains("left=retained,1952-03-27-draft,default"), "{json}");
}
