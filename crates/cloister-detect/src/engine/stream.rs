//! The stream: what is at hand, what of it is decided, and what waits for more.

use std::sync::Arc;

use super::announce::Words;
use super::found::{Found, Settled};
use super::numbers;
use super::room::Room;
use super::text::{AFTER, BEFORE, Text};
use crate::columns::Columns;
use crate::detection::Detection;
use crate::{contact, credentials, fields};

/// Looks for personal data and credentials in a stream of bytes.
///
/// The same bytes give the same detections, in whatever pieces they come.
pub struct Stream {
    /// What is not decided yet, and a little before it.
    held: Vec<u8>,
    /// Where `held` starts in the stream.
    base: usize,
    /// How much of `held` is decided.
    decided: usize,
    /// So much must be held before another look is worth it.
    enough: usize,
    /// So much that is not decided is waited for.
    patience: usize,
    /// What lies behind this offset is not let go.
    kept: usize,
    finders: Finders,
    settled: Settled,
}

/// What finders remember.
struct Finders {
    /// Only what digits give away is looked for.
    numbers_alone: bool,
    /// What the name of the field announces that all of the stream is the value of.
    field: Option<Box<Words>>,
    credentials: usize,
    fields: fields::Past,
    encoded: usize,
    columns: Columns,
}

impl Finders {
    fn new(field: &str) -> Finders {
        Finders {
            numbers_alone: false,
            field: Some(Words::of_name(field)).filter(Words::say_something).map(Box::new),
            credentials: 0,
            fields: fields::Past::default(),
            encoded: 0,
            columns: Columns::default(),
        }
    }

    /// Decides what is given away in `from..to`, or in less of it: says how far.
    fn run(&mut self, text: &Text<'_>, from: usize, to: usize, room: &mut Room) -> usize {
        room.near.begin(self.field.as_deref());
        if self.numbers_alone {
            numbers::find(text, from, to, room);
            return to;
        }
        let before = (self.credentials, self.fields, self.encoded, self.columns.clone());
        let decided = self.look(text, from, to, room);
        if decided < to {
            // What was found further on is found again later.
            (self.credentials, self.fields, self.encoded, self.columns) = before;
            room.found.clear();
            self.look(text, from, decided, room);
        }
        cells(text, room);
        contact::emails(text, from, decided, &mut room.found);
        numbers::find(text, from, decided, room);
        // Finders that came before may have gone further than one behind them.
        room.found.retain(|found| found.anchor < decided);
        for found in &mut room.found {
            let cell = room.near.cells.around(found.detection.offset);
            found.detection.column = cell.map(|cell| Arc::clone(cell.name));
        }
        decided
    }

    /// The finders that may have to wait: says how far they came.
    fn look(&mut self, text: &Text<'_>, from: usize, to: usize, room: &mut Room) -> usize {
        let Room { found, silent, .. } = room;
        let to = credentials::find(text, from, to, &mut self.credentials, found);
        let to = fields::find(text, from, to, (&mut self.fields, silent), found);
        let to = fields::encoded(text, from, to, &mut self.encoded, found);
        room.near.cells.clear();
        self.columns.find(text, from, to, &mut room.near.cells)
    }
}

/// What the columns of tables tell of their values.
fn cells(text: &Text<'_>, room: &mut Room) {
    for cell in room.near.cells.telling() {
        let start = cell.start.saturating_sub(text.base);
        let value = text.slice(start, cell.end.saturating_sub(text.base));
        let told = cell.telling.and_then(|told| fields::judge_as(told, cell.name, value, cell.start));
        room.found.extend(told.map(|detection| Found { anchor: start, detection }));
    }
}

/// Whether a text is a number or an identifier in hexadecimal, or several with hyphens between them. Heads of messages have
/// many, and nothing but numbers is found in one: no mark, no address, no word of a credential is made of these.
fn is_row(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'-'))
}

/// The furthest that a detection starts before what gave it away.
const LEAD: usize = BEFORE;

impl Default for Stream {
    fn default() -> Stream {
        Stream::new("")
    }
}

impl Stream {
    /// The longest value that is told with its bytes.
    pub const TOLD: usize = 1024;

    /// A stream that is the value of `field`; empty where it has no name.
    pub fn new(field: &str) -> Stream {
        Stream {
            held: Vec::new(),
            base: 0,
            decided: 0,
            enough: 0,
            patience: 0,
            kept: usize::MAX,
            finders: Finders::new(field),
            settled: Settled::default(),
        }
    }

    /// A stream in which only what digits give away is looked for: numbers of persons, accounts, cards and telephones,
    /// dates of birth, addresses of machines. No names of fields and columns, no credentials, no e-mail addresses.
    pub fn of_numbers() -> Stream {
        let mut stream = Stream::default();
        stream.finders.numbers_alone = true;
        stream
    }

    /// The next bytes; says what can no more change.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Detection> {
        let mut done = Vec::new();
        self.tell(bytes, &mut |detection, _| done.push(detection));
        done
    }

    /// The same, each with its bytes; of one that is longer than [`Stream::TOLD`], without.
    pub fn tell(&mut self, bytes: &[u8], told: &mut dyn FnMut(Detection, Option<&[u8]>)) {
        if self.held.len() - self.decided + bytes.len() < self.patience {
            self.held.reserve_exact(bytes.len());
            self.held.extend_from_slice(bytes);
        } else if self.held.is_empty() {
            // The first bytes, or those after all was decided: they need not be copied.
            Room::with(|room| self.look(bytes, false, room, told));
            self.keep(bytes);
        } else if self.held.len() + bytes.len() < self.enough {
            self.held.extend_from_slice(bytes);
        } else {
            Room::with(|room| {
                let mut all = std::mem::take(&mut room.bytes);
                all.clear();
                all.extend_from_slice(&self.held);
                all.extend_from_slice(bytes);
                self.look(&all, false, room, told);
                self.keep(&all);
                room.bytes = all;
            });
        }
    }

    /// Lets go what no finder looks back at, and of which nothing will be told, but for what is to be kept.
    fn keep(&mut self, all: &[u8]) {
        let needed = self.needed();
        let gone = needed.min(self.kept.saturating_sub(self.base));
        let kept = all.get(gone..).unwrap_or_default();
        if self.held.capacity() > kept.len() * 2 {
            self.held = Vec::new();
        }
        self.held.clear();
        self.held.reserve_exact(kept.len());
        self.held.extend_from_slice(kept);
        self.base += gone;
        self.decided -= gone;
        self.enough = kept.len() + all.len().saturating_sub(needed) / 4 + 1;
    }

    /// From where on what was given is still needed.
    fn needed(&self) -> usize {
        let seen = self.decided.saturating_sub(BEFORE);
        let open = self.settled().saturating_sub(self.base);
        seen.min(open.max(seen.saturating_sub(Stream::TOLD)))
    }

    /// Lets go at once what would be let go with the next bytes.
    pub fn let_go(&mut self) {
        let gone = self.needed().min(self.kept.saturating_sub(self.base)).min(self.held.len());
        if gone > 0 {
            self.held = self.held.get(gone..).unwrap_or_default().to_vec();
            self.base += gone;
            self.decided -= gone;
            self.enough = self.enough.saturating_sub(gone);
        }
    }

    /// From now on, so many bytes are gathered before they are looked at: what is found in them is told later, for less.
    pub fn gather(&mut self, bytes: usize) {
        self.patience = bytes;
    }

    /// From now on, what lies behind this offset is kept: until the next one is said, its bytes are at hand.
    pub fn keep_from(&mut self, offset: usize) {
        self.kept = offset;
    }

    /// The bytes at hand, and where they start.
    pub fn bytes(&self) -> (usize, &[u8]) {
        (self.base, &self.held)
    }

    /// How many bytes are kept, since what follows may matter to them.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// All that starts before this offset was handed out: what stands before it can go on.
    pub fn settled(&self) -> usize {
        self.settled.open((self.base + self.decided).saturating_sub(LEAD))
    }

    /// No more bytes come but these; those at hand stay there.
    pub fn close(&mut self, bytes: &[u8]) -> Vec<Detection> {
        self.held.extend_from_slice(bytes);
        let mut done = Vec::new();
        self.last(&mut |detection, _| done.push(detection));
        done
    }

    /// No more bytes come.
    pub fn finish(mut self) -> Vec<Detection> {
        self.close(&[])
    }

    /// The same, each with its bytes.
    pub fn end(mut self, told: &mut dyn FnMut(Detection, Option<&[u8]>)) {
        self.last(told);
    }

    fn last(&mut self, told: &mut dyn FnMut(Detection, Option<&[u8]>)) {
        let held = std::mem::take(&mut self.held);
        Room::with(|room| self.look(&held, true, room, told));
        self.held = held;
    }

    /// What is recognised in the whole value of a field, by its name too.
    pub fn whole(field: &str, value: &str) -> Vec<Detection> {
        Stream::new(field).all(field, value)
    }

    fn all(mut self, field: &str, value: &str) -> Vec<Detection> {
        self.settled.take(fields::judge(field, value, 0).into_iter(), 0);
        self.finders.numbers_alone |= is_row(value);
        let mut done = Vec::new();
        Room::with(|room| self.look(value.as_bytes(), true, room, &mut |detection, _| done.push(detection)));
        done
    }

    /// The same of what was encoded in a text: nothing is decoded twice.
    pub fn decoded(field: &str, value: &str) -> Vec<Detection> {
        let mut stream = Stream::new(field);
        stream.finders.encoded = usize::MAX;
        stream.finders.fields = fields::Past::of_decoded();
        stream.all(field, value)
    }

    fn look(&mut self, held: &[u8], ended: bool, room: &mut Room, told: &mut dyn FnMut(Detection, Option<&[u8]>)) {
        let text = Text { bytes: held, base: self.base, ended };
        // Within a line, finders look ahead; they do not look beyond its end.
        let ahead = held.len().saturating_sub(AFTER);
        let line = || memchr::memrchr(b'\n', held.get(ahead..)?).map(|end| ahead + end + 1);
        let to = if ended { held.len() } else { line().unwrap_or(ahead) };
        if to > self.decided {
            self.decided = self.finders.run(&text, self.decided, to, room);
        }
        let certain = if ended { usize::MAX } else { (self.base + self.decided).saturating_sub(LEAD) };
        self.settled.take(room.found.drain(..).map(|found| found.detection), certain);
        while let Some(detection) = self.settled.next(certain) {
            let start = detection.offset.checked_sub(self.base);
            let value = start.and_then(|start| held.get(start..start + detection.length));
            told(detection, value);
        }
    }
}
