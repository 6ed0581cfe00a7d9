//! One value as it is read: its pieces go through a detector, and only what was recognised stays.

use std::hash::Hasher;

use cloister_detect::{Detection, Stream};
use siphasher::sip::SipHasher13;

/// The key by which values are told apart while they are counted. It is made anew by each process and never written.
pub type Key = [u8; 16];

/// No value that is counted by its own bytes is longer.
const LONGEST: usize = 1024;

/// What was recognised, and the hash of its bytes.
#[derive(Debug)]
pub struct Recognised {
    pub detection: Detection,
    pub hash: Option<u64>,
}

/// A value that comes in pieces.
pub struct Reading {
    stream: Stream,
    /// The last bytes that the stream may still speak of, and where they start.
    tail: Vec<u8>,
    base: usize,
}

impl Reading {
    /// The value of a field of this name; empty where it has none.
    pub fn new(field: &str) -> Reading {
        Reading { stream: Stream::new(field), tail: Vec::new(), base: 0 }
    }

    /// The next piece.
    pub fn push(&mut self, bytes: &[u8], key: &Key, found: &mut Vec<Recognised>) {
        let before = self.tail.len();
        self.tail.extend_from_slice(bytes);
        let detections = self.stream.push(bytes);
        found.extend(detections.into_iter().map(|it| self.hashed(it, key)));
        // What was recognised later starts in what the stream holds, or a little before.
        let kept = (self.stream.held() + LONGEST).min(self.tail.len());
        let gone = self.tail.len() - kept;
        if gone > before.max(LONGEST) {
            self.tail.drain(..gone);
            self.base += gone;
        }
    }

    /// No more comes.
    pub fn finish(mut self, key: &Key, found: &mut Vec<Recognised>) {
        let stream = std::mem::take(&mut self.stream);
        found.extend(stream.finish().into_iter().map(|it| self.hashed(it, key)));
    }

    fn hashed(&self, detection: Detection, key: &Key) -> Recognised {
        let start = detection.offset.checked_sub(self.base);
        let bytes = start.and_then(|start| self.tail.get(start..start + detection.length));
        Recognised { hash: bytes.map(|bytes| hash(bytes, key)), detection }
    }
}

/// What is recognised in a value that came whole.
pub fn whole(field: &str, bytes: &[u8], key: &Key, found: &mut Vec<Recognised>) {
    let text = String::from_utf8_lossy(bytes);
    for detection in Stream::whole(field, &text) {
        let value = text.as_bytes().get(detection.offset..detection.end());
        found.push(Recognised { hash: value.map(|bytes| hash(bytes, key)), detection });
    }
}

/// Separators and case do not make another value.
fn hash(bytes: &[u8], key: &Key) -> u64 {
    let mut hasher = SipHasher13::new_with_key(key);
    bytes.iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'/')).for_each(|byte| {
        hasher.write_u8(byte.to_ascii_lowercase());
    });
    hasher.finish()
}
