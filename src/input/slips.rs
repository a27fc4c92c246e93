//! What people write who have never written TOML, recognised where the notation breaks.

/// How to mend a syntax error that begins at this byte of a file; `message` is the parser's.
pub(super) fn explain_syntax_error(text: &str, at: usize, message: &str) -> String {
    let line = line_at(text, at);
    if line.contains(TYPOGRAPHIC) {
        return "these are typographic quotes, as word processors write them; write \" for each".into();
    }
    if let Some(name) = repeated_table(line).filter(|_| message.contains("duplicate")) {
        return format!("write [[{name}]] with two brackets: there may be several");
    }
    match number_with_comma(line) {
        Some((whole, part)) if part.len() == 3 && whole != "0" => {
            format!("write {whole}{part} or {whole}_{part}: a comma separates values")
        }
        Some((whole, part)) => format!("write {whole}.{part} with a point: a comma separates values"),
        None => "see https://toml.io for the notation".into(),
    }
}

const TYPOGRAPHIC: [char; 6] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{201a}'];

/// The line in which a byte stands.
fn line_at(text: &str, at: usize) -> &str {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    &text[start..end]
}

/// The name in a line `[name]`.
fn repeated_table(line: &str) -> Option<&str> {
    let name = line.trim().strip_prefix('[')?.strip_suffix(']')?;
    (!name.starts_with('[')).then_some(name)
}

/// The digits before and after the comma of a value that is a number with one: `0,46` or `5,000`.
fn number_with_comma(line: &str) -> Option<(&str, &str)> {
    let value = line.split('=').nth(1)?.split('#').next()?.trim();
    let (whole, part) = value.split_once(',')?;
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(whole) && is_digits(part)).then_some((whole, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(text: &str, message: &str) -> String {
        explain_syntax_error(text, text.len() - 1, message)
    }

    #[test]
    fn slips_are_told_by_their_line() {
        assert!(
            explained("title = \u{201c}Mine\u{201d}", "invalid").starts_with("these are typographic quotes")
        );
        assert!(explained("a = 1\n[rule]", "duplicate key").contains("[[rule]]"));
        assert!(explained("value = 0,46", "unexpected").starts_with("write 0.46"));
        assert!(explained("size = 5,000", "unexpected").starts_with("write 5000 or 5_000"));
        assert!(explained("value = 0,465", "unexpected").starts_with("write 0.465"));
        assert!(explained("then = released", "invalid").contains("toml.io"));
    }

    #[test]
    fn any_byte_is_in_some_line() {
        let text = "a = \u{201c}\n\u{d55c}";
        for at in 0..text.len() + 3 {
            assert!(explain_syntax_error(text, at, "").len() > 10);
        }
        assert_eq!(line_at("", 0), "");
    }
}
