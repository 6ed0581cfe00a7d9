//! Definitions of columns and of parameters.

use std::sync::Arc;

use super::{Expect, Server};
use crate::input::Input;
use crate::mysql::client::name;
use crate::mysql::shared::{Column, Pending, Shared};
use crate::mysql::values::text;

/// What definitions of columns are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Rows,
    Parameters(u16),
    Prepared,
}

impl Server {
    pub(super) fn definition(
        &mut self,
        kept: &[u8],
        length: u64,
        (left, of, mut columns): (u64, Of, Vec<Column>),
        shared: &mut Shared,
    ) {
        if kept.first() == Some(&0xfe) && length < 0xff_ffff {
            // The end of definitions, told where that is not deprecated.
            if left == u64::MAX {
                shared.pending.pop_front();
                return;
            }
            self.expect = Expect::Definitions(left, of, columns);
            return;
        }
        columns.push(column(kept));
        let left = if left == u64::MAX { left } else { left - 1 };
        if left == u64::MAX {
            // Lists of fields are not told.
            columns.clear();
        }
        if left > 0 {
            self.expect = Expect::Definitions(left, of, columns);
            return;
        }
        match of {
            Of::Rows => {
                self.rows.columns = columns.into();
                if let Some(Pending::Execute(_, number)) = shared.pending.front() {
                    let number = *number;
                    if let Some(prepared) = shared.prepared.get_mut(&number) {
                        prepared.columns = Some(Arc::clone(&self.rows.columns));
                    }
                }
                self.expect = Expect::Rows;
            }
            Of::Parameters(0) => {
                shared.pending.pop_front();
            }
            Of::Parameters(columns) => {
                self.expect = Expect::Definitions(columns.into(), Of::Prepared, Vec::new());
            }
            Of::Prepared => {
                let last = shared.last;
                if let Some(prepared) = shared.prepared.get_mut(&last) {
                    prepared.columns = Some(columns.into());
                }
                shared.pending.pop_front();
            }
        }
    }
}

/// A definition of a column: its table and name as they are, or as the statement calls them.
fn column(kept: &[u8]) -> Column {
    let mut input = Input::new(kept);
    let mut next = || text(&mut input).unwrap_or_default();
    let [_, _, alias, table, called, own] = [next(), next(), next(), next(), next(), next()];
    // Others may stand between the names and what has a fixed length.
    let fixed = kept.len().checked_sub(12).and_then(|at| kept.get(at..)).unwrap_or_default();
    let mut fixed = Input::new(fixed);
    fixed.take(6);
    let kind = fixed.u8().unwrap_or_default();
    let flags = fixed.u16_le().unwrap_or_default();
    Column {
        table: name(if table.is_empty() { alias } else { table }),
        name: name(if own.is_empty() { called } else { own }),
        kind,
        unsigned: flags & 0x20 != 0,
    }
}
