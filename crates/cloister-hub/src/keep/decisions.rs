//! Decisions as documents of the store.

use cloister_store::{Document, DocumentFilter, Draft, Error, Kind, MOST, Paging, Put, Store};

use crate::decisions::{Decision, What, Withdrawn};

fn kind(what: &What) -> Kind {
    match what {
        What::Exception { .. } => Kind::Exception,
        What::Attestation { .. } => Kind::Attestation,
    }
}

fn draft(decision: &Decision) -> Result<Draft, Error> {
    let unfit = |error: serde_json::Error| Error::Unfit { what: "a decision", cause: error.to_string() };
    let namespace = match &decision.what {
        What::Exception { resource, .. } => resource.namespace.as_deref().map(str::to_owned),
        What::Attestation { .. } => None,
    };
    // The day is over when it is over everywhere.
    let end = decision.expires.saturating_add(jiff::Span::new().days(2)).at(0, 0, 0, 0);
    Ok(Draft {
        kind: kind(&decision.what),
        id: decision.id.clone(),
        state: if decision.withdrawn.is_some() { "withdrawn" } else { "decided" }.to_owned(),
        namespace,
        due: end.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|end| end.timestamp()),
        body: serde_json::to_vec(decision).map_err(unfit)?,
    })
}

fn read(document: &Document) -> Option<Decision> {
    serde_json::from_slice(&document.draft.body).ok()
}

/// Keeps a new one. One of its name that is there already stays as it is.
pub fn put(store: &dyn Store, decision: &Decision) -> Result<(), Error> {
    store.put(&draft(decision)?, 0, decision.at).map(|_| ())
}

/// Takes one back; `None` where there is none in force.
pub fn withdraw(store: &dyn Store, decision: &Decision, withdrawn: &Withdrawn) -> Result<Option<Decision>, Error> {
    let Some(document) = store.document(kind(&decision.what), &decision.id)? else { return Ok(None) };
    let known = read(&document).filter(|known| known.source == decision.source && known.withdrawn.is_none());
    let Some(known) = known else { return Ok(None) };
    let taken_back = Decision { withdrawn: Some(withdrawn.clone()), ..known };
    match store.put(&draft(&taken_back)?, document.version, withdrawn.at)? {
        Put::Kept(_) => Ok(Some(taken_back)),
        // Somebody else took it back a moment before.
        Put::Conflict(_) => Ok(None),
    }
}

/// The decisions for a source, the newest first.
pub fn of(store: &dyn Store, source: &str) -> Result<Vec<Decision>, Error> {
    let mut all = all(store)?;
    all.retain(|one| one.source == source);
    all.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    Ok(all)
}

/// All decisions.
pub fn all(store: &dyn Store) -> Result<Vec<Decision>, Error> {
    let mut all = Vec::new();
    for kind in [Kind::Exception, Kind::Attestation] {
        let mut page = Paging::first(MOST);
        loop {
            let documents = store.documents(&DocumentFilter::of(kind), &page)?;
            all.extend(documents.items.iter().filter_map(read));
            let Some(next) = documents.next else { break };
            page = page.next(next);
        }
    }
    Ok(all)
}
