//! Mail (RFC 5322) and mailboxes, read as they were before they were coded for transfer (MIME, RFC 2045 and 2047): parts
//! in base64 and quoted-printable, words of heads, and the letters of their charsets. Places are those of the file.

mod charset;
mod coding;
mod map;

use coding::{Coding, Head};
pub use map::Map;

/// A longer line is read in pieces.
const LONGEST: usize = 64 * 1024;
/// Parts within parts that are open at once.
const DEEPEST: usize = 32;
/// A longer field of a head says nothing of its part.
const FIELD: usize = 8 * 1024;

/// Reads a mail as a stream.
pub struct Mail {
    /// The line that has begun, and where it does.
    line: Vec<u8>,
    start: usize,
    /// Its number, from 1.
    number: u64,
    /// The line before was empty.
    blank: bool,
    mailbox: bool,
    boundaries: Vec<Vec<u8>>,
    in_head: bool,
    /// A field of the head, which the next line may go on.
    field: Vec<u8>,
    head: Head,
    coding: Coding,
    out: Out,
}

/// What was decoded, and where it stands.
#[derive(Default)]
pub struct Out {
    bytes: Vec<u8>,
    map: Map,
}

impl Out {
    /// Bytes that stand so in the file.
    fn same(&mut self, bytes: &[u8], place: usize, line: u64) {
        self.map.same(bytes.len(), place, line);
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes that `written` bytes of the file stand for.
    fn one(&mut self, bytes: &[u8], place: usize, written: usize, line: u64) {
        self.map.one(bytes.len(), place, written, line);
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes of a line of base64 that starts at `place`, after `before` others of it.
    fn base64(&mut self, bytes: &[u8], place: usize, before: usize, line: u64) {
        self.map.base64(bytes.len(), place, before, line);
        self.bytes.extend_from_slice(bytes);
    }
}

impl Default for Mail {
    fn default() -> Mail {
        Mail {
            line: Vec::new(),
            start: 0,
            number: 1,
            blank: false,
            mailbox: false,
            boundaries: Vec::new(),
            in_head: true,
            field: Vec::new(),
            head: Head::default(),
            coding: Coding::default(),
            out: Out::default(),
        }
    }
}

impl Mail {
    /// The next bytes; gives what they say.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() > LONGEST {
                self.end_line();
            }
        }
        std::mem::take(&mut self.out.bytes)
    }

    /// No more come.
    pub fn finish(&mut self) -> Vec<u8> {
        if !self.line.is_empty() {
            self.end_line();
        }
        std::mem::take(&mut self.out.bytes)
    }

    /// Where what was decoded stands.
    pub fn map(&mut self) -> &mut Map {
        &mut self.out.map
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.read(&line);
        self.start += line.len();
        self.number += u64::from(line.ends_with(b"\n"));
        self.line = line;
        self.line.clear();
    }

    fn read(&mut self, line: &[u8]) {
        let text = line.trim_ascii_end();
        let blank = std::mem::replace(&mut self.blank, text.is_empty());
        self.mailbox |= self.start == 0 && line.starts_with(b"From ");
        if self.mailbox && (blank || self.start == 0) && line.starts_with(b"From ") {
            self.boundaries.clear();
            self.begin();
            return self.out.same(line, self.start, self.number);
        }
        if text.starts_with(b"--") && self.delimits(text) {
            return self.out.same(line, self.start, self.number);
        }
        if self.in_head {
            return self.read_head(line, text);
        }
        if self.head.is_text() {
            self.coding.line(line, self.head.charset, (self.start, self.number), &mut self.out);
        }
    }

    fn begin(&mut self) {
        (self.in_head, self.head, self.coding) = (true, Head::default(), Coding::default());
        self.field.clear();
    }

    /// Whether a line begins or ends parts.
    fn delimits(&mut self, line: &[u8]) -> bool {
        let level = |(level, boundary): (usize, &Vec<u8>)| match line.get(2..)?.strip_prefix(boundary.as_slice())? {
            b"" => Some((level, false)),
            b"--" => Some((level, true)),
            _ => None,
        };
        let Some((level, closes)) = self.boundaries.iter().enumerate().rev().find_map(level) else { return false };
        self.boundaries.truncate(level + usize::from(!closes));
        self.begin();
        self.in_head = !closes;
        true
    }

    fn read_head(&mut self, line: &[u8], text: &[u8]) {
        if line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) && !text.is_empty() {
            let room = FIELD.saturating_sub(self.field.len());
            self.field.extend_from_slice(text.get(..room).unwrap_or(text));
        } else {
            self.head.field(&std::mem::take(&mut self.field));
            self.field.extend_from_slice(text.get(..FIELD).unwrap_or(text));
        }
        coding::words(line, (self.start, self.number), &mut self.out);
        if text.is_empty() {
            self.end_head();
        }
    }

    fn end_head(&mut self) {
        (self.in_head, self.coding) = (false, self.head.coding());
        if let Some(boundary) = self.head.boundary.take().filter(|_| self.boundaries.len() < DEEPEST) {
            self.boundaries.push(boundary);
        } else if self.head.is_message() {
            self.begin();
        }
    }
}

/// Whether a text is mail, by its first lines: the lines that all mail has.
pub fn begins(head: &[u8]) -> bool {
    const FIRST: [&str; 12] = [
        "From ",
        "Return-Path:",
        "Received:",
        "Delivered-To:",
        "MIME-Version:",
        "Message-ID:",
        "From:",
        "To:",
        "Date:",
        "Subject:",
        "X-",
        "DKIM-Signature:",
    ];
    let starts = |line: &[u8], field: &str| {
        line.get(..field.len()).is_some_and(|own| own.eq_ignore_ascii_case(field.as_bytes()))
    };
    let lines = || head.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let has = |fields: &[&str]| lines().any(|line| fields.iter().any(|field| starts(line, field)));
    FIRST.iter().any(|field| starts(head, field))
        && has(&["From:"])
        && has(&["Date:", "Received:", "Message-ID:"])
        && has(&["To:", "Subject:", "MIME-Version:", "Received:"])
}

#[cfg(test)]
mod tests;
