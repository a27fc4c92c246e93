//! What to write instead: the most similar name, or all there are.

/// Names at least this similar, by Jaro and Winkler's measure, are taken for misspellings.
const SIMILAR: f64 = 0.8;

/// The most names to list: nobody reads more.
const LISTED: usize = 100;

/// "did you mean `...`?", or all the names to choose from.
pub fn suggestion<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.collect();
    let similar = known.iter().map(|name| (strsim::jaro_winkler(written, name), *name));
    match similar.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((similarity, name)) if similarity > SIMILAR => format!("did you mean `{name}`?"),
        Some((_, name)) if known.len() == 1 => format!("expected `{name}`"),
        Some(_) if known.len() > LISTED => {
            let more = known.len() - LISTED;
            format!("expected one of: {} and {more} more", known[..LISTED].join(", "))
        }
        Some(_) => format!("expected one of: {}", known.join(", ")),
        None => "there are none to choose from".into(),
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
