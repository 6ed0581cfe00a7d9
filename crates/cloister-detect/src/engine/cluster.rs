//! Words that are joined as the groups of one number are: `86 095 742 719`, `DE02 1203…`, `756.1234.5678.97`.

use super::masks::Masks;
use super::numbers::{FEWEST_DIGITS, SHORTEST};
use super::text::{Text, is_word};

/// No number is longer than this without separators, or has more groups.
pub const LONGEST: usize = 34;
const GROUPS: usize = 10;
/// So much is held at once.
const HELD: usize = 64;
const WORDS: usize = 32;
/// Words of capitals that may stand before the first digit: `DE 89…`, `RSS MRA 85…`.
const LEADING: usize = 2;
const LONGEST_LEADING: usize = 6;

/// A word of letters and digits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word {
    /// Where it stands.
    pub start: usize,
    pub end: usize,
    /// Its first digit; where it has none, that of the next word with one.
    pub digit: usize,
    /// Where its letters start among all.
    offset: usize,
    has_digit: bool,
    /// It has digits alone.
    pub digits: bool,
    may_start: bool,
    /// An address of the network starts here.
    pub address: bool,
}

/// Some words in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// Where it stands.
    pub start: usize,
    pub end: usize,
    /// The digit that gave it away.
    pub anchor: usize,
    /// Letters and digits, and which of them are digits.
    pub length: usize,
    pub digits: u64,
    pub groups: usize,
    first: usize,
}

impl Span {
    /// Whether there are digits only.
    pub fn is_digits(&self) -> bool {
        self.digits.count_ones() as usize == self.length
    }
}

/// Words in a row with one sign between each two. Reused, since there are many.
pub struct Cluster {
    words: [Word; WORDS],
    count: usize,
    /// So many words may start a number: of the others not all is held that may follow.
    starts: usize,
    /// How many letters and digits there are, and which of them are digits.
    length: usize,
    digits: u64,
    /// Where to go on.
    end: usize,
}

impl Cluster {
    /// Holds nothing yet.
    pub fn new() -> Cluster {
        let words = [Word::default(); WORDS];
        Cluster { words, count: 0, starts: 0, length: 0, digits: 0, end: 0 }
    }

    /// Takes the words around one that stands in `start..end` and has a digit, and no more than [`LONGEST`] bytes; what
    /// is given away from `to` on starts nothing.
    pub fn take(&mut self, text: &Text<'_>, masks: &Masks, (start, end): (usize, usize), to: usize) {
        (self.count, self.starts, self.length, self.digits) = (0, 0, 0, 0);
        let mut leading = [(0, 0); LEADING];
        let mut first = start;
        let before = leading.iter_mut().map_while(|word| {
            let end = first.checked_sub(1)?;
            first = capitals_before(text, first)?;
            *word = (first, end);
            Some(())
        });
        let count = before.count();
        for (first, end) in leading.iter().take(count).rev() {
            self.push(text, *first, end - first, 0);
        }
        self.push(text, start, end - start, masks.at(start).digits);
        let full = self.extend(text, masks, end);
        self.choose(to, full, count);
        if self.count >= 4 {
            self.pass_over_addresses(text);
        }
    }

    /// Takes words behind `end` as long as they are joined; says whether more would follow.
    fn extend(&mut self, text: &Text<'_>, masks: &Masks, mut end: usize) -> bool {
        loop {
            let next = masks.at(end);
            let length = (next.words >> 1).trailing_ones() as usize;
            if next.joins & 1 == 0 || length == 0 {
                return false;
            }
            let digits = next.digits >> 1 & ((1 << length) - 1);
            let start = end + 1;
            if digits == 0 && is_prose(text.slice(start, start + length)) || length >= LONGEST {
                return false;
            }
            if next.foreign >> (length + 1) & 1 == 1 {
                return false;
            }
            if !self.push(text, start, length, digits) {
                return true;
            }
            end = start + length;
        }
    }

    /// Takes one word, if it can be held; of the bits of its digits, those behind it do not count.
    fn push(&mut self, text: &Text<'_>, start: usize, length: usize, digits: u64) -> bool {
        let Some(word) = self.words.get_mut(self.count).filter(|_| self.length + length <= HELD) else {
            return false;
        };
        let digits = digits & ((1 << length) - 1);
        let has_digit = digits != 0;
        let capitals =
            || length <= LONGEST_LEADING && text.slice(start, start + length).iter().all(u8::is_ascii_uppercase);
        let may_start = has_digit || capitals();
        let digit = start + if has_digit { digits.trailing_zeros() as usize } else { 0 };
        *word = Word {
            start,
            end: start + length,
            digit,
            offset: self.length,
            has_digit,
            digits: digits.trailing_ones() as usize == length,
            may_start,
            address: false,
        };
        self.digits |= digits << self.length;
        self.length += length;
        self.count += 1;
        true
    }

    /// Chooses which words may start a number. The first with a digit always may, behind so many `leading` ones: with
    /// what could not be held behind it, it is too long for any.
    fn choose(&mut self, to: usize, full: bool, leading: usize) {
        let mut digit = None;
        let mut distance = 0;
        let words = self.words.get_mut(..self.count).unwrap_or_default();
        for word in words.iter_mut().rev() {
            if word.has_digit {
                (digit, distance) = (Some(word.digit), 0);
            } else {
                distance += 1;
                word.may_start &= distance <= LEADING && digit.is_some();
                word.digit = digit.unwrap_or(usize::MAX);
            }
        }
        let complete = |index: usize, word: &Word| {
            !full || index <= leading || index + GROUPS < self.count || self.length - word.offset > LONGEST + 1
        };
        self.starts = words.iter().enumerate().take_while(|(index, word)| complete(*index, word)).count();
        if let Some(next) = words.get(self.starts) {
            self.end = next.start;
        } else if let Some(last) = words.last() {
            self.end = last.end;
        }
        words.iter_mut().filter(|word| word.digit >= to).for_each(|word| word.may_start = false);
    }

    /// Where to look for the next one.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The words with digits.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().take(self.starts).filter(|word| word.has_digit && word.may_start)
    }

    /// Four numbers below 256 with dots between them are an address of the network: no other number starts there.
    fn pass_over_addresses(&mut self, text: &Text<'_>) {
        let mut from = 0;
        while let Some(first) = self.next_address(text, from) {
            let mut four = self.words.iter_mut().skip(first).take(4);
            four.by_ref().take(1).for_each(|word| (word.address, word.may_start) = (word.may_start, false));
            four.for_each(|word| word.may_start = false);
            from = first + 4;
        }
    }

    fn next_address(&self, text: &Text<'_>, from: usize) -> Option<usize> {
        let part = |word: &Word| {
            let value = |value: u32, byte: &u8| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0'));
            let digits = text.slice(word.start, word.end);
            // No part of an address begins with a zero: telephone numbers do.
            let plain = digits.len() == 1 || digits.first() != Some(&b'0');
            plain && digits.len() <= 3 && digits.iter().try_fold(0, value).is_some_and(|value| value < 256)
        };
        let dotted = |pair: &[Word]| matches!(pair, [first, second] if text.slice(first.end, second.start) == b".");
        let is_address = |four: &[Word]| four.iter().all(part) && four.windows(2).all(dotted);
        let words = self.words.get(from..self.count)?;
        words.windows(4).position(is_address).map(|first| from + first)
    }

    /// Where addresses of the network start.
    pub fn addresses(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().take(self.starts).filter(|word| word.address)
    }

    /// All rows of words that may be a number.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        let words = self.words.get(..self.count).unwrap_or_default();
        let long = self.length >= SHORTEST && self.digits.count_ones() >= FEWEST_DIGITS;
        let starts =
            words.iter().enumerate().take(if long { self.starts } else { 0 }).filter(|(_, word)| word.may_start);
        starts
            .flat_map(move |(index, first)| {
                let rest = words.get(index..).unwrap_or_default();
                rest.iter()
                    .take(GROUPS)
                    .enumerate()
                    .map_while(move |(groups, last)| self.span(index, first, last, groups + 1))
            })
            .filter(|span| span.length >= SHORTEST)
    }

    fn span(&self, index: usize, first: &Word, last: &Word, groups: usize) -> Option<Span> {
        let length = last.offset + (last.end - last.start) - first.offset;
        if length > LONGEST {
            return None;
        }
        let digits = self.digits >> first.offset & ((1 << length) - 1);
        let (start, end, anchor) = (first.start, last.end, first.digit);
        Some(Span { start, end, anchor, length, digits, groups, first: index })
    }

    /// The letters and digits of a span, in capitals.
    pub fn compact<'c>(&self, text: &Text<'_>, span: &Span, into: &'c mut [u8; LONGEST]) -> &'c [u8] {
        let bytes = self.groups(span).iter().flat_map(|word| text.slice(word.start, word.end));
        into.iter_mut().zip(bytes).for_each(|(own, byte)| *own = byte.to_ascii_uppercase());
        into.get(..span.length).unwrap_or_default()
    }

    /// Where the first word with a digit starts: words before it are read for what they announce.
    pub fn first_digit_word(&self, span: &Span) -> usize {
        self.groups(span).iter().find(|word| word.has_digit).map_or(span.start, |word| word.start)
    }

    /// The words of a span.
    pub fn groups(&self, span: &Span) -> &[Word] {
        self.words.get(span.first..span.first + span.groups).unwrap_or_default()
    }
}

/// Whether a word is of language: letters only, more than groups of numbers have, or small ones where groups have
/// capitals.
pub fn is_prose(word: &[u8]) -> bool {
    word.len() > 2
        && word.iter().all(u8::is_ascii_alphabetic)
        && (word.len() > LONGEST_LEADING || word.iter().any(u8::is_ascii_lowercase))
}

/// Where a word of up to six capitals starts that ends one sign before `start`.
fn capitals_before(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = start.checked_sub(1).filter(|end| text.at(*end).is_some_and(joins))?;
    let mut first = end;
    while text.before(first).is_some_and(|byte| byte.is_ascii_uppercase()) && end - first <= LONGEST_LEADING {
        first -= 1;
    }
    let whole = !text.before(first).is_some_and(|byte| is_word(byte) || byte >= 0x80);
    ((1..=LONGEST_LEADING).contains(&(end - first)) && whole).then_some(first)
}

/// Signs that stand between the groups of one number.
pub fn joins(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'+')
}
