//! Text for people: lines under headings, indented and wrapped at the width of the terminal.

/// Spaces by which each depth is indented.
const INDENT: usize = 2;

/// The least width that is worth wrapping at.
const LEAST_WIDTH: usize = 40;

/// Lines of text that are wrapped as they are written.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// An empty page of this many characters in a line.
    pub(super) fn new(width: usize) -> Page {
        Page { text: String::new(), width: width.max(LEAST_WIDTH) }
    }

    /// Ends a paragraph, unless nothing has been written.
    pub(super) fn space(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A heading, with a blank line before it.
    pub(super) fn heading(&mut self, heading: &str) {
        self.space();
        self.line(0, heading);
    }

    /// A paragraph at this depth; what does not fit into a line goes on in the next.
    pub(super) fn line(&mut self, depth: usize, text: &str) {
        self.wrap(depth * INDENT, depth * INDENT, text);
    }

    /// As [`Page::line`], with later lines indented further: for an item of a list.
    pub(super) fn item(&mut self, depth: usize, text: &str) {
        self.wrap(depth * INDENT, (depth + 2) * INDENT, text);
    }

    /// A paragraph at this depth for a text that there is.
    pub(super) fn line_if(&mut self, depth: usize, text: Option<&str>) {
        text.iter().for_each(|text| self.line(depth, text));
    }

    fn wrap(&mut self, first: usize, later: usize, text: &str) {
        let mut line = " ".repeat(first);
        let mut is_empty = true;
        for word in text.split_whitespace() {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > self.width {
                self.end_line(&line);
                (line, is_empty) = (" ".repeat(later), true);
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.end_line(&line);
    }

    fn end_line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The text written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_between_words_and_indented() {
        let mut page = Page::new(40);
        page.heading("Heading");
        page.item(1, "one two three four five six seven eight nine ten");
        page.heading("Next");
        page.line(1, &"x".repeat(60));
        let expected = format!(
            "Heading\n  one two three four five six seven\n      eight nine ten\n\nNext\n  {}\n",
            "x".repeat(60)
        );
        assert_eq!(String::from_utf8(page.into_bytes()).unwrap(), expected);
    }
}
