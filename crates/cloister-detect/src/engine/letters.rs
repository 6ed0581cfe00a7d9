//! The words of the table in a stretch of text: its letters, folded and without what stands between them, looked up by
//! four. No word goes on behind a digit.

use super::announce::NEAR;
use super::table::{Stands, Table, start};
use super::text::Classes;
use crate::words::plain;

/// A word that was met: where its first and its last letter stand, and which it is.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// Where it stands.
    pub start: usize,
    pub end: usize,
    /// Which it is.
    pub entry: u16,
}

/// Letters between two digits.
struct Letters<'t> {
    table: &'t Table,
    letters: [u8; NEAR],
    /// How far from the start of the stretch each stands.
    source: [u8; NEAR],
    length: usize,
    /// Where words begin.
    begins: u64,
    /// Where the first four letters of a word of the table may stand.
    starts: u64,
    /// The last four letters.
    last: u32,
}

/// Adds the words of `table` in `bytes`, of which no more than [`NEAR`] are read; `before` stands before them, and
/// they stand from `from` on. Says where the last word begins among them.
pub fn read(bytes: &[u8], before: Option<u8>, from: usize, table: &Table, hits: &mut Vec<Hit>) -> Option<usize> {
    let bytes = bytes.get(..NEAR).unwrap_or(bytes);
    let classes = Classes::of(bytes);
    if classes.letters | classes.foreign == 0 {
        return None;
    }
    let mut letters =
        Letters { table, letters: [0; NEAR], source: [0; NEAR], length: 0, begins: 0, starts: 0, last: 0 };
    if classes.foreign == 0 {
        letters.ascii(bytes, classes, before, from, hits)
    } else {
        letters.any(bytes, before, from, hits)
    }
}

/// What stood before a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Was {
    Other,
    Small,
    Capital,
}

impl Was {
    fn of(byte: Option<u8>) -> Was {
        match byte {
            Some(b'a'..=b'z') => Was::Small,
            Some(b'A'..=b'Z' | 0x80..) => Was::Capital,
            _ => Was::Other,
        }
    }

    /// Whether a word begins with a letter behind it.
    fn begins(self, capital: bool) -> bool {
        self == Was::Other || self == Was::Small && capital
    }
}

impl Letters<'_> {
    fn ascii(
        &mut self,
        bytes: &[u8],
        classes: Classes,
        before: Option<u8>,
        from: usize,
        hits: &mut Vec<Hit>,
    ) -> Option<usize> {
        let Classes { letters, capitals, digits, .. } = classes;
        let was = Was::of(before);
        let behind_letter = letters << 1 | u64::from(was != Was::Other);
        let behind_small = (letters & !capitals) << 1 | u64::from(was == Was::Small);
        let begins = letters & (!behind_letter | behind_small & capitals);
        let mut open = letters;
        while open != 0 {
            // As far as the next digit.
            let after = digits & !(open.wrapping_sub(1) & !open);
            let mut run = open & after.wrapping_sub(1) & !after;
            if after == 0 {
                run = open;
            }
            open &= !run;
            while run != 0 {
                let at = run.trailing_zeros();
                run &= run - 1;
                let byte = bytes.get(at as usize).copied().unwrap_or(0);
                self.push(byte | 0x20, at as u8, begins >> at & 1 == 1);
            }
            self.announce(from, hits);
        }
        63u32.checked_sub(begins.leading_zeros()).map(|at| at as usize)
    }

    /// Letters of any script.
    fn any(&mut self, bytes: &[u8], before: Option<u8>, from: usize, hits: &mut Vec<Hit>) -> Option<usize> {
        let mut was = Was::of(before);
        let mut last = None;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let place = u8::try_from(at).unwrap_or(u8::MAX);
            let now = Was::of(Some(byte));
            let begins = now != Was::Other && was.begins(now == Was::Capital);
            if byte >= 0x80 {
                let near = bytes.get(at..bytes.len().min(at + 4)).unwrap_or_default();
                at += self.foreign(near, place, &mut was, &mut last);
                continue;
            }
            if now != Was::Other {
                self.push(byte | 0x20, place, begins);
                last = if begins { Some(at) } else { last };
            } else if byte.is_ascii_digit() {
                self.announce(from, hits);
            }
            was = now;
            at += 1;
        }
        self.announce(from, hits);
        last
    }

    /// A letter that is not of ASCII, folded; says how many bytes it has.
    fn foreign(&mut self, near: &[u8], at: u8, was: &mut Was, last: &mut Option<usize>) -> usize {
        let valid = match std::str::from_utf8(near) {
            Ok(text) => text,
            Err(error) => near.get(..error.valid_up_to()).and_then(|near| std::str::from_utf8(near).ok()).unwrap_or(""),
        };
        let Some(letter) = valid.chars().next().filter(|letter| letter.is_alphanumeric()) else {
            *was = Was::Other;
            return valid.chars().next().map_or(1, char::len_utf8);
        };
        let capital = letter.is_uppercase();
        let mut first = was.begins(capital);
        if first {
            *last = Some(usize::from(at));
        }
        let mut buffer = [0; 4];
        for lower in letter.to_lowercase() {
            for byte in plain(lower).encode_utf8(&mut buffer).bytes() {
                self.push(byte, at, std::mem::take(&mut first));
            }
        }
        *was = if capital { Was::Capital } else { Was::Small };
        letter.len_utf8()
    }

    #[inline]
    fn push(&mut self, letter: u8, source: u8, begins: bool) {
        let Some((own, at)) = self.letters.get_mut(self.length).zip(self.source.get_mut(self.length)) else { return };
        *own = letter;
        *at = source;
        self.last = self.last >> 8 | u32::from(letter) << 24;
        self.begins |= u64::from(begins) << self.length;
        // Of fewer than four letters, some are zero, and no word starts so.
        let first = self.length.wrapping_sub(3) % 64;
        let began = self.begins >> first & 1 == 1;
        self.starts |= u64::from(self.table.may_start(self.last, began)) << first;
        self.length += 1;
    }

    /// The words in the letters so far; and begins again.
    fn announce(&mut self, from: usize, hits: &mut Vec<Hit>) {
        let known = if self.length < 64 { (1 << self.length) - 1 } else { u64::MAX };
        let mut starts = self.starts & known;
        while starts != 0 {
            let at = starts.trailing_zeros() as usize;
            starts &= starts - 1;
            let first = start(self.letters.get(at..self.length).unwrap_or_default());
            self.words(at, first, from, hits);
        }
        // Words of two and three letters stand alone.
        let ends = if self.length < 64 { self.begins | 1 << self.length } else { self.begins };
        for length in [2, 3] {
            let mut alone = self.begins & (ends >> length);
            while alone != 0 {
                let at = alone.trailing_zeros() as usize;
                alone &= alone - 1;
                let first = start(self.letters.get(at..at + length).unwrap_or_default());
                if self.table.may_start(first, true) {
                    self.words(at, first, from, hits);
                }
            }
        }
        (self.length, self.begins, self.starts, self.last) = (0, 0, 0, 0);
    }

    fn words(&self, at: usize, start: u32, from: usize, hits: &mut Vec<Hit>) {
        let letters = self.letters.get(at..self.length).unwrap_or_default();
        let place = |index: usize| from + self.source.get(index).copied().map_or(0, usize::from);
        for (index, entry) in self.table.starting(start).filter(|(_, entry)| letters.starts_with(entry.word)) {
            let end = at + entry.word.len();
            let fits = match entry.stands {
                Stands::Anywhere => true,
                Stands::First => self.begins(at),
                Stands::Alone => self.begins(at) && self.begins(end),
            };
            if fits {
                hits.push(Hit { start: place(at), end: place(end - 1), entry: index });
            }
        }
    }

    fn begins(&self, index: usize) -> bool {
        index >= self.length || self.begins >> index & 1 == 1
    }
}
