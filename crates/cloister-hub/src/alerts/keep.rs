//! The book in the store: one document, written only over the version that was read.

use cloister_store::{Document, Draft, Error, Kind, Put, Store};
use jiff::Timestamp;

use super::Book;

/// The document's id.
const ID: &str = "book";

/// What is in the store, with its version; an empty book where there is none.
pub fn load(store: &dyn Store) -> Result<(Book, u64), Error> {
    taken(store.document(Kind::Alert, ID)?)
}

/// A document as a book.
pub fn taken(document: Option<Document>) -> Result<(Book, u64), Error> {
    let Some(document) = document else { return Ok((Book::default(), 0)) };
    let unfit = |cause: String| Error::Unfit { what: "alerts", cause };
    let book: Book = serde_json::from_slice(&document.draft.body).map_err(|error| unfit(error.to_string()))?;
    book.state.check().map_err(|refused| unfit(refused.to_string()))?;
    Ok((book, document.version))
}

/// Puts it over this version.
pub fn put(
    store: &dyn Store,
    (book, due): (&Book, Option<Timestamp>),
    over: u64,
    now: Timestamp,
) -> Result<Put, Error> {
    let body = serde_json::to_vec(book).map_err(|error| Error::Unfit { what: "alerts", cause: error.to_string() })?;
    let draft = Draft { kind: Kind::Alert, id: ID.to_owned(), state: "kept".to_owned(), namespace: None, due, body };
    store.put(&draft, over, now)
}
