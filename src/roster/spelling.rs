//! Which of several names a text spells: in Unicode normal form C, and without regard to case where no name fits
//! exactly.

use crate::domain::compose;

/// A name that a text spells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelled {
    /// Its position among the names.
    pub(super) position: usize,
    /// Whether it only fits without regard to case.
    pub(super) ignores_case: bool,
}

/// The text in normal form C and without regard to case. Capitals come first, so that `ß` is `ss` and the two small
/// sigmas are one.
pub(super) fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed = compose(text);
    let capitals = composed.chars().flat_map(char::to_uppercase);
    let folded: String = capitals.flat_map(char::to_lowercase).collect();
    compose(&folded).into_owned()
}

/// The name that a text spells: exactly, or else in normal form C, or else without regard to case.
///
/// # Errors
///
/// The positions of two names that fit equally well.
pub(super) fn find_spelled<N: AsRef<str>>(text: &str, names: &[N]) -> Result<Option<Spelled>, [usize; 2]> {
    let (composed, folded) = (compose(text), fold_case(text));
    let fits: [&dyn Fn(&str) -> bool; 3] =
        [&|name| name == text, &|name| compose(name) == composed, &|name| fold_case(name) == folded];
    for (round, fits) in fits.into_iter().enumerate() {
        let mut fitting = names.iter().enumerate().filter(|(_, name)| fits(name.as_ref()));
        match (fitting.next(), fitting.next()) {
            (Some((first, _)), Some((second, _))) => return Err([first, second]),
            (Some((position, _)), None) => return Ok(Some(Spelled { position, ignores_case: round == 2 })),
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_beyond_ascii() {
        for (one, other) in [("KPA", "kpa"), ("Élan", "e\u{301}LAN"), ("STRASSE", "Straße"), ("ΟΔΟΣ", "οδος")]
        {
            assert_eq!(fold_case(one), fold_case(other), "{one}");
        }
        assert_ne!(fold_case("북한군"), fold_case("한국군"));
    }

    #[test]
    fn exact_names_come_first_and_equal_claims_are_refused() {
        let fit = |position, ignores_case| Ok(Some(Spelled { position, ignores_case }));
        assert_eq!(find_spelled("force", &["Force", "force"]), fit(1, false));
        assert_eq!(find_spelled("force", &["name", "Force"]), fit(1, true));
        assert_eq!(find_spelled("e\u{301}", &["E", "\u{e9}"]), fit(1, false));
        assert_eq!(find_spelled("force", &["Force", "FORCE"]), Err([0, 1]));
        assert_eq!(find_spelled("force", &["army"]), Ok(None));
    }
}
