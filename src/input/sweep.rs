//! Reads a sweep: the scenario and proposals it is about, its design, and its axes.

use super::axis::AxisReader;
use super::fields::{Fields, Node};
use super::files::Reader;
use super::parameter::SetValue;
use super::reference::Reference;
use crate::design::{Axis, DesignKind, Sweep, Varies};
use crate::domain::suggestion;
use crate::domain::{Engine, Place, Problem, Setting};
use crate::proposal::Interpretation;
use crate::scenario::{Blueprint, Scenario};

/// Everything that a sweep declares but its axes, which cannot be read before the scenario is known.
pub(super) struct SweepHeader {
    name: String,
    title: Option<String>,
    note: Option<String>,
    /// The scenario as the file names it.
    pub(super) scenario: Option<(String, Place)>,
    /// Proposals in place of the scenario's.
    pub(super) proposals: Vec<Reference>,
    /// Values for parameters, in place of the scenario's.
    pub(super) set: Vec<SetValue>,
    design: Option<DesignKind>,
    design_place: Place,
    engine: Option<Engine>,
    replicates: Option<u64>,
    seed: Option<u64>,
    by: Vec<String>,
}

impl SweepHeader {
    pub(super) fn read(reader: &Reader<'_>, name: String, fields: &Fields<'_>) -> SweepHeader {
        // If the scenario cannot be loaded, the axes remain unread.
        fields.allow(&["axis"]);
        let proposals = fields.get("proposals").and_then(|node| node.items()).unwrap_or_default();
        let reference = |node: &Node<'_>| Some(Reference::in_file(reader, &node.text()?, &node.place()));
        let set = fields.get("set").and_then(|node| node.fields("[set]"));
        let set = set.map(|fields| fields.entries()).unwrap_or_default();
        let design = fields.need("design");
        let by = fields.get("by").map(|node| node.one_or_more()).unwrap_or_default();
        SweepHeader {
            name,
            title: fields.need("title").and_then(|node| node.text()),
            note: fields.get("note").and_then(|node| node.text()),
            scenario: fields.need("scenario").and_then(|node| Some((node.text()?, node.place()))),
            proposals: proposals.iter().filter_map(reference).collect(),
            set: set.iter().filter_map(read_set_value).collect(),
            design_place: design.as_ref().map_or(fields.place(), Node::place),
            design: design.and_then(|node| read_design(&node)),
            engine: fields.get("engine").map_or(Some(Engine::Counts), |node| read_engine(&node)),
            replicates: fields.get("replicates").map_or(Some(1_000), |node| node.whole_number(1, 1_000_000)),
            seed: fields.get("seed").map_or(Some(1952), |node| node.whole_number(0, u64::MAX)),
            by: by.iter().filter_map(Node::text).collect(),
        }
    }

    /// Reads the axes, and checks that they leave room for the rest of every stratum's shares.
    pub(super) fn with_axes(
        self,
        fields: &Fields<'_>,
        setting: &Setting,
        scenario: &Scenario,
        interpretations: &[Interpretation],
    ) -> Option<Sweep> {
        let before = fields.problems.len();
        let reader = AxisReader { scenario, interpretations, design: self.design };
        let axes = fields.need_tables("axis");
        let axes: Vec<Axis> = axes.iter().filter_map(|node| reader.read(node)).collect();
        refuse_repeated(&axes, fields);
        refuse_clashing_names(&axes, &self.by, fields);
        let design = self.design?;
        if fields.problems.len() == before {
            refuse_overfull(setting, scenario, (&axes, design), fields);
        }
        Some(Sweep {
            name: self.name,
            title: self.title?,
            note: self.note,
            axes,
            design,
            design_place: self.design_place,
            engine: self.engine?,
            replicates: self.replicates?,
            seed: self.seed?,
            by: self.by,
            set: self.set.into_iter().map(|set| (set.parameter, set.value)).collect(),
        })
    }
}

fn read_set_value(node: &Node<'_>) -> Option<SetValue> {
    Some(SetValue { parameter: node.name.clone(), value: node.share()?, place: Some(node.key_place()) })
}

fn refuse_repeated(axes: &[Axis], fields: &Fields<'_>) {
    for (position, axis) in axes.iter().enumerate() {
        if let Some(earlier) = axes[..position].iter().find(|earlier| earlier.varies.overlaps(&axis.varies)) {
            fields.problems.add(
                Problem::at(&axis.place, format!("`{}` varies on two axes", axis.name))
                    .label("varied again here")
                    .also(&earlier.place, "first varied here")
                    .help("remove one of them"),
            );
        }
    }
}

/// Refuses an axis named as another, which varies something else, or as what the tables are broken down by: each
/// is a column of them.
fn refuse_clashing_names(axes: &[Axis], by: &[String], fields: &Fields<'_>) {
    for (position, axis) in axes.iter().enumerate() {
        let is_clash = |other: &&Axis| other.name == axis.name && !other.varies.overlaps(&axis.varies);
        let problem = if let Some(earlier) = axes[..position].iter().find(is_clash) {
            Problem::at(&axis.place, format!("two axes would be columns called `{}`", axis.name))
                .also(&earlier.place, "the first of them")
        } else if by.contains(&axis.name) {
            let what = format!("axis `{}` has the name of an attribute that `by` lists", axis.name);
            Problem::at(&axis.place, what)
        } else {
            continue;
        };
        let help = "rename the parameter or stratum in the scenario";
        fields.problems.add(problem.label("two columns of one name").help(help));
    }
}

/// Refuses axes with points at which the shares of a stratum exceed 1. Where axes vary one at a time, each is
/// taken at its greatest value alone, otherwise all are.
fn refuse_overfull(
    setting: &Setting,
    scenario: &Scenario,
    (axes, design): (&[Axis], DesignKind),
    fields: &Fields<'_>,
) {
    let centres: Vec<f64> =
        scenario.parameters.iter().map(|parameter| parameter.distribution.centre()).collect();
    let blueprint = |stratum| (Blueprint::new(&setting.space, stratum), stratum);
    let strata: Vec<_> = scenario.strata.iter().map(blueprint).collect();
    let all = at_greatest(&centres, axes);
    for axis in axes {
        let Varies::Parameter(parameter) = axis.varies else { continue };
        let alone = at_greatest(&centres, std::slice::from_ref(axis));
        let values = if design == DesignKind::OneAtATime { &alone } else { &all };
        for (blueprint, stratum) in strata.iter().filter(|(_, stratum)| stratum.mentions(parameter)) {
            let Err(overfull) = blueprint.shares(values) else { continue };
            let what = format!(
                "axis `{}` raises the shares of stratum `{}` to {:.6}, above 1",
                axis.name, stratum.id, overfull.sum
            );
            let problem = Problem::at(&axis.place, what).label("too high");
            fields.problems.add(problem.help("end this axis, or one it is combined with, at a lower share"));
        }
    }
}

/// The parameters' values where each of these axes is at its greatest.
fn at_greatest(centres: &[f64], axes: &[Axis]) -> Vec<f64> {
    let mut values = centres.to_vec();
    for axis in axes {
        if let (Varies::Parameter(position), Some(greatest)) = (&axis.varies, axis.greatest()) {
            values[*position] = values[*position].max(greatest);
        }
    }
    values
}

fn read_engine(node: &Node<'_>) -> Option<Engine> {
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

/// Reads `"grid"`, or `{ kind = "sobol", points = 4096 }`.
fn read_design(node: &Node<'_>) -> Option<DesignKind> {
    if !node.is_table() {
        return read_design_kind(node, &node.text()?, None);
    }
    let fields = node.fields("the design")?;
    let kind = fields.need("kind")?.text()?;
    let design = read_design_kind(node, &kind, Some(&fields));
    fields.finish();
    design
}

fn read_design_kind(node: &Node<'_>, kind: &str, fields: Option<&Fields<'_>>) -> Option<DesignKind> {
    let number = |key: &str| -> Option<u64> {
        let Some(fields) = fields else {
            let help = format!("write `design = {{ kind = \"{kind}\", {key} = ... }}`");
            node.problem(format!("the design `{kind}` needs `{key}`"), "how many?", help);
            return None;
        };
        fields.need(key)?.whole_number(1, 10_000_000)
    };
    match kind {
        "list" | "zip" => Some(DesignKind::Zip),
        "grid" => Some(DesignKind::Grid),
        "one-at-a-time" => Some(DesignKind::OneAtATime),
        "latin-hypercube" => number("points").map(|points| DesignKind::LatinHypercube { points }),
        "sobol" => number("points").map(|points| DesignKind::Sobol { points }),
        "saltelli" => number("base").map(|base| DesignKind::Saltelli { base }),
        "morris" => {
            let levels = fields.and_then(|fields| fields.get("levels"));
            let levels = levels.map_or(Some(4), |node| node.whole_number(2, 1_000));
            let trajectories = number("trajectories");
            trajectories
                .zip(levels)
                .map(|(trajectories, levels)| DesignKind::Morris { trajectories, levels: levels as u32 })
        }
        _ => {
            let help = suggestion(kind, DESIGNS.into_iter());
            node.problem(format!("there is no design `{kind}`"), "unknown design", help);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::InMemoryFiles;
    use super::super::load::{Loaded, load_sweep};
    use super::super::toy::{FILES, SCENARIO, SWEEP, files_with, messages, read_text};
    use super::*;
    use crate::domain::Error;

    fn load_replaced(from: &str, to: &str) -> Result<(Loaded, Sweep), Error> {
        assert!(SWEEP.contains(from), "{from}");
        let in_memory = files_with("toy/sweeps/refusal.toml", &SWEEP.replace(from, to));
        load_sweep("toy/sweeps/refusal.toml", &in_memory)
    }

    #[test]
    fn a_sweep_is_read_with_its_scenario() {
        let (loaded, sweep) = load_sweep("toy/sweeps/refusal.toml", &FILES.into_iter().collect()).unwrap();
        assert_eq!((loaded.scenario.name.as_str(), sweep.name.as_str()), ("toy/all", "refusal"));
        assert_eq!((sweep.engine, sweep.replicates, sweep.seed), (Engine::Counts, 10, 1952));
        assert_eq!(sweep.axes.iter().map(|axis| &*axis.name).collect::<Vec<_>>(), ["refusal", "ask.left"]);
        assert_eq!(sweep.axes.iter().map(Axis::declared_values).collect::<Vec<_>>(), [Some(5), Some(2)]);
    }

    #[test]
    fn proposals_and_values_may_be_set() {
        let (loaded, _) = load_replaced(
            "design = \"grid\"",
            "design = \"grid\"\nproposals = [\"../proposals/ask.toml:left=released\"]\nset = { refusal = 0.2 }",
        )
        .unwrap();
        assert_eq!(loaded.rulebooks[0].name().label(), "ask:left=released");
        assert_eq!(loaded.scenario.parameters[0].distribution.centre(), 0.2);
    }

    #[test]
    fn a_value_set_for_nothing_is_marked_in_the_file() {
        let error = load_replaced("replicates = 10", "set = { refusl = 0.2 }").unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!(problem.message, "the scenario has no parameter `refusl`");
        assert_eq!(problem.argument, None);
        assert_eq!(problem.place.as_ref().unwrap().line_and_column().0, 4);
    }

    #[test]
    fn everything_but_the_axes_is_reported_although_the_scenario_is_missing() {
        let broken = load_replaced(
            "scenario = \"../all.toml\"\ndesign = \"grid\"",
            "scenario = \"x\"\ndesign = \"gird\"",
        );
        assert_eq!(messages(broken), ["there is no design `gird`", "there is no built-in scenario `x`"]);
    }

    /// What is wrong with the toy sweep over a parameter of another name and a second axis, broken down by the wish.
    fn with_parameter(name: &str, axis: &str) -> Vec<String> {
        let sweep =
            SWEEP.replace("replicates", "by = \"wish\"\nreplicates").replace("reading = \"ask.left\"", axis);
        let renamed = FILES.map(|(file, text)| (file, text.replace("refusal", name)));
        let mut in_memory: InMemoryFiles = renamed.into_iter().collect();
        in_memory.insert("toy/sweeps/refusal.toml", sweep.replace("\"refusal\"", &format!("\"{name}\"")));
        messages(load_sweep("toy/sweeps/refusal.toml", &in_memory))
    }

    #[test]
    fn an_axis_is_never_named_like_another_column() {
        let left = "reading = \"ask.left\"";
        assert!(with_parameter("refused", left).is_empty());
        for name in ["mean", "point", "outcome", "status", "replicate"] {
            let what = format!("parameter `{name}` has the name of a column that tables have already");
            assert_eq!(with_parameter(name, left), [what]);
        }
        let twice = with_parameter("population", "population = true\nvalues = [10, 20]");
        assert_eq!(twice, ["two axes would be columns called `population`"]);
    }

    #[test]
    fn a_reading_varies_on_one_axis_only_whether_shared_or_not() {
        let shared = "reading = \"*.left\"";
        assert!(with_parameter("refused", shared).is_empty());
        for (first, second) in [("ask.left", "*.left"), ("*.left", "ask.left"), ("*.left", "*.left")] {
            let axes = format!("reading = \"{first}\"\n[[axis]]\nreading = \"{second}\"");
            assert_eq!(with_parameter("refused", &axes), [format!("`{second}` varies on two axes")]);
        }
    }

    #[test]
    fn an_axis_is_never_named_like_what_the_tables_are_broken_down_by() {
        let scenario = SCENARIO.replace("parameters.refusal", "parameters.wish").replace("$refusal", "$wish");
        let sweep =
            SWEEP.replace("\"refusal\"", "\"wish\"").replace("replicates", "by = \"wish\"\nreplicates");
        let mut in_memory = files_with("toy/all.toml", &scenario);
        in_memory.insert("toy/sweeps/refusal.toml", sweep);
        let refused = messages(load_sweep("toy/sweeps/refusal.toml", &in_memory));
        assert_eq!(refused, ["axis `wish` has the name of an attribute that `by` lists"]);
    }

    #[test]
    fn designs_have_their_numbers() {
        let design = |text: &str| read_text(text, |fields| read_design(&fields.need("design")?)).0;
        let morris = DesignKind::Morris { trajectories: 10, levels: 4 };
        let cases = [
            (r#"design = "list""#, Some(DesignKind::Zip)),
            (r#"design = "one-at-a-time""#, Some(DesignKind::OneAtATime)),
            (r#"design = { kind = "grid" }"#, Some(DesignKind::Grid)),
            (r#"design = { kind = "sobol", points = 64 }"#, Some(DesignKind::Sobol { points: 64 })),
            (r#"design = { kind = "saltelli", base = 8 }"#, Some(DesignKind::Saltelli { base: 8 })),
            (r#"design = { kind = "morris", trajectories = 10 }"#, Some(morris)),
            (r#"design = "sobol""#, None),
            (r#"design = { kind = "sobol", base = 64 }"#, None),
            (r#"design = { kind = "sobol", points = 0 }"#, None),
        ];
        for (text, expected) in cases {
            assert_eq!(design(text), expected, "{text}");
        }
    }

    #[test]
    fn an_axis_must_leave_room_for_the_rest() {
        let overfull = load_replaced("to = 0.5", "to = 0.95");
        assert!(messages(overfull).is_empty());
        let scenario =
            super::super::toy::SCENARIO.replace("stay = \"$refusal\"", "none = 0.3, stay = \"$refusal\"");
        let files = FILES.into_iter().chain([("toy/all.toml", scenario.as_str())]);
        let sweep = SWEEP.replace("to = 0.5", "to = 0.95");
        let in_memory = files.chain([("toy/sweeps/refusal.toml", sweep.as_str())]).collect();
        let overfull = messages(load_sweep("toy/sweeps/refusal.toml", &in_memory));
        assert_eq!(overfull, ["axis `refusal` raises the shares of stratum `north` to 1.250000, above 1"]);
    }
}
