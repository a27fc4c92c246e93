//! Same inputs and seed, same bytes; another seed, other bytes.

use std::ops::Range;

use repat::domain::{Engine, Outcome};
use repat::input::{Loaded, Request, load};
use repat::proposal::Rulebook;
use repat::simulate::{Plan, Population, RowMap, Silent, draw};

use crate::printed;

fn csv(engine: &str, more: &[&str]) -> String {
    csv_of("korea/1952-07-03", engine, more)
}

fn csv_of(scenario: &str, engine: &str, more: &[&str]) -> String {
    let mut arguments = vec!["run", scenario, "--engine", engine, "--format", "csv"];
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

/// Texts with limits, where who is over one is drawn by lot.
const LIMITED: [&str; 3] =
    ["1952-06-15-zhou-numbers", "1952-09-fifth-withheld", "1952-01-02-one-for-one:surplus=retained"];

/// Options that judge by these texts.
fn judged_by<'a>(texts: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    texts.iter().flat_map(|text| ["--proposal", text]).chain(more.iter().copied()).collect()
}

#[test]
fn threads_never_change_a_byte_under_limits() {
    for engine in ["individuals", "counts"] {
        let run = |more: &[&str]| csv(engine, &judged_by(&LIMITED, more));
        let one = run(&["--threads", "1"]);
        assert_eq!(one, run(&["--threads", "2"]), "{engine}");
        assert_eq!(one, run(&["--threads", "7"]), "{engine}");
        assert_ne!(one, run(&["--seed", "1953"]), "{engine} ignores the seed");
    }
}

#[test]
fn other_proposals_and_their_order_never_change_a_row_under_limits() {
    let by_wish = ["--by", "wish"];
    for engine in ["individuals", "counts"] {
        let run = |texts: &[&str]| csv(engine, &judged_by(texts, &by_wish));
        // A run shows the outcomes that some of its texts know; of one that a text does not know it counts nobody.
        let rows = |table: &str, text: &str| -> Vec<String> {
            let id = text.split(':').next().unwrap();
            let lines = table.lines().filter(|line| line.contains(id) && !line.contains(",0,0,0,0,0,"));
            lines.map(String::from).collect()
        };
        let [a, b, c] = LIMITED;
        let all = run(&LIMITED);
        let others = [run(&[c, b, a]), run(&[b, "1952-07-03-nam-il", a, "1952-03-27-draft", c])];
        for text in LIMITED {
            let expected = rows(&all, text);
            assert!(expected.len() >= 7, "{text}: {expected:?}");
            assert!(others.iter().all(|other| rows(other, text) == expected), "{engine}, {text}");
            assert_eq!(rows(&run(&[text]), text), expected, "{engine}, {text} alone");
        }
    }
}

/// The scenario of July 1952 with one text under two readings.
fn two_readings(text: &str, readings: [&str; 2]) -> Loaded {
    let proposals = readings.map(|reading| format!("{text}:{reading}")).to_vec();
    load(&Request { scenario: "korea/1952-07-03".into(), proposals, ..Request::default() }).unwrap()
}

/// People by their outcomes under two rulebooks, by replicate: those of the first outcome under the first rulebook begin.
fn transitions(loaded: &Loaded, engine: Engine) -> Vec<Vec<Vec<u64>>> {
    let outcomes = loaded.setting.outcomes.iter().count();
    let population = Population::new(&loaded.setting, loaded.scenario.clone());
    let pair: Vec<&Rulebook> = loaded.rulebooks.iter().collect();
    let none = RowMap::new(&population, outcomes * outcomes, |_, _| Vec::new());
    let map =
        none.and_limited(&population, &pair, |_, _, both| vec![both[0].index() * outcomes + both[1].index()]);
    let draws = draw(&population, &map, Plan { engine, seed: 1952, replicates: 200 }, &Silent).unwrap();
    let row = |from: usize| (0..outcomes).map(move |to| from * outcomes + to);
    (0..outcomes).map(|from| row(from).map(|row| draws.row(row)).collect()).collect()
}

/// Everybody who moves between two readings of a text, by replicate; nobody may do so but from one outcome to another.
fn moved(loaded: &Loaded, engine: Engine, from: Outcome, to: Outcome) -> Vec<u64> {
    let mut transitions = transitions(loaded, engine);
    let moved = std::mem::take(&mut transitions[from.index()][to.index()]);
    for (from, row) in transitions.iter().enumerate() {
        for (to, people) in row.iter().enumerate().filter(|(to, _)| *to != from) {
            assert!(people.iter().all(|people| *people == 0), "{engine:?}: from {from} to {to}");
        }
    }
    moved
}

/// Of one for one, who waits under one reading is handed over under the other, and nobody else is treated otherwise: as
/// many as the UNC holds of the willing beyond those whom the other side hands over.
#[test]
fn readings_of_a_limit_move_those_over_it_and_nobody_else() {
    let loaded = two_readings("1952-01-02-one-for-one", ["surplus=retained", "surplus=repatriated"]);
    let [retained, repatriated] =
        ["retained", "repatriated"].map(|name| loaded.setting.find_outcome(name).unwrap());
    let space = &loaded.setting.space;
    let [captor, served] = ["captor", "served"].map(|name| space.variable(name).unwrap());
    let population = Population::new(&loaded.setting, loaded.scenario.clone());
    // All the willing: held by the UNC and served the other side, and held by the KPA/CPV.
    let willing = RowMap::new(&population, 2, |_, profile| {
        let levels = space.levels(profile);
        let is_willing = loaded.rulebooks[1].ruling_on(profile).outcome == repatriated;
        match (is_willing, levels[captor], levels[served]) {
            (true, 0, 0) => vec![0],
            (true, 1, _) => vec![1],
            _ => Vec::new(),
        }
    });
    for engine in [Engine::Individuals, Engine::Counts] {
        let draws =
            draw(&population, &willing, Plan { engine, seed: 1952, replicates: 200 }, &Silent).unwrap();
        let surplus =
            draws.row(0).into_iter().zip(draws.row(1)).map(|(unc, other)| unc.saturating_sub(other));
        let moved = moved(&loaded, engine, retained, repatriated);
        assert!(moved.iter().all(|people| *people > 0), "{engine:?}: the limit does not bind");
        assert_eq!(moved, surplus.collect::<Vec<_>>(), "{engine:?}");
    }
}

/// The lots of a limit are the same under two readings that differ in what happens to those over it: whoever is freed
/// under the one is kept under the other. All 111,774 Koreans but 90,000 are.
#[test]
fn readings_of_the_rest_draw_the_same_people() {
    for who in ["who=willing-first", "who=any"] {
        let readings = ["rest=released", "rest=retained"].map(|rest| format!("{who},{rest}"));
        let loaded = two_readings("1952-06-15-zhou-numbers", [&readings[0], &readings[1]]);
        let [released, retained] =
            ["released", "retained"].map(|name| loaded.setting.find_outcome(name).unwrap());
        for engine in [Engine::Individuals, Engine::Counts] {
            assert_eq!(
                moved(&loaded, engine, released, retained),
                [111_774 - 90_000; 200],
                "{who}, {engine:?}"
            );
        }
    }
}

/// So is what a text with limits does with a replicate, whichever other texts are asked.
#[test]
fn a_replicate_is_the_same_however_many_there_are_under_limits() {
    let proposals = LIMITED.map(String::from).to_vec();
    let request = Request { scenario: "korea/1952-07-03".into(), proposals, ..Request::default() };
    let loaded = load(&request).unwrap();
    let population = Population::new(&loaded.setting, loaded.scenario.clone());
    let outcomes = loaded.setting.outcomes.iter().count();
    let rows = |texts: Range<usize>| {
        let none = RowMap::new(&population, loaded.rulebooks.len() * outcomes, |_, _| Vec::new());
        texts.fold(none, |map, text| {
            map.and_limited(&population, &[&loaded.rulebooks[text]], |_, _, outcome| {
                vec![text * outcomes + outcome[0].index()]
            })
        })
    };
    for engine in [Engine::Individuals, Engine::Counts] {
        let draws = |texts: Range<usize>, replicates| {
            draw(&population, &rows(texts), Plan { engine, seed: 5, replicates }, &Silent).unwrap()
        };
        let all = draws(0..3, 50);
        for (text, name) in LIMITED.iter().enumerate() {
            let alone = draws(text..text + 1, 10);
            for row in text * outcomes..(text + 1) * outcomes {
                assert_eq!(alone.row(row)[..], all.row(row)[..10], "{engine:?}, {name}");
            }
        }
    }
}

/// Parameters drawn and people drawn in this build; the Beta draws beneath are rounded to 2^-32,
/// so that a build without Parquet gives the same. The people are those of a scenario that is never changed, so that what
/// becomes known of the prisoners does not move the numbers.
#[test]
fn the_numbers_of_a_seed_stay_what_they_are() {
    // Where these numbers move, the version is raised: builds with other numbers must share no results.
    assert_eq!(repat::domain::NUMBERS_VERSION, 2);
    let rows: Vec<String> = csv_of("tests/fixtures/pinned/1952-07-03.toml", "individuals", &[])
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
