//! How a client begins: what it wants, its settings, its password.

use super::{Client, State, head};
use crate::input::{Input, Step, Within};
use crate::postgres::framing::{Framing, Part};
use crate::postgres::shared::{Phase, Shared};
use crate::postgres::{CANCEL, GSS, TLS};
use crate::{MessageId, Place, Sink};

impl Client {
    pub(super) fn opening(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        self.state = State::Opening;
        let mut look = *input;
        let (Some(length), Some(code)) = (look.u32(), look.u32()) else { return Step::Wait };
        let left = u64::from(length).saturating_sub(8);
        match code {
            TLS | GSS if length == 8 => {
                shared.phase = if code == TLS { Phase::AskedTls } else { Phase::AskedGss };
            }
            CANCEL => self.state = State::Framed(Framing::Skip(left)),
            _ if code >> 16 == 3 && length <= 10_000 => {
                shared.phase = Phase::Running;
                let id = shared.next.take();
                sink.begin(id, &head("startup", "", shared));
                self.state = State::Settings(left, Settings { id, name: None });
            }
            _ => {
                // Joined in the middle.
                shared.phase = Phase::Running;
                self.state = State::Framed(Framing::Seek(0));
                return Step::Again;
            }
        }
        *input = look;
        Step::Again
    }
}

/// Names and values, until an empty name.
#[derive(Debug)]
pub(super) struct Settings {
    id: MessageId,
    /// The name whose value comes.
    name: Option<String>,
}

impl Part for Settings {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        let text = match input.within(left, |part| part.until(0)) {
            Within::Got(text) => text,
            Within::Wait => return Within::Wait,
            Within::Short => return Within::Short,
        };
        match self.name.take() {
            None if text.is_empty() => {
                sink.end(self.id, true);
                return Within::Got(true);
            }
            None => {
                let name = text.get(..text.len().min(shared.limits.head)).unwrap_or_default();
                self.name = Some(String::from_utf8_lossy(name).into_owned());
            }
            Some(name) => {
                // Without a database, it has the user's name.
                if name == "database" || (name == "user" && shared.database.is_empty()) {
                    shared.database = String::from_utf8_lossy(text).into_owned();
                }
                sink.value(self.id, Place::Field(&name), text, true);
            }
        }
        Within::Got(false)
    }

    fn cut_short(&mut self, _shared: &mut Shared, sink: &mut dyn Sink) {
        sink.end(self.id, false);
    }
}

/// A password in the clear.
#[derive(Debug)]
pub(super) struct Password;

impl Part for Password {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        input.within(left, |part| part.until(0)).map(|password| {
            let id = shared.next.take();
            sink.begin(id, &head("password", "", shared));
            sink.value(id, Place::Field("password"), password, true);
            sink.end(id, true);
            true
        })
    }
}
