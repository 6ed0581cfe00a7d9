//! Where values are read, one after the other.

use cloister_dlp::{At, Key, Lens, Reading, Recognised, whole};

use crate::quiet::Quiet;

/// So much of a value is looked at together, where there is room: most come in a few segments, and a look at each of them
/// goes through all that looks.
const GATHERED: usize = 4 << 10;

/// What all values are read with.
pub struct Desk {
    pub key: Key,
    /// What policies say of recognition.
    pub lens: Lens,
    /// What was recognised in the piece at hand.
    pub seen: Vec<Recognised>,
    /// Much waits in all: each value that is open holds as little as it can.
    pub crowded: bool,
    /// Little waits in all: values may be gathered.
    pub roomy: bool,
    quiet: Quiet,
}

impl Desk {
    pub fn new(key: Key, lens: &Lens) -> Desk {
        Desk { key, lens: lens.clone(), seen: Vec::new(), crowded: false, roomy: true, quiet: Quiet::new() }
    }

    /// From now on, policies say this: where it is something else, what said nothing before may say something now.
    pub fn look_through(&mut self, lens: &Lens) {
        if !self.lens.agrees(lens) {
            self.quiet = Quiet::new();
        }
        self.lens = lens.clone();
    }

    /// The next piece of a value.
    pub fn push(&mut self, reading: &mut Reading, bytes: &[u8]) {
        reading.gather(if self.roomy { GATHERED } else { 0 });
        reading.push(bytes, &self.key, &mut self.seen);
        if self.crowded {
            reading.let_go();
        }
    }

    /// No more of it comes but these.
    pub fn end(&mut self, reading: Reading, bytes: &[u8]) {
        reading.finish(bytes, &self.key, &mut self.seen);
    }

    /// A value that came whole.
    pub fn whole(&mut self, at: &At<'_>, bytes: &[u8]) {
        let hash = Quiet::hash(at.field, bytes, &self.key);
        if hash.is_some_and(|hash| self.quiet.knows(hash)) {
            return;
        }
        let before = self.seen.len();
        whole(&self.lens, at, bytes, &self.key, &mut self.seen);
        if let (Some(hash), true) = (hash, self.seen.len() == before) {
            self.quiet.learn(hash);
        }
    }
}
