//! Bounded queues in SQL.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::engine::numbers;
use super::events::{known, note};
use super::filter::{Filter, all, for_list, one};
use super::{Database, Engine, Row, Tx, Value};
use crate::topics::leases::micros;
use crate::{Cursor, Item, Limits, Page, Paging, Pushed, QueueSize, Queues, Receipt, Result, SetAside, Taken};

/// What is handed out to be worked on: neither done, nor given back, nor set aside.
const IN_HAND: &str = "queue = $1 AND taken IS NOT NULL AND aside IS NULL AND (number, tries) IN";

impl<E: Engine> Queues for Database<E> {
    fn push(&self, queue: &str, items: &[Item], limits: Limits, now: Timestamp, until: Timestamp) -> Result<Pushed> {
        self.engine.write(&["queues", queue], |tx| {
            let scope = format!("queue {queue}");
            let fresh = fresh(tx, queue, &scope, items, now)?;
            let size = size(tx, queue)?;
            let bytes: u64 = fresh.iter().map(|item| item.body.len() as u64).sum();
            let count = fresh.len() as u64;
            if count > 0 && (size.items + count > limits.items || size.bytes + bytes > limits.bytes) {
                return Ok(Pushed::Full(size));
            }
            let ids: Vec<&str> = fresh.iter().map(|item| item.id.as_str()).collect();
            note(tx, &scope, &ids, now, until)?;
            append(tx, queue, &fresh)?;
            grow(tx, queue, signed(count), signed(bytes), 0)?;
            Ok(Pushed::Kept { new: count, repeated: items.len() as u64 - count })
        })
    }

    fn take(&self, queue: &str, most: u32, now: Timestamp, length: Duration) -> Result<Vec<Taken>> {
        let sql = "SELECT number, tries + 1, id, body FROM queue WHERE queue = $1 AND aside IS NULL \
                   AND (taken IS NULL OR abs($2 - taken) >= micros) ORDER BY number LIMIT $3";
        let wanted = [Value::Text(queue), Value::time(now), Value::Int(i64::from(most))];
        self.engine.write(&["queues", queue], |tx| {
            let taken = all(tx, sql, &wanted, |row| Ok(Taken { receipt: receipt(row)?, item: item(row, 2)? }))?;
            let numbers: Vec<Value<'_>> = taken.iter().map(|one| Value::number(one.receipt.number)).collect();
            let fixed = [Value::time(now), Value::number(micros(length))];
            let update = "UPDATE queue SET taken = $1, micros = $2, tries = tries + 1 WHERE number IN";
            for_list(tx, update, &fixed, (&numbers, 1), "", &mut |_| Ok(()))?;
            Ok(taken)
        })
    }

    fn done(&self, queue: &str, receipts: &[Receipt]) -> Result<u64> {
        self.engine.write(&["queues", queue], |tx| {
            let (mut count, mut bytes) = (0, 0);
            let sql = format!("DELETE FROM queue WHERE {IN_HAND}");
            for_list(tx, &sql, &[Value::Text(queue)], (&pairs(receipts), 2), " RETURNING bytes", &mut |row| {
                (count, bytes) = (count + 1, bytes + row.int(0)?);
                Ok(())
            })?;
            grow(tx, queue, -count, -bytes, 0)?;
            Ok(count.unsigned_abs())
        })
    }

    fn give_back(&self, queue: &str, receipts: &[Receipt]) -> Result<u64> {
        self.engine.write(&["queues", queue], |tx| {
            let mut count = 0;
            let sql = format!("UPDATE queue SET taken = NULL WHERE {IN_HAND}");
            for_list(tx, &sql, &[Value::Text(queue)], (&pairs(receipts), 2), " RETURNING number", &mut |_| {
                count += 1;
                Ok(())
            })?;
            Ok(count)
        })
    }

    fn give_back_all(&self, queue: &str) -> Result<u64> {
        let sql = "UPDATE queue SET taken = NULL WHERE queue = $1 AND taken IS NOT NULL AND aside IS NULL";
        self.engine.write(&["queues", queue], |tx| tx.run(sql, &[Value::Text(queue)]))
    }

    fn set_aside(&self, queue: &str, receipt: Receipt, reason: &str) -> Result<bool> {
        let sql = "UPDATE queue SET aside = $1, taken = NULL WHERE queue = $2 AND number = $3 AND tries = $4 \
                   AND taken IS NOT NULL AND aside IS NULL";
        let (number, tries) = (Value::number(receipt.number), Value::Int(i64::from(receipt.tries)));
        self.engine.write(&["queues", queue], |tx| {
            let set = tx.run(sql, &[Value::Text(reason), Value::Text(queue), number, tries])?;
            grow(tx, queue, 0, 0, signed(set))?;
            Ok(set > 0)
        })
    }

    fn aside(&self, queue: &str, page: &Paging) -> Result<Page<SetAside>> {
        let mut wanted = Filter::default();
        wanted.and("queue = ? AND aside IS NOT NULL", &[Value::Text(queue)]);
        let after = page.after.as_ref().map(Cursor::number).transpose()?;
        wanted.int("number > ?", after.map(signed));
        let read = |row: &dyn Row| {
            let Receipt { number, tries } = receipt(row)?;
            Ok(SetAside { number, tries, reason: row.text(4)?, item: item(row, 2)? })
        };
        let select = "SELECT number, tries, id, body, aside FROM queue";
        self.engine.read(|tx| wanted.page(tx, (select, "number"), page, read, |aside| Cursor::at(aside.number)))
    }

    fn settle(&self, queue: &str, number: u64, again: bool) -> Result<bool> {
        let one = " WHERE queue = $1 AND number = $2 AND aside IS NOT NULL";
        let sql = if again {
            format!("UPDATE queue SET aside = NULL{one} RETURNING bytes")
        } else {
            format!("DELETE FROM queue{one} RETURNING bytes")
        };
        self.engine.write(&["queues", queue], |tx| {
            let bytes = all(tx, &sql, &[Value::Text(queue), Value::number(number)], |row| row.int(0))?;
            let count = signed(bytes.len() as u64);
            if again {
                grow(tx, queue, 0, 0, -count)?;
            } else {
                grow(tx, queue, -count, -bytes.iter().sum::<i64>(), -count)?;
            }
            Ok(count > 0)
        })
    }

    fn queue_size(&self, queue: &str) -> Result<QueueSize> {
        self.engine.read(|tx| size(tx, queue))
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn receipt(row: &dyn Row) -> Result<Receipt> {
    Ok(Receipt { number: row.number(0)?, tries: row.small(1)? })
}

fn item(row: &dyn Row, first: usize) -> Result<Item> {
    Ok(Item { id: row.text(first)?, body: row.bytes(first + 1)?.to_vec() })
}

fn pairs(receipts: &[Receipt]) -> Vec<Value<'static>> {
    let pair = |one: &Receipt| [Value::number(one.number), Value::Int(i64::from(one.tries))];
    receipts.iter().flat_map(pair).collect()
}

/// Items that are neither remembered nor in the queue, each once.
fn fresh<'a>(tx: &mut dyn Tx, queue: &str, scope: &str, items: &'a [Item], now: Timestamp) -> Result<Vec<&'a Item>> {
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let mut known = known(tx, scope, &ids, now)?;
    let list: Vec<Value<'_>> = ids.iter().map(|id| Value::Key(id)).collect();
    let sql = "SELECT id FROM queue WHERE queue = $1 AND id IN";
    for_list(tx, sql, &[Value::Key(queue)], (&list, 1), "", &mut |row| {
        known.insert(row.text(0)?);
        Ok(())
    })?;
    let mut seen = HashSet::new();
    Ok(items.iter().filter(|item| !known.contains(&item.id) && seen.insert(&item.id)).collect())
}

fn append(tx: &mut dyn Tx, queue: &str, items: &[&Item]) -> Result<()> {
    let first = numbers(tx, "queue", items.len())?;
    let mut values = Vec::with_capacity(items.len() * 6);
    for (number, item) in (first..).zip(items) {
        let bytes = Value::number(item.body.len() as u64);
        let (id, body) = (Value::Key(&item.id), Value::Bytes(&item.body));
        values.extend([Value::Int(number), Value::Key(queue), id, bytes, Value::Int(0), body]);
    }
    tx.insert("INSERT INTO queue (number, queue, id, bytes, tries, body)", 6, &values, "")
}

fn size(tx: &mut dyn Tx, queue: &str) -> Result<QueueSize> {
    let sql = "SELECT items, bytes, aside FROM queues WHERE name = $1";
    let read = |row: &dyn Row| Ok(QueueSize { items: row.number(0)?, bytes: row.number(1)?, aside: row.number(2)? });
    Ok(one(tx, sql, &[Value::Text(queue)], read)?.unwrap_or_default())
}

fn grow(tx: &mut dyn Tx, queue: &str, items: i64, bytes: i64, aside: i64) -> Result<()> {
    if (items, bytes, aside) == (0, 0, 0) {
        return Ok(());
    }
    let sql = "INSERT INTO queues (name, items, bytes, aside) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET \
               items = queues.items + excluded.items, bytes = queues.bytes + excluded.bytes, \
               aside = queues.aside + excluded.aside";
    let values = [Value::Key(queue), Value::Int(items), Value::Int(bytes), Value::Int(aside)];
    tx.run(sql, &values).map(|_| ())
}
