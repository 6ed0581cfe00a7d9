//! Options of a copy: how its rows are written.

use super::{Grammar, Mode};

/// What a written value of an option is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    None,
    Format,
    Delimiter,
    Quote,
    Escape,
    Null,
    Lines,
}

impl Grammar {
    /// Whether the text of a value is wanted.
    pub(crate) fn wants_text(&self) -> bool {
        self.mode == Mode::Options && self.choice != Choice::None
    }

    pub(crate) fn text(&mut self, bytes: &[u8]) {
        if self.choice_text.len() + bytes.len() <= 16 {
            self.choice_text.extend_from_slice(bytes);
        }
    }

    pub(super) fn option(&mut self, word: &str) {
        let layout = &mut self.now.layout;
        match (self.choice, word) {
            (_, "format") => self.choice = Choice::Format,
            (_, "delimiter" | "delimiters" | "terminated") => {
                self.settle_choice();
                let lines = self.previous == "lines";
                self.choice = if lines { Choice::Lines } else { Choice::Delimiter };
            }
            (_, "quote" | "enclosed") => {
                self.settle_choice();
                self.choice = Choice::Quote;
            }
            (_, "escape" | "escaped") => {
                self.settle_choice();
                self.choice = Choice::Escape;
            }
            (_, "null") => {
                self.settle_choice();
                self.choice = Choice::Null;
            }
            (Choice::Format | Choice::None, "csv") => layout.become_csv(),
            (Choice::Format | Choice::None, "binary") => layout.binary = true,
            (_, "header") => layout.header = true,
            (_, "false" | "off") if self.previous == "header" => layout.header = false,
            (_, "set") => self.settle_choice(),
            _ => {}
        }
    }

    /// The written value of an option is whole.
    pub(crate) fn settle_choice(&mut self) {
        let text = std::mem::take(&mut self.choice_text);
        let first = text.first().copied();
        let layout = &mut self.now.layout;
        match std::mem::replace(&mut self.choice, Choice::None) {
            Choice::Delimiter => layout.delimiter = first.unwrap_or(layout.delimiter),
            Choice::Quote => layout.quote = first.or(layout.quote),
            Choice::Escape => layout.escape = first.unwrap_or(layout.escape),
            Choice::Null if !text.is_empty() => layout.null = text,
            Choice::Format if text.eq_ignore_ascii_case(b"csv") => layout.become_csv(),
            Choice::Format if text.eq_ignore_ascii_case(b"binary") => layout.binary = true,
            _ => {}
        }
    }
}
