//! What ships is complete: every file loads, every rule and limit is reached by a case and cited, every source is used,
//! and every number says whence it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use repat::domain::{Basis, Profile, Status};
use repat::input::{Catalogue, catalogues, check_paths};
use repat::proposal::{Allotment, CaseOfNumbers, Interpretation, Proposal, Rulebook, apply_limits, diff};
use repat::scenario::{Scenario, Stratum};

fn korea() -> Catalogue {
    catalogues().unwrap().into_iter().find(|catalogue| catalogue.setting.id == "korea").unwrap()
}

fn proposal_named<'a>(catalogue: &'a Catalogue, id: &str) -> &'a Arc<Proposal> {
    catalogue.proposals.iter().find(|proposal| proposal.id == id).unwrap()
}

fn scenario_named<'a>(catalogue: &'a Catalogue, name: &str) -> &'a Scenario {
    catalogue.scenarios.iter().find(|scenario| scenario.name == name).unwrap()
}

#[test]
fn the_folder_on_disk_is_what_is_inside_the_program() {
    let disk = check_paths(&[crate::project().join("scenarios").display().to_string()]).unwrap();
    let inside = catalogues().unwrap();
    assert_eq!(disk.len(), inside.len());
    for (disk, inside) in disk.iter().zip(&inside) {
        let proposals = |c: &Catalogue| c.proposals.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
        let targets = |c: &Catalogue| c.targets.iter().map(|t| t.id.clone()).collect::<Vec<_>>();
        let scenarios =
            |c: &Catalogue| c.scenarios.iter().map(|s| (s.name.clone(), s.population())).collect::<Vec<_>>();
        assert_eq!(disk.setting.id, inside.setting.id);
        assert_eq!(proposals(disk), proposals(inside));
        assert_eq!(targets(disk), targets(inside));
        assert_eq!(scenarios(disk), scenarios(inside));
    }
}

/// The day as a number of days, months counted as 31 of them: near enough for "within two months".
fn days(date: &str) -> i64 {
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().unwrap()).collect();
    (parts[0] * 12 + parts[1]) * 31 + parts[2]
}

/// The days of a scenario's texts: as their ids have them, and as they are dated. A text may be known by another's day:
/// what Vyshinsky made in July of the draft of 27 March is named after the draft.
fn days_of_texts<'a>(catalogue: &'a Catalogue, scenario: &'a Scenario) -> Vec<(&'a str, &'a str)> {
    let texts = scenario.proposals.iter().map(|(text, _)| text.split(':').next().unwrap());
    let days = texts.map(|id| {
        let words = id.find(|c: char| c.is_alphabetic()).unwrap();
        (&id[..words], proposal_named(catalogue, id).date.as_deref().unwrap())
    });
    days.collect()
}

/// A scenario's texts are those on the table on its day: each named once, in order of days, and none made more than two
/// months later. The lists of December 1951 alone are judged by texts of half a year, for their wishes span that time.
#[test]
fn the_texts_of_a_scenario_are_of_its_time() {
    for catalogue in catalogues().unwrap() {
        for scenario in &catalogue.scenarios {
            let texts = days_of_texts(&catalogue, scenario);
            assert!(texts.is_sorted_by_key(|(day, _)| *day), "{}: {texts:?}", scenario.name);
            let named: BTreeSet<&String> = scenario.proposals.iter().map(|(text, _)| text).collect();
            assert_eq!(named.len(), texts.len(), "{} names a text twice", scenario.name);
            let last = texts.iter().map(|(_, date)| days(date)).max().expect("a scenario without texts");
            let later = scenario.date.as_ref().map_or(0, |day| last - days(day));
            let allowed = if scenario.name == "korea/1951-12-18-lists" { 220 } else { 62 };
            assert!(later <= allowed, "{}: a text made {later} days later", scenario.name);
        }
    }
}

#[test]
fn every_text_is_on_the_table_of_a_scenario() {
    for catalogue in catalogues().unwrap() {
        let on_tables =
            catalogue.scenarios.iter().flat_map(|scenario| scenario.on_the_table.iter().flatten());
        let named = catalogue.scenarios.iter().flat_map(|scenario| &scenario.proposals).chain(on_tables);
        let named: BTreeSet<&str> = named.filter_map(|(text, _)| text.split(':').next()).collect();
        let missing = catalogue.proposals.iter().map(|proposal| proposal.id.as_str());
        let missing: Vec<&str> = missing.filter(|id| !named.contains(id)).collect();
        assert!(missing.is_empty(), "{}: no scenario names {missing:?}", catalogue.setting.id);
    }
}

/// The rules and silences that decide somebody in a worked case of the table.
fn reached(catalogue: &Catalogue, proposal: &Proposal) -> BTreeSet<usize> {
    let space = &catalogue.setting.space;
    let mut reached = BTreeSet::new();
    for case in &proposal.cases {
        let mut chosen = proposal.defaults();
        case.readings.iter().for_each(|&(reading, value)| chosen[reading] = value);
        for profile in space.profiles() {
            let point = [space.levels(profile), &chosen].concat();
            if case.profiles.holds(&point) {
                reached.extend(proposal.table.deciding(&point));
            }
        }
    }
    reached
}

#[test]
fn every_rule_and_silence_is_reached_by_a_worked_case() {
    for catalogue in catalogues().unwrap() {
        for proposal in &catalogue.proposals {
            let reached = reached(&catalogue, proposal);
            let missed = (0..proposal.rules.len()).filter(|rule| !reached.contains(rule));
            let missed: Vec<&str> = missed.map(|rule| proposal.rules[rule].id.as_str()).collect();
            assert!(missed.is_empty(), "{}: no case reaches {missed:?}", proposal.id);
        }
    }
}

/// The limits that somebody is over in a worked case of numbers: those that change somebody's outcome.
fn exceeded(catalogue: &Catalogue, proposal: &Arc<Proposal>, case: &CaseOfNumbers) -> Vec<usize> {
    let space = &catalogue.setting.space;
    let mut how = Interpretation::by_default(proposal.clone());
    case.readings.iter().for_each(|&(reading, value)| how.chosen[reading] = value);
    let rulebook = Rulebook::compile(space, how).unwrap();
    let described = case.people.iter().map(|(who, people)| {
        let profile = space.profiles().find(|profile| who.holds(space.levels(*profile))).unwrap();
        (profile, vec![(rulebook.ruling_on(profile).outcome, *people)])
    });
    let (profiles, mut cells): (Vec<_>, Vec<Allotment>) = described.unzip();
    let mut exceeded = Vec::new();
    for limit in &rulebook.limits {
        let before = cells.clone();
        // Places in order of the cells: who is drawn does not matter in a case.
        apply_limits(std::slice::from_ref(limit), &profiles, &mut cells, |_, mut places, wanting| {
            let take = |people: &u64| {
                let taken = places.min(*people);
                places -= taken;
                taken
            };
            wanting.iter().map(take).collect()
        });
        if cells != before {
            exceeded.push(limit.position);
        }
    }
    exceeded
}

#[test]
fn somebody_is_over_every_limit_in_a_worked_case() {
    let mut limits = 0;
    for catalogue in catalogues().unwrap() {
        for proposal in &catalogue.proposals {
            let cases = proposal.cases_of_numbers.iter();
            let exceeded: BTreeSet<usize> =
                cases.flat_map(|case| exceeded(&catalogue, proposal, case)).collect();
            let missed = (0..proposal.limits.len()).filter(|limit| !exceeded.contains(limit));
            let missed: Vec<&str> = missed.map(|limit| proposal.limits[limit].id.as_str()).collect();
            assert!(missed.is_empty(), "{}: in no case is anybody over {missed:?}", proposal.id);
            limits += proposal.limits.len();
        }
    }
    assert!(limits >= 8, "{limits} limits");
}

#[test]
fn every_rule_and_limit_says_in_words_what_its_passage_means() {
    for proposal in catalogues().unwrap().iter().flat_map(|catalogue| &catalogue.proposals) {
        let rules = proposal
            .rules
            .iter()
            .map(|rule| (&rule.id, rule.citation.as_ref().map_or(&rule.note, |citation| &citation.note)));
        let limits = proposal.limits.iter().map(|limit| (&limit.id, &limit.citation.note));
        for (id, note) in rules.chain(limits) {
            assert!(note.as_ref().is_some_and(|note| note.len() > 20), "{} {id}", proposal.id);
        }
    }
}

/// The keys of the sources that rules, limits, numbers and targets cite.
fn cited(catalogue: &Catalogue) -> BTreeSet<&str> {
    let rules = catalogue.proposals.iter().flat_map(|proposal| {
        let rules = proposal.rules.iter().filter_map(|rule| rule.citation.as_ref());
        rules.chain(proposal.limits.iter().map(|limit| &limit.citation))
    });
    let numbers = bases(catalogue).filter_map(|(_, basis)| basis.source.as_deref());
    rules.map(|citation| citation.source.as_str()).chain(numbers).collect()
}

/// Where every number is from: sizes, units and parameters of scenarios, and targets, with the names of these.
fn bases(catalogue: &Catalogue) -> impl Iterator<Item = (&str, &Basis)> {
    let scenarios = catalogue.scenarios.iter().flat_map(|scenario| {
        let parameters = scenario.parameters.iter().map(|parameter| &parameter.basis);
        let bases = scenario.strata.iter().flat_map(Stratum::bases).chain(parameters);
        bases.map(|basis| (scenario.name.as_str(), basis))
    });
    scenarios.chain(catalogue.targets.iter().map(|target| (target.id.as_str(), &target.basis)))
}

#[test]
fn every_source_is_used_and_every_source_cited_exists() {
    for catalogue in catalogues().unwrap() {
        let keys: BTreeSet<&str> =
            catalogue.setting.sources.iter().map(|source| source.key.as_str()).collect();
        let cited = cited(&catalogue);
        let unused: Vec<&&str> = keys.difference(&cited).collect();
        assert!(unused.is_empty(), "{}: sources nobody cites: {unused:?}", catalogue.setting.id);
        let unknown: Vec<&&str> = cited.difference(&keys).collect();
        assert!(unknown.is_empty(), "{}: sources that nobody lists: {unknown:?}", catalogue.setting.id);
    }
}

/// A number has a source, or says that it has none; a number of a scenario says besides what was counted, and how it
/// follows from the source. Of a target `what` says it.
#[test]
fn every_number_says_whence() {
    for catalogue in catalogues().unwrap() {
        let targets: BTreeSet<&str> = catalogue.targets.iter().map(|target| target.id.as_str()).collect();
        for (of, basis) in bases(&catalogue) {
            assert!(basis.source.is_some() || basis.status == Status::Assumed, "{of}: without a source");
            assert!(basis.note.is_some() || targets.contains(of), "{of}: a number without a note");
        }
        for target in &catalogue.targets {
            assert!(target.basis.source.is_some(), "{}: assumed", target.id);
            assert!(target.what.len() > 10 && target.because.len() > 10, "{}", target.id);
        }
    }
}

/// The lists of 18 December 1951: 132,474 and 11,559 men; about 37,000 civilian internees.
#[test]
fn strata_add_up_to_the_lists() {
    let korea = korea();
    for name in ["korea/1951-12-18-lists", "korea/1952-07-03"] {
        let scenario = scenario_named(&korea, name);
        let size = |id: &str| scenario.strata.iter().find(|s| s.id == id).unwrap().size;
        assert_eq!(size("kpa-north") + size("cpv") + size("kpa-south"), 132_474);
        assert_eq!(size("roka") + size("us") + size("other-contingents"), 11_559);
        assert_eq!(size("civilian-internees"), 37_000);
        assert_eq!(scenario.population(), 132_474 + 11_559 + 37_000);
    }
}

/// The same people in other strata are as many: those of the lists in the screening of April, and northern and southern
/// prisoners of the KPA in one.
#[test]
fn scenarios_of_the_same_people_have_as_many() {
    let korea = korea();
    let people = |name: &str| scenario_named(&korea, name).population();
    assert_eq!(people("korea/1952-04-screening"), people("korea/1951-12-18-lists"));
    assert_eq!(people("korea/southern-share"), people("korea/1952-07-03"));
    assert_eq!(people("korea/1953-06-08") - people("korea/1953-07-27"), 27_388);
}

#[test]
fn numbers_from_memory_are_marked_so() {
    let korea = korea();
    let lists = scenario_named(&korea, "korea/1951-12-18-lists");
    let unverified = lists.parameters.iter().filter(|p| p.basis.status == Status::Unverified);
    let names: Vec<&str> = unverified.map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["southern_pow_north", "internee_north"]);
}

/// A proposal under one choice of readings.
fn compile(catalogue: &Catalogue, id: &str, chosen: Vec<u8>) -> Rulebook {
    let proposal = proposal_named(catalogue, id).clone();
    Rulebook::compile(&catalogue.setting.space, Interpretation { proposal, chosen }).unwrap()
}

/// The value that a rulebook's proposal is read with: `None` if it has no such reading.
fn value(rulebook: &Rulebook, reading: &str) -> Option<String> {
    let name = rulebook.name();
    name.readings.iter().find(|chosen| chosen.reading == reading).map(|chosen| chosen.value.clone())
}

/// The cable's claim, tested: where the two texts are read alike on what both leave open, and reclassification sorts men
/// by nationality and residence and no more, the proposal of 3 July treats nobody otherwise than the draft of 27 March
/// but Koreans whose home lies with their captor.
#[test]
fn the_july_proposal_affects_only_koreans_at_home_with_their_captor() {
    let korea = korea();
    let space = &korea.setting.space;
    let [draft, july] = ["1952-03-27-draft", "1952-07-03-nam-il"].map(|id| {
        let combinations = proposal_named(&korea, id).combinations().into_iter();
        combinations.map(|chosen| compile(&korea, id, chosen)).collect::<Vec<_>>()
    });
    let shared = ["abroad", "ethnic-koreans", "internees"];
    let alike = |a: &Rulebook, b: &Rulebook| {
        shared.iter().all(|reading| value(a, reading).is_some() && value(a, reading) == value(b, reading))
    };
    let level = |name: &str, level: &str| {
        let variable = space.variable(name).unwrap();
        (variable, space.variables()[variable].level(level).unwrap())
    };
    let (korean, at_home) = (level("nationality", "korean"), level("home", "captor-area"));
    let tested = draft[0].proposal().tested().union(&july[0].proposal().tested()).copied().collect();
    let profiles = space.distinct_profiles(&tested);
    let narrow = july.iter().filter(|july| value(july, "reclassified").unwrap() == "residence-only");
    let pairs = narrow.flat_map(|july| draft.iter().map(move |draft| (draft, july)));
    let mut compared = 0;
    for (draft, july) in pairs.filter(|(draft, july)| alike(draft, july)) {
        let moved =
            |profile: &&Profile| draft.ruling_on(**profile).outcome != july.ruling_on(**profile).outcome;
        for profile in profiles.iter().filter(moved) {
            let levels = space.levels(*profile);
            let who = space.words(*profile);
            assert!(levels[korean.0] == korean.1 && levels[at_home.0] == at_home.1, "{who} moves");
        }
        compared += 1;
    }
    // Twelve readings in common, three of the permission, and at least 16 of the draft.
    assert!(compared >= 12 * 3 * 16, "{compared} pairs");
    // Read otherwise, reclassification moves others too.
    let open = july.iter().find(|july| value(july, "reclassified").unwrap() == "open").unwrap();
    let before = draft.iter().find(|draft| alike(draft, open)).unwrap();
    let others = profiles.iter().filter(|profile| space.levels(**profile)[korean.0] != korean.1);
    let mut outcomes = others.map(|profile| [before, open].map(|text| text.ruling_on(*profile).outcome));
    assert!(outcomes.any(|[before, after]| before != after), "the control passed");
}

/// Under the defaults, one condition says it all: who would have been repatriated is released.
#[test]
fn the_july_proposal_differs_by_one_condition_under_the_defaults() {
    let korea = korea();
    let [draft, july] = ["1952-03-27-draft", "1952-07-03-nam-il"]
        .map(|id| compile(&korea, id, proposal_named(&korea, id).defaults()));
    let difference = diff(&korea.setting, &draft, &july);
    let [only] = &difference.moves[..] else { panic!("{:?}", difference.moves) };
    let name = |outcome| korea.setting.outcomes.name(outcome);
    assert_eq!((name(only.from), name(only.to)), ("repatriated", "released"));
    assert_eq!(
        only.conditions,
        ["nationality = korean, wish is not home, home = captor-area, served = other-side"]
    );
}
