//! Files with thousands of mistakes, names that command a terminal, and things that are no files.

use crate::repat;

/// How long a file of mistakes may take: without a limit, each of these took from half a minute to hours.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A message has an end, and comes soon, however much is wrong.
#[test]
fn thousands_of_mistakes_are_counted_and_fifty_shown() {
    let rule = |i: usize| {
        let then = ["released", "retained"][i % 2];
        format!(
            "[[rule]]\nid = \"r{i}\"\nthen = \"{then}\"\ncitation = {{ source = \"cable-1952-07-07\", locus = \"1\" }}\n"
        )
    };
    let proposal = format!(
        "setting = \"korea\"\nid = \"f\"\ntitle = \"F\"\n{}",
        (0..5_000).map(rule).collect::<String>()
    );
    let unknown = |i: usize| format!("key{i} = 1\n");
    let mut parameters = String::from("setting = \"korea\"\ntitle = \"F\"\nproposals = []\n");
    for i in 0..5_000 {
        parameters += &format!("[parameters.p{i}]\nvalue = 0.5\nsource = \"nowhere{i}\"\n");
    }
    let texts = [
        (0..30_000).map(unknown).collect::<String>() + "setting = \"korea\"\ntitle = \"F\"\n",
        proposal,
        parameters,
    ];
    for text in texts {
        let errors = refused_in_time(&text);
        assert_eq!(errors.matches("error: ").count(), 50, "{}", &text[..40]);
        assert!(errors.trim_end().ends_with(" more"), "{}", &text[..40]);
    }
}

/// What follows the first syntax error is guesswork.
#[test]
fn of_thousands_of_syntax_errors_the_first_is_shown() {
    let errors = refused_in_time(&"what, is this?\n".repeat(50_000));
    assert_eq!(errors.matches("error: ").count(), 1, "{errors}");
}

/// The errors that `check` finds in a file with this text.
fn refused_in_time(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.toml");
    std::fs::write(&file, text).unwrap();
    let begun = std::time::Instant::now();
    let output = repat(&["check", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", &text[..40]);
    assert!(begun.elapsed() < PATIENCE, "{:?} for {}", begun.elapsed(), &text[..40]);
    String::from_utf8(output.stderr).unwrap()
}

/// A list of prisoners in place of the file of words is a likely slip.
#[test]
fn words_for_levels_are_read_from_toml_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, "wish\n".repeat(100_000)).unwrap();
    let (list, out) = (list.to_str().unwrap(), folder.path().join("out.csv"));
    let (message, code) = crate::said(&["classify", list, "--levels", list, "--out", out.to_str().unwrap()]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("words for levels are read from a .toml file"), "{message}");
    assert!(!out.exists());
}

/// What a file and the command line say of a name never commands the terminal.
#[test]
fn control_characters_never_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.toml");
    std::fs::write(&file, "setting = \"korea\"\ntitle = \"\\u001b]0;OWNED\\u0007\" # \u{9b}31m\n").unwrap();
    let file = file.to_str().unwrap();
    for arguments in
        [vec!["check", file], vec!["run", "--by", "\u{1b}[31m\u{9b}"], vec!["run", "\u{9b}x.toml"]]
    {
        let (message, code) = crate::said(&arguments);
        assert_eq!(code, 2, "{message:?}");
        assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{message:?}");
    }
}

/// A pipe that nobody writes to would be waited for, and a device never ends.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_input_files() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("f.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let base = folder.path().join("base.toml");
    std::fs::write(&base, "base = \"f.toml\"\ntitle = \"F\"\n").unwrap();
    let (pipe, base) = (pipe.to_str().unwrap(), base.to_str().unwrap());
    for arguments in
        [["run", pipe], ["check", pipe], ["check", base], ["sweep", pipe], ["check", "/dev/zero"]]
    {
        let out = folder.path().join("out");
        let mut command = repat(&arguments);
        if arguments[0] == "sweep" {
            command.args(["--out", out.to_str().unwrap()]);
        }
        let output = command.timeout(PATIENCE).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains("is not a regular file") && errors.contains("help: "), "{errors}");
    }
}

/// Names of files need not be UTF-8.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_a_name() {
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, "wish\nown-side\n").unwrap();
    let out = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
    let runs: [(&[&str], &[u8]); 4] = [
        (&["run", "--engine", "exact", "--replicates", "3"], b"run\xff.csv"),
        (&["compare", "--engine", "exact", "--replicates", "3"], b"compare\xff.parquet"),
        (&["generate", "--population", "10"], b"generate\xff.parquet"),
        (&["classify", list.to_str().unwrap()], b"classify\xff.csv"),
    ];
    for (arguments, name) in runs {
        let mut command = repat(arguments);
        command.arg("--out").arg(out(name)).assert().success();
        assert!(out(name).exists(), "{arguments:?}");
    }
}

/// Where the system gives few threads, work is done or refused, and nothing panics. Only an ordinary user is limited.
#[cfg(target_os = "linux")]
#[test]
fn few_threads_are_enough_or_an_error() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let open = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    open(0o777);
    let program = folder.path().join("repat");
    std::fs::copy(env!("CARGO_BIN_EXE_repat"), &program).unwrap();
    let limited = |threads: u32, arguments: &[&str]| {
        let limit = format!("--nproc={threads}");
        let mut command = Command::new("prlimit");
        command.args([&limit, "setpriv", "--reuid", "65534", "--clear-groups"]).arg(&program).args(arguments);
        command.current_dir(folder.path()).output()
    };
    if !limited(50, &["list"]).is_ok_and(|output| output.status.success()) {
        eprintln!("threads cannot be limited here: not tried");
        return;
    }
    let mut refused = 0;
    for threads in [1, 2, 3, 4, 5, 6, 8] {
        for (name, arguments) in [
            ("g", &["generate", "--population", "1000", "--out", "g.parquet", "--force"][..]),
            ("s", &["sweep", "july-south", "--out", "s", "--force"]),
            ("r", &["run", "--engine", "counts", "--out", "r.parquet", "--force"]),
        ] {
            let output = limited(threads, arguments).unwrap();
            let errors = String::from_utf8(output.stderr).unwrap();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{name}, {threads} threads: {errors}");
            assert!(!errors.contains("panicked"), "{name}, {threads} threads: {errors}");
            if output.status.code() == Some(1) {
                refused += 1;
                assert!(errors.contains("cannot start threads"), "{name}, {threads} threads: {errors}");
            }
        }
    }
    assert!(refused > 0, "the limit limits nothing");
}
