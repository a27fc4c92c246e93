use super::args::{ExplainArgs, TextFormat};
use super::failure::Failure;
use crate::domain::{Problem, Profile, Space};
use crate::input::{self, InMemoryFiles, suggestion};
use crate::proposal;
use crate::table::{explanation_json, explanation_text};

/// `repat explain`: the rule that decides about a prisoner, and why.
pub(super) fn explain(args: &ExplainArgs) -> Result<Vec<u8>, Failure> {
    let proposals = [args.proposal.clone()];
    let loaded = input::load_proposals(&proposals, &args.readings, &InMemoryFiles::default())?;
    let profile = profile(&loaded.setting.space, &args.profile)?;
    let Some(rulebook) = loaded.rulebooks.first() else {
        return Err(Failure::Run("no proposal was loaded".into()));
    };
    let (setting, how) = (&loaded.setting, &rulebook.interpretation);
    let why = proposal::explain(&setting.space, rulebook, profile);
    match args.format {
        TextFormat::Text => Ok(explanation_text(setting, how, profile, &why).into_bytes()),
        TextFormat::Json => explanation_json(setting, how, profile, &why).map_err(Failure::Run),
    }
}

/// The profile given as `attribute=level`; all that is wrong or missing at once.
fn profile(space: &Space, words: &[String]) -> Result<Profile, Failure> {
    let mut problems = Vec::new();
    let mut levels: Vec<Option<u8>> = vec![None; space.attributes().len()];
    for word in words {
        let (name, level) = word.split_once('=').unwrap_or((word, ""));
        let Some(position) = space.attributes().iter().position(|attribute| attribute.name == name) else {
            let known = space.attributes().iter().map(|attribute| attribute.name.as_str());
            let what = format!("`{word}`: there is no attribute `{name}`");
            problems.push(Problem::new(what).help(suggestion(name, known)));
            continue;
        };
        let attribute = &space.attributes()[position];
        match (attribute.level(level), levels[position]) {
            (None, _) => {
                let known = attribute.levels.iter().map(String::as_str);
                let what = format!("`{word}`: `{name}` has no level `{level}`");
                problems.push(Problem::new(what).help(suggestion(level, known)));
                levels[position] = Some(0);
            }
            (Some(_), Some(_)) => {
                problems.push(Problem::new(format!("`{name}` is given twice")).help("give it once"));
            }
            (given, None) => levels[position] = given,
        }
    }
    let missing = space.attributes().iter().zip(&levels).filter(|(_, level)| level.is_none());
    problems.extend(missing.map(|(attribute, _)| {
        let what = format!("the prisoner's {} is not given", attribute.name);
        let values = attribute.levels.iter().map(|level| format!("{}={level}", attribute.name));
        Problem::new(what).help(format!("add one of {}", values.collect::<Vec<_>>().join(", ")))
    }));
    let levels: Option<Vec<u8>> = levels.into_iter().collect();
    let profile = levels.and_then(|levels| space.profile(&levels));
    profile.filter(|_| problems.is_empty()).ok_or(Failure::Input(problems))
}
