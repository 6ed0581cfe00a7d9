//! Names of fields that tell nothing: JSON has the same ones in every record.

use super::name::Quoted;
use crate::engine::{Marks, Text};
use crate::letters;

/// So many are remembered, each in the one place that its hash has.
const PLACES: usize = 256;

/// The names that were met last and tell nothing: the bytes of each with their count. None has no bytes.
pub struct Silent(Box<[u128; PLACES]>);

impl Silent {
    /// None yet.
    pub fn new() -> Silent {
        Silent(Box::new([0; PLACES]))
    }

    /// Whether the colon at `mark`, which is at `place` of `marks`, is known to end a name that tells nothing, and no
    /// greeting begins behind it. Says no where it would take long to know.
    #[inline]
    pub fn ends_at(&self, text: &Text<'_>, mark: usize, marks: &Marks, place: usize) -> bool {
        let known = || {
            let length = marks.quoted_before(place)?;
            let key = Quoted::key(text.bytes.get(mark.checked_sub(17)?..mark - 1)?.first_chunk()?, length)?;
            (self.0.get(Silent::place(key)) == Some(&key)).then_some(())
        };
        if text.at(mark) != Some(b':') || known().is_none() {
            return false;
        }
        match text.at(mark + 1) {
            Some(b'"') => !letters::may_greet(text, mark + 2),
            next => next != Some(b' '),
        }
    }

    /// From now on, it is known that this name tells nothing.
    pub fn learn(&mut self, name: &Quoted) {
        let key = name.number | name.length as u128;
        self.0.get_mut(Silent::place(key)).into_iter().for_each(|place| *place = key);
    }

    fn place(key: u128) -> usize {
        let half = |key: u128| u64::try_from(key & u128::from(u64::MAX)).unwrap_or_default();
        let mixed = (half(key) ^ half(key >> 64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as usize % PLACES
    }
}
