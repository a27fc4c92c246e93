//! Reads an axis of a sweep: what varies, and over which values.

use super::fields::{Fields, Node};
use super::reading_axis::ReadingAxisReader;
use crate::design::{Axis, AxisValues, DesignKind, Varies};
use crate::domain::suggestion;
use crate::domain::{Place, Problem};
use crate::proposal::Interpretation;
use crate::scenario::{Distribution, Scenario};

/// What the axes of a sweep may vary.
pub(super) struct AxisReader<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) interpretations: &'a [Interpretation],
    /// Absent if the file's is none.
    pub(super) design: Option<DesignKind>,
}

/// The name of an axis, what it varies, and its values.
type Varied = (String, Varies, AxisValues);

impl AxisReader<'_> {
    pub(super) fn read(&self, node: &Node<'_>) -> Option<Axis> {
        let fields = node.fields("[[axis]]")?;
        let keys = ["parameter", "stratum", "population", "reading"];
        let declared: Vec<Node<'_>> = keys.iter().filter_map(|key| fields.get(key)).collect();
        let values = DeclaredValues::read(&fields);
        fields.finish();
        let [what] = declared.as_slice() else {
            let help = format!("give it one of {}", keys.join(", "));
            node.problem("an axis must vary exactly one thing", "which one?", help);
            return None;
        };
        values.refuse_weights(what);
        let (name, varies, values) = match what.name.as_str() {
            "parameter" => self.read_parameter(what, &values)?,
            "stratum" => self.read_stratum(what, &values)?,
            "population" => ("population".into(), Varies::Population, values.people(what, 1)?),
            _ => self.readings().read(what, values.values.as_ref(), values.weights.as_ref())?,
        };
        Some(Axis { name, varies, values, place: what.place() })
    }

    fn readings(&self) -> ReadingAxisReader<'_> {
        ReadingAxisReader { interpretations: self.interpretations, design: self.design }
    }

    fn read_parameter(&self, node: &Node<'_>, values: &DeclaredValues<'_>) -> Option<Varied> {
        let name = node.text()?;
        let parameters = &self.scenario.parameters;
        let position = parameters.iter().position(|parameter| parameter.name == name);
        if position.is_none() {
            let help = suggestion(&name, parameters.iter().map(|parameter| parameter.name.as_str()));
            node.problem(format!("the scenario has no parameter `{name}`"), "unknown parameter", help);
        }
        let position = position?;
        let range = values.shares(node, parameters[position].distribution)?;
        Some((name, Varies::Parameter(position), range))
    }

    fn read_stratum(&self, node: &Node<'_>, values: &DeclaredValues<'_>) -> Option<Varied> {
        let name = node.text()?;
        let strata = &self.scenario.strata;
        let position = strata.iter().position(|stratum| stratum.id == name);
        if position.is_none() {
            let help = suggestion(&name, strata.iter().map(|stratum| stratum.id.as_str()));
            node.problem(format!("the scenario has no stratum `{name}`"), "unknown stratum", help);
        }
        let range = values.people(node, 0)?;
        Some((format!("{name}.size"), Varies::StratumSize(position?), range))
    }
}

/// The keys of an axis that declare its values.
struct DeclaredValues<'a> {
    place: Place,
    from: Option<Node<'a>>,
    to: Option<Node<'a>>,
    points: Option<Node<'a>>,
    values: Option<Node<'a>>,
    quantiles: Option<Node<'a>>,
    weights: Option<Node<'a>>,
}

impl<'a> DeclaredValues<'a> {
    fn read(fields: &Fields<'a>) -> Self {
        DeclaredValues {
            place: fields.place(),
            from: fields.get("from"),
            to: fields.get("to"),
            points: fields.get("points"),
            values: fields.get("values"),
            quantiles: fields.get("quantiles"),
            weights: fields.get("weights"),
        }
    }

    /// Refuses weights of what is no reading.
    fn refuse_weights(&self, what: &Node<'_>) {
        if let (Some(weights), true) = (&self.weights, what.name != "reading") {
            let help = "leave them out; `quantiles` spreads a parameter as its distribution does";
            weights.problem("only the values of a reading have weights", "no reading", help);
        }
    }

    /// The values as shares, or as quantiles of this distribution.
    fn shares(&self, what: &Node<'_>, distribution: Distribution) -> Option<AxisValues> {
        let Some(quantiles) = &self.quantiles else {
            return self.numbers(what, "a share from 0 to 1", |number| (0.0..=1.0).contains(&number));
        };
        if distribution.is_fixed() {
            let message = "the parameter is fixed in the scenario and has no quantiles";
            let help = "give the axis `from` and `to`, or give the parameter a distribution";
            quantiles.problem(message, "quantiles of what?", help);
            return None;
        }
        let ends: Option<Vec<f64>> = quantiles.items()?.iter().map(Node::share).collect();
        match ends?.as_slice() {
            &[from, to] if from < to => {
                let points = self.points()?;
                Some(AxisValues::Quantiles { distribution, from, to, points })
            }
            _ => {
                let message = "`quantiles` must be two increasing probabilities";
                quantiles.problem(message, "empty or reversed", "write e.g. [0.05, 0.95]");
                None
            }
        }
    }

    /// The values as numbers of people.
    fn people(&self, what: &Node<'_>, least: u64) -> Option<AxisValues> {
        let most = Scenario::MAX_POPULATION as f64;
        let is_count = |number: f64| number.fract() == 0.0 && number >= least as f64 && number <= most;
        self.numbers(what, "a whole number of people", is_count)
    }

    /// The values as numbers for which `is_sound` holds; `wanted` describes one in messages.
    fn numbers(&self, what: &Node<'_>, wanted: &str, is_sound: impl Fn(f64) -> bool) -> Option<AxisValues> {
        let read = |node: &Node<'_>| read_number(node, wanted, &is_sound);
        match (&self.from, &self.to, &self.values) {
            (Some(from), Some(to), None) => {
                let (low, high) = (read(from)?, read(to)?);
                if low >= high {
                    let message = format!("the axis goes from {low} to {high}");
                    to.problem(message, "an empty or reversed range", "make `from` less than `to`");
                    return None;
                }
                Some(AxisValues::Between { from: low, to: high, points: self.points()? })
            }
            (None, None, Some(values)) => {
                let numbers: Option<Vec<f64>> = values.items()?.iter().map(read).collect();
                let numbers = numbers?;
                if numbers.is_empty() {
                    let help = format!("list values, each {wanted}");
                    values.problem("the axis has no values", "nothing to vary", help);
                    return None;
                }
                Some(AxisValues::Numbers(numbers))
            }
            _ => {
                let message = "an axis needs either `from` and `to`, or `values`";
                let help = "write e.g. `from = 0.1, to = 0.9, points = 9` or `values = [0.1, 0.5]`";
                what.problems.add(Problem::at(&self.place, message).label("over which values?").help(help));
                None
            }
        }
    }

    /// The number of points: it may be absent, but not less than two.
    fn points(&self) -> Option<Option<u64>> {
        self.points.as_ref().map_or(Some(None), |node| node.whole_number(2, 10_000_000).map(Some))
    }
}

fn read_number(node: &Node<'_>, wanted: &str, is_sound: impl Fn(f64) -> bool) -> Option<f64> {
    let number = node.number()?;
    if !is_sound(number) {
        node.problem(format!("`{}` is {number}", node.name), "out of range", format!("write {wanted}"));
        return None;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{SCENARIO, load_text, read_text};
    use super::*;

    /// An axis of the toy scenario, or the first problem.
    fn read(text: &str) -> Result<Axis, Problem> {
        let loaded = load_text(SCENARIO).unwrap();
        let interpretations: Vec<Interpretation> =
            loaded.rulebooks.iter().map(|rulebook| rulebook.interpretation.clone()).collect();
        let reader = AxisReader {
            scenario: &loaded.scenario,
            interpretations: &interpretations,
            design: Some(DesignKind::Sobol { points: 64 }),
        };
        let (axis, problems) =
            read_text(&format!("axis = {{ {text} }}"), |fields| reader.read(&fields.need("axis")?));
        match problems.first() {
            Some(problem) => Err(problem.clone()),
            None => Ok(axis.unwrap()),
        }
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().message
    }

    #[test]
    fn a_parameter_varies_over_numbers_or_quantiles() {
        let axis = read("parameter = \"refusal\", from = 0.1, to = 0.5").unwrap();
        assert_eq!(axis.varies, Varies::Parameter(0));
        assert_eq!(axis.values, AxisValues::Between { from: 0.1, to: 0.5, points: None });
        let axis = read("parameter = \"refusal\", values = [0.5, 0.1]").unwrap();
        assert_eq!(axis.values, AxisValues::Numbers(vec![0.5, 0.1]));
        let axis = read("parameter = \"refusal\", quantiles = [0.05, 0.95], points = 3").unwrap();
        let distribution = Distribution::Beta { a: 35.0, b: 65.0 };
        assert_eq!(
            axis.values,
            AxisValues::Quantiles { distribution, from: 0.05, to: 0.95, points: Some(3) }
        );
    }

    #[test]
    fn sizes_vary_over_whole_numbers() {
        let axis = read("stratum = \"south\", values = [0, 10]").unwrap();
        assert_eq!((axis.name.as_str(), axis.varies), ("south.size", Varies::StratumSize(1)));
        assert_eq!(read("population = \"all\", from = 1, to = 1000").unwrap().varies, Varies::Population);
        assert_eq!(refusal("stratum = \"south\", values = [0.5]"), "`values` is 0.5");
        assert_eq!(refusal("population = \"all\", from = 0, to = 1000"), "`from` is 0");
    }

    #[test]
    fn a_reading_varies_over_all_its_values_or_some() {
        let axis = read("reading = \"ask.left\"").unwrap();
        assert_eq!(axis.varies, Varies::Reading(vec![("ask".into(), 0)]));
        assert_eq!(axis.declared_values(), Some(2));
        assert_eq!(
            read("reading = \"ask.left\", values = [\"released\"]").unwrap().declared_values(),
            Some(1)
        );
        assert_eq!(refusal("reading = \"ask.left\", values = [\"gone\"]"), "`left` has no value `gone`");
    }

    #[test]
    fn what_varies_must_exist_and_be_one_thing() {
        let cases = [
            ("parameter = \"x\", from = 0, to = 1", "the scenario has no parameter `x`"),
            ("stratum = \"x\", from = 0, to = 1", "the scenario has no stratum `x`"),
            ("reading = \"ask.x\"", "no proposal of the sweep has the reading `ask.x`"),
            ("from = 0, to = 1", "an axis must vary exactly one thing"),
            (
                "parameter = \"refusal\", from = 0, to = 1, weights = { low = 1 }",
                "only the values of a reading have weights",
            ),
            (
                "parameter = \"refusal\", stratum = \"south\", from = 0, to = 1",
                "an axis must vary exactly one thing",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(refusal(text), expected, "{text}");
        }
    }

    #[test]
    fn values_must_be_declared_once_and_rise() {
        let needs = "an axis needs either `from` and `to`, or `values`";
        let cases = [
            ("", needs),
            (", from = 0.1", needs),
            (", from = 0.1, to = 0.2, values = [0.1]", needs),
            (", from = 0.2, to = 0.2", "the axis goes from 0.2 to 0.2"),
            (", values = []", "the axis has no values"),
            (", from = 0.1, to = 1.5", "`to` is 1.5"),
            (", from = 0.1, to = 0.5, points = 1", "`points` is 1"),
            (", quantiles = [0.9, 0.1]", "`quantiles` must be two increasing probabilities"),
        ];
        for (values, expected) in cases {
            assert_eq!(refusal(&format!("parameter = \"refusal\"{values}")), expected, "{values}");
        }
    }
}
