//! XML 1.0: elements and attributes; what is not well-formed is walked as if it were.

use memchr::memchr;

use super::name::{Name, Names, push};
use super::{Broken, Place, Walk};

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

#[derive(Debug)]
struct Element {
    name: Name,
    index: u64,
    start: u64,
    children: Vec<(String, u64)>,
}

/// The way to a place in XML.
#[derive(Debug, Default)]
pub struct Xml {
    elements: Vec<Element>,
    deeper: usize,
    state: State,
    name: Vec<u8>,
    attribute: Vec<u8>,
    /// The tag ends itself: `/>`.
    empty: bool,
    last: [u8; 2],
    start: u64,
    lines: u64,
    mistake: Option<u64>,
}

impl Xml {
    fn step(&mut self, byte: u8, position: u64) {
        let blank = byte.is_ascii_whitespace();
        self.lines += u64::from(byte == b'\n' && self.mistake.is_none());
        match self.state {
            State::Text => self.state = State::Open,
            State::Open => self.opened(byte, position),
            State::Name if blank || matches!(byte, b'/' | b'>') => {
                self.enter();
                self.state = State::Tag;
                self.tag(byte);
            }
            State::Name => push(&mut self.name, &[byte]),
            State::Tag => self.tag(byte),
            State::Attribute => match byte {
                b'"' | b'\'' => self.state = State::Value(byte),
                b'>' => self.tag(byte),
                b'=' => {}
                _ if blank => {}
                _ => push(&mut self.attribute, &[byte]),
            },
            State::Value(quote) if byte == quote => {
                self.attribute.clear();
                self.state = State::Tag;
            }
            State::Value(_) => {}
            State::Close if byte == b'>' => self.leave(),
            State::Close => push(&mut self.name, &[byte]),
            State::Bang => self.bang(byte),
            State::Until([first, second, last]) => {
                let fits = first == 0 && second == 0 || self.last == [first, second];
                if byte == last && fits {
                    self.state = State::Text;
                }
            }
        }
        self.last = [self.last.last().copied().unwrap_or(0), byte];
    }

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
        if let Some((_, state)) = known.iter().find(|(start, _)| *start == self.name.as_slice()) {
            self.state = *state;
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

    fn enter(&mut self) {
        if self.elements.len() == DEEPEST {
            self.deeper += 1;
            return;
        }
        let name = Name::of(&self.name, false);
        let index = self.elements.last_mut().map_or(1, |parent| parent.count(&name.text));
        self.elements.push(Element { name, index, start: self.start, children: Vec::new() });
    }

    fn leave(&mut self) {
        self.state = State::Text;
        let closes = String::from_utf8_lossy(self.name.trim_ascii()).into_owned();
        let fits = self.deeper > 0 || self.elements.last().is_some_and(|last| last.name.text == closes);
        if !fits && self.mistake.is_none() {
            self.mistake = Some(self.lines + 1);
        }
        self.pop();
    }

    fn pop(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => drop(self.elements.pop()),
        }
    }
}

impl Element {
    /// The number of a child with this name.
    fn count(&mut self, name: &str) -> u64 {
        if let Some((_, count)) = self.children.iter_mut().find(|(own, _)| own == name) {
            *count += 1;
            return *count;
        }
        if self.children.len() < COUNTED {
            self.children.push((name.to_owned(), 1));
        }
        1
    }
}

impl Walk for Xml {
    fn advance(&mut self, bytes: &[u8], position: u64) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let skipped = match self.state {
                State::Text => memchr(b'<', rest),
                State::Value(quote) => memchr(quote, rest),
                State::Name => rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')),
                State::Close => memchr(b'>', rest),
                _ => Some(0),
            };
            let passed = rest.get(..skipped.unwrap_or(rest.len())).unwrap_or_default();
            if matches!(self.state, State::Name | State::Close) {
                push(&mut self.name, passed);
            }
            if self.mistake.is_none() {
                self.lines += memchr::memchr_iter(b'\n', passed).count() as u64;
            }
            at += passed.len();
            if let Some(byte) = bytes.get(at) {
                self.step(*byte, position + at as u64);
                at += 1;
            }
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let mut place = Place::default();
        for (depth, element) in self.elements.iter().enumerate() {
            let name = names.shown(&element.name).to_owned();
            place.shape += &format!("/{name}");
            place.path += &if depth == 0 { format!("/{name}") } else { format!("/{name}[{}]", element.index) };
            place.field = names.field(&element.name);
        }
        if matches!(self.state, State::Value(_)) {
            let name = Name::of(&self.attribute, false);
            let part = format!("/@{}", names.shown(&name));
            place.path += &part;
            place.shape += &part;
            place.field = names.field(&name);
        }
        // What stands right below the root, or the root.
        place.record = self.elements.get(1).or(self.elements.first()).map(|element| element.start);
        place
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        if let Some(line) = self.mistake {
            let cause = "this tag closes what was not opened".to_owned();
            return Some(Broken { line, cause, help: "paths behind it may be wrong; the text was read to its end" });
        }
        let cause = "the XML is cut short: it ends within an element".to_owned();
        (!self.elements.is_empty()).then_some(Broken {
            line,
            cause,
            help: "get the whole file; what is there was read",
        })
    }
}
