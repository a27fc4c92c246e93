//! What the program says of itself: the greeting, the help of every command and its examples, completions, manual
//! pages.

use std::path::Path;

use crate::{printed, project, repat};

/// The names of all commands, from the program's own help.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let lines = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = lines.map(|line| line.split_whitespace().next().unwrap().to_string());
    names.filter(|name| name != "help").collect()
}

/// The example lines at the end of a command's help.
fn examples(command: &str) -> Vec<String> {
    let help = printed(&[command, "--help"]);
    let (_, examples) = help.split_once("\nExample").unwrap_or_else(|| panic!("{command} has no example"));
    examples.lines().filter_map(|line| line.strip_prefix("  repat ")).map(String::from).collect()
}

/// Runs an example line in a folder, with `> FILE` as a shell would take it.
fn run_example(folder: &Path, line: &str) {
    let (command, file) =
        line.split_once(" > ").map_or((line, None), |(command, file)| (command, Some(file)));
    let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches('\'')).collect();
    let output = repat(&words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "repat {line}:\n{}", String::from_utf8_lossy(&output.stderr));
    if let Some(file) = file {
        std::fs::write(folder.join(file), output.stdout).unwrap();
    }
}

#[test]
fn alone_it_says_what_it_is_for_and_where_to_begin() {
    let greeting = printed(&[]);
    assert!((8..=12).contains(&greeting.lines().count()), "{greeting}");
    assert!(repat(&[]).output().unwrap().stderr.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let begin: Vec<&str> = greeting.lines().filter_map(|line| line.strip_prefix("  repat ")).collect();
    assert_eq!(begin.len(), 3);
    begin.iter().for_each(|line| run_example(folder.path(), line.split("  ").next().unwrap()));
}

/// In the order of the commands, so that files are made before they are read.
#[test]
fn the_examples_of_every_command_run() {
    let folder = tempfile::tempdir().unwrap();
    let own = std::fs::read_to_string(project().join("scenarios/korea/proposals/1952-03-21-principle.toml"))
        .unwrap();
    let own = own.replace("id = \"1952-03-21-principle\"", "id = \"my-proposal\"\nsetting = \"korea\"");
    std::fs::write(folder.path().join("my-proposal.toml"), own).unwrap();
    for command in commands() {
        if command == "merge" {
            run_example(folder.path(), "sweep march-wording --out shards --shard 2/2");
        }
        let examples = examples(&command);
        assert!(!examples.is_empty(), "{command}");
        examples.iter().for_each(|line| run_example(folder.path(), line));
    }
}

#[test]
fn options_stand_under_headings() {
    insta::assert_snapshot!(printed(&["solve", "-h"]));
    for command in ["run", "compare", "solve"] {
        let help = printed(&[command, "-h"]);
        let places = ["What is asked:", "Assumptions:", "Output:"].map(|heading| help.find(heading));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{help}");
    }
}

#[test]
fn completions_for_bash_name_every_command() {
    let script = printed(&["completions", "bash"]);
    let commands = commands();
    assert!(commands.len() > 10);
    commands
        .iter()
        .for_each(|command| assert!(script.contains(&format!("repat__subcmd__{command})")), "{command}"));
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let arguments = ["man", pages.to_str().unwrap()];
    repat(&arguments).assert().success();
    for command in commands() {
        let page = std::fs::read_to_string(pages.join(format!("repat-{command}.1"))).unwrap();
        assert!(page.contains(&format!("repat\\-{command}")) && page.contains("Example"), "{page}");
    }
    assert!(std::fs::read_to_string(pages.join("repat.1")).unwrap().contains("repat\\-man"));
    repat(&arguments).assert().code(2);
    repat(&[&arguments[..], &["--force"]].concat()).assert().success();
}
