//! The words of the table in a stretch of text: its letters, folded and without what stands between them, looked up by
//! four. No word goes on behind a digit.

use super::announce::NEAR;
use super::known::{Known, Segment};
use super::masks::Letters as Classes;
use super::table::{Stands, Table, start};
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

/// Letters are written eight at a time.
const ROOM: usize = NEAR + 8;
/// Bytes are compared so many at a time.
const PADDED: usize = NEAR + Known::LONGEST;
const SMALL: u64 = 0x2020_2020_2020_2020;
const ONES: u64 = 0x0101_0101_0101_0101;
const COUNT: u64 = 0x0706_0504_0302_0100;

/// Letters between two digits.
struct Letters<'t> {
    table: &'t Table,
    letters: [u8; ROOM],
    /// How far from the start of the stretch each stands.
    source: [u8; ROOM],
    length: usize,
    /// Where words begin.
    begins: u64,
    /// Where the last word begins.
    last: Option<usize>,
    /// What no byte behind it changes: it ends with a digit.
    settled: Settled,
}

/// So far a stretch was read for good: how far from its start, how many words of the table stand there, and where the last
/// word begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settled {
    pub to: usize,
    pub hits: usize,
    pub last: Option<usize>,
}

/// Adds the words of `table` in `from..to`, of which no more than [`NEAR`] bytes are read. Says where the last word begins
/// among them, and how much will not be read again.
pub fn read(
    bytes: &[u8],
    (from, to): (usize, usize),
    (table, known): (&Table, &mut Known),
    hits: &mut Vec<Hit>,
) -> (Option<usize>, Settled) {
    let before = from.checked_sub(1).and_then(|before| bytes.get(before)).copied();
    let length = to.min(bytes.len()).saturating_sub(from).min(NEAR);
    let mut copied = [0u8; PADDED];
    let near = bytes.get(from..).unwrap_or_default();
    // What stands behind is read with it, and does not count.
    let padded = near.first_chunk().unwrap_or_else(|| {
        copied.iter_mut().zip(near).for_each(|(own, byte)| *own = *byte);
        &copied
    });
    let classes = padded.first_chunk().map(|first| Classes::of(first, length)).unwrap_or_default();
    let mut letters = Letters {
        table,
        letters: [0; ROOM],
        source: [0; ROOM],
        length: 0,
        begins: 0,
        last: None,
        settled: Settled { hits: hits.len(), ..Settled::default() },
    };
    if classes.foreign != 0 {
        letters.any(padded.get(..length).unwrap_or_default(), before, from, hits);
    } else if classes.letters != 0 {
        letters.ascii(padded, (classes, length), before, from, (known, hits));
    }
    (letters.last, letters.settled)
}

/// What stands between two digits: its bytes, its letters, and where words begin among all letters.
struct Part {
    at: usize,
    count: usize,
    letters: u64,
    begins: u64,
}

/// What stood before a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// No letter.
    Other,
    /// A small one.
    Small,
    /// A capital, or one that is not of ASCII.
    Capital,
}

impl Was {
    /// Before what stands behind this byte.
    #[inline]
    pub fn of(byte: Option<u8>) -> Was {
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
        bytes: &[u8; PADDED],
        (classes, length): (Classes, usize),
        before: Option<u8>,
        from: usize,
        (known, hits): (&mut Known, &mut Vec<Hit>),
    ) {
        let Classes { letters, capitals, digits, .. } = classes;
        let was = Was::of(before);
        let behind_letter = letters << 1 | u64::from(was != Was::Other);
        let behind_small = (letters & !capitals) << 1 | u64::from(was == Was::Small);
        let begins = letters & (!behind_letter | behind_small & capitals);
        let last = |begins: u64| 63u32.checked_sub(begins.leading_zeros()).map(|at| at as usize);
        self.last = last(begins);
        // No word goes on behind a digit: what stands between two of them is looked up by itself.
        let behind = 64 - digits.leading_zeros();
        let mut open = !digits & u64::MAX.checked_shr(64 - u32::try_from(length).unwrap_or(64)).unwrap_or(0);
        // One byte is no word; but the one up to which all is read for good.
        open &= open << 1 | open >> 1 | 1u64.checked_shl(behind).unwrap_or(0);
        while open != 0 {
            let at = open.trailing_zeros();
            let count = (open >> at).trailing_ones();
            let run = u64::MAX >> (64 - count) << at;
            open &= !run;
            if at == behind {
                self.settled = Settled { to: at as usize, hits: hits.len(), last: last(begins & ((1 << at) - 1)) };
            }
            let part = Part { at: at as usize, count: count as usize, letters: letters & run, begins };
            // More than one.
            if part.letters & part.letters.wrapping_sub(1) != 0 && !self.is_no_word(bytes, &part) {
                self.part(bytes, &part, at > 0 || was == Was::Other, from, (known, hits));
            }
        }
        if behind as usize == length {
            self.settled = Settled { to: length, hits: hits.len(), last: self.last };
        }
    }

    /// Looks up what stands between two digits; it is `apart` where no letter stands before it.
    fn part(
        &mut self,
        bytes: &[u8; PADDED],
        part: &Part,
        apart: bool,
        from: usize,
        (known, hits): (&mut Known, &mut Vec<Hit>),
    ) {
        let (at, count) = (part.at, part.count);
        let segment = Segment::of(bytes, at, count).filter(|_| apart);
        // It is mostly what stood before other values: the names of fields.
        if segment.as_ref().is_some_and(|segment| known.tell(segment, from + at, hits)) {
            return;
        }
        let first = hits.len();
        let mut open = part.letters;
        while open != 0 {
            let at = open.trailing_zeros();
            let length = (open >> at).trailing_ones();
            self.word(bytes, at as usize, length as usize, part.begins >> at);
            open &= !(u64::MAX >> (64 - length) << at);
        }
        self.announce(from, hits);
        if let Some(segment) = segment {
            let begins = part.begins & u64::MAX >> (64 - count) << at;
            let last = 63u32.checked_sub(begins.leading_zeros()).map_or(0, |last| last as usize - at);
            let last = u8::try_from(last).unwrap_or(0);
            known.learn(segment, from + at, hits.get(first..).unwrap_or_default(), last);
        }
    }

    /// Whether up to three letters side by side are no word of the table, as in most numbers of sixteen digits.
    fn is_no_word(&self, bytes: &[u8; PADDED], part: &Part) -> bool {
        let at = part.letters.trailing_zeros();
        let length = (part.letters >> at).trailing_ones();
        if length > 3 || part.letters >> at >> length != 0 {
            return false;
        }
        match part.begins >> at & ((1 << length) - 1) {
            0 => true,
            1 => {
                let four =
                    bytes.get(at as usize..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
                let letters = (u32::from_le_bytes(four) | 0x2020_2020) & u32::MAX >> (32 - 8 * length);
                !self.table.may_start(letters, true)
            }
            _ => false,
        }
    }

    /// Takes the letters of ASCII in a row that stand at `at`, and where words begin among them.
    fn word(&mut self, bytes: &[u8; PADDED], at: usize, length: usize, begins: u64) {
        for done in (0..length).step_by(8) {
            let place = self.length + done;
            let own = self.letters.get_mut(place..place + 8).zip(self.source.get_mut(place..place + 8));
            let eight = bytes.get(at + done..).and_then(|rest| rest.first_chunk::<8>());
            if let (Some((letters, source)), Some(eight)) = (own, eight) {
                letters.copy_from_slice(&(u64::from_le_bytes(*eight) | SMALL).to_le_bytes());
                source.copy_from_slice(&(ONES.wrapping_mul((at + done) as u64) + COUNT).to_le_bytes());
            }
        }
        self.begins |= (begins & u64::MAX >> (64 - length)) << self.length;
        self.length += length;
    }

    /// Letters of any script.
    fn any(&mut self, bytes: &[u8], before: Option<u8>, from: usize, hits: &mut Vec<Hit>) {
        let mut was = Was::of(before);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let place = u8::try_from(at).unwrap_or(u8::MAX);
            let now = Was::of(Some(byte));
            let begins = now != Was::Other && was.begins(now == Was::Capital);
            if byte >= 0x80 {
                let near = bytes.get(at..bytes.len().min(at + 4)).unwrap_or_default();
                at += self.foreign(near, place, &mut was);
                continue;
            }
            if now != Was::Other {
                self.push(byte | 0x20, place, begins);
                self.last = if begins { Some(at) } else { self.last };
            } else if byte.is_ascii_digit() {
                self.announce(from, hits);
                self.settled = Settled { to: at + 1, hits: hits.len(), last: self.last };
            }
            was = now;
            at += 1;
        }
        self.announce(from, hits);
    }

    /// A letter that is not of ASCII, folded; says how many bytes it has.
    fn foreign(&mut self, near: &[u8], at: u8, was: &mut Was) -> usize {
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
            self.last = Some(usize::from(at));
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
        if self.length >= NEAR {
            return;
        }
        if let Some((own, at)) = self.letters.get_mut(self.length).zip(self.source.get_mut(self.length)) {
            (*own, *at) = (letter, source);
        }
        self.begins |= u64::from(begins) << self.length;
        self.length += 1;
    }

    /// Where the first four letters of a word of the table may stand.
    fn starts(&self) -> u64 {
        let letters = self.letters.get(..self.length).unwrap_or_default();
        let mut starts = 0;
        for (at, four) in letters.array_windows::<4>().enumerate() {
            let may = self.table.may_start(u32::from_le_bytes(*four), self.begins >> at & 1 == 1);
            starts |= u64::from(may) << at;
        }
        starts
    }

    /// The words in the letters so far; and begins again.
    fn announce(&mut self, from: usize, hits: &mut Vec<Hit>) {
        if self.length < 2 {
            (self.length, self.begins) = (0, 0);
            return;
        }
        let mut starts = self.starts();
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
        (self.length, self.begins) = (0, 0);
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
