//! The folders are the pipeline: arrows between them go one way, and so do arrows between the files of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::project;

/// The folders in layers; a file may use its own folder and those of earlier layers.
const LAYERS: [&[&str]; 8] = [
    &["domain"],
    &["table", "proposal", "scenario"],
    &["design"],
    &["input", "simulate"],
    &["study"],
    &["sensitivity"],
    &["sweep", "roster"],
    &["cli"],
];

fn layer(folder: &str) -> usize {
    LAYERS.iter().position(|folders| folders.contains(&folder)).unwrap_or_else(|| {
        panic!("the folder or file `{folder}` is in no layer");
    })
}

/// The folders of `src` with their files.
fn folders() -> BTreeMap<String, Vec<PathBuf>> {
    let entries = std::fs::read_dir(project().join("src")).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries.filter(|path| path.is_dir());
    folders
        .map(|folder| (folder.file_name().unwrap().to_str().unwrap().into(), crate::files_in(&folder, "rs")))
        .collect()
}

/// The code of a file: without comments, and without the unit tests at its end.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    let code = code.split("\n#[cfg(test)]\npub(super) mod tests").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Folders named in `crate::folder`, with their line numbers.
fn folders_used(text: &str) -> Vec<(usize, String)> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let named = code.flat_map(|(number, line)| {
        line.split("crate::").skip(1).map(move |rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (number + 1, rest[..end].to_string())
        })
    });
    // `crate::Error` is a name of the root, re-exported from `domain`.
    named.filter(|(_, folder)| folder.starts_with(char::is_lowercase)).collect()
}

fn wrong_arrows(folder: &str, file: &Path, text: &str) -> Vec<String> {
    let arrows = folders_used(text).into_iter();
    let wrong = arrows.filter(|(_, used)| used != folder && layer(used) >= layer(folder));
    wrong.map(|(line, used)| format!("{}:{line}: {folder} uses {used}", file.display())).collect()
}

/// The names imported from a folder by `use` declarations that begin with one of these prefixes, each with the
/// path in front of it: `a::B` for `use super::a::B` and for `use super::{a::B, c}`.
fn imports(code: &str, prefixes: &[String]) -> Vec<String> {
    let mut imports = Vec::new();
    for declaration in code.split(';').filter_map(|part| part.rsplit_once("use ").map(|(_, path)| path)) {
        let path: String = declaration.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(rest) = prefixes.iter().find_map(|prefix| path.strip_prefix(prefix.as_str())) {
            expand("", rest, &mut imports);
        }
    }
    imports
}

/// The paths of a use tree.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((path, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        paths.push(format!("{before}{path}"));
        return;
    };
    let (mut depth, mut item) = (0, String::new());
    let inside = &group[..group.rfind('}').unwrap_or(group.len())];
    for character in inside.chars().chain([',']) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !item.trim().is_empty() {
                    expand(&format!("{before}{}", path.trim()), &item, paths);
                }
                item.clear();
                continue;
            }
            _ => {}
        }
        item.push(character);
    }
}

/// For each file of a folder, the files of that folder that it uses. A name that `mod.rs` re-exports counts as
/// that of the file which has it; `mod.rs` may re-export everything.
fn files_used(folder: &str, texts: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let reexported = texts.get("mod").map_or(Vec::new(), |text| {
        let public = text.split(';').filter(|part| part.contains("pub use") || part.contains(") use"));
        public
            .filter_map(|part| part.rsplit_once("use "))
            .flat_map(|(_, tree)| {
                let mut paths = Vec::new();
                expand("", &tree.split_whitespace().collect::<Vec<_>>().join(" "), &mut paths);
                paths
            })
            .collect()
    });
    let file_of = |path: &str| -> Option<String> {
        let first = path.split("::").next().unwrap();
        if texts.contains_key(first) {
            return Some(first.to_string());
        }
        let home = reexported.iter().find(|known| known.rsplit("::").next() == Some(first));
        Some(home.map_or("mod".to_string(), |known| known.split("::").next().unwrap().to_string()))
    };
    let used = |(name, text): (&String, &String)| {
        let prefixes = match name.as_str() {
            "mod" => vec!["self::".to_string(), format!("crate::{folder}::")],
            _ => vec!["super::".to_string(), format!("crate::{folder}::")],
        };
        let used = imports(text, &prefixes)
            .into_iter()
            .filter_map(|path| file_of(&path))
            .filter(|file| file != name);
        (name.clone(), used.collect())
    };
    texts.iter().map(used).collect()
}

/// A circle among files that use each other, if there is one.
fn circle(used: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        file: &str,
        used: &BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(begin) = path.iter().position(|earlier| earlier == file) {
            return Some(path[begin..].to_vec());
        }
        if done.contains(file) {
            return None;
        }
        path.push(file.into());
        let found = used.get(file).into_iter().flatten().find_map(|next| visit(next, used, path, done));
        path.pop();
        done.insert(file.into());
        found
    }
    let mut done = BTreeSet::new();
    used.keys().find_map(|file| visit(file, used, &mut Vec::new(), &mut done))
}

#[test]
fn arrows_between_folders_go_one_way() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for (folder, files) in folders() {
        for file in files {
            wrong.extend(wrong_arrows(&folder, &file, &std::fs::read_to_string(&file).unwrap()));
            read += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 30, "only {read} files were read");
}

#[test]
fn no_folder_has_a_circle_of_files() {
    let mut circles = Vec::new();
    let mut arrows = 0;
    for (folder, files) in folders() {
        let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_string();
        let texts =
            files.iter().map(|file| (stem(file), code(&std::fs::read_to_string(file).unwrap()))).collect();
        let used = files_used(&folder, &texts);
        arrows += used.values().map(BTreeSet::len).sum::<usize>();
        circles.extend(circle(&used).map(|files| format!("{folder}: {}", files.join(" -> "))));
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
    assert!(arrows > 100, "only {arrows} arrows were found");
}

#[test]
fn wrong_arrows_and_circles_are_found() {
    let text = "use crate::domain::Setting;\nuse crate::study::{Study};\n";
    assert_eq!(wrong_arrows("simulate", Path::new("x.rs"), text), ["x.rs:2: simulate uses study"]);
    let texts = [
        ("mod", "mod a; mod b; mod c;\npub use a::{First, Second};\npub(crate) use c::third;"),
        ("a", "use super::b::Part;\nuse std::fmt;"),
        ("b", "use crate::folder::{\n    c::{third, Other},\n};"),
        ("c", "use super::First;"),
    ];
    let texts = texts.map(|(name, text)| (name.to_string(), text.to_string())).into();
    assert_eq!(circle(&files_used("folder", &texts)), Some(["a", "b", "c"].map(String::from).to_vec()));
    let mut open: BTreeMap<String, String> = texts;
    open.insert("c".into(), "use std::fmt;".into());
    assert_eq!(circle(&files_used("folder", &open)), None);
}

/// `lib.rs` and `main.rs` aside, everything lies in a folder of the pipeline, and every file says what it holds.
#[test]
fn every_file_is_in_a_layer_and_says_what_it_holds() {
    for entry in std::fs::read_dir(project().join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "lib.rs" && name != "main.rs" {
            layer(&name);
        }
    }
    for file in folders().into_values().flatten() {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not open with `//!`", file.display());
    }
}
