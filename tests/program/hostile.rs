//! Files as disks damage them and attackers make them: each is refused with exit code 2 and its name.

use std::path::Path;

use polars::prelude::*;

use crate::{repat, said};

/// Classifies a file of a folder into another of it; gives the message and the exit code.
fn classify(folder: &Path, from: &str, to: &str) -> (String, i32) {
    let path = |name: &str| folder.join(name).display().to_string();
    let (message, code) = said(&["classify", &path(from), "--out", &path(to)]);
    assert!(!message.contains("panicked"), "{message}");
    assert!(code == 0 || !folder.join(to).exists(), "a file is left although {message}");
    (message, code)
}

fn write_parquet(path: &Path, columns: Vec<Column>) {
    let mut frame = DataFrame::new(columns[0].len(), columns).unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut frame).unwrap();
}

fn change_byte(path: &Path, place: usize, byte: u8) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] = byte;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_date_beyond_the_calendar_is_refused_with_its_column_and_row() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Column::new("seen".into(), [0, i64::MAX, 0]);
    let seen = seen.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    write_parquet(&folder.path().join("t.parquet"), vec![Column::new("wish".into(), ["home"; 3]), seen]);
    let (message, code) = classify(folder.path(), "t.parquet", "t.csv");
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("t.parquet: column `seen` holds a value in row 2"), "{message}");
    assert_eq!(classify(folder.path(), "t.parquet", "copy.parquet").1, 0);
}

#[test]
fn damage_in_a_page_is_refused_with_the_files_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("g.parquet");
    repat(&["generate", "--population", "500", "--out", &path.display().to_string()]).assert().success();
    change_byte(&path, 4, 0xff);
    for copy in ["h.parquet", "h.csv"] {
        let (message, code) = classify(folder.path(), "g.parquet", copy);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains("g.parquet: is not a readable Parquet file"), "{message}");
        assert!(message.contains("make it again"), "{message}");
    }
}

#[test]
fn damaged_tables_of_a_sweep_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.parquet");
    let means: Vec<f64> = (0..500).map(f64::from).collect();
    let texts = |word: &str| (0..500).map(|row| format!("a long name of {word} {row}")).collect::<Vec<_>>();
    let columns = vec![
        Column::new("proposal".into(), texts("proposal")),
        Column::new("outcome".into(), texts("outcome")),
        Column::new("mean".into(), means),
    ];
    write_parquet(&path, columns);
    let bytes = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for place in (4..bytes.len()).step_by(bytes.len() / 30) {
        let mut damaged = bytes.clone();
        damaged[place] = 0xff;
        std::fs::write(&path, damaged).unwrap();
        let (message, code) = said(&["tabulate", &folder.path().display().to_string()]);
        assert!(matches!(code, 0 | 2) && !message.contains("panicked"), "byte {place}: {code}: {message}");
        assert!(
            code == 0 || !message.contains("Parquet") || message.contains("outcomes.parquet"),
            "{message}"
        );
        refused += usize::from(code == 2);
    }
    assert!(refused > 3, "only {refused} damaged tables were refused");
}

#[test]
#[cfg(unix)]
fn a_roster_that_is_no_regular_file_is_refused_unopened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.csv")).unwrap();
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for (name, what) in [("pipe", "a pipe, not a regular"), ("zero", "a device, not"), ("folder", "a folder")]
    {
        let (message, code) = classify(folder.path(), &format!("{name}.csv"), "o.csv");
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(&format!("{name}.csv: is {what}")) && message.contains("help"), "{message}");
    }
}

/// A file of 135 bytes: one cell, `home`, and a dictionary that asks for 34 GB.
const BOMB: &str = "\
504152311504152015204c15feffffff0f1500000004000000686f6d65040000006e6f6e651500150615062c150615101506\
150600000106001502192c4806736368656d61150200150c25001804776973682500001606191c191c26081c150c19250010\
1918047769736815001606166a166a264a26080000166a160600004600000050415231";

#[test]
fn sizes_that_cannot_be_are_refused_before_they_are_allocated() {
    let folder = tempfile::tempdir().unwrap();
    let digits = BOMB.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let bytes: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    assert_eq!(bytes.len(), 135);
    std::fs::write(folder.path().join("b.parquet"), &bytes).unwrap();
    std::fs::write(folder.path().join("outcomes.parquet"), &bytes).unwrap();
    for copy in ["o.parquet", "o.csv"] {
        let (message, code) = classify(folder.path(), "b.parquet", copy);
        assert_eq!(code, 2, "{message}");
        let expected = "column `wish` has a dictionary of 2147483647 values in 16 bytes";
        assert!(message.contains("b.parquet") && message.contains(expected), "{message}");
    }
    let (message, code) = said(&["tabulate", &folder.path().display().to_string()]);
    assert!(code == 2 && message.contains("outcomes.parquet"), "{code}: {message}");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "a draft is left");
}

#[test]
fn a_file_that_declares_other_rows_than_its_row_groups_have_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.parquet");
    let digits = BOMB.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let mut bytes: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    // The number of rows of the file is the field `16 06` before its row groups `19 1c`: 3, now 0.
    let place = bytes.windows(4).position(|window| window == [0x16, 0x06, 0x19, 0x1c]).unwrap();
    bytes[place + 1] = 0;
    std::fs::write(&path, bytes).unwrap();
    for copy in ["o.parquet", "o.csv"] {
        let (message, code) = classify(folder.path(), "r.parquet", copy);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains("it declares 0 rows, but its row groups have others"), "{message}");
    }
}

#[test]
fn words_and_columns_of_a_list_do_not_command_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let list = "wish,force,a\u{9b}\n\u{1b}]0;OWNED\u{7}x,kpa,1\nhome,\u{202e}kpa,2\n";
    std::fs::write(folder.path().join("e.csv"), list).unwrap();
    let (message, code) = classify(folder.path(), "e.csv", "f.csv");
    assert_eq!(code, 0, "{message}");
    assert!(message.contains("`\\u{1b}]0;OWNED\\u{7}x`") && message.contains("`\\u{202e}kpa`"), "{message}");
    std::fs::write(folder.path().join("n.csv"), "a\u{9b},b\u{1b}[2J\n1,2\n").unwrap();
    let (refused, code) = classify(folder.path(), "n.csv", "f2.csv");
    assert!(code == 2 && refused.contains("a\\u{9b}, b\\u{1b}[2J"), "{refused}");
    for text in [message, refused] {
        assert!(!text.contains(|c: char| c == '\u{202e}' || (c.is_control() && c != '\n')), "{text:?}");
    }
}
