//! The contract, kept in plain lists: slow, and short enough to be seen to be right.

mod rest;
mod runs;

pub(crate) use runs::fold;

use std::sync::Mutex;

use cloister_store::{
    Cursor, Document, Error, FindingChange, FindingRecord, KeptDetection, Lease, Page, Paging, QueueSize, Recorded,
    RequirementRecord, Result, RunRecord, Session, StatusChange,
};
use jiff::Timestamp;

#[derive(Default)]
pub struct Model(pub Mutex<Kept>);

impl std::fmt::Debug for Model {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Model")
    }
}

#[derive(Default)]
pub struct Kept {
    runs: Vec<(RunRecord, Vec<u8>, Timestamp, Recorded)>,
    sources: Vec<(String, u64, Timestamp)>,
    numbers: Numbers,
    findings: Vec<FindingRecord>,
    changes: Vec<FindingChange>,
    statuses: Vec<(String, RequirementRecord)>,
    status_changes: Vec<StatusChange>,
    events: Vec<(String, String, Timestamp)>,
    detections: Vec<KeptDetection>,
    documents: Vec<(u64, Document)>,
    sessions: Vec<Session>,
    queue: Vec<Queued>,
    leases: Vec<(String, Lease)>,
}

/// The last numbers that were given.
#[derive(Default)]
struct Numbers {
    run: u64,
    change: u64,
    status_change: u64,
    detection: u64,
    document: u64,
    queued: u64,
}

struct Queued {
    queue: String,
    number: u64,
    id: String,
    body: Vec<u8>,
    taken: Option<(Timestamp, u64)>,
    tries: u32,
    aside: Option<String>,
}

impl Kept {
    fn size(&self, queue: &str) -> QueueSize {
        let items = || self.queue.iter().filter(|one| one.queue == queue);
        QueueSize {
            items: items().count() as u64,
            bytes: items().map(|one| one.body.len() as u64).sum(),
            aside: items().filter(|one| one.aside.is_some()).count() as u64,
        }
    }
}

/// A page of a list that is in order already.
fn page<T: Clone>(
    list: impl Iterator<Item = T>,
    page: &Paging,
    after: impl Fn(&T, &Cursor) -> Result<bool>,
    cursor: impl Fn(&T) -> Cursor,
) -> Result<Page<T>> {
    let mut items = Vec::new();
    for one in list {
        if page.after.as_ref().map_or(Ok(true), |cursor| after(&one, cursor))? {
            items.push(one);
        }
    }
    let more = items.len() > page.limit() as usize;
    items.truncate(page.limit() as usize);
    let next = items.last().filter(|_| more).map(cursor);
    Ok(Page { items, next })
}

/// A page, the highest numbers first.
fn newest<T: Clone>(
    list: impl DoubleEndedIterator<Item = T>,
    paging: &Paging,
    number: impl Fn(&T) -> u64,
) -> Result<Page<T>> {
    if let Some(cursor) = &paging.after {
        cursor.number()?;
    }
    page(list.rev(), paging, |one, cursor| Ok(number(one) < cursor.number()?), |one| Cursor::at(number(one)))
}

/// Whether a filter that may be absent lets it through.
fn fits<T: PartialEq<U> + ?Sized, U>(wanted: Option<&T>, value: &U) -> bool {
    wanted.is_none_or(|wanted| wanted == value)
}

fn within(at: Timestamp, from: Option<Timestamp>, until: Option<Timestamp>) -> bool {
    from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until)
}

fn among(namespaces: Option<&Vec<String>>, namespace: Option<&String>) -> bool {
    namespaces.is_none_or(|list| namespace.is_some_and(|namespace| list.contains(namespace)))
}

fn taken(what: String) -> Error {
    Error::Taken { what }
}
