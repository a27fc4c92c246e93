//! What to write in place of a name that there is not.

/// "did you mean ...?" with the nearest of the known names, or all of them if none is near.
pub fn suggestion<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let similar = known.iter().map(|name| (strsim::jaro_winkler(given, name), *name));
    let nearest = similar.max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((similarity, name)) if similarity > 0.8 => format!("did you mean `{name}`?"),
        Some(_) => format!("there are: {}", known.join(", ")),
        None => "there are none to choose from".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_or_all_are_listed() {
        let known = ["repatriated", "released", "retained"];
        assert_eq!(suggestion("relaesed", known.into_iter()), "did you mean `released`?");
        assert_eq!(suggestion("freed", known.into_iter()), "there are: repatriated, released, retained");
        assert_eq!(suggestion("freed", [].into_iter()), "there are none to choose from");
    }
}
