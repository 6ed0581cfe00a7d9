//! What the server says.

mod columns;
mod rows;

use std::sync::Arc;

use columns::parameters;
use rows::Rows;

use super::copy::Copy;
use super::framing::Framing;
use super::shared::{Column, Pending, Phase, Shared};
use super::types::Decoder;
use crate::input::{Hold, Input, Step, Within};
use crate::{Head, MessageId, Place, Progress, Protocol, Side, Sink, Trouble};

/// What comes next. The numbers are what is left of the message.
#[derive(Debug)]
enum State {
    Framed(Framing),
    /// Descriptions of columns, so many more.
    Columns(u64, u16, Vec<Column>),
    Row(u64),
    /// The column that comes, and how many there are.
    Length(u64, u16, u16),
    Value(u64, u64, u16, u16),
}

impl Default for State {
    fn default() -> State {
        State::Framed(Framing::Head)
    }
}

#[derive(Debug, Default)]
pub(super) struct Server {
    hold: Hold,
    state: State,
    rows: Option<Rows>,
    /// Columns of the rows of a simple query.
    described: Option<Arc<[Column]>>,
    decoder: Decoder,
}

impl Server {
    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        let most = shared.limits.head;
        let progress = hold.feed(bytes, most, |input| self.step(input, shared, sink));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match std::mem::take(&mut self.state) {
            State::Framed(Framing::Head) if matches!(shared.phase, Phase::AskedTls | Phase::AskedGss) => {
                asked(input, shared)
            }
            State::Framed(Framing::Head) => self.head(input, shared, sink),
            State::Framed(Framing::Whole(kind, left)) => {
                let Some(body) = Framing::whole(left, input) else {
                    self.state = State::Framed(Framing::Whole(kind, left));
                    return Step::Wait;
                };
                self.whole(kind, body, shared, sink);
                Step::Again
            }
            State::Framed(mut framing) => {
                let step = framing.step(input, Side::Server, shared, sink);
                self.state = State::Framed(framing);
                step
            }
            State::Columns(left, count, columns) => self.columns(input, left, count, columns, shared, sink),
            State::Row(mut left) => match input.within(&mut left, Input::u16) {
                Within::Got(count) => {
                    self.begin_rows(shared, sink);
                    self.state = State::Length(left, 0, count);
                    Step::Again
                }
                within => self.short(within, State::Row(left), left, sink),
            },
            State::Length(left, index, count) => self.length(input, left, index, count, sink),
            State::Value(left, value, index, count) => self.value(input, left, value, (index, count), sink),
        }
    }

    fn short<T>(&mut self, within: Within<T>, wait: State, left: u64, sink: &mut dyn Sink) -> Step {
        if matches!(within, Within::Wait) {
            self.state = wait;
            return Step::Wait;
        }
        sink.trouble(Protocol::Postgres, Trouble::Malformed);
        if let Some(rows) = &mut self.rows {
            rows.whole = false;
        }
        self.state = State::Framed(Framing::Skip(left));
        Step::Again
    }

    fn head(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let mut look = *input;
        let (Some(kind), Some(length)) = (look.u8(), look.u32()) else { return Step::Wait };
        if shared.phase == Phase::Opening {
            shared.phase = Phase::Running;
            self.state = State::Framed(Framing::Seek(0));
            return Step::Again;
        }
        let left = length.checked_sub(4).map(u64::from);
        let Some(left) = left.filter(|_| kind.is_ascii_alphanumeric()) else {
            sink.trouble(Protocol::Postgres, Trouble::Malformed);
            self.state = State::Framed(Framing::Seek(0));
            return Step::Again;
        };
        *input = look;
        self.state = match kind {
            b'D' => State::Row(left),
            b'd' => State::Framed(Framing::CopyData(left)),
            b'T' => State::Columns(left, u16::MAX, Vec::new()),
            b'S' | b'K' | b'v' => State::Framed(Framing::Skip(left)),
            _ if left < shared.limits.head as u64 => State::Framed(Framing::Whole(kind, left)),
            _ => {
                sink.trouble(Protocol::Postgres, Trouble::TooLarge);
                State::Framed(Framing::Skip(left))
            }
        };
        Step::Again
    }

    fn whole(&mut self, kind: u8, body: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let mut input = Input::new(body);
        match kind {
            b'R' => shared.password = input.u32() == Some(3),
            b'1' => shared.answered(|next| matches!(next, Pending::Parse)),
            b'2' => shared.answered(|next| matches!(next, Pending::Bind)),
            b'3' => shared.answered(|next| matches!(next, Pending::Close)),
            b'n' => shared.answered(|next| matches!(next, Pending::Describe(_))),
            b't' => parameters(&mut input, shared),
            b'C' | b's' | b'I' => self.complete(shared, sink),
            b'Z' => {
                self.end_rows(true, sink);
                self.described = None;
                shared.answered(|next| matches!(next, Pending::Query(..) | Pending::Sync));
            }
            b'E' | b'N' => self.error(kind, input, shared, sink),
            b'A' => notification(&mut input, shared, sink),
            b'G' | b'H' | b'W' => {
                let binary = (kind != b'W').then_some(input.u8() == Some(1));
                let side = if kind == b'G' { Side::Client } else { Side::Server };
                self.end_copy(shared, sink);
                shared.copy = Some(Copy::begin(side, binary, shared, sink));
            }
            b'c' => self.end_copy(shared, sink),
            b'V' => {
                let id = shared.next.take();
                sink.begin(id, &head("result", "", None, shared));
                sink.value(id, Place::Text, body.get(4..).unwrap_or_default(), true);
                sink.end(id, true);
            }
            _ => {}
        }
    }

    fn complete(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.end_rows(true, sink);
        self.end_copy(shared, sink);
        self.described = None;
        if shared.skip_to(|next| matches!(next, Pending::Query(..) | Pending::Execute(_))) {
            if let Some(Pending::Query(_, statements)) = shared.pending.front_mut() {
                statements.pop_front();
            } else {
                shared.pending.pop_front();
            }
        }
    }

    /// Their texts may repeat values (`Key (email)=(…) already exists`).
    fn error(&mut self, kind: u8, mut input: Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) {
        let id = shared.next.take();
        let (_, answers) = shared.current();
        sink.begin(id, &head(if kind == b'E' { "error" } else { "notice" }, "", answers, shared));
        while let Some(field) = input.u8().filter(|field| *field != 0) {
            let Some(text) = input.until(0) else { break };
            match field {
                b'M' | b'D' | b'H' | b'W' => sink.value(id, Place::Text, text, true),
                b'q' => sink.value(id, Place::Statement, text, true),
                _ => {}
            }
        }
        sink.end(id, true);
        if kind == b'E' {
            self.end_rows(false, sink);
            self.end_copy(shared, sink);
            let until = |next: &Pending| matches!(next, Pending::Query(..) | Pending::Sync);
            if !shared.skip_to(until) {
                shared.pending.clear();
            }
        }
    }

    fn end_copy(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if let Some(copy) = shared.copy.take() {
            copy.finish(sink);
        }
    }

    fn left(&self) -> Option<u64> {
        match &self.state {
            State::Framed(framing) => framing.left(),
            State::Columns(left, ..) | State::Row(left) | State::Length(left, ..) | State::Value(left, ..) => {
                Some(*left)
            }
        }
    }

    pub(super) fn lost(&mut self, bytes: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        let left = self.left();
        if let Some(copy) = shared.copy.as_mut().filter(|copy| copy.side == Side::Server) {
            copy.gap();
        }
        if let (Some(rows), State::Value(_, _, index, _)) = (&mut self.rows, &self.state)
            && self.decoder.cut_short()
        {
            sink.value(rows.id, rows.place(*index), b"", true);
        }
        if let Some(rows) = &mut self.rows {
            rows.whole = false;
        }
        self.state = State::Framed(Framing::after_gap(left, missing));
    }

    pub(super) fn finish(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.end_rows(false, sink);
        self.hold.forget();
        shared.cut_copy(Side::Server, sink);
        self.state = State::default();
    }

    pub(super) fn held(&self) -> usize {
        let columns = self.described.as_ref().map_or(0, |columns| columns.len() * 96);
        self.hold.held() + self.decoder.held() + columns
    }
}

/// The letter that answers a request for encryption.
fn asked(input: &mut Input<'_>, shared: &mut Shared) -> Step {
    let Some(letter) = input.rest().first() else { return Step::Wait };
    let phase = std::mem::replace(&mut shared.phase, Phase::Opening);
    match letter {
        b'S' | b'G' => {
            input.some(1);
            Step::Becomes(if phase == Phase::AskedTls { Protocol::Tls } else { Protocol::Unknown })
        }
        b'N' => {
            input.some(1);
            Step::Again
        }
        // An error, as a message: old servers answer so.
        _ => {
            shared.phase = Phase::Running;
            Step::Again
        }
    }
}

fn notification(input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) {
    input.take(4);
    let channel = String::from_utf8_lossy(input.until(0).unwrap_or_default()).into_owned();
    let id = shared.next.take();
    sink.begin(id, &head("notification", &channel, None, shared));
    sink.value(id, Place::Text, input.until(0).unwrap_or_default(), true);
    sink.end(id, true);
}

fn head<'a>(operation: &'a str, target: &'a str, answers: Option<MessageId>, shared: &'a Shared) -> Head<'a> {
    Head {
        side: Side::Server,
        protocol: Protocol::Postgres,
        operation,
        target,
        host: &shared.database,
        answers,
        status: None,
    }
}
