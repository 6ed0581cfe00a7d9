//! XML 1.0: elements and attributes; what is not well-formed is walked as if it were.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use memchr::memchr;

use super::name::{Name, Names, push};
use super::{Begin, Broken, Place, Walk};

const DEEPEST: usize = 128;
/// Names of siblings that are counted.
const COUNTED: usize = 64;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind `<`.
    Open,
    Name,
    /// In a tag, between attributes.
    Tag,
    Attribute,
    /// In the value of an attribute, up to this quote.
    Value(u8),
    /// `</name`.
    Close,
    /// `<!`: what follows is not known yet.
    Bang,
    /// Up to these three bytes, or the last of them where the first two are 0.
    Until([u8; 3]),
}

/// An element that is open. Its place is used again, so that a tag makes nothing that must be freed.
#[derive(Debug, Default)]
struct Element {
    /// Where its name ends among those of all that are open.
    end: usize,
    index: u64,
    start: u64,
    /// Names of its children, hashed, and how many of each there were.
    children: Vec<(u64, u64)>,
}

/// The way to a place in XML.
#[derive(Debug, Default)]
pub struct Xml {
    /// As many as ever were open at once; the first `depth` are.
    elements: Vec<Element>,
    depth: usize,
    names: Vec<u8>,
    deeper: usize,
    state: State,
    name: Vec<u8>,
    attribute: Vec<u8>,
    /// The tag ends itself: `/>`.
    empty: bool,
    last: [u8; 2],
    start: u64,
    mistake: Option<u64>,
}

impl Xml {
    fn opened(&mut self, byte: u8, position: u64) {
        self.name.clear();
        self.empty = false;
        self.state = match byte {
            b'/' => State::Close,
            b'!' => State::Bang,
            b'?' => State::Until([0, 0, b'>']),
            _ if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                self.start = position - 1;
                push(&mut self.name, &[byte]);
                State::Name
            }
            _ => State::Text,
        };
    }

    fn bang(&mut self, byte: u8) {
        push(&mut self.name, &[byte]);
        let known: [(&[u8], State); 2] = [(b"--", State::Until(*b"-->")), (b"[CDATA[", State::Until(*b"]]>"))];
        if let Some((start, state)) = known.iter().find(|(start, _)| *start == self.name.as_slice()) {
            self.state = *state;
            self.last = start.last_chunk::<2>().copied().unwrap_or_default();
        } else if !known.iter().any(|(start, _)| start.starts_with(&self.name)) {
            self.state = State::Until([0, 0, b'>']);
        }
    }

    fn tag(&mut self, byte: u8) {
        match byte {
            b'>' => {
                self.state = State::Text;
                if std::mem::take(&mut self.empty) {
                    self.pop();
                }
            }
            b'/' => self.empty = true,
            _ if byte.is_ascii_whitespace() => {}
            _ => {
                self.empty = false;
                self.attribute.clear();
                push(&mut self.attribute, &[byte]);
                self.state = State::Attribute;
            }
        }
    }

    fn attribute(&mut self, byte: u8) {
        match byte {
            b'"' | b'\'' => self.state = State::Value(byte),
            b'>' => self.tag(byte),
            b'=' => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => push(&mut self.attribute, &[byte]),
        }
    }

    /// Goes on to the end of a name, a text, a value or a comment: says how far, and whether it ends there.
    fn pass(&mut self, rest: &[u8]) -> (usize, bool) {
        let end = match self.state {
            State::Text => memchr(b'<', rest),
            State::Value(quote) => memchr(quote, rest),
            State::Name => rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')),
            State::Close => memchr(b'>', rest),
            State::Until([.., last]) => memchr(last, rest),
            State::Open | State::Tag | State::Attribute | State::Bang => Some(0),
        };
        (end.unwrap_or(rest.len()), end.is_some())
    }

    /// The bytes before one at which something ends.
    fn remember(&mut self, passed: &[u8]) {
        self.last = match passed {
            [.., first, second] => [*first, *second],
            [only] => [self.last.last().copied().unwrap_or(0), *only],
            [] => self.last,
        };
    }

    fn enter(&mut self) {
        if self.depth == DEEPEST {
            self.deeper += 1;
            return;
        }
        let hash = FixedState::default().hash_one(self.name.as_slice());
        let above = self.depth.checked_sub(1).and_then(|above| self.elements.get_mut(above));
        let index = above.map_or(1, |parent| parent.count(hash));
        self.names.extend_from_slice(&self.name);
        if self.depth == self.elements.len() {
            self.elements.push(Element::default());
        }
        if let Some(own) = self.elements.get_mut(self.depth) {
            (own.end, own.index, own.start) = (self.names.len(), index, self.start);
            own.children.clear();
        }
        self.depth += 1;
    }

    /// Says whether it closes what is open.
    fn leave(&mut self) -> bool {
        self.state = State::Text;
        let last = self.depth.checked_sub(1).map(|last| self.begin(last));
        let own = last.and_then(|begin| self.names.get(begin..));
        let fits = self.deeper > 0 || own == Some(self.name.trim_ascii());
        self.pop();
        fits
    }

    fn pop(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => {
                self.depth = self.depth.saturating_sub(1);
                self.names.truncate(self.begin(self.depth));
            }
        }
    }

    /// Where the name of the element at `depth` begins.
    fn begin(&self, depth: usize) -> usize {
        depth.checked_sub(1).and_then(|above| self.elements.get(above)).map_or(0, |above| above.end)
    }
}

impl Element {
    /// The number of a child with this name.
    fn count(&mut self, name: u64) -> u64 {
        if let Some((_, count)) = self.children.iter_mut().find(|(own, _)| *own == name) {
            *count += 1;
            return *count;
        }
        if self.children.len() < COUNTED {
            self.children.push((name, 1));
        }
        1
    }
}

impl Walk for Xml {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let (passed, ends) = self.pass(rest);
            let part = rest.get(..passed).unwrap_or_default();
            match self.state {
                State::Name | State::Close => push(&mut self.name, part),
                State::Until(_) => self.remember(part),
                _ => {}
            }
            at += passed;
            let Some(byte) = bytes.get(at).copied().filter(|_| ends) else { break };
            match self.state {
                State::Text => self.state = State::Open,
                State::Open => self.opened(byte, begin.position + at as u64),
                State::Name => {
                    self.enter();
                    self.state = State::Tag;
                    self.tag(byte);
                }
                State::Tag => self.tag(byte),
                State::Attribute => self.attribute(byte),
                State::Value(_) => {
                    self.attribute.clear();
                    self.state = State::Tag;
                }
                State::Close => {
                    if !self.leave() {
                        self.mistake.get_or_insert_with(|| begin.line_of(bytes, at));
                    }
                }
                State::Bang => self.bang(byte),
                State::Until([first, second, _]) => {
                    if first == 0 && second == 0 || self.last == [first, second] {
                        self.state = State::Text;
                    }
                    self.remember(&[byte]);
                }
            }
            at += 1;
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let mut place = Place::default();
        let mut begin = 0;
        for (depth, element) in self.elements.iter().take(self.depth).enumerate() {
            let own = Name::of(self.names.get(begin..element.end).unwrap_or_default(), false);
            begin = element.end;
            let name = names.shown(&own).to_owned();
            place.shape += &format!("/{name}");
            place.path += &if depth == 0 { format!("/{name}") } else { format!("/{name}[{}]", element.index) };
            place.field = names.field(&own);
        }
        if matches!(self.state, State::Value(_)) {
            let name = Name::of(&self.attribute, false);
            let part = format!("/@{}", names.shown(&name));
            place.path += &part;
            place.shape += &part;
            place.field = names.field(&name);
        }
        // What stands right below the root, or the root.
        let open = self.elements.get(..self.depth).unwrap_or_default();
        place.record = open.get(1).or(open.first()).map(|element| element.start);
        place
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        if let Some(line) = self.mistake {
            let cause = "this tag closes what was not opened".to_owned();
            return Some(Broken { line, cause, help: "paths behind it may be wrong; the text was read to its end" });
        }
        let cause = "the XML is cut short: it ends within an element".to_owned();
        (self.depth > 0).then_some(Broken { line, cause, help: "get the whole file; what is there was read" })
    }
}
