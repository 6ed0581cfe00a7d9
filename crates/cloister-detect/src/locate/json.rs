//! JSON: one value or several, by RFC 8259; what is not JSON is walked as if it were.

use memchr::{memchr2, memrchr};

use super::name::{Name, Names, push};
use super::{Begin, Broken, Place, Walk};

/// Deeper values have the path of the one above.
const DEEPEST: usize = 256;

#[derive(Debug)]
enum Level {
    Object { key: Name, start: u64, expects: bool },
    Array { index: u64 },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    Text,
    Key,
}

/// The way to a place in JSON.
#[derive(Debug, Default)]
pub struct Json {
    levels: Vec<Level>,
    /// How many more are open than are held.
    deeper: usize,
    state: State,
    escaped: bool,
    key: Vec<u8>,
    hides: bool,
    /// Where the outermost value starts.
    start: u64,
    /// The line of the first mistake.
    mistake: Option<u64>,
}

impl Json {
    /// Within a text or a name: to its end.
    fn text(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        if std::mem::take(&mut self.escaped) {
            at = 1;
            self.keep(bytes.get(..1).unwrap_or_default());
        }
        while let Some(found) = memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
            self.keep(bytes.get(at..found).unwrap_or_default());
            if bytes.get(found) == Some(&b'"') {
                self.close();
                return found + 1;
            }
            // An escape is two bytes; of names it is kept as it is written.
            self.keep(bytes.get(found..bytes.len().min(found + 2)).unwrap_or_default());
            if found + 1 == bytes.len() {
                self.escaped = true;
                return bytes.len();
            }
            at = found + 2;
        }
        self.keep(bytes.get(at..).unwrap_or_default());
        bytes.len()
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.state == State::Key {
            push(&mut self.key, bytes);
        }
    }

    fn close(&mut self) {
        if self.state == State::Key
            && let Some(Level::Object { key, expects, .. }) = self.levels.last_mut()
        {
            key.set(&self.key, self.hides);
            *expects = false;
        }
        self.state = State::Between;
    }

    /// Between texts: to the next one.
    fn between(&mut self, bytes: &[u8], begin: Begin, from: usize) -> usize {
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match byte {
                b'"' => {
                    self.open();
                    return at + 1;
                }
                b'{' | b'[' => self.push(*byte, begin.position + at as u64),
                b'}' | b']' if !self.pop(*byte) => {
                    self.mistake.get_or_insert_with(|| begin.line_of(bytes, at));
                }
                b',' => self.next(),
                _ => {}
            }
        }
        bytes.len()
    }

    fn open(&mut self) {
        let expects = matches!(self.levels.last(), Some(Level::Object { expects: true, .. }));
        self.state = if expects && self.deeper == 0 { State::Key } else { State::Text };
        self.hides = false;
        self.key.clear();
    }

    fn push(&mut self, byte: u8, start: u64) {
        if self.levels.is_empty() {
            self.start = start;
        }
        if self.levels.len() == DEEPEST {
            self.deeper += 1;
        } else if byte == b'{' {
            self.levels.push(Level::Object { key: Name::default(), start, expects: true });
        } else {
            self.levels.push(Level::Array { index: 0 });
        }
    }

    /// Says whether it closes what is open.
    fn pop(&mut self, byte: u8) -> bool {
        if self.deeper > 0 {
            self.deeper -= 1;
            return true;
        }
        let closed = self.levels.pop();
        matches!((closed, byte), (Some(Level::Object { .. }), b'}') | (Some(Level::Array { .. }), b']'))
    }

    fn next(&mut self) {
        match self.levels.last_mut().filter(|_| self.deeper == 0) {
            Some(Level::Object { expects, .. }) => *expects = true,
            Some(Level::Array { index }) => *index += 1,
            None => {}
        }
    }

    /// The outermost object of an array, else the outermost value.
    fn record(&self) -> u64 {
        let pairs = self.levels.iter().zip(self.levels.iter().skip(1));
        let element = |(outer, inner): (&Level, &Level)| match (outer, inner) {
            (Level::Array { .. }, Level::Object { start, .. }) => Some(*start),
            _ => None,
        };
        pairs.into_iter().find_map(element).unwrap_or(self.start)
    }

    fn is_open(&self) -> bool {
        !self.levels.is_empty() || self.state != State::Between
    }
}

/// A part of a JSON pointer (RFC 6901).
pub fn pointer(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

impl Walk for Json {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let mut at = 0;
        while at < bytes.len() {
            at = match self.state {
                State::Between => self.between(bytes, begin, at),
                State::Text | State::Key => at + self.text(bytes.get(at..).unwrap_or_default()),
            };
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let mut place = Place { record: Some(self.record()), ..Place::default() };
        let in_key = self.state == State::Key;
        let last = self.levels.len();
        for (depth, level) in self.levels.iter().enumerate() {
            match level {
                Level::Object { .. } if in_key && depth + 1 == last => {
                    place.path += "/•••";
                    place.shape += "/•••";
                }
                Level::Object { key, .. } => {
                    let part = format!("/{}", pointer(names.shown(key)));
                    place.path += &part;
                    place.shape += &part;
                    place.field = names.field(key);
                }
                Level::Array { index } => {
                    place.path += &format!("/{index}");
                    place.shape += "/*";
                }
            }
        }
        place
    }

    fn hide(&mut self) {
        self.hides |= self.state == State::Key;
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        if let Some(line) = self.mistake {
            let cause = "this bracket closes what was not opened".to_owned();
            return Some(Broken { line, cause, help: "paths behind it may be wrong; the text was read to its end" });
        }
        let cause = "the JSON is cut short: it ends within a value".to_owned();
        self.is_open().then_some(Broken { line, cause, help: "get the whole file; what is there was read" })
    }
}

/// A value a line: only lines with detections are walked.
#[derive(Debug, Default)]
pub struct JsonLines {
    line: Json,
    start: u64,
}

impl Walk for JsonLines {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let first = memrchr(b'\n', bytes).map_or(0, |end| end + 1);
        let begin = Begin { position: begin.position + first as u64, ..begin };
        if first > 0 {
            self.line = Json::default();
            self.start = begin.position;
        }
        self.line.advance(bytes.get(first..).unwrap_or_default(), begin);
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let place = self.line.place(names);
        Place { record: if self.line.levels.is_empty() { Some(self.start) } else { place.record }, ..place }
    }

    fn hide(&mut self) {
        self.line.hide();
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        self.line.mistake = None;
        self.line.broken(line)
    }
}

/// Rows as values a line: a place is told as its column.
#[derive(Debug, Default)]
pub struct Rows(JsonLines);

impl Walk for Rows {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        self.0.advance(bytes, begin);
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let place = self.0.place(names);
        // A row has its columns, and a list within one its index.
        let column = place.shape.trim_start_matches('/').trim_end_matches("/*").to_owned();
        Place { path: column.clone(), shape: column, ..place }
    }

    fn hide(&mut self) {
        self.0.hide();
    }
}
