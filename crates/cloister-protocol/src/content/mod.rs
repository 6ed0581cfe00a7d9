//! Content: a body with its media type and codings → values.

mod form;
mod grpc;
mod mime;
mod parameters;
mod protobuf;
mod transfer;
mod words;

pub(crate) use form::{Form, FormPlace, decoded, query};
pub(crate) use mime::Mime;
pub(crate) use parameters::{media, parameter};

use crate::coding::Chain;
use crate::conversation::Limits;
use crate::message::{MessageId, Place, Protocol, Sink, Trouble};

/// The content of one message.
pub(crate) struct Content {
    id: MessageId,
    protocol: Protocol,
    chain: Chain,
    kind: Kind,
    /// It cannot be decoded from here on.
    broken: bool,
    /// Something of it was told.
    told: bool,
    /// All of it was.
    closed: bool,
    /// Bytes may be missing in it.
    gaps: bool,
    /// The first bytes, until it is sure that they are compressed.
    first: Vec<u8>,
}

/// So many bytes may pass before it is sure.
const DOUBT: usize = 64;

enum Kind {
    /// Told as it is.
    Plain(String),
    Form(Form),
    Parts(Box<Mime>),
    Grpc(Box<grpc::Grpc>),
}

impl Content {
    /// Content of a type, with its codings.
    pub(crate) fn new(
        id: MessageId,
        protocol: Protocol,
        content_type: &str,
        chain: Result<Chain, Trouble>,
        limits: &Limits,
        sink: &mut dyn Sink,
    ) -> Content {
        let media = media(content_type);
        let kind = match media.as_str() {
            "application/x-www-form-urlencoded" => Kind::Form(Form::new(FormPlace::Field)),
            _ if media.starts_with("application/grpc") && !media.ends_with("-text") => {
                Kind::Grpc(Box::new(grpc::Grpc::new(protocol, limits)))
            }
            _ if media.starts_with("multipart/") => match parameter(content_type, "boundary") {
                Some(boundary) => Kind::Parts(Box::new(Mime::parts(id, protocol, &media, &boundary, limits))),
                None => Kind::Plain(media),
            },
            _ => Kind::Plain(media),
        };
        let broken = chain.is_err();
        let chain = chain.unwrap_or_else(|trouble| {
            sink.trouble(protocol, trouble);
            Chain::default()
        });
        Content { id, protocol, chain, kind, broken, told: false, closed: false, gaps: false, first: Vec::new() }
    }

    /// How messages in it are compressed, where it is made of such.
    pub(crate) fn code_messages(&mut self, encoding: &str) {
        if let Kind::Grpc(grpc) = &mut self.kind {
            grpc.set_encoding(encoding);
        }
    }

    /// The next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        if self.broken || bytes.is_empty() {
            return;
        }
        let Content { id, chain, kind, told, .. } = self;
        if chain.is_empty() {
            *told = true;
            return kind.tell(*id, bytes, sink);
        }
        let result = chain.push(bytes, &mut |piece| {
            *told = true;
            kind.tell(*id, piece, sink);
        });
        if result.is_err() || (!self.told && self.first.len() < DOUBT) {
            self.first.extend_from_slice(bytes);
        }
        if let Err(trouble) = result {
            self.fail(trouble, sink);
        }
        if self.told || self.first.len() >= DOUBT {
            self.first = Vec::new();
        }
    }

    /// The last bytes: what is told as it is ends with them, and needs no other word for its end.
    pub(crate) fn push_last(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        match &self.kind {
            Kind::Plain(media) if self.told && self.chain.is_empty() && !self.broken && !bytes.is_empty() => {
                self.closed = true;
                sink.value(self.id, Place::Body(media), bytes, true);
            }
            _ => self.push(bytes, sink),
        }
    }

    /// What says falsely that it is compressed is told as it is.
    fn fail(&mut self, trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(self.protocol, trouble);
        if trouble == Trouble::Undecodable && !self.told {
            self.chain = Chain::default();
            self.told = true;
            self.kind.tell(self.id, &std::mem::take(&mut self.first), sink);
        } else {
            self.broken = true;
        }
    }

    /// Bytes of it are missing: what is compressed cannot be read on.
    pub(crate) fn lost(&mut self) {
        self.gaps = true;
        self.broken |= !self.chain.is_empty();
    }

    /// It ends. `whole`: nothing of it was missing; false is returned where that turns out otherwise.
    pub(crate) fn end(mut self, whole: bool, sink: &mut dyn Sink) -> bool {
        let cut = !self.broken && !self.chain.is_finished();
        if cut && whole {
            sink.trouble(self.protocol, Trouble::Undecodable);
        }
        let ended = self.closed || self.kind.end(self.id, self.told, sink);
        whole && ended && !cut && !self.broken && !self.gaps
    }

    pub(crate) fn held(&self) -> usize {
        let kind = match &self.kind {
            Kind::Plain(media) => media.capacity(),
            Kind::Form(form) => form.held(),
            Kind::Parts(mime) => mime.held(),
            Kind::Grpc(grpc) => grpc.held(),
        };
        kind + self.chain.held()
    }
}

impl Kind {
    fn tell(&mut self, id: MessageId, bytes: &[u8], sink: &mut dyn Sink) {
        match self {
            Kind::Plain(media) => sink.value(id, Place::Body(media), bytes, false),
            Kind::Form(form) => form.push(id, bytes, sink),
            Kind::Parts(mime) => mime.push(bytes, sink),
            Kind::Grpc(grpc) => grpc.push(id, bytes, sink),
        }
    }

    /// Ends what is open; false where it ends in the middle of something.
    fn end(&mut self, id: MessageId, told: bool, sink: &mut dyn Sink) -> bool {
        match self {
            Kind::Grpc(grpc) => return grpc.end(id, sink),
            Kind::Plain(media) if told => sink.value(id, Place::Body(media), &[], true),
            Kind::Plain(_) => {}
            Kind::Form(form) => form.end(id, sink),
            Kind::Parts(mime) => mime.end(sink),
        }
        true
    }
}

#[cfg(test)]
mod tests;
