//! The head of a part, or of a whole message.

use super::part::{Part, PartPlace};
use super::{Mime, State};
use crate::content::parameters::{media, parameter};
use crate::content::transfer::Transfer;
use crate::content::words;
use crate::message::{Place, Sink, Trouble};

impl Mime {
    pub(super) fn read_head(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let before = bytes.len();
        let Some(line) = self.line(bytes, sink) else { return };
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

    pub(super) fn end_field(&mut self, sink: &mut dyn Sink) {
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
            self.part.place = PartPlace::File;
            let place = format!("{}.filename", self.part.name);
            sink.value(self.id, Place::Field(&place), filename.as_bytes(), true);
        }
    }
}
