//! Text of other people's files on its way to a terminal: characters that would command the terminal, or
//! reverse the order of others, are shown by their numbers.

use std::borrow::Cow;

/// Writes control characters, those of writing direction included, by their numbers: `\u{1b}`.
pub(crate) fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_control(character) {
            true => escaped.extend(character.escape_unicode()),
            false => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// C0, DEL and C1, and what embeds, overrides or isolates a direction of writing.
fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_by_their_numbers() {
        assert_eq!(escape_controls("a\u{1b}]0;x\u{7}"), "a\\u{1b}]0;x\\u{7}");
        assert_eq!(escape_controls("\u{7f}\u{85}\u{9b}\n"), "\\u{7f}\\u{85}\\u{9b}\\u{a}");
        assert_eq!(escape_controls("\u{202e}abc\u{2066}\u{2069}"), "\\u{202e}abc\\u{2066}\\u{2069}");
    }

    #[test]
    fn other_text_is_left_alone() {
        assert!(matches!(escape_controls("Kyŏnggi, 경기도 – \\u{1b}"), Cow::Borrowed(_)));
    }
}
