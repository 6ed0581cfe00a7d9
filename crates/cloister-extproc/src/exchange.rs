//! One exchange of a request and its response, as Envoy tells of it part by part.

use std::collections::VecDeque;

use bytes::Bytes;
use cloister_dlp::Recognised;

use crate::answers;
use crate::body::{Fate, Onward};
use crate::content::{Content, Way};
use crate::guard::{Direction, Guard, Passage, Setting, Undone};
use crate::head;
use crate::wire::{
    BodySendMode, HeaderMap, HeaderMutation, HttpBody, HttpHeaders, Mutation, ProcessingRequest, ProcessingResponse,
    Told,
};

/// So much of a body is held back, with its head, until it is known whether it may pass at all.
const HOLD: usize = 1 << 20;

/// What is open of one exchange.
pub struct Exchange {
    guard: Box<dyn Guard>,
    setting: Setting,
    request: Half,
    response: Half,
    passage: Passage,
    /// Envoy goes on by itself and reads no answers.
    observed: bool,
    /// It was ended: what still comes is not looked at.
    over: bool,
}

/// A request, or a response.
struct Half {
    begun: bool,
    ended: bool,
    mode: BodySendMode,
    content: Content,
    /// The answer to the head, and what of the body could go on, while a later part may still block both.
    held: Option<(ProcessingResponse, Vec<u8>)>,
    /// They wait until it is known what the body is, and no longer.
    until_known: bool,
}

impl Default for Half {
    fn default() -> Half {
        Half {
            begun: false,
            ended: false,
            mode: BodySendMode::None,
            content: Content::Unread,
            held: None,
            until_known: false,
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.end(Direction::Request);
        self.end(Direction::Response);
    }
}

impl Exchange {
    /// One of which nothing is known yet.
    pub fn new(guard: Box<dyn Guard>) -> Exchange {
        Exchange {
            setting: guard.setting(),
            guard,
            request: Half::default(),
            response: Half::default(),
            passage: Passage::default(),
            observed: false,
            over: false,
        }
    }

    /// The next part: what is answered is added to `out`.
    pub fn on(&mut self, told: ProcessingRequest, out: &mut VecDeque<ProcessingResponse>) {
        self.observed |= told.observability_mode;
        if let Some(modes) = told.protocol_config {
            self.request.mode = modes.request_body_mode();
            self.response.mode = modes.response_body_mode();
        }
        head::attributes(&told.attributes, &mut self.passage);
        if self.over {
            return;
        }
        match told.told {
            Some(Told::RequestHeaders(head)) => self.head(Direction::Request, &head, out),
            Some(Told::ResponseHeaders(head)) => self.head(Direction::Response, &head, out),
            Some(Told::RequestBody(piece)) => self.piece(Direction::Request, &piece, out),
            Some(Told::ResponseBody(piece)) => self.piece(Direction::Response, &piece, out),
            Some(Told::RequestTrailers(rest)) => self.trailers(Direction::Request, rest.trailers.as_ref(), out),
            Some(Told::ResponseTrailers(rest)) => self.trailers(Direction::Response, rest.trailers.as_ref(), out),
            None => {}
        }
    }

    fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }

    fn head(&mut self, direction: Direction, told: &HttpHeaders, out: &mut VecDeque<ProcessingResponse>) {
        let fields = told.headers.as_ref().map_or(&[][..], |map| map.headers.as_slice());
        head::passage(direction, fields, &mut self.passage);
        self.half(direction).begun = true;
        let (changes, onward) = head::judge(direction, &self.passage, fields, &mut *self.guard);
        if onward == Onward::No {
            return self.refuse(direction, out);
        }
        let mode = self.half(direction).mode;
        if told.end_of_stream {
            out.push_back(answers::head(direction, changes));
            return self.end(direction);
        }
        if mode == BodySendMode::None {
            if self.unsearched(direction, Undone::Unseen) == Onward::No {
                return self.refuse(direction, out);
            }
            out.push_back(answers::head(direction, changes));
            return self.end(direction);
        }
        self.expect_body(direction, mode, changes, out);
    }

    /// A body follows the head, in this mode.
    fn expect_body(
        &mut self,
        direction: Direction,
        mode: BodySendMode,
        changes: Option<HeaderMutation>,
        out: &mut VecDeque<ProcessingResponse>,
    ) {
        let worst = self.guard.worst(direction, &self.passage);
        let refuses = self.guard.refuses_unsearched(direction, &self.passage);
        let way = if worst >= Fate::Redact && can_change(mode) && !self.observed { Way::Changed } else { Way::Watched };
        let content = Content::of(&self.passage, &self.setting, way);
        let unread = matches!(content, Content::Unread);
        if unread && self.unsearched(direction, Undone::Coding) == Onward::No {
            return self.refuse(direction, out);
        }
        if mode == BodySendMode::Streamed && worst == Fate::Redact {
            self.guard.undone(direction, &self.passage, Undone::Mode);
        }
        self.guard.next_value(direction);
        let answer = answers::head(direction, content.changes(changes));
        let waits = mode == BodySendMode::FullDuplexStreamed && !self.observed && !unread;
        let half = self.half(direction);
        half.content = content;
        if waits && (worst == Fate::Block || refuses) {
            half.until_known = worst != Fate::Block;
            half.held = Some((answer, Vec::new()));
        } else {
            out.push_back(answer);
        }
    }

    /// Content cannot be searched, or not to its end.
    fn unsearched(&mut self, direction: Direction, why: Undone) -> Onward {
        match self.guard.unsearched(direction, &self.passage, why) {
            Fate::Block if !self.observed => Onward::No,
            _ => Onward::Yes,
        }
    }

    fn piece(&mut self, direction: Direction, told: &HttpBody, out: &mut VecDeque<ProcessingResponse>) {
        let mode = self.half(direction).mode;
        let whole = matches!(mode, BodySendMode::Buffered | BodySendMode::BufferedPartial);
        let mut passed = Vec::new();
        let onward = self.search(direction, &told.body, told.end_of_stream || whole, &mut passed);
        if onward == Onward::No {
            return self.refuse(direction, out);
        }
        let cut = mode == BodySendMode::BufferedPartial && !told.end_of_stream;
        if cut && self.unsearched(direction, Undone::Cut) == Onward::No {
            return self.refuse(direction, out);
        }
        match mode {
            BodySendMode::FullDuplexStreamed => self.release(direction, passed, told.end_of_stream, out),
            // Trailers may follow, after which nothing more of the body could be sent: what passed has passed.
            BodySendMode::Streamed | BodySendMode::None => out.push_back(answers::body(direction, None)),
            BodySendMode::Buffered | BodySendMode::BufferedPartial => {
                let changed = passed != told.body;
                out.push_back(answers::body(direction, changed.then(|| Mutation::Body(Bytes::from(passed)))));
            }
        }
        if told.end_of_stream {
            self.end(direction);
        }
    }

    /// Searches the next bytes of a body; what may go on of it is added to `passed`.
    fn search(&mut self, direction: Direction, bytes: &[u8], ended: bool, passed: &mut Vec<u8>) -> Onward {
        let half = match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        };
        let (passage, guard) = (&self.passage, &mut self.guard);
        let mut judge = |recognised: &mut Recognised| guard.judge(direction, passage, recognised);
        let onward = match half.content.push(bytes, ended, &mut judge, passed) {
            Ok(onward) => onward,
            Err(onward) => {
                half.content = Content::Unread;
                if self.unsearched(direction, Undone::Broken) == Onward::No { Onward::No } else { onward }
            }
        };
        let mut onward = onward;
        while let Some(why) = self.half(direction).content.unsearched() {
            onward = onward.and(self.unsearched(direction, why));
        }
        onward
    }

    /// Lets bytes go on, or holds them while a later one may block them all.
    fn release(&mut self, direction: Direction, passed: Vec<u8>, ended: bool, out: &mut VecDeque<ProcessingResponse>) {
        let mut bytes = passed;
        if let Some((answer, mut before)) = self.half(direction).held.take() {
            before.append(&mut bytes);
            let half = self.half(direction);
            let enough = half.until_known && half.content.is_known();
            if !ended && !enough && before.len() < HOLD {
                half.held = Some((answer, before));
                return;
            }
            if !ended && !enough {
                self.guard.undone(direction, &self.passage, Undone::Gone);
            }
            out.push_back(answer);
            bytes = before;
        }
        out.extend(answers::pieces(direction, &Bytes::from(bytes), ended));
    }

    fn trailers(&mut self, direction: Direction, trailers: Option<&HeaderMap>, out: &mut VecDeque<ProcessingResponse>) {
        let fields = trailers.map_or(&[][..], |map| map.headers.as_slice());
        let (changes, of_trailers) = head::judge(direction, &self.passage, fields, &mut *self.guard);
        let mut passed = Vec::new();
        let of_body = self.search(direction, &[], true, &mut passed);
        if of_trailers == Onward::No || of_body == Onward::No {
            return self.refuse(direction, out);
        }
        if self.half(direction).mode == BodySendMode::FullDuplexStreamed {
            if let Some((answer, mut before)) = self.half(direction).held.take() {
                before.append(&mut passed);
                passed = before;
                out.push_back(answer);
            }
            out.extend(answers::pieces(direction, &Bytes::from(passed), false));
        }
        out.push_back(answers::trailers(direction, changes));
        self.end(direction);
    }

    /// Nothing more comes this way.
    fn end(&mut self, direction: Direction) {
        let half = self.half(direction);
        if half.begun && !std::mem::replace(&mut half.ended, true) {
            self.guard.ended(direction, &self.passage);
        }
    }

    fn refuse(&mut self, direction: Direction, out: &mut VecDeque<ProcessingResponse>) {
        self.over = true;
        out.push_back(answers::refusal(direction));
        self.end(direction);
    }
}

/// Whether bodies that come so can be changed.
fn can_change(mode: BodySendMode) -> bool {
    matches!(mode, BodySendMode::FullDuplexStreamed | BodySendMode::Buffered | BodySendMode::BufferedPartial)
}
