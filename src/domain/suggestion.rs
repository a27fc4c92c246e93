//! What to write instead: the most similar name, or all there are.

/// Names at least this similar, by Jaro and Winkler's measure, are taken for misspellings.
const SIMILAR: f64 = 0.8;

/// The most names to list: nobody reads more.
const LISTED: usize = 100;

/// The name that is most similar to what was written, if any is similar enough to be meant.
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let similar = known.map(|name| (strsim::jaro_winkler(written, name), name));
    let (similarity, name) = similar.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (similarity > SIMILAR).then_some(name)
}

/// "did you mean `...`?", or all the names to choose from.
pub fn suggestion<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.collect();
    if let Some(name) = nearest(written, known.iter().copied()) {
        return format!("did you mean `{name}`?");
    }
    match known.as_slice() {
        [] => "there are none to choose from".into(),
        [name] => format!("expected `{name}`"),
        _ if known.len() > LISTED => {
            let more = known.len() - LISTED;
            format!("expected one of: {} and {more} more", known[..LISTED].join(", "))
        }
        _ => format!("expected one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_gets_the_nearest_name() {
        let known = ["north", "south", "abroad"];
        assert_eq!(suggestion("nort", known.into_iter()), "did you mean `north`?");
    }

    #[test]
    fn anything_else_gets_all_names() {
        let known = ["north", "south", "abroad"];
        assert_eq!(suggestion("x", known.into_iter()), "expected one of: north, south, abroad");
        assert_eq!(suggestion("x", ["north"].into_iter()), "expected `north`");
        assert_eq!(suggestion("x", std::iter::empty()), "there are none to choose from");
    }
}
