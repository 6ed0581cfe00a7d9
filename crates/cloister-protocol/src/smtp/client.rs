//! Commands.

use super::{Command, Mail, Smtp, State};
use crate::Side;
use crate::content::Mime;
use crate::gather::Line;
use crate::message::{Place, Protocol, Sink, Trouble};

/// Commands that wait for replies; a client that sends more gets none.
const WAITING: usize = 1000;

impl Smtp {
    pub(super) fn read_client(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        match self.state {
            State::Data { end } => self.read_data(end, bytes, sink),
            State::Chunk { left, last } => self.read_chunk(left, last, bytes, sink),
            State::Commands | State::Credentials => self.read_line(bytes, sink),
        }
    }

    fn read_line(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let line = match self.commands.line(bytes, self.limits.head) {
            Line::More => return,
            Line::TooLong => {
                Smtp::trouble(Trouble::TooLarge, sink);
                let text = self.commands.bytes().to_vec();
                self.commands.clear();
                return self.tell_text("", &text, sink);
            }
            Line::Whole(line) => line.to_vec(),
        };
        if self.state == State::Credentials {
            return self.take_credentials(&line, sink);
        }
        let line_text = String::from_utf8_lossy(&line).into_owned();
        let (verb, rest) = line_text.split_once(' ').unwrap_or((&line_text, ""));
        let command = match verb.to_ascii_uppercase().as_str() {
            "MAIL" => self.begin_mail(rest, sink),
            "RCPT" => self.tell_recipient(rest, sink),
            "DATA" => {
                self.begin_content(sink);
                self.state = State::Data { end: 2 };
                Command::Data
            }
            "BDAT" => return self.begin_chunk(rest, sink),
            "STARTTLS" => Command::StartTls,
            "AUTH" => self.authenticate(rest, sink),
            "RSET" | "QUIT" | "EHLO" | "HELO" | "LHLO" => {
                self.end_mail(true, sink);
                Command::Other
            }
            "NOOP" | "VRFY" | "EXPN" | "HELP" | "ETRN" => {
                self.tell_text(verb, rest.as_bytes(), sink);
                Command::Other
            }
            _ => {
                self.tell_text("", &line, sink);
                Command::Other
            }
        };
        self.ask(command);
    }

    fn ask(&mut self, command: Command) {
        if self.asked.len() < WAITING {
            self.asked.push_back(command);
        }
    }

    /// `FROM:<address>` and parameters.
    fn begin_mail(&mut self, rest: &str, sink: &mut dyn Sink) -> Command {
        self.end_mail(false, sink);
        let id = self.begin(&Smtp::head(Side::Client, "mail"), sink);
        sink.value(id, Place::Field("from"), address(rest).as_bytes(), true);
        self.mail = Some(Mail { id, content: None });
        Command::Other
    }

    fn tell_recipient(&mut self, rest: &str, sink: &mut dyn Sink) -> Command {
        match &self.mail {
            Some(mail) => sink.value(mail.id, Place::Field("to"), address(rest).as_bytes(), true),
            None => self.tell_text("RCPT", rest.as_bytes(), sink),
        }
        Command::Other
    }

    fn begin_content(&mut self, sink: &mut dyn Sink) {
        if self.mail.is_none() {
            let id = self.begin(&Smtp::head(Side::Client, "mail"), sink);
            self.mail = Some(Mail { id, content: None });
        }
        if let Some(mail) = &mut self.mail
            && mail.content.is_none()
        {
            mail.content = Some(Box::new(Mime::message(mail.id, Protocol::Smtp, &self.limits)));
        }
    }

    /// `BDAT 1000 LAST` (RFC 3030).
    fn begin_chunk(&mut self, rest: &str, sink: &mut dyn Sink) {
        let mut words = rest.split_whitespace();
        let Some(left) = words.next().and_then(|size| size.parse().ok()) else {
            return Smtp::trouble(Trouble::Malformed, sink);
        };
        let last = words.next().is_some_and(|word| word.eq_ignore_ascii_case("LAST"));
        self.begin_content(sink);
        self.ask(Command::Other);
        self.state = State::Chunk { left, last };
        if left == 0 {
            self.end_chunk(last, sink);
        }
    }

    /// `AUTH PLAIN words` (RFC 4954); what the client says next may be asked for.
    fn authenticate(&mut self, rest: &str, sink: &mut dyn Sink) -> Command {
        if let Some((_, first)) = rest.split_once(' ') {
            self.tell_credentials(first.as_bytes(), sink);
        }
        Command::Auth
    }

    fn take_credentials(&mut self, line: &[u8], sink: &mut dyn Sink) {
        self.state = State::Commands;
        self.tell_credentials(line, sink);
        self.ask(Command::Auth);
    }

    /// Credentials as they are meant: of `PLAIN`, the parts between zeros.
    fn tell_credentials(&mut self, coded: &[u8], sink: &mut dyn Sink) {
        let decoded = cloister_base64::decoded(coded);
        let id = self.begin(&Smtp::head(Side::Client, "auth"), sink);
        let mut parts: Vec<&[u8]> = decoded.split(|byte| *byte == 0).filter(|part| !part.is_empty()).collect();
        if let Some(password) = parts.pop() {
            for user in parts {
                sink.value(id, Place::Field("user"), user, true);
            }
            sink.value(id, Place::Field("password"), password, true);
        }
        sink.end(id, true);
    }

    pub(super) fn tell_text(&mut self, operation: &str, text: &[u8], sink: &mut dyn Sink) {
        if !text.is_empty() {
            let id = self.begin(&Smtp::head(Side::Client, operation), sink);
            sink.value(id, Place::Text, text, true);
            sink.end(id, true);
        }
    }

    pub(super) fn finish_client(&mut self, sink: &mut dyn Sink) {
        let waits = self.commands.bytes().to_vec();
        self.commands.clear();
        let sends = matches!(self.state, State::Data { .. } | State::Chunk { .. });
        if !sends {
            self.tell_text("", &waits, sink);
        }
        self.end_mail(!sends, sink);
        self.state = State::Commands;
    }
}

/// What stands between angle brackets, or all of it.
fn address(text: &str) -> &str {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    inner.unwrap_or_else(|| text.split_once(':').map_or(text, |(_, address)| address.trim()))
}
