//! Sweeps and examinations in SQL.

use jiff::Timestamp;

use super::filter::{all, for_list};
use super::{Database, Engine, Tx, Value};
use crate::{Error, Keep, Result, Retention, Swept};

/// Runs that are the last of no source.
const OLD_RUNS: &str = "SELECT number FROM runs WHERE at < $1 AND number NOT IN (SELECT last_run FROM sources)";

/// What must be equal, each as one number that is 0.
const RULES: &[(&str, &str)] = &[
    (
        "a queue holds another number of items than it says",
        "SELECT count(*) FROM queues q WHERE q.items <> (SELECT count(*) FROM queue i WHERE i.queue = q.name) \
         OR q.bytes <> (SELECT CAST(COALESCE(sum(i.bytes), 0) AS BIGINT) FROM queue i WHERE i.queue = q.name)",
    ),
    (
        "a source has lost its last run",
        "SELECT count(*) FROM sources s WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.number = s.last_run)",
    ),
    (
        "a run has lost its body",
        "SELECT count(*) FROM runs r WHERE r.bytes IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM bodies b WHERE b.run = r.number AND length(b.body) = r.bytes)",
    ),
    (
        "a number was given twice",
        "SELECT count(*) FROM counters c WHERE (c.name = 'runs' AND c.value < (SELECT max(number) FROM runs)) \
         OR (c.name = 'queue' AND c.value < (SELECT max(number) FROM queue)) \
         OR (c.name = 'detections' AND c.value < (SELECT max(number) FROM detections))",
    ),
];

impl<E: Engine> Retention for Database<E> {
    fn sweep(&self, keep: &Keep, most: u32) -> Result<Swept> {
        let most = most.max(1);
        self.engine.write(&["sweep"], |tx| {
            let mut swept = Swept::default();
            if let Some(before) = keep.bodies {
                swept.bodies = bodies(tx, before, most)?;
            }
            if let Some(before) = keep.runs {
                swept.runs = runs(tx, before, most)?;
            }
            swept.findings = drop(tx, ("findings", "source, id"), "resolved < $1", keep.resolved, most)?;
            let changes = ["finding_changes", "status_changes"];
            let changes = changes.map(|table| drop(tx, (table, "number"), "at < $1", keep.changes, most));
            swept.detections = drop(tx, ("detections", "number"), "at < $1", keep.detections, most)?;
            swept.events = drop(tx, ("events", "scope, id"), "until <= $1", keep.expired, most)?;
            swept.sessions = drop(tx, ("sessions", "token"), "until <= $1", keep.expired, most)?;
            let [findings, statuses] = changes;
            let (findings, statuses) = (findings?, statuses?);
            swept.changes = findings + statuses;
            let counts = [swept.bodies, swept.runs, swept.findings, findings, statuses, swept.detections];
            let full = |count: &u64| *count >= u64::from(most);
            swept.more = counts.iter().chain(&[swept.events, swept.sessions]).any(full);
            Ok(swept)
        })
    }

    fn ready(&self) -> Result<()> {
        let sql = "UPDATE counters SET value = value + 1 WHERE name = 'ready'";
        self.engine.write(&["ready"], |tx| tx.run(sql, &[]).map(|_| ()))
    }

    fn examine(&self) -> Result<()> {
        self.engine.examine()?;
        let place = self.engine.place();
        self.engine.read(|tx| {
            for (cause, sql) in RULES {
                let broken = all(tx, sql, &[], |row| row.int(0))?;
                if broken != [0] {
                    return Err(Error::Damaged { place: place.to_owned(), cause: (*cause).to_owned() });
                }
            }
            Ok(())
        })
    }
}

/// Drops at most so many rows of a table.
fn drop(tx: &mut dyn Tx, (table, key): (&str, &str), old: &str, before: Option<Timestamp>, most: u32) -> Result<u64> {
    let Some(before) = before else { return Ok(0) };
    let sql =
        format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {old} ORDER BY {key} LIMIT $2)");
    tx.run(&sql, &[Value::time(before), Value::Int(i64::from(most))])
}

fn bodies(tx: &mut dyn Tx, before: Timestamp, most: u32) -> Result<u64> {
    let old = old(tx, " AND bytes IS NOT NULL", before, most)?;
    for_list(tx, "UPDATE runs SET bytes = NULL WHERE number IN", &[], (&old, 1), "", &mut |_| Ok(()))?;
    for_list(tx, "DELETE FROM bodies WHERE run IN", &[], (&old, 1), "", &mut |_| Ok(()))?;
    Ok(old.len() as u64)
}

fn runs(tx: &mut dyn Tx, before: Timestamp, most: u32) -> Result<u64> {
    let old = old(tx, "", before, most)?;
    for_list(tx, "DELETE FROM bodies WHERE run IN", &[], (&old, 1), "", &mut |_| Ok(()))?;
    for_list(tx, "DELETE FROM runs WHERE number IN", &[], (&old, 1), "", &mut |_| Ok(()))?;
    Ok(old.len() as u64)
}

/// The oldest runs that may go.
fn old(tx: &mut dyn Tx, also: &str, before: Timestamp, most: u32) -> Result<Vec<Value<'static>>> {
    let sql = format!("{OLD_RUNS}{also} ORDER BY number LIMIT $2");
    all(tx, &sql, &[Value::time(before), Value::Int(i64::from(most))], |row| Ok(Value::Int(row.int(0)?)))
}
