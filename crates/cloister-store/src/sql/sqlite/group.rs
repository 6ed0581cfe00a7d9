//! Changes that come at once share a wait for the disk.
//!
//! Each runs in a savepoint of its own, so that one that fails takes nothing with it. Whoever sees that another waits for
//! the writer leaves the commit to it, and returns only when that is done; the last one commits for all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::Connection;

use super::super::Tx;
use super::super::batch::Batch;
use super::fault::Place;
use super::lock;
use super::statement::SqliteTx;
use crate::{Error, Result};

/// How many changes share a commit at the most.
const MOST: u32 = 512;

/// The connection that writes.
pub(crate) struct Writing {
    connection: Connection,
    pub(crate) place: Place,
    /// The transaction that is open.
    batch: Option<Arc<Batch<Error>>>,
    changes: u32,
}

impl Writing {
    pub(crate) fn new(connection: Connection, place: Place) -> Writing {
        Writing { connection, place, batch: None, changes: 0 }
    }

    #[cfg(test)]
    pub(crate) fn in_memory() -> Writing {
        Writing::new(Connection::open_in_memory().unwrap(), Place::of("memory".into()))
    }

    pub(crate) fn tx(&self) -> SqliteTx<'_> {
        SqliteTx { connection: &self.connection, place: &self.place }
    }

    /// Settings, outside of a transaction.
    pub(crate) fn set(&self, settings: &str) -> Result<()> {
        self.connection.execute_batch(settings).map_err(|error| self.place.fault(&error))
    }

    /// The open transaction, begun where there is none.
    fn begin(&mut self) -> Result<Arc<Batch<Error>>> {
        if let Some(batch) = &self.batch {
            return Ok(Arc::clone(batch));
        }
        self.tx().run("BEGIN IMMEDIATE", &[])?;
        let batch = Arc::new(Batch::new());
        self.batch = Some(Arc::clone(&batch));
        self.changes = 0;
        Ok(batch)
    }

    /// Runs a change of its own in the open transaction.
    fn change<T>(&mut self, change: &mut dyn FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let mut tx = self.tx();
        tx.run("SAVEPOINT change", &[])?;
        let done = change(&mut tx).and_then(|done| tx.run("RELEASE change", &[]).map(|_| done));
        if done.is_err() && !self.connection.is_autocommit() {
            let mut tx = self.tx();
            let undone = tx.run("ROLLBACK TO change", &[]).and_then(|_| tx.run("RELEASE change", &[]));
            if undone.is_err() {
                // What cannot be undone by itself must not be committed with the others.
                let _ = tx.run("ROLLBACK", &[]);
            }
        }
        self.changes += 1;
        done
    }

    /// Ends the open transaction, and tells whoever waits for it.
    fn end(&mut self, given_up: Option<Error>) {
        let outcome = match given_up {
            Some(error) => Err(error),
            None => self.tx().run("COMMIT", &[]).map(|_| ()),
        };
        if outcome.is_err() && !self.connection.is_autocommit() {
            let _ = self.tx().run("ROLLBACK", &[]);
        }
        if let Some(batch) = self.batch.take() {
            batch.tell(outcome);
        }
    }
}

/// The writer, shared.
pub(crate) struct Group {
    writing: Mutex<Writing>,
    /// How many wait for it.
    waiting: AtomicUsize,
}

impl Group {
    pub(crate) fn new(writing: Writing) -> Group {
        Group { writing: Mutex::new(writing), waiting: AtomicUsize::new(0) }
    }

    /// Runs a change, and returns when it is on the disk.
    pub(crate) fn write<T>(&self, mut change: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut turn = Turn { writing: lock(&self.writing), over: false };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let batch = turn.writing.begin();
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                turn.over = true;
                return Err(error);
            }
        };
        let done = turn.writing.change(&mut change);
        let lost = turn.writing.connection.is_autocommit();
        if let (true, Err(error)) = (lost, &done) {
            // SQLite itself gave up the whole transaction, as it does on a full disk.
            turn.writing.end(Some(error.clone()));
        } else if self.waiting.load(Ordering::SeqCst) == 0 || turn.writing.changes >= MOST {
            turn.writing.end(None);
        }
        turn.over = true;
        drop(turn);
        let outcome = batch.wait();
        let done = done?;
        outcome.map(|()| done)
    }
}

/// Holds the writer. A change that panics takes the transaction with it, so that nobody waits for its end in vain.
struct Turn<'a> {
    writing: MutexGuard<'a, Writing>,
    over: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.over {
            let place = self.writing.place.name().to_owned();
            self.writing.end(Some(Error::Other { place, cause: "a change broke off".to_owned() }));
        }
    }
}
