//! Connections: as many as are used at once, up to a bound. What breaks is dropped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use postgres::{Client, Statement};

use super::fault::{Class, Failure, NEEDED};
use super::refuse_newer;
use super::statement::PostgresTx;
use super::tls::Tls;
use super::{Address, Tx};
use crate::sql::sqlite::lock;
use crate::{Error, Result};

/// A connection.
pub(crate) struct Connected {
    pub(crate) client: Client,
    /// Statements that the server has ready, by their text.
    pub(crate) ready: HashMap<String, Statement>,
    pub(crate) place: Arc<str>,
    pub(crate) user: Arc<str>,
}

/// All connections.
pub(crate) struct Pool {
    address: Address,
    tls: Tls,
    place: Arc<str>,
    user: Arc<str>,
    state: Mutex<State>,
    free: Condvar,
    /// Whether the schema is the newest that is known.
    migrated: AtomicBool,
}

#[derive(Default)]
struct State {
    idle: Vec<Connected>,
    /// Those that are lent, and those that are idle.
    all: usize,
}

/// What is asked of every session: a commit is on the server's disk when it is answered, and no lock lasts. A statement is
/// planned for the table as it is: the plan of a queue that was empty walks all of it when it is full.
const SETTINGS: &str = "SET client_min_messages = warning; SET lock_timeout = '30s'; SET statement_timeout = '300s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET standard_conforming_strings = on; \
    SET plan_cache_mode = force_custom_plan";

impl Pool {
    pub(crate) fn new(address: Address) -> Result<Pool> {
        let tls = Tls::new(address.roots.as_deref(), &address.config, &address.place)?;
        let (place, user) = (address.place.as_str().into(), address.user().into());
        let migrated = AtomicBool::new(false);
        Ok(Pool { address, tls, place, user, state: Mutex::default(), free: Condvar::new(), migrated })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn migrated(&self) {
        self.migrated.store(true, Ordering::SeqCst);
    }

    /// Lends a connection, and takes it back if it is still good.
    pub(crate) fn with<T>(
        &self,
        work: &mut impl FnMut(&mut Connected) -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let place = Place { pool: self, back: None };
        let mut connected = place.pool.lent()?;
        let done = work(&mut connected);
        let good = !connected.client.is_closed()
            && done.as_ref().err().is_none_or(|failure| failure.class != Class::Away && !failure.doubt);
        place.end(good.then_some(connected));
        done
    }

    /// A connection, to be given back.
    pub(crate) fn take(&self) -> std::result::Result<Connected, Failure> {
        self.lent().inspect_err(|_| self.give(None))
    }

    /// Takes a connection back; none where it is no longer good.
    pub(crate) fn give(&self, back: Option<Connected>) {
        drop(Place { pool: self, back });
    }

    fn lent(&self) -> std::result::Result<Connected, Failure> {
        self.lend().map_or_else(|| self.connect(), Ok)
    }

    /// An idle connection; none where one more may be made.
    fn lend(&self) -> Option<Connected> {
        let mut state = lock(&self.state);
        loop {
            if let Some(connected) = state.idle.pop() {
                return Some(connected);
            }
            if state.all < self.address.connections {
                state.all += 1;
                return None;
            }
            state = self.free.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn connect(&self) -> std::result::Result<Connected, Failure> {
        let failed = |said: &postgres::Error| Failure::of(said, &self.place, &self.user);
        let client = self.address.config.connect(self.tls.clone()).map_err(|said| failed(&said))?;
        let (place, user) = (Arc::clone(&self.place), Arc::clone(&self.user));
        let mut connected = Connected { client, ready: HashMap::new(), place, user };
        connected.client.batch_execute(SETTINGS).map_err(|said| failed(&said))?;
        connected.check()?;
        if self.migrated.load(Ordering::SeqCst) {
            refuse_newer(&mut connected)?;
        }
        Ok(connected)
    }
}

/// A place in the pool: given back whatever happens.
struct Place<'a> {
    pool: &'a Pool,
    back: Option<Connected>,
}

impl Place<'_> {
    fn end(mut self, back: Option<Connected>) {
        self.back = back;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.pool.state);
        let mut broken = Vec::new();
        match self.back.take() {
            Some(connected) => state.idle.push(connected),
            None => {
                // The others are of the same server that went away.
                broken = std::mem::take(&mut state.idle);
                state.all -= 1 + broken.len();
            }
        }
        self.pool.free.notify_all();
        drop(state);
        drop(broken);
    }
}

impl Connected {
    /// The version of the server, and that its commits are durable.
    fn check(&mut self) -> std::result::Result<(), Failure> {
        let (mut version, mut found, mut lazy) = (0, String::new(), false);
        self.transaction("BEGIN READ ONLY", |tx| {
            let sql = "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version'), \
                       current_setting('synchronous_commit')";
            tx.each(sql, &[], &mut |row| {
                (version, found, lazy) = (row.small(0)?, row.text(1)?, row.str(2)? == "off");
                Ok(())
            })
        })?;
        if version < NEEDED.0 {
            let place = self.place.to_string();
            return Err(Failure::last(Error::TooOld { place, found, needed: NEEDED.1 }));
        }
        if lazy {
            self.say("SET synchronous_commit = on")?;
        }
        Ok(())
    }

    /// Runs a statement without values.
    pub(crate) fn say(&mut self, sql: &str) -> std::result::Result<(), Failure> {
        self.client.batch_execute(sql).map_err(|said| Failure::of(&said, &self.place, &self.user))
    }

    pub(crate) fn commit(&mut self) -> std::result::Result<(), Failure> {
        // Nobody knows whether a server that went away still did it.
        self.say("COMMIT").map_err(|failure| Failure { doubt: failure.class == Class::Away, ..failure })
    }

    /// Runs in one transaction.
    pub(crate) fn transaction<T>(
        &mut self,
        begin: &str,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T>,
    ) -> std::result::Result<T, Failure> {
        self.say(begin)?;
        let mut tx = PostgresTx { connected: self, class: Class::Last };
        let done = work(&mut tx);
        let class = tx.class;
        match done {
            Ok(done) => self.commit().map(|()| done),
            Err(error) => {
                if class != Class::Away {
                    let _ = self.say("ROLLBACK");
                }
                Err(Failure { error, class, doubt: false })
            }
        }
    }
}
