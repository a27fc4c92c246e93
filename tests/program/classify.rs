//! Lists of prisoners to which outcomes are added.

use std::path::Path;

use polars::prelude::*;
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::test_runner::RngSeed;

use crate::generate::rows;
use crate::{printed, repat, said};

/// A list as a historian might have it.
const LIST: &str = "\
name,born,captor,army,nationality,province,wish
Kim A,1930-01-02,unc,kpa,korean,Hwanghae,own-side
\"Lee, B\",1929-03-04,unc,kpa,korean,Kyonggi,
Pak C,,unc,kpa,korean,,home
Wang D,1925-05-06,unc,cpv,chinese,Sichuan,captor-side
Smith E,1928-07-08,kpa-cpv,British Army,non-korean,abroad,own-side
";

const WORDS: &str = "\
[residence]
north = [\"Hwanghae\", \"Kangwon\"]
south = \"Kyonggi\"
abroad = \"Sichuan\"

[nationality]
non-korean = \"chinese\"

[force]
un-contingent = \"British Army\"
";

const MAPPED: [&str; 4] = ["--map", "force=army", "--map", "residence=province"];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Folder {
        std::fs::write(self.path(name), text).unwrap();
        self
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Classifies one file of the folder into another; gives standard output and standard error.
    fn classify(&self, from: &str, to: &str, more: &[&str]) -> (String, String) {
        let (from, to) = (self.path(from), self.path(to));
        let output = repat(&[&["classify", &from, "--out", &to], more].concat()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        (String::from_utf8(output.stdout).unwrap(), said.replace(self.0.path().to_str().unwrap(), "."))
    }

    /// The message with which a file of the folder is refused, before anything is written.
    fn refused(&self, from: &str, more: &[&str]) -> String {
        let (from, to) = (self.path(from), self.path("refused.csv"));
        let (message, code) = said(&[&["classify", &from, "--out", &to], more].concat());
        assert_eq!(code, 2, "{message}");
        assert!(!Path::new(&to).exists());
        message.replace(self.0.path().to_str().unwrap(), ".")
    }
}

#[test]
fn a_generated_roster_gets_the_outcomes_it_was_generated_with() {
    let folder = Folder::new();
    let size = ["--population", "400000", "--out"];
    let (plain, judged) = (folder.path("plain.parquet"), folder.path("judged.parquet"));
    repat(&[&["generate"], &size[..], &[&plain]].concat()).assert().success();
    repat(&[&["generate", "--outcomes"], &size[..], &[&judged]].concat()).assert().success();
    let (table, _) = folder.classify("plain.parquet", "classified.parquet", &[]);
    assert_eq!(rows(&folder.path("classified.parquet")), rows(&folder.path("judged.parquet")));
    assert!(table.contains("The prisoners are synthetic"), "{table}");
    // And the counts printed are those of a run by individuals.
    let one = ["run", "--replicates", "1", "--population", "400000", "--format", "csv"];
    for line in printed(&one).lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (proposal, people) = (cells[1], cells[4].parse::<u64>().unwrap());
        let row = table.lines().find(|line| line.contains(proposal)).unwrap().replace(',', "");
        assert!(people == 0 || row.contains(&format!(" {people}")), "{row}: {line}");
    }
}

#[test]
fn every_pair_of_formats_gives_the_same_rows() {
    let folder = Folder::new();
    let made = ["generate", "--population", "2000", "--out"];
    for name in ["list.csv", "list.parquet"] {
        repat(&[&made[..], &[&folder.path(name)]].concat()).assert().success();
    }
    for from in ["list.csv", "list.parquet"] {
        for to in ["csv", "parquet"] {
            folder.classify(from, &format!("{from}.{to}"), &[]);
        }
    }
    assert_eq!(folder.text("list.csv.csv"), folder.text("list.parquet.csv"));
    assert_eq!(rows(&folder.path("list.csv.parquet")), rows(&folder.path("list.parquet.parquet")));
    let csv = folder.text("list.csv.csv");
    let first: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(rows(&folder.path("list.csv.parquet"))[0], first);
}

/// Where a level is unknown the outcome is too, unless the text gives the same outcome for every level: that
/// of July does not depend on the wish, that of the option and that of the UNC do.
#[test]
fn outcomes_are_unknown_where_an_unknown_level_matters() {
    let folder = Folder::new().with("list.csv", LIST).with("words.toml", WORDS);
    let words = folder.path("words.toml");
    let texts = ["1952-07-03-nam-il", "1952-07-03-nam-il:permission=option", "1952-04-28-unc-package"];
    let texts: Vec<&str> = texts.iter().flat_map(|text| ["--proposal", text]).collect();
    let more = [&MAPPED[..], &["--levels", &words], &texts].concat();
    let (table, said) = folder.classify("list.csv", "out.csv", &more);
    insta::assert_snapshot!(format!("{}\n{table}\n{said}", folder.text("out.csv")));
    assert_eq!(folder.text("list.csv"), LIST);
}

#[test]
fn unrecognised_values_are_counted_and_reported() {
    let folder = Folder::new().with("list.csv", LIST);
    let (_, said) = folder.classify("list.csv", "out.csv", &["--map", "residence=province"]);
    insta::assert_snapshot!(said);
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(manifest["rows_unknown"]["residence"], 4);
    assert_eq!(manifest["outcomes"]["1952-07-03-nam-il"]["unknown"], 5);
    assert_eq!(manifest["inputs_sha256"].as_object().unwrap().len(), 4 + 7 + 1);
}

#[test]
fn everybody_can_have_the_same_level() {
    let folder = Folder::new().with("list.csv", "residence,wish\nnorth,home\nsouth,none\nabroad,\n");
    let everybody = ["captor=unc", "force=kpa", "nationality=korean"];
    let more: Vec<&str> = everybody.iter().flat_map(|level| ["--everybody", level]).collect();
    folder.classify("list.csv", "out.csv", &[&more[..], &["--proposal", "1952-07-03-nam-il"]].concat());
    let expected = "residence,wish,1952-07-03-nam-il\n\
                    north,home,repatriated\nsouth,none,released\nabroad,,retained\n";
    assert_eq!(folder.text("out.csv"), expected);
}

/// `captor` has another level in the third row, a blank in the second and an unrecognised word in the last.
const CAPTORS: &str = "captor,force,nationality,residence,wish\n\
    unc,kpa,korean,north,home\n,kpa,korean,north,home\nkpa-cpv,kpa,korean,north,home\n?,kpa,korean,north,home\n";

#[test]
fn everybody_never_overrules_a_column_of_the_list() {
    let folder = Folder::new().with("list.csv", CAPTORS).with("other.csv", CAPTORS.replace("captor", "held"));
    let everybody = ["--everybody", "captor=unc"];
    insta::assert_snapshot!(folder.refused("list.csv", &everybody));
    let mapped = [&everybody[..], &["--map", "captor=held"]].concat();
    let message = folder.refused("other.csv", &mapped);
    assert!(message.contains("column `held` gives `captor` person by person"), "{message}");
    assert!(message.contains("--fill captor=unc"), "{message}");
    // Without a column there is nothing to overrule.
    folder.classify("other.csv", "out.csv", &everybody);
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(manifest["everybody"]["captor"], "unc");
}

/// The UNC's text repatriates the first two, and leaves the third where he is; the last may be either's.
#[test]
fn fill_counts_for_blank_cells_and_not_for_unrecognised_words() {
    let folder = Folder::new().with("list.csv", CAPTORS);
    let text = ["--proposal", "1952-04-28-unc-package"];
    folder.classify("list.csv", "plain.csv", &text);
    let (table, said) =
        folder.classify("list.csv", "filled.csv", &[&text[..], &["--fill", "captor=unc"]].concat());
    let outcomes = |name: &str| -> Vec<String> {
        folder.text(name).lines().skip(1).map(|line| line.rsplit(',').next().unwrap().to_string()).collect()
    };
    let (plain, filled) = (outcomes("plain.csv"), outcomes("filled.csv"));
    assert_eq!((plain[1].as_str(), &filled[1]), ("unknown", &filled[0]));
    assert_eq!([&filled[0], &filled[2], &filled[3]], [&plain[0], &plain[2], &plain[3]]);
    insta::assert_snapshot!(format!("{}\n{table}\n{said}", folder.text("filled.csv")));
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("filled.csv.manifest.json")).unwrap();
    assert_eq!(manifest["rows_filled"]["captor"], serde_json::json!({ "level": "unc", "rows": 1 }));
    assert_eq!(manifest["rows_unknown"]["captor"], 1);
    // The list keeps its blank cell.
    assert!(folder.text("filled.csv").contains("\n,kpa,"));
}

#[test]
fn fill_without_a_column_is_refused() {
    let folder = Folder::new().with("list.csv", "residence,wish\nnorth,home\n");
    let message = folder.refused("list.csv", &["--fill", "captor=unc"]);
    assert!(message.contains("--fill captor=unc: the roster has no column for `captor`"), "{message}");
    assert!(message.contains("--everybody captor=unc gives this level to every row"), "{message}");
}

/// Blank cells of dictionaries, as Parquet has them, are filled like those of CSV.
#[test]
fn fill_is_the_same_for_every_format() {
    let folder = Folder::new().with("list.csv", CAPTORS);
    let july = ["--proposal", "1952-07-03-nam-il"];
    folder.classify("list.csv", "list.parquet", &july);
    let more = ["--proposal", "1952-04-28-unc-package", "--fill", "captor=unc"];
    for out in ["out.csv", "out.parquet"] {
        let (_, said) = folder.classify("list.parquet", out, &more);
        assert!(said.contains("captor: blank cells count as `unc` in 1 of 4 rows"), "{said}");
        assert!(said.contains("`?`: 1 row (row 4)"), "{said}");
    }
    folder.classify("list.csv", "direct.csv", &more);
    let last = |name: &str| -> Vec<String> {
        folder.text(name).lines().map(|line| line.rsplit(',').next().unwrap().to_string()).collect()
    };
    assert_eq!(last("out.csv"), last("direct.csv"));
    let rows = rows(&folder.path("out.parquet"));
    assert_eq!(
        rows.iter().map(|row| row.last().unwrap().clone()).collect::<Vec<_>>(),
        last("direct.csv")[1..]
    );
}

#[test]
fn a_proposal_is_judged_once() {
    let folder = Folder::new().with("list.csv", CAPTORS);
    folder.classify("list.csv", "list.parquet", &["--proposal", "1952-07-03-nam-il"]);
    let twice = ["--proposal", "1952-03-27-draft", "--proposal", "1952-03-27-draft"];
    for from in ["list.csv", "list.parquet"] {
        let message = folder.refused(from, &twice);
        assert!(message.contains("two columns would be called `1952-03-27-draft`"), "{message}");
    }
}

/// Lines as an editor counts them: with a line within quotes, a blank one, and either line ending.
#[test]
fn lines_are_those_an_editor_shows() {
    let list = "name,residence,wish\n\"Kim\nA\",north,home\n\nLee,Cheju,home\n";
    let folder = Folder::new().with("list.csv", list).with("crlf.csv", list.replace('\n', "\r\n"));
    for from in ["list.csv", "crlf.csv"] {
        let (_, said) = folder.classify(from, &format!("out-{from}"), &[]);
        assert!(said.contains("`Cheju`: 1 row (line 5 of the file)"), "{said}");
    }
}

/// Rows in which everything is known keep it; the others get levels that the scenario has.
#[test]
fn unknown_levels_can_be_imputed() {
    let folder = Folder::new().with("list.csv", LIST).with("words.toml", WORDS);
    let words = folder.path("words.toml");
    let more = [&MAPPED[..], &["--levels", &words, "--impute", "korea/1952-07-03"]].concat();
    let (table, said) = folder.classify("list.csv", "out.csv", &more);
    assert!(said.contains("imputed in 2 rows"), "{said}");
    let proposals: Vec<&str> = table.lines().filter(|line| line.starts_with("  19")).collect();
    assert!(proposals.len() == 7 && proposals.iter().all(|line| line.ends_with('–')), "{table}");
    assert!(table.contains("were drawn from the scenario korea/1952-07-03"), "{table}");
    let out = folder.text("out.csv");
    let drawn: Vec<&str> = out.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    // Only southerners wish to go home, so that is what the third must be.
    assert_eq!(
        [drawn[0], drawn[1], drawn[3], drawn[4], drawn[5]],
        ["imputed", "", "residence=south", "", ""]
    );
    assert!(drawn[2].starts_with("wish="), "{}", drawn[2]);
    folder.classify("list.csv", "again.csv", &[&more[..], &["--threads", "1"]].concat());
    assert_eq!(folder.text("again.csv"), out);
}

/// The wishes of 200,000 people are left out and drawn again. Whether a southern KPA prisoner then asks to
/// go North is a matter of the parameter alone, here fixed: 6 standard deviations, 2e-9 to fail by chance;
/// the seed is fixed. Another parameter fails.
#[test]
fn imputed_levels_follow_the_scenario_given_what_is_known() {
    let folder = Folder::new();
    let list = "captor,force,nationality,residence\n".to_string() + &"unc,kpa,korean,south\n".repeat(200_000);
    let folder = folder.with("list.csv", list).with(
        "fixed.toml",
        "base = \"korea/1952-07-03\"\ntitle = \"Fixed\"\n[parameters.southern_pow_north]\nvalue = 0.28\n\
         source = \"frus-1952-d209\"\n",
    );
    let scenario = folder.path("fixed.toml");
    folder.classify("list.csv", "out.csv", &["--impute", &scenario, "--proposal", "1952-07-03-nam-il"]);
    let north = folder.text("out.csv").lines().filter(|line| line.ends_with(",wish=own-side")).count() as f64;
    let far = |share: f64| (north - 200_000.0 * share).abs() / (200_000.0 * share * (1.0 - share)).sqrt();
    assert!(far(0.28) < 6.0, "{north}");
    assert!(far(0.29) > 6.0, "{north}");
}

/// People of a kind that the scenario does not contain stay `unknown`.
#[test]
fn nothing_is_imputed_for_people_the_scenario_does_not_contain() {
    let list = "captor,force,nationality,residence,wish\nunc,roka,korean,south,\n";
    let folder = Folder::new().with("list.csv", list);
    let (_, said) = folder.classify("list.csv", "out.csv", &["--impute", "korea/1952-07-03"]);
    assert!(said.contains("imputed in 0 rows"), "{said}");
}

/// Dates, small integers, truth values and absent cells come out as they went in.
#[test]
fn other_columns_come_out_as_they_went_in() {
    let folder = Folder::new();
    let born = Int32Chunked::new("born".into(), [Some(-14_000), None, Some(-15_000)]);
    let mut frame = DataFrame::new(
        3,
        vec![
            born.into_date().into_column(),
            Column::new("camp".into(), [1u8, 2, 255]),
            Column::new("age".into(), [Some(-1i16), Some(300), None]),
            Column::new("sick".into(), [true, false, true]),
            Column::new("height".into(), [1.71f32, f32::NAN, 1.6]),
            Column::new("name".into(), ["Kim", "a \"quoted\", name", "이"]),
            Column::new("residence".into(), ["north", "south", "north"]),
        ],
    )
    .unwrap();
    let file = std::fs::File::create(folder.path("list.parquet")).unwrap();
    ParquetWriter::new(file).finish(&mut frame).unwrap();
    folder.classify("list.parquet", "out.parquet", &["--proposal", "1952-07-03-nam-il"]);
    let out = ParquetReader::new(std::fs::File::open(folder.path("out.parquet")).unwrap()).finish().unwrap();
    assert!(out.drop("1952-07-03-nam-il").unwrap().equals_missing(&frame));
}

/// Hangul as macOS decomposes it, in the list, in the words file and in the options: it looks the same and is the same.
#[test]
fn a_decomposed_list_is_judged_like_a_composed_one() {
    let (force, north) =
        (["북한군", "\u{1107}\u{116e}\u{11a8}\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11ab}"], "North");
    let list =
        |force: &str| format!("captor,{force},nationality,residence,wish\nunc,{force},korean,{north},home\n");
    let words = |force: &str| format!("[force]\nkpa = \"{force}\"\n");
    let mut copies = Vec::new();
    for (cell, word) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let folder = Folder::new().with("list.csv", list(force[cell])).with("words.toml", words(force[word]));
        let (map, levels) = (format!("force={}", force[word]), folder.path("words.toml"));
        let more = ["--map", &map, "--levels", &levels, "--proposal", "1952-07-03-nam-il"];
        let (_, said) = folder.classify("list.csv", "out.csv", &more);
        assert!(!said.contains("unknown in"), "{said}");
        let out = folder.text("out.csv");
        // The copy keeps the form that the list has.
        assert!(out.contains(force[cell]) && out.ends_with(",repatriated\n"), "{out}");
        folder.classify("list.csv", "out.parquet", &more);
        let (_, said) = folder.classify(
            "out.parquet",
            "again.parquet",
            &[&more[..4], &["--proposal", "1952-04-28-unc-package"]].concat(),
        );
        assert!(!said.contains("unknown in"), "{said}");
        copies.push(out.replace(force[1], force[0]));
    }
    assert!(copies.iter().all(|copy| *copy == copies[0]));
}

#[test]
fn levels_and_columns_are_matched_without_regard_to_case() {
    let list = "Captor,Force,nationality,residence,wish\nUNC,KPA,korean,north,home\nunc,kpa,korean,north,home\nUNC,Kpa,korean,north,home\n";
    let folder = Folder::new().with("list.csv", list).with("list-lower.csv", list.to_lowercase());
    let more = ["--proposal", "1952-07-03-nam-il"];
    let (table, said) = folder.classify("list.csv", "out.csv", &more);
    let expected = "Levels and columns were matched without regard to case: the column `Captor` as captor, the column \
                    `Force` as force, `UNC` as unc (2 rows), `KPA` as kpa (1 row), `Kpa` as kpa (1 row).";
    let in_one_line = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line.contains(expected), "{table}");
    assert!(!said.contains("unknown"), "{said}");
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert!(manifest["notes"].as_array().unwrap().contains(&expected.into()));
    let (table, _) = folder.classify("list-lower.csv", "lower.csv", &more);
    assert!(!table.contains("without regard to case"), "{table}");
    assert_eq!(folder.text("lower.csv"), folder.text("out.csv").to_lowercase());
    let folder = folder.with("two.csv", "Force,FORCE\nkpa,cpv\n");
    insta::assert_snapshot!(folder.refused("two.csv", &[]));
}

#[test]
fn words_that_never_occur_are_named() {
    let words = format!("{WORDS}[captor]\nunc = \"UN\"\n");
    let folder = Folder::new().with("list.csv", LIST).with("words.toml", words);
    let words = folder.path("words.toml");
    let more = [&MAPPED[..], &["--levels", &words]].concat();
    let (_, said) = folder.classify("list.csv", "out.csv", &more);
    assert!(said.contains("words that never occur in the roster: `UN`, `Kangwon`\n"), "{said}");
}

/// The words of a list, sorted into levels, are all that `classify` needs besides.
#[test]
fn a_words_file_is_begun_by_the_program_and_completed_by_its_user() {
    let list = LIST.replace(',', ";") + "Yi F;;unc;kpa;korean;Hwanghae;HOME\n";
    let folder = Folder::new().with("list.csv", &list);
    let roster = folder.path("list.csv");
    let printed = printed(&[&["words", &roster, "--separator", ";"], &MAPPED[..]].concat());
    insta::assert_snapshot!(printed.replace(&roster, "list.csv"));
    // As it is, it says where the columns are.
    let folder = folder.with("words.toml", &printed);
    let words = folder.path("words.toml");
    let more = ["--levels", &words, "--proposal", "1952-07-03-nam-il"];
    let (_, said) = folder.classify("list.csv", "begun.csv", &more);
    assert!(said.contains("(column `province`)") && said.contains("`repat words` begins one"), "{said}");
    // Its user moves each word to its level.
    let mut sorted = printed;
    for (level, word) in
        [("north", "Hwanghae"), ("south", "Kyonggi"), ("abroad", "Sichuan"), ("non-korean", "chinese")]
    {
        assert!(sorted.contains(&format!("#  \"{word}\", # ")), "{sorted}");
        sorted = sorted.replacen(&format!("{level} = [\n"), &format!("{level} = [\n\"{word}\",\n"), 1);
    }
    let sorted = sorted.replacen("un-contingent = [\n", "un-contingent = [\n\"British Army\",\n", 1);
    let folder = folder.with("words.toml", sorted);
    let (_, said) = folder.classify("list.csv", "out.csv", &more);
    assert!(!said.contains("help:"), "{said}");
    let outcomes =
        last_cells(&folder.text("out.csv").replace(';', ","), &["repatriated", "released", "unknown"]);
    assert_eq!(outcomes, [4, 1, 1], "{}", folder.text("out.csv"));
    // Options prevail.
    let (_, said) =
        folder.classify("list.csv", "mapped.csv", &[&more[..], &["--map", "residence=born"]].concat());
    assert!(said.contains("(column `born`)"), "{said}");
}

#[test]
fn words_of_unreadable_lists_are_refused_with_a_remedy() {
    let folder = Folder::new()
        .with("list.xlsx", "")
        .with("other.csv", "heimat,wunsch\nnorth,home\n")
        .with("short.csv", "residence,wish\nnorth,home\nsouth\n");
    for (file, expected) in [
        ("list.xlsx", "save it as .csv"),
        ("other.csv", "--map ATTRIBUTE=COLUMN"),
        ("short.csv", "line 3 of the file has 1 cell"),
        ("missing.csv", "cannot be read"),
    ] {
        let (message, code) = said(&["words", &folder.path(file)]);
        assert!(code == 2 && message.contains(expected) && !message.contains("--out"), "{file}: {message}");
    }
}

#[test]
fn a_words_file_can_say_what_everybody_is() {
    let words = "[columns]\nwish = \"wants\"\n[everybody]\ncaptor = \"unc\"\nforce = \"kpa\"\nnationality = \"korean\"\n";
    let folder =
        Folder::new().with("list.csv", "residence,wants\nnorth,home\nsouth,none\n").with("words.toml", words);
    let levels = folder.path("words.toml");
    let july = ["--levels", &levels, "--proposal", "1952-07-03-nam-il"];
    folder.classify("list.csv", "out.csv", &july);
    assert_eq!(last_cells(&folder.text("out.csv"), &["repatriated", "released"]), [1, 1]);
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(manifest["everybody"]["captor"], "unc");
    folder.classify("list.csv", "other.csv", &[&july[..], &["--everybody", "captor=kpa-cpv"]].concat());
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("other.csv.manifest.json")).unwrap();
    assert_eq!(manifest["everybody"]["captor"], "kpa-cpv");
    // What does not fit the list is shown in the file.
    let folder = folder.with("other-list.csv", "captor,residence\nunc,north\n");
    insta::assert_snapshot!(folder.refused("other-list.csv", &july));
}

/// A CSV roster keeps its texts: nothing is taken for a number, and cells that need quotes have them.
#[test]
fn texts_stay_what_they_are() {
    let list = "id;name;residence\n007;\"a;b\";north\n1e5;\"say \"\"no\"\"\";south\n;이; north \n";
    let folder = Folder::new().with("list.csv", list);
    folder.classify("list.csv", "out.csv", &["--separator", ";", "--proposal", "1952-07-03-nam-il"]);
    let out = folder.text("out.csv").replace(";unknown", "").replace(";1952-07-03-nam-il", "");
    assert_eq!(out, list);
}

/// What a spreadsheet saved can be opened in it again: its mark, line ends and separator are kept.
#[test]
fn the_layout_of_a_csv_file_is_kept() {
    let list = "name;residence\n이;north\n\"a\nb\";south\n";
    let tabs = list.replace(';', "\t");
    let excel = format!("\u{feff}{}", "name;residence\r\n이;north\r\n\"a\nb\";south\r\n");
    let folder = Folder::new().with("plain.csv", list).with("excel.csv", &excel).with("tabs.tsv", &tabs);
    let july = "1952-07-03-nam-il";
    let copied = |from: &str, to: &str, more: &[&str]| {
        folder.classify(from, to, &[more, &["--proposal", july]].concat());
        let copy = folder.text(to);
        [',', ';', '\t'].into_iter().fold(copy, |copy, separator| {
            copy.replace(&format!("{separator}unknown"), "").replace(&format!("{separator}{july}"), "")
        })
    };
    let semicolons = ["--separator", ";"];
    assert_eq!(copied("plain.csv", "plain-out.csv", &semicolons), list);
    assert_eq!(copied("excel.csv", "excel-out.csv", &semicolons), excel);
    assert_eq!(copied("tabs.tsv", "out.tsv", &[]), tabs);
    assert_eq!(copied("tabs.tsv", "out.csv", &semicolons), list);
    assert_eq!(copied("excel.csv", "excel-out.tsv", &semicolons), excel.replace(';', "\t"));
    let out = folder.path("people.tsv");
    repat(&["generate", "--population", "100", "--out", &out]).assert().success();
    assert!(folder.text("people.tsv").starts_with("stratum\tunit\t"));
}

#[test]
fn a_list_without_rows_stays_one() {
    let folder = Folder::new().with("list.csv", "residence\n");
    let (table, _) = folder.classify("list.csv", "out.csv", &["--proposal", "1952-07-03-nam-il"]);
    assert_eq!(folder.text("out.csv"), "residence,1952-07-03-nam-il\n");
    assert!(table.starts_with("0 rows"), "{table}");
}

#[test]
fn unreadable_rosters_are_refused_with_place_and_remedy() {
    let folder = Folder::new()
        .with("short.csv", "residence,wish\nnorth,home\nsouth\n")
        .with("latin1.csv", b"residence,wish\nnorth,home\ns\xfcd,home\n")
        .with("semicolons.csv", "residence;wish\nnorth;home\n")
        .with("empty.csv", "")
        .with("twice.csv", "residence,wish,wish\nnorth,home,home\n")
        .with("list.xlsx", "")
        .with("text.parquet", "residence\nnorth\n")
        .with("other.csv", "heimat,wunsch\nnorth,home\n")
        .with("list.csv", LIST);
    for (file, expected) in [
        ("short.csv", "./short.csv: line 3 of the file has 1 cell, the first line 2"),
        ("latin1.csv", "./latin1.csv: line 3 of the file is not valid UTF-8"),
        ("semicolons.csv", "--separator ';'"),
        ("empty.csv", "./empty.csv: is empty"),
        ("twice.csv", "two columns are called `wish`"),
        ("list.xlsx", "save it as .csv"),
        ("text.parquet", "is not a readable Parquet file"),
        ("missing.csv", "cannot be read"),
        (".", "is a folder"),
        ("other.csv", "--map ATTRIBUTE=COLUMN"),
    ] {
        let message = folder.refused(file, &[]);
        assert!(message.contains(expected), "{file}: {message}");
    }
    let mistakes = ["--map", "residence=provinz", "--map", "rank=army", "--fill", "wish=hom"];
    insta::assert_snapshot!(folder.refused("list.csv", &mistakes));
}

#[test]
fn mistakes_in_a_file_of_words_are_reported_with_their_places() {
    let words =
        "[residence]\nnorth = [\"Hwanghae\", 3]\nsouth = \"Hwanghae\"\nnorht = \"x\"\n[rank]\na = \"b\"\n";
    let folder = Folder::new().with("list.csv", LIST).with("words.toml", words);
    let levels = folder.path("words.toml");
    let message = folder.refused("list.csv", &["--levels", &levels]);
    // Mistakes in the options and in the list are reported with them.
    let folder = folder.with("short.parquet", "residence");
    let options = ["--levels", &levels, "--map", "rank=army"];
    let both = folder.refused("list.csv", &[&options[..], &["--map", "residence=provinz"]].concat());
    assert!(both.contains("no column `provinz`") && both.ends_with("6 problems\n"), "{both}");
    let unreadable = folder.refused("short.parquet", &options);
    assert!(unreadable.contains("not a readable Parquet file"), "{unreadable}");
    assert!(
        unreadable.contains("no attribute `rank`") && unreadable.ends_with("6 problems\n"),
        "{unreadable}"
    );
    insta::assert_snapshot!(message);
}

#[test]
fn the_roster_is_never_changed() {
    let folder = Folder::new().with("list.csv", LIST);
    let itself = folder.path("list.csv");
    let (message, code) = said(&["classify", &itself, "--out", &itself, "--force"]);
    assert!(code == 2 && message.contains("the roster itself"), "{message}");
    folder.classify("list.csv", "out.csv", &[]);
    assert!(folder.refused("out.csv", &[]).contains("has these columns already: 1949-geneva-118, "));
    assert_eq!(folder.text("list.csv"), LIST);
}

const ONE_FOR_ONE: &str = "1952-01-02-one-for-one:surplus=retained";
const FIFTH: &str = "1952-09-fifth-withheld";

/// Fourteen of the UNC's prisoners and ten of the other side's who wish to go back, and two who do not.
fn fourteen_for_ten() -> String {
    let row = |captor: &str, force: &str, wish: &str| format!("{captor},{force},korean,north,{wish}\n");
    let lists = [
        row("unc", "kpa", "own-side").repeat(14),
        row("kpa-cpv", "roka", "own-side").repeat(10),
        row("unc", "kpa", "captor-side").repeat(2),
    ];
    format!("captor,force,nationality,residence,wish\n{}", lists.concat())
}

/// How many rows of a CSV file end in each of these cells.
fn last_cells(text: &str, cells: &[&str]) -> Vec<usize> {
    let last = |line: &str| line.rsplit(',').next().unwrap().to_string();
    let rows: Vec<String> = text.lines().skip(1).map(last).collect();
    cells.iter().map(|cell| rows.iter().filter(|row| row == cell).count()).collect()
}

#[test]
fn an_outcome_is_unknown_where_a_limit_decides() {
    let folder = Folder::new().with("list.csv", fourteen_for_ten());
    let more = ["--proposal", ONE_FOR_ONE, "--proposal", FIFTH, "--proposal", "1952-01-02-one-for-one"];
    let (table, said) = folder.classify("list.csv", "out.csv", &more);
    let rows = folder.text("out.csv");
    let row = |number: usize| rows.lines().nth(number).unwrap().to_string();
    // A reading without limits is classified as ever, and so are people whom no limit concerns.
    assert!(row(1).ends_with(",own-side,unknown,unknown,repatriated"), "{}", row(1));
    assert!(row(26).ends_with(",captor-side,released,unknown,released"), "{}", row(26));
    insta::assert_snapshot!(format!("{table}\n{said}"));
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(manifest["limits"][FIFTH]["applied"], false);
    assert_eq!(
        (&manifest["limits"]["1952-01-02-one-for-one"], &manifest["seed"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    folder.classify("out.csv", "again.parquet", &["--proposal", "1952-07-03-nam-il", "--limits"]);
}

/// Ten go for ten, and four wait. Under the other text four fifths of each side go, rounded down, 12 of 16 and 8 of 10;
/// those who do not wish to are withheld first.
#[test]
fn limits_can_be_applied_to_the_list_as_a_whole() {
    let folder = Folder::new().with("list.csv", fourteen_for_ten());
    let (table, said) =
        folder.classify("list.csv", "out.csv", &["--limits", "--proposal", FIFTH, "--proposal", ONE_FOR_ONE]);
    let rows = folder.text("out.csv");
    assert_eq!(last_cells(&rows, &["repatriated", "retained", "released"]), [20, 4, 2]);
    let fifth = |line: &str| line.rsplit(',').nth(1).unwrap() == "retained";
    let withheld: Vec<usize> = (1..27).filter(|row| fifth(rows.lines().nth(*row).unwrap())).collect();
    let of = |rows: std::ops::Range<usize>| withheld.iter().filter(|row| rows.contains(row)).count();
    assert_eq!([of(1..15), of(15..25), of(25..27)], [2, 2, 2], "{withheld:?}");
    insta::assert_snapshot!(format!("{table}\n{said}"));
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(
        (&manifest["limits"][ONE_FOR_ONE]["applied"], &manifest["seed"]),
        (&true.into(), &1952.into())
    );
    let (again, _) = folder.classify("list.csv", "again.csv", &["--limits", "--proposal", ONE_FOR_ONE]);
    assert!(again.contains("were drawn by lot where the limits"), "{again}");
    assert_eq!(
        rows.lines().map(|line| line.rsplit(',').next()).collect::<Vec<_>>(),
        folder.text("again.csv").lines().map(|line| line.rsplit(',').next()).collect::<Vec<_>>()
    );
}

/// Several batches of rows: whatever the formats and the number of threads, the numbers are those of a count of one's
/// own, by what the same text says without its limits.
#[test]
fn limits_are_the_same_for_every_format_and_any_threads() {
    let folder = Folder::new();
    for name in ["list.csv", "list.parquet"] {
        let out = folder.path(name);
        repat(&["generate", "--population", "300000", "--out", &out]).assert().success();
    }
    let both = ["--limits", "--proposal", "1952-01-02-one-for-one", "--proposal", ONE_FOR_ONE];
    for from in ["list.csv", "list.parquet"] {
        folder.classify(from, &format!("{from}.csv"), &both);
        folder.classify(from, &format!("{from}.parquet"), &[&both[..], &["--threads", "1"]].concat());
    }
    assert!(folder.text("list.csv.csv") == folder.text("list.parquet.csv"));
    let rows = rows(&folder.path("list.csv.parquet"));
    assert!(rows == crate::generate::rows(&folder.path("list.parquet.parquet")));
    let csv = folder.text("list.csv.csv");
    assert!(csv.lines().skip(1).eq(rows.iter().map(|row| row.join(","))));
    // stratum, unit, captor, force, nationality, residence, wish, outcome without limits, outcome
    let with = |captor: &str, outcome: usize| {
        rows.iter().filter(|row| row[2] == captor && row[outcome] == "repatriated").count()
    };
    assert!(with("unc", 7) > with("kpa-cpv", 7));
    assert_eq!([with("unc", 8), with("kpa-cpv", 8)], [with("kpa-cpv", 7); 2]);
    let over = rows.iter().filter(|row| row[7] != row[8]);
    assert!(
        over.clone().all(|row| row[2] == "unc" && (&row[7][..], &row[8][..]) == ("repatriated", "retained"))
    );
    assert_eq!(over.count(), with("unc", 7) - with("kpa-cpv", 7));
}

/// A limit cannot be applied if somebody may or may not be among those it concerns. It can if what is unknown makes no
/// difference to it: the residence of people who wish to go to their own side.
#[test]
fn rows_that_do_not_say_what_a_limit_looks_at_leave_it_unapplied() {
    let list = fourteen_for_ten().replacen("north", "", 3) + "kpa-cpv,roka,korean,south,\n";
    let folder = Folder::new().with("list.csv", list);
    let more = ["--limits", "--proposal", FIFTH, "--proposal", ONE_FOR_ONE];
    let (table, said) = folder.classify("list.csv", "out.csv", &more);
    assert_eq!(last_cells(&folder.text("out.csv"), &["unknown", "released"]), [25, 2]);
    insta::assert_snapshot!(format!("{table}\n{said}"));
    let manifest: serde_json::Value = serde_json::from_str(&folder.text("out.csv.manifest.json")).unwrap();
    assert_eq!(manifest["limits"][ONE_FOR_ONE]["rows_incomplete"], 1);
    assert_eq!(manifest["seed"], serde_json::Value::Null);
    let complete = folder.text("list.csv").replace("south,\n", "south,home\n");
    let folder = folder.with("complete.csv", complete);
    folder.classify("complete.csv", "complete-out.csv", &more);
    assert_eq!(
        last_cells(&folder.text("complete-out.csv"), &["unknown", "repatriated", "retained"]),
        [0, 22, 3]
    );
}

/// Imputed rows count by their imputed levels.
#[test]
fn limits_count_imputed_levels() {
    let list = fourteen_for_ten() + &"unc,kpa,korean,north,\n".repeat(1_000);
    let folder = Folder::new().with("list.csv", list);
    let impute = ["--impute", "korea/1952-07-03", "--limits"];
    let more = [&impute[..], &["--proposal", "1952-01-02-one-for-one", "--proposal", ONE_FOR_ONE]].concat();
    folder.classify("list.csv", "out.csv", &more);
    let text = folder.text("out.csv");
    let with = |captor: &str, outcome: usize| {
        let rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[0] == captor && row[outcome] == "repatriated").count()
    };
    // As many go without limits as wish to, imputed or not.
    let wish = text.lines().filter(|line| line.starts_with("unc") && line.contains("own-side")).count();
    assert!((100..1_000).contains(&wish));
    assert_eq!([with("unc", 5), with("unc", 6), with("kpa-cpv", 6)], [wish, 10, 10]);
    assert!(!text.contains("unknown"));
    folder.classify("list.csv", "other.csv", &[&more[..], &["--replicate", "1"]].concat());
    assert_ne!(folder.text("other.csv"), text);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(1953),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever is done to a Parquet file, it is read or refused.
    #[test]
    fn damage_is_never_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let folder = Folder::new();
        let out = folder.path("list.parquet");
        repat(&["generate", "--population", "500", "--out", &out]).assert().success();
        let mut bytes = std::fs::read(&out).unwrap();
        let length = bytes.len();
        changes.iter().for_each(|(place, byte)| bytes[place.index(length)] = *byte);
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(&out, bytes).unwrap();
        let limits = ["--limits", "--proposal", FIFTH];
        for (copy, more) in [("out.csv", &[][..]), ("out.parquet", &[]), ("limited.parquet", &limits)] {
            let (message, code) = said(&[&["classify", &out, "--out", &folder.path(copy)], more].concat());
            assert!((0..=2).contains(&code) && !message.contains("panicked"), "{code}: {message}");
        }
    }
}
