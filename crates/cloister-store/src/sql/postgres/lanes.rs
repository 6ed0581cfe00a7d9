//! Changes with the same lock, which would wait for each other's commits, share one where they come at once, as those of an
//! SQLite file do: whoever sees that another waits leaves the commit to it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::super::batch::Batch;
use super::super::{Tx, Value};
use super::fault::{Class, Failure};
use super::pool::{Connected, Pool};
use super::statement::PostgresTx;
use crate::sql::sqlite::lock;
use crate::{Error, Result};

/// How many changes share a commit at the most.
const MOST: u32 = 256;
/// Lanes that nobody uses are forgotten when there are more.
const MANY: usize = 1024;

/// The lanes by their lock.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<i64, Arc<Lane>>>);

#[derive(Default)]
struct Lane {
    /// How many wait for their turn.
    waiting: AtomicUsize,
    open: Mutex<Option<Open>>,
}

/// The transaction that is open in a lane.
struct Open {
    connected: Connected,
    batch: Arc<Batch<Failure>>,
    changes: u32,
}

impl Lanes {
    fn lane(&self, key: i64) -> Arc<Lane> {
        let mut lanes = lock(&self.0);
        if lanes.len() > MANY {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(key).or_default())
    }

    /// Runs a change, and returns when it is on the server's disk.
    pub(crate) fn write<T>(
        &self,
        pool: &Pool,
        key: i64,
        change: &mut impl FnMut(&mut dyn Tx) -> Result<T>,
    ) -> std::result::Result<T, Failure> {
        let lane = self.lane(key);
        lane.waiting.fetch_add(1, Ordering::SeqCst);
        let mut turn = Turn { open: lock(&lane.open), pool, over: false };
        lane.waiting.fetch_sub(1, Ordering::SeqCst);
        let batch = turn.begin(key)?;
        let done = turn.change(change);
        match &done {
            Err(failure) if turn.is_alone() || failure.class == Class::Away => turn.end(Some(failure.clone())),
            _ if lane.waiting.load(Ordering::SeqCst) == 0 || turn.is_full() => turn.end(None),
            _ => {}
        }
        turn.over = true;
        drop(turn);
        let outcome = batch.wait();
        let done = done?;
        outcome.map(|()| done)
    }
}

/// Holds a lane. A change that panics takes the transaction with it, so that nobody waits for its end in vain.
struct Turn<'a> {
    open: MutexGuard<'a, Option<Open>>,
    pool: &'a Pool,
    over: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.over {
            let place = self.pool.place().to_owned();
            self.end(Some(broken(&place)));
        }
    }
}

impl Turn<'_> {
    /// The open transaction, begun where there is none.
    fn begin(&mut self, key: i64) -> std::result::Result<Arc<Batch<Failure>>, Failure> {
        if let Some(open) = &*self.open {
            return Ok(Arc::clone(&open.batch));
        }
        let connected = self.pool.take()?;
        let batch = Arc::new(Batch::new());
        *self.open = Some(Open { connected, batch: Arc::clone(&batch), changes: 0 });
        let begun = self.own(|connected| {
            connected.say("BEGIN")?;
            let mut tx = PostgresTx { connected, class: Class::Last };
            let locked = tx.each("SELECT pg_advisory_xact_lock($1)", &[Value::Int(key)], &mut |_| Ok(()));
            locked.map_err(|error| Failure { error, class: tx.class, doubt: false })
        });
        if let Err(failure) = begun {
            self.end(Some(failure.clone()));
            return Err(failure);
        }
        Ok(batch)
    }

    /// Works with the connection of the open transaction.
    fn own<T>(
        &mut self,
        work: impl FnOnce(&mut Connected) -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        match &mut *self.open {
            Some(open) => work(&mut open.connected),
            None => Err(broken(self.pool.place())),
        }
    }

    /// Runs a change of its own: in a savepoint, where others are in the transaction.
    fn change<T>(&mut self, change: &mut impl FnMut(&mut dyn Tx) -> Result<T>) -> std::result::Result<T, Failure> {
        if let Some(open) = &mut *self.open {
            open.changes += 1;
        }
        let (alone, place) = (self.is_alone(), self.pool.place().to_owned());
        self.own(|connected| {
            if !alone {
                connected.say("SAVEPOINT change")?;
            }
            let mut tx = PostgresTx { connected: &mut *connected, class: Class::Last };
            let done = change(&mut tx);
            let class = tx.class;
            match done {
                Ok(done) if alone => Ok(done),
                Ok(done) => connected.say("RELEASE change").map(|()| done),
                Err(error) => {
                    let failure = Failure { error, class, doubt: false };
                    if !alone && class != Class::Away {
                        // What cannot be undone by itself must not be committed with the others.
                        connected.say("ROLLBACK TO change; RELEASE change").map_err(|_| broken(&place))?;
                    }
                    Err(failure)
                }
            }
        })
    }

    /// Whether no other change is in the transaction.
    fn is_alone(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.changes == 1)
    }

    fn is_full(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.changes >= MOST)
    }

    /// Ends the transaction, and tells whoever waits for it.
    fn end(&mut self, given_up: Option<Failure>) {
        let Some(mut open) = self.open.take() else { return };
        let outcome = match given_up {
            Some(failure) => {
                if failure.class != Class::Away {
                    let _ = open.connected.say("ROLLBACK");
                }
                Err(failure)
            }
            None => open.connected.commit(),
        };
        let good = outcome.as_ref().err().is_none_or(|failure| failure.class != Class::Away && !failure.doubt);
        self.pool.give(Some(open.connected).filter(|connected| good && !connected.client.is_closed()));
        open.batch.tell(outcome);
    }
}

/// The transaction is gone, through no fault of the change.
fn broken(place: &str) -> Failure {
    let error =
        Error::Unreachable { place: place.to_owned(), cause: "a transaction broke off".to_owned(), in_doubt: false };
    Failure { error, class: Class::Away, doubt: false }
}
