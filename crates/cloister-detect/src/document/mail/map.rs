//! Where decoded bytes stand in a file.

use std::collections::VecDeque;

/// Decoded bytes in a row that are written in one way.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Where they start among those that were decoded, and where they stand in the file.
    at: usize,
    place: usize,
    line: u64,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    /// As they are.
    Same,
    /// All by these many bytes.
    One(usize),
    /// Three by four, behind so many others of the line.
    Base64(usize),
}

/// From decoded bytes to the file.
#[derive(Debug, Default)]
pub struct Map {
    stretches: VecDeque<Stretch>,
    /// How many bytes were decoded.
    end: usize,
}

impl Map {
    pub fn same(&mut self, length: usize, place: usize, line: u64) {
        self.add(length, place, line, How::Same);
    }

    pub fn one(&mut self, length: usize, place: usize, written: usize, line: u64) {
        self.add(length, place, line, How::One(written));
    }

    pub fn base64(&mut self, length: usize, place: usize, before: usize, line: u64) {
        self.add(length, place, line, How::Base64(before));
    }

    fn add(&mut self, length: usize, place: usize, line: u64, how: How) {
        if length > 0 {
            self.stretches.push_back(Stretch { at: self.end, place, line, how });
            self.end += length;
        }
    }

    fn around(&self, at: usize) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.at <= at);
        self.stretches.get(after.checked_sub(1)?)
    }

    /// Where the decoded byte at `at` stands.
    pub fn place(&self, at: usize) -> usize {
        self.around(at).map_or(at, |stretch| {
            let within = at - stretch.at;
            match stretch.how {
                How::Same => stretch.place + within,
                How::One(_) => stretch.place,
                How::Base64(before) => stretch.place + (before + within) / 3 * 4 + (before + within) % 3,
            }
        })
    }

    /// Where what ends at `end` among the decoded bytes ends in the file.
    pub fn end(&self, end: usize) -> usize {
        let Some(last) = end.checked_sub(1) else { return 0 };
        match self.around(last) {
            Some(Stretch { place, how: How::One(written), .. }) => place + written,
            // A byte is written by parts of two letters.
            Some(Stretch { how: How::Base64(_), .. }) => self.place(last) + 2,
            _ => self.place(last) + 1,
        }
    }

    /// The line on which the decoded byte at `at` stands.
    pub fn line(&self, at: usize) -> u64 {
        self.around(at).map_or(1, |stretch| stretch.line)
    }

    /// What stands before `to` is not asked for again.
    pub fn forget(&mut self, to: usize) {
        while self.stretches.get(1).is_some_and(|next| next.at <= to) {
            self.stretches.pop_front();
        }
    }
}
