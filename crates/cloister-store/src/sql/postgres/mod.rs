//! A PostgreSQL server: a few connections, made anew when they break.

mod address;
mod fault;
mod lanes;
mod pool;
mod statement;
mod tls;

use std::hash::Hasher;
use std::time::{Duration, Instant};

pub use self::address::Address;
use self::fault::{Class, Failure};
use self::lanes::Lanes;
use self::pool::{Connected, Pool};
use super::migrations::{self, Migrate, SCHEMA};
use super::{Database, Engine, Tx, Value};
use crate::{Error, Result};

/// A store in a database of PostgreSQL. Drop it where blocking is allowed.
pub type Postgres = Database<Server>;

/// A PostgreSQL server.
pub struct Server {
    pool: Pool,
    lanes: Lanes,
    /// How long a call goes on trying when the server is away.
    patience: Duration,
}

/// The first wait before a call is tried again; it doubles up to the second.
const WAITS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

impl Postgres {
    /// Connects, and brings the schema to the newest version; replicas may do so at once. While the server does not answer,
    /// as one that starts, it is tried again for the address's patience.
    ///
    /// # Errors
    /// The server does not answer, refuses, is too old, has no TLS where it must, or has a newer schema.
    pub fn open(address: Address) -> Result<Postgres> {
        let patience = address.patience;
        let server = Server { pool: Pool::new(address)?, lanes: Lanes::default(), patience };
        let migrate = |connected: &mut Connected| {
            let mut migrating = Migrating { connected, failure: None };
            let done = migrations::migrate(&mut migrating);
            done.map_err(|error| migrating.failure.take().unwrap_or(Failure::last(error)))
        };
        server.patiently(|| server.pool.with(&mut { migrate }))?;
        server.pool.migrated();
        Ok(Database { engine: server })
    }
}

impl Server {
    /// Works, again and anew while the server is away or other transactions are in the way.
    fn patiently<T>(&self, mut work: impl FnMut() -> std::result::Result<T, Failure>) -> Result<T> {
        let (start, mut wait, mut doubt) = (Instant::now(), WAITS.0, false);
        loop {
            let failure = match work() {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            doubt |= failure.doubt;
            if failure.class == Class::Last || start.elapsed() >= self.patience {
                return Err(match failure.error {
                    Error::Unreachable { place, cause, .. } => Error::Unreachable { place, cause, in_doubt: doubt },
                    other => other,
                });
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(WAITS.1);
        }
    }
}

impl Engine for Server {
    fn write<T>(&self, lock: &[&str], mut change: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let key = key(lock);
        self.patiently(|| self.lanes.write(&self.pool, key, &mut change))
    }

    fn read<T>(&self, mut look: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.patiently(|| self.pool.with(&mut |connected| connected.transaction(begin, &mut look)))
    }

    fn examine(&self) -> Result<()> {
        // The server watches over its own files; what it reads wrongly, it says when it is read.
        self.read(|tx| tx.each("SELECT 1", &[], &mut |_| Ok(())))
    }

    fn place(&self) -> &str {
        self.pool.place()
    }
}

/// A number for a lock: the same in every build, since replicas of two versions may meet.
fn key(lock: &[&str]) -> i64 {
    let mut hasher = siphasher::sip::SipHasher13::new_with_keys(0x436c_6f69, 0x7374_6572);
    for part in lock {
        hasher.write(part.as_bytes());
        hasher.write(&[0xff]);
    }
    i64::from_ne_bytes(hasher.finish().to_ne_bytes())
}

/// A connection while the schema is brought to the newest version.
struct Migrating<'a> {
    connected: &'a mut Connected,
    failure: Option<Failure>,
}

impl Migrate for Migrating<'_> {
    fn alone(&mut self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let lock = [Value::Int(key(&["schema"]))];
        let done = self.connected.transaction("BEGIN", |tx| {
            tx.each("SELECT pg_advisory_xact_lock($1)", &lock, &mut |_| Ok(()))?;
            work(tx)
        });
        done.map_err(|failure| {
            let error = failure.error.clone();
            self.failure = Some(failure);
            error
        })
    }

    fn begun(tx: &mut dyn Tx) -> Result<bool> {
        let (mut ours, mut others) = (false, None);
        let sql = "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()";
        tx.each(sql, &[], &mut |row| {
            let name = row.text(0)?;
            ours |= name == "cloister_schema";
            others = Some(name);
            Ok(())
        })?;
        match others {
            Some(other) if !ours => {
                let cause = format!("it has a table {other} of another program");
                Err(Error::NotAStore { place: String::new(), cause })
            }
            others => Ok(others.is_some()),
        }
    }

    fn spelt(statement: &str) -> String {
        statement.replace(" TEXT", " TEXT COLLATE \"C\"")
    }

    fn place(&self) -> String {
        self.connected.place.to_string()
    }
}

/// Refuses a schema that a newer replica has made since.
fn refuse_newer(connected: &mut Connected) -> std::result::Result<(), Failure> {
    let place = connected.place.to_string();
    connected.transaction("BEGIN READ ONLY", |tx| {
        let found = migrations::version(tx)?;
        if found > SCHEMA {
            return Err(Error::Newer { place: place.clone(), found, known: SCHEMA });
        }
        Ok(())
    })
}
