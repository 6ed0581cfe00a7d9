//! Texts with escapes: `\u00e9` and `\/` of JSON (RFC 8259, 7), `&eacute;` and `&#233;` of XML and HTML. They are judged
//! as they read, at the places where they stand. What has no escapes, or only those of signs, costs one look for them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::{memchr, memchr2_iter};

use super::decoded::Decoded;
use crate::engine::{Found, Text};

/// How far before its first escape a text is read, and how far behind its last: a name, and what announces it.
const LEAD: usize = 256;
const TAIL: usize = 128;
/// So much is read as one at most.
const MOST: usize = 4096;
/// The longest escape: a pair of `\uD83D`.
const LONGEST: usize = 12;

/// Letters and signs by their names in HTML (HTML Living Standard, 13.5).
static NAMED: LazyLock<HashMap<&'static str, char>> = LazyLock::new(|| {
    let letter = |line: &'static str| {
        let (name, code) = line.split_once("\tU+")?;
        Some((name, char::from_u32(u32::from_str_radix(code, 16).ok()?)?))
    };
    include_str!("../../data/entities.tsv").lines().filter_map(letter).collect()
});

/// What stands for a letter: which one, and how long it is.
type Escape = (char, usize);

/// The escape at the start of `bytes`.
fn escape(bytes: &[u8]) -> Option<Escape> {
    match bytes {
        [b'\\', b'u', ..] => unicode(bytes),
        [b'\\', b'/', ..] => Some(('/', 2)),
        [b'&', b'#', ..] => numbered(bytes),
        [b'&', ..] => named(bytes),
        _ => None,
    }
}

/// `\u00e9`, or two of them that are one letter beyond the first 65,536.
fn unicode(bytes: &[u8]) -> Option<Escape> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6).and_then(|escape| escape.strip_prefix(b"\\u"))?;
        digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    if let Some(letter) = char::from_u32(u32::from(first)) {
        return Some((letter, 6));
    }
    char::decode_utf16([first, unit(6)?]).next()?.ok().map(|letter| (letter, 12))
}

/// `&#233;`, `&#xE9;`.
fn numbered(bytes: &[u8]) -> Option<Escape> {
    let end = memchr(b';', bytes.get(..LONGEST.min(bytes.len()))?)?;
    let digits = std::str::from_utf8(bytes.get(2..end)?).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some((char::from_u32(code.ok()?)?, end + 1))
}

/// `&eacute;`.
fn named(bytes: &[u8]) -> Option<Escape> {
    let end = memchr(b';', bytes.get(..LONGEST.min(bytes.len()))?)?;
    let letter = NAMED.get(std::str::from_utf8(bytes.get(1..end)?).ok()?)?;
    Some((*letter, end + 1))
}

/// Whether the escape at `at` hides a letter, or a sign within a number or an address.
fn hides(text: &Text<'_>, at: usize) -> bool {
    // Most are `\n`, `\"` and the `&` between fields of forms.
    let may = match text.at(at + 1) {
        Some(b'u' | b'/') => text.at(at) == Some(b'\\'),
        Some(b'#') => text.at(at) == Some(b'&'),
        Some(byte) => text.at(at) == Some(b'&') && byte.is_ascii_alphabetic(),
        None => false,
    };
    let Some((letter, length)) = may.then(|| escape(text.from(at, LONGEST))).flatten() else { return false };
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    let word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    match letter {
        '@' | '\'' | '’' => word(text.before(at)) && word(text.at(at + length)),
        '/' | '.' | '-' | '+' | '(' | ')' | ':' | ' ' | '\u{a0}' => {
            digit(text.before(at)) && digit(text.at(at + length)) || letter == '+' && digit(text.at(at + length))
        }
        _ => letter.is_alphabetic(),
    }
}

/// Finds what is personal around escapes, the first of which stands in `from..to`, past what is `covered`. Says where
/// the first stands of which more must be known, if there is one.
pub fn find(text: &Text<'_>, from: usize, to: usize, covered: &mut usize, found: &mut Vec<Found>) -> usize {
    for at in memchr2_iter(b'\\', b'&', text.slice(from, to)).map(|position| from + position) {
        if text.base + at < *covered || !hides(text, at) {
            continue;
        }
        let Some(end) = end(text, at) else { return at };
        *covered = text.base + end;
        judge(text, start(text, at), at, end, found);
    }
    to
}

/// What parts one text from the next.
fn parts(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'{' | b'[' | b'<' | b'>' | b'"')
}

/// Where the text begins whose first escape stands at `at`: its line, or what is near.
fn start(text: &Text<'_>, at: usize) -> usize {
    let before = text.line_before(at, LEAD);
    if before.len() < LEAD {
        return at - before.len();
    }
    let whole = before.iter().position(|byte| parts(*byte));
    whole.map_or(at, |first| at - before.len() + first + 1)
}

/// Where it ends: its line, or behind its last escape; nothing where more must be known.
fn end(text: &Text<'_>, at: usize) -> Option<usize> {
    let (line, whole) = text.line_after(at, MOST + TAIL);
    let mut last = LONGEST.min(line.len());
    while let Some(next) = memchr2_iter(b'\\', b'&', line.get(last..(last + TAIL).min(line.len()))?)
        .map(|next| last + next)
        .find(|next| escape(line.get(*next..).unwrap_or_default()).is_some())
        .filter(|_| last < MOST)
    {
        last = next + 1;
    }
    if last + TAIL >= line.len() {
        return whole.then_some(at + line.len());
    }
    let tail = line.get(last..last + TAIL)?;
    let cut = tail.iter().rposition(|byte| parts(*byte)).unwrap_or(tail.len());
    Some(at + last + cut)
}

/// The text between two places without its escapes, but for those of signs that have a meaning in JSON and XML.
fn decode(text: &Text<'_>, from: usize, to: usize) -> Decoded {
    let mut decoded = Decoded::default();
    let mut at = from;
    while let Some(byte) = text.at(at).filter(|_| at < to) {
        let place = text.base + at;
        if matches!(byte, b'\\' | b'&')
            && let Some((letter, length)) = escape(text.slice(at, to.min(at + LONGEST)))
            && !letter.is_control()
            && !matches!(letter, '"' | '\\' | '<' | '>')
        {
            let letter = match letter {
                '\u{a0}' => ' ',
                // It may stand between such quotes.
                '\'' => '’',
                letter => letter,
            };
            let mut buffer = [0; 4];
            letter.encode_utf8(&mut buffer).bytes().for_each(|byte| decoded.push(byte, place));
            at += length;
            continue;
        }
        // What a backslash stands before belongs to it.
        let length = 1 + usize::from(byte == b'\\' && at + 1 < to);
        for (step, byte) in text.slice(at, at + length).iter().enumerate() {
            decoded.push(*byte, place + step);
        }
        at += length;
    }
    decoded.end(text.base + at);
    decoded
}

/// A value as it reads, so that the same values are the same however they are written.
pub fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    let escapes = |at: usize| value.get(at..).and_then(escape).is_some();
    if !memchr2_iter(b'\\', b'&', value).any(escapes) {
        return Cow::Borrowed(value);
    }
    let text = Text { bytes: value, base: 0, ended: true };
    Cow::Owned(decode(&text, 0, value.len()).text().into_bytes())
}

/// Judges what stands in `start..end` and has its first escape at `first`.
fn judge(text: &Text<'_>, start: usize, first: usize, end: usize, found: &mut Vec<Found>) {
    let decoded = decode(text, start, end);
    decoded.judge("", first, |detection| detection.end() > text.base + first, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        for (written, letter, length) in [
            ("\\u00e9x", 'é', 6),
            ("\\u00E9", 'é', 6),
            ("\\ud83d\\ude00", '😀', 12),
            ("\\/", '/', 2),
            ("&#233;", 'é', 6),
            ("&#xe9;", 'é', 6),
            ("&eacute;", 'é', 8),
            ("&nbsp;", '\u{a0}', 6),
        ] {
            assert_eq!(escape(written.as_bytes()), Some((letter, length)), "{written}");
        }
        for written in
            ["\\n", "\\u00g9", "\\u+0e9", "\\ud83dx", "\\ud83d\\u0041", "&", "&a=1;", "&#;", "&#x110000;", "\\u00"]
        {
            assert_eq!(escape(written.as_bytes()), None, "{written}");
        }
    }
}
