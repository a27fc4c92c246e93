//! No input makes the program panic.

use std::path::Path;

use proptest::prelude::*;

use crate::{project, repat};

/// The shipped setting in a folder of its own.
fn copy_of_korea(folder: &Path) {
    let korea = project().join("scenarios/korea");
    std::fs::create_dir_all(folder.join("proposals")).unwrap();
    for below in ["", "proposals"] {
        for file in crate::files_in(&korea.join(below), "toml") {
            std::fs::copy(&file, folder.join(below).join(file.file_name().unwrap())).unwrap();
        }
    }
}

const FILES: [&str; 4] =
    ["setting.toml", "sources.toml", "1951-12-18-lists.toml", "proposals/1952-03-27-draft.toml"];

/// What people and editors do to files, and what fuzzers do.
#[derive(Debug, Clone)]
enum Damage {
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, String),
    Replace(&'static str, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0usize..20_000;
    let words = prop::sample::select(vec![
        ("\"rest\"", "0.5"),
        ("95_531", "-1"),
        ("0.8", "nan"),
        ("\"korean\"", "\"\""),
        ("[", "[["),
        ("count = 32", "count = 1_000_001"),
        ("\"$kpa_refusal\"", "1e308"),
        ("wish", "given"),
        ("north", "nörth"),
        ("\"retained\"", "\"$clause-b\""),
        ("captor", "force"),
        ("home", "wish"),
        ("value = 0.0", "value = 1.0"),
        ("uniform", "beta"),
    ]);
    prop_oneof![
        (place.clone(), 1usize..400).prop_map(|(at, length)| Damage::Cut(at, length)),
        (place.clone(), 1usize..400).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (place, "\\PC{1,12}").prop_map(|(at, text)| Damage::Insert(at, text)),
        words.prop_map(|(from, to)| Damage::Replace(from, to)),
    ]
}

fn damaged(text: &str, damage: &Damage) -> Vec<u8> {
    let bytes = text.as_bytes();
    let within = |at: usize| at % bytes.len();
    match damage {
        Damage::Cut(at, length) => {
            let end = (within(*at) + length).min(bytes.len());
            [&bytes[..within(*at)], &bytes[end..]].concat()
        }
        Damage::Repeat(at, length) => {
            let end = (within(*at) + length).min(bytes.len());
            [&bytes[..end], &bytes[within(*at)..]].concat()
        }
        Damage::Insert(at, more) => [&bytes[..within(*at)], more.as_bytes(), &bytes[within(*at)..]].concat(),
        Damage::Replace(from, to) => text.replace(from, to).into_bytes(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_run_or_refused(file in prop::sample::select(&FILES[..]), damage in damage()) {
        let folder = tempfile::tempdir().unwrap();
        copy_of_korea(folder.path());
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, damaged(&text, &damage)).unwrap();
        let scenario = folder.path().join("1952-07-03.toml").display().to_string();
        let arguments = ["run", &scenario, "--engine", "counts", "--replicates", "3"];
        let output = repat(&arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        prop_assert!(matches!(output.status.code(), Some(0..=2)), "{errors}");
        prop_assert!(!errors.contains("panicked"), "{errors}");
        if !output.status.success() {
            prop_assert!(errors.contains("error: ") && output.stdout.is_empty(), "{errors}");
        }
    }
}
