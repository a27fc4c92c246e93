//! The default scenario in ixa: every prisoner is an entity with the setting's attributes as
//! properties, and outcomes are counted under all proposals.
//!
//! Reads what `korea.py` wrote: the units of one replicate with their laws, and the decision tables.

use std::{env, error::Error, fs};

use ixa::prelude::*;
use ixa::rand::distr::{Distribution, weighted::WeightedIndex};
use serde::Deserialize;

define_entity!(Prisoner);
define_property!(struct Captor(u8), Prisoner);
define_property!(struct Force(u8), Prisoner);
define_property!(struct Nationality(u8), Prisoner);
define_property!(struct Residence(u8), Prisoner);
define_property!(struct Wish(u8), Prisoner);
define_rng!(PeopleRng);

#[derive(Deserialize)]
struct Work {
    proposals: Vec<String>,
    /// Outcome by proposal and profile.
    rulings: Vec<Vec<usize>>,
    /// Levels by profile.
    profiles: Vec<[u8; 5]>,
    groups: Vec<Group>,
}

/// The people of a unit, or of a stratum without units, who share a law.
#[derive(Deserialize)]
struct Group {
    people: usize,
    cells: Vec<usize>,
    shares: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: ixa-peer WORK.json")?;
    let work: Work = serde_json::from_str(&fs::read_to_string(path)?)?;
    let mut context = Context::new();
    context.init_random(1952);
    for group in &work.groups {
        add(&mut context, group, &work.profiles)?;
    }
    let tally = tally(&context, &work.profiles);
    println!("proposal,outcome,mean,sd");
    for (proposal, rulings) in work.proposals.iter().zip(&work.rulings) {
        let mut counts = [0u64; 3];
        rulings.iter().zip(&tally).for_each(|(outcome, people)| counts[*outcome] += people);
        for (outcome, people) in ["repatriated", "released", "retained"].iter().zip(counts) {
            println!("{proposal},{outcome},{people},");
        }
    }
    Ok(())
}

/// Adds a unit's people. They are drawn in one go, because each call of `sample` looks the generator up.
fn add(context: &mut Context, group: &Group, profiles: &[[u8; 5]]) -> Result<(), Box<dyn Error>> {
    let law = WeightedIndex::new(&group.shares)?;
    let drawn: Vec<u8> =
        context.sample(PeopleRng, |rng| (0..group.people).map(|_| law.sample(rng) as u8).collect());
    for cell in drawn {
        let [captor, force, nationality, residence, wish] = profiles[group.cells[usize::from(cell)]];
        context.add_entity(with!(
            Prisoner,
            Captor(captor),
            Force(force),
            Nationality(nationality),
            Residence(residence),
            Wish(wish)
        ))?;
    }
    Ok(())
}

/// People by profile. One pass over everybody takes less time than a query for each profile.
fn tally(context: &Context, profiles: &[[u8; 5]]) -> Vec<u64> {
    let levels: Vec<usize> =
        (0..5).map(|a| profiles.iter().map(|p| usize::from(p[a]) + 1).max().unwrap_or(1)).collect();
    let mut tally = vec![0; profiles.len()];
    for prisoner in context.get_entity_iterator::<Prisoner>() {
        let Captor(captor) = context.get_property(prisoner);
        let Force(force) = context.get_property(prisoner);
        let Nationality(nationality) = context.get_property(prisoner);
        let Residence(residence) = context.get_property(prisoner);
        let Wish(wish) = context.get_property(prisoner);
        let point = [captor, force, nationality, residence, wish];
        let number =
            point.iter().zip(&levels).fold(0, |number, (level, of)| number * of + usize::from(*level));
        tally[number] += 1;
    }
    tally
}
