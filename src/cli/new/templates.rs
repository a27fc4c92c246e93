//! The text of a new proposal, scenario or sweep: commented, and sound as it stands.

use crate::domain::{OutcomeKind, Setting, Variable};
use crate::input::Catalogue;
use crate::scenario::Scenario;
use crate::table::grouped;

/// A proposal with one rule and one silence. `belongs` is the line that names its setting, where one is needed.
pub(super) fn proposal(name: &str, setting: &Setting, belongs: &str) -> String {
    let outcomes: Vec<&str> = setting.outcomes.names().collect();
    let mut texts = setting.outcomes.iter().map(|outcome| setting.outcomes.text(outcome));
    let (first, last) = (outcomes[0], outcomes[outcomes.len() - 1]);
    let held = texts.find(|outcome| outcome.kind == OutcomeKind::Held).map_or(last, |outcome| &outcome.name);
    let divided = setting.space.attributes().iter().find(|attribute| attribute.levels.len() > 1);
    let when = divided.map_or(String::new(), |v| format!(" {} = \"{}\" ", v.name, v.levels[0]));
    let silence = format!(
        "\n# Whom no rule names. The text is silent about them, and this outcome is counted.\n\
         [[silence]]\nthen = \"{held}\"\nnote = \"What the text leaves unsaid, and why this follows.\"\n"
    );
    let silence = if divided.is_some() { silence } else { String::new() };
    format!(
        "# A proposal: what is to happen to whom. `repat check` proves that everybody has exactly one outcome.\n\
         id = \"{name}\"\n{belongs}title = \"A text to be described\"\n# date = 1952-07-03\n# by = \"who made it\"\n\n\
         # Conditions name attributes and their levels, as {{ {attribute} = [\"one\", \"another\"] }}:\n{attributes}\
         # Outcomes: {outcomes}\n\n\
         # A rule, with the passage that it rests on.\n[[rule]]\nid = \"first-rule\"\nwhen = {{{when}}}\n\
         then = \"{first}\"\n\
         citation = {{ source = \"{name}\", locus = \"clause 1\", note = \"What the passage says.\" }}\n{silence}\n\
         # A source of this file's own, cited by its key.\n[sources.{name}]\ntitle = \"The document's title\"\n\
         place = \"Archive and file, edition and page, or issue\"\n",
        attribute = divided.map_or("attribute", |attribute| &attribute.name),
        attributes = attribute_comments(setting),
        outcomes = outcomes.join(", "),
    )
}

/// A scenario with one stratum, and a parameter where an attribute can be divided by one.
pub(super) fn scenario(catalogue: &Catalogue, belongs: &str) -> String {
    let space = &catalogue.setting.space;
    let named = (0..space.attributes().len()).filter(|attribute| space.default_level(*attribute).is_none());
    let named: Vec<&Variable> = named.map(|attribute| &space.attributes()[attribute]).collect();
    let divided = named.iter().rposition(|attribute| attribute.levels.len() > 1);
    let share = |(position, attribute): (usize, &&Variable)| match divided == Some(position) {
        true => format!(
            "{} = {{ \"{}\" = \"$my_share\", \"{}\" = \"rest\" }}\n",
            attribute.name, attribute.levels[0], attribute.levels[1]
        ),
        false => format!("{} = \"{}\"\n", attribute.name, attribute.levels[0]),
    };
    let shares: String = named.iter().enumerate().map(share).collect();
    let parameter = "# An uncertain share, to which strata refer as \"$my_share\".\n[parameters.my_share]\n\
                     uniform = [0.2, 0.4]\nstatus = \"assumed\"\nnote = \"Why this much.\"\n\n";
    let proposals = catalogue.proposals.first().map(|proposal| format!("\"{}\"", proposal.id));
    format!(
        "# A scenario: the people of one day, in strata, and the texts to judge them by.\n{belongs}\
         title = \"People to be described\"\n# date = 1952-07-03\n\
         # Ids of the setting's proposals, or paths of your own that end in .toml.\nproposals = [{proposals}]\n\n\
         {parameter}\
         # People who have something in common. `status` is seen, derived, unverified or assumed; all but the last \
         need a `source`.\n\
         [[stratum]]\nid = \"first-stratum\"\nsize = 1000\nstatus = \"assumed\"\n\
         note = \"Who counted whom, and when.\"\n{shares}\n# Levels:\n{attributes}",
        proposals = proposals.unwrap_or_default(),
        parameter = if divided.is_some() { parameter } else { "" },
        attributes = attribute_comments(&catalogue.setting),
    )
}

/// A sweep of a scenario, named as its file is to name it: over the first uncertain parameter, or else over the number
/// of people.
pub(super) fn sweep(scenario: &Scenario, named: &str) -> String {
    let uncertain = scenario.parameters.iter().find(|parameter| !parameter.distribution.is_fixed());
    let people = scenario.population();
    let axis = match uncertain {
        Some(parameter) => format!("parameter = \"{}\"\nquantiles = [0.05, 0.95]\n", parameter.name),
        None => format!("population = true\nfrom = {people}\nto = {}\n", people.saturating_mul(2)),
    };
    let parameters: Vec<&str> = scenario.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    format!(
        "# A sweep: what the outcomes depend on. `repat sweep FILE --out FOLDER` runs it.\n\
         title = \"A question to be asked\"\nnote = \"How to read the answer.\"\nscenario = \"{named}\"\n\
         # counts, individuals or exact\nengine = \"counts\"\nreplicates = 100\n\
         # grid, one-at-a-time, or such as {{ kind = \"sobol\", points = 1024 }}\ndesign = \"grid\"\n\n\
         # What varies: a parameter, the size of a stratum, the population, or a reading (\"PROPOSAL.READING\").\n\
         # {people} people; parameters: {parameters}\n[[axis]]\n{axis}points = 5\n",
        people = grouped(people),
        parameters = if parameters.is_empty() { "none".into() } else { parameters.join(", ") },
    )
}

/// The attributes and derived attributes with their levels, as comments.
fn attribute_comments(setting: &Setting) -> String {
    let variables = setting.space.variables().iter();
    variables.map(|variable| format!("#   {}: {}\n", variable.name, variable.levels.join(", "))).collect()
}
