//! A buffer over a reader, from which lines are taken without being copied.

use std::io::{self, Read};

/// How much is asked for at once.
const CHUNK: usize = 1 << 20;

/// What was read and not yet taken.
#[derive(Debug)]
pub struct Feed<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The number of the line that starts or goes on at `start`, from 1.
    pub line: u64,
    /// Bytes that were taken.
    pub taken: u64,
}

impl<R: Read> Feed<R> {
    pub fn new(input: R) -> Feed<R> {
        Feed { input, buffer: vec![0; CHUNK], start: 0, end: 0, line: 1, taken: 0 }
    }

    /// What is there.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads more behind what is there; `false` at the end of the input.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.start > 0 && (self.start == self.end || self.buffer.len() - self.end < CHUNK / 2) {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes this many bytes away.
    pub fn take(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        let taken = self.buffer.get(self.start..self.start + count).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        self.skip(count);
    }

    /// Takes bytes whose lines nobody counts.
    pub fn skip(&mut self, count: usize) {
        self.start += count;
        self.taken += count as u64;
    }

    /// The length of the next line without its end, and whether it is whole: a line without an end that is longer than
    /// `limit` is not waited for. `None` at the end of the input.
    pub fn line(&mut self, limit: usize) -> io::Result<Option<(usize, bool)>> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            if let Some(at) = rest.get(searched..).and_then(|rest| memchr::memchr(b'\n', rest)) {
                return Ok(Some((searched + at, true)));
            }
            searched = rest.len();
            if searched > limit {
                return Ok(Some((searched, false)));
            }
            if !self.more()? {
                return Ok((searched > 0).then_some((searched, true)));
            }
        }
    }

    /// Takes the rest of the line, of any length.
    pub fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', self.rest()) {
                self.take(at + 1);
                return Ok(());
            }
            self.take(self.rest().len());
            if !self.more()? {
                return Ok(());
            }
        }
    }
}
