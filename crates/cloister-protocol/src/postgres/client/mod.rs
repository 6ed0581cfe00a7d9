//! What the client says.

mod bind;
mod opening;
mod statement;

use bind::Bind;
use opening::{Password, Settings};
use statement::Texts;

use super::framing::{Framing, Part};
use super::shared::{Pending, Shared};
use crate::input::{Hold, Input, Step, Within};
use crate::{Head, MessageId, Place, Progress, Protocol, Side, Sink, Trouble};

/// What comes next. The numbers are what is left of the message.
#[derive(Debug, Default)]
enum State {
    /// A packet without a letter: what the client wants.
    #[default]
    Opening,
    Settings(u64, Settings),
    Framed(Framing),
    Texts(u64, Box<Texts>),
    Bind(u64, Bind),
    Password(u64, Password),
    Call(u64, Call),
}

#[derive(Debug, Default)]
pub(super) struct Client {
    hold: Hold,
    state: State,
}

impl Client {
    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        // The types and forms of 65,535 parameters are the longest tokens.
        let most = shared.limits.head * 5;
        let progress = hold.feed(bytes, most, |input| self.step(input, shared, sink));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match std::mem::take(&mut self.state) {
            State::Opening => self.opening(input, shared, sink),
            State::Framed(Framing::Head) => self.head(input, shared, sink),
            State::Framed(Framing::Whole(kind, left)) => {
                let Some(body) = Framing::whole(left, input) else {
                    self.state = State::Framed(Framing::Whole(kind, left));
                    return Step::Wait;
                };
                self.state = State::Framed(Framing::Head);
                whole(kind, body, shared, sink);
                Step::Again
            }
            State::Framed(mut framing) => {
                let step = framing.step(input, Side::Client, shared, sink);
                self.state = State::Framed(framing);
                step
            }
            State::Settings(left, part) => self.part(input, left, (part, State::Settings), shared, sink),
            State::Texts(left, part) => self.part(input, left, (part, State::Texts), shared, sink),
            State::Bind(left, part) => self.part(input, left, (part, State::Bind), shared, sink),
            State::Password(left, part) => self.part(input, left, (part, State::Password), shared, sink),
            State::Call(left, part) => self.part(input, left, (part, State::Call), shared, sink),
        }
    }

    /// One step through a message that is read in pieces, `on` is the state of reading on in it.
    fn part<P: Part>(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        (mut part, on): (P, fn(u64, P) -> State),
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        match part.step(input, &mut left, shared, sink) {
            Within::Got(true) => self.state = State::Framed(Framing::Skip(left)),
            Within::Got(false) => self.state = on(left, part),
            Within::Wait => {
                self.state = on(left, part);
                return Step::Wait;
            }
            Within::Short => {
                part.cut_short(shared, sink);
                sink.trouble(Protocol::Postgres, Trouble::Malformed);
                self.state = State::Framed(Framing::Skip(left));
            }
        }
        Step::Again
    }

    fn head(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        self.state = State::Framed(Framing::Head);
        let mut look = *input;
        let (Some(kind), Some(length)) = (look.u8(), look.u32()) else { return Step::Wait };
        // A server that takes no TLS is greeted again.
        if kind == 0 && shared.pending.is_empty() {
            self.state = State::Opening;
            return Step::Again;
        }
        let next = length.checked_sub(4).and_then(|left| begin(kind, left.into(), shared, sink));
        self.state = match next {
            Some(next) => {
                *input = look;
                next
            }
            None => {
                sink.trouble(Protocol::Postgres, Trouble::Malformed);
                State::Framed(Framing::Seek(0))
            }
        };
        Step::Again
    }

    /// What is left of the message that is read, where that is known.
    fn left(&self) -> Option<u64> {
        match &self.state {
            State::Opening => None,
            State::Framed(framing) => framing.left(),
            State::Settings(left, _)
            | State::Texts(left, _)
            | State::Bind(left, _)
            | State::Password(left, _)
            | State::Call(left, _) => Some(*left),
        }
    }

    pub(super) fn lost(&mut self, bytes: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        let left = self.left();
        if matches!(self.state, State::Framed(Framing::CopyData(_)))
            && let Some(copy) = &mut shared.copy
        {
            copy.gap();
        }
        self.close(shared, sink);
        self.state = State::Framed(Framing::after_gap(left, missing));
    }

    /// Ends what is open, which was cut short.
    fn close(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        match std::mem::take(&mut self.state) {
            State::Settings(_, mut part) => part.cut_short(shared, sink),
            State::Texts(_, mut part) => part.cut_short(shared, sink),
            State::Bind(_, mut part) => part.cut_short(shared, sink),
            State::Call(_, mut part) => part.cut_short(shared, sink),
            State::Opening | State::Framed(_) | State::Password(..) => {}
        }
    }

    pub(super) fn finish(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.close(shared, sink);
        self.hold.forget();
        shared.cut_copy(Side::Client, sink);
    }

    pub(super) fn held(&self) -> usize {
        let texts = if let State::Texts(_, texts) = &self.state { texts.held() } else { 0 };
        self.hold.held() + texts
    }
}

/// How a message with this letter is read; `None` where there is none.
fn begin(kind: u8, left: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Option<State> {
    Some(match kind {
        b'Q' => State::Texts(left, Box::new(Texts::query(shared))),
        b'P' => State::Texts(left, Box::new(Texts::to_prepare())),
        b'B' => State::Bind(left, Bind::default()),
        b'd' => State::Framed(Framing::CopyData(left)),
        b'p' if std::mem::take(&mut shared.password) => State::Password(left, Password),
        b'p' => State::Framed(Framing::Skip(left)),
        b'F' => {
            let id = shared.next.take();
            sink.begin(id, &head("call", "", shared));
            State::Call(left, Call(id))
        }
        b'D' | b'E' | b'C' | b'S' | b'H' | b'c' | b'f' | b'X' if left < shared.limits.head as u64 => {
            State::Framed(Framing::Whole(kind, left))
        }
        b'D' | b'E' | b'C' | b'f' => {
            sink.trouble(Protocol::Postgres, Trouble::TooLarge);
            State::Framed(Framing::Skip(left))
        }
        _ => return None,
    })
}

fn whole(kind: u8, body: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
    let mut input = Input::new(body);
    match kind {
        b'S' => shared.waits_for(Pending::Sync, sink),
        b'D' => {
            let kind = input.u8();
            let name = input.until(0).unwrap_or_default();
            let number = match kind {
                Some(b'S') => shared.named(name),
                _ => shared.portals.get(name).map(|portal| portal.prepared).unwrap_or_default(),
            };
            shared.waits_for(Pending::Describe(number), sink);
        }
        b'E' => {
            let name = input.until(0).unwrap_or_default();
            let portal = shared.portals.get(name).cloned().unwrap_or_default();
            shared.waits_for(Pending::Execute(portal), sink);
        }
        b'C' => {
            let (kind, name) = (input.u8(), input.until(0).unwrap_or_default());
            if kind == Some(b'S') {
                shared.forget_statement(name);
            } else {
                shared.portals.remove(name);
            }
            shared.waits_for(Pending::Close, sink);
        }
        b'c' | b'f' => {
            if let Some(copy) = shared.copy.take_if(|copy| copy.side == Side::Client) {
                copy.finish(sink);
            }
        }
        _ => {}
    }
}

/// A function that is called, whose arguments are told as text.
#[derive(Debug)]
struct Call(MessageId);

impl Part for Call {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        _shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        let bytes = input.some(*left);
        *left -= bytes.len() as u64;
        if bytes.is_empty() && *left > 0 {
            return Within::Wait;
        }
        sink.value(self.0, Place::Text, bytes, *left == 0);
        if *left == 0 {
            sink.end(self.0, true);
        }
        Within::Got(*left == 0)
    }

    fn cut_short(&mut self, _shared: &mut Shared, sink: &mut dyn Sink) {
        sink.value(self.0, Place::Text, b"", true);
        sink.end(self.0, false);
    }
}

fn head<'a>(operation: &'a str, target: &'a str, shared: &'a Shared) -> Head<'a> {
    Head {
        side: Side::Client,
        protocol: Protocol::Postgres,
        operation,
        target,
        host: &shared.database,
        answers: None,
        status: None,
    }
}
