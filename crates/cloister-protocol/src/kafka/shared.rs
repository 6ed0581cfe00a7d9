//! What both sides know: which requests wait for their answers, which topics have which numbers.

use std::collections::HashMap;

use super::REMEMBERED;
use super::shape::{Api, Shape};
use super::topics::Topics;
use super::wire::{tags, text};
use crate::input::Input;
use crate::{Head, Limits, MessageId, Place, Protocol, Side, Sink, Trouble};

pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) next: MessageId,
    pub(super) topics: Topics,
    asked: HashMap<u32, Shape>,
    /// The mechanism that was agreed says passwords as they are.
    plain: bool,
}

impl Shared {
    pub(super) fn new(limits: &Limits, first: MessageId) -> Shared {
        let (topics, asked) = (Topics::default(), HashMap::new());
        Shared { limits: *limits, next: first, topics, asked, plain: false }
    }

    /// The head of a request; its answer is read in the same version.
    pub(super) fn request(&mut self, part: &mut Input<'_>) -> Option<Shape> {
        let (key, version) = (part.u16()?.cast_signed(), part.u16()?.cast_signed());
        let number = part.u32()?;
        let shape = Shape::new(key, version);
        if shape.api != Api::Other {
            text(part, false)?;
            tags(part, shape.flexible)?;
        }
        if self.asked.len() >= REMEMBERED {
            self.asked.clear();
        }
        self.asked.insert(number, shape);
        Some(shape)
    }

    pub(super) fn answer(&mut self, part: &mut Input<'_>) -> Option<Shape> {
        let number = part.u32()?;
        let shape = self.asked.get(&number).copied().unwrap_or(Shape::new(-1, 0));
        tags(part, shape.flexible)?;
        self.asked.remove(&number);
        Some(shape)
    }

    /// Short ones, that are read when they are whole.
    pub(super) fn whole(&mut self, shape: Shape, content: &[u8], side: Side, sink: &mut dyn Sink) {
        let mut input = Input::new(content);
        match shape.api {
            Api::Metadata | Api::CreateTopics => {
                let topics = &mut self.topics;
                if shape.numbers(&mut input, |number, name| topics.learn(number, name, sink)).is_none() {
                    sink.trouble(Protocol::Kafka, Trouble::Malformed);
                }
            }
            Api::SaslHandshake => self.plain = text(&mut input, false) == Some(b"PLAIN"),
            Api::SaslAuthenticate if std::mem::take(&mut self.plain) => {
                if let Some(proof) = shape.proof(&mut input) {
                    self.login(proof, side, sink);
                }
            }
            _ => {}
        }
    }

    fn login(&mut self, proof: &[u8], side: Side, sink: &mut dyn Sink) {
        let mut parts = proof.splitn(3, |byte| *byte == 0).skip(1);
        let id = self.next.take();
        let (protocol, operation) = (Protocol::Kafka, "login");
        sink.begin(id, &Head { side, protocol, operation, target: "", host: "", answers: None, status: None });
        for name in ["user", "password"] {
            sink.value(id, Place::Field(name), parts.next().unwrap_or_default(), true);
        }
        sink.end(id, true);
    }

    pub(super) fn held(&self) -> usize {
        self.asked.len() * 32 + self.topics.held()
    }
}
