//! A name before its mark, and where its value stands.

use crate::engine::{LONGEST, Text, named_at_end};

/// Longer names tell nothing.
pub const LONGEST_NAME: usize = 128;
/// Labels of several words are shorter than this, and of no more words.
const LONGEST_LABEL: usize = 64;
const MOST_WORDS: usize = 6;
/// No more blanks stand between a name, its mark and its value.
const BLANKS: usize = 64;
/// Within a sentence no value is longer.
const LONGEST_SENTENCE: usize = 192;

/// A name before a mark.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    pub start: usize,
    pub end: usize,
    /// What stands between it and its value.
    mark: usize,
    /// Where the value may start.
    value: usize,
    /// Whether blanks stand before the value.
    spaced: bool,
    kind: Kind,
}

/// A word before a mark.
#[derive(Clone, Copy, Debug)]
pub struct Word<'t> {
    pub bytes: &'t [u8],
    /// It may be the last one of several.
    pub may_be_label: bool,
}

/// A name of less than sixteen bytes in quotes right before a mark, as JSON has them, read at once.
#[derive(Clone, Copy, Debug)]
pub struct Quoted {
    /// Its bytes, the last one the highest, and nothing below the first.
    pub number: u128,
    pub length: usize,
    start: usize,
}

impl Quoted {
    const QUOTE: u8 = b'"';

    /// The last bytes of sixteen, by how many they are.
    const LAST: [u128; 17] = {
        let mut last = [0; 17];
        let mut rest = last.as_mut_slice();
        let mut bytes = 0;
        while let Some((own, others)) = rest.split_first_mut() {
            *own = if bytes == 0 { 0 } else { u128::MAX << (128 - 8 * bytes) };
            bytes += 1;
            rest = others;
        }
        last
    };

    /// The one before `mark`; nothing where it is longer, or something else.
    #[inline]
    pub fn before(text: &Text<'_>, mark: usize) -> Option<Quoted> {
        let end = mark.checked_sub(1).filter(|end| text.at(*end) == Some(Quoted::QUOTE))?;
        let near: &[u8; 16] = text.bytes.get(end.checked_sub(16)?..end)?.first_chunk()?;
        let length = named_at_end(near);
        let opens = near.get(15usize.checked_sub(length)?) == Some(&Quoted::QUOTE);
        if !opens || length == 0 {
            return None;
        }
        let number = u128::from_le_bytes(*near) & Quoted::LAST.get(length)?;
        let first = near.get(16 - length).copied()?;
        let letter = first.is_ascii_alphabetic() || first == b'_' || first >= 0x80;
        letter.then_some(Quoted { number, length, start: end - length })
    }

    /// The number of a name of so many bytes that ends behind these, with their count below it; nothing where it is longer
    /// than those that are read so.
    #[inline]
    pub fn key(near: &[u8; 16], length: usize) -> Option<u128> {
        let last = Quoted::LAST.get(length).filter(|_| (1..16).contains(&length))?;
        Some(u128::from_le_bytes(*near) & last | length as u128)
    }

    /// Its bytes.
    pub fn bytes<'t>(&self, text: &Text<'t>) -> &'t [u8] {
        text.slice(self.start, self.start + self.length)
    }
}

/// How a name and its value are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One word, or several in quotes.
    Word,
    /// Words of a form or a sentence.
    Label,
    /// The element of an XML document.
    Element,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub start: usize,
    pub end: usize,
    pub quoted: bool,
    /// Its end is known.
    pub complete: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Letters of any script, digits, and what stands within names.
fn is_named(byte: u8) -> bool {
    const NAMED: [bool; 256] = {
        let mut named = [false; 256];
        let mut rest = named.as_mut_slice();
        let mut byte = 0u8;
        while let Some((own, others)) = rest.split_first_mut() {
            *own = byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'.' | b'-');
            byte = byte.wrapping_add(1);
            rest = others;
        }
        named
    };
    NAMED.get(usize::from(byte)).copied().unwrap_or(false)
}

impl Name {
    /// Where the sign stands behind it.
    pub fn mark(&self) -> usize {
        self.mark
    }

    /// The name whose `:`, `=`, `=>` or `>` stands at `mark`.
    pub fn before(text: &Text<'_>, mark: usize) -> Option<Name> {
        match text.at(mark)? {
            b'>' => Name::of_element(text, mark),
            sign => Name::of_mark(text, mark, sign == b':'),
        }
    }

    /// The word before a `:` or `=` at `mark`, where it is all that is known of a name.
    pub fn word<'t>(text: &Text<'t>, mark: usize) -> Option<Word<'t>> {
        let (start, end, _) = Name::stands(text, mark, text.at(mark) == Some(b':'))?;
        let may_be_label = matches!(text.before(start), Some(b' ' | b'\''));
        Some(Word { bytes: text.slice(start, end), may_be_label })
    }

    /// Where a name before `mark` starts and ends, and the quote that it stands in.
    #[inline]
    fn stands(text: &Text<'_>, mark: usize, colon: bool) -> Option<(usize, usize, Option<u8>)> {
        // Most colons stand in times.
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        if colon && digit(text.before(mark)) && digit(text.at(mark + 1)) {
            return None;
        }
        let mut end = blanks_before(text, mark);
        let quote = text.before(end).filter(|byte| matches!(byte, b'"' | b'\''));
        end -= usize::from(quote.is_some());
        let (start, end) = word_before(text, end, quote)?;
        Some((start, end, quote))
    }

    fn of_mark(text: &Text<'_>, mark: usize, colon: bool) -> Option<Name> {
        let (start, end, quote) = Name::stands(text, mark, colon)?;
        let first = mark + 1 + usize::from(!colon && text.at(mark + 1) == Some(b'>'));
        let value = blanks_after(text, first);
        let name = Name { start, end, mark, value, spaced: value > first, kind: Kind::Word };
        (!colon || name.takes_colon(text, quote.is_some())).then_some(name)
    }

    /// `<name>`, whose value is the text of the element.
    fn of_element(text: &Text<'_>, mark: usize) -> Option<Name> {
        let mut start = mark;
        while text.before(start).is_some_and(|byte| is_named(byte) || byte == b':') {
            start -= 1;
            if mark - start > LONGEST_NAME {
                return None;
            }
        }
        let is_element = start < mark && text.before(start) == Some(b'<');
        is_element.then_some(Name { start, end: mark, mark, value: mark + 1, spaced: false, kind: Kind::Element })
    }

    /// The label at the start of a line behind which dots lead to its value; `dots` is the first of them.
    pub fn before_dots(text: &Text<'_>, dots: usize) -> Option<Name> {
        let end = blanks_before(text, dots);
        let rest = text.from(dots, LONGEST_NAME);
        let value = dots + rest.iter().position(|byte| *byte != b'.')?;
        let (start, end) = word_before(text, end, None)?;
        let word = Name { start, end, mark: dots, value: blanks_after(text, value), spaced: true, kind: Kind::Label };
        let label = word.label(text).unwrap_or(word);
        label.begins_line(text, |byte| !byte.is_ascii_alphanumeric()).then_some(label)
    }

    /// The label of several words that this name ends, where it may be one.
    pub fn label(&self, text: &Text<'_>) -> Option<Name> {
        let elided = || text.before(self.start.wrapping_sub(1)).is_some_and(|byte| byte.is_ascii_alphabetic());
        let follows = match text.before(self.start) {
            Some(b' ') => true,
            Some(b'\'') => elided(),
            _ => false,
        };
        if !self.spaced || self.kind == Kind::Element || !follows {
            return None;
        }
        let mut start = self.start;
        let mut words = 1;
        while self.end - start < LONGEST_LABEL {
            let Some(byte) = text.before(start) else { break };
            let next = text.at(start);
            let ends = match byte {
                b' ' => {
                    words += 1;
                    next == Some(b' ') || words > MOST_WORDS
                }
                b'.' => next == Some(b' ') && text.at(start + 1).is_some_and(is_capital),
                b'\'' | b'(' | b')' | b'/' | b'-' => false,
                _ => !byte.is_ascii_alphanumeric() && byte < 0x80,
            };
            if ends {
                break;
            }
            start -= 1;
        }
        while start < self.start && !text.at(start).is_some_and(|byte| byte.is_ascii_alphabetic() || byte >= 0xC0) {
            start += 1;
        }
        // One word is a label where it begins a sentence within a line: `… to the file. Address: …`.
        let stop = |byte: Option<u8>| byte.is_some_and(|byte| matches!(byte, b'.' | b'!' | b'?'));
        let begins = start == self.start && stop(start.checked_sub(2).and_then(|stop| text.at(stop)));
        (start < self.start || begins).then_some(Name { start, kind: Kind::Label, ..*self })
    }

    /// Whether a colon ends this name: the scheme of a URL is none, and neither is a C++ path or a time. Without a
    /// blank it is YAML or JSON only after a quote or at the line's start.
    fn takes_colon(&self, text: &Text<'_>, quoted: bool) -> bool {
        let next = text.at(self.value);
        if next == Some(b':') || next == Some(b'/') && text.at(self.value + 1) == Some(b'/') {
            return false;
        }
        let ends = next.is_none_or(|byte| matches!(byte, b'"' | b'\'' | b'\n' | b'\r'));
        self.spaced || quoted || ends || self.begins_line(text, |byte| byte.is_ascii_whitespace())
    }

    /// Whether only such bytes stand before the name.
    fn begins_line(&self, text: &Text<'_>, opens: fn(u8) -> bool) -> bool {
        let before = text.line_before(self.start, LONGEST_NAME);
        before.len() < LONGEST_NAME && before.iter().all(|byte| opens(*byte))
    }

    /// The value: in quotes, to the end of the element, the sentence or (for the first name of it) the line, otherwise
    /// as far as query strings, JSON and lists let it go. `plain` is where, in the stream, no such end was found before.
    pub fn value(&self, text: &Text<'_>, plain: &mut usize) -> Option<Value> {
        let from = self.value;
        if let Some(quote) = text.at(from).filter(|byte| matches!(byte, b'"' | b'\'') && self.kind != Kind::Element) {
            let rest = text.from(from + 1, LONGEST);
            let end = closing(rest, quote);
            let complete = end.is_some() || rest.len() == LONGEST || text.ended;
            let end = from + 1 + end.unwrap_or(rest.len());
            return Some(Value { start: from + 1, end, quoted: true, complete });
        }
        let value = |end, complete| Value { start: from, end, quoted: false, complete };
        match self.kind {
            Kind::Element => {
                let rest = text.from(from, LONGEST);
                let end = memchr::memchr2(b'<', b'\n', rest);
                let complete = end.is_some() || rest.len() == LONGEST || text.ended;
                return Some(value(from + end.unwrap_or(rest.len()), complete));
            }
            Kind::Label => {
                let (rest, _) = text.line_after(from, LONGEST_SENTENCE);
                return Some(value(from + sentence(rest).trim_ascii_end().len(), true));
            }
            Kind::Word => {}
        }
        let opens = |byte: u8| matches!(byte, b' ' | b'\t' | b'-' | b'"' | b'\'' | b'#');
        if self.begins_line(text, opens) {
            let (rest, complete) = text.line_after(from, LONGEST);
            let comment = rest.windows(2).position(|two| two == b" #");
            let rest = rest.get(..comment.unwrap_or(rest.len()))?.trim_ascii_end();
            return Some(value(from + rest.len(), complete));
        }
        let known = plain.saturating_sub(text.base).clamp(from, from + LONGEST);
        let rest = text.slice(known, text.bytes.len().min(from + LONGEST));
        let end = rest.iter().position(|byte| ends_plain(*byte)).map(|end| known + end);
        let reached = known + rest.len();
        *plain = text.base + end.unwrap_or(reached);
        Some(value(end.unwrap_or(reached), end.is_some() || text.ended || reached >= from + LONGEST))
    }
}

fn blanks_before(text: &Text<'_>, mark: usize) -> usize {
    let mut end = mark;
    while mark - end < BLANKS && text.before(end).is_some_and(is_blank) {
        end -= 1;
    }
    end
}

fn blanks_after(text: &Text<'_>, first: usize) -> usize {
    let mut value = first;
    while value - first < BLANKS && text.at(value).is_some_and(is_blank) {
        value += 1;
    }
    value
}

/// The word that ends at `end`; within quotes all of them.
fn word_before(text: &Text<'_>, end: usize, quote: Option<u8>) -> Option<(usize, usize)> {
    let before = text.slice(end.saturating_sub(LONGEST_NAME + 1), end);
    // Most are short.
    let short = before.last_chunk().map(named_at_end).filter(|length| *length < 16);
    let length = short.unwrap_or_else(|| before.iter().rev().take_while(|byte| is_named(**byte)).count());
    if length > LONGEST_NAME {
        return None;
    }
    let mut start = end - length;
    if quote.is_some() && text.before(start) == Some(b' ') {
        let within = |byte: &&u8| is_named(**byte) || matches!(**byte, b' ' | b'(' | b')' | b'/');
        let before = text.line_before(start, LONGEST_LABEL);
        let words = before.iter().rev().take_while(within).count();
        if words < before.len() && text.before(start - words) == quote {
            start -= words;
        }
    }
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80;
    while start < end && !text.at(start).is_some_and(letter) {
        start += 1;
    }
    (start < end).then_some((start, end))
}

/// The bytes up to the end of the sentence: a stop behind a word that is no abbreviation, before a capital.
pub fn sentence(rest: &[u8]) -> &[u8] {
    let ends = |at: usize| match rest.get(at..) {
        Some([b';', b' ', ..] | [b' ', 0xE2, 0x80, 0x93, b' ', ..]) => true,
        Some([b'.', after @ ..]) => {
            let word = rest.get(..at).unwrap_or_default();
            let last = word.iter().rev().take_while(|byte| **byte != b' ');
            let letters = last.filter(|byte| !matches!(**byte, 0x80..=0xBF)).count();
            match after {
                [] => true,
                [b' ', next, ..] => letters > 3 && is_capital(*next),
                _ => false,
            }
        }
        _ => false,
    };
    // Most values are short, and nothing stands in them that may end one.
    if memchr::memchr3(b'.', b';', 0xE2, rest).is_none() {
        return rest;
    }
    let stops = memchr::memchr3_iter(b'.', b';', b' ', rest);
    let end = stops.into_iter().find(|at| ends(*at));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
}

/// What belongs to this name, where another one follows: within a sentence no more than one word for sure, and in a
/// body of a form what stands before the `&`.
pub fn own_part(value: &[u8]) -> &[u8] {
    let another = value.windows(2).any(|two| two == b": " || two == b"= ");
    let last = value.iter().rposition(|byte| *byte == b'=').unwrap_or(0);
    let ends = |(at, byte): (usize, &u8)| another && *byte == b' ' || *byte == b'&' && at < last;
    let end = value.iter().enumerate().position(ends);
    value.get(..end.unwrap_or(value.len())).unwrap_or(value)
}

/// Whether this is the type of a declaration, and the value follows: `fullName: Scope = 7`.
pub fn is_type(value: &[u8]) -> bool {
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    value.get(end..).is_some_and(|rest| rest.starts_with(b" = "))
}

/// A capital; or a letter beyond ASCII, which may be one.
fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte >= 0x80
}

fn ends_plain(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'&' | b'"' | b'\'' | b'}' | b']' | b')' | b'|')
}

/// Where the closing quote stands, or the end of the line.
fn closing(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        let next = at + memchr::memchr3(quote, b'\\', b'\n', rest.get(at..)?)?;
        if rest.get(next) != Some(&b'\\') {
            return Some(next);
        }
        // A line ends, whatever stands before.
        at = if rest.get(next + 1) == Some(&b'\n') { next + 1 } else { next + 2 };
    }
}
