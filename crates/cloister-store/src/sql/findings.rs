//! Findings and their changes in SQL.

use super::filter::{Filter, one};
use super::{Database, Engine, Row, Value};
use crate::{
    ChangeFilter, Changed, Cursor, Error, FindingChange, FindingFilter, FindingRecord, Findings, Page, Paging, Result,
    Seen, State,
};

/// As they are stored.
pub(crate) const CHANGES: [Changed; 3] = [Changed::New, Changed::Returned, Changed::Resolved];

/// Without a join, so that the order by weight is always that of the index.
const FINDING: &str = "SELECT f.source, f.id, f.check_name, f.severity, f.namespace, f.resource, f.weight, f.accepted, \
    f.first_seen, f.since, COALESCE(f.last_seen, (SELECT s.at FROM sources s WHERE s.name = f.source)), f.resolved, \
    f.comebacks FROM findings f";

impl<E: Engine> Findings for Database<E> {
    fn findings(&self, filter: &FindingFilter, page: &Paging) -> Result<Page<FindingRecord>> {
        let mut wanted = Filter::default();
        wanted.text("f.source = ?", filter.source.as_deref());
        wanted.one_of("f.namespace", filter.namespaces.as_deref());
        wanted.text("f.check_name = ?", filter.check.as_deref());
        wanted.int("f.severity >= ?", filter.severity.map(|severity| severity as i64));
        match filter.state {
            State::Open => wanted.and("f.resolved IS NULL AND f.accepted = 0", &[]),
            State::Accepted => wanted.and("f.resolved IS NULL AND f.accepted = 1", &[]),
            State::Present => wanted.and("f.resolved IS NULL", &[]),
            State::Resolved => wanted.and("f.resolved IS NOT NULL", &[]),
            State::Any => {}
        }
        if let Some(cursor) = &page.after {
            let (rank, source, id) = place(cursor)?;
            let after = [Value::Int(-i64::from(rank)), Value::Text(source), Value::Text(id)];
            wanted.and("(f.weight, f.source, f.id) > (?, ?, ?)", &after);
        }
        self.engine.read(|tx| wanted.page(tx, (FINDING, "f.weight, f.source, f.id"), page, record, cursor))
    }

    fn finding(&self, source: &str, id: &str) -> Result<Option<FindingRecord>> {
        let sql = format!("{FINDING} WHERE f.source = $1 AND f.id = $2");
        self.engine.read(|tx| one(tx, &sql, &[Value::Text(source), Value::Text(id)], record))
    }

    fn changes(&self, filter: &ChangeFilter, page: &Paging) -> Result<Page<FindingChange>> {
        let mut wanted = Filter::default();
        wanted.text("source = ?", filter.source.as_deref());
        wanted.text("finding = ?", filter.finding.as_deref());
        wanted.times("at", filter.from, filter.until);
        wanted.below("number", page)?;
        let select = "SELECT number, run, source, finding, changed, at FROM finding_changes";
        self.engine
            .read(|tx| wanted.page(tx, (select, "number DESC"), page, change, |change| Cursor::at(change.number)))
    }
}

fn record(row: &dyn Row) -> Result<FindingRecord> {
    Ok(FindingRecord {
        source: row.text(0)?,
        seen: Seen {
            id: row.text(1)?,
            check: row.text(2)?,
            severity: row.severity(3)?,
            namespace: row.maybe_text(4)?,
            resource: row.text(5)?,
            rank: u32::try_from(-row.int(6)?).map_err(|_| row.damaged(6))?,
            accepted: row.truth(7)?,
        },
        first_seen: row.time(8)?,
        since: row.time(9)?,
        last_seen: row.time(10)?,
        resolved: row.maybe_time(11)?,
        returns: row.small(12)?,
    })
}

fn change(row: &dyn Row) -> Result<FindingChange> {
    Ok(FindingChange {
        number: row.number(0)?,
        run: row.number(1)?,
        source: row.text(2)?,
        finding: row.text(3)?,
        changed: row.one_of(4, &CHANGES)?,
        at: row.time(5)?,
    })
}

/// Rank, length of the source, source and id.
fn cursor(finding: &FindingRecord) -> Cursor {
    let (rank, source) = (finding.seen.rank, &finding.source);
    Cursor(format!("{rank}.{}.{source}{}", source.len(), finding.seen.id))
}

fn place(cursor: &Cursor) -> Result<(u32, &str, &str)> {
    let parts = || {
        let (rank, rest) = cursor.0.split_once('.')?;
        let (length, rest) = rest.split_once('.')?;
        let (source, id) = rest.split_at_checked(length.parse().ok()?)?;
        Some((rank.parse().ok()?, source, id))
    };
    parts().ok_or(Error::Cursor)
}
