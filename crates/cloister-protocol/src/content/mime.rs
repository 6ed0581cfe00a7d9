//! MIME (RFC 2045, 2046) and forms in parts (RFC 7578), read as a stream:
//! nested parts, each with its head and its transfer coding.

use memchr::memmem;

use super::parameters::{media, parameter};
use super::transfer::Transfer;
use super::words;
use crate::conversation::Limits;
use crate::gather::{Gather, Line};
use crate::message::{MessageId, Place, Protocol, Sink, Trouble};

/// Reads parts.
pub(crate) struct Mime {
    id: MessageId,
    protocol: Protocol,
    /// Parts are the fields of a form.
    form: bool,
    limits: Limits,
    /// The delimiters of the parts that are open, `--` and all, the innermost last.
    delimiters: Vec<Vec<u8>>,
    state: State,
    lines: Gather,
    /// A field of a head, which later lines may go on.
    field: Vec<u8>,
    /// How long the head is so far.
    head: usize,
    part: Part,
    /// The end of a piece, which may be the beginning of a delimiter.
    tail: Vec<u8>,
    /// The end of a line, which is told unless a delimiter follows.
    newline: Vec<u8>,
    /// What is told stands at the beginning of a line.
    line_start: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Body,
    /// A line that begins as a delimiter does.
    Delimiter,
}

/// A part, as its head says.
struct Part {
    place: PartPlace,
    media: String,
    boundary: Option<String>,
    name: String,
    filename: Option<String>,
    transfer: Transfer,
    /// A value is open.
    open: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartPlace {
    /// Before, between and behind parts.
    Outside,
    Field,
    Body,
}

impl Part {
    fn outside() -> Part {
        Part { place: PartPlace::Outside, ..Part::new() }
    }

    fn new() -> Part {
        let media = "text/plain".to_owned();
        let (boundary, name, filename, transfer) = (None, String::new(), None, Transfer::Identity);
        Part { place: PartPlace::Body, media, boundary, name, filename, transfer, open: false }
    }

    fn at(&self) -> Place<'_> {
        match self.place {
            PartPlace::Outside => Place::Text,
            PartPlace::Field => Place::Field(&self.name),
            PartPlace::Body => Place::Body(&self.media),
        }
    }
}

impl Mime {
    /// What lies between the delimiters of a multipart type.
    pub(crate) fn parts(id: MessageId, protocol: Protocol, media: &str, boundary: &str, limits: &Limits) -> Mime {
        let mut mime = Mime::message(id, protocol, limits);
        mime.form = media == "multipart/form-data";
        mime.delimiters = vec![format!("--{boundary}").into_bytes()];
        mime.part = Part::outside();
        mime.state = State::Body;
        mime
    }

    /// A whole message: its head, and what that says of the rest.
    pub(crate) fn message(id: MessageId, protocol: Protocol, limits: &Limits) -> Mime {
        Mime {
            id,
            protocol,
            form: false,
            limits: *limits,
            delimiters: Vec::new(),
            state: State::Head,
            lines: Gather::default(),
            field: Vec::new(),
            head: 0,
            part: Part::new(),
            tail: Vec::new(),
            newline: Vec::new(),
            line_start: true,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        if self.tail.is_empty() {
            return self.read(bytes, sink);
        }
        let mut joined = std::mem::take(&mut self.tail);
        joined.extend_from_slice(bytes);
        self.read(&joined, sink);
    }

    fn read(&mut self, mut bytes: &[u8], sink: &mut dyn Sink) {
        while !bytes.is_empty() {
            match self.state {
                State::Head => self.read_head(&mut bytes, sink),
                State::Body => self.read_body(&mut bytes, sink),
                State::Delimiter => self.read_delimiter(&mut bytes, sink),
            }
        }
    }

    fn read_head(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let before = bytes.len();
        let line = match self.lines.line(bytes, self.limits.head) {
            Line::More => return,
            Line::TooLong => {
                self.lines.clear();
                return sink.trouble(self.protocol, Trouble::TooLarge);
            }
            Line::Whole(line) => line.to_vec(),
        };
        self.head += before - bytes.len();
        let goes_on = line.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
        if self.head > self.limits.head || (goes_on && self.field.len() + line.len() > self.limits.head) {
            sink.trouble(self.protocol, Trouble::TooLarge);
            (self.head, self.field) = (0, Vec::new());
        } else if goes_on {
            self.field.extend_from_slice(&line);
        } else {
            self.end_field(sink);
            if line.starts_with(b"--") && self.delimit(&line, sink) {
                return;
            }
            self.field = line;
            if self.field.is_empty() {
                self.end_head(sink);
            }
        }
    }

    fn end_field(&mut self, sink: &mut dyn Sink) {
        let field = std::mem::take(&mut self.field);
        let Some(colon) = memchr::memchr(b':', &field) else { return };
        let (name, value) = field.split_at_checked(colon).unwrap_or_default();
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
        let value = value.trim();
        match name.as_str() {
            "content-type" => {
                self.part.media = media(value);
                self.part.boundary = parameter(value, "boundary");
                self.part.filename = self.part.filename.take().or_else(|| parameter(value, "name"));
            }
            "content-disposition" => {
                self.part.name = parameter(value, "name").unwrap_or_default();
                self.part.filename = parameter(value, "filename").or_else(|| self.part.filename.take());
            }
            "content-transfer-encoding" => self.part.transfer = Transfer::named(value),
            _ => {}
        }
        if !self.form {
            sink.value(self.id, Place::Header(&name), words::decoded(value).as_bytes(), true);
        }
    }

    fn end_head(&mut self, sink: &mut dyn Sink) {
        (self.state, self.head, self.line_start) = (State::Body, 0, true);
        let nested = self.part.media.starts_with("multipart/");
        if let Some(boundary) = self.part.boundary.take().filter(|_| nested) {
            if self.delimiters.len() >= self.limits.depth {
                return sink.trouble(self.protocol, Trouble::TooLarge);
            }
            self.delimiters.push(format!("--{boundary}").into_bytes());
            self.part = Part::outside();
        } else if self.part.media == "message/rfc822" {
            (self.state, self.part) = (State::Head, Part::new());
        } else if self.form {
            self.begin_field(sink);
        }
    }

    /// A field of a form; of a file its name is told too.
    fn begin_field(&mut self, sink: &mut dyn Sink) {
        self.part.place = PartPlace::Field;
        if let Some(filename) = self.part.filename.take() {
            self.part.place = PartPlace::Body;
            let place = format!("{}.filename", self.part.name);
            sink.value(self.id, Place::Field(&place), filename.as_bytes(), true);
        }
    }

    /// Tells content up to what may be a delimiter.
    fn read_body(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        if self.delimiters.is_empty() {
            return self.tell(std::mem::take(bytes), sink);
        }
        if self.line_start {
            return self.read_line_start(bytes, sink);
        }
        if let Some(end) = memmem::find(bytes, b"\n--") {
            let (content, rest) = bytes.split_at_checked(end + 1).unwrap_or((bytes, &[]));
            self.tell_before_line_end(content, sink);
            *bytes = rest;
            return;
        }
        let kept = [b"\r\n-".as_slice(), b"\r\n", b"\n-", b"\r", b"\n"].into_iter().find(|end| bytes.ends_with(end));
        let (content, tail) = bytes.split_at_checked(bytes.len() - kept.map_or(0, <[u8]>::len)).unwrap_or((bytes, &[]));
        self.tell(content, sink);
        self.tail = tail.to_vec();
        *bytes = &[];
    }

    /// The end of the line before a delimiter belongs to that, and is told only if it turns out to be none.
    fn tell_before_line_end(&mut self, content: &[u8], sink: &mut dyn Sink) {
        let line = content.strip_suffix(b"\n").unwrap_or(content);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.tell(line, sink);
        self.newline = content.get(line.len()..).unwrap_or_default().to_vec();
        self.line_start = true;
    }

    /// At the beginning of a line: is it a delimiter?
    fn read_line_start(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let mut longer = false;
        for delimiter in &self.delimiters {
            if bytes.starts_with(delimiter) {
                self.state = State::Delimiter;
                return;
            }
            longer |= delimiter.starts_with(bytes);
        }
        if longer {
            self.tail = std::mem::take(bytes).to_vec();
            return;
        }
        self.line_start = false;
        let newline = std::mem::take(&mut self.newline);
        self.tell(&newline, sink);
        let (mark, rest) = bytes.split_at_checked(2).unwrap_or((bytes, &[]));
        if mark == b"--" {
            self.tell(mark, sink);
            *bytes = rest;
        }
    }

    fn read_delimiter(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let line = match self.lines.line(bytes, self.limits.head) {
            Line::More => return,
            Line::TooLong => {
                self.lines.clear();
                return sink.trouble(self.protocol, Trouble::TooLarge);
            }
            Line::Whole(line) => line.to_vec(),
        };
        if !self.delimit(&line, sink) {
            (self.state, self.line_start) = (State::Body, true);
            let newline = std::mem::replace(&mut self.newline, b"\r\n".to_vec());
            self.tell(&newline, sink);
            self.tell(&line, sink);
        }
    }

    /// A line that delimits parts ends what is open, and those inside of it; false for another line.
    fn delimit(&mut self, line: &[u8], sink: &mut dyn Sink) -> bool {
        let found = self.delimiters.iter().enumerate().rev().find_map(|(level, delimiter)| {
            match line.strip_prefix(delimiter.as_slice())?.trim_ascii_end() {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            }
        });
        let Some((level, closes)) = found else { return false };
        self.end_part(sink);
        self.newline.clear();
        self.delimiters.truncate(level + usize::from(!closes));
        (self.state, self.part) = if closes { (State::Body, Part::outside()) } else { (State::Head, Part::new()) };
        if closes && self.delimiters.is_empty() {
            // What comes after the last is told, too; nothing delimits it.
            self.line_start = false;
        }
        true
    }

    fn tell(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        if bytes.is_empty() || (self.part.place == PartPlace::Outside && !self.part.open && is_blank(bytes)) {
            return;
        }
        let mut transfer = std::mem::replace(&mut self.part.transfer, Transfer::Identity);
        transfer.push(bytes, &mut |piece| {
            if !piece.is_empty() {
                sink.value(self.id, self.part.at(), piece, false);
            }
        });
        (self.part.transfer, self.part.open) = (transfer, true);
    }

    fn end_part(&mut self, sink: &mut dyn Sink) {
        let mut transfer = std::mem::replace(&mut self.part.transfer, Transfer::Identity);
        transfer.end(&mut |piece| {
            if !piece.is_empty() {
                sink.value(self.id, self.part.at(), piece, false);
            }
        });
        if self.part.open || self.part.place == PartPlace::Field {
            sink.value(self.id, self.part.at(), &[], true);
        }
        self.part = Part::outside();
    }

    /// It ends: what waited is told.
    pub(crate) fn end(&mut self, sink: &mut dyn Sink) {
        let waits = [std::mem::take(&mut self.tail), self.lines.bytes().to_vec()].concat();
        if self.state == State::Head {
            self.end_field(sink);
            self.field = waits;
            self.end_field(sink);
        } else if self.state == State::Body || !self.delimit(&waits, sink) {
            let newline = std::mem::take(&mut self.newline);
            self.tell(&newline, sink);
            self.tell(&waits, sink);
        }
        self.end_part(sink);
    }

    pub(crate) fn held(&self) -> usize {
        let delimiters: usize = self.delimiters.iter().map(Vec::capacity).sum();
        delimiters + self.lines.held() + self.field.capacity() + self.tail.capacity() + self.newline.capacity()
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}
