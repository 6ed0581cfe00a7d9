//! The paper: the only place that writes. It knows the width, breaks between
//! words, cleans every text it is given, and drops styles when there is no colour.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::Options;
use super::ink::{PLAIN, WRITE};
use cloister_model::clean;

/// Below this the table cannot be laid out; the terminal wraps.
const NARROWEST: usize = 60;

/// A report in the making.
pub(super) struct Page {
    out: String,
    width: usize,
    colour: bool,
    pub(super) verbose: bool,
}

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    clean(text).width()
}

impl Page {
    pub(super) fn new(options: &Options) -> Page {
        Page {
            out: String::new(),
            width: options.width.max(NARROWEST),
            colour: options.colour,
            verbose: options.verbose,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Adds `text` to the current line.
    pub(super) fn put(&mut self, style: Style, text: &str) -> &mut Page {
        let text = clean(text);
        let inked = text.trim_end();
        if self.colour && style != PLAIN && !inked.is_empty() {
            self.out.push_str(&style.render().to_string());
            self.out.push_str(inked);
            self.out.push_str(&style.render_reset().to_string());
        } else {
            self.out.push_str(inked);
        }
        self.gap(text.len() - inked.len())
    }

    /// Adds blanks to the current line.
    pub(super) fn gap(&mut self, number: usize) -> &mut Page {
        self.out.extend(std::iter::repeat_n(' ', number));
        self
    }

    /// Ends the line; blanks at its end go.
    pub(super) fn end(&mut self) -> &mut Page {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self
    }

    /// An empty line, unless there is one.
    pub(super) fn blank(&mut self) -> &mut Page {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self
    }

    /// A paragraph, each line `indent` columns in.
    pub(super) fn paragraph(&mut self, indent: usize, style: Style, text: &str) -> &mut Page {
        for line in wrap(text, self.width.saturating_sub(indent)) {
            self.gap(indent).put(style, &line).end();
        }
        self
    }

    /// The rest of a line that already holds `used` columns, continued below at `indent`.
    pub(super) fn rest(&mut self, used: usize, indent: usize, style: Style, text: &str) -> &mut Page {
        for (index, line) in wrap_from(text, used, indent, self.width).into_iter().enumerate() {
            if index > 0 {
                self.end().gap(indent);
            }
            self.put(style, &line);
        }
        self.end()
    }

    /// Parts that stay whole, with `between` between them, over as many lines as
    /// needed; the first line already holds `used` columns.
    pub(super) fn flow(&mut self, used: usize, indent: usize, between: &str, parts: &[(Style, String)]) -> &mut Page {
        let mark = between.trim_end();
        let mut column = used;
        for (index, (style, part)) in parts.iter().enumerate() {
            // What follows a part at the end of its line is a separator, too.
            let after = if index + 1 < parts.len() { columns(mark) } else { 0 };
            let before = if index == 0 { 0 } else { columns(between) };
            if column > indent && column + before + columns(part) + after > self.width {
                if index > 0 {
                    self.put(PLAIN, mark);
                }
                self.end().gap(indent);
                column = indent;
            } else if index > 0 {
                self.put(PLAIN, between);
                column += before;
            }
            for (line_index, line) in wrap_from(part, column, indent, self.width - after).iter().enumerate() {
                if line_index > 0 {
                    self.end().gap(indent);
                    column = indent;
                }
                self.put(*style, line);
                column += columns(line);
            }
        }
        self.end()
    }

    /// Lines to copy, as they are, with a bar at their left. Never broken.
    pub(super) fn lines_to_write(&mut self, indent: usize, lines: &str) -> &mut Page {
        for line in lines.trim_end().lines() {
            self.gap(indent).put(super::ink::FAINT, "│").gap(1).put(WRITE, line).end();
        }
        self
    }

    /// A heading with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) -> &mut Page {
        self.blank().gap(1).put(super::ink::STRONG, text).end()
    }
}

/// Breaks between words; a word that is wider than the line is broken itself.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_from(text, 0, 0, width)
}

fn wrap_from(text: &str, used: usize, indent: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut column = used;
    for word in text.split_whitespace().flat_map(|word| pieces(word, width.saturating_sub(indent))) {
        let Some(line) = lines.last_mut() else { break };
        let blank = usize::from(!line.is_empty());
        let size = word.width();
        if column + blank + size > width && (!line.is_empty() || column > indent) {
            column = indent + size;
            lines.push(word);
        } else {
            if blank > 0 {
                line.push(' ');
            }
            line.push_str(&word);
            column += blank + size;
        }
    }
    lines
}

/// A clean word in pieces of at most `width` columns.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let word = clean(word);
    if word.width() <= width {
        return vec![word.into_owned()];
    }
    let mut pieces = vec![String::new()];
    let mut column = 0;
    for character in word.chars() {
        let size = unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
        if column + size > width.max(2) {
            pieces.push(String::new());
            column = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
        column += size;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn breaks_between_words_and_counts_columns() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("東京 東京", 5), ["東京", "東京"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
