//! Commands.

use super::commands::{Arguments, Role};
use super::lane::Teller;
use super::resp::Event;
use super::{Asked, Shared, WAITING};
use crate::sql::{NAME, NAMES};
use crate::{Head, MessageId, Place, Protocol, Side, Sink, Trouble};

/// A command that comes.
#[derive(Debug)]
struct Command {
    id: MessageId,
    arguments: Arguments,
    role: Role,
    /// An argument is open.
    open: bool,
    /// The name of the next argument, or a word.
    word: Vec<u8>,
    /// Names that the answer will have no names for.
    names: Vec<Box<str>>,
    whole: bool,
}

#[derive(Debug, Default)]
pub(super) struct Requests {
    command: Option<Command>,
    /// The name of a command, until it is whole.
    name: Vec<u8>,
    /// How many words it has.
    count: Option<u64>,
}

impl Teller for Requests {
    const INLINE: bool = true;

    fn on(&mut self, event: Event<'_>, depth: usize, shared: &mut Shared, sink: &mut dyn Sink) {
        match event {
            Event::Inline(line) => {
                let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
                if let Some(name) = words.next() {
                    let words: Vec<_> = words.collect();
                    self.begin(name, shared, sink);
                    for word in &words {
                        self.argument(word, true, Some(words.len() as u64 + 1), sink);
                    }
                    self.end(shared, sink);
                }
            }
            Event::Piece(bytes, last) if depth == 1 && self.command.is_none() => {
                keep(&mut self.name, bytes);
                if last {
                    let name = std::mem::take(&mut self.name);
                    self.begin(&name, shared, sink);
                }
            }
            Event::Piece(bytes, last) => self.argument(bytes, last, self.count, sink),
            Event::Whole => self.end(shared, sink),
            Event::Begin(_, count) if depth == 0 => self.count = count,
            Event::Begin(..) | Event::End | Event::Line(..) | Event::Null => {}
        }
    }

    fn gap(&mut self) {
        if let Some(command) = &mut self.command {
            command.whole = false;
        }
    }

    fn cut_short(&mut self, sink: &mut dyn Sink) {
        self.name.clear();
        if let Some(command) = self.command.take() {
            let name = String::from_utf8_lossy(&command.word);
            let place = place(command.role, &name).filter(|_| command.open);
            if let Some(place) = place {
                sink.value(command.id, place, b"", true);
            }
            sink.end(command.id, false);
        }
    }

    fn held(&self) -> usize {
        self.command.as_ref().map_or(0, |command| command.names.len() * 40 + 1024)
    }
}

impl Requests {
    fn begin(&mut self, name: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let id = shared.next.take();
        let arguments = Arguments::new(name.get(..name.len().min(NAME)).unwrap_or_default());
        sink.begin(
            id,
            &Head {
                side: Side::Client,
                protocol: Protocol::Redis,
                operation: &arguments.command,
                target: "",
                host: "",
                answers: None,
                status: None,
            },
        );
        let word = Vec::new();
        let command = Command { id, arguments, role: Role::Word, open: false, word, names: Vec::new(), whole: true };
        self.command = Some(command);
    }

    fn argument(&mut self, bytes: &[u8], last: bool, count: Option<u64>, sink: &mut dyn Sink) {
        let Some(command) = &mut self.command else { return };
        if !command.open {
            command.open = true;
            command.role = command.arguments.next(count);
            if command.role != Role::Named {
                command.word.clear();
            }
        }
        if !matches!(command.role, Role::Named | Role::Value) {
            keep(&mut command.word, bytes);
        }
        let name = String::from_utf8_lossy(&command.word);
        let place = place(command.role, &name);
        if let Some(place) = place {
            sink.value(command.id, place, bytes, last);
        }
        if last {
            command.open = false;
            let named = matches!(command.arguments.command.as_str(), "HGET" | "HMGET") && command.role == Role::Text;
            if named && command.names.len() < NAMES {
                command.names.push(name.as_ref().into());
            }
            let word = command.word.clone();
            if command.arguments.wants_words() {
                command.arguments.word(&word);
            }
        }
    }

    fn end(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.name.clear();
        let Some(command) = self.command.take() else { return };
        sink.record(command.id);
        sink.end(command.id, command.whole);
        let Command { id, arguments, names, .. } = command;
        let answer = arguments.answer(names);
        match arguments.command.as_str() {
            "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE" | "MONITOR" | "UNSUBSCRIBE" | "PUNSUBSCRIBE" | "SUNSUBSCRIBE" => {
                shared.subscribed = true;
            }
            _ => {
                if shared.waiting.len() >= WAITING {
                    sink.trouble(Protocol::Redis, Trouble::TooLarge);
                    shared.waiting.clear();
                }
                shared.waiting.push_back(Asked { id, command: arguments.command, answer });
            }
        }
    }
}

/// Where an argument stands, if it is told.
fn place(role: Role, name: &str) -> Option<Place<'_>> {
    match role {
        Role::Key => Some(Place::Key),
        Role::Value => Some(Place::Body("")),
        Role::Named => Some(Place::Field(name)),
        Role::Script => Some(Place::Statement),
        Role::Text => Some(Place::Text),
        Role::Password => Some(Place::Field("password")),
        Role::Name | Role::Word => None,
    }
}

pub(super) fn keep(word: &mut Vec<u8>, bytes: &[u8]) {
    let room = NAME.saturating_sub(word.len()).min(bytes.len());
    word.extend_from_slice(bytes.get(..room).unwrap_or_default());
}
