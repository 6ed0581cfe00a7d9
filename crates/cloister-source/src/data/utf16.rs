//! UTF-16 as UTF-8.

use std::io::{self, Read};

/// A reader of UTF-8 over one of UTF-16. Half a pair, and half a unit at the end, become U+FFFD.
pub struct Utf16<R> {
    inner: R,
    big: bool,
    /// Bytes of a unit that has begun, or of the first unit of a pair.
    begun: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    buffer: Vec<u8>,
}

const PIECE: usize = 64 * 1024;

impl<R: Read> Utf16<R> {
    /// `big` where the first byte of a unit is the greater.
    pub fn new(inner: R, big: bool) -> Utf16<R> {
        Utf16 { inner, big, begun: Vec::new(), ready: Vec::new(), given: 0, buffer: vec![0; PIECE] }
    }

    fn fill(&mut self) -> io::Result<()> {
        let read = self.inner.read(&mut self.buffer)?;
        let mut bytes = std::mem::take(&mut self.begun);
        bytes.extend_from_slice(self.buffer.get(..read).unwrap_or_default());
        let unit = |two: &[u8]| match (two, self.big) {
            ([high, low], true) | ([low, high], false) => u16::from_be_bytes([*high, *low]),
            _ => 0xFFFD,
        };
        let mut whole = bytes.len() / 2 * 2;
        if read == 0 {
            whole = bytes.len();
        } else if let Some(last) = bytes.get(whole.wrapping_sub(2)..whole)
            && (0xD800..0xDC00).contains(&unit(last))
        {
            whole -= 2;
        }
        self.begun = bytes.split_off(whole);
        let units = bytes.chunks(2).map(unit);
        let text: String =
            char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        (self.ready, self.given) = (text.into_bytes(), 0);
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            let before = self.begun.len();
            self.fill()?;
            if self.ready.is_empty() && self.begun.len() == before {
                return Ok(0);
            }
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte after the other.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let (Some((first, rest)), Some(to)) = (self.0.split_first(), buffer.first_mut()) else { return Ok(0) };
            *to = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn letters_come_whole_however_the_bytes_come() {
        let text = "a€😀\u{feff}ü";
        for big in [true, false] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            for bytes in [&bytes[..], &[&bytes[..], &[0x41]].concat()[..]] {
                let (mut fast, mut slow) = (String::new(), String::new());
                Utf16::new(bytes, big).read_to_string(&mut fast).unwrap();
                Utf16::new(Slow(bytes), big).read_to_string(&mut slow).unwrap();
                assert_eq!(fast, slow);
                assert_eq!(fast.trim_end_matches('\u{fffd}'), text);
            }
        }
        let mut half = String::new();
        Utf16::new(&[0x3D, 0xD8, 0x41, 0, 0x3D, 0xD8][..], false).read_to_string(&mut half).unwrap();
        assert_eq!(half, "\u{fffd}A\u{fffd}");
    }
}
