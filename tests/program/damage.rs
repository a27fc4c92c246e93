//! Whatever is done to any input: the program succeeds or refuses, says in which file, soon, in little memory, and
//! leaves nothing behind. `REPAT_TRIALS=20000 cargo test --release --test program damage` tries more than CI does,
//! `REPAT_TRIALS_SEED` others.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};

use crate::{project, repat};

/// Trials of one run of the tests.
const TRIALS: u64 = 400;
/// The longest that a trial may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The memory that a trial may have, in KiB.
const MEMORY: u64 = 1 << 20;

const LIST: &str = "name,captor,force,nationality,residence,wish\n\
A,unc,kpa,korean,north,own-side\n\"Lee, B\",unc,kpa,korean,south,\nC,unc,cpv,chinese,abroad,captor-side\n";

const WORDS: &str = "[residence]\nnorth = [\"Hwanghae\"]\nsouth = \"Kyonggi\"\n";

const SWEEP: &str = "title = \"t\"\nscenario = \"korea/1952-07-03\"\nproposals = [\"1952-03-27-draft\"]\nreplicates = 3\n\
engine = \"counts\"\ndesign = { kind = \"sobol\", points = 16 }\n[[axis]]\nparameter = \"kpa_refusal\"\n\
quantiles = [0.05, 0.95]\n";

/// One sound input of every kind, in a folder, and the commands that read it.
struct Inputs {
    folder: tempfile::TempDir,
}

/// The files that are damaged, and the command that reads each.
const READERS: [(&str, &[&str]); 18] = [
    ("korea/setting.toml", &["run", "korea/1952-07-03.toml", "--engine", "counts", "--replicates", "3"]),
    ("korea/sources.toml", &["run", "korea/1952-07-03.toml", "--engine", "exact", "--replicates", "3"]),
    (
        "korea/1951-12-18-lists.toml",
        &["run", "korea/1952-07-03.toml", "--by", "stratum", "--replicates", "3"],
    ),
    ("korea/1952-07-03.toml", &["run", "korea/1952-07-03.toml", "--engine", "counts", "--replicates", "3"]),
    ("korea/proposals/1952-03-27-draft.toml", &["check", "korea"]),
    (
        "korea/proposals/1952-07-03-nam-il.toml",
        &["diff", "korea/proposals/1952-07-03-nam-il.toml", "1952-03-27-draft"],
    ),
    ("s.toml", &["sweep", "s.toml", "--out", "new"]),
    ("words.toml", &["classify", "list.csv", "--levels", "words.toml", "--out", "new.csv"]),
    ("list.csv", &["classify", "list.csv", "--out", "new.csv"]),
    ("list.csv", &["classify", "list.csv", "--out", "new.parquet"]),
    ("list.parquet", &["classify", "list.parquet", "--out", "new.parquet"]),
    ("list.parquet", &["classify", "list.parquet", "--out", "new.csv"]),
    (
        "list.csv",
        &["classify", "list.csv", "--out", "new.csv", "--limits", "--proposal", "1952-09-fifth-withheld"],
    ),
    ("swept/outcomes.parquet", &["tabulate", "swept", "--rows", "point", "--columns", "outcome"]),
    ("swept/manifest.json", &["tabulate", "swept", "--rows", "point", "--columns", "outcome"]),
    ("swept/journal.jsonl", &["sweep", "s.toml", "--out", "swept", "--resume"]),
    ("shards/shard-1-of-2/journal.jsonl", &["merge", "shards"]),
    ("shards/shard-1-of-2/parts/part-000000.parquet", &["merge", "shards"]),
];

impl Inputs {
    fn new() -> Inputs {
        let folder = tempfile::tempdir().unwrap();
        let korea = project().join("scenarios/korea");
        std::fs::create_dir_all(folder.path().join("korea/proposals")).unwrap();
        for below in ["", "proposals"] {
            for file in crate::files_in(&korea.join(below), "toml") {
                let to = folder.path().join("korea").join(below).join(file.file_name().unwrap());
                std::fs::copy(&file, to).unwrap();
            }
        }
        for (name, text) in [("list.csv", LIST), ("words.toml", WORDS), ("s.toml", SWEEP)] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let make = |arguments: &[&str]| {
            repat(arguments).current_dir(folder.path()).assert().success();
        };
        make(&["generate", "--population", "300", "--out", "list.parquet"]);
        make(&["sweep", "s.toml", "--out", "swept"]);
        make(&["sweep", "s.toml", "--out", "shards", "--shard", "1/2"]);
        make(&["sweep", "s.toml", "--out", "shards", "--shard", "2/2"]);
        Inputs { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of all files, to see what a trial leaves behind.
    fn files(&self) -> Vec<PathBuf> {
        let (mut folders, mut files) = (vec![self.folder.path().to_path_buf()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
            }
        }
        files.sort();
        files
    }

    /// Runs a command in the folder, within bounds of time and memory.
    fn run(&self, arguments: &[&str]) -> (Output, Duration) {
        let since = Instant::now();
        let command = format!("ulimit -d {MEMORY}; exec \"$0\" \"$@\"");
        let child = Command::new("timeout")
            .args(["-s", "KILL", "20", "sh", "-c", &command, env!("CARGO_BIN_EXE_repat")])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env("RAYON_NUM_THREADS", "2")
            .env("POLARS_MAX_THREADS", "2")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (child, since.elapsed())
    }
}

/// What editors, disks and attackers do to a file.
fn damage(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    const WORDS: [&str; 18] = [
        "\0",
        "\u{1b}]0;x\u{7}",
        "\u{9b}31m",
        "\u{202e}",
        "\n",
        "\r",
        "\"",
        "[[",
        "]]",
        "{",
        "= 1e308",
        "= -1",
        "= nan",
        "99999999999999999999",
        "'''",
        "\\u0000",
        "$kpa_refusal",
        "ö",
    ];
    if bytes.is_empty() {
        return;
    }
    let at = random.random_range(0..bytes.len());
    let length = random.random_range(1..40).min(bytes.len() - at);
    match random.random_range(0..8) {
        0 => bytes[at] ^= 1 << random.random_range(0..8),
        1 => bytes[at] = random.random(),
        2 => drop(bytes.drain(at..at + length)),
        3 => {
            let again = bytes[at..at + length].to_vec();
            bytes.splice(at..at, again);
        }
        4 => bytes.truncate(at),
        5 => {
            let word = WORDS[random.random_range(0..WORDS.len())];
            bytes.splice(at..at, word.bytes());
        }
        6 => random.fill_bytes(&mut bytes[at..at + length]),
        _ => {
            let from = random.random_range(0..bytes.len() - length + 1);
            let moved = bytes[from..from + length].to_vec();
            bytes[at..at + length].copy_from_slice(&moved);
        }
    }
}

/// Everything that is wrong with how a trial ended.
fn faults(
    inputs: &Inputs,
    file: &str,
    before: &[PathBuf],
    (output, time): &(Output, Duration),
) -> Vec<String> {
    let [out, err] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let mut faults = Vec::new();
    let code = output.status.code().unwrap_or(-1);
    if !(0..=2).contains(&code) || err.contains("panicked") {
        faults.push(format!("ended with {code}"));
    }
    if *time > PATIENCE {
        faults.push(format!("took {time:?}"));
    }
    let is_control = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if out.chars().chain(err.chars()).any(is_control) {
        faults.push("control characters are printed".into());
    }
    if code != 0 {
        let folder = Path::new(file).components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        if !err.contains(&folder) && !err.contains("korea") && !err.contains(".toml") {
            faults.push("no file is named".into());
        }
        let new: Vec<PathBuf> = inputs.files().into_iter().filter(|path| !before.contains(path)).collect();
        let kept = |path: &PathBuf| path.starts_with(inputs.path("new")) || path.ends_with(".repat-lock");
        if !new.iter().all(kept) || new.iter().any(|path| path.extension().is_some_and(|e| e == "part")) {
            faults.push(format!("files are left: {new:?}"));
        }
    }
    if !faults.is_empty() {
        faults.push(err);
    }
    faults
}

/// Removes what a trial wrote and restores what it damaged.
fn restore(inputs: &Inputs, before: &[PathBuf], sound: &[(PathBuf, Vec<u8>)]) {
    for path in inputs.files().iter().filter(|path| !before.contains(path)) {
        std::fs::remove_file(path).unwrap();
    }
    let _ = std::fs::remove_dir_all(inputs.path("new"));
    for (path, bytes) in sound {
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn damaged_inputs_are_read_or_refused() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (trials, seed) = (number("REPAT_TRIALS", TRIALS), number("REPAT_TRIALS_SEED", 1952));
    let inputs = Inputs::new();
    let before = inputs.files();
    let sound: Vec<(PathBuf, Vec<u8>)> =
        before.iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    for (file, arguments) in READERS {
        let (output, _) = inputs.run(arguments);
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        restore(&inputs, &before, &sound);
    }
    let (mut refused, mut faulty) = (0, Vec::new());
    for trial in 0..trials {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(trial);
        let (file, arguments) = READERS[(trial % READERS.len() as u64) as usize];
        let mut bytes = std::fs::read(inputs.path(file)).unwrap();
        (0..random.random_range(1..4)).for_each(|_| damage(&mut bytes, &mut random));
        std::fs::write(inputs.path(file), &bytes).unwrap();
        let ended = inputs.run(arguments);
        refused += u64::from(!ended.0.status.success());
        let faults = faults(&inputs, file, &before, &ended);
        if !faults.is_empty() {
            faulty.push(format!("trial {trial}, {file}, {arguments:?}: {}", faults.join("; ")));
        }
        restore(&inputs, &before, &sound);
    }
    eprintln!("{trials} trials with seed {seed}: {refused} refused, {} faulty", faulty.len());
    assert!(faulty.is_empty(), "{}", faulty.join("\n\n"));
    // The controls: sound inputs are read, as above, and damage that nobody notices would be none.
    assert!(refused > trials / 4, "only {refused} of {trials} were refused");
}
