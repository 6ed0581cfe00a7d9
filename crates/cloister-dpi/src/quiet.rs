//! Values in which nothing was recognised before: most fields of heads are said again with each message. What is kept of
//! them is a keyed hash, and what is recognised in a value depends on its field's name and on itself alone.

use siphasher::sip::SipHasher13;

use cloister_dlp::Key;

/// So many are remembered: 32 KiB.
const PLACES: usize = 1 << 12;
/// What is longer is not said again.
const LONGEST: usize = 256;

/// A table of the last ones, each in the one place that its hash has.
pub struct Quiet {
    places: Box<[u64]>,
}

impl Quiet {
    pub fn new() -> Quiet {
        Quiet { places: vec![0; PLACES].into_boxed_slice() }
    }

    /// How such a value is remembered; none that cannot be.
    pub fn hash(field: &str, value: &[u8], key: &Key) -> Option<u64> {
        // In one piece: three are three times as dear.
        let mut room = [0; size_of::<usize>() + 2 * LONGEST];
        let whole = size_of::<usize>() + field.len() + value.len();
        let bytes = room.get_mut(..whole).filter(|_| value.len() <= LONGEST)?;
        let (length, rest) = bytes.split_first_chunk_mut()?;
        *length = field.len().to_ne_bytes();
        let (name, rest) = rest.split_at_mut_checked(field.len())?;
        name.copy_from_slice(field.as_bytes());
        rest.copy_from_slice(value);
        // An empty place is 0.
        Some(SipHasher13::new_with_key(key).hash(bytes).max(1))
    }

    pub fn knows(&self, hash: u64) -> bool {
        self.places.get(place(hash)) == Some(&hash)
    }

    pub fn learn(&mut self, hash: u64) {
        if let Some(place) = self.places.get_mut(place(hash)) {
            *place = hash;
        }
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash).unwrap_or_default() % PLACES
}

#[cfg(test)]
mod tests {
    use super::Quiet;

    #[test]
    fn a_value_is_known_by_its_field_too() {
        let key = [7; 16];
        let mut quiet = Quiet::new();
        let hash = Quiet::hash("accept", b"text/html", &key).unwrap();
        quiet.learn(hash);
        assert!(quiet.knows(hash));
        for (field, value) in [("accep", b"ttext/html".as_slice()), ("accept", b"text/htm"), ("x-iban", b"text/html")] {
            assert!(!quiet.knows(Quiet::hash(field, value, &key).unwrap()), "{field}");
        }
        assert_eq!(Quiet::hash("accept", &[b'a'; 257], &key), None);
    }
}
