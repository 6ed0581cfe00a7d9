//! What stood before values and holds no word of the table: rows and lists are written the same way all day, but for their
//! digits.

use super::announce::NEAR;
use super::letters::Was;
use super::masks::{BITS, digits_alike};

/// So many are remembered, each in the one place that its hash has.
const PLACES: usize = 256;
/// Odd, and different for each word, so that what changes places has another hash.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// The bytes near a value, whose digits are all the same one, and what stands before them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Window {
    words: [u64; NEAR / 8],
    was: Was,
}

impl Window {
    /// Those before `at`; nothing where there are fewer.
    #[inline]
    pub fn before(bytes: &[u8], at: usize) -> Option<Window> {
        const { assert!(NEAR == BITS, "what is compared is what is read") };
        let (first, near) = bytes.get(at.checked_sub(NEAR + 1)?..at)?.split_first()?;
        let alike = digits_alike(near.first_chunk()?);
        let mut words = [0; NEAR / 8];
        words.iter_mut().zip(alike.as_chunks::<8>().0).for_each(|(own, eight)| *own = u64::from_le_bytes(*eight));
        Some(Window { words, was: Was::of(Some(*first)) })
    }

    fn place(&self) -> usize {
        let mixed = |(number, word): (usize, &u64)| {
            word.wrapping_mul(MIX.rotate_left(u32::try_from(number * 7).unwrap_or(0)) | 1)
        };
        let sum = self.words.iter().enumerate().map(mixed).fold(0, u64::wrapping_add);
        (sum >> 40) as usize % PLACES
    }
}

/// The windows that were met last.
#[derive(Default)]
pub struct Quiet(Vec<Option<Window>>);

impl Quiet {
    /// One that remembers.
    pub fn new() -> Quiet {
        Quiet(vec![None; PLACES])
    }

    /// Whether no word of the table stands there.
    #[inline]
    pub fn knows(&self, window: &Window) -> bool {
        self.0.get(window.place()).is_some_and(|place| place.as_ref() == Some(window))
    }

    /// From now on, it is known that none does.
    pub fn learn(&mut self, window: Window) {
        self.0.get_mut(window.place()).into_iter().for_each(|place| *place = Some(window));
    }
}
