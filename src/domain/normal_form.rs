//! Unicode normal form C, in which the words of a list, of a words file and of an option are compared: macOS and some
//! editors decompose the syllables of Hangul and accented letters, which then look the same and are other characters.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text in normal form C. ASCII, and what is composed already, is borrowed.
pub(crate) fn compose(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decomposed_hangul_is_composed() {
        let composed = "북한군";
        let decomposed: String = composed.nfd().collect();
        assert_eq!(decomposed.chars().count(), 9);
        assert_eq!(compose(&decomposed), composed);
        assert!(matches!(compose(composed), Cow::Borrowed(_)));
        assert!(matches!(compose("kpa"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn every_form_of_a_text_has_one_composition(text in "\\PC{0,12}|[가-힣éÅ]{0,6}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(compose(&text), compose(&decomposed));
            let once = compose(&text).into_owned();
            prop_assert_eq!(compose(&once), once.as_str());
        }
    }
}
