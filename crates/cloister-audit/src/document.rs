//! JSON that is not one event a line: lists of events, events over several lines, and what broke off.
//!
//! Only its structure is followed, so that a list of any length costs no more memory than its longest event.

use std::io::{self, Read};

use crate::feed::Feed;

/// The longest event, in bytes. Bodies of requests are at most a few megabytes.
pub const LONGEST: usize = 32 << 20;

/// Brackets in brackets; the parser of events takes no more either.
const DEEPEST: usize = 128;

/// How a document ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// With its last bracket.
    Whole,
    /// In the middle: the input ends, or goes on with what cannot belong to it.
    Broken {
        why: &'static str,
        /// The rest of the line is left, and means nothing without what was before it.
        in_line: bool,
    },
}

/// Where a scan stands.
#[derive(Debug, Default)]
struct Scan {
    /// Open brackets.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
    /// The last sign that is neither space nor part of a string or word; `"` for a string.
    last: u8,
    /// The string that began last at the first level, as far as it tells whether it is `items`.
    key: Vec<u8>,
    /// What belongs to the event that is being read; the first level's own until it turns out to be a list.
    event: Vec<u8>,
    /// The depth at which events begin: 0 for one by itself, more in a list.
    level: usize,
    /// The first sign of a line comes next.
    fresh: bool,
}

/// Takes one document off the feed and hands out each event in it with its first line.
pub fn read<R: Read>(feed: &mut Feed<R>, mut each: impl FnMut(u64, &[u8])) -> io::Result<End> {
    let mut scan = Scan::default();
    let mut line = feed.line;
    loop {
        if feed.rest().is_empty() && !feed.more()? {
            return Ok(End::Broken { why: "the input ends in the middle of it", in_line: false });
        }
        let mut taken = 0;
        let mut ended = None;
        let mut here = feed.line;
        let rest = feed.rest();
        while let Some(&byte) = rest.get(taken) {
            if scan.in_string {
                let skipped = scan.skip(rest.get(taken..).unwrap_or_default());
                if skipped > 0 {
                    taken += skipped;
                    continue;
                }
            }
            match scan.step(byte) {
                Step::On => {}
                Step::Starts => line = here,
                Step::Event => {
                    each(line, &scan.event);
                    scan.event.clear();
                }
                Step::Broken { again, why } => {
                    taken += usize::from(!again);
                    ended = Some(End::Broken { why, in_line: !again && byte != b'\n' });
                    break;
                }
            }
            here += u64::from(byte == b'\n');
            taken += 1;
            if scan.open.is_empty() && scan.last != 0 {
                ended = Some(End::Whole);
                break;
            }
        }
        feed.take(taken);
        if let Some(end) = ended {
            return Ok(end);
        }
    }
}

enum Step {
    On,
    /// An event begins.
    Starts,
    /// An event has ended.
    Event,
    /// This cannot belong here. `again`: it is the start of a line, and may be the start of something else.
    Broken {
        again: bool,
        why: &'static str,
    },
}

impl Scan {
    /// Passes over what is nothing but text of a string.
    fn skip(&mut self, rest: &[u8]) -> usize {
        if self.escaped {
            return 0;
        }
        let plain = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
        let text = rest.get(..plain).unwrap_or_default();
        self.keep(text);
        if self.open.len() == 1 && self.key.len() < 8 {
            self.key.extend(text.iter().take(8));
        }
        plain
    }

    /// Whether an event is being read.
    fn in_event(&self) -> bool {
        self.open.len() > self.level
    }

    fn keep(&mut self, text: &[u8]) {
        if self.in_event() && self.event.len() <= LONGEST {
            self.event.extend_from_slice(text);
        }
    }

    fn step(&mut self, byte: u8) -> Step {
        let fresh = std::mem::replace(&mut self.fresh, byte == b'\n');
        if self.in_string {
            return self.in_text(byte);
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                self.keep(&[byte]);
                Step::On
            }
            b'{' | b'[' => self.opens(byte, fresh),
            b'}' | b']' => self.closes(byte),
            b'"' => {
                self.in_string = true;
                self.last = b'"';
                if self.open.len() == 1 {
                    self.key.clear();
                }
                self.keep(&[byte]);
                Step::On
            }
            _ => {
                self.last = byte;
                self.keep(&[byte]);
                Step::On
            }
        }
    }

    fn in_text(&mut self, byte: u8) -> Step {
        match byte {
            b'\n' => return Step::Broken { again: false, why: "it breaks off inside a string" },
            b'\\' => self.escaped = !self.escaped,
            b'"' if !self.escaped => self.in_string = false,
            _ => {}
        }
        if byte != b'\\' {
            self.escaped = false;
        }
        self.keep(&[byte]);
        Step::On
    }

    fn opens(&mut self, byte: u8, fresh: bool) -> Step {
        let in_list = self.open.last() == Some(&b'[');
        let is_value = matches!(self.last, 0 | b':' | b'[') || (self.last == b',' && in_list);
        let is_event = byte == b'{' && self.open.len() == self.level;
        if !is_value || (fresh && byte == b'{' && !is_event) {
            return Step::Broken { again: fresh, why: "it breaks off, and something else follows" };
        }
        if byte == b'[' && self.is_items() {
            self.event.clear();
            self.open.push(byte);
            self.level = self.open.len();
            self.last = byte;
            return Step::On;
        }
        if self.open.len() == DEEPEST {
            return Step::Broken { again: false, why: "it is nested too deeply" };
        }
        if is_event {
            // What a list holds beside events was kept like them.
            self.event.clear();
        }
        self.open.push(byte);
        self.last = byte;
        self.keep(&[byte]);
        if is_event { Step::Starts } else { Step::On }
    }

    /// Whether the bracket that comes holds events: the document itself, or its field `items`.
    fn is_items(&self) -> bool {
        match self.open.as_slice() {
            [] => true,
            [b'{'] => self.level == 0 && self.last == b':' && self.key == b"items",
            _ => false,
        }
    }

    fn closes(&mut self, byte: u8) -> Step {
        let opened = if byte == b'}' { b'{' } else { b'[' };
        if self.open.last() != Some(&opened) {
            return Step::Broken { again: false, why: "its brackets do not match" };
        }
        self.keep(&[byte]);
        self.open.pop();
        self.last = byte;
        let is_event = byte == b'}' && self.open.len() == self.level && !self.event.is_empty();
        if self.level > 0 && self.open.len() < self.level {
            // The list is over. What stands behind it belongs to no event.
            self.level = usize::MAX;
        }
        if is_event { Step::Event } else { Step::On }
    }
}
