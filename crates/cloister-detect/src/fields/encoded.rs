//! Names and values as addresses and forms of the web write them: `%C3%A9` for é, `+` for a blank (URL Standard,
//! application/x-www-form-urlencoded). They are judged as they read, at the places where they stand.

use memchr::{memchr, memchr_iter};

use super::decoded::Decoded;
use crate::engine::{Found, LONGEST, Text};

/// How far before its first escape a pair starts.
const BEFORE: usize = 256;

/// Without its escapes.
fn decode(raw: &[u8], from: usize) -> Decoded {
    let mut decoded = Decoded::default();
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let (byte, length) = match (byte, escape(raw.get(at..).unwrap_or_default())) {
            (b'%', Some(byte)) => (byte, 3),
            (b'+', _) => (b' ', 1),
            (byte, _) => (*byte, 1),
        };
        decoded.push(byte, from + at);
        at += length;
    }
    decoded.end(from + at);
    decoded
}

/// The byte that an escape at the start of `raw` stands for.
fn escape(raw: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = raw else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Bytes of a name or a value, and of the mark between them.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'%' | b'+'
                | b'='
                | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b'*'
                | b'!'
                | b'('
                | b')'
                | b'@'
                | b':'
                | b','
                | b'/'
                | b'$'
        )
}

/// Finds what is personal in encoded pairs whose first escape stands in `from..to`, past what is `covered`. Says where
/// the first stands of which more must be known, if there is one.
pub fn find(text: &Text<'_>, from: usize, to: usize, covered: &mut usize, found: &mut Vec<Found>) -> usize {
    for at in memchr_iter(b'%', text.slice(from, to)).map(|position| from + position) {
        if text.base + at < *covered || escape(text.from(at, 3)).is_none() {
            continue;
        }
        let before = text.slice(at.saturating_sub(BEFORE), at);
        let start = at - before.iter().rev().take_while(|byte| is_part(**byte)).count();
        let rest = text.from(at, LONGEST);
        let length = rest.iter().position(|byte| !is_part(*byte));
        if length.is_none() && rest.len() < LONGEST && !text.ended {
            return at;
        }
        let end = at + length.unwrap_or(rest.len());
        *covered = text.base + end;
        judge(text, start, end, at, found);
    }
    to
}

/// Judges the pair, or the value without a name, in `start..end`.
fn judge(text: &Text<'_>, start: usize, end: usize, anchor: usize, found: &mut Vec<Found>) {
    let raw = text.slice(start, end);
    let mark = memchr(b'=', raw);
    let name = decode(raw.get(..mark.unwrap_or(0)).unwrap_or_default(), 0);
    let first = mark.map_or(0, |mark| mark + 1);
    let value = decode(raw.get(first..).unwrap_or_default(), text.base + start + first);
    value.judge(&name.text(), anchor, |_| true, found);
}
