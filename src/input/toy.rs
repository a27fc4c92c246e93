//! A toy setting that exists only in memory, for tests.

use std::sync::Arc;

use super::fields::{Fields, parse};
use super::files::InMemoryFiles;
use super::load::{Loaded, Request, load};
use super::problems::Problems;
use crate::domain::{Error, Problem, SourceFile};

pub(super) const SETTING: &str = r#"title = "A toy war"

[attributes]
captor = ["unc", "kpa"]
wish = ["home", "stay", "none"]

[outcomes]
repatriated = { kind = "handed-over", meaning = "Handed over to the other side" }
released = { kind = "freed", meaning = "Freed on the detaining side" }
retained = { kind = "held", meaning = "Kept in custody" }

[derived.asked]
levels = ["yes", "no"]
rules = [
    { when = { wish = ["home", "stay"] }, then = "yes" },
    { when = { wish = "none" }, then = "no" },
]

[[accepts]]
when = { wish = "home" }
then = ["repatriated"]

[[accepts]]
when = { wish = "stay" }
then = ["released"]

[[accepts]]
when = { asked = "no" }
then = ["repatriated", "released", "retained"]
note = "Nobody asked him."
"#;

pub(super) const SOURCES: &str = "[memo]\ntitle = \"A memorandum\"\n";

pub(super) const PROPOSAL: &str = r#"id = "ask"
title = "Ask everybody"
date = 1952-07-03

[readings.left]
question = "What happens to a man who stays?"
retained = "He stays in custody."
released = "He is set free."
default = "retained"

[[rule]]
id = "home"
when = { wish = "home" }
then = "repatriated"
citation = { source = "memo", locus = "section 1" }

[[rule]]
id = "stay"
when = { wish = "stay" }
then = "$left"
citation = { source = "memo", locus = "section 2", status = "unverified" }

[[silence]]
when = { asked = "no" }
then = "retained"
note = "Of these nothing is said."

[[case]]
name = "Who stays may be set free"
profile = { wish = "stay" }
reading = { left = "released" }
expect = "released"
"#;

pub(super) const SCENARIO: &str = r#"title = "Everybody"
proposals = ["ask"]

[parameters.refusal]
beta = [35, 65]
source = "memo"

[[stratum]]
id = "north"
size = 100
source = "memo"
captor = "unc"
wish = { stay = "$refusal", home = "rest" }

[[stratum]]
id = "south"
size = 50
status = "assumed"
captor = { unc = 0.5, kpa = 0.5 }
wish = { given = "captor", unc = "none", kpa = { home = 0.25, none = "rest" } }
units = { count = 5, vary = "captor", concentration = 2.0, status = "assumed" }
"#;

pub(super) const SWEEP: &str = r#"title = "How many refuse?"
scenario = "../all.toml"
design = "grid"
replicates = 10

[[axis]]
parameter = "refusal"
from = 0.1
to = 0.5
points = 5

[[axis]]
reading = "ask.left"
"#;

/// The toy proposal's file.
pub(super) const ASK: &str = "toy/proposals/ask.toml";

/// The file of a second proposal.
pub(super) const SECOND: &str = "toy/proposals/second.toml";

/// The files of the toy setting.
pub(super) const FILES: [(&str, &str); 5] = [
    ("toy/setting.toml", SETTING),
    ("toy/sources.toml", SOURCES),
    (ASK, PROPOSAL),
    ("toy/all.toml", SCENARIO),
    ("toy/sweeps/refusal.toml", SWEEP),
];

/// The toy setting with one file more, or another text for one.
pub(super) fn files_with(name: &str, text: &str) -> InMemoryFiles {
    FILES.into_iter().chain([(name, text)]).collect()
}

/// The toy setting with a second proposal that has a reading `left`: its values are `retained` and this one.
pub(super) fn with_second(value: &str) -> InMemoryFiles {
    let citation = "citation = { source = \"memo\", locus = \"section 1\" }";
    let text = format!(
        "id = \"second\"\ntitle = \"Ask nobody\"\n\
         [readings.left]\nquestion = \"And who stays?\"\ndefault = \"retained\"\n\
         retained = \"He stays in custody.\"\n{value} = \"He goes.\"\n\
         [[rule]]\nid = \"kept\"\nwhen = {{ left = \"retained\" }}\nthen = \"retained\"\n{citation}\n\
         [[rule]]\nid = \"gone\"\nwhen = {{ left = \"{value}\" }}\nthen = \"released\"\n{citation}\n"
    );
    files_with(SECOND, &text)
}

/// The toy scenario with another text.
pub(super) fn load_text(text: &str) -> Result<Loaded, Error> {
    let in_memory = files_with("toy/all.toml", text);
    load(&Request { scenario: "toy/all.toml".into(), in_memory, ..Request::default() })
}

/// The toy scenario, with a passage of its text replaced.
pub(super) fn load_replaced(from: &str, to: &str) -> Result<Loaded, Error> {
    assert!(SCENARIO.contains(from), "{from}");
    load_text(&SCENARIO.replace(from, to))
}

/// The messages of an error's problems.
pub(super) fn messages<T>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(|problem| problem.message.clone()).collect(),
    }
}

/// What is read from a text, and everything that is wrong with it.
pub(super) fn read_text<T>(
    text: &str,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> (Option<T>, Vec<Problem>) {
    let file = Arc::new(SourceFile { name: "toy.toml".into(), text: text.into(), built_in: false });
    let problems = Problems::default();
    let value = parse(&file, &problems, read);
    (value, problems.into_list())
}
