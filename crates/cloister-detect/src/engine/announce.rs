//! The words before a value: what they announce, found in one look.
//!
//! All words of all rules stand in one table. A position is looked up by four
//! letters, so that the cost does not grow with the number of words. Separators
//! and the case do not count: `taxId`, `TAX_ID` and "Tax ID" are one word.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::text::Text;
use crate::identifiers::{ANY, RULES};
use crate::names::PHONES;
use crate::words::{plain, words};

/// What may be announced: a bit for each rule, then those below.
const BITS: usize = 256;
/// How many bytes before a value are looked at.
pub const NEAR: usize = 64;
/// Longer words must not stand alone: they count within others.
const SHORT: usize = 5;

/// Words for any rule of a category (see `ANY`) start here.
const ANY_BIT: usize = BITS - 16;
/// Words of telephone numbers.
pub const PHONE: usize = BITS - 1;
/// Words of diagnoses.
pub const DIAGNOSIS: usize = BITS - 2;
/// Words that announce a diagnosis.
const DIAGNOSES: [&str; 3] = ["icd", "diagnosis", "diagnose"];

/// A set of what is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced([u64; BITS / 64]);

impl Announced {
    /// One bit.
    pub fn one(bit: usize) -> Announced {
        let mut set = Announced::default();
        if let Some(word) = set.0.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
        set
    }

    /// All of both.
    pub fn add(&mut self, other: Announced) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }

    /// Whether `bit` is in it.
    pub fn has(&self, bit: usize) -> bool {
        self.0.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// Whether nothing is in both.
    pub fn is_disjoint(self, other: Announced) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & other == 0)
    }

    /// The bit of words that announce any number of a category of `ANY`.
    pub fn any_of(category: usize) -> usize {
        ANY_BIT + category
    }
}

struct Entry {
    word: Box<[u8]>,
    announces: Announced,
}

/// All words, by their first letters.
struct Table {
    entries: Vec<Entry>,
    /// Whether any word starts with letters of this hash.
    filter: Vec<u64>,
    by_start: HashMap<u32, Vec<u16>, foldhash::fast::FixedState>,
    /// There are words of two letters.
    has_pairs: bool,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Table {
        let mut all: HashMap<String, Announced, foldhash::fast::FixedState> = HashMap::default();
        let mut add = |word: &str, bit: usize| {
            let word = words(word).concat();
            // No word goes on behind a digit.
            if word.len() >= 2 && !word.contains(|letter: char| letter.is_ascii_digit()) {
                all.entry(word).or_default().add(Announced::one(bit));
            }
        };
        for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
            rule.words.iter().for_each(|word| add(word, bit));
        }
        for (index, (_, any)) in ANY.iter().enumerate() {
            any.iter().for_each(|word| add(word, Announced::any_of(index)));
        }
        PHONES.iter().for_each(|word| add(word, PHONE));
        DIAGNOSES.iter().for_each(|word| add(word, DIAGNOSIS));
        let mut entries: Vec<Entry> = all
            .into_iter()
            .map(|(word, announces)| Entry { word: word.into_bytes().into_boxed_slice(), announces })
            .collect();
        entries.sort_by(|a, b| a.word.cmp(&b.word));
        let mut table = Table { entries: Vec::new(), filter: vec![0; FILTER / 64], by_start: HashMap::default(), has_pairs: false };
        for (index, entry) in entries.iter().enumerate() {
            let start = start(&entry.word, 0);
            table.by_start.entry(start).or_default().push(u16::try_from(index).unwrap_or(u16::MAX));
            table.has_pairs |= entry.word.len() == 2;
            let hash = hashed(start);
            if let Some(bits) = table.filter.get_mut(hash / 64) {
                *bits |= 1 << (hash % 64);
            }
        }
        table.entries = entries;
        table
    }

    /// Whether a word may start with these letters.
    fn may_start(&self, start: u32) -> bool {
        let hash = hashed(start);
        self.filter.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1)
    }
}

const FILTER: usize = 1 << 14;

fn hashed(start: u32) -> usize {
    (start.wrapping_mul(0x9E37_79B1) >> (32 - 14)) as usize
}

/// The first letters as a number: three of them, so that short words have their place, too.
fn start(letters: &[u8], at: usize) -> u32 {
    let letter = |index: usize| letters.get(at + index).copied().map_or(0, u32::from);
    letter(0) | letter(1) << 8 | letter(2) << 16
}

/// Letters of a stretch without digits, folded, and where words begin among them.
struct Letters {
    letters: [u8; Letters::MOST],
    /// How far from the start of the stretch each stands.
    source: [u8; Letters::MOST],
    begins: u128,
    /// Where the first letters of a word stand.
    starts: u128,
    /// The last three letters.
    last: u32,
    length: usize,
}

impl Letters {
    const MOST: usize = NEAR + 16;

    fn new() -> Letters {
        Letters { letters: [0; Letters::MOST], source: [0; Letters::MOST], begins: 0, starts: 0, last: 0, length: 0 }
    }

    #[inline]
    fn push(&mut self, letter: u8, source: u8, begins: bool, table: &Table) {
        if let (Some(own), Some(at)) = (self.letters.get_mut(self.length), self.source.get_mut(self.length)) {
            *own = letter;
            *at = source;
            self.last = self.last >> 8 | u32::from(letter) << 16;
            self.begins |= u128::from(begins) << self.length;
            // One bit too far for what starts two letters before, so that nothing starts before the first.
            self.starts |= u128::from(table.may_start(self.last)) << self.length;
            self.length += 1;
        }
    }

    fn begins(&self, index: usize) -> bool {
        index >= self.length || self.begins >> index & 1 == 1
    }

    /// What the words announce, with the place where each starts; and begins again.
    fn announce(&mut self, from: usize, table: &Table, hits: &mut Vec<(usize, Announced)>) {
        let mut starts = self.starts >> 2;
        while starts != 0 {
            let at = starts.trailing_zeros() as usize;
            starts &= starts - 1;
            self.hits(at, start(&self.letters, at), from, table, hits);
        }
        if table.has_pairs {
            for at in (0..self.length.saturating_sub(1)).filter(|at| self.begins(*at) && self.begins(at + 2)) {
                self.hits(at, start(&self.letters, at) & 0xffff, from, table, hits);
            }
        }
        (self.length, self.last, self.begins, self.starts) = (0, 0, 0, 0);
    }

    fn hits(&self, at: usize, start: u32, from: usize, table: &Table, hits: &mut Vec<(usize, Announced)>) {
        let letters = self.letters.get(at..self.length).unwrap_or_default();
        for index in table.by_start.get(&start).map_or(&[][..], Vec::as_slice) {
            let Some(entry) = table.entries.get(usize::from(*index)) else { continue };
            let alone = || self.begins(at) && self.begins(at + entry.word.len());
            if letters.starts_with(&entry.word) && (entry.word.len() > SHORT || alone()) {
                hits.push((from + self.source.get(at).copied().map_or(0, usize::from), entry.announces));
            }
        }
    }
}

/// The words near values, looked up once for each stretch of text.
pub struct Near {
    hits: Vec<(usize, Announced)>,
    scanned: usize,
    field: Announced,
}

impl Near {
    /// `field` is the name of the field that all of the text is the value of.
    pub fn new(field: &str) -> Near {
        let mut near = Near { hits: Vec::new(), scanned: 0, field: Announced::default() };
        if !field.is_empty() {
            near.read(field.as_bytes(), field.len().saturating_sub(NEAR), field.len());
            near.field = near.sum(0);
            near.hits.clear();
        }
        near
    }

    /// The text at hand is another one, or begins elsewhere.
    pub fn forget(&mut self) {
        self.hits.clear();
        self.scanned = usize::MAX;
    }

    /// What is announced for a value at `at`, where a digit or a word with one stands: no word goes on behind one,
    /// so that the text before can be read once for all values.
    pub fn before(&mut self, text: &Text<'_>, at: usize) -> Announced {
        let first = at - text.line_before(at, NEAR).len();
        if self.scanned < first || self.scanned > at {
            self.forget();
            self.scanned = first;
        }
        self.read(text.bytes, self.scanned, at);
        self.scanned = at;
        let mut announced = self.sum(first);
        announced.add(self.field);
        announced
    }

    fn sum(&self, from: usize) -> Announced {
        let mut sum = Announced::default();
        self.hits.iter().rev().take_while(|(at, _)| *at >= from).for_each(|(_, announced)| sum.add(*announced));
        sum
    }

    fn read(&mut self, bytes: &[u8], from: usize, to: usize) {
        if from == to {
            return;
        }
        let table = &*TABLE;
        let mut letters = Letters::new();
        let mut was = bytes.get(from.wrapping_sub(1)).copied().map_or(Class::Separator, Class::of_byte);
        let mut at = from;
        while at < to {
            let Some(&byte) = bytes.get(at) else { break };
            let class = Class::of_byte(byte);
            match class {
                Class::Separator => {}
                Class::Digit => letters.announce(from, table, &mut self.hits),
                Class::Foreign => {
                    at += foreign(bytes.get(at..to.min(at + 4)).unwrap_or_default(), distance(from, at), &mut letters, &mut was);
                    continue;
                }
                _ => letters.push(byte | 0x20, distance(from, at), class.begins_after(was), table),
            }
            was = class;
            at += 1;
        }
        letters.announce(from, table, &mut self.hits);
    }
}

fn distance(from: usize, at: usize) -> u8 {
    u8::try_from(at - from).unwrap_or(u8::MAX)
}

/// A letter that is not of ASCII, folded; says how many bytes it has.
fn foreign(near: &[u8], at: u8, letters: &mut Letters, was: &mut Class) -> usize {
    let valid = match std::str::from_utf8(near) {
        Ok(text) => text,
        Err(error) => near.get(..error.valid_up_to()).and_then(|near| std::str::from_utf8(near).ok()).unwrap_or(""),
    };
    let Some(letter) = valid.chars().next().filter(|letter| letter.is_alphanumeric()) else {
        *was = Class::Separator;
        return valid.chars().next().map_or(1, char::len_utf8);
    };
    let class = if letter.is_uppercase() { Class::Upper } else { Class::Lower };
    let mut first = class.begins_after(*was);
    let mut buffer = [0; 4];
    for lower in letter.to_lowercase() {
        for byte in plain(lower).encode_utf8(&mut buffer).bytes() {
            letters.push(byte, at, std::mem::take(&mut first), &TABLE);
        }
    }
    *was = class;
    letter.len_utf8()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Separator,
    Lower,
    Upper,
    Digit,
    Foreign,
}

/// The class of each byte.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Separator; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            0x80.. => Class::Foreign,
            _ => Class::Separator,
        };
        byte += 1;
    }
    classes
};

impl Class {
    fn of_byte(byte: u8) -> Class {
        CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Separator)
    }

    /// Whether a word begins with this letter after that one.
    fn begins_after(self, before: Class) -> bool {
        match before {
            Class::Separator | Class::Digit => true,
            Class::Lower => self == Class::Upper,
            Class::Upper | Class::Foreign => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::Context;

    fn announced(text: &str) -> Announced {
        let text = Text { bytes: text.as_bytes(), base: 0, ended: true };
        Near::new("").before(&text, text.bytes.len())
    }

    proptest! {
        /// The table against one look after the other.
        #[test]
        fn words_announce_what_they_announce(
            parts in prop::collection::vec(prop_oneof![
                "(?i)tel|icd|10|steuer|id|nummer|pesel|nir|patient|e|bank|konto|rodné|číslo|ssn|tax|ČÍSLO|é",
                "[a-zA-Z]{1,4}",
            ], 0..5),
            mark in "[-_ .]?",
        ) {
            let text = parts.join(&mark);
            prop_assume!(text.len() < NEAR - 2);
            let found = announced(&text);
            let context = Context::new(&text);
            for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
                // A short word of three parts joined counts here, and did not for `Context`.
                if context.has_any(rule.words) {
                    prop_assert!(found.has(bit), "{} in {text}", rule.kind);
                }
            }
        }
    }

    #[test]
    fn what_is_no_word_announces_nothing() {
        for text in ["", "hotel ", "personnel ", "nirvana ", "12345678", "telo 1"] {
            assert!(announced(text) == Announced::default(), "{text}");
        }
        for text in ["Tel.: ", "tel=", "{\"tel\":", "homeTel ", "TEL_"] {
            assert!(announced(text).has(PHONE), "{text}");
        }
    }
}
