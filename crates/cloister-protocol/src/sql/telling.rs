//! Tells a statement while it comes: when the message begins, its operation and table must be known, so the first bytes
//! are read ahead.

use super::lexer::Piece;
use super::{Dialect, Lexer, Meaning, Statement};
use crate::{Head, MessageId, Place, Protocol, Side, Sink};

/// How far is read ahead to find the table.
const AHEAD: usize = 8 << 10;

/// What a message of this connection says besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) protocol: Protocol,
    pub(crate) host: &'a str,
}

/// One text of statements.
#[derive(Debug)]
pub(crate) struct Telling {
    id: MessageId,
    lexer: Lexer,
    ahead: Option<(Lexer, Vec<u8>)>,
    teller: Teller,
}

#[derive(Debug)]
struct Teller {
    id: MessageId,
    /// A piece of the statement's text is open.
    text: bool,
    /// There is something that no record has taken.
    fresh: bool,
}

impl Telling {
    pub(crate) fn new(dialect: Dialect, id: MessageId) -> Telling {
        let ahead = Some((Lexer::new(dialect), Vec::new()));
        Telling { id, lexer: Lexer::new(dialect), ahead, teller: Teller { id, text: false, fresh: false } }
    }

    pub(crate) fn id(&self) -> MessageId {
        self.id
    }

    /// The next bytes of the text.
    pub(crate) fn push(&mut self, mut bytes: &[u8], scene: Scene<'_>, sink: &mut dyn Sink) {
        if let Some((lexer, read)) = &mut self.ahead {
            while let Some((byte, rest)) = bytes.split_first() {
                lexer.push(std::slice::from_ref(byte), &mut |_| {});
                read.push(*byte);
                bytes = rest;
                if lexer.grammar().settled() || read.len() >= AHEAD {
                    break;
                }
            }
            if !lexer.grammar().settled() && read.len() < AHEAD {
                return;
            }
            self.begin(scene, sink);
        }
        self.read(bytes, sink);
    }

    fn begin(&mut self, scene: Scene<'_>, sink: &mut dyn Sink) {
        let Some((lexer, read)) = self.ahead.take() else { return };
        // What ends now is finished, so that a text of one word has its verb.
        let grammar = lexer.finish(&mut |_| {});
        let now = grammar.now();
        sink.begin(
            self.id,
            &Head {
                side: Side::Client,
                protocol: scene.protocol,
                operation: &now.verb,
                target: &now.table,
                host: scene.host,
                answers: None,
                status: None,
            },
        );
        self.read(&read, sink);
    }

    fn read(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let teller = &mut self.teller;
        self.lexer.push(bytes, &mut |piece| teller.tell(piece, sink));
    }

    /// The text ends; the message does.
    pub(crate) fn finish(mut self, whole: bool, scene: Scene<'_>, sink: &mut dyn Sink) -> Vec<Statement> {
        self.begin(scene, sink);
        let Telling { id, lexer, mut teller, .. } = self;
        let grammar = lexer.finish(&mut |piece| teller.tell(piece, sink));
        teller.close(sink);
        if teller.fresh {
            sink.record(id);
        }
        sink.end(id, whole);
        grammar.finish()
    }

    /// How much memory it takes.
    pub(crate) fn held(&self) -> usize {
        self.ahead.as_ref().map_or(0, |(_, read)| read.capacity()) + size_of::<Telling>()
    }
}

impl Teller {
    fn tell(&mut self, piece: Piece<'_>, sink: &mut dyn Sink) {
        match piece {
            Piece::Text(bytes) => {
                // Marks between values say nothing.
                let noise =
                    |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'(' | b')' | b',' | b';' | b'\'' | b'-');
                let skip = if self.text { 0 } else { bytes.iter().take_while(|byte| noise(byte)).count() };
                let text = bytes.get(skip..).unwrap_or_default();
                if !text.is_empty() {
                    self.text = true;
                    self.fresh = true;
                    sink.value(self.id, Place::Statement, text, false);
                }
            }
            Piece::Value(meaning, bytes, last) => {
                self.close(sink);
                self.fresh = true;
                let place = match meaning {
                    Meaning::Column { table, name } => Place::Column { table, name },
                    Meaning::Credential => Place::Field("password"),
                    Meaning::Unknown => Place::Statement,
                };
                sink.value(self.id, place, bytes, last);
            }
            Piece::Row => {
                self.close(sink);
                if std::mem::take(&mut self.fresh) {
                    sink.record(self.id);
                }
            }
        }
    }

    fn close(&mut self, sink: &mut dyn Sink) {
        if std::mem::take(&mut self.text) {
            sink.value(self.id, Place::Statement, b"", true);
        }
    }
}
