//! The readings that proposals have in a sweep, as the categories of a column: known before any point is evaluated,
//! so that parts made anywhere fit together.

use std::collections::BTreeMap;

use crate::design::{Axis, AxisValue, AxisValues};
use crate::domain::{Error, Outcome};
use crate::proposal::Interpretation;
use crate::study::Model;
use crate::table::Values;

/// More readings than this are written as texts: a dictionary of that size is no longer smaller.
const MAX_CATEGORIES: usize = 4_096;

/// What the column `reading` may hold, in order.
#[derive(Debug)]
pub(super) struct Readings {
    /// Absent if there are too many.
    names: Option<BTreeMap<String, u32>>,
}

impl Readings {
    /// Every reading under which the axes have a proposal judged.
    pub(super) fn new(interpretations: &[Interpretation], axes: &[Axis]) -> Readings {
        let mut names = BTreeMap::new();
        for interpretation in interpretations {
            let mut readings = vec![interpretation.clone()];
            for axis in axes {
                let (Some(reading), AxisValues::Levels { levels, .. }) =
                    (axis.varies.reading_of(&interpretation.proposal.id), &axis.values)
                else {
                    continue;
                };
                if readings.len() * (levels.len() + 1) > MAX_CATEGORIES {
                    return Readings { names: None };
                }
                let with = |read: &Interpretation, level: u8| {
                    let mut read = read.clone();
                    read.chosen[reading] = level;
                    read
                };
                let chosen =
                    levels.iter().flat_map(|(level, _)| readings.iter().map(|read| with(read, *level)));
                let chosen: Vec<Interpretation> = chosen.collect();
                readings.extend(chosen);
            }
            for read in readings {
                let next = names.len() as u32;
                names.entry(read.name().reading()).or_insert(next);
            }
        }
        Readings { names: (names.len() <= MAX_CATEGORIES).then_some(names) }
    }

    /// The reading of every row of these points; a row is about an interpretation, by its position.
    pub(super) fn values(
        &self,
        model: &Model,
        rows: &[(usize, &[String], Outcome)],
        points: &[(u64, &[Option<AxisValue>])],
    ) -> Result<Values, Error> {
        let mut of_rows = Vec::with_capacity(points.len() * rows.len());
        for (_, values) in points {
            let names = model.names_at(values)?;
            let readings: Vec<String> = names.iter().map(|name| name.reading()).collect();
            of_rows.push(readings);
        }
        let each = of_rows.iter().flat_map(|readings| rows.iter().map(|(position, ..)| &readings[*position]));
        let Some(names) = &self.names else {
            return Ok(Values::Text(each.map(|reading| Some(reading.clone())).collect()));
        };
        let codes = each.map(|reading| names.get(reading).copied().unwrap_or_default()).collect();
        let mut ordered: Vec<(&String, &u32)> = names.iter().collect();
        ordered.sort_by_key(|(_, code)| **code);
        Ok(Values::Category { names: ordered.into_iter().map(|(name, _)| name.clone()).collect(), codes })
    }
}
