//! One value as it is read: its pieces go through a detector, and only what was recognised stays.

use std::hash::Hasher;

use cloister_detect::{Detection, Stream};
use siphasher::sip::SipHasher13;

use crate::quiet::Quiet;

/// The key by which values are told apart while they are counted. It is made anew by each process and never written.
pub type Key = [u8; 16];

/// What was recognised, and the hash of its bytes.
#[derive(Debug)]
pub struct Recognised {
    pub detection: Detection,
    pub hash: Option<u64>,
}

/// What all values are read with, one after the other.
pub struct Desk {
    pub key: Key,
    /// What was recognised in the piece at hand.
    pub seen: Vec<Recognised>,
    /// Where a piece lies behind what waited for it.
    room: Vec<u8>,
    quiet: Quiet,
}

impl Desk {
    pub fn new(key: Key) -> Desk {
        Desk { key, seen: Vec::new(), room: Vec::new(), quiet: Quiet::new() }
    }

    /// The next piece of a value.
    pub fn push(&mut self, stream: &mut Stream, bytes: &[u8]) {
        let Desk { key, seen, room, .. } = self;
        stream.tell(bytes, room, &mut |detection, value| seen.push(recognised(detection, value, key)));
    }

    /// No more of it comes.
    pub fn end(&mut self, stream: Stream) {
        let Desk { key, seen, .. } = self;
        stream.end(&mut |detection, value| seen.push(recognised(detection, value, key)));
    }

    /// A value that came whole.
    pub fn whole(&mut self, field: &str, bytes: &[u8]) {
        let hash = Quiet::hash(field, bytes, &self.key);
        if hash.is_some_and(|hash| self.quiet.knows(hash)) {
            return;
        }
        let (text, before) = (String::from_utf8_lossy(bytes), self.seen.len());
        for detection in Stream::whole(field, &text) {
            let value = text.as_bytes().get(detection.offset..detection.end());
            self.seen.push(recognised(detection, value, &self.key));
        }
        if let (Some(hash), true) = (hash, self.seen.len() == before) {
            self.quiet.learn(hash);
        }
    }
}

fn recognised(detection: Detection, value: Option<&[u8]>, key: &Key) -> Recognised {
    Recognised { hash: value.map(|bytes| hash(bytes, key)), detection }
}

/// Separators and case do not make another value.
fn hash(bytes: &[u8], key: &Key) -> u64 {
    let mut hasher = SipHasher13::new_with_key(key);
    bytes.iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'/')).for_each(|byte| {
        hasher.write_u8(byte.to_ascii_lowercase());
    });
    hasher.finish()
}
