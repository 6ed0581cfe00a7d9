//! Answers, and what channels say.

use super::commands::Answer;
use super::lane::Teller;
use super::request::keep;
use super::resp::{Event, Kind};
use super::{Asked, Shared};
use crate::{Head, MessageId, Place, Protocol, Side, Sink};

/// A collection that is open.
#[derive(Debug)]
struct Level {
    kind: Kind,
    index: usize,
    /// The name before a value.
    name: Vec<u8>,
}

/// An answer that comes.
#[derive(Debug)]
struct Reply {
    id: MessageId,
    asked: Option<Asked>,
    whole: bool,
}

#[derive(Debug, Default)]
pub(super) struct Replies {
    reply: Option<Reply>,
    levels: Vec<Level>,
    /// A string is open.
    open: bool,
    queued: Vec<Asked>,
}

/// What a string is.
enum Meaning<'a> {
    /// A name for what follows.
    Name,
    At(Place<'a>),
}

impl Teller for Replies {
    const INLINE: bool = false;

    fn on(&mut self, event: Event<'_>, depth: usize, shared: &mut Shared, sink: &mut dyn Sink) {
        match event {
            Event::Begin(kind, _) => {
                // What is said about an answer belongs to it.
                self.begin(kind == Kind::Push || shared.subscribed, shared, sink);
                self.levels.push(Level { kind, index: 0, name: Vec::new() });
            }
            Event::End => {
                let kind = self.levels.pop().map(|level| level.kind);
                if kind != Some(Kind::Attribute) {
                    self.next(sink);
                }
            }
            Event::Piece(bytes, last) => {
                self.begin(false, shared, sink);
                self.piece(bytes, last, sink);
            }
            Event::Line(b'+', b"QUEUED") if depth == 0 => {
                let asked = shared.waiting.pop_front();
                shared.queued.extend(asked);
            }
            Event::Line(kind, text) => {
                self.begin(false, shared, sink);
                if let (Some(reply), true) = (&self.reply, kind == b'-' || (kind == b'+' && text != b"OK")) {
                    sink.value(reply.id, Place::Text, text, true);
                }
                if kind == b':'
                    && text == b"0"
                    && depth == 1
                    && self.levels.last().is_some_and(|level| level.index == 2)
                {
                    // No channel is left.
                    shared.subscribed = false;
                }
                self.next(sink);
            }
            Event::Null => {
                self.begin(false, shared, sink);
                self.next(sink);
            }
            Event::Whole => {
                if let Some(reply) = self.reply.take() {
                    sink.end(reply.id, reply.whole);
                }
                self.levels.clear();
            }
            Event::Inline(_) => {}
        }
    }

    fn gap(&mut self) {
        if let Some(reply) = &mut self.reply {
            reply.whole = false;
        }
    }

    fn cut_short(&mut self, sink: &mut dyn Sink) {
        if let Some(reply) = &self.reply {
            let id = reply.id;
            if let (true, Meaning::At(place)) = (self.open, self.meaning()) {
                sink.value(id, place, b"", true);
            }
            sink.end(id, false);
        }
        *self = Replies::default();
    }

    fn held(&self) -> usize {
        self.levels.len() * 128 + self.queued.len() * 96
    }
}

impl Replies {
    /// The first of an answer.
    fn begin(&mut self, unasked: bool, shared: &mut Shared, sink: &mut dyn Sink) {
        if self.reply.is_some() {
            return;
        }
        let asked = if unasked { None } else { shared.waiting.pop_front() };
        if asked.as_ref().is_some_and(|asked| matches!(asked.command.as_str(), "EXEC" | "DISCARD" | "MULTI")) {
            self.queued = std::mem::take(&mut shared.queued);
        }
        let id = shared.next.take();
        sink.begin(
            id,
            &Head {
                side: Side::Server,
                protocol: Protocol::Redis,
                operation: asked.as_ref().map_or("push", |asked| &asked.command),
                target: "",
                host: "",
                answers: asked.as_ref().map(|asked| asked.id),
                status: None,
            },
        );
        self.reply = Some(Reply { id, asked, whole: true });
    }

    fn meaning(&self) -> Meaning<'_> {
        let named = |level| {
            let Level { index, name, .. }: &Level = level;
            if index % 2 == 0 {
                Meaning::Name
            } else {
                Meaning::At(Place::Field(str::from_utf8(name).unwrap_or_default()))
            }
        };
        let asked = self.reply.as_ref().and_then(|reply| reply.asked.as_ref());
        let Some(level) = self.levels.last() else {
            return Meaning::At(match asked.map(|asked| &asked.answer) {
                Some(Answer::Fields(names)) => field(names, 0),
                Some(Answer::Keys) => Place::Key,
                _ => Place::Body(""),
            });
        };
        if matches!(level.kind, Kind::Map | Kind::Attribute) {
            return named(level);
        }
        let (asked, depth) = match asked {
            None => return Meaning::At(if level.index == 1 { Place::Key } else { Place::Body("") }),
            Some(asked) if asked.answer == Answer::Queued => {
                let at = self.levels.first().map_or(0, |top| top.index);
                (self.queued.get(at).unwrap_or(asked), self.levels.len() - 1)
            }
            Some(asked) => (asked, self.levels.len()),
        };
        match &asked.answer {
            Answer::Pairs if depth == 1 => named(level),
            Answer::Fields(names) => Meaning::At(field(names, if depth == 0 { 0 } else { level.index })),
            Answer::Keys => Meaning::At(Place::Key),
            _ if depth == self.entries(&asked.command) => named(level),
            _ => Meaning::At(Place::Body("")),
        }
    }

    /// At which depth the fields of entries of a stream stand.
    fn entries(&self, command: &str) -> usize {
        match command {
            "XRANGE" | "XREVRANGE" | "XCLAIM" => 3,
            "XREAD" | "XREADGROUP" if self.levels.first().is_some_and(|top| top.kind == Kind::Map) => 4,
            "XREAD" | "XREADGROUP" => 5,
            _ => usize::MAX,
        }
    }

    fn piece(&mut self, bytes: &[u8], last: bool, sink: &mut dyn Sink) {
        let Some(reply) = &self.reply else { return };
        let id = reply.id;
        match self.meaning() {
            Meaning::At(place) => {
                sink.value(id, place, bytes, last);
                self.open = !last;
            }
            Meaning::Name => {
                if let Some(level) = self.levels.last_mut() {
                    if !self.open {
                        level.name.clear();
                    }
                    keep(&mut level.name, bytes);
                    if last {
                        // A cut may have gone through a letter.
                        level.name = String::from_utf8_lossy(&level.name).into_owned().into_bytes();
                    }
                    self.open = !last;
                }
            }
        }
        if last {
            self.next(sink);
        }
    }

    /// An item of a collection is whole.
    fn next(&mut self, sink: &mut dyn Sink) {
        let depth = self.levels.len();
        let Some(level) = self.levels.last_mut() else {
            if let Some(reply) = &self.reply {
                sink.record(reply.id);
            }
            return;
        };
        level.index += 1;
        if let (1, Kind::List, Some(reply)) = (depth, level.kind, &self.reply) {
            let alone = reply
                .asked
                .as_ref()
                .is_some_and(|asked| matches!(asked.answer, Answer::Values | Answer::Keys | Answer::Queued));
            if alone {
                sink.record(reply.id);
            }
        }
    }
}

fn field(names: &[Box<str>], index: usize) -> Place<'_> {
    Place::Field(names.get(index).map(AsRef::as_ref).unwrap_or_default())
}
