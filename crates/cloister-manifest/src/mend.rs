//! Where libyaml, and Go's port of it that Kubernetes reads by, are laxer than YAML 1.2: the text
//! is mended so that the strict parser takes it, and read again. Lines stay where they are.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use saphyr_parser::{Marker, ScanError};

/// Deep enough for any flow collection: what is added to the left of a line of one.
const PAD: usize = 400;
/// How many lines and escapes of one document are mended.
const MOST: usize = 100;
/// How many bytes are read again in all, so that hostile text costs no more than a large file.
const MOST_BYTES: usize = 8 << 20;

/// A text and what was changed in it.
#[derive(Debug)]
pub struct Mended<'a> {
    text: Cow<'a, str>,
    /// Lines, from 1, that were moved to the right.
    moved: BTreeSet<usize>,
    read_again: usize,
    mended: usize,
}

impl<'a> Mended<'a> {
    /// A text as it was written.
    pub fn new(text: &'a str) -> Mended<'a> {
        Mended { text: last_line_ended(text), moved: BTreeSet::new(), read_again: 0, mended: 0 }
    }

    /// The text as the parser is to read it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The column of a marker as it was written, from 0.
    pub fn column(&self, marker: &Marker) -> usize {
        if self.moved.contains(&marker.line()) { marker.col().saturating_sub(PAD) } else { marker.col() }
    }

    /// Where a colon stands right before what ends a value in brackets, as a number of characters.
    pub fn colons(&self) -> HashSet<usize> {
        let bytes = self.text.as_bytes();
        let ends = |at: usize| matches!(bytes.get(at + 1), Some(b',' | b']' | b'}' | b'[' | b'{'));
        if !memchr::memchr_iter(b':', bytes).any(ends) {
            return HashSet::new();
        }
        let next = self.text.chars().skip(1);
        let pairs = self.text.chars().zip(next).enumerate();
        pairs.filter(|(_, pair)| matches!(pair, (':', ',' | ']' | '}' | '[' | '{'))).map(|(index, _)| index).collect()
    }

    /// Takes such a colon, which stands at `end` behind `word`, as its last character:
    /// `{a:, b: c}` has the key `a:`.
    pub fn join(&mut self, word: &str, end: &Marker) -> bool {
        let (true, Some(end)) = (self.once_more(), self.offset(end)) else { return false };
        if self.text.as_bytes().get(end) != Some(&b':') {
            return false;
        }
        let Some(start) = self.text.get(..end).and_then(|before| start_of_word(before, word)) else { return false };
        let Some(written) = self.text.get(start..end) else { return false };
        let quoted = format!("'{}:'", written.replace('\'', "''"));
        self.text.to_mut().replace_range(start..=end, &quoted);
        true
    }

    fn offset(&self, marker: &Marker) -> Option<usize> {
        let start = self.start_of(marker.line())?;
        let columns = self.text.get(start..)?.chars().take(marker.col());
        Some(start + columns.map(char::len_utf8).sum::<usize>())
    }

    fn once_more(&mut self) -> bool {
        self.mended += 1;
        self.read_again = self.read_again.saturating_add(self.text.len());
        self.mended <= MOST && self.read_again <= MOST_BYTES
    }

    /// Mends what the parser stumbled over; `false` when there is nothing to mend.
    pub fn mend(&mut self, error: &ScanError) -> bool {
        if !self.once_more() {
            return false;
        }
        let line = error.marker().line();
        match error.info() {
            // A closing bracket, or anything in brackets, may stand as far left as it likes.
            "invalid indentation" | "invalid indentation in flow construct" => self.move_right(line),
            // So may the further lines of a quoted string.
            "invalid indentation in quoted scalar" => {
                let next = (line + 1..).find(|line| !self.moved.contains(line)).unwrap_or(line);
                self.move_right(next)
            }
            "while parsing a quoted scalar, found unknown escape character" => self.unescape(error.marker()),
            // A tab is as good as a space behind a colon.
            "':' must be followed by a valid YAML whitespace" => self.untab(line),
            _ => false,
        }
    }

    /// Where a line starts, counted from 1 as the parser counts: a carriage return alone ends one too.
    fn start_of(&self, line: usize) -> Option<usize> {
        if line <= 1 {
            return Some(0);
        }
        let bytes = self.text.as_bytes();
        let ends = |(at, byte): (usize, &u8)| {
            let alone = *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            (*byte == b'\n' || alone).then_some(at + 1)
        };
        bytes.iter().enumerate().filter_map(ends).nth(line - 2)
    }

    fn move_right(&mut self, line: usize) -> bool {
        let Some(start) = self.start_of(line).filter(|start| *start < self.text.len()) else { return false };
        if !self.moved.insert(line) {
            return false;
        }
        self.text.to_mut().insert_str(start, &" ".repeat(PAD));
        true
    }

    /// Makes a space of the first tab behind a colon in this line.
    fn untab(&mut self, line: usize) -> bool {
        let Some(start) = self.start_of(line) else { return false };
        let written = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let Some(colon) = written.find(":\t") else { return false };
        let tab = start + colon + 1;
        self.text.to_mut().replace_range(tab..=tab, " ");
        true
    }

    /// `\'` is an apostrophe in double quotes.
    fn unescape(&mut self, quote: &Marker) -> bool {
        let Some(start) = self.start_of(quote.line()) else { return false };
        let Some(rest) = self.text.get(start..) else { return false };
        let mut chars = rest.char_indices().skip(quote.col() + 1);
        while let Some((index, c)) = chars.next() {
            if c == '"' {
                return false;
            }
            if c == '\\' && chars.next().is_some_and(|(_, escaped)| escaped == '\'') {
                let at = start + index;
                self.text.to_mut().replace_range(at..at + 2, "\\x27");
                return true;
            }
        }
        false
    }
}

/// A last line of spaces only gets its line feed, as kubectl gives it one: else the parser takes it for a line of the
/// block scalar before it.
fn last_line_ended(text: &str) -> Cow<'_, str> {
    let written = text.trim_end_matches(' ');
    if written.len() < text.len() && written.ends_with(['\n', '\r']) {
        return Cow::Owned(format!("{text}\n"));
    }
    Cow::Borrowed(text)
}

/// What is no letter of a word. A no-break space is one.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// Where `word` starts that ends `text`, whatever space is in it: it may stand on several lines.
/// An anchor or a tag before it is no part of it.
fn start_of_word(text: &str, word: &str) -> Option<usize> {
    let mut letters = word.chars().rev().filter(|c| !is_space(*c)).peekable();
    for (at, c) in text.char_indices().rev().filter(|(_, c)| !is_space(*c)) {
        if letters.next() != Some(c) {
            return None;
        }
        if letters.peek().is_none() {
            return Some(at);
        }
    }
    None
}
