//! A parameter that is sent in pieces, before its statement runs.

use super::execute::{parameter, place};
use crate::input::{Input, Step};
use crate::mysql::shared::Shared;
use crate::{MessageId, Side, Sink};

pub(super) fn long_data(
    input: &mut Input<'_>,
    open: &mut Option<(MessageId, u16, u32)>,
    shared: &mut Shared,
    sink: &mut dyn Sink,
) -> Step {
    if open.is_none() {
        let mut look = *input;
        let (Some(number), Some(index)) = (look.u32_le(), look.u16_le()) else { return Step::Wait };
        *input = look;
        let id = shared.next.take();
        let number = shared.number(number);
        let prepared = shared.prepared.get(&number).cloned().unwrap_or_default();
        let verb = if prepared.statement.verb.is_empty() { "EXECUTE" } else { &prepared.statement.verb };
        sink.begin(id, &shared.head(Side::Client, verb, &prepared.statement.table, None));
        *open = Some((id, index, number));
    }
    let bytes = input.some(u64::MAX);
    if let Some((id, index, number)) = open {
        let meaning = parameter(shared, *number, (*index).into());
        sink.value(*id, place(&meaning, index.saturating_add(1)), bytes, false);
    }
    Step::Wait
}
