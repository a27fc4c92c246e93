//! Same inputs and seed, same bytes; another seed, other bytes.

use crate::printed;

fn csv(engine: &str, more: &[&str]) -> String {
    let mut arguments = vec!["run", "--engine", engine, "--format", "csv"];
    arguments.extend(more);
    if !more.contains(&"--replicates") {
        arguments.extend(["--replicates", "50"]);
    }
    printed(&arguments)
}

#[test]
fn threads_never_change_a_byte() {
    for engine in ["individuals", "counts", "exact"] {
        let one = csv(engine, &["--threads", "1"]);
        assert_eq!(one, csv(engine, &["--threads", "2"]), "{engine}");
        assert_eq!(one, csv(engine, &["--threads", "7"]), "{engine}");
        assert_ne!(one, csv(engine, &["--seed", "1953"]), "{engine} ignores the seed");
    }
}

/// Three million people in one replicate: many blocks of one unit on several threads.
#[test]
fn threads_never_change_a_large_population() {
    let large = |threads: &str| {
        csv("individuals", &["--population", "3000000", "--replicates", "1", "--threads", threads])
    };
    assert_eq!(large("1"), large("7"));
}

#[test]
fn other_proposals_and_their_order_never_change_a_row() {
    let all = csv("individuals", &[]);
    let few = csv("individuals", &["--proposal", "1952-07-03-nam-il", "--proposal", "1952-03-27-draft"]);
    let rows = |text: &str, id: &str| -> Vec<String> {
        text.lines().filter(|line| line.contains(id)).map(String::from).collect()
    };
    for id in ["1952-07-03-nam-il", "1952-03-27-draft"] {
        assert_eq!(rows(&all, id).len(), 3);
        assert_eq!(rows(&all, id), rows(&few, id));
    }
}

#[test]
fn a_replicate_is_the_same_however_many_there_are() {
    use repat::domain::Engine;
    use repat::input::{Request, load};
    use repat::simulate::{Plan, Population, RowMap, Silent, draw};

    let request = Request { scenario: "korea/1952-07-03".into(), ..Request::default() };
    let loaded = load(&request).unwrap();
    let population = Population::new(&loaded.setting, loaded.scenario.clone());
    let profiles = loaded.setting.space.len();
    let counting = RowMap::new(&population, profiles, |_, profile| vec![profile.index()]);
    for engine in [Engine::Individuals, Engine::Counts] {
        let rows = |replicates| {
            let plan = Plan { engine, seed: 5, replicates };
            let draws = draw(&population, &counting, plan, &Silent).unwrap();
            (0..profiles).map(|row| draws.row(row)).collect::<Vec<_>>()
        };
        for (few, many) in rows(10).iter().zip(rows(100)) {
            assert_eq!(few[..], many[..10]);
        }
    }
}

/// Parameters drawn and people drawn in this build; the Beta draws beneath are rounded to 2^-32,
/// so that a build without Parquet gives the same.
#[test]
fn the_default_run_of_a_seed_stays_what_it_is() {
    // Where these numbers move, the version is raised: builds with other numbers must share no results.
    assert_eq!(repat::domain::NUMBERS_VERSION, 1);
    let rows: Vec<String> = csv("individuals", &["--proposal", "1952-07-13-unc-list"])
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(3).take(2).collect::<Vec<_>>().join(" "))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @"
    repatriated 93570.52
    released 39128.22
    retained 48334.26
    ");
}
