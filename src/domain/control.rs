//! Control characters: names may not have them, and messages show them escaped, because a terminal would obey
//! them.

use std::borrow::Cow;

/// Whether a terminal obeys the character instead of showing it: C0 and C1 controls, DEL, and the characters
/// that turn the direction of what follows.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with its control characters written `\u{1b}`; new lines and tabs stay.
pub(crate) fn escape_controls(text: &str) -> Cow<'_, str> {
    escape(text, |character| is_control(character) && !matches!(character, '\n' | '\t'))
}

/// The text on one line: new lines and tabs are written out as well.
#[cfg(feature = "polars")]
pub(crate) fn escape_line(text: &str) -> Cow<'_, str> {
    escape(text, is_control)
}

fn escape(text: &str, is_bad: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_bad(character) {
            true => escaped.extend(character.escape_unicode()),
            false => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// The text with every control character replaced by a harmless one of as many bytes, so that places in it stay
/// what they are; line ends and tabs stay.
pub(crate) fn mask_controls(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| is_control(character) && !matches!(character, '\n' | '\r' | '\t');
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    let mask = |character: char| match (is_bad(character), character.len_utf8()) {
        (false, _) => character,
        (true, 1) => '?',
        (true, 2) => '¤',
        (true, _) => '\u{fffd}',
    };
    Cow::Owned(text.chars().map(mask).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: &str = "a\u{1b}[31m\u{7f}\u{9b}\u{202e}b\u{2066}\n\tc";

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(escape_controls(BAD), "a\\u{1b}[31m\\u{7f}\\u{9b}\\u{202e}b\\u{2066}\n\tc");
        assert!(matches!(escape_controls("Ōsaka\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn masked_text_keeps_its_length_and_places() {
        let masked = mask_controls(BAD);
        assert_eq!(masked.len(), BAD.len());
        assert_eq!(masked.find('c'), BAD.find('c'));
        assert!(!masked.contains(|c: char| is_control(c) && c != '\n' && c != '\t'), "{masked:?}");
    }
}
