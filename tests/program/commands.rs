//! What the commands say.

use crate::{FIXED, printed, repat, said};

const SOUTHERNER: [&str; 5] =
    ["captor=unc", "force=kpa", "nationality=korean", "residence=south", "wish=own-side"];

fn explained(proposal: &str, more: &[&str]) -> String {
    printed(&[&["explain", proposal], SOUTHERNER.as_slice(), more].concat())
}

#[test]
fn explain_names_the_rule_its_citation_and_what_other_readings_give() {
    insta::assert_snapshot!(explained("1952-03-27-draft", &[]));
}

#[test]
fn explain_says_where_a_text_is_silent() {
    insta::assert_snapshot!(explained("1952-03-27-draft:clause-b=as-printed", &[]));
}

#[test]
fn explain_speaks_json() {
    let json: serde_json::Value =
        serde_json::from_str(&explained("1952-07-03-nam-il", &["--format", "json"])).unwrap();
    assert_eq!(json["outcome"], "released");
    assert_eq!(json["wish_accepts"], false);
    assert_eq!(json["rows"][0]["rule"], "korean-home-with-captor");
    assert_eq!(json["rows"][0]["role"], "decides");
    assert_eq!(json["rows"][0]["source"], "cable-1952-07-07");
    assert_eq!(json["readings_in_force"][0]["others_give"]["option"], "repatriated");
    assert_eq!(json["profile"]["home"], "captor-area");
}

#[test]
fn diff_says_in_one_condition_what_july_changed() {
    insta::assert_snapshot!(printed(&["diff", "1952-03-27-draft", "1952-07-03-nam-il"]));
}

#[test]
fn diff_compares_two_readings_of_one_proposal() {
    insta::assert_snapshot!(printed(&["diff", "1952-03-27-draft:clause-b=as-printed", "1952-03-27-draft"]));
}

#[test]
fn diff_of_a_proposal_with_itself_is_nobody() {
    let same = ["diff", "1952-03-27-draft", "1952-03-27-draft", "--scenario", "korea/1952-07-03"];
    insta::assert_snapshot!(printed(&same));
}

#[test]
fn diff_counts_people_with_an_interval() {
    let proposals = ["diff", "1952-03-27-draft", "1952-07-03-nam-il"];
    let counted = printed(&[&proposals[..], &["korea/1952-07-03"]].concat());
    insta::assert_snapshot!(counted);
    assert_eq!(counted, printed(&[&proposals[..], &["--scenario", "korea/1952-07-03"]].concat()));
}

#[test]
fn a_scenario_is_named_alone_or_by_its_option_and_once() {
    let counts = ["--engine", "counts", "--replicates", "10"];
    for command in ["run", "compare"] {
        let alone = [&[command, "korea/southern-share"][..], &counts].concat();
        let option = [&[command, "--scenario", "korea/southern-share"][..], &counts].concat();
        assert_eq!(printed(&alone), printed(&option));
        let (message, code) = said(&[&alone[..], &["--scenario", "korea/1952-07-03"]].concat());
        assert_eq!(code, 2, "{message}");
        assert!(message.contains("cannot be used with"), "{message}");
    }
}

#[test]
fn columns_of_a_breakdown_may_be_named_with_commas() {
    let run = |by: &[&str]| printed(&[&["run", "--engine", "counts", "--replicates", "10"], by].concat());
    assert_eq!(run(&["--by", "captor,force"]), run(&["--by", "captor", "--by", "force"]));
}

/// Where all parameters are fixed, the people moved are exact: 28 % of 16,243 want to go North and
/// 5 % would stay elsewhere in the South, the same 0.065 % go to a third country.
#[test]
fn diff_is_exact_where_the_parameters_are_fixed() {
    let diff = [
        "diff",
        "1952-03-27-draft",
        "1952-07-03-nam-il",
        "--scenario",
        "korea/1952-07-03",
        "--engine",
        "exact",
        "--format",
        "json",
        "--set",
        "kpa_refusal=0.35",
    ];
    let json: serde_json::Value = serde_json::from_str(&printed(&[&diff[..], &FIXED].concat())).unwrap();
    let expected = 16_243.0 * (0.28 + 0.05);
    assert_eq!(json["rows"][0]["from"], "repatriated");
    assert!((json["rows"][0]["mean"].as_f64().unwrap() - expected).abs() < 1e-6);
    assert_eq!(json["people_moved"]["mean"], json["rows"][0]["mean"]);
    assert!(json["people_moved"]["q50"].is_null());
}

#[test]
fn list_shows_what_is_built_in() {
    let list = printed(&["list"]);
    for word in ["korea/1952-07-03", "1952-03-27-draft", "clause-b", "emended (default)", "cable-1952-07-07"]
    {
        assert!(list.contains(word), "{word} is missing from\n{list}");
    }
}

#[test]
fn list_prints_only_sections_with_entries() {
    let list = printed(&["list", "kpa_refusal"]);
    assert!(list.contains("korea/1952-07-03"), "{list}");
    for absent in ["Attributes", "Sources", "south-asia"] {
        assert!(!list.contains(absent), "{absent} is in\n{list}");
    }
}

#[test]
fn list_shows_one_setting_by_name_or_folder() {
    let list = printed(&["list", "south-asia"]);
    assert!(list.starts_with("Setting south-asia") && !list.contains("Setting korea"), "{list}");
    assert_eq!(list, printed(&["list", "scenarios/south-asia"]));
}

#[test]
fn list_says_when_nothing_is_found() {
    let (message, code) = said(&["list", "zzz"]);
    assert_eq!(code, 2);
    assert!(message.contains("nothing has `zzz` in its name"), "{message}");
    assert!(said(&["list", "kpa_refusl"]).0.contains("did you mean `kpa_refusal`?"));
}

#[test]
fn list_speaks_json_with_bounds_readings_and_descriptions() {
    let json: serde_json::Value = serde_json::from_str(&printed(&["list", "--format", "json"])).unwrap();
    let settings = json["settings"].as_array().unwrap();
    let find = |list: &serde_json::Value, key: &str, name: &str| {
        let mut entries = list.as_array().unwrap().iter();
        entries.find(|entry| entry[key] == name).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    let korea = find(&json["settings"], "id", "korea");
    assert_eq!(settings.len(), 2);
    let scenario = find(&korea["scenarios"], "name", "korea/1951-12-18-lists");
    let refusal = find(&scenario["parameters"], "name", "kpa_refusal");
    assert_eq!((refusal["least"].as_f64(), refusal["most"].as_f64()), (Some(0.06), Some(0.46)));
    let draft = find(&korea["proposals"], "id", "1952-03-27-draft");
    assert_eq!(find(&draft["readings"], "name", "left")["default"], "released");
    let captor = find(&korea["attributes"], "name", "captor");
    assert!(find(&captor["levels"], "name", "unc")["description"].as_str().unwrap().starts_with("UNC: "));
    for list in ["outcomes", "sweeps", "targets", "sources"] {
        assert!(!korea[list].as_array().unwrap().is_empty(), "{list}");
    }
}

#[test]
fn check_says_how_much_was_proved() {
    insta::assert_snapshot!(printed(&["check"]));
    assert_eq!(printed(&["check"]), printed(&["check", "scenarios"]));
}

/// Every proposal's means add up to the population, digit by digit, for every engine.
#[test]
fn means_add_up_to_the_last_digit() {
    let millionths = |text: &str| -> u128 {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{decimals:0<6}").parse().unwrap()
    };
    for more in [&["--engine", "exact"][..], &["--engine", "exact", "--by", "wish"], &["--replicates", "7"]] {
        let csv = printed(&[&["run", "--format", "csv"], more].concat());
        let mut sums = std::collections::BTreeMap::new();
        let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let mean = header.iter().position(|column| *column == "mean").unwrap();
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            *sums.entry(cells[1].to_string()).or_insert(0) += millionths(cells[mean]);
        }
        assert_eq!(sums.len(), 7);
        assert!(sums.values().all(|sum| *sum == 181_033_000_000), "{more:?}: {sums:?}");
    }
}

#[test]
fn readings_of_one_proposal_can_stand_side_by_side() {
    let table = printed(&[
        "run",
        "--engine",
        "counts",
        "--replicates",
        "100",
        "--proposal",
        "1952-03-27-draft",
        "--proposal",
        "1952-03-27-draft:left=retained,wish-test=stay",
    ]);
    insta::assert_snapshot!(table);
}

#[test]
fn a_population_can_be_scaled() {
    let csv = printed(&["run", "--population", "1000", "--engine", "exact", "--format", "csv"]);
    let total: f64 =
        csv.lines().skip(1).take(3).map(|l| l.split(',').nth(4).unwrap().parse::<f64>().unwrap()).sum();
    assert_eq!(total, 1_000.0);
}

const DRAFT: &str = "1952-03-27-draft";
const SUMMARY: &str = "1952-03-27-vyshinsky";

/// A value of a reading chosen once for all texts, and once for each that has it.
fn shared(value: &str) -> Vec<String> {
    vec!["--reading".into(), format!("*.left={value}")]
}

fn each(proposals: &[&str], value: &str) -> Vec<String> {
    let choices = proposals.iter().map(|proposal| format!("{proposal}.left={value}"));
    choices.flat_map(|choice| ["--reading".into(), choice]).collect()
}

fn with<'a>(command: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
    command.iter().copied().chain(more.iter().map(String::as_str)).collect()
}

/// The third text of some of these commands has no such reading.
#[test]
fn a_reading_chosen_for_every_proposal_is_chosen_in_each() {
    let all = ["--proposal", DRAFT, "--proposal", SUMMARY, "--proposal", "1952-07-03-nam-il"];
    let counted = ["--replicates", "10", "--format", "csv"];
    let diff = ["diff", DRAFT, SUMMARY];
    let solve = ["solve", "--vary", "stay_elsewhere", "--proposal", DRAFT, "--outcome", "released"];
    let northerner = ["captor=unc", "force=kpa", "nationality=korean", "residence=north", "wish=home"];
    let (draft, both) = (&[DRAFT][..], &[DRAFT, SUMMARY][..]);
    let commands = [
        ([&["run"], &all[..], &counted].concat(), both),
        ([&["compare"], &all[..], &counted].concat(), both),
        (diff.to_vec(), both),
        ([&diff[..], &["--scenario", "korea/1952-07-03"], &counted].concat(), both),
        ([&solve[..], &["--target", "8000", "--replicates", "10"]].concat(), draft),
        ([&["explain", DRAFT], &northerner[..]].concat(), draft),
    ];
    for (command, proposals) in &commands {
        let [released, retained] = ["released", "retained"].map(|value| {
            let told = printed(&with(command, &shared(value)));
            assert_eq!(told, printed(&with(command, &each(proposals, value))), "{command:?}");
            told
        });
        assert_ne!(released, retained, "{command:?}");
    }
}

#[test]
fn a_reading_chosen_for_every_proposal_is_chosen_in_rosters_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let plain = path("plain.csv");
    repat(&["generate", "--population", "500", "--out", &plain]).assert().success();
    let written = |command: &[&str], readings: &[String]| {
        let out = path("judged.csv");
        let both = ["--force", "--out", &out, "--proposal", DRAFT, "--proposal", SUMMARY];
        repat(&with(&[command, &both].concat(), readings)).assert().success();
        std::fs::read_to_string(&out).unwrap()
    };
    for command in [&["generate", "--population", "500"][..], &["classify", &plain]] {
        let [released, retained] = ["released", "retained"].map(|value| {
            let judged = written(command, &shared(value));
            assert_eq!(judged, written(command, &each(&[DRAFT, SUMMARY], value)));
            judged
        });
        assert_ne!(released, retained);
    }
}

#[test]
fn a_choice_for_one_proposal_prevails_over_one_for_all() {
    let run = |draft: &str, summary: &str, readings: &[String]| {
        let proposals = ["run", "--engine", "exact", "--proposal", draft, "--proposal", summary];
        printed(&with(&proposals, readings))
    };
    let [draft_retained, summary_retained] = [DRAFT, SUMMARY].map(|id| format!("{id}:left=retained"));
    let draft_released = format!("{DRAFT}:left=released");
    let mixed = run(&draft_released, &summary_retained, &[]);
    assert_eq!(run(DRAFT, &summary_retained, &shared("released")), mixed);
    for choices in
        [[each(&[DRAFT], "released"), shared("retained")], [shared("retained"), each(&[DRAFT], "released")]]
    {
        assert_eq!(run(DRAFT, SUMMARY, &choices.concat()), mixed);
    }
    assert_ne!(run(&draft_retained, &summary_retained, &[]), mixed);
}

/// Every command that counts counts the same people.
#[test]
fn commands_can_be_restricted_to_some_people() {
    let counts = ["--engine", "counts", "--replicates", "50", "--format", "json"];
    let rows = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let json: serde_json::Value = serde_json::from_str(&printed(&[arguments, &counts].concat())).unwrap();
        json["rows"].as_array().unwrap().clone()
    };
    let two = ["--proposal", "1952-03-27-draft", "--proposal", "1952-07-03-nam-il"];
    let only = ["--where", "captor=unc", "--where", "force!=cpv,roka"];
    let run = rows(&[&["run"], &two[..], &only].concat());
    let compare = rows(&[&["compare"], &two[..], &only].concat());
    let people = |rows: &[serde_json::Value], from: &str| -> f64 {
        let rows = rows.iter().filter(|row| row["outcome"] == from || row["from"] == from);
        rows.map(|row| row["mean"].as_f64().unwrap()).sum()
    };
    for outcome in ["repatriated", "released", "retained"] {
        let under_the_draft = people(&run[..3], outcome);
        assert!((under_the_draft - people(&compare, outcome)).abs() < 1e-3, "{outcome}: {run:?} {compare:?}");
    }
    let diff =
        rows(&[&["diff", "1952-03-27-draft", "1952-07-03-nam-il", "korea/1952-07-03"], &only[..]].concat());
    let moved = compare.iter().find(|row| row["from"] == "repatriated" && row["to"] == "released").unwrap();
    assert_eq!(diff[0]["mean"], moved["mean"]);
    let nobody = rows(&[
        "diff",
        "1952-03-27-draft",
        "1952-07-03-nam-il",
        "korea/1952-07-03",
        "--where",
        "captor=kpa-cpv",
    ]);
    assert_eq!(nobody[0]["mean"], 0.0);
    insta::assert_snapshot!(printed(&[
        "run",
        "--where",
        "captor=unc",
        "--where",
        "wish!=own-side",
        "--replicates",
        "20",
        "--by",
        "force",
        "--proposal",
        "1952-07-03-nam-il"
    ]));
}

#[test]
fn solve_looks_for_crossings_among_some_people() {
    let solve = |only: &[&str]| -> f64 {
        let solve =
            ["solve", "--vary", "kpa_refusal", "--proposal", "1952-07-13-unc-list", "--format", "json"];
        let json: serde_json::Value = serde_json::from_str(&printed(&[&solve[..], only].concat())).unwrap();
        json["rows"][0]["value"].as_f64().unwrap()
    };
    // Those held by the KPA/CPV are handed over whatever `kpa_refusal` is.
    let all = solve(&["--target", "94,559"]);
    let held_by_the_unc = solve(&["--target", "83,000", "--where", "captor=unc"]);
    assert!((all - held_by_the_unc).abs() < 1e-6, "{all} is not {held_by_the_unc}");
    let others_too = solve(&["--target", "83,000"]);
    assert!((others_too - held_by_the_unc).abs() > 0.05, "{others_too}");
}

#[test]
fn a_restriction_to_nothing_is_refused() {
    let (message, code) = said(&["run", "--where", "captr=unc", "--where", "captor=un"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("did you mean `captor`?") && message.contains("has no level `un`"), "{message}");
    for wrong in ["captor", "=unc", "captor=", "captor=unc,,roka"] {
        let (message, code) = said(&["run", "--where", wrong]);
        assert!(code == 2 && message.contains("write ATTRIBUTE=LEVEL"), "{message}");
    }
}
