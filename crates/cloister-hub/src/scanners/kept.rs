//! Documents of the store: what one scanner says of one scope is one, and the index of a source names them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cloister_scanners::{Format, Part};
use cloister_store::{DocumentFilter, Draft, Error, Kind, MOST, Paging, Put, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const INDEX: &str = "index";
const PART: &str = "part";

/// What was told of a source, by the key of scanner and scope.
pub type Index = BTreeMap<String, Told>;

/// What one scanner told of one scope, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The scanner.
    pub scanner: String,
    /// Its version.
    pub version: String,
    /// The scope.
    pub scope: String,
    /// The form of its report.
    pub format: Format,
    /// When it was made, as it says.
    pub made: Option<Timestamp>,
    /// When it came, last.
    pub taken: Timestamp,
    /// Who sent it.
    pub by: String,
    /// Changes when what is said changes.
    pub digest: String,
    /// How many results there are.
    pub results: usize,
    /// How much was good.
    pub passed: u64,
}

/// A part as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptPart {
    /// What is said.
    pub part: Part,
    /// Since when each result is known, in their order.
    pub since: Vec<Timestamp>,
}

/// All that is kept of a source.
#[derive(Debug, Default)]
pub struct Known {
    /// Of the index.
    pub version: u64,
    /// What was told, by key.
    pub index: Index,
    /// Parts in the order of the index.
    pub parts: Vec<Entry>,
}

/// A part, as the index names it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// The digest that the index has for it.
    pub digest: String,
    /// What is kept.
    pub kept: Arc<KeptPart>,
}

impl Known {
    /// Reads what is not known from before.
    pub fn read(
        store: &dyn Store,
        (source, version, index): (&str, u64, Index),
        before: Option<&Known>,
    ) -> Result<Known, Error> {
        let mut parts = Vec::with_capacity(index.len());
        for (key, told) in &index {
            let same = before.and_then(|before| before.of(key)).filter(|known| known.digest == told.digest);
            let kept = match same {
                Some(known) => Some(known.kept.clone()),
                None => part(store, source, key)?.map(Arc::new),
            };
            // One that is gone went a moment ago, with its line in the index.
            let kept = kept.unwrap_or_else(|| Arc::new(nothing(told)));
            parts.push(Entry { key: key.clone(), digest: told.digest.clone(), kept });
        }
        Ok(Known { version, index, parts })
    }

    fn of(&self, key: &str) -> Option<&Entry> {
        let at = self.parts.binary_search_by(|one| one.key.as_str().cmp(key)).ok()?;
        self.parts.get(at)
    }
}

fn nothing(told: &Told) -> KeptPart {
    let part = Part {
        scanner: told.scanner.clone(),
        version: told.version.clone(),
        scope: told.scope.clone(),
        made: told.made,
        passed: told.passed,
        subjects: Vec::new(),
        results: Vec::new(),
    };
    KeptPart { part, since: Vec::new() }
}

/// The key of a scanner and a scope.
pub fn key(scanner: &str, scope: &str) -> String {
    hashed(format!("{}:{scanner}{scope}", scanner.len()).as_bytes())
}

/// Twelve bytes of a hash.
pub fn hashed(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(12).fold(String::with_capacity(24), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unfit(error: serde_json::Error) -> Error {
    Error::Unfit { what: "a report of another scanner", cause: error.to_string() }
}

fn draft(id: String, state: &str, body: Vec<u8>) -> Draft {
    Draft { kind: Kind::Report, id, state: state.to_owned(), namespace: None, due: None, body }
}

/// The index of a source and its version; 0 where there is none.
pub fn index(store: &dyn Store, source: &str) -> Result<(u64, Index), Error> {
    let Some(document) = store.document(Kind::Report, source)? else { return Ok((0, Index::new())) };
    Ok((document.version, serde_json::from_slice(&document.draft.body).unwrap_or_default()))
}

/// Changes the index of a source, again where somebody else was first.
pub fn change(store: &dyn Store, source: &str, now: Timestamp, what: impl Fn(&mut Index)) -> Result<(), Error> {
    loop {
        let (over, mut index) = index(store, source)?;
        what(&mut index);
        let body = serde_json::to_vec(&index).map_err(unfit)?;
        if let Put::Kept(_) = store.put(&draft(source.to_owned(), INDEX, body), over, now)? {
            return Ok(());
        }
    }
}

fn id(source: &str, key: &str) -> String {
    format!("{source}/{key}")
}

/// What is kept of a key.
pub fn part(store: &dyn Store, source: &str, key: &str) -> Result<Option<KeptPart>, Error> {
    let Some(document) = store.document(Kind::Report, &id(source, key))? else { return Ok(None) };
    let body = &document.draft.body;
    let text = cloister_evidence::seal::unpack(body).unwrap_or_else(|_| body.clone());
    Ok(serde_json::from_slice(&text).ok())
}

/// Keeps a part in place of the one before. How many bytes that takes.
pub fn put(store: &dyn Store, (source, key): (&str, &str), part: &KeptPart, now: Timestamp) -> Result<u64, Error> {
    let text = serde_json::to_vec(part).map_err(unfit)?;
    let draft = draft(id(source, key), PART, cloister_evidence::seal::pack(&text).unwrap_or(text));
    loop {
        let over = store.document(Kind::Report, &draft.id)?.map_or(0, |known| known.version);
        if let Put::Kept(_) = store.put(&draft, over, now)? {
            return Ok(draft.body.len() as u64);
        }
    }
}

/// Lets go of what no scanner has told again since then.
pub fn let_go(store: &dyn Store, before: Timestamp, now: Timestamp) -> Result<(), Error> {
    let mut page = Paging::first(MOST);
    loop {
        let of = DocumentFilter { state: Some(INDEX.to_owned()), ..DocumentFilter::of(Kind::Report) };
        let documents = store.documents(&of, &page)?;
        for document in &documents.items {
            let source = &*document.draft.id;
            let index: Index = serde_json::from_slice(&document.draft.body).unwrap_or_default();
            let old: Vec<&String> = index.iter().filter(|(_, told)| told.taken < before).map(|(key, _)| key).collect();
            if old.is_empty() {
                continue;
            }
            // What is told again meanwhile stays.
            change(store, source, now, |index| index.retain(|_, told| told.taken >= before))?;
            for key in old {
                let name = id(source, key);
                if let Some(part) = store.document(Kind::Report, &name)?
                    && !self::index(store, source)?.1.contains_key(key)
                {
                    store.remove(Kind::Report, &name, part.version)?;
                }
            }
        }
        let Some(next) = documents.next else { return Ok(()) };
        page = page.next(next);
    }
}
