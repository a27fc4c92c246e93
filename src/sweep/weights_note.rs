//! What sensitivities rest on besides the numbers: how much each value of a reading weighs.

use std::sync::Arc;

use crate::design::{Axis, AxisValues, LevelWeights};

/// A sentence on the weights of the readings that vary; none if no reading does.
pub(super) fn weights_note(axes: &[Axis]) -> Option<String> {
    let readings = axes.iter().filter_map(|axis| match &axis.values {
        AxisValues::Levels { levels, weights } => Some((&axis.name, levels, weights)),
        _ => None,
    });
    let readings: Vec<_> = readings.collect();
    let weighted = readings.iter().filter_map(|(name, levels, weights)| {
        Some(format!("{name} {}", weighted_values(levels, weights.as_ref()?)))
    });
    let weighted: Vec<String> = weighted.collect();
    let rest = "the values of each other reading weigh the same".to_string();
    match (weighted.len(), readings.len()) {
        (_, 0) => None,
        (0, _) => Some("Each reading of a text weighs the same.".into()),
        (some, all) if some < all => Some(format!("Readings weighted: {}; {rest}.", weighted.join("; "))),
        _ => Some(format!("Readings weighted: {}.", weighted.join("; "))),
    }
}

/// `emended 95 %, as-printed 5 %`.
fn weighted_values(levels: &[(u8, Arc<str>)], weights: &LevelWeights) -> String {
    // Rounded, since 0.07 times 100 is not 7.
    let percent = |weight: &f64| (weight * 100.0 * 1e10).round() / 1e10;
    let values = levels.iter().zip(weights.weights());
    let values = values.map(|((_, name), weight)| format!("{name} {} %", percent(weight)));
    values.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Varies;
    use crate::domain::{Place, SourceFile};

    fn axis(name: &str, values: AxisValues) -> Axis {
        let file = SourceFile { name: "sweep.toml".into(), text: String::new(), built_in: false };
        let place = Place { file: file.into(), span: 0..0 };
        Axis { name: name.into(), varies: Varies::Population, values, place }
    }

    fn reading(name: &str, weights: Option<[f64; 2]>) -> Axis {
        let levels = vec![(0, "emended".into()), (1, "as-printed".into())];
        let weights = weights.map(|weights| LevelWeights::new(weights.to_vec()).unwrap());
        axis(name, AxisValues::Levels { levels, weights })
    }

    #[test]
    fn weights_are_named_where_there_are_some() {
        let note = |axes: &[Axis]| weights_note(axes);
        let population = || axis("population", AxisValues::Numbers(vec![10.0]));
        assert_eq!(note(&[population()]), None);
        let same = "Each reading of a text weighs the same.";
        assert_eq!(note(&[population(), reading("draft.left", None)]).unwrap(), same);
        let weighted = || reading("draft.clause-b", Some([0.93, 0.07]));
        assert_eq!(
            note(&[population(), weighted()]).unwrap(),
            "Readings weighted: draft.clause-b emended 93 %, as-printed 7 %."
        );
        assert_eq!(
            note(&[weighted(), reading("*.left", Some([0.999, 0.001])), reading("draft.scope", None)])
                .unwrap(),
            "Readings weighted: draft.clause-b emended 93 %, as-printed 7 %; \
             *.left emended 99.9 %, as-printed 0.1 %; the values of each other reading weigh the same."
        );
    }
}
