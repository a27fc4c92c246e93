//! Where a parameter makes a proposal's expected count equal another's, or a number.

use serde_json::Value;

use crate::{FIXED, printed, said};

const LIST: &str = "1952-07-13-unc-list";

fn solved(arguments: &[&str]) -> Value {
    let arguments = [&["solve", "--format", "json", "--proposal", LIST], arguments].concat();
    let json: Value = serde_json::from_str(&printed(&arguments)).unwrap();
    assert!(json["notes"].to_string().contains("synthetic"));
    json
}

/// The list sends back whom the screening found willing, and everybody whom the KPA/CPV hold.
/// Where all other parameters are fixed, the count falls by 95,531 people times `kpa_refusal`,
/// and the value sought has a closed form.
#[test]
fn a_linear_count_is_solved_as_by_hand() {
    let others = 20_700.0 * (1.0 - 0.69 - 0.00074) + 16_243.0 * 0.28 + 37_000.0 * 0.27 + 11_559.0;
    for target in ["110000", "83_000", "70,000"] {
        let json = solved(&[&["--vary", "kpa_refusal", "--target", target][..], &FIXED].concat());
        let people: f64 = target.replace([',', '_'], "").parse().unwrap();
        let by_hand = 1.0 - 0.00074 - (people - others) / 95_531.0;
        assert_eq!(json["rows"].as_array().unwrap().len(), 1, "{json}");
        let value = json["rows"][0]["value"].as_f64().unwrap();
        assert!((value - by_hand).abs() <= 1e-9, "{value} is not {by_hand}");
        assert!((json["rows"][0]["people"].as_f64().unwrap() - people).abs() < 1e-3, "{json}");
        assert!(json["seed"].is_null() && json["replicates"].is_null());
    }
}

/// `repat run` at the value found expects the number asked for, other parameters uncertain.
#[test]
fn a_run_at_the_value_found_gives_the_number_asked_for() {
    let few = ["--replicates", "100"];
    let json = solved(&[&["--vary", "kpa_refusal", "--target", "83000"][..], &few].concat());
    let set = format!("kpa_refusal={}", json["rows"][0]["value"]);
    let run = ["run", "--engine", "exact", "--format", "json", "--proposal", LIST, "--set", &set];
    let run: Value = serde_json::from_str(&printed(&[&run[..], &few].concat())).unwrap();
    assert_eq!(run["rows"][0]["outcome"], "repatriated");
    assert!((run["rows"][0]["mean"].as_f64().unwrap() - 83_000.0).abs() < 1e-3, "{run}");
}

#[test]
fn solve_says_where_two_proposals_are_even() {
    let even = ["solve", "--vary", "kpa_refusal", "--proposal", LIST, "--equals", "1952-07-03-nam-il"];
    insta::assert_snapshot!(printed(&[&even[..], &FIXED].concat()));
}

#[test]
fn solve_says_how_far_apart_they_stay() {
    let apart = [
        "solve",
        "--vary",
        "stay_elsewhere",
        "--proposal",
        "1952-03-27-draft:left=retained",
        "--equals",
        "1952-07-03-nam-il",
        "--outcome",
        "released",
        "--replicates",
        "50",
    ];
    insta::assert_snapshot!(printed(&apart));
}

#[test]
fn solve_says_where_a_parameter_changes_nothing() {
    let few = ["--vary", "kpa_refusal", "--replicates", "20"];
    let same = solved(&[&few[..], &["--equals", "1952-04-28-unc-package"]].concat());
    assert_eq!(same["everywhere"], true);
    assert!(same["rows"].as_array().unwrap().is_empty());
    let july = ["solve", "--proposal", "1952-07-03-nam-il", "--target", "100"];
    let text = printed(&[&july[..], &few].concat());
    assert!(text.contains("1952-07-03-nam-il less 100 is 127,690 people throughout"), "{text}");
}

#[test]
fn only_the_values_between_are_scanned() {
    let between = |ends| {
        let asked = ["--vary", "kpa_refusal", "--target", "83000", "--between", ends];
        solved(&[&asked[..], &FIXED].concat())
    };
    let within = between("0.4,0.5");
    assert_eq!((&within["scanned"]["from"], &within["scanned"]["to"]), (&0.4.into(), &0.5.into()));
    assert_eq!(within["scanned"]["limit_of_the_possible"], false);
    assert_eq!(within["rows"].as_array().unwrap().len(), 1);
    let beside = between("0,0.4");
    assert!(beside["rows"].as_array().unwrap().is_empty());
    assert!(beside["least"]["difference"].as_f64().unwrap() > 0.0);
    assert_eq!(beside["least"]["value"], 0.4);
    let beyond = between("0.9,1");
    assert_eq!(beyond["scanned"]["limit_of_the_possible"], true);
    assert!((beyond["scanned"]["to"].as_f64().unwrap() - 0.99926).abs() < 1e-8);
}

#[test]
fn what_cannot_be_solved_is_refused() {
    let asked = |more: &[&'static str]| -> Vec<&str> {
        [&["solve", "--vary", "kpa_refusal", "--proposal", LIST], more].concat()
    };
    let exceeding = ["solve", "--vary", "southern_pow_north", "--proposal", LIST, "--target", "1"];
    let exceeding = |ends| [&exceeding[..], &["--between", ends]].concat();
    let mistakes = [
        (asked(&[]), "--equals"),
        (asked(&["--target", "4", "--equals", LIST]), "cannot be used with"),
        (asked(&["--target", "-4"]), "write a whole number of people, 0 or more"),
        (asked(&["--target", "181034"]), "there are only 181,033 prisoners"),
        (asked(&["--target", "4", "--between", "0.5,0.3"]), "write the lower value first"),
        (asked(&["--target", "4", "--between", "0.5,0.5"]), "write the lower value first"),
        (asked(&["--target", "4", "--between", "-1,0.5"]), "must lie between 0 and 1"),
        (asked(&["--target", "4", "--between", "0.5"]), "write LOW,HIGH"),
        (asked(&["--target", "4", "--set", "kpa_refusal=0.3"]), "cannot be varied and set at once"),
        (vec!["solve", "--vary", "kpa_refusl", "--proposal", LIST, "--target", "4"], "`kpa_refusal`?"),
        (vec!["solve", "--vary", "kpa_refusal", "--target", "4"], "--proposal"),
        (exceeding("0.93,1"), "make shares exceed 1"),
        (exceeding("0.999,1"), "leave nothing for the rest"),
    ];
    for (arguments, expected) in mistakes {
        let (message, code) = said(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

/// A distribution without a rest holds at one value only; so does one that lacks a branch.
#[test]
fn a_parameter_that_must_keep_its_value_cannot_be_varied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tight.toml");
    let text = r#"
base = "korea/1952-07-03"
title = "A share without a rest"

[parameters.half]
value = 0.5
status = "assumed"
note = "For a test."

[[stratum]]
id = "us"
size = 3_198
status = "assumed"
note = "For a test."
captor = "kpa-cpv"
force = "un-contingent"
nationality = "non-korean"
residence = "abroad"
wish = { captor-side = "$half", own-side = 0.5 }
"#;
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let (message, code) = said(&["solve", file, "--vary", "half", "--proposal", LIST, "--target", "4"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("give one level the \"rest\""), "{message}");
}
