//! MIME (RFC 2045, 2046) and forms in parts (RFC 7578), read as a stream:
//! nested parts, each with its head and its transfer coding.

mod body;
mod head;
mod part;

use part::{Part, PartPlace};

use super::transfer::Transfer;
use crate::conversation::Limits;
use crate::gather::{Gather, Line};
use crate::message::{MessageId, Protocol, Sink, Trouble};

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

    /// The next line, when it is whole; one that is too long is trouble.
    fn line(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) -> Option<Vec<u8>> {
        match self.lines.line(bytes, self.limits.head) {
            Line::More => None,
            Line::TooLong => {
                self.lines.clear();
                sink.trouble(self.protocol, Trouble::TooLarge);
                None
            }
            Line::Whole(line) => Some(line.to_vec()),
        }
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
