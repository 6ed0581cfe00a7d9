//! The mail itself.

use super::{Smtp, State};
use crate::message::Sink;

impl Smtp {
    /// Mail ends with a line that holds a dot only; of other lines that begin with one, that is taken off (RFC 5321
    /// section 4.5.2). Only CR LF ends a line here, as smugglers know.
    pub(super) fn read_data(&mut self, end: u8, bytes: &mut &[u8], sink: &mut dyn Sink) {
        if end == 2 && (self.commands.waits() || bytes.first() == Some(&b'.')) {
            return self.read_dot(bytes, sink);
        }
        let content = *bytes;
        // A line's end that was cut, and a dot behind it.
        if end == 1 && content.first() == Some(&b'\n') {
            let (newline, rest) = content.split_at_checked(1).unwrap_or_default();
            self.tell_content(newline, sink);
            *bytes = rest;
            self.state = State::Data { end: 2 };
            return;
        }
        let dot = memchr::memmem::find(content, b"\r\n.").map(|at| at + 2);
        let (now, rest) = content.split_at_checked(dot.unwrap_or(content.len())).unwrap_or((content, &[]));
        self.tell_content(now, sink);
        *bytes = rest;
        let end = if now.ends_with(b"\r\n") { 2 } else { u8::from(now.ends_with(b"\r")) };
        self.state = State::Data { end };
    }

    fn read_dot(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let Some(start) = self.commands.take(bytes, 3) else { return };
        if start == b".\r\n" {
            self.state = State::Commands;
            return self.end_mail(true, sink);
        }
        let line = start.get(1..).unwrap_or_default().to_vec();
        self.tell_content(&line, sink);
        self.state = State::Data { end: if line == b"\r\n" { 2 } else { u8::from(line.ends_with(b"\r")) } };
    }

    pub(super) fn read_chunk(&mut self, left: u64, last: bool, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let now = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let (content, rest) = bytes.split_at_checked(now).unwrap_or((bytes, &[]));
        *bytes = rest;
        self.tell_content(content, sink);
        let left = left - now as u64;
        self.state = State::Chunk { left, last };
        if left == 0 {
            self.end_chunk(last, sink);
        }
    }

    pub(super) fn end_chunk(&mut self, last: bool, sink: &mut dyn Sink) {
        self.state = State::Commands;
        if last {
            self.end_mail(true, sink);
        }
    }

    fn tell_content(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        if let Some(content) = self.mail.as_mut().and_then(|mail| mail.content.as_mut()) {
            content.push(bytes, sink);
        }
    }

    /// So many bytes of the client were not seen: a mail that was being sent goes on, but not whole.
    pub(super) fn skip(&mut self, bytes: u64, sink: &mut dyn Sink) {
        self.commands.clear();
        match &mut self.state {
            State::Chunk { left, .. } if *left > bytes => *left -= bytes,
            State::Data { end } => *end = 0,
            state => {
                *state = State::Commands;
                self.end_mail(false, sink);
            }
        }
    }
}
