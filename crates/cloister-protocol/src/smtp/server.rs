//! Replies.

use super::{Command, Smtp, State};
use crate::Side;
use crate::gather::Line;
use crate::message::{Head, Place, Sink, Trouble};

impl Smtp {
    pub(super) fn read_reply(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let line = match self.replies.line(bytes, self.limits.head) {
            Line::More => return,
            Line::TooLong => {
                self.replies.clear();
                return Smtp::trouble(Trouble::TooLarge, sink);
            }
            Line::Whole(line) => line.to_vec(),
        };
        let (code, text) = line.split_at_checked(3).unwrap_or((&line, &[]));
        let status = std::str::from_utf8(code).ok().and_then(|code| code.parse().ok());
        let id = match self.reply {
            Some(id) => id,
            None => {
                let answers = self.mail.as_ref().map(|mail| mail.id);
                let id = self.begin(&Head { answers, status, ..Smtp::head(Side::Server, "reply") }, sink);
                self.reply = Some(id);
                id
            }
        };
        let (goes_on, text) = text.split_first().map_or((false, text), |(mark, text)| (*mark == b'-', text));
        if !text.is_empty() {
            sink.value(id, Place::Text, text, true);
        }
        if !goes_on {
            self.end_reply(sink);
            self.answer(status.unwrap_or_default());
        }
    }

    pub(super) fn end_reply(&mut self, sink: &mut dyn Sink) {
        if let Some(id) = self.reply.take() {
            sink.end(id, true);
        }
    }

    /// What a reply means for what the client says next.
    fn answer(&mut self, status: u16) {
        match (self.asked.pop_front(), status) {
            (Some(Command::StartTls), 200..=299) => self.tls = true,
            (Some(Command::Auth), 334) => self.state = State::Credentials,
            // It does not want the mail: the client goes on with commands.
            (Some(Command::Data), 400..) if self.state == (State::Data { end: 2 }) => self.state = State::Commands,
            // The final reply to mail comes after the go-ahead.
            (Some(Command::Data), 354) => self.asked.push_front(Command::Other),
            _ => {}
        }
    }
}
