//! One side, request by request or answer by answer.

use super::LARGEST;
use super::recognise::{answer_head, request_head};
use super::records::{Records, Said};
use super::shape::{Api, Shape, Topic};
use super::shared::Shared;
use super::wire::tags;
use crate::input::{Hold, Input, Step, Within};
use crate::seek::{Reach, boundary, seek};
use crate::{Head, MessageId, Place, Progress, Protocol, Side, Sink, Trouble};

/// How far the next request or answer is looked for after a gap.
const REACH: Reach = Reach { window: 16 << 10, again: 64, most: 2 << 20 };

/// What comes next. The first number is what is left of the frame.
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Length,
    Head(u64),
    Whole(u64, Shape),
    Prelude(u64, Shape),
    /// So many topics follow.
    Topic(u64, Shape, u64),
    /// Topics and partitions that follow.
    Partition(u64, Shape, u64, u64),
    Records(u64, Shape, u64, u64, u64),
    /// What later versions added to a partition.
    After(u64, Shape, u64, u64),
    /// The same to a topic.
    AfterTopic(u64, Shape, u64),
    Skip(u64),
    Seek(usize),
}

/// Records that are told.
struct Telling {
    id: MessageId,
    records: Records,
    whole: bool,
}

#[derive(Default)]
pub(super) struct Lane {
    hold: Hold,
    state: State,
    topic: String,
    telling: Option<Telling>,
}

impl Lane {
    pub(super) fn push(&mut self, bytes: &[u8], side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        let progress = hold.feed(bytes, shared.limits.head * 16, |input| self.step(input, side, shared, sink));
        self.hold = hold;
        progress
    }

    pub(super) fn lost(&mut self, bytes: u64, sink: &mut dyn Sink) {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        let left = self.left().and_then(|left| left.checked_sub(missing)).filter(|left| *left > 0);
        self.end(false, sink);
        self.state = left.map_or(State::Seek(0), State::Skip);
    }

    pub(super) fn finish(&mut self, sink: &mut dyn Sink) {
        self.hold.forget();
        self.end(false, sink);
        self.state = State::Length;
    }

    pub(super) fn held(&self) -> usize {
        let telling = self.telling.as_ref().map_or(0, |telling| telling.records.held());
        self.hold.held() + self.topic.capacity() + telling
    }

    fn left(&self) -> Option<u64> {
        match self.state {
            State::Length => Some(0),
            State::Head(left)
            | State::Whole(left, _)
            | State::Prelude(left, _)
            | State::Topic(left, ..)
            | State::Partition(left, ..)
            | State::Records(left, ..)
            | State::After(left, ..)
            | State::AfterTopic(left, ..)
            | State::Skip(left) => Some(left),
            State::Seek(_) => None,
        }
    }

    fn step(&mut self, input: &mut Input<'_>, side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match self.state {
            State::Length => {
                let Some(length) = input.u32() else { return Step::Wait };
                self.state = State::Head(length.into());
                if !(4..=LARGEST).contains(&length) {
                    sink.trouble(Protocol::Kafka, Trouble::Malformed);
                    self.state = State::Seek(0);
                }
                Step::Again
            }
            State::Head(left) => self.head(input, left, side, shared, sink),
            State::Whole(left, shape) => {
                let Some(content) = usize::try_from(left).ok().and_then(|left| input.take(left)) else {
                    return Step::Wait;
                };
                self.state = State::Length;
                shared.whole(shape, content, side, sink);
                Step::Again
            }
            State::Prelude(mut left, shape) => {
                let within = input.within(&mut left, |part| shape.prelude(part));
                self.go(within, State::Skip(left), sink, |topics| State::Topic(left, shape, topics))
            }
            State::Topic(left, _, 0) => {
                self.state = State::Skip(left);
                Step::Again
            }
            State::Topic(mut left, shape, topics) => {
                let within = input.within(&mut left, |part| shape.topic(part));
                if let Within::Got((topic, _)) = &within {
                    self.topic = match topic {
                        Topic::Name(name) => name.clone(),
                        Topic::Number(number) => shared.topics.name(number, sink),
                    };
                }
                self.go(within, State::Skip(left), sink, |(_, partitions)| {
                    State::Partition(left, shape, topics, partitions)
                })
            }
            State::Partition(left, shape, topics, 0) => {
                self.state = State::AfterTopic(left, shape, topics);
                Step::Again
            }
            State::Partition(mut left, shape, topics, partitions) => {
                let within = input.within(&mut left, |part| shape.partition(part));
                self.go(within, State::Skip(left), sink, |length| {
                    State::Records(left, shape, topics, partitions, length.min(left))
                })
            }
            State::Records(left, shape, topics, partitions, 0) => {
                self.end(true, sink);
                self.state = State::After(left, shape, topics, partitions - 1);
                Step::Again
            }
            State::Records(left, shape, topics, partitions, length) => {
                let bytes = input.some(length);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.records(bytes, shape, side, shared, sink);
                let taken = bytes.len() as u64;
                self.state = State::Records(left - taken, shape, topics, partitions, length - taken);
                Step::Again
            }
            State::After(mut left, shape, topics, partitions) => {
                let within = input.within(&mut left, |part| shape.behind_records(part));
                self.go(within, State::Skip(left), sink, |()| State::Partition(left, shape, topics, partitions))
            }
            State::AfterTopic(mut left, shape, topics) => {
                let within = input.within(&mut left, |part| tags(part, shape.flexible));
                self.go(within, State::Skip(left), sink, |()| State::Topic(left, shape, topics.saturating_sub(1)))
            }
            State::Skip(0) => {
                self.state = State::Length;
                Step::Again
            }
            State::Skip(left) => {
                let taken = input.some(left).len() as u64;
                self.state = State::Skip(left - taken);
                if taken == 0 { Step::Wait } else { Step::Again }
            }
            State::Seek(seen) => {
                let head = if side == Side::Client { request_head } else { answer_head };
                let sought = seek(input, seen, REACH, |window| boundary(window, head));
                sought.step(&mut self.state, State::Length, State::Seek)
            }
        }
    }

    /// Goes on when a token was taken.
    fn go<T>(&mut self, within: Within<T>, skip: State, sink: &mut dyn Sink, next: impl FnOnce(T) -> State) -> Step {
        match within {
            Within::Got(token) => self.state = next(token),
            Within::Wait => return Step::Wait,
            Within::Short => {
                sink.trouble(Protocol::Kafka, Trouble::Malformed);
                self.end(false, sink);
                self.state = skip;
            }
        }
        Step::Again
    }

    fn head(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        side: Side,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        let within = match side {
            Side::Client => input.within(&mut left, |part| shared.request(part)),
            Side::Server => input.within(&mut left, |part| shared.answer(part)),
        };
        let shape = match within {
            Within::Got(shape) => shape,
            Within::Wait => return Step::Wait,
            Within::Short => {
                self.state = State::Skip(left);
                return Step::Again;
            }
        };
        self.state = match shape.api {
            _ if !shape.is_read(side) => State::Skip(left),
            _ if !shape.known => {
                sink.trouble(Protocol::Kafka, Trouble::Unsupported);
                State::Skip(left)
            }
            Api::Produce | Api::Fetch | Api::ShareFetch => State::Prelude(left, shape),
            _ if left <= shared.limits.head as u64 * 15 => State::Whole(left, shape),
            _ => {
                sink.trouble(Protocol::Kafka, Trouble::TooLarge);
                State::Skip(left)
            }
        };
        Step::Again
    }

    fn records(&mut self, bytes: &[u8], shape: Shape, side: Side, shared: &mut Shared, sink: &mut dyn Sink) {
        let telling = self.telling.get_or_insert_with(|| {
            let id = shared.next.take();
            let operation = if shape.api == Api::Produce { "produce" } else { "fetch" };
            sink.begin(
                id,
                &Head {
                    side,
                    protocol: Protocol::Kafka,
                    operation,
                    target: &self.topic,
                    host: "",
                    answers: None,
                    status: None,
                },
            );
            Telling { id, records: Records::new(&shared.limits), whole: true }
        });
        let id = telling.id;
        if let Err(trouble) = telling.records.push(bytes, &mut |said| tell(id, said, sink)) {
            telling.whole = false;
            sink.trouble(Protocol::Kafka, trouble);
        }
    }

    fn end(&mut self, whole: bool, sink: &mut dyn Sink) {
        if let Some(mut telling) = self.telling.take() {
            let id = telling.id;
            telling.records.finish(&mut |said| tell(id, said, sink));
            sink.end(id, whole && telling.whole);
        }
    }
}

fn tell(id: MessageId, said: Said<'_>, sink: &mut dyn Sink) {
    match said {
        Said::Key(bytes, last) => sink.value(id, Place::Key, bytes, last),
        Said::Value(bytes, last) => sink.value(id, Place::Body(""), bytes, last),
        Said::Header(name, bytes, last) => sink.value(id, Place::Header(name), bytes, last),
        Said::Record => sink.record(id),
    }
}
