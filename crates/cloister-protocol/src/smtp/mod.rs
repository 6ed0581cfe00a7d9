//! SMTP (RFC 5321), with mail as MIME.

mod client;
mod data;
mod recognise;
mod server;

use std::collections::VecDeque;

use cloister_packet::Transport;

use crate::Side;
use crate::content::Mime;
use crate::conversation::{Conversation, Limits, Progress};
use crate::gather::Gather;
use crate::message::{Head, MessageId, Protocol, Sink, Trouble};
use crate::session::Known;

/// How SMTP is known.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Smtp,
    transport: Transport::Tcp,
    ports: &[25, 587, 1025, 2525],
    rejoins: true,
    recognise: recognise::recognise,
    reader: |limits, first| Box::new(Smtp::new(limits, first)),
};

/// Reads SMTP.
pub(crate) struct Smtp {
    limits: Limits,
    next: MessageId,
    state: State,
    commands: Gather,
    replies: Gather,
    /// Commands that wait for their replies.
    asked: VecDeque<Command>,
    /// The mail that is being sent.
    mail: Option<Mail>,
    /// A reply of several lines.
    reply: Option<MessageId>,
    tls: bool,
}

/// A mail that is being sent.
struct Mail {
    id: MessageId,
    content: Option<Box<Mime>>,
}

/// Commands whose replies change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    StartTls,
    Data,
    Auth,
    Other,
}

/// What the client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Commands,
    /// What the server asks for to know who it is.
    Credentials,
    /// Mail until a line with a dot. How much of a line's end was seen: 2 at the beginning of a line.
    Data {
        end: u8,
    },
    /// So many bytes of mail. `last`: it ends with them.
    Chunk {
        left: u64,
        last: bool,
    },
}

impl Smtp {
    fn new(limits: &Limits, first: MessageId) -> Smtp {
        Smtp {
            limits: *limits,
            next: first,
            state: State::Commands,
            commands: Gather::default(),
            replies: Gather::default(),
            asked: VecDeque::new(),
            mail: None,
            reply: None,
            tls: false,
        }
    }

    fn begin(&mut self, head: &Head<'_>, sink: &mut dyn Sink) -> MessageId {
        let id = self.next.take();
        sink.begin(id, head);
        id
    }

    fn head(side: Side, operation: &str) -> Head<'_> {
        Head { side, protocol: Protocol::Smtp, operation, target: "", host: "", answers: None, status: None }
    }

    fn trouble(trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(Protocol::Smtp, trouble);
    }

    fn end_mail(&mut self, whole: bool, sink: &mut dyn Sink) {
        if let Some(mut mail) = self.mail.take() {
            if let Some(content) = &mut mail.content {
                content.end(sink);
            }
            sink.end(mail.id, whole);
        }
    }
}

impl Conversation for Smtp {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let mut rest = bytes;
        while !rest.is_empty() {
            match side {
                Side::Client => self.read_client(&mut rest, sink),
                Side::Server => self.read_reply(&mut rest, sink),
            }
            if self.tls {
                return Progress::Becomes { protocol: Protocol::Tls, read: bytes.len() - rest.len() };
            }
        }
        Progress::Reads
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        Smtp::trouble(Trouble::Gap, sink);
        self.asked.clear();
        match side {
            Side::Client => self.skip(bytes, sink),
            Side::Server => self.replies.clear(),
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        match side {
            Side::Client => self.finish_client(sink),
            Side::Server => self.end_reply(sink),
        }
    }

    fn held(&self) -> usize {
        let mail = self.mail.as_ref().and_then(|mail| mail.content.as_ref()).map_or(0, |content| content.held());
        self.commands.held() + self.replies.held() + mail
    }
}
