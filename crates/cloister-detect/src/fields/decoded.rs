//! A text that was written in another way, and where each of its bytes stood.

use crate::detection::Detection;
use crate::engine::{Found, Stream};

/// Bytes, and their places in the stream.
#[derive(Default)]
pub struct Decoded {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Decoded {
    /// Adds a byte that is written at `place`.
    pub fn push(&mut self, byte: u8, place: usize) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// What was written ends here.
    pub fn end(&mut self, place: usize) {
        self.places.push(place);
    }

    /// As text; what is no UTF-8 keeps its length.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.bytes.len());
        for chunk in self.bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            chunk.invalid().iter().for_each(|_| text.push('?'));
        }
        text
    }

    fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or(0)
    }

    /// Judges it as the value of `name`, where it has one; what `keeps` lets through was given away by what stands at
    /// `anchor`.
    pub fn judge(&self, name: &str, anchor: usize, keeps: impl Fn(&Detection) -> bool, found: &mut Vec<Found>) {
        for mut detection in Stream::decoded(name, &self.text()) {
            let end = self.place(detection.end());
            detection.offset = self.place(detection.offset);
            detection.length = end.saturating_sub(detection.offset);
            if keeps(&detection) {
                found.push(Found { anchor, detection });
            }
        }
    }
}
