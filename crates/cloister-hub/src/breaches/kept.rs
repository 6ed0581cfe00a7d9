//! Breaches as documents of the store.

use cloister_breach::Phase;
use cloister_store::{Document, DocumentFilter, Draft, Error, Kind, MOST, Paging, Put, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Record, Running, Standing};

/// A record, and the version that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The version.
    pub version: u64,
    /// The record.
    pub record: Record,
}

impl Known {
    fn read(document: &Document) -> Option<Known> {
        let record = serde_json::from_slice(&document.draft.body).ok()?;
        Some(Known { version: document.version, record })
    }

    /// Its number.
    pub fn number(&self) -> &str {
        &self.record.breach.metadata.name
    }
}

fn draft(record: &Record) -> Result<Draft, Error> {
    let unfit = |error: serde_json::Error| Error::Unfit { what: "a breach", cause: error.to_string() };
    let state = record.breach.state().ok();
    let only = record.namespaces.iter().next().filter(|_| record.namespaces.len() == 1);
    Ok(Draft {
        kind: Kind::Breach,
        id: record.breach.metadata.name.clone(),
        state: state.as_ref().map_or("unreadable", |state| state.phase.as_str()).to_owned(),
        namespace: only.cloned(),
        due: state.and_then(|state| state.running()).map(|clock| clock.due),
        body: serde_json::to_vec(record).map_err(unfit)?,
    })
}

/// Every breach, by number.
pub fn all(store: &dyn Store) -> Result<Vec<Known>, Error> {
    let (mut found, mut page) = (Vec::new(), Paging::first(MOST));
    loop {
        let documents = store.documents(&DocumentFilter::of(Kind::Breach), &page)?;
        found.extend(documents.items.iter().filter_map(Known::read));
        let Some(next) = documents.next else { return Ok(found) };
        page = page.next(next);
    }
}

/// One of them.
pub fn one(store: &dyn Store, number: &str) -> Result<Option<Known>, Error> {
    Ok(store.document(Kind::Breach, number)?.as_ref().and_then(Known::read))
}

/// Puts it over a version; what is there now where that is another.
pub fn put(store: &dyn Store, record: Record, over: u64) -> Result<Result<Known, Option<Known>>, Error> {
    Ok(match store.put(&draft(&record)?, over, Timestamp::now())? {
        Put::Kept(version) => Ok(Known { version, record }),
        Put::Conflict(now) => Err(now.as_deref().and_then(Known::read)),
    })
}

/// The next number of this year: `2026-001`.
pub fn next_number(store: &dyn Store, now: Timestamp) -> Result<String, Error> {
    let year = now.to_zoned(TimeZone::UTC).year();
    let prefix = format!("{year}-");
    let known = all(store)?;
    let numbers = known.iter().filter_map(|one| one.number().strip_prefix(&prefix)?.parse::<u64>().ok());
    Ok(format!("{prefix}{:03}", numbers.max().unwrap_or(0).saturating_add(1)))
}

/// How many are open, and which clocks run.
pub fn standing(all: &[Known]) -> Standing {
    let mut standing = Standing::default();
    for one in all {
        let Ok(state) = one.record.breach.state() else { continue };
        let [suspected, known, notified] = &mut standing.open;
        match state.phase {
            Phase::Suspected => *suspected += 1,
            Phase::Aware if state.notified.is_empty() => *known += 1,
            Phase::Aware => *notified += 1,
            _ => {}
        }
        let running = state.running().map(|clock| Running { number: one.number().to_owned(), clock });
        standing.running.extend(running);
    }
    standing.running.sort_by_key(|one| one.clock.due);
    standing
}
