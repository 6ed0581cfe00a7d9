//! RESP2 and RESP3 (the Redis serialization protocol specification), item by item.

use crate::input::{Hold, Input, Step};
use crate::seek::{Reach, seek};
use crate::{Limits, Progress};

/// How far the next item is looked for after a gap.
const REACH: Reach = Reach { window: 4096, again: 64, most: 1 << 20 };

/// What a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Map,
    Push,
    Attribute,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A collection begins, with so many items.
    Begin(Kind, Option<u64>),
    /// It ends.
    End,
    /// The next piece of a string; `last`: it is whole.
    Piece(&'a [u8], bool),
    /// A line: its first byte, and what follows.
    Line(u8, &'a [u8]),
    /// Nothing, where something could be.
    Null,
    /// A command as people type it.
    Inline(&'a [u8]),
    /// An item at the top is whole.
    Whole,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Item,
    /// So many bytes of a string; the length is not the last of a chunked one.
    Bytes(u64, bool),
    /// The end of its line.
    End(bool),
    /// The length of the next chunk.
    Chunk,
    Seek(usize),
}

/// Reads one side.
#[derive(Debug, Default)]
pub(super) struct Resp {
    hold: Hold,
    state: State,
    /// How many items are left of each collection that is open; `None` where a mark ends it.
    open: Vec<(Option<u64>, Kind)>,
    inline: bool,
}

impl Resp {
    /// `inline`: commands may be typed.
    pub(super) fn new(inline: bool) -> Resp {
        Resp { inline, ..Resp::default() }
    }

    pub(super) fn push(&mut self, bytes: &[u8], limits: &Limits, out: &mut dyn FnMut(Event<'_>, usize)) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        let progress = hold.feed(bytes, limits.head, |input| self.step(input, limits, out));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, limits: &Limits, out: &mut dyn FnMut(Event<'_>, usize)) -> Step {
        match self.state {
            State::Item => {
                let Some(line) = input.until(b'\n') else { return Step::Wait };
                self.line(line.strip_suffix(b"\r").unwrap_or(line), limits, out)
            }
            State::Bytes(left, chunked) => {
                let bytes = input.some(left);
                let left = left - bytes.len() as u64;
                if bytes.is_empty() && left > 0 {
                    return Step::Wait;
                }
                let whole = left == 0 && !chunked;
                if whole || !bytes.is_empty() {
                    out(Event::Piece(bytes, whole), self.open.len());
                }
                self.state = if left == 0 { State::End(chunked) } else { State::Bytes(left, chunked) };
                Step::Again
            }
            State::End(chunked) => match input.array() {
                Some([b'\r', b'\n']) if chunked => {
                    self.state = State::Chunk;
                    Step::Again
                }
                Some([b'\r', b'\n']) => {
                    self.state = State::Item;
                    self.item(out);
                    Step::Again
                }
                Some(_) => Step::Strange,
                None => Step::Wait,
            },
            State::Chunk => {
                let Some(line) = input.until(b'\n') else { return Step::Wait };
                match line.strip_prefix(b";").and_then(number) {
                    Some(Some(0)) => {
                        out(Event::Piece(b"", true), self.open.len());
                        self.state = State::Item;
                        self.item(out);
                    }
                    Some(Some(length)) => self.state = State::Bytes(length, true),
                    _ => return Step::Strange,
                }
                Step::Again
            }
            State::Seek(seen) => {
                let inline = self.inline;
                let begins = |rest: &[u8]| {
                    let mut starts = memchr::memchr_iter(b'\n', rest).map(|at| at + 1);
                    starts.find(|at| is_start(rest.get(*at..).unwrap_or_default(), inline))
                };
                seek(input, seen, REACH, begins).step(&mut self.state, State::Item, State::Seek)
            }
        }
    }

    fn line(&mut self, line: &[u8], limits: &Limits, out: &mut dyn FnMut(Event<'_>, usize)) -> Step {
        let depth = self.open.len();
        let Some((kind, rest)) = line.split_first() else {
            // An empty line between commands is no command.
            return if self.inline && depth == 0 { Step::Again } else { Step::Strange };
        };
        let collection = match kind {
            b'*' | b'~' => Kind::List,
            b'%' => Kind::Map,
            b'>' => Kind::Push,
            b'|' => Kind::Attribute,
            b'$' | b'=' | b'!' if !self.inline || depth > 0 => return self.string(rest, out),
            b'+' | b'-' | b':' | b',' | b'#' | b'(' if !self.inline => {
                out(Event::Line(*kind, rest), depth);
                self.item(out);
                return Step::Again;
            }
            b'_' if !self.inline => {
                out(Event::Null, depth);
                self.item(out);
                return Step::Again;
            }
            b'.' if matches!(self.open.last(), Some((None, _))) => {
                self.open.pop();
                out(Event::End, self.open.len());
                self.item(out);
                return Step::Again;
            }
            byte if self.inline && depth == 0 && byte.is_ascii_graphic() => {
                out(Event::Inline(line), 0);
                return Step::Again;
            }
            _ => return Step::Strange,
        };
        let count = match number(rest) {
            _ if rest == b"?" => None,
            Some(None) => {
                out(Event::Null, depth);
                self.item(out);
                return Step::Again;
            }
            Some(count) => count,
            None => return Step::Strange,
        };
        if depth >= limits.depth {
            return Step::Strange;
        }
        let pairs = if matches!(collection, Kind::Map | Kind::Attribute) { 2 } else { 1 };
        out(Event::Begin(collection, count), depth);
        self.open.push((count.map(|count| count.saturating_mul(pairs)), collection));
        self.close_full(out);
        Step::Again
    }

    fn string(&mut self, length: &[u8], out: &mut dyn FnMut(Event<'_>, usize)) -> Step {
        match number(length) {
            _ if length == b"?" => self.state = State::Chunk,
            Some(Some(length)) => self.state = State::Bytes(length, false),
            Some(None) => {
                out(Event::Null, self.open.len());
                self.item(out);
            }
            None => return Step::Strange,
        }
        Step::Again
    }

    /// An item is whole.
    fn item(&mut self, out: &mut dyn FnMut(Event<'_>, usize)) {
        match self.open.last_mut() {
            Some((Some(left), _)) => *left = left.saturating_sub(1),
            Some((None, _)) => {}
            None => return out(Event::Whole, 0),
        }
        self.close_full(out);
    }

    fn close_full(&mut self, out: &mut dyn FnMut(Event<'_>, usize)) {
        while let Some((Some(0), kind)) = self.open.last().copied() {
            self.open.pop();
            out(Event::End, self.open.len());
            // What is said about an item is none.
            if kind == Kind::Attribute {
                return;
            }
            match self.open.last_mut() {
                Some((Some(left), _)) => *left = left.saturating_sub(1),
                Some((None, _)) => {}
                None => out(Event::Whole, 0),
            }
        }
    }

    /// So many bytes were missed; whether they lay within one string.
    pub(super) fn lost(&mut self, bytes: u64) -> bool {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        if let State::Bytes(left, chunked) = self.state
            && let Some(left) = left.checked_sub(missing)
        {
            self.state = State::Bytes(left, chunked);
            return true;
        }
        self.open.clear();
        self.state = State::Seek(0);
        false
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held() + self.open.capacity() * 24
    }
}

/// A count; `Some(None)` for the one that means nothing.
fn number(digits: &[u8]) -> Option<Option<u64>> {
    let digits = digits.strip_suffix(b"\r").unwrap_or(digits);
    if digits == b"-1" {
        return Some(None);
    }
    // Longer than 512 MB is no string that Redis takes.
    let text = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse::<u64>().ok().filter(|count| *count <= 1 << 32).map(Some)
}

/// Whether an item of the top begins here: for commands a list of strings, for answers anything whose line is whole.
fn is_start(bytes: &[u8], commands: bool) -> bool {
    let mut input = Input::new(bytes);
    let (Some(kind), Some(line)) = (input.u8(), input.until(b'\n')) else { return false };
    let counted = matches!(number(line), Some(Some(_)));
    match kind {
        b'*' => counted && (input.u8() == Some(b'$') || !commands),
        b'$' | b'%' | b'>' | b'~' => counted && !commands,
        b'+' | b'-' => !commands && line.ends_with(b"\r"),
        _ => false,
    }
}
