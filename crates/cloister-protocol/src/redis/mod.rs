//! Redis, RESP2 and RESP3: commands with their keys, fields and values, and answers in the order of the commands.

mod commands;
mod lane;
mod reply;
mod request;
mod resp;

use std::collections::VecDeque;

use commands::Answer;
use lane::Lane;
use reply::Replies;
use request::Requests;

use crate::input::Input;
use crate::session::{Certainty, Known};
use crate::{Conversation, Limits, MessageId, Progress, Protocol, Side, Sink, Transport, Trouble};

/// As many commands may wait for their answers.
const WAITING: usize = 64 << 10;

/// A command that waits for its answer.
#[derive(Clone, Debug)]
struct Asked {
    id: MessageId,
    command: String,
    answer: Answer,
}

/// What both sides know.
struct Shared {
    limits: Limits,
    next: MessageId,
    waiting: VecDeque<Asked>,
    queued: Vec<Asked>,
    /// What comes answers nothing: messages of channels.
    subscribed: bool,
}

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Redis,
    transport: Transport::Tcp,
    ports: &[6379],
    rejoins: true,
    recognise,
    reader: Redis::boxed,
};

/// Reads a conversation with Redis.
pub(crate) struct Redis {
    requests: Lane<Requests>,
    replies: Lane<Replies>,
    shared: Shared,
}

impl Redis {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        let shared =
            Shared { limits: *limits, next: first, waiting: VecDeque::new(), queued: Vec::new(), subscribed: false };
        Box::new(Redis { requests: Lane::new(), replies: Lane::new(), shared })
    }
}

impl Conversation for Redis {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let progress = match side {
            Side::Client => self.requests.push(bytes, &mut self.shared, sink),
            Side::Server => self.replies.push(bytes, &mut self.shared, sink),
        };
        if progress == Progress::Strange {
            sink.trouble(Protocol::Redis, Trouble::Malformed);
        }
        progress
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Redis, Trouble::Gap);
        let within = match side {
            Side::Client => self.requests.lost(bytes, sink),
            Side::Server => self.replies.lost(bytes, sink),
        };
        if !within {
            // Which answer belongs to which command cannot be known until all were answered.
            self.shared.waiting.clear();
            self.shared.queued.clear();
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        match side {
            Side::Client => self.requests.finish(sink),
            Side::Server => self.replies.finish(sink),
        }
    }

    fn held(&self) -> usize {
        let asked = self.shared.waiting.len() + self.shared.queued.len();
        self.requests.held() + self.replies.held() + asked * (size_of::<Asked>() + 16)
    }
}

/// Whether the client begins with a command as a list, or types one.
fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    let mut input = Input::new(client);
    match client {
        [] if server.is_empty() => Certainty::More,
        [b'*', ..] => {
            input.take(1);
            let Some(count) = input.until(b'\n') else {
                let digits = client.iter().skip(1).all(|byte| byte.is_ascii_digit() || *byte == b'\r');
                return if digits && client.len() < 10 { Certainty::More } else { Certainty::No };
            };
            let digits = count.strip_suffix(b"\r").unwrap_or_default();
            let counted = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            match input.rest().first() {
                Some(b'$') if counted => Certainty::Sure,
                None if counted => Certainty::More,
                _ => Certainty::No,
            }
        }
        _ if [&b"PING\r\n"[..], b"INFO\r\n", b"AUTH ", b"HELLO 3\r\n", b"MONITOR\r\n"]
            .iter()
            .any(|begin| client.starts_with(begin)) =>
        {
            Certainty::Likely
        }
        _ => Certainty::No,
    }
}
