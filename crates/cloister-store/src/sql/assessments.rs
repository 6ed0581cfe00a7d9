//! Runs in SQL.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::diff::{self, Folded};
use super::engine::numbers;
use super::filter::{Filter, all, for_list, one};
use super::findings::CHANGES;
use super::leases::is_held;
use super::{Database, Engine, Row, Tx, Value};
use crate::{
    Assessments, Body, Changed, Counts, Cursor, Error, Page, Paging, Recorded, Result, Run, RunFilter, RunRecord,
    Source, Status,
};

const RUN: &str = "SELECT runs.number, runs.id, runs.source, runs.said, runs.counts, runs.bytes FROM runs";

const WRITE_FINDINGS: &str = "INSERT INTO findings (source, id, check_name, severity, namespace, resource, weight, \
                              accepted, first_seen, since, comebacks)";
const OVER_FINDINGS: &str = " ON CONFLICT (source, id) DO UPDATE SET check_name = excluded.check_name, \
    severity = excluded.severity, namespace = excluded.namespace, resource = excluded.resource, \
    weight = excluded.weight, accepted = excluded.accepted, \
    since = CASE WHEN findings.resolved IS NULL THEN findings.since ELSE excluded.since END, \
    comebacks = findings.comebacks + CASE WHEN findings.resolved IS NULL THEN 0 ELSE 1 END, \
    last_seen = NULL, resolved = NULL";

impl<E: Engine> Assessments for Database<E> {
    fn record(&self, run: &Run) -> Result<Recorded> {
        let mut folded = diff::fold(&run.findings);
        let judged = diff::judged(&run.requirements);
        self.engine.write(&["runs", &run.source], |tx| {
            let sql = "SELECT number, source FROM runs WHERE id = $1";
            match one(tx, sql, &[Value::Key(&run.id)], |row| Ok((row.number(0)?, row.text(1)?)))? {
                None => {
                    diff::follows(tx, run)?;
                    let recorded = Recording::start(tx, run)?.record(tx, &mut folded, &judged)?;
                    // Last, so that whoever renews the lease waits for the commit alone.
                    run.only.held.as_ref().map_or(Ok(()), |fence| is_held(tx, fence))?;
                    Ok(recorded)
                }
                Some((number, source)) if source == run.source => recorded(tx, number),
                Some((_, source)) => {
                    Err(Error::Taken { what: format!("the id of this run: {source} has a run of it, and it") })
                }
            }
        })
    }

    fn body(&self, id: &str) -> Result<Option<Body>> {
        let sql = "SELECT bodies.body FROM runs JOIN bodies ON bodies.run = runs.number WHERE runs.id = $1";
        self.engine.read(|tx| one(tx, sql, &[Value::Text(id)], |row| Ok(row.bytes(0)?.to_vec())))
    }

    fn run(&self, id: &str) -> Result<Option<RunRecord>> {
        self.engine.read(|tx| one(tx, &format!("{RUN} WHERE id = $1"), &[Value::Text(id)], record))
    }

    fn runs(&self, filter: &RunFilter, page: &Paging) -> Result<Page<RunRecord>> {
        let mut wanted = Filter::default();
        wanted.text("source = ?", filter.source.as_deref());
        wanted.times("said", filter.from, filter.until);
        wanted.below("number", page)?;
        self.engine.read(|tx| wanted.page(tx, (RUN, "number DESC"), page, record, |run| Cursor::at(run.number)))
    }

    fn sources(&self) -> Result<Vec<Source>> {
        let sql = format!("{RUN} JOIN sources ON sources.last_run = runs.number ORDER BY sources.name");
        let read = |row: &dyn Row| record(row).map(|last| Source { name: last.source.clone(), last });
        self.engine.read(|tx| all(tx, &sql, &[], read))
    }

    fn forget_source(&self, name: &str) -> Result<bool> {
        self.engine.write(&["runs", name], |tx| {
            let of = [Value::Text(name)];
            tx.run("DELETE FROM bodies WHERE run IN (SELECT number FROM runs WHERE source = $1)", &of)?;
            for table in ["runs", "findings", "finding_changes", "statuses", "status_changes"] {
                tx.run(&format!("DELETE FROM {table} WHERE source = $1"), &of)?;
            }
            Ok(tx.run("DELETE FROM sources WHERE name = $1", &of)? > 0)
        })
    }
}

fn record(row: &dyn Row) -> Result<RunRecord> {
    Ok(RunRecord {
        number: row.number(0)?,
        id: row.text(1)?,
        source: row.text(2)?,
        at: row.time(3)?,
        counts: serde_json::from_str(row.str(4)?).map_err(|_| row.damaged(4))?,
        body: row.int_or_none(5)?.map(|_| row.number(5)).transpose()?,
    })
}

/// What a run came to when it was recorded, as far as its changes are still kept.
fn recorded(tx: &mut dyn Tx, number: u64) -> Result<Recorded> {
    let of = [Value::number(number)];
    let sql = "SELECT still, changed_requirements FROM runs WHERE number = $1";
    let (still, changed_requirements) =
        one(tx, sql, &of, |row| Ok((row.number(0)?, row.number(1)?)))?.unwrap_or_default();
    let sql = "SELECT finding, changed FROM finding_changes WHERE run = $1 ORDER BY number";
    let changes = all(tx, sql, &of, |row| Ok((row.text(0)?, row.one_of(1, &CHANGES)?)))?;
    let (resolved, new) = divided(changes);
    Ok(Recorded { number, repeated: true, new, resolved, still, changed_requirements })
}

/// Ids of those that are gone, and of those that came.
fn divided(changes: impl IntoIterator<Item = (String, Changed)>) -> (Vec<String>, Vec<String>) {
    let (resolved, new): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(_, changed)| *changed == Changed::Resolved);
    let ids = |list: Vec<(String, Changed)>| list.into_iter().map(|(id, _)| id).collect();
    (ids(resolved), ids(new))
}

/// A run that is being recorded.
struct Recording<'a> {
    run: &'a Run,
    /// The time of the run before.
    before: Timestamp,
    /// Its own time in the order of runs.
    at: Timestamp,
}

impl<'a> Recording<'a> {
    fn start(tx: &mut dyn Tx, run: &'a Run) -> Result<Recording<'a>> {
        let sql = "SELECT at FROM sources WHERE name = $1";
        let before = one(tx, sql, &[Value::Key(&run.source)], |row| row.time(0))?.unwrap_or(run.at);
        Ok(Recording { run, before, at: run.at.max(before) })
    }

    fn record(
        &self,
        tx: &mut dyn Tx,
        folded: &mut HashMap<&'a str, Folded<'a>>,
        judged: &BTreeMap<(String, String), Status>,
    ) -> Result<Recorded> {
        let found = diff::findings(tx, self.run, folded)?;
        let statuses = diff::statuses(tx, &self.run.source, judged)?;
        let counts = diff::counts(self.run, folded, judged, &found.changes);
        let changed = statuses.values().filter(|(was, _)| was.is_some()).count() as u64;
        let number = numbers(tx, "runs", 1)?;
        self.write_run(tx, number, &counts, (found.still, changed))?;
        self.write_findings(tx, folded, &found.write)?;
        self.resolve(tx, &found.changes)?;
        self.write_changes(tx, number, &found.changes)?;
        self.write_statuses(tx, number, &statuses)?;
        let (resolved, new) = divided(found.changes);
        let number = u64::try_from(number).unwrap_or_default();
        Ok(Recorded { number, repeated: false, new, resolved, still: found.still, changed_requirements: changed })
    }

    fn write_run(&self, tx: &mut dyn Tx, number: i64, counts: &Counts, (still, changed): (u64, u64)) -> Result<()> {
        let run = self.run;
        // Numbers and names: this cannot fail.
        let counts = serde_json::to_string(counts).unwrap_or_default();
        tx.run(
            "INSERT INTO runs (number, id, source, said, at, still, changed_requirements, counts, bytes) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Value::Int(number),
                Value::Key(&run.id),
                Value::Key(&run.source),
                Value::time(run.at),
                Value::time(self.at),
                Value::number(still),
                Value::number(changed),
                Value::Text(&counts),
                Value::number(run.body.len() as u64),
            ],
        )?;
        tx.run("INSERT INTO bodies (run, body) VALUES ($1, $2)", &[Value::Int(number), Value::Bytes(&run.body)])?;
        tx.run(
            "INSERT INTO sources (name, last_run, at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run, at = excluded.at",
            &[Value::Key(&run.source), Value::Int(number), Value::time(self.at)],
        )?;
        Ok(())
    }

    fn write_findings(&self, tx: &mut dyn Tx, folded: &HashMap<&str, Folded<'_>>, ids: &[&str]) -> Result<()> {
        let mut values = Vec::with_capacity(ids.len() * 11);
        for one in ids.iter().filter_map(|id| folded.get(id)) {
            let seen = one.seen;
            values.extend([
                Value::Key(&self.run.source),
                Value::Key(&seen.id),
                Value::Text(&seen.check),
                Value::severity(one.severity),
                Value::MaybeText(seen.namespace.as_deref()),
                Value::Text(&seen.resource),
                Value::Int(-i64::from(one.rank)),
                Value::truth(one.accepted),
                Value::time(self.at),
                Value::time(self.at),
                Value::Int(0),
            ]);
        }
        tx.insert(WRITE_FINDINGS, 11, &values, OVER_FINDINGS)
    }

    fn resolve(&self, tx: &mut dyn Tx, changes: &BTreeMap<String, Changed>) -> Result<()> {
        let gone = changes.iter().filter(|(_, changed)| **changed == Changed::Resolved);
        let ids: Vec<Value<'_>> = gone.map(|(id, _)| Value::Text(id)).collect();
        let fixed = [Value::time(self.at), Value::time(self.before), Value::Text(&self.run.source)];
        let sql = "UPDATE findings SET resolved = $1, last_seen = $2 WHERE source = $3 AND id IN";
        for_list(tx, sql, &fixed, (&ids, 1), "", &mut |_| Ok(()))
    }

    fn write_changes(&self, tx: &mut dyn Tx, run: i64, changes: &BTreeMap<String, Changed>) -> Result<()> {
        let first = numbers(tx, "finding-changes", changes.len())?;
        let mut values = Vec::with_capacity(changes.len() * 6);
        for (number, (id, changed)) in (first..).zip(changes) {
            values.extend([
                Value::Int(number),
                Value::Int(run),
                Value::Key(&self.run.source),
                Value::Key(id),
                Value::place(*changed, &CHANGES),
                Value::time(self.at),
            ]);
        }
        let head = "INSERT INTO finding_changes (number, run, source, finding, changed, at)";
        tx.insert(head, 6, &values, "")
    }

    fn write_statuses(&self, tx: &mut dyn Tx, run: i64, diff: &diff::StatusDiff) -> Result<()> {
        let source = Value::Key(&self.run.source);
        let place = |status: Option<Status>| Value::MaybeInt(status.map(|status| status as i64));
        let first = numbers(tx, "status-changes", diff.len())?;
        let (mut rows, mut changes) = (Vec::new(), Vec::new());
        for (number, ((framework, requirement), (was, becomes))) in (first..).zip(diff) {
            let key = [source, Value::Key(framework), Value::Key(requirement)];
            changes.extend([Value::Int(number), Value::Int(run)]);
            changes.extend(key);
            changes.extend([place(*was), place(*becomes), Value::time(self.at)]);
            match becomes {
                Some(status) => rows.extend([key[0], key[1], key[2], Value::Int(*status as i64), Value::time(self.at)]),
                None => {
                    _ =
                        tx.run("DELETE FROM statuses WHERE source = $1 AND framework = $2 AND requirement = $3", &key)?
                }
            }
        }
        let over = " ON CONFLICT (source, framework, requirement) DO UPDATE SET status = excluded.status, \
                    since = excluded.since";
        tx.insert("INSERT INTO statuses (source, framework, requirement, status, since)", 5, &rows, over)?;
        let head = "INSERT INTO status_changes (number, run, source, framework, requirement, was, becomes, at)";
        tx.insert(head, 8, &changes, "")
    }
}
