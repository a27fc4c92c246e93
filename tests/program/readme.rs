//! The README and its pages hold: their tables are a fresh run's, their own files work, their commands exist.

use std::path::Path;

use repat::table::grouped;

use crate::{printed, project, repat};

const PAGES: [&str; 7] = [
    "README.md",
    "docs/sweeps.md",
    "docs/rosters.md",
    "docs/record.md",
    "docs/another-conflict.md",
    "docs/files.md",
    "docs/glossary.md",
];

fn page(name: &str) -> String {
    std::fs::read_to_string(project().join(name)).unwrap()
}

fn readme() -> String {
    page("README.md")
}

/// The fenced blocks of a page whose first line is this, without it.
fn blocks(name: &str, first: &str) -> Vec<String> {
    let text = page(name);
    let parts: Vec<&str> = text.split("```").collect();
    let inside = parts.iter().skip(1).step_by(2);
    let found = inside.filter_map(|block| block.strip_prefix(first)?.strip_prefix('\n'));
    found.map(String::from).collect()
}

#[test]
fn the_table_is_that_of_a_fresh_run() {
    let table = printed(&["run"]);
    assert!(blocks("README.md", "text").contains(&table), "put this into the README:\n{table}");
}

#[test]
fn the_difference_is_that_of_a_fresh_run() {
    let diff = printed(&["diff", "1952-03-27-draft", "1952-07-03-nam-il", "--scenario", "korea/1952-07-03"]);
    assert!(blocks("README.md", "text").contains(&diff), "put this into the README:\n{diff}");
}

#[test]
fn the_tables_of_the_record_are_those_of_fresh_runs() {
    for command in ["targets", "timeline"] {
        let table = printed(&[command]);
        assert!(blocks("docs/record.md", "text").contains(&table), "put this into docs/record.md:\n{table}");
    }
}

/// What the page on another conflict shows of its second setting.
#[test]
fn the_second_setting_gives_what_its_page_shows() {
    let words = page("docs/another-conflict.md");
    let timeline = printed(&["timeline", "south-asia"]);
    let shown = words.split("```").find(|block| block.starts_with("text\n1973-08-28 (")).unwrap();
    assert!(timeline.contains(shown.trim_start_matches("text\n")), "put this into the page:\n{timeline}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&["targets", "south-asia", "--format", "json"])).unwrap();
    let rows = json["rows"].as_array().unwrap();
    for row in rows.iter().filter(|row| row["verdict"] != "fitted") {
        let [recorded, mean] =
            ["recorded", "mean"].map(|name| grouped(row[name].as_f64().unwrap().round() as u64));
        let line = format!("| {recorded} | {mean} | {}", row["verdict"].as_str().unwrap());
        assert!(words.contains(&line), "put this into the page: {line}");
    }
}

/// What the README says of the targets, and the three that it shows.
#[test]
fn its_figures_from_the_record_are_those_of_a_fresh_run() {
    let json: serde_json::Value = serde_json::from_str(&printed(&["targets", "--format", "json"])).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let number = |verdict: &str| rows.iter().filter(|row| row["verdict"] == verdict).count();
    let (agree, miss) = (number("agrees"), number("misses"));
    let words = readme().replace('\n', " ");
    assert!(words.contains(&format!("sets {} figures", rows.len())));
    assert!(words.contains(&format!("Of the other {}, {agree} agree", agree + miss)), "{agree} and {miss}");
    assert!(words.contains(&format!("and {miss} miss")));
    for target in ["handed-over-by-the-unc", "koreans-handed-over", "chinese-handed-over"] {
        let row = rows.iter().find(|row| row["target"] == target).unwrap();
        let (mean, off) = (row["mean"].as_f64().unwrap(), row["deviation"].as_f64().unwrap() * 100.0);
        let recorded = grouped(row["recorded"].as_u64().unwrap());
        let line = format!("| {recorded} | {} ({off:+.1} %) |", grouped(mean.round() as u64));
        assert!(readme().contains(&line), "put this into the README: {line}");
    }
}

/// The people moved, as the README's table gives them for several readings of the March draft.
#[test]
fn its_numbers_of_people_moved_are_those_of_fresh_runs() {
    let moved = |readings: &str, from: &str| -> String {
        let (draft, july) = (format!("1952-03-27-draft{readings}"), "1952-07-03-nam-il");
        let arguments = ["diff", &draft, july, "--scenario", "korea/1952-07-03", "--format", "json"];
        let json: serde_json::Value = serde_json::from_str(&printed(&arguments)).unwrap();
        let moves = json["rows"].as_array().unwrap();
        let Some(people) = moves.iter().find(|m| m["from"] == from) else {
            return "nobody".into();
        };
        let [low, high] = ["q05", "q95"].map(|q| grouped(people[q].as_u64().unwrap()));
        let mean = grouped(people["mean"].as_f64().unwrap().round() as u64);
        if low == high { mean } else { format!("{mean} ({low} to {high})") }
    };
    for (readings, row) in [
        ("", "(the defaults)"),
        (":left=retained", "`left=retained`"),
        (":clause-b=as-printed", "`clause-b=as-printed`"),
    ] {
        let line = readme()
            .lines()
            .find(|line| line.starts_with("| clause b") && line.contains(row))
            .unwrap()
            .to_string();
        let cells: Vec<&str> = line.split(" | ").collect();
        for (cell, from) in [(cells[1], "repatriated"), (cells[2], "retained")] {
            let fresh = moved(readings, from);
            let nobody = fresh == "0" && cell.starts_with("nobody");
            assert!(nobody || cell.starts_with(&fresh), "{line}: {from} is {fresh}");
        }
    }
}

#[test]
fn its_number_released_against_their_wish_is_that_of_a_fresh_run() {
    let json = printed(&["run", "--format", "json", "--proposal", "1952-07-03-nam-il"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let against = json["rows"][1]["against_wish"].as_f64().unwrap().round() as u64;
    assert_eq!(json["rows"][1]["outcome"], "released");
    assert!(readme().contains(&format!("released in July, {} had asked", grouped(against))), "{against}");
}

/// What the page on sweeps, and shorter the README, says the shipped sweeps answer.
#[test]
fn their_answers_are_those_of_the_shipped_sweeps() {
    let folder = tempfile::tempdir().unwrap();
    let swept = |name: &str| {
        let out = folder.path().join(Path::new(name).with_extension("")).display().to_string();
        repat(&["sweep", name, "--out", &out]).assert().success();
        out
    };
    let cell = |arguments: &[&str]| -> f64 {
        let csv = printed(&[&["tabulate"], arguments, &["--format", "csv"]].concat());
        csv.lines().nth(1).unwrap().split(',').next_back().unwrap().parse().unwrap()
    };
    let july = swept("july-south");
    let at = |share: &str, north: &str, reading: &str| {
        let reading = format!("reading={reading}");
        let (share, north) = (format!("southern_share={share}"), format!("southern_pow_north={north}"));
        let only =
            ["--where", "outcome=repatriated", "--where", &reading, "--where", &share, "--where", &north];
        grouped(cell(&[&[july.as_str()], &only[..]].concat()).round() as u64)
    };
    let sweeps = page("docs/sweeps.md");
    for number in
        [at("0.0", "0.0", "default"), at("0.4", "0.0", "default"), at("0.4", "0.45", "permission=option")]
    {
        assert!(sweeps.contains(&number), "{number}");
    }
    let part = |march: &str, measure: &str| {
        let measure = format!("measure={measure}");
        cell(&[
            march,
            "--table",
            "sensitivity",
            "--where",
            "outcome=repatriated",
            "--where",
            &measure,
            "--where",
            "axis=all",
        ])
    };
    let march = swept("march-wording");
    let [wording, population] =
        ["wording", "population"].map(|measure| (part(&march, measure) * 100.0).round());
    assert!(
        sweeps.contains(&format!("{wording} % of the variance"))
            && sweeps.contains(&format!("{population} % lies"))
    );
    assert!(readme().replace("\n   ", " ").contains(&format!("{wording} % of the variance")));
    assert!(part(&march, "chance") < 5e-3);
    let shipped = page("scenarios/korea/sweeps/march-wording.toml");
    let alike: Vec<&str> = shipped.lines().filter(|line| !line.starts_with("weights")).collect();
    let file = folder.path().join("march-alike.toml");
    std::fs::write(&file, alike.join("\n")).unwrap();
    let alike = (part(&swept(file.to_str().unwrap()), "wording") * 100.0).round();
    assert_eq!((shipped.matches("\nweights").count(), wording < alike), (1, true));
    assert!(
        readme().contains(&format!("{alike} %, if either")) && sweeps.contains(&format!("{alike} % between"))
    );
    for (held_by_unc, rate) in [("110000", "7"), ("83000", "35"), ("70000", "48")] {
        let target = (held_by_unc.parse::<u64>().unwrap() + 11_559).to_string();
        let solve = ["solve", "--vary", "kpa_refusal", "--proposal", "1952-07-13-unc-list"];
        let answer = printed(&[&solve[..], &["--target", &target]].concat());
        let value = answer
            .lines()
            .find_map(|line| line.trim().strip_prefix("kpa_refusal = ")?.split(':').next())
            .unwrap();
        let percent = (value.parse::<f64>().unwrap() * 100.0).round().to_string();
        assert_eq!(percent, rate, "{answer}");
    }
    assert!(sweeps.contains("when 7 in a hundred") && sweeps.contains("when 35 do"));
    assert!(readme().contains("when 7 in a hundred") && readme().contains("at 35, below 70,000 at 48"));
}

#[test]
fn links_to_other_pages_lead_somewhere() {
    for name in PAGES {
        let text = page(name);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let folder = project().join(name).parent().unwrap().to_path_buf();
        let files =
            links.filter(|link| !link.starts_with("http")).map(|link| link.split('#').next().unwrap());
        for link in files.filter(|link| !link.is_empty()) {
            assert!(folder.join(link).is_file(), "{name}: {link}");
        }
    }
    for page in PAGES.iter().skip(1) {
        assert!(readme().contains(&format!("]({page})")), "the README names {page}");
    }
}

/// The proposal and the scenario that the README tells people to write.
#[test]
fn its_own_proposal_and_scenario_work() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write_files("README.md", folder.path()), 2);
    let program = |arguments: &[&str]| {
        let mut command = repat(arguments);
        command.current_dir(folder.path()).assert().success().get_output().stdout.clone()
    };
    program(&["check", "my-proposal.toml"]);
    let table = String::from_utf8(program(&["run", "my-scenario.toml"])).unwrap();
    assert!(table.contains("my-proposal") && table.contains("1952-07-03-nam-il"), "{table}");
}

/// Writes the files of a page, each named in its first line, into a folder; says how many.
fn write_files(name: &str, folder: &Path) -> usize {
    let files = blocks(name, "toml");
    for file in &files {
        let path = folder.join(file.lines().next().unwrap().trim_start_matches("# "));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file).unwrap();
    }
    let lists = blocks(name, "csv my-list.csv");
    lists.iter().for_each(|list| std::fs::write(folder.join("my-list.csv"), list).unwrap());
    files.len()
}

/// Every `repat ...` line of a page's shell blocks is accepted.
#[test]
fn their_commands_run() {
    for (name, least) in PAGES.into_iter().zip([10, 6, 4, 0, 2, 4, 0]) {
        let folder = tempfile::tempdir().unwrap();
        write_files(name, folder.path());
        let lines = blocks(name, "sh").join("\n").replace(" && ", "\n");
        let commands: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("repat ")).collect();
        assert!(commands.len() >= least, "{commands:?}");
        for command in commands {
            let command = command.split(" #").next().unwrap();
            let arguments: Vec<&str> = command.split_whitespace().collect();
            repat(&arguments).current_dir(folder.path()).assert().success();
        }
    }
}

/// The list that the page on rosters shows is judged as it says.
#[test]
fn the_outcomes_of_its_list_are_those_of_a_fresh_run() {
    let folder = tempfile::tempdir().unwrap();
    write_files("docs/rosters.md", folder.path());
    let arguments = "classify my-list.csv --map residence=province --levels my-words.toml --everybody captor=unc \
                     --proposal 1952-07-03-nam-il --proposal 1952-07-03-nam-il:permission=option --out out.csv";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    repat(&arguments).current_dir(folder.path()).assert().success();
    let out = std::fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert!(blocks("docs/rosters.md", "text").contains(&out), "put this into the page:\n{out}");
}

/// What the page on files shows of its own small conflict.
#[test]
fn the_examples_of_the_page_on_files_print_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    write_files("docs/files.md", folder.path());
    let output = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let mut command = repat(&arguments);
        String::from_utf8(command.current_dir(folder.path()).assert().success().get_output().stdout.clone())
            .unwrap()
    };
    output("sweep my-war/sweeps/refusal.toml --out refusal");
    let judged = "--map captor=side --levels my-words.toml --proposal my-war/proposals/1921-06-01-draft.toml";
    output(&format!("classify my-list.csv {judged} --out judged.csv"));
    let only = "--where outcome=repatriated --where captor=east --where 1921-06-01-draft.left=released";
    let printed = [
        output("check my-war"),
        output("diff 1921-06-01-draft 1921-06-01-draft:left=retained --scenario my-war/1921-06-01.toml"),
        output("run my-war/1921-06-01.toml"),
        output("timeline my-war"),
        output("targets my-war"),
        output(&format!("tabulate refusal --rows refusal --columns held-by-west.size {only}")),
        std::fs::read_to_string(folder.path().join("judged.csv")).unwrap(),
    ];
    let shown = blocks("docs/files.md", "text");
    let shown: Vec<&String> = shown.iter().filter(|block| !block.starts_with("my-war/\n")).collect();
    assert_eq!(shown.len(), printed.len());
    for text in printed {
        assert!(shown.contains(&&text), "put this into docs/files.md:\n{text}");
    }
}
