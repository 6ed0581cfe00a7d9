//! Leases in SQL.

use std::time::Duration;

use jiff::Timestamp;

use super::filter::one;
use super::{Database, Engine, Row, Tx, Value};
use crate::topics::leases::micros;
use crate::{Error, Fence, Lease, Leases, Result};

impl<E: Engine> Leases for Database<E> {
    fn acquire(&self, name: &str, holder: &str, now: Timestamp, length: Duration) -> Result<Option<Lease>> {
        self.engine.write(&["leases", name], |tx| {
            let (own, fence) = match stored(tx, name)? {
                Some(lease) if lease.holder == holder => (true, lease.fence),
                Some(lease) if lease.holds(now) => return Ok(None),
                Some(lease) => (false, lease.fence),
                None => (false, 0),
            };
            let fence = if own { fence } else { fence + 1 };
            write(tx, name, &Lease { holder: holder.to_owned(), fence, taken: now, length })?;
            stored(tx, name)
        })
    }

    fn release(&self, name: &str, holder: &str) -> Result<bool> {
        let sql = "UPDATE leases SET micros = 0 WHERE name = $1 AND holder = $2 AND micros > 0";
        let values = [Value::Text(name), Value::Text(holder)];
        self.engine.write(&["leases", name], |tx| Ok(tx.run(sql, &values)? > 0))
    }

    fn lease(&self, name: &str) -> Result<Option<Lease>> {
        self.engine.read(|tx| stored(tx, name))
    }
}

/// That a lease is still the one that was taken. It is nobody else's before this transaction ends: whoever takes it waits
/// for its row.
pub(crate) fn is_held(tx: &mut dyn Tx, fence: &Fence) -> Result<()> {
    let sql = "UPDATE leases SET fence = fence WHERE name = $1 AND fence = $2 AND micros > 0";
    match tx.run(sql, &[Value::Text(&fence.name), Value::number(fence.fence)])? {
        0 => Err(Error::Lost { name: fence.name.clone() }),
        _ => Ok(()),
    }
}

fn stored(tx: &mut dyn Tx, name: &str) -> Result<Option<Lease>> {
    let sql = "SELECT holder, fence, taken, micros FROM leases WHERE name = $1";
    let read = |row: &dyn Row| {
        let length = Duration::from_micros(row.number(3)?);
        Ok(Lease { holder: row.text(0)?, fence: row.number(1)?, taken: row.time(2)?, length })
    };
    one(tx, sql, &[Value::Text(name)], read)
}

fn write(tx: &mut dyn Tx, name: &str, lease: &Lease) -> Result<()> {
    let sql = "INSERT INTO leases (name, holder, fence, taken, micros) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = excluded.fence, \
               taken = excluded.taken, micros = excluded.micros";
    let values = [
        Value::Key(name),
        Value::Text(&lease.holder),
        Value::number(lease.fence),
        Value::time(lease.taken),
        Value::number(micros(lease.length)),
    ];
    tx.run(sql, &values).map(|_| ())
}
