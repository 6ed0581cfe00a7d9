//! What the finders look at: a part of a stream, of which more may follow.

use memchr::{memchr, memrchr};

use super::masks::{BITS, newlines};

/// How far back a finder looks for what belongs to a value: its line, its name,
/// the words that announce it.
pub const BEFORE: usize = 320;
/// How far ahead most finders look.
pub const AFTER: usize = 320;
/// The longest value that is followed to its end; what is longer is cut here.
pub const LONGEST: usize = 16 * 1024;

/// A part of a stream. What is said of a place depends on nothing that is
/// further away than the limits above, so that it does not matter in which
/// pieces a stream arrives.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The bytes at hand.
    pub bytes: &'a [u8],
    /// Where they start in the stream.
    pub base: usize,
    /// No more bytes follow.
    pub ended: bool,
}

impl<'a> Text<'a> {
    /// The byte at `at`.
    pub fn at(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The byte before `at`.
    pub fn before(&self, at: usize) -> Option<u8> {
        self.at(at.checked_sub(1)?)
    }

    /// A slice; empty where there is none.
    pub fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Up to `limit` bytes from `at` on, as far as there are any.
    pub fn from(&self, at: usize, limit: usize) -> &'a [u8] {
        self.slice(at.min(self.bytes.len()), self.bytes.len().min(at.saturating_add(limit)))
    }

    /// Up to `limit` bytes before `at`, of its line.
    pub fn line_before(&self, at: usize, limit: usize) -> &'a [u8] {
        let start = at.saturating_sub(limit);
        let near = self.slice(start, at);
        memrchr(b'\n', near).map_or(near, |end| near.get(end + 1..).unwrap_or_default())
    }

    /// Where the line of `at` begins, or 64 bytes before it, where that is nearer.
    #[inline]
    pub fn line_near(&self, at: usize) -> usize {
        let near = at.checked_sub(BITS).and_then(|start| self.bytes.get(start..at)?.first_chunk());
        match near {
            Some(near) => at - newlines(near).leading_zeros() as usize,
            None => at - self.line_before(at, BITS).len(),
        }
    }

    /// Up to `limit` bytes from `at`, of its line; and whether the line or the
    /// limit ends there: otherwise more may follow.
    pub fn line_after(&self, at: usize, limit: usize) -> (&'a [u8], bool) {
        let near = self.slice(at, self.bytes.len().min(at.saturating_add(limit)));
        match memchr(b'\n', near) {
            Some(end) => (near.get(..end).unwrap_or_default(), true),
            None => (near, near.len() == limit || self.ended),
        }
    }
}

/// Bytes of words: letters and digits of ASCII.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Where the boundary `\b` of patterns finds no word going on.
pub fn ends_word(byte: Option<u8>) -> bool {
    !byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The first digit in `bytes` from `from` on: eight bytes at a time, 64 where none of them is one.
pub fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<64>()) {
        if block.iter().fold(0, |any, byte| any | u8::from(byte.wrapping_sub(b'0') < 10)) != 0 {
            break;
        }
        at += 64;
    }
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let digits = digits_of(u64::from_le_bytes(*block));
        if digits != 0 {
            return Some(at + digits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(u8::is_ascii_digit).map(|position| at + position)
}

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The highest bit of each byte that is a digit.
pub fn digits_of(eight: u64) -> u64 {
    let moved = eight ^ 0x3030_3030_3030_3030;
    // A byte above nine sets its high bit; no carry leaves its byte.
    let above = ((moved & !HIGH) + 0x7676_7676_7676_7676) | moved;
    !above & HIGH
}

/// The highest bit of each byte that is a letter of ASCII.
fn letters_of(eight: u64) -> u64 {
    let small = (eight | 0x2020_2020_2020_2020) & !HIGH;
    // No carry leaves its byte: 0x7f is the most before each sum, 0x1f and 0x05 what is added.
    let from_a = small + 0x1f1f_1f1f_1f1f_1f1f;
    let past_z = small + 0x0505_0505_0505_0505;
    from_a & !past_z & !eight & HIGH
}

/// Where the word ends that has the byte at `within`, or begins there.
pub fn end_of(bytes: &[u8], within: usize) -> usize {
    end_where(bytes, within, |eight| digits_of(eight) | letters_of(eight), is_word)
}

/// The first byte from `from` on that is none of those: eight at a time.
#[inline]
fn end_where(bytes: &[u8], from: usize, eight: impl Fn(u64) -> u64, one: impl Fn(u8) -> bool) -> usize {
    let mut at = from;
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let others = !eight(u64::from_le_bytes(*block)) & HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !one(*byte)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Text, end_of, is_word, next_digit};

    proptest! {
        #[test]
        fn lines_begin_where_they_do(text in "[ab\n]{0,200}|[a-z]{0,150}\n[a-z]{0,100}", at in 0usize..200) {
            let text = Text { bytes: text.as_bytes(), base: 0, ended: true };
            let at = at.min(text.bytes.len());
            prop_assert_eq!(text.line_near(at), at - text.line_before(at, 64).len());
        }
        #[test]
        fn digits_are_found_where_they_are(bytes in prop::collection::vec(any::<u8>(), 0..300), from in 0usize..40) {
            let slow = bytes.iter().enumerate().skip(from).find(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at);
            prop_assert_eq!(next_digit(&bytes, from), slow);
        }
        #[test]
        fn words_end_where_they_do(bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::char::range('0', 'z').prop_map(|letter| letter as u8)], 0..40), from in 0usize..8) {
            let slow = bytes.iter().enumerate().skip(from).find(|(_, byte)| !is_word(**byte)).map(|(at, _)| at);
            prop_assert_eq!(end_of(&bytes, from), slow.unwrap_or(bytes.len().max(from)));
        }

        #[test]
        fn digits_are_found_in_letters(text in "[a-z.: /]{0,200}[0-9]?[a-z]{0,80}") {
            prop_assert_eq!(next_digit(text.as_bytes(), 0), text.find(|letter: char| letter.is_ascii_digit()));
        }
    }
}
