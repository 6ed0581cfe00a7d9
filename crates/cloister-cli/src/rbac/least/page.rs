//! Lines of a report: a label, and words beside it that are wrapped below each other.

use unicode_width::UnicodeWidthStr;

/// How wide a label is with its space.
const LABEL: usize = 15;

/// A page that grows.
#[derive(Debug)]
pub struct Page {
    pub text: String,
    width: usize,
}

impl Page {
    pub fn new(width: usize) -> Page {
        Page { text: String::new(), width: width.max(40) }
    }

    /// A line that starts at the left.
    pub fn line(&mut self, text: &str) {
        self.wrapped(" ", "  ", text);
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A label and what belongs to it.
    pub fn entry(&mut self, label: &str, text: &str) {
        let label = clean(label);
        let below = " ".repeat(LABEL + 3);
        if label.width() > LABEL - 1 {
            self.text.push_str(&format!("   {label}\n"));
            return self.wrapped(&below, &format!("{below}  "), text);
        }
        let space = " ".repeat(LABEL - label.width());
        self.wrapped(&format!("   {label}{space}"), &format!("{below}  "), text);
    }

    fn wrapped(&mut self, first: &str, next: &str, text: &str) {
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in clean(text).split(' ') {
            if !is_empty && line.width() + 1 + word.width() > self.width {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                next.clone_into(&mut line);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Names from a log move no cursor and break no line.
fn clean(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
}
