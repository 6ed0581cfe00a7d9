//! Which entries of the evidence log are assessments of which source, by week: what is kept no longer is found without
//! reading all of them. And how much each source had recorded today.

use std::collections::BTreeMap;

use cloister_store::{Document, DocumentFilter, Draft, Error, Kind, MOST, Paging, Put, Store};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A week's document has this state until only one entry of each source is kept.
const WHOLE: &str = "recorded";
const THINNED: &str = "recorded, thinned";
const DAY: &str = "recorded today";
const WEEK: i64 = 7 * 86_400;

/// Entries of a week.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Week {
    /// By source, in order.
    pub entries: BTreeMap<String, Vec<u64>>,
    /// Of each source the last one that says all of an assessment: what others say of changes is read with it alone.
    pub whole: BTreeMap<String, u64>,
}

impl Week {
    /// All but the one that is kept of each source.
    pub fn others(&self) -> Vec<u64> {
        let all = self.entries.iter().flat_map(|(source, all)| all.iter().map(move |entry| (source, *entry)));
        let mut others: Vec<u64> =
            all.filter(|(source, entry)| self.whole.get(*source) != Some(entry)).map(|(_, entry)| entry).collect();
        others.sort_unstable();
        others
    }
}

/// What a source had recorded on a day.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Today {
    day: i64,
    bytes: u64,
}

fn read<T: DeserializeOwned>(document: Option<&Document>) -> Option<T> {
    serde_json::from_slice(&document?.draft.body).ok()
}

/// Changes a document, again where somebody else was first.
fn change(store: &dyn Store, id: &str, now: Timestamp, what: impl Fn(Option<&Document>) -> Draft) -> Result<(), Error> {
    loop {
        let known = store.document(Kind::Setting, id)?;
        let over = known.as_ref().map_or(0, |known| known.version);
        if let Put::Kept(_) = store.put(&what(known.as_ref()), over, now)? {
            return Ok(());
        }
    }
}

fn draft(id: &str, state: &str, due: Option<Timestamp>, body: &impl Serialize) -> Draft {
    let body = serde_json::to_vec(body).unwrap_or_default();
    Draft { kind: Kind::Setting, id: id.to_owned(), state: state.to_owned(), namespace: None, due, body }
}

/// The state of a week of this log: several hubs on one store have a log each.
fn whole(log: &str) -> String {
    if log.is_empty() { WHOLE.to_owned() } else { format!("{WHOLE} {log}") }
}

/// An assessment of this source is this entry of the log, which says all of it or not. The log has a name where there are others.
pub fn entry(
    store: &dyn Store,
    (log, source): (&str, &str),
    (entry, is_whole): (u64, bool),
    now: Timestamp,
) -> Result<(), Error> {
    let week = now.as_second().div_euclid(WEEK);
    let of_log = if log.is_empty() { String::new() } else { format!("/{log}") };
    let id = format!("recorded-week-{week}{of_log}");
    let end = Timestamp::from_second((week + 1) * WEEK).ok();
    change(store, &id, now, |known| {
        let mut all: Week = read(known).unwrap_or_default();
        let of = all.entries.entry(source.to_owned()).or_default();
        if of.last() != Some(&entry) {
            of.push(entry);
        }
        if is_whole {
            all.whole.insert(source.to_owned(), entry);
        }
        draft(&id, &whole(log), end, &all)
    })
}

/// Weeks of a log that ended before this time and have more than one entry of a source, with their documents' ids.
pub fn weeks(store: &dyn Store, log: &str, before: Timestamp) -> Result<Vec<(String, Week)>, Error> {
    let of = DocumentFilter { state: Some(whole(log)), due_before: Some(before), ..DocumentFilter::of(Kind::Setting) };
    let documents = store.documents(&of, &Paging::first(MOST))?;
    Ok(documents.items.iter().map(|one| (one.draft.id.clone(), read(Some(one)).unwrap_or_default())).collect())
}

/// Only one entry of each source of this week is kept.
pub fn thinned(store: &dyn Store, id: &str, week: &Week, now: Timestamp) -> Result<(), Error> {
    let entries = week.whole.iter().map(|(source, entry)| (source.clone(), vec![*entry])).collect();
    let kept = Week { entries, whole: week.whole.clone() };
    change(store, id, now, |_| draft(id, THINNED, None, &kept))
}

fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}

/// How many bytes a source had recorded today, in UTC, and in how many seconds the next day begins.
pub fn today(store: &dyn Store, source: &str, now: Timestamp) -> Result<(u64, u64), Error> {
    let known: Today =
        read(store.document(Kind::Setting, &format!("recorded-today-{source}"))?.as_ref()).unwrap_or_default();
    let left = 86_400 - now.as_second().rem_euclid(86_400);
    let bytes = if known.day == day(now) { known.bytes } else { 0 };
    Ok((bytes, u64::try_from(left).unwrap_or_default()))
}

/// So many more.
pub fn count(store: &dyn Store, source: &str, bytes: u64, now: Timestamp) -> Result<(), Error> {
    let id = format!("recorded-today-{source}");
    change(store, &id, now, |known| {
        let known: Today = read(known).filter(|known: &Today| known.day == day(now)).unwrap_or_default();
        draft(&id, DAY, None, &Today { day: day(now), bytes: known.bytes.saturating_add(bytes) })
    })
}

/// So many days before.
pub fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}
