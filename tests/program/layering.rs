//! The folders are the pipeline and arrows go one way.

use std::path::Path;

use crate::project;

/// The folders in layers; a file may use its own folder and those of earlier layers.
const LAYERS: [&[&str]; 5] =
    [&["domain"], &["proposal", "scenario"], &["input", "simulate", "table"], &["sweep", "roster"], &["cli"]];

fn layer(folder: &str) -> usize {
    LAYERS.iter().position(|folders| folders.contains(&folder)).unwrap_or_else(|| {
        panic!("the folder or file `{folder}` is in no layer");
    })
}

/// Folders named in `crate::folder`, with their line numbers; comments and tests aside.
fn uses(text: &str) -> Vec<(usize, String)> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let named = code.flat_map(|(number, line)| {
        line.split("crate::").skip(1).map(move |rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (number + 1, rest[..end].to_string())
        })
    });
    named.filter(|(_, folder)| !folder.is_empty()).collect()
}

fn wrong_arrows(folder: &str, file: &Path, text: &str) -> Vec<String> {
    let arrows = uses(text).into_iter();
    let wrong = arrows.filter(|(_, used)| used != folder && layer(used) >= layer(folder));
    wrong.map(|(line, used)| format!("{}:{line}: {folder} uses {used}", file.display())).collect()
}

#[test]
fn arrows_go_one_way() {
    let mut wrong = Vec::new();
    let mut files = 0;
    for folder in std::fs::read_dir(project().join("src")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_str().unwrap().to_string();
        for file in crate::files_in(&folder, "rs") {
            wrong.extend(wrong_arrows(&name, &file, &std::fs::read_to_string(&file).unwrap()));
            files += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files > 30, "only {files} files were read");
}

#[test]
fn a_wrong_arrow_is_found() {
    let text = "use crate::domain::Setting;\nuse crate::table::{Format};\n";
    assert_eq!(wrong_arrows("simulate", Path::new("x.rs"), text), ["x.rs:2: simulate uses table"]);
}

/// `lib.rs` and `main.rs` aside, everything lies in a folder of the pipeline.
#[test]
fn every_folder_is_in_a_layer() {
    for entry in std::fs::read_dir(project().join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "lib.rs" && name != "main.rs" {
            layer(&name);
        }
    }
}
