//! gRPC: messages with their lengths before them, each a record of fields by
//! number.

use super::protobuf;
use crate::coding::Chain;
use crate::conversation::Limits;
use crate::message::{MessageId, Place, Protocol, Sink};

/// A message that is read as fields may be so long; a longer one is told as it is.
const LONGEST: usize = 1 << 20;
/// What stands before a message: a flag and its length.
const PREFIX: usize = 5;
/// A message of gRPC-Web that holds trailers.
const TRAILERS: u8 = 0x80;

/// Reads the messages of a stream.
pub(crate) struct Grpc {
    limits: Limits,
    protocol: Protocol,
    /// How messages that say so are compressed.
    encoding: String,
    prefix: Vec<u8>,
    flags: u8,
    left: usize,
    message: Vec<u8>,
    /// A message that is too long for its fields to be read is told as it is.
    raw: bool,
    chain: Option<Chain>,
}

/// What is told as it is, is called so.
const MEDIA: &str = "application/grpc";

impl Grpc {
    pub(super) fn new(protocol: Protocol, limits: &Limits) -> Grpc {
        Grpc {
            limits: *limits,
            protocol,
            encoding: String::new(),
            prefix: Vec::new(),
            flags: 0,
            left: 0,
            message: Vec::new(),
            raw: false,
            chain: None,
        }
    }

    pub(super) fn set_encoding(&mut self, encoding: &str) {
        encoding.clone_into(&mut self.encoding);
    }

    pub(super) fn push(&mut self, id: MessageId, mut bytes: &[u8], sink: &mut dyn Sink) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.prefix.len() < PREFIX {
                self.prefix.push(*first);
                bytes = rest;
                if let [flags, l3, l2, l1, l0] = *self.prefix.as_slice() {
                    self.left = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).unwrap_or(usize::MAX);
                    self.begin(flags, sink);
                }
            } else {
                let (now, rest) = bytes.split_at_checked(self.left.min(bytes.len())).unwrap_or((bytes, &[]));
                bytes = rest;
                self.left -= now.len();
                self.take(id, now, sink);
            }
            if self.prefix.len() == PREFIX && self.left == 0 {
                self.end_message(id, sink);
            }
        }
    }

    fn begin(&mut self, flags: u8, sink: &mut dyn Sink) {
        self.flags = flags;
        self.raw = flags & TRAILERS != 0;
        self.chain = (flags & 1 != 0).then(|| {
            Chain::named(&self.encoding, &self.limits).unwrap_or_else(|trouble| {
                sink.trouble(self.protocol, trouble);
                Chain::default()
            })
        });
    }

    fn take(&mut self, id: MessageId, bytes: &[u8], sink: &mut dyn Sink) {
        let Some(mut chain) = self.chain.take() else { return self.keep(id, bytes, sink) };
        let result = chain.push(bytes, &mut |piece| self.keep(id, piece, sink));
        if let Err(trouble) = result {
            sink.trouble(self.protocol, trouble);
        } else {
            self.chain = Some(chain);
        }
    }

    fn keep(&mut self, id: MessageId, bytes: &[u8], sink: &mut dyn Sink) {
        if !self.raw && self.message.len() + bytes.len() > LONGEST {
            self.raw = true;
            sink.value(id, Place::Body(MEDIA), &std::mem::take(&mut self.message), false);
        }
        if self.raw {
            sink.value(id, Place::Body(MEDIA), bytes, false);
        } else {
            self.message.extend_from_slice(bytes);
        }
    }

    fn end_message(&mut self, id: MessageId, sink: &mut dyn Sink) {
        self.prefix.clear();
        self.chain = None;
        if std::mem::take(&mut self.raw) {
            sink.value(id, Place::Body(MEDIA), &[], true);
        } else {
            let message = std::mem::take(&mut self.message);
            protobuf::tell(id, &message, self.limits.depth, sink);
        }
        if self.flags & TRAILERS == 0 {
            sink.record(id);
        }
    }

    /// It ends; false in the middle of a message, of which the fields are told that are there.
    pub(super) fn end(&mut self, id: MessageId, sink: &mut dyn Sink) -> bool {
        let whole = self.prefix.is_empty();
        if self.prefix.len() == PREFIX {
            self.end_message(id, sink);
        }
        whole
    }

    pub(super) fn held(&self) -> usize {
        self.message.capacity() + self.chain.as_ref().map_or(0, Chain::held) + self.encoding.capacity()
    }
}
