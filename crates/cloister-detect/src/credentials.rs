//! Credentials by their own form: keys and tokens with a known shape, private keys, passwords in URLs. What else begins so
//! that it can be nothing else is found here, too: templates of fingers, faces and irises (ISO/IEC 19794-2, -4, -5, -6) in
//! base64.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, LONGEST, Text};
use crate::placeholder::{is_known_password, is_placeholder};

/// Where a match starts, seen from the text that gave it away.
#[derive(Clone, Copy, Debug)]
enum Lead {
    /// At its text, which begins a word.
    Word,
    /// At its text, whatever stands before.
    Here,
    /// One byte before.
    One,
    /// Where the key starts that the text is in the middle of.
    Key,
    /// At the scheme of a URL.
    Scheme,
    /// At a user's name, and a password behind it.
    User,
}

/// One line of `data/credentials.tsv`.
struct Shape {
    kind: &'static str,
    title: &'static str,
    lead: Lead,
    /// Every match holds one of them.
    texts: Vec<&'static str>,
    /// The first group is the secret; without one, all of it.
    pattern: &'static str,
    /// Compiled when first met: most runs meet few of them.
    compiled: OnceLock<Option<Regex>>,
}

static SHAPES: LazyLock<Vec<Shape>> =
    LazyLock::new(|| include_str!("../data/credentials.tsv").lines().filter_map(Shape::read).collect());

impl Shape {
    fn read(line: &'static str) -> Option<Shape> {
        let mut parts = line.splitn(5, '\t');
        let (kind, title, lead) = (parts.next()?, parts.next()?, Lead::named(parts.next()?)?);
        let (texts, pattern) = (parts.next()?.split('|').collect(), parts.next()?);
        Some(Shape { kind, title, lead, texts, pattern, compiled: OnceLock::new() })
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&format!("^(?:{})", self.pattern)).ok()).as_ref()
    }
}

/// Names, titles and categories of what has a form of its own.
pub fn shapes() -> impl Iterator<Item = (&'static str, &'static str, Category)> {
    SHAPES.iter().map(|shape| (shape.kind, shape.title, category(shape.kind)))
}

fn category(kind: &str) -> Category {
    if kind == Category::Biometric.as_str() { Category::Biometric } else { Category::Credentials }
}

/// Finds the texts of the shapes: one pass says which patterns can match where.
static TEXTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let texts = SHAPES.iter().flat_map(|shape| &shape.texts);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(texts).ok()
});
/// The shape of each text.
static SHAPE_OF: LazyLock<Vec<usize>> = LazyLock::new(|| {
    SHAPES.iter().enumerate().flat_map(|(index, shape)| shape.texts.iter().map(move |_| index)).collect()
});
/// What credentials look like that are known by their form, as patterns.
pub fn credential_patterns() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|shape| shape.pattern)
}

/// How far before its text a match may start: user names, schemes, the start of a key.
const LEAD: usize = 256;

/// Bytes that keys and tokens are made of.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl Lead {
    /// What the table calls it.
    fn named(name: &str) -> Option<Lead> {
        Some(match name {
            "word" => Lead::Word,
            "here" => Lead::Here,
            "one" => Lead::One,
            "key" => Lead::Key,
            "scheme" => Lead::Scheme,
            "user" => Lead::User,
            _ => return None,
        })
    }

    /// Where a match would start whose text stands at `anchor`.
    fn start(self, text: &Text<'_>, anchor: usize) -> Option<usize> {
        let back = |belongs: fn(u8) -> bool| {
            let mut start = anchor;
            while start > 0 && anchor - start < LEAD && text.before(start).is_some_and(belongs) {
                start -= 1;
            }
            start
        };
        match self {
            Lead::Here => Some(anchor),
            Lead::Word => (!text.before(anchor).is_some_and(is_token)).then_some(anchor),
            Lead::One => anchor.checked_sub(1),
            Lead::Key => Some(back(is_token)),
            Lead::User => {
                Some(back(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'@' | b'"' | b'\'' | b'=')))
            }
            Lead::Scheme => {
                let start = back(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
                let letter = text.slice(start, anchor).iter().position(u8::is_ascii_alphabetic)?;
                // Most URLs name no user: one look spares the pattern.
                let (after, whole) = text.line_after(anchor + 3, LEAD * 2);
                let end = after.iter().position(|byte| {
                    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'@' | b'"' | b'\'' | b'<' | b'>')
                });
                let user = end.map_or(!whole, |end| after.get(end) == Some(&b'@'));
                user.then_some(start + letter)
            }
        }
    }
}

/// Finds credentials whose texts stand in `from..to`, past what is `covered` by the last of them. Says where the
/// first stands of which more must be known, if there is one: nothing from there on is decided.
pub fn find(text: &Text<'_>, from: usize, to: usize, covered: &mut usize, found: &mut Vec<Found>) -> usize {
    let Some(texts) = TEXTS.as_ref() else { return to };
    // A text may reach over the end of what is decided.
    let near = text.slice(from, text.bytes.len().min(to + 32));
    for hit in texts.find_iter(near) {
        let anchor = from + hit.start();
        let Some(&index) = SHAPE_OF.get(hit.pattern().as_usize()).filter(|_| anchor < to) else { continue };
        if text.base + anchor < *covered {
            continue;
        }
        match of_shape(text, anchor, from + hit.end(), index) {
            Judged::Nothing => {}
            Judged::Wait => return anchor,
            Judged::Found(detection) => {
                *covered = detection.end();
                found.push(Found { anchor, detection });
            }
        }
    }
    to
}

enum Judged {
    Nothing,
    /// The value may go on.
    Wait,
    Found(Detection),
}

/// What may stand between a text and its secret: `: Bearer `, the name of an algorithm.
const BETWEEN: usize = 48;

/// Looks for a shape whose text stands in `anchor..end`.
fn of_shape(text: &Text<'_>, anchor: usize, end: usize, index: usize) -> Judged {
    let Some(shape) = SHAPES.get(index) else { return Judged::Nothing };
    let (Some(pattern), lead) = (shape.regex(), shape.lead) else { return Judged::Nothing };
    let Some(start) = lead.start(text, anchor) else { return Judged::Nothing };
    let (after, whole) = text.line_after(end, LONGEST);
    let skipped = if matches!(lead, Lead::One | Lead::Here) { BETWEEN } else { 0 };
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
    let value = after.iter().skip(skipped).position(ends).map(|end| end + skipped);
    if value.is_none() && !whole {
        return Judged::Wait;
    }
    let window = text.slice(start, end + value.map_or(after.len(), |value| value + 1));
    let Some(captures) = pattern.captures(window) else { return Judged::Nothing };
    let Some(found) = captures.get(1).or_else(|| captures.get(0)) else { return Judged::Nothing };
    let secret = String::from_utf8_lossy(found.as_bytes());
    let (mut kind, mut title) = (shape.kind, shape.title);
    if kind == "url-password" {
        if is_placeholder(&secret) {
            return Judged::Nothing;
        }
        let matched = captures.get(0).map_or(Cow::default(), |all| String::from_utf8_lossy(all.as_bytes()));
        if is_known_password(&secret) || is_user(&matched, &secret) {
            (kind, title) = ("known-password", "a password that everybody guesses");
        }
    }
    let mut length = found.len();
    if kind == "private-key" {
        let (key, ended) = private_key(text.slice(start + found.start(), text.bytes.len()));
        if !ended && !text.ended {
            return Judged::Wait;
        }
        length = key;
    }
    Judged::Found(Detection {
        category: category(kind),
        kind,
        title,
        confidence: Confidence::Certain,
        offset: text.base + start + found.start(),
        length,
        masked: MASK.to_owned(),
        reason: "by its form",
        test_data: secret.ends_with("EXAMPLE"),
        column: None,
    })
}

/// Whether a URL's password is its user name: `reader:reader@`.
fn is_user(matched: &str, password: &str) -> bool {
    let user = matched.rsplit_once("://").map_or(matched, |(_, rest)| rest).split(':').next();
    user.is_some_and(|user| !user.is_empty() && user.eq_ignore_ascii_case(password))
}

/// Where the private key that starts in `bytes` ends: after its END line, or after the last line that can be part
/// of it; and whether that is known.
fn private_key(bytes: &[u8]) -> (usize, bool) {
    let mut length = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let bare = line.trim_ascii();
        let complete = line.ends_with(b"\n");
        if index > 0 && bare.starts_with(b"-----END") && complete {
            return (length + line.trim_ascii_end().len(), true);
        }
        let body = bare.is_empty()
            || bare.windows(2).any(|two| two == b": ")
            || bare.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        let end = index > 0 && bare.starts_with(b"-----END");
        if index > 0 && complete && !body || length > LONGEST {
            return (trimmed(bytes, length), true);
        }
        if index == 0 || body || end {
            length += line.len();
        }
    }
    (trimmed(bytes, length.min(LONGEST)), length >= LONGEST)
}

fn trimmed(bytes: &[u8], length: usize) -> usize {
    bytes.get(..length).map_or(length, |key| key.trim_ascii_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(SHAPES.len(), include_str!("../data/credentials.tsv").lines().count());
        assert!(SHAPES.iter().all(|shape| shape.regex().is_some() && !shape.texts.contains(&"")));
    }

    proptest! {
        /// One pass over a line may leave out no pattern that matches it.
        #[test]
        fn every_shape_is_found(
            (index, secret) in (0..SHAPES.len()).prop_flat_map(|index| {
                // Generators know no boundaries of words.
                let pattern = SHAPES[index].pattern.replace(r"(?-u:\b)", "");
                // Names of headers come in three cases.
                let pattern = pattern.replace("(?i-u)authorization", "(?:[aA]uthorization|AUTHORIZATION)");
                (Just(index), string_regex(&pattern).expect("a pattern without boundaries"))
            }),
            before in "[a-z]{0,8} ?[\" (]",
        ) {
            let given = format!("{before}{secret} ");
            let text = Text { bytes: given.as_bytes(), base: 0, ended: true };
            let mut hits = TEXTS.as_ref().unwrap().find_iter(&given);
            prop_assert!(hits.any(|hit| {
                let shape = SHAPE_OF[hit.pattern().as_usize()];
                shape == index && SHAPES[shape].lead.start(&text, hit.start()).is_some()
            }), "{} is passed over", SHAPES[index].kind);
        }
    }
}
