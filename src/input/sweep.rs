use std::sync::Arc;

use super::conditions::level;
use super::fields::{Fields, Node, suggestion};
use crate::design::{Axis, AxisValues, DesignKind, Sweep, Varies};
use crate::domain::{Engine, Place, Problem};
use crate::proposal::Interpretation;
use crate::scenario::{Blueprint, Distribution, Scenario};

/// The keys of a sweep: all are understood, even if the scenario cannot be loaded.
pub(super) const KEYS: [&str; 11] =
    ["title", "note", "scenario", "proposals", "set", "design", "engine", "replicates", "seed", "by", "axis"];

/// What a sweep varies, and what may stand in for its own figures.
pub(super) struct SweepFile<'a> {
    pub(super) name: String,
    pub(super) scenario: &'a Scenario,
    pub(super) interpretations: &'a [Interpretation],
    pub(super) blueprints: Vec<Blueprint>,
}

impl SweepFile<'_> {
    /// Reads the sweep's own keys.
    pub(super) fn read(&self, fields: &Fields<'_>) -> Option<Sweep> {
        let problems = fields.problems;
        let before = problems.len();
        let title = fields.need("title").and_then(|node| node.text());
        let note = fields.get("note").and_then(|node| node.text());
        let design = fields.need("design");
        let design_place = design.as_ref().map_or(fields.place(), Node::place);
        let design = design.and_then(|node| self::design(&node));
        let engine = fields.get("engine").map_or(Some(Engine::Counts), |node| engine(&node));
        let replicates = fields.get("replicates").map_or(Some(1_000), |node| node.whole(1, 1_000_000));
        let seed = fields.get("seed").map_or(Some(1952), |node| node.whole(0, u64::MAX));
        let by = fields.get("by").map(|node| node.one_or_more()).unwrap_or_default();
        let by = by.iter().filter_map(Node::text).collect();
        let axes = fields.need("axis").and_then(|node| node.items()).unwrap_or_default();
        let axes: Vec<Axis> = axes.iter().filter_map(|node| self.axis(node)).collect();
        refuse_repeated(&axes, fields);
        if problems.len() == before {
            self.refuse_overfull(&axes, design?, fields);
        }
        let (title, design) = (title?, design?);
        let name = self.name.clone();
        let (engine, replicates, seed) = (engine?, replicates?, seed?);
        let sweep = Sweep { name, title, note, axes, design, design_place, engine, replicates, seed, by };
        (problems.len() == before).then_some(sweep)
    }

    fn axis(&self, node: &Node<'_>) -> Option<Axis> {
        let fields = node.fields("[[axis]]")?;
        let keys = ["parameter", "stratum", "population", "reading"];
        let given: Vec<Node<'_>> = keys.iter().filter_map(|key| fields.get(key)).collect();
        let stretch = Stretch::read(&fields);
        fields.finish();
        let [what] = given.as_slice() else {
            node.problem(
                "an axis varies exactly one thing",
                "which?",
                format!("give it one of {}", keys.join(", ")),
            );
            return None;
        };
        let place = what.place();
        let (name, varies, values) = match what.name.as_str() {
            "parameter" => self.parameter(what, &stretch)?,
            "stratum" => self.stratum(what, &stretch)?,
            "population" => ("population".into(), Varies::Population, stretch.people(what, 1)?),
            _ => self.reading(what, &stretch)?,
        };
        Some(Axis { name, varies, values, place })
    }

    fn parameter(&self, node: &Node<'_>, stretch: &Stretch<'_>) -> Option<(String, Varies, AxisValues)> {
        let name = node.text()?;
        let parameters = &self.scenario.parameters;
        let position = parameters.iter().position(|parameter| parameter.name == name);
        if position.is_none() {
            let help = suggestion(&name, parameters.iter().map(|parameter| parameter.name.as_str()));
            node.problem(format!("the scenario has no parameter `{name}`"), "unknown parameter", help);
        }
        let position = position?;
        let range = stretch.shares(node, parameters[position].distribution)?;
        Some((name, Varies::Parameter(position), range))
    }

    fn stratum(&self, node: &Node<'_>, stretch: &Stretch<'_>) -> Option<(String, Varies, AxisValues)> {
        let name = node.text()?;
        let strata = &self.scenario.strata;
        let position = strata.iter().position(|stratum| stratum.id == name);
        if position.is_none() {
            let help = suggestion(&name, strata.iter().map(|stratum| stratum.id.as_str()));
            node.problem(format!("the scenario has no stratum `{name}`"), "unknown stratum", help);
        }
        let range = stretch.people(node, 0)?;
        Some((format!("{name}.size"), Varies::StratumSize(position?), range))
    }

    fn reading(&self, node: &Node<'_>, stretch: &Stretch<'_>) -> Option<(String, Varies, AxisValues)> {
        let name = node.text()?;
        let known = self.interpretations.iter().flat_map(|interpretation| {
            let proposal = &interpretation.proposal;
            let readings = proposal.readings.iter().enumerate();
            readings
                .map(move |(i, reading)| (format!("{}.{}", proposal.id, reading.variable.name), proposal, i))
        });
        let known: Vec<_> = known.collect();
        let found = known.iter().find(|(full, ..)| *full == name);
        if found.is_none() {
            let help = suggestion(&name, known.iter().map(|(full, ..)| full.as_str()));
            let message = format!("no proposal of the sweep has the reading `{name}`");
            node.problem(message, "write PROPOSAL.READING", help);
        }
        let (_, proposal, position) = found?;
        let variable = &proposal.readings[*position].variable;
        let levels: Option<Vec<(u8, Arc<str>)>> = match &stretch.values {
            None => {
                Some((0..=u8::MAX).zip(variable.levels.iter().map(|name| name.as_str().into())).collect())
            }
            Some(values) => values
                .items()?
                .iter()
                .map(|node| {
                    level(variable, node).map(|l| (l, variable.levels[usize::from(l)].as_str().into()))
                })
                .collect(),
        };
        let range = AxisValues::Levels(levels?);
        Some((name, Varies::Reading { proposal: proposal.id.clone(), reading: *position }, range))
    }

    /// No point of the axes may leave less than nothing for the rest of a stratum's shares.
    fn refuse_overfull(&self, axes: &[Axis], design: DesignKind, fields: &Fields<'_>) {
        let centres: Vec<f64> =
            self.scenario.parameters.iter().map(|parameter| parameter.distribution.centre()).collect();
        let at_greatest = |values: &mut Vec<f64>, axis: &Axis| {
            if let (Varies::Parameter(position), Some(greatest)) = (&axis.varies, axis.greatest()) {
                values[*position] = values[*position].max(greatest);
            }
        };
        let mut all = centres.clone();
        axes.iter().for_each(|axis| at_greatest(&mut all, axis));
        for axis in axes.iter().filter(|axis| matches!(axis.varies, Varies::Parameter(_))) {
            let mut alone = centres.clone();
            at_greatest(&mut alone, axis);
            let values = if design == DesignKind::OneAtATime { &alone } else { &all };
            for (blueprint, stratum) in self.blueprints.iter().zip(&self.scenario.strata) {
                let Err(overfull) = blueprint.shares(values) else { continue };
                let Varies::Parameter(position) = axis.varies else { continue };
                if !stratum.mentions(position) {
                    continue;
                }
                let what = format!(
                    "axis `{}` pushes the shares of stratum `{}` to {:.6}, beyond 1",
                    axis.name, stratum.id, overfull.sum
                );
                let problem = Problem::at(&axis.place, what).label("reaches too far");
                fields
                    .problems
                    .add(problem.help("end this axis, or one it is combined with, at a lower share"));
            }
        }
    }
}

fn refuse_repeated(axes: &[Axis], fields: &Fields<'_>) {
    for (position, axis) in axes.iter().enumerate() {
        if let Some(earlier) = axes[..position].iter().find(|earlier| earlier.varies == axis.varies) {
            fields.problems.add(
                Problem::at(&axis.place, format!("`{}` varies on two axes", axis.name))
                    .label("again")
                    .also(&earlier.place, "first here")
                    .help("remove one of them"),
            );
        }
    }
}

/// The keys of an axis that say over which values it goes.
struct Stretch<'a> {
    place: Place,
    from: Option<Node<'a>>,
    to: Option<Node<'a>>,
    points: Option<Node<'a>>,
    values: Option<Node<'a>>,
    quantiles: Option<Node<'a>>,
}

impl<'a> Stretch<'a> {
    fn read(fields: &Fields<'a>) -> Stretch<'a> {
        Stretch {
            place: fields.place(),
            from: fields.get("from"),
            to: fields.get("to"),
            points: fields.get("points"),
            values: fields.get("values"),
            quantiles: fields.get("quantiles"),
        }
    }

    fn shares(&self, what: &Node<'_>, distribution: Distribution) -> Option<AxisValues> {
        let Some(quantiles) = &self.quantiles else {
            return self.numbers(what, "a share from 0 to 1", |number| (0.0..=1.0).contains(&number));
        };
        if matches!(distribution, Distribution::Fixed(_)) {
            let help = "give it `from` and `to`, or the parameter a distribution";
            quantiles.problem(
                "the parameter is fixed in the scenario and has no quantiles",
                "of what?",
                help,
            );
            return None;
        }
        let ends: Option<Vec<f64>> = quantiles.items()?.iter().map(Node::share).collect();
        match ends?.as_slice() {
            &[from, to] if from < to => {
                let points = self.points()?;
                Some(AxisValues::Quantiles { distribution, from, to, points })
            }
            _ => {
                quantiles.problem(
                    "`quantiles` must be two rising probabilities",
                    "empty or reversed",
                    "write e.g. [0.05, 0.95]",
                );
                None
            }
        }
    }

    fn people(&self, what: &Node<'_>, least: u64) -> Option<AxisValues> {
        let most = Scenario::MAX_POPULATION as f64;
        let whole = |number: f64| number.fract() == 0.0 && number >= least as f64 && number <= most;
        self.numbers(what, "a whole number of people", whole)
    }

    fn numbers(&self, what: &Node<'_>, wanted: &str, sound: impl Fn(f64) -> bool) -> Option<AxisValues> {
        let number = |node: &Node<'_>| {
            let number = node.number()?;
            if !sound(number) {
                node.problem(
                    format!("{number} is out of bounds"),
                    "out of bounds",
                    format!("write {wanted}"),
                );
            }
            sound(number).then_some(number)
        };
        match (&self.from, &self.to, &self.values) {
            (Some(from), Some(to), None) => {
                let (low, high) = (number(from)?, number(to)?);
                if low >= high {
                    let message = format!("the axis goes from {low} to {high}");
                    to.problem(message, "an empty or reversed range", "let `from` be less than `to`");
                    return None;
                }
                Some(AxisValues::Between { from: low, to: high, points: self.points()? })
            }
            (None, None, Some(values)) => {
                let numbers: Option<Vec<f64>> = values.items()?.iter().map(number).collect();
                let numbers = numbers?;
                if numbers.is_empty() {
                    values.problem(
                        "the axis has no values",
                        "nothing to vary",
                        format!("name some: each {wanted}"),
                    );
                    return None;
                }
                Some(AxisValues::Numbers(numbers))
            }
            _ => {
                let message = "an axis needs either `from` and `to`, or `values`";
                let problem = Problem::at(&self.place, message).label("over which values?");
                what.problems.add(
                    problem.help("write e.g. `from = 0.1, to = 0.9, points = 9` or `values = [0.1, 0.5]`"),
                );
                None
            }
        }
    }

    /// Declared points: absent is fine, fewer than two are not.
    fn points(&self) -> Option<Option<u64>> {
        self.points.as_ref().map_or(Some(None), |node| node.whole(2, 10_000_000).map(Some))
    }
}

fn engine(node: &Node<'_>) -> Option<Engine> {
    let name = node.text()?;
    let engines = [Engine::Individuals, Engine::Counts, Engine::Exact];
    let engine = engines.into_iter().find(|engine| engine.name() == name);
    if engine.is_none() {
        let help = suggestion(&name, engines.into_iter().map(Engine::name));
        node.problem(format!("there is no engine `{name}`"), "unknown engine", help);
    }
    engine
}

const DESIGNS: [&str; 8] =
    ["list", "zip", "grid", "one-at-a-time", "latin-hypercube", "sobol", "saltelli", "morris"];

/// `"grid"`, or `{ kind = "sobol", points = 4096 }`.
fn design(node: &Node<'_>) -> Option<DesignKind> {
    let fields = if node.is_table() { Some(node.fields("the design")?) } else { None };
    let kind = match &fields {
        Some(fields) => fields.need("kind")?.text()?,
        None => node.text()?,
    };
    let whole = |key: &str| -> Option<u64> {
        let Some(fields) = &fields else {
            let help = format!("write `design = {{ kind = \"{kind}\", {key} = ... }}`");
            node.problem(format!("the design `{kind}` needs `{key}`"), "how many?", help);
            return None;
        };
        fields.need(key)?.whole(1, 10_000_000)
    };
    let design = match kind.as_str() {
        "list" | "zip" => Some(DesignKind::Zip),
        "grid" => Some(DesignKind::Grid),
        "one-at-a-time" => Some(DesignKind::OneAtATime),
        "latin-hypercube" => whole("points").map(|points| DesignKind::LatinHypercube { points }),
        "sobol" => whole("points").map(|points| DesignKind::Sobol { points }),
        "saltelli" => whole("base").map(|base| DesignKind::Saltelli { base }),
        "morris" => {
            let levels = fields.as_ref().and_then(|fields| fields.get("levels"));
            let levels = levels.map_or(Some(4), |node| node.whole(2, 1_000));
            let trajectories = whole("trajectories");
            trajectories
                .zip(levels)
                .map(|(trajectories, levels)| DesignKind::Morris { trajectories, levels: levels as u32 })
        }
        _ => {
            let help = suggestion(&kind, DESIGNS.into_iter());
            node.problem(format!("there is no design `{kind}`"), "unknown design", help);
            None
        }
    };
    fields.iter().for_each(Fields::finish);
    design
}
