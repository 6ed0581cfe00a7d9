//! Names with values, as configuration files, query strings and JSON write them.

use std::borrow::Cow;

use memchr::memchr2_iter;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, LONGEST, Text};
use crate::names::{Telling, telling};
use crate::people::{is_name, is_person};
use crate::placeholder::{is_known_password, is_placeholder};
use crate::words::words;

/// One `name = value` in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The name, without quotes.
    pub name: &'a str,
    /// The value, without quotes.
    pub value: &'a str,
    /// Where the value starts in the line, in bytes.
    pub offset: usize,
    /// Whether the value stood in quotes.
    pub quoted: bool,
}

/// How much of a value decides, in bytes.
const JUDGED: usize = 1024;
/// Longer names tell nothing.
const LONGEST_NAME: usize = 128;
/// No more blanks stand between a name, its mark and its value.
const BLANKS: usize = 64;

/// The pairs of one line: `name=value`, `name: value`, `"name": "value"`, in
/// query strings, in JSON, in YAML, in properties, in INI files. A pair's value
/// is searched for further pairs (`url=jdbc:…?password=…`).
pub fn pairs(line: &str) -> Vec<Pair<'_>> {
    let text = Text { bytes: line.as_bytes(), base: 0, ended: true };
    let mut plain = 0;
    let pair = |mark| {
        let name = Name::before(&text, mark)?;
        let value = name.value(&text, &mut plain)?;
        Some(Pair {
            name: line.get(name.start..name.end)?,
            value: line.get(value.start..value.end)?,
            offset: value.start,
            quoted: value.quoted,
        })
    };
    memchr2_iter(b':', b'=', line.as_bytes()).filter_map(pair).collect()
}

/// What was decided before: nothing is looked for in it again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past {
    /// The end of the last value that was judged, in the stream.
    covered: usize,
    /// No unquoted value ends before, in the stream.
    plain: usize,
}

/// Finds values whose names tell what they are, and whose marks stand in `from..to`. Says where the first stands of
/// which more must be known, if there is one.
pub fn find(text: &Text<'_>, from: usize, to: usize, past: &mut Past, found: &mut Vec<Found>) -> usize {
    for mark in memchr2_iter(b':', b'=', text.slice(from, to)).map(|position| from + position) {
        let Some(name) = Name::before(text, mark) else { continue };
        let spelled = std::str::from_utf8(text.slice(name.start, name.end)).unwrap_or("");
        let Some(told) = telling(spelled) else { continue };
        let Some(value) = name.value(text, &mut past.plain) else { continue };
        // What lies inside a credential is masked with it.
        if text.base + value.start < past.covered {
            continue;
        }
        if !value.complete {
            return mark;
        }
        if let Some(detection) = judge_as(told, spelled, text.slice(value.start, value.end), text.base + value.start) {
            past.covered = detection.end();
            found.push(Found { anchor: mark, detection });
        }
    }
    to
}

/// A name before a mark.
struct Name {
    start: usize,
    end: usize,
    /// Where the value may start.
    value: usize,
}

/// Where a value stands.
struct Value {
    start: usize,
    end: usize,
    quoted: bool,
    /// Its end is known.
    complete: bool,
}

impl Name {
    /// The name whose `:`, `=` or `=>` stands at `mark`.
    fn before(text: &Text<'_>, mark: usize) -> Option<Name> {
        let blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let colon = text.at(mark) == Some(b':');
        // Most colons stand in times.
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        if colon && digit(text.before(mark)) && digit(text.at(mark + 1)) {
            return None;
        }
        let mut end = mark;
        while mark - end < BLANKS && text.before(end).is_some_and(blank) {
            end -= 1;
        }
        let quoted = text.before(end).is_some_and(|byte| matches!(byte, b'"' | b'\''));
        end -= usize::from(quoted);
        let mut start = end;
        while text.before(start).is_some_and(named) {
            start -= 1;
            if end - start > LONGEST_NAME {
                return None;
            }
        }
        while start < end && !text.at(start).is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
            start += 1;
        }
        if start == end {
            return None;
        }
        let mut value = mark + 1 + usize::from(!colon && text.at(mark + 1) == Some(b'>'));
        let first = value;
        while value - first < BLANKS && text.at(value).is_some_and(blank) {
            value += 1;
        }
        let name = Name { start, end, value };
        (!colon || name.takes_colon(text, value > first, quoted)).then_some(name)
    }

    /// Whether a colon ends this name: the scheme of a URL is none, and neither is a C++ path or a time. Without a
    /// blank it is YAML or JSON only after a quote or at the line's start.
    fn takes_colon(&self, text: &Text<'_>, spaced: bool, quoted: bool) -> bool {
        let next = text.at(self.value);
        if next == Some(b':') || next == Some(b'/') && text.at(self.value + 1) == Some(b'/') {
            return false;
        }
        let ends = next.is_none_or(|byte| matches!(byte, b'"' | b'\'' | b'\n' | b'\r'));
        spaced || quoted || ends || self.begins_line(text, |byte| byte.is_ascii_whitespace())
    }

    /// Whether only such bytes stand before the name.
    fn begins_line(&self, text: &Text<'_>, opens: fn(u8) -> bool) -> bool {
        let before = text.line_before(self.start, LONGEST_NAME);
        before.len() < LONGEST_NAME && before.iter().all(|byte| opens(*byte))
    }

    /// The value: in quotes, to the end of the line for the first name of it, otherwise as far as query strings,
    /// JSON and lists let it go. `plain` is where, in the stream, no such end was found before.
    fn value(&self, text: &Text<'_>, plain: &mut usize) -> Option<Value> {
        let from = self.value;
        if let Some(quote) = text.at(from).filter(|byte| matches!(byte, b'"' | b'\'')) {
            let (inner, whole) = text.line_after(from + 1, LONGEST);
            let closing = closing(inner, quote);
            let end = from + 1 + closing.unwrap_or(inner.len());
            return Some(Value { start: from + 1, end, quoted: true, complete: whole || closing.is_some() });
        }
        let opens = |byte: u8| matches!(byte, b' ' | b'\t' | b'-' | b'"' | b'\'' | b'#');
        if self.begins_line(text, opens) {
            let (rest, complete) = text.line_after(from, LONGEST);
            let comment = rest.windows(2).position(|two| two == b" #");
            let value = rest.get(..comment.unwrap_or(rest.len()))?.trim_ascii_end();
            return Some(Value { start: from, end: from + value.len(), quoted: false, complete });
        }
        let known = plain.saturating_sub(text.base).clamp(from, from + LONGEST);
        let rest = text.slice(known, text.bytes.len().min(from + LONGEST));
        let end = rest.iter().position(|byte| ends_plain(*byte)).map(|end| known + end);
        let reached = known + rest.len();
        *plain = text.base + end.unwrap_or(reached);
        let complete = end.is_some() || text.ended || reached >= from + LONGEST;
        Some(Value { start: from, end: end.unwrap_or(reached), quoted: false, complete })
    }
}

fn ends_plain(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'&' | b'"' | b'\'' | b'}' | b']' | b')' | b'|')
}

/// Where the closing quote stands.
fn closing(text: &[u8], quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|byte| {
        let closes = !escaped && *byte == quote;
        escaped = !escaped && *byte == b'\\';
        closes
    })
}

/// Judges a value by its name alone.
pub fn judge(name: &str, value: &str, offset: usize) -> Option<Detection> {
    let name = name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or(name);
    judge_as(telling(name)?, name, value.as_bytes(), offset)
}

/// Judges a value of which its name told something.
pub fn judge_as(told: Telling, name: &str, value: &[u8], offset: usize) -> Option<Detection> {
    let whole = value.trim_ascii();
    let offset = offset + (value.len() - value.trim_ascii_start().len());
    if whole.contains(&b'\n') {
        return None;
    }
    // Judged by its beginning, masked as a whole.
    let trimmed = beginning(whole);
    let trimmed = &*trimmed;
    if is_placeholder(trimmed) {
        return None;
    }
    let (category, kind, title, confidence) = match told {
        Telling::Password if trimmed.len() >= 2 && is_password(name, trimmed) => {
            if is_known_password(trimmed) {
                (Category::Credentials, "known-password", "a password that everybody knows", Confidence::Certain)
            } else {
                (Category::Credentials, "password", "a password", Confidence::Likely)
            }
        }
        Telling::Token if is_known_password(trimmed) && trimmed.len() > 4 => {
            (Category::Credentials, "known-password", "a password that everybody knows", Confidence::Likely)
        }
        Telling::Token if is_token(trimmed) => (Category::Credentials, "token", "a key or token", Confidence::Likely),
        Telling::Called if is_person(trimmed) => (Category::Name, "name", "a person's name", Confidence::Likely),
        Telling::Personal(category) => personal(category, trimmed)?,
        _ => return None,
    };
    Some(Detection {
        category,
        kind,
        title,
        confidence,
        offset,
        length: whole.len(),
        masked: MASK.to_owned(),
        reason: "by the name of its field",
        test_data: false,
        column: None,
    })
}

/// The first bytes of a value, cut between characters.
fn beginning(value: &[u8]) -> Cow<'_, str> {
    let head = value.get(..JUDGED).unwrap_or(value);
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or_default())
        }
        _ => String::from_utf8_lossy(head),
    }
}

fn is_password(name: &str, value: &str) -> bool {
    let same = words(name).last().map(String::as_str) == Some(&value.to_ascii_lowercase());
    let sentence = value.split_whitespace().count() > 3;
    // A call, or the pattern of a search: `password=\K.+`.
    let code = value.starts_with('\\')
        || value.contains("process.env")
        || value.contains("os.environ")
        || value.contains("getenv")
        || value.ends_with(')') && value.contains('(');
    // `password: Password` is a label of a form.
    let label = same && value.starts_with(char::is_uppercase);
    !label && !sentence && !code && !is_path(value) && !value.contains("://")
}

/// Random enough for a key: letters and digits, or many different letters.
fn is_token(value: &str) -> bool {
    let length = value.chars().count();
    if !(8..=4096).contains(&length) || value.contains(char::is_whitespace) || value.contains("://") || is_path(value) {
        return false;
    }
    // Calls of functions, and lists of options with files among them.
    if value.contains('(') || value.contains("=/") {
        return false;
    }
    let has = |test: fn(&char) -> bool| value.chars().any(|letter| test(&letter));
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = has(char::is_ascii_alphabetic);
    // A host, a version, an image: dotted words are names.
    let dotted = value.split('.').count() > 2 && value.split('.').all(|part| part.len() < 16);
    letters && !dotted && ((digits >= 2 && entropy(value) > 2.5) || (length >= 20 && mixed && entropy(value) > 4.0))
}

fn is_path(value: &str) -> bool {
    let rooted =
        ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start)) || value.get(1..3) == Some(":\\");
    let words = value.contains('/')
        && value.split('/').all(|part| part.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.')));
    rooted && !value.ends_with('=') || words
}

/// Shannon's entropy, in bits for each character.
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    text.chars().for_each(|letter| *counts.entry(letter).or_insert(0u32) += 1);
    let total = f64::from(counts.values().sum::<u32>());
    counts.values().map(|&count| f64::from(count) / total).map(|share| -share * share.log2()).sum()
}

type Judged = (Category, &'static str, &'static str, Confidence);

fn personal(category: Category, value: &str) -> Option<Judged> {
    let (fits, kind, title) = match category {
        Category::DateOfBirth => (is_date(value), "date-of-birth", "a date of birth"),
        Category::Name => (is_name(value), "name", "a person's name"),
        Category::PostalAddress => (is_address(value), "postal-address", "a postal address"),
        Category::Beliefs => (is_words(value), "religion", "a religion or belief"),
        Category::TradeUnion => (is_words(value), "trade-union", "membership of a trade union"),
        Category::PoliticalOpinions => (is_words(value), "political-opinion", "a political opinion"),
        Category::EthnicOrigin => (is_words(value), "ethnic-origin", "racial or ethnic origin"),
        Category::SexualOrientation => (is_words(value), "sexual-orientation", "sexual orientation"),
        Category::Biometric => (is_sample(value), "biometric", "biometric data"),
        Category::Genetic => (is_sample(value), "genetic", "genetic data"),
        Category::Convictions => (is_words(value), "conviction", "a conviction"),
        _ => (is_health(value) || is_words(value) && value.chars().count() >= 4, "health", "health data"),
    };
    fits.then_some((category, kind, title, Confidence::Likely))
}

/// A whole date in one of the usual orders.
fn is_date(value: &str) -> bool {
    let date = value.split(['T', ' ']).next().unwrap_or(value);
    let parts: Vec<u32> = date.split(['-', '/', '.']).map(|part| part.parse().unwrap_or(u32::MAX)).collect();
    let fits = |year: u32, month: u32, day: u32| {
        (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    match parts.as_slice() {
        [a, b, c] => fits(*a, *b, *c) || fits(*c, *b, *a) || fits(*c, *a, *b),
        _ => false,
    }
}

fn is_address(value: &str) -> bool {
    value.contains(' ')
        && !is_code(value)
        && value.chars().any(|c| c.is_ascii_digit())
        && value.chars().any(char::is_uppercase)
        && !value.contains("://")
}

/// Signs of programs, which stand in no answer of a form.
fn is_code(value: &str) -> bool {
    value.contains(['<', '>', '&', '{', '}', '[', '=', ';', '_', '*', '|', '!', '`'])
        || value.contains("::")
        || value.contains("()")
}

/// A few words, or one: no number, no path, no switch.
fn is_words(value: &str) -> bool {
    let letters = value.chars().filter(|letter| letter.is_alphabetic()).count();
    (3..=96).contains(&letters)
        && 2 * letters > value.chars().count()
        && !is_code(value)
        && !value.contains(['$', '/', ':'])
}

/// What a laboratory or a reader gives: letters with digits.
fn is_sample(value: &str) -> bool {
    value.len() >= 6
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
        && !value.contains("://")
}

/// A code of the ICD, a number, or a few words: not a word of configuration.
fn is_health(value: &str) -> bool {
    is_icd(value)
        || (value.len() >= 4
            && !is_code(value)
            && value.len() <= 128
            && (value.chars().filter(char::is_ascii_digit).count() >= 4 || value.contains(' ')))
}

/// A code of the ICD-10: letter, two digits, and a part after a dot.
pub fn is_icd(value: &str) -> bool {
    let mut bytes = value.bytes();
    let head = bytes.next().is_some_and(|b| b.is_ascii_uppercase() && b != b'U')
        && bytes.next().is_some_and(|b| b.is_ascii_digit())
        && bytes.next().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'A' | b'B'));
    let rest: Vec<u8> = bytes.collect();
    head && match rest.split_first() {
        None => true,
        Some((b'.', tail)) => (1..=4).contains(&tail.len()) && tail.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    }
}
