//! Statuses and their changes in SQL.

use super::filter::{Filter, all};
use super::{Database, Engine, Row, Value};
use crate::{Cursor, Page, Paging, RequirementRecord, Requirements, Result, Status, StatusChange, StatusFilter};

impl<E: Engine> Requirements for Database<E> {
    fn statuses(&self, source: &str) -> Result<Vec<RequirementRecord>> {
        let sql = "SELECT framework, requirement, status, since FROM statuses WHERE source = $1 \
                   ORDER BY framework, requirement";
        self.engine.read(|tx| all(tx, sql, &[Value::Text(source)], record))
    }

    fn status_changes(&self, filter: &StatusFilter, page: &Paging) -> Result<Page<StatusChange>> {
        let mut wanted = Filter::default();
        wanted.text("source = ?", filter.source.as_deref());
        wanted.text("framework = ?", filter.framework.as_deref());
        wanted.text("requirement = ?", filter.requirement.as_deref());
        wanted.times("at", filter.from, filter.until);
        wanted.below("number", page)?;
        let select = "SELECT number, run, source, framework, requirement, was, becomes, at FROM status_changes";
        self.engine
            .read(|tx| wanted.page(tx, (select, "number DESC"), page, change, |change| Cursor::at(change.number)))
    }
}

fn record(row: &dyn Row) -> Result<RequirementRecord> {
    Ok(RequirementRecord {
        framework: row.text(0)?,
        requirement: row.text(1)?,
        status: row.one_of(2, &Status::ALL)?,
        since: row.time(3)?,
    })
}

fn change(row: &dyn Row) -> Result<StatusChange> {
    let status = |column| row.int_or_none(column)?.map(|_| row.one_of(column, &Status::ALL)).transpose();
    Ok(StatusChange {
        number: row.number(0)?,
        run: row.number(1)?,
        source: row.text(2)?,
        framework: row.text(3)?,
        requirement: row.text(4)?,
        from: status(5)?,
        to: status(6)?,
        at: row.time(7)?,
    })
}
