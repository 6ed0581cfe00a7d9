//! Descriptions: which columns rows have, which types parameters.

use std::sync::Arc;

use super::{Server, State};
use crate::input::{Input, Step, Within};
use crate::postgres::framing::Framing;
use crate::postgres::shared::{Column, Pending, Shared};
use crate::sql::{NAME, NAMES};
use crate::{Protocol, Sink, Trouble};

impl Server {
    pub(super) fn columns(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        count: u16,
        mut columns: Vec<Column>,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        if count == u16::MAX && columns.is_empty() {
            return match input.within(&mut left, Input::u16) {
                Within::Got(count) => {
                    self.state = State::Columns(left, count.min(u16::MAX - 1), columns);
                    Step::Again
                }
                within => self.short(within, State::Columns(left, count, columns), left, sink),
            };
        }
        if usize::from(count) <= columns.len() {
            self.state = State::Framed(Framing::Skip(left));
            self.describe(columns, shared);
            return Step::Again;
        }
        let within = input.within(&mut left, |part| {
            let name = part.until(0)?;
            let table = part.u32()?;
            part.take(2)?;
            let oid = part.u32()?;
            part.take(6)?;
            Some((name, table, oid, part.u16()?))
        });
        let Within::Got((name, table, oid, form)) = within else {
            return self.short(within, State::Columns(left, count, columns), left, sink);
        };
        if columns.len() >= NAMES {
            sink.trouble(Protocol::Postgres, Trouble::TooLarge);
            self.state = State::Framed(Framing::Skip(left));
            return Step::Again;
        }
        let only = match shared.pending.iter().find(|next| matches!(next, Pending::Query(..) | Pending::Describe(_))) {
            Some(Pending::Query(_, statements)) => statements.front().map(|statement| statement.table.clone()),
            Some(Pending::Describe(number)) => shared.prepared(*number).map(|known| known.statement.table.clone()),
            _ => None,
        };
        let name = String::from_utf8_lossy(name.get(..name.len().min(NAME)).unwrap_or_default());
        let table = shared.table(table, &only.unwrap_or_default());
        let column = Column { table, name: name.into(), oid, binary: form == 1 };
        shared.remember_kind(&column);
        columns.push(column);
        self.state = State::Columns(left, count, columns);
        Step::Again
    }

    /// The columns of what comes, or of what was prepared.
    fn describe(&mut self, columns: Vec<Column>, shared: &mut Shared) {
        let columns: Arc<[Column]> = columns.into();
        if !shared.skip_to(|next| matches!(next, Pending::Query(..) | Pending::Describe(_))) {
            self.described = Some(columns);
            return;
        }
        match shared.pending.front() {
            Some(Pending::Describe(number)) => {
                let number = *number;
                shared.pending.pop_front();
                if let Some(prepared) = shared.prepared_mut(number) {
                    prepared.columns = Some(columns);
                }
            }
            _ => self.described = Some(columns),
        }
    }
}

/// The types of the parameters of what was prepared.
pub(super) fn parameters(input: &mut Input<'_>, shared: &mut Shared) {
    if !shared.skip_to(|next| matches!(next, Pending::Describe(_))) {
        return;
    }
    let Some(Pending::Describe(number)) = shared.pending.front() else { return };
    let number = *number;
    let count = input.u16().unwrap_or_default();
    if let Some(prepared) = shared.prepared_mut(number) {
        prepared.types = (0..count).map_while(|_| input.u32()).collect();
    }
}
