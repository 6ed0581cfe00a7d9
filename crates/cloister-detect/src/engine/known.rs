//! What stood before values, and which words of the table are in it: programs write the same names of fields all day.

use super::letters::Hit;

/// So many are remembered, each in the one place that its hash has.
const PLACES: usize = 128;
/// What has more words of the table is looked through each time.
const MOST: usize = 3;

/// Bytes without a digit between a digit (or what is no letter) and a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    words: [u64; Known::LONGEST / 8],
    length: u8,
}

impl Segment {
    /// Shorter ones are looked through faster.
    const SHORTEST: usize = 6;

    /// So many bytes from `from` on; nothing where they are too few or too many.
    #[inline]
    pub fn of(bytes: &[u8], from: usize, length: usize) -> Option<Segment> {
        if !(Segment::SHORTEST..=Known::LONGEST).contains(&length) {
            return None;
        }
        let (chunks, _) = bytes.get(from..from + Known::LONGEST)?.as_chunks::<8>();
        let mut words = [0; Known::LONGEST / 8];
        for (number, (word, chunk)) in words.iter_mut().zip(chunks).enumerate().take(length.div_ceil(8)) {
            let beyond = (number * 8 + 8).saturating_sub(length);
            *word = u64::from_le_bytes(*chunk) & u64::MAX >> (beyond * 8);
        }
        Some(Segment { words, length: u8::try_from(length).ok()? })
    }

    fn place(&self) -> usize {
        let mix = |hash: u64, word: &u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (self.words.iter().fold(u64::from(self.length), mix) >> 57) as usize % PLACES
    }
}

/// A word of the table in a segment: where it starts and ends there.
#[derive(Clone, Copy, Default)]
struct Word {
    start: u8,
    end: u8,
    entry: u16,
}

#[derive(Clone, Copy)]
struct Place {
    segment: Segment,
    count: u8,
    words: [Word; MOST],
    /// Where the last word begins, of the table or not.
    last: u8,
}

impl Place {
    fn tell(&self, from: usize, hits: &mut Vec<Hit>) {
        hits.extend(self.words.iter().take(usize::from(self.count)).map(|word| Hit {
            start: from + usize::from(word.start),
            end: from + usize::from(word.end),
            entry: word.entry,
        }));
    }
}

/// The segments that were met last.
#[derive(Default)]
pub struct Known(Vec<Place>);

impl Known {
    /// Longer segments are not remembered.
    pub const LONGEST: usize = 48;

    /// One that remembers.
    pub fn new() -> Known {
        let segment = Segment { words: [0; Known::LONGEST / 8], length: 0 };
        Known(vec![Place { segment, count: 0, words: [Word::default(); MOST], last: 0 }; PLACES])
    }

    /// Adds the words of a segment that starts at `from`, if it is known.
    pub fn tell(&self, segment: &Segment, from: usize, hits: &mut Vec<Hit>) -> bool {
        let place = self.place(segment);
        place.into_iter().for_each(|place| place.tell(from, hits));
        place.is_some()
    }

    /// The same of all that stands between a digit, or what is no letter, and another digit: says where the last word
    /// begins, if it is known.
    #[inline]
    pub fn whole(&self, bytes: &[u8], (from, to): (usize, usize), hits: &mut Vec<Hit>) -> Option<usize> {
        let before = from.checked_sub(1).and_then(|before| bytes.get(before));
        if before.is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) {
            return None;
        }
        let segment = Segment::of(bytes, from, to.checked_sub(from)?)?;
        let place = self.place(&segment)?;
        place.tell(from, hits);
        Some(from + usize::from(place.last))
    }

    fn place(&self, segment: &Segment) -> Option<&Place> {
        self.0.get(segment.place()).filter(|place| place.segment == *segment)
    }

    /// From now on, it is known that these are its words, and that its last one begins so far from its start.
    pub fn learn(&mut self, segment: Segment, from: usize, hits: &[Hit], last: u8) {
        let Some(place) = self.0.get_mut(segment.place()).filter(|_| hits.len() <= MOST) else { return };
        let mut words = [Word::default(); MOST];
        for (word, hit) in words.iter_mut().zip(hits) {
            let within = |at: usize| u8::try_from(at - from).unwrap_or(u8::MAX);
            *word = Word { start: within(hit.start), end: within(hit.end), entry: hit.entry };
        }
        *place = Place { segment, count: u8::try_from(hits.len()).unwrap_or(0), words, last };
    }
}
