//! Detections in SQL.

use std::collections::HashSet;

use super::engine::numbers;
use super::filter::{Filter, for_list, one};
use super::{Database, Engine, Row, Tx, Value};
use crate::{Cursor, Detection, DetectionFilter, Detections, KeptDetection, Page, Paging, Result};

const DETECTION: &str = "SELECT number, id, source, rule, severity, at, namespace, suspects, body FROM detections";

impl<E: Engine> Detections for Database<E> {
    fn keep_detections(&self, detections: &[Detection]) -> Result<Vec<bool>> {
        self.engine.write(&["detections"], |tx| {
            let mut known = known(tx, detections)?;
            let new: Vec<bool> = detections.iter().map(|one| known.insert(&one.id)).collect();
            let kept: Vec<&Detection> =
                detections.iter().zip(&new).filter(|(_, new)| **new).map(|(one, _)| one).collect();
            keep(tx, &kept)?;
            Ok(new)
        })
    }

    fn amend_detection(&self, id: &str, body: &[u8]) -> Result<bool> {
        let sql = "UPDATE detections SET body = $1 WHERE id = $2 AND length(body) > 0";
        self.engine.write(&["detections"], |tx| Ok(tx.run(sql, &[Value::Bytes(body), Value::Text(id)])? > 0))
    }

    fn detections(&self, filter: &DetectionFilter, page: &Paging) -> Result<Page<KeptDetection>> {
        let mut wanted = Filter::default();
        wanted.text("source = ?", filter.source.as_deref());
        wanted.one_of("namespace", filter.namespaces.as_deref());
        wanted.text("rule = ?", filter.rule.as_deref());
        wanted.int("severity >= ?", filter.severity.map(|severity| severity as i64));
        wanted.int("suspects = ?", filter.suspects_breach.map(i64::from));
        wanted.times("at", filter.from, filter.until);
        wanted.below("number", page)?;
        self.engine.read(|tx| wanted.page(tx, (DETECTION, "number DESC"), page, read, |kept| Cursor::at(kept.number)))
    }

    fn detection(&self, id: &str) -> Result<Option<KeptDetection>> {
        self.engine.read(|tx| one(tx, &format!("{DETECTION} WHERE id = $1"), &[Value::Text(id)], read))
    }

    fn erase_detection(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE detections SET body = $1 WHERE id = $2 AND length(body) > 0";
        self.engine.write(&["detections"], |tx| Ok(tx.run(sql, &[Value::Bytes(&[]), Value::Text(id)])? > 0))
    }
}

/// Ids that are kept already, as they stand in what was handed over.
fn known<'a>(tx: &mut dyn Tx, detections: &'a [Detection]) -> Result<HashSet<&'a str>> {
    let list: Vec<Value<'_>> = detections.iter().map(|one| Value::Key(&one.id)).collect();
    let mut stored = HashSet::new();
    for_list(tx, "SELECT id FROM detections WHERE id IN", &[], (&list, 1), "", &mut |row| {
        stored.insert(row.text(0)?);
        Ok(())
    })?;
    Ok(detections.iter().map(|one| one.id.as_str()).filter(|id| stored.contains(*id)).collect())
}

fn keep(tx: &mut dyn Tx, detections: &[&Detection]) -> Result<()> {
    let first = numbers(tx, "detections", detections.len())?;
    let mut values = Vec::with_capacity(detections.len() * 9);
    for (number, one) in (first..).zip(detections) {
        values.extend([
            Value::Int(number),
            Value::Key(&one.id),
            Value::Text(&one.source),
            Value::Text(&one.rule),
            Value::severity(one.severity),
            Value::time(one.at),
            Value::MaybeText(one.namespace.as_deref()),
            Value::truth(one.suspects_breach),
            Value::Bytes(&one.body),
        ]);
    }
    let head = "INSERT INTO detections (number, id, source, rule, severity, at, namespace, suspects, body)";
    tx.insert(head, 9, &values, "")
}

fn read(row: &dyn Row) -> Result<KeptDetection> {
    let detection = Detection {
        id: row.text(1)?,
        source: row.text(2)?,
        rule: row.text(3)?,
        severity: row.severity(4)?,
        at: row.time(5)?,
        namespace: row.maybe_text(6)?,
        suspects_breach: row.truth(7)?,
        body: row.bytes(8)?.to_vec(),
    };
    Ok(KeptDetection { number: row.number(0)?, detection })
}
