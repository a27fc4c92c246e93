//! What `repat show` says about one thing of each kind.

use crate::{printed, project, said};

#[test]
fn show_says_all_about_one_thing_of_each_kind() {
    let shown = [
        ("setting", "south-asia"),
        ("proposal", "1952-01-02-one-for-one"),
        ("scenario", "korea/1952-07-03"),
        ("parameter", "kpa_refusal"),
        ("attribute", "home"),
        ("level", "wish.home"),
        ("outcome", "neutral"),
        ("target", "handed-over-by-the-unc"),
        ("source", "frus-1952-d215"),
    ];
    for (kind, id) in shown {
        insta::assert_snapshot!(kind, printed(&["show", id]));
    }
}

#[test]
fn show_finds_things_in_a_folder_too() {
    let folder = project().join("scenarios/south-asia").display().to_string();
    let outside = printed(&["show", "1974-04-09", "--setting", &folder]);
    assert_eq!(outside, printed(&["show", "1974-04-09"]));
    assert!(outside.starts_with("Scenario south-asia/1974-04-09"), "{outside}");
}

#[test]
fn what_there_is_not_is_refused_with_what_was_meant() {
    let (message, code) = said(&["show", "kpa_refusl"]);
    assert!(message.contains("did you mean `kpa_refusal`?"), "{message}");
    assert_eq!(code, 2);
    let (message, _) = said(&["show", "kpa_refusal", "--setting", "south-asia"]);
    assert!(message.contains("there is no `kpa_refusal` in south-asia"), "{message}");
}
