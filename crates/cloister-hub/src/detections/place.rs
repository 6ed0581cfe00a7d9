//! Where the judge of a source is: what it remembers, which detections may be added to, how long the log was. A document of
//! the store, written every few seconds.

use cloister_rules::Ground;
use cloister_store::{DocumentFilter, Draft, Error, Kind, MOST, Paging, Put, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::groups::Groups;

/// What these documents begin with.
const PREFIX: &str = "judge/";

/// All but what the judge itself remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Place {
    /// What was known of the cluster; used until it is assessed again.
    pub ground: Ground,
    /// Detections that may be added to.
    pub groups: Groups,
    /// Entries of the log from here on may be this judge's, and of what came since.
    pub log: u64,
    /// Which log that is, where several hubs have one each.
    pub of_log: String,
    /// The number under which it was written: of several hubs the one with the highest judges.
    pub term: u64,
}

/// The place, and what the judge itself remembers.
pub type Saved = (Place, Vec<u8>);

fn id(source: &str) -> String {
    format!("{PREFIX}{source}")
}

fn draft(source: &str, body: Vec<u8>) -> Draft {
    let state = if body.is_empty() { "begun" } else { "judged" }.to_owned();
    Draft { kind: Kind::Setting, id: id(source), state, namespace: None, due: None, body }
}

/// Notes that a source has a queue; what is there stays.
pub fn begin(store: &dyn Store, source: &str) -> Result<(), Error> {
    store.put(&draft(source, Vec::new()), 0, Timestamp::now()).map(|_| ())
}

/// Sources that have a queue.
pub fn sources(store: &dyn Store) -> Result<Vec<String>, Error> {
    let (mut all, mut page) = (Vec::new(), Paging::first(MOST));
    loop {
        let documents = store.documents(&DocumentFilter::of(Kind::Setting), &page)?;
        let ids = documents.items.iter().filter_map(|one| one.draft.id.strip_prefix(PREFIX));
        all.extend(ids.map(str::to_owned));
        match documents.next {
            Some(next) => page = page.next(next),
            None => return Ok(all),
        }
    }
}

/// The place of a source and what its judge remembers, with the document's version; nothing where it has not begun.
pub fn read(store: &dyn Store, source: &str) -> Result<(u64, Option<Saved>), Error> {
    let Some(document) = store.document(Kind::Setting, &id(source))? else { return Ok((0, None)) };
    Ok((document.version, split(&document.draft.body)))
}

fn split(body: &[u8]) -> Option<Saved> {
    let (length, rest) = body.split_at_checked(8)?;
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let (place, judge) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(place).ok()?, judge.to_vec()))
}

fn body((place, judge): (&Place, &[u8])) -> Vec<u8> {
    let place = serde_json::to_vec(place).unwrap_or_default();
    let mut body = (place.len() as u64).to_le_bytes().to_vec();
    body.extend(place);
    body.extend_from_slice(judge);
    body
}

/// Writes it; the new version.
pub fn write(store: &dyn Store, source: &str, saved: (&Place, &[u8]), over: u64) -> Result<u64, Error> {
    let draft = draft(source, body(saved));
    match store.put(&draft, over, Timestamp::now())? {
        Put::Kept(version) => Ok(version),
        // One judge alone is at work: what is there is what it wrote when the answer got lost, unless another hub did.
        Put::Conflict(there) => {
            let there = there.filter(|there| split(&there.draft.body).is_none_or(|one| one.0.term == saved.0.term));
            match store.put(&draft, there.map_or(0, |there| there.version), Timestamp::now())? {
                Put::Kept(version) => Ok(version),
                Put::Conflict(_) => Err(taken(source)),
            }
        }
    }
}

/// Writes it as the first under its number, over what was read and nothing else: the judge before this one may still be at work,
/// and saves nothing any more after it. The new version.
pub fn claim(store: &dyn Store, source: &str, saved: (&Place, &[u8]), over: u64) -> Result<u64, Error> {
    match store.put(&draft(source, body(saved)), over, Timestamp::now())? {
        Put::Kept(version) => Ok(version),
        Put::Conflict(_) => Err(taken(source)),
    }
}

fn taken(source: &str) -> Error {
    Error::Taken { what: format!("the place of the judge of {source}: another hub writes it, and it") }
}
