//! The parameters of a statement that was prepared, also many rows of them.

use crate::input::{Hold, Input, Step};
use crate::mysql::shared::{Pending, Shared, capability};
use crate::mysql::values::{Value, length, text, value};
use crate::sql::Meaning;
use crate::{MessageId, Place, Side, Sink};

/// Parameters of a statement.
#[derive(Debug)]
pub(super) struct Execute {
    pub(super) hold: Hold,
    id: MessageId,
    number: u32,
    bulk: bool,
    nulls: Vec<u8>,
    pub(super) kinds: Vec<(u8, bool)>,
    /// The head was read.
    pub(super) begun: bool,
    index: usize,
    pub(super) left: Option<u64>,
}

impl Execute {
    pub(super) fn new(bulk: bool) -> Execute {
        Execute {
            hold: Hold::default(),
            id: MessageId(0),
            number: 0,
            bulk,
            nulls: Vec::new(),
            kinds: Vec::new(),
            begun: false,
            index: 0,
            left: None,
        }
    }

    pub(super) fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        if !self.begun {
            let mut look = *input;
            if self.head(&mut look, shared).is_none() {
                return Step::Wait;
            }
            *input = look;
            self.begin(shared, sink);
            return Step::Again;
        }
        if let Some(left) = self.left {
            let bytes = input.some(left);
            let left = left - bytes.len() as u64;
            if bytes.is_empty() && left > 0 {
                return Step::Wait;
            }
            self.tell(bytes, left == 0, shared, sink);
            self.left = (left > 0).then_some(left);
            self.index += usize::from(left == 0);
            return Step::Again;
        }
        if self.index >= self.kinds.len() {
            if !self.bulk || input.len() == 0 || self.kinds.is_empty() {
                return Step::Wait;
            }
            sink.record(self.id);
            self.index = 0;
        }
        self.next(input, shared, sink)
    }

    /// Everything before the values, when all of it is there.
    fn head(&mut self, look: &mut Input<'_>, shared: &mut Shared) -> Option<()> {
        self.number = shared.number(look.u32_le()?);
        let prepared = shared.prepared.get(&self.number);
        let mut count = prepared.map_or(0, |prepared| usize::from(prepared.parameters));
        let told;
        if self.bulk {
            told = look.u16_le()? & 128 != 0;
        } else {
            let [flags, ..] = look.array::<5>()?;
            let named = shared.has(capability::QUERY_ATTRIBUTES);
            if named && (count > 0 || flags & 8 != 0) {
                count = usize::from(u16::try_from(length(look)??).ok()?);
            }
            self.nulls = look.take(count.div_ceil(8))?.to_vec();
            told = count > 0 && look.u8()? == 1;
        }
        self.kinds = prepared.map(|prepared| prepared.kinds.clone()).unwrap_or_default();
        if told {
            self.kinds.clear();
            let named = !self.bulk && shared.has(capability::QUERY_ATTRIBUTES);
            for _ in 0..count {
                let [kind, flags] = look.array()?;
                if named {
                    text(look)?;
                }
                self.kinds.push((kind, flags & 0x80 != 0));
            }
        }
        Some(())
    }

    fn begin(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.begun = true;
        self.id = shared.next.take();
        if let Some(prepared) = shared.prepared.get_mut(&self.number) {
            prepared.kinds.clone_from(&self.kinds);
        }
        let prepared = shared.prepared.get(&self.number).cloned().unwrap_or_default();
        let verb = if prepared.statement.verb.is_empty() { "EXECUTE" } else { &prepared.statement.verb };
        sink.begin(self.id, &shared.head(Side::Client, verb, &prepared.statement.table, None));
    }

    fn next(&mut self, input: &mut Input<'_>, shared: &Shared, sink: &mut dyn Sink) -> Step {
        let (kind, unsigned) = self.kinds.get(self.index).copied().unwrap_or_default();
        if !self.bulk && is_null(&self.nulls, self.index) {
            self.index += 1;
            return Step::Again;
        }
        let mut look = *input;
        if self.bulk {
            match look.u8() {
                None => return Step::Wait,
                Some(0) => {}
                // NULL, the default, or nothing.
                Some(_) => {
                    *input = look;
                    self.index += 1;
                    return Step::Again;
                }
            }
        }
        let Some(value) = value(kind, unsigned, &mut look) else { return Step::Wait };
        *input = look;
        match value {
            Value::Null => self.index += 1,
            Value::Words(words) => {
                self.tell(words.as_bytes(), true, shared, sink);
                self.index += 1;
            }
            Value::Long(length) => self.left = Some(length),
        }
        Step::Again
    }

    fn tell(&self, bytes: &[u8], last: bool, shared: &Shared, sink: &mut dyn Sink) {
        let meaning = parameter(shared, self.number, self.index);
        let number = u16::try_from(self.index + 1).unwrap_or(u16::MAX);
        sink.value(self.id, place(&meaning, number), bytes, last);
    }

    pub(super) fn finish(self, whole: bool, shared: &mut Shared, sink: &mut dyn Sink) {
        if !self.begun {
            return shared.waits_for(Pending::Other, sink);
        }
        if self.left.is_some() {
            self.tell(b"", true, shared, sink);
        }
        sink.record(self.id);
        sink.end(self.id, whole);
        shared.waits_for(Pending::Execute(self.id, self.number), sink);
    }
}

pub(super) fn parameter(shared: &Shared, number: u32, index: usize) -> Meaning {
    let prepared = shared.prepared.get(&number);
    prepared.and_then(|prepared| prepared.statement.parameters.get(index)).cloned().unwrap_or_default()
}

pub(super) fn place(meaning: &Meaning, number: u16) -> Place<'_> {
    match meaning {
        Meaning::Column { table, name } => Place::Column { table, name },
        Meaning::Credential => Place::Field("password"),
        Meaning::Unknown => Place::Parameter(number),
    }
}

pub(super) fn is_null(nulls: &[u8], index: usize) -> bool {
    nulls.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
}
