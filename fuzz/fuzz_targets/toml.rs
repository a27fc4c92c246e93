//! A setting, a bibliography, a scenario, a proposal or a sweep of any text: it is loaded or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repat::input::{InMemoryFiles, Request, load, load_sweep};

/// The first byte says which file the others are.
const FILES: [&str; 5] =
    ["setting.toml", "sources.toml", "mine.toml", "proposals/mine.toml", "sweeps/mine.toml"];

const SCENARIO: &str = "base = \"korea/1952-07-03\"\ntitle = \"Mine\"\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((which, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mut in_memory = InMemoryFiles::default();
    in_memory.insert("mine.toml", SCENARIO);
    in_memory.insert(FILES[usize::from(*which) % FILES.len()], text);
    let request = |proposals: &[&str]| Request {
        scenario: "mine.toml".into(),
        proposals: proposals.iter().map(ToString::to_string).collect(),
        in_memory: in_memory.clone(),
        ..Request::default()
    };
    let results = [load(&request(&[])).err(), load(&request(&["proposals/mine.toml"])).err()];
    let swept = load_sweep("sweeps/mine.toml", &in_memory).err();
    results.into_iter().flatten().chain(swept).for_each(|error| drop(error.to_string()));
});
