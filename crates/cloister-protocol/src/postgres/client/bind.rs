//! The parameters of what was prepared.

use super::head;
use crate::input::{Input, Within};
use crate::postgres::framing::Part;
use crate::postgres::shared::{Forms, Pending, Portal, Shared, parameter, tell};
use crate::postgres::types::Decoder;
use crate::{MessageId, Place, Sink};

/// A message that binds parameters.
#[derive(Debug, Default)]
pub(super) enum Bind {
    /// Its own name, and that of what was prepared.
    #[default]
    Names,
    Values(Box<Values>),
}

/// What comes next of the parameters.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Forms,
    Count,
    Length,
    /// So many bytes more of the value.
    Value(u64),
    /// The forms of the columns that are asked for; the parameters are told.
    Results,
}

/// Parameters that come.
#[derive(Debug)]
pub(super) struct Values {
    stage: Stage,
    name: Box<[u8]>,
    prepared: u64,
    id: MessageId,
    forms: Forms,
    /// The parameter that comes, counted from 1 once its length was read.
    index: u16,
    count: u16,
    decoder: Decoder,
}

impl Part for Bind {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        match self {
            Bind::Names => {
                input.within(left, |part| Some((part.until(0)?, part.until(0)?))).map(|(name, statement)| {
                    *self = Bind::Values(Box::new(Values::begin(name, shared.named(statement), shared, sink)));
                    false
                })
            }
            Bind::Values(values) => values.step(input, left, shared, sink),
        }
    }

    fn cut_short(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if let Bind::Values(values) = self {
            values.cut_short(shared, sink);
        }
    }
}

impl Values {
    fn begin(name: &[u8], prepared: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Values {
        let id = shared.next.take();
        let known = shared.prepared(prepared).map(|prepared| &prepared.statement);
        let verb = known.map_or("BIND", |statement| &statement.verb);
        let table = known.map_or("", |statement| &statement.table);
        sink.begin(id, &head(verb, table, shared));
        let (forms, decoder) = (Forms::default(), Decoder::default());
        Values { stage: Stage::Forms, name: name.into(), prepared, id, forms, index: 0, count: 0, decoder }
    }

    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        match self.stage {
            Stage::Forms => input.within(left, forms).map(|forms| {
                self.forms = forms;
                self.stage = Stage::Count;
                false
            }),
            Stage::Count => input.within(left, Input::u16).map(|count| {
                self.count = count;
                self.stage = Stage::Length;
                false
            }),
            Stage::Length if self.index >= self.count => {
                sink.record(self.id);
                sink.end(self.id, true);
                self.stage = Stage::Results;
                Within::Got(false)
            }
            Stage::Length => match input.within(left, Input::i32) {
                Within::Got(length) => self.length(length, *left, shared),
                within => within.map(|_| false),
            },
            Stage::Value(value) => self.value(value, input, left, shared, sink),
            Stage::Results => input.within(left, forms).map(|forms| {
                let portal = Portal { prepared: self.prepared, message: Some(self.id), forms };
                shared.bind(&self.name, portal);
                shared.waits_for(Pending::Bind, sink);
                true
            }),
        }
    }

    /// The length of the next value; below nothing it is no value at all.
    fn length(&mut self, length: i32, left: u64, shared: &Shared) -> Within<bool> {
        let index = usize::from(self.index);
        self.index += 1;
        if let Ok(length) = u64::try_from(length) {
            if length > left {
                return Within::Short;
            }
            let types = shared.prepared(self.prepared).map(|prepared| prepared.types.as_slice());
            let oid = types.and_then(|types| types.get(index)).copied().unwrap_or_default();
            self.decoder = Decoder::new(oid, self.forms.binary(index, false));
            self.stage = Stage::Value(length);
        }
        Within::Got(false)
    }

    fn value(
        &mut self,
        value: u64,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        let bytes = input.some(value);
        if bytes.is_empty() && value > 0 {
            return Within::Wait;
        }
        *left -= bytes.len() as u64;
        let value = value - bytes.len() as u64;
        let place = place(self.prepared, self.index, shared);
        tell(&mut self.decoder, bytes, value == 0, self.id, place, sink);
        self.stage = if value == 0 { Stage::Length } else { Stage::Value(value) };
        Within::Got(false)
    }

    fn cut_short(&mut self, shared: &Shared, sink: &mut dyn Sink) {
        if matches!(self.stage, Stage::Results) {
            return;
        }
        if matches!(self.stage, Stage::Value(_)) && self.decoder.cut_short() {
            sink.value(self.id, place(self.prepared, self.index, shared), b"", true);
        }
        sink.end(self.id, false);
    }
}

fn place(prepared: u64, index: u16, shared: &Shared) -> Place<'_> {
    let known = shared.prepared(prepared);
    let meaning = known.and_then(|known| known.statement.parameters.get(usize::from(index).wrapping_sub(1)));
    parameter(meaning, index)
}

fn forms(part: &mut Input<'_>) -> Option<Forms> {
    let count = part.u16()?;
    part.take(usize::from(count) * 2).map(Forms::new)
}
