//! What no reader knows: each side is one text.

use crate::conversation::{Conversation, Progress};
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};
use crate::{Side, Sides};

/// Tells all that a side says as text.
#[derive(Debug)]
pub(crate) struct Text {
    next: MessageId,
    open: Sides<Option<MessageId>>,
}

impl Text {
    pub(crate) fn new(first: MessageId) -> Text {
        Text { next: first, open: Sides::default() }
    }

    fn end(&mut self, side: Side, whole: bool, sink: &mut dyn Sink) {
        if let Some(id) = self.open.of(side).take() {
            sink.value(id, Place::Text, &[], true);
            sink.end(id, whole);
        }
    }
}

impl Conversation for Text {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let id = match *self.open.of(side) {
            Some(id) => id,
            None => {
                let id = self.next.take();
                let head = Head {
                    side,
                    protocol: Protocol::Unknown,
                    operation: "",
                    target: "",
                    host: "",
                    answers: None,
                    status: None,
                };
                sink.begin(id, &head);
                *self.open.of(side) = Some(id);
                id
            }
        };
        sink.value(id, Place::Text, bytes, false);
        Progress::Reads
    }

    fn lost(&mut self, side: Side, _bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Unknown, Trouble::Gap);
        self.end(side, false, sink);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        self.end(side, true, sink);
    }

    fn held(&self) -> usize {
        0
    }
}
