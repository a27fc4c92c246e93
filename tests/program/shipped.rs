//! What ships is complete: every file loads, every rule is reached by a case and cited, every
//! source is used.

use std::collections::BTreeSet;

use repat::domain::{Outcome, Status};
use repat::input::{Catalogue, catalogues, check_paths};
use repat::proposal::Proposal;

fn korea() -> Catalogue {
    catalogues().unwrap().remove(0)
}

#[test]
fn the_folder_on_disk_is_what_is_inside_the_program() {
    let disk = check_paths(&[crate::project().join("scenarios").display().to_string()]).unwrap();
    let (disk, inside) = (&disk[0], korea());
    let ids = |c: &Catalogue| c.proposals.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(disk), ids(&inside));
    assert_eq!(disk.scenarios.len(), inside.scenarios.len());
    for (a, b) in disk.scenarios.iter().zip(&inside.scenarios) {
        assert_eq!((&a.name, a.population()), (&b.name, b.population()));
    }
}

#[test]
fn every_proposal_of_the_setting_is_judged_by_every_scenario() {
    let korea = korea();
    let ids: Vec<&str> = korea.proposals.iter().map(|p| p.id.as_str()).collect();
    for scenario in &korea.scenarios {
        let named: Vec<&str> = scenario.proposals.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(named, ids, "{}", scenario.name);
    }
}

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
    let korea = korea();
    for proposal in &korea.proposals {
        let reached = reached(&korea, proposal);
        let missed = (0..proposal.rules.len()).filter(|rule| !reached.contains(rule));
        let missed: Vec<&str> = missed.map(|rule| proposal.rules[rule].id.as_str()).collect();
        assert!(missed.is_empty(), "{}: no case reaches {missed:?}", proposal.id);
    }
}

#[test]
fn every_rule_says_in_words_what_its_passage_means() {
    for proposal in korea().proposals {
        for rule in &proposal.rules {
            let note = rule.citation.as_ref().map_or(&rule.note, |citation| &citation.note);
            assert!(note.as_ref().is_some_and(|note| note.len() > 20), "{} {}", proposal.id, rule.id);
        }
    }
}

#[test]
fn every_source_is_used_and_every_number_says_whence() {
    let korea = korea();
    let mut used = BTreeSet::new();
    for proposal in &korea.proposals {
        used.extend(proposal.rules.iter().filter_map(|rule| Some(rule.citation.as_ref()?.source.clone())));
    }
    for scenario in &korea.scenarios {
        let bases = scenario.strata.iter().flat_map(|stratum| stratum.bases());
        for basis in bases.chain(scenario.parameters.iter().map(|parameter| &parameter.basis)) {
            assert!(basis.note.is_some(), "{}: a number without a note", scenario.name);
            used.extend(basis.source.clone());
        }
    }
    let unused: Vec<&str> =
        korea.setting.sources.iter().map(|s| s.key.as_str()).filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "sources nobody cites: {unused:?}");
}

/// The lists of 18 December 1951: 132,474 and 11,559 men; about 37,000 civilian internees.
#[test]
fn strata_add_up_to_the_lists() {
    // The scenario with an open southern share has both of the KPA's strata in one.
    for scenario in korea().scenarios.iter().filter(|scenario| !scenario.name.ends_with("southern-share")) {
        let size = |id: &str| scenario.strata.iter().find(|s| s.id == id).unwrap().size;
        assert_eq!(size("kpa-north") + size("cpv") + size("kpa-south"), 132_474);
        assert_eq!(size("roka") + size("us") + size("other-contingents"), 11_559);
        assert_eq!(size("civilian-internees"), 37_000);
    }
}

#[test]
fn numbers_from_memory_are_marked_so() {
    let korea = korea();
    let lists = korea.scenarios.iter().find(|s| s.name.ends_with("lists")).unwrap();
    let unverified = lists.parameters.iter().filter(|p| p.basis.status == Status::Unverified);
    let names: Vec<&str> = unverified.map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["southern_pow_north", "internee_north"]);
}

/// The cable's claim, tested: under no combination of readings of the two texts does the
/// proposal of 3 July treat a non-Korean otherwise than the draft of 27 March.
#[test]
fn the_july_proposal_affects_only_koreans_under_all_readings() {
    let korea = korea();
    let space = &korea.setting.space;
    let proposal = |id: &str| korea.proposals.iter().find(|p| p.id == id).unwrap();
    let (draft, july) = (proposal("1952-03-27-draft"), proposal("1952-07-03-nam-il"));
    let nationality = space.variable("nationality").unwrap();
    let korean = space.variables()[nationality].level("korean").unwrap();
    let mut differing = 0;
    for march in draft.combinations() {
        for new in july.combinations() {
            for point in space.combinations() {
                let before: Option<Outcome> = draft.table.value(&[point.as_slice(), &march].concat());
                let after = july.table.value(&[point.as_slice(), &new].concat());
                if before != after {
                    assert_eq!(point[nationality], korean);
                    differing += 1;
                }
            }
        }
    }
    assert!(differing > 0);
}
