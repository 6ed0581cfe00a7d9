//! Reads what the program hands over.

use std::io::{self, Read};

use thiserror::Error;

use crate::format::{BEGINNING, END, HEAD, LONGEST, MAGIC, OTHER, Reason, STATISTICS, Statistics, VERSION};

/// What is asked for at once.
const BUFFER: usize = 1 << 20;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// A frame.
    Frame {
        /// When it was seen, in microseconds since 1970.
        time: u64,
        /// As much of it as was captured.
        bytes: &'a [u8],
        /// How long it was on the wire.
        length: u32,
    },
    /// What was counted up to now.
    Statistics(Statistics),
    /// Nothing more comes.
    End {
        /// Why.
        reason: Reason,
        /// What there is to say about it; empty where there is nothing.
        text: &'a str,
    },
}

/// What is handed over cannot be read.
#[derive(Debug, Error)]
pub enum Fault {
    /// The program cannot be run.
    #[error("failed to start {program}, which belongs beside this program")]
    NotStarted {
        /// Which.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Reading failed.
    #[error("failed to read from the capture: {0}")]
    Read(#[from] io::Error),
    /// It ends within a record, or without saying why.
    #[error("the capture ended without a word: its process was killed, or has crashed")]
    CutShort,
    /// It is not what the program writes.
    #[error("what the capture hands over is not of version {VERSION}: both programs must be of one build")]
    Strange,
}

/// Reads records.
pub struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// What of the buffer is to be read yet.
    from: usize,
    to: usize,
    link: u32,
}

impl<R: Read> Reader<R> {
    /// Reads the beginning.
    ///
    /// # Errors
    /// It cannot be read, or is another format.
    pub fn new(input: R) -> Result<Reader<R>, Fault> {
        let mut reader = Reader { input, buffer: vec![0; BUFFER], from: 0, to: 0, link: 0 };
        if !reader.fill(BEGINNING)? {
            return Err(Fault::CutShort);
        }
        let beginning = reader.take(BEGINNING);
        let (magic, rest) = beginning.split_at_checked(MAGIC.len()).ok_or(Fault::Strange)?;
        let [version, link] = [0, 4].map(|at| number(rest, at));
        if magic != MAGIC || version != VERSION {
            return Err(Fault::Strange);
        }
        reader.link = link;
        Ok(reader)
    }

    /// How frames begin, by its number (<https://www.tcpdump.org/linktypes.html>).
    pub fn link(&self) -> u32 {
        self.link
    }

    /// The next record; after [`Record::End`] there is none.
    ///
    /// # Errors
    /// It cannot be read, or makes no sense.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, Fault> {
        if !self.fill(HEAD)? {
            return Ok(None);
        }
        let head = self.take(HEAD);
        let time = u64::from(number(head, 0)) | (u64::from(number(head, 4)) << 32);
        let (captured, length) = (number(head, 8), number(head, 12));
        let follows = if captured == OTHER { length } else { captured } as usize;
        if follows > LONGEST {
            return Err(Fault::Strange);
        }
        if !self.fill(follows)? && follows > 0 {
            return Err(Fault::CutShort);
        }
        let bytes = self.take(follows);
        match (captured, time) {
            (OTHER, STATISTICS) => Ok(Some(Record::Statistics(statistics(bytes)))),
            (OTHER, END) => {
                let reason = Reason::of_number(number(bytes, 0)).ok_or(Fault::Strange)?;
                let text = std::str::from_utf8(bytes.get(4..).unwrap_or_default()).unwrap_or_default();
                Ok(Some(Record::End { reason, text }))
            }
            (OTHER, _) => Err(Fault::Strange),
            _ => Ok(Some(Record::Frame { time, bytes, length })),
        }
    }

    /// Reads until so many bytes are there. `false`: it ended before the first one.
    fn fill(&mut self, wanted: usize) -> Result<bool, Fault> {
        while self.to - self.from < wanted {
            if self.from + wanted > self.buffer.len() {
                self.buffer.copy_within(self.from..self.to, 0);
                (self.from, self.to) = (0, self.to - self.from);
                self.buffer.resize(self.buffer.len().max(wanted), 0);
            }
            let free = self.buffer.get_mut(self.to..).unwrap_or_default();
            match self.input.read(free) {
                Ok(0) if self.from == self.to => return Ok(false),
                Ok(0) => return Err(Fault::CutShort),
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::Read(error)),
            }
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let from = self.from;
        self.from += length;
        self.buffer.get(from..self.from).unwrap_or_default()
    }
}

fn statistics(bytes: &[u8]) -> Statistics {
    let [received, dropped, dropped_by_interface] =
        [0, 8, 16].map(|at| u64::from(number(bytes, at)) | (u64::from(number(bytes, at + 4)) << 32));
    Statistics { received, dropped, dropped_by_interface }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Fault, Reader, Record};
    use crate::format::{Reason, Statistics, beginning, put_end, put_frame, put_statistics};

    /// Gives at most so many bytes at once.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(into.len());
            self.0.read(&mut into[..length])
        }
    }

    fn written() -> Vec<u8> {
        let mut out = beginning(1);
        put_frame(&mut out, 1 << 40, 9, b"a frame");
        put_statistics(&mut out, Statistics { received: 1, dropped: 1 << 33, dropped_by_interface: 3 });
        put_frame(&mut out, 7, 0, b"");
        put_end(&mut out, Reason::Broken, "no more");
        out
    }

    #[test]
    fn what_was_written_is_read_in_any_pieces() {
        let written = written();
        for size in [1, 3, 16, 1_000] {
            let mut reader = Reader::new(Slow(&written, size)).unwrap();
            assert_eq!(reader.link(), 1);
            assert_eq!(reader.read().unwrap(), Some(Record::Frame { time: 1 << 40, bytes: b"a frame", length: 9 }));
            let counted = Statistics { received: 1, dropped: 1 << 33, dropped_by_interface: 3 };
            assert_eq!(reader.read().unwrap(), Some(Record::Statistics(counted)));
            assert_eq!(reader.read().unwrap(), Some(Record::Frame { time: 7, bytes: b"", length: 0 }));
            assert_eq!(reader.read().unwrap(), Some(Record::End { reason: Reason::Broken, text: "no more" }));
            assert_eq!(reader.read().unwrap(), None);
        }
    }

    #[test]
    fn every_cut_is_told_and_lies_are_not_believed() {
        let written = written();
        for length in 0..written.len() {
            let Ok(mut reader) = Reader::new(&written[..length]) else { continue };
            while let Ok(Some(_)) = reader.read() {}
        }
        assert!(matches!(Reader::new(&b"something that is else"[..]), Err(Fault::Strange)));
        let mut lying = beginning(1);
        lying.extend([0xff; 16]);
        lying[24..28].fill(0x7f);
        assert!(matches!(Reader::new(&lying[..]).unwrap().read(), Err(Fault::Strange)));
    }

    #[test]
    fn more_than_a_buffer_goes_through() {
        let mut out = beginning(1);
        for number in 0..5_000_u64 {
            put_frame(&mut out, number, 1_500, &[7; 1_500]);
        }
        let mut reader = Reader::new(Slow(&out, 70_001)).unwrap();
        for number in 0..5_000 {
            let frame = Record::Frame { time: number, bytes: &[7; 1_500], length: 1_500 };
            assert_eq!(reader.read().unwrap(), Some(frame));
        }
    }
}
