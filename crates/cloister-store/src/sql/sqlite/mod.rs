//! An SQLite file: one writer, which groups what comes at once, and readers beside it.

mod fault;
mod group;
mod statement;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use self::fault::Place;
use self::group::Group;
pub(crate) use self::group::Writing;
use self::statement::SqliteTx;
use super::migrations::{self, Migrate};
use super::{Database, Engine, Tx};
use crate::{Error, Result};

/// A store in one file, with two more beside it while it is open.
pub type Sqlite = Database<File>;

/// An SQLite file.
pub struct File {
    place: Place,
    group: Group,
    /// Readers that nobody uses now; none where only the connection that writes sees anything.
    idle: Option<Mutex<Vec<Connection>>>,
}

/// Marks a file as ours ("Cloi"), so that no other program's data is taken for it.
const APPLICATION: i64 = 0x436c_6f69;
/// How long a file may be locked by another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// Readers that are kept open.
const IDLE: usize = 4;
/// Statements that a connection keeps ready.
const READY: usize = 128;

/// Commits wait for the disk, and what is erased is overwritten.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
                      PRAGMA journal_size_limit = 67108864;";
const READER: &str = "PRAGMA query_only = ON;";

impl Sqlite {
    /// Opens a file, or makes it, readable by its owner only, and brings its schema to the newest version.
    ///
    /// # Errors
    /// The file cannot be opened or made, is no store, is damaged, or is of a newer program.
    pub fn open(path: &Path) -> Result<Sqlite> {
        let place = Place::new(path);
        let made = OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path);
        made.map_err(|error| place.cannot_open(&error))?;
        let mut writing = Writing::new(connect(&place, "")?, place.clone());
        // A file of another program stays as it is.
        <Writing as Migrate>::begun(&mut writing.tx()).map_err(|error| migrations::at(error, place.name()))?;
        writing.set(WRITER)?;
        migrations::migrate(&mut writing)?;
        Ok(Database { engine: File { place, group: Group::new(writing), idle: Some(Mutex::default()) } })
    }

    /// Opens one that is gone with the process.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory() -> Result<Sqlite> {
        let place = Place::of("memory".into());
        let connection = Connection::open_in_memory().map_err(|error| place.fault(&error))?;
        connection.set_prepared_statement_cache_capacity(READY);
        let mut writing = Writing::new(connection, place.clone());
        migrations::migrate(&mut writing)?;
        Ok(Database { engine: File { place, group: Group::new(writing), idle: None } })
    }
}

fn connect(place: &Place, settings: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(place.path(), flags).and_then(|connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(settings)?;
        connection.set_prepared_statement_cache_capacity(READY);
        Ok(connection)
    });
    opened.map_err(|error| place.fault(&error))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is whole after every step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine for File {
    fn write<T>(&self, _: &[&str], change: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        self.group.write(change)
    }

    fn read<T>(&self, mut look: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let Some(readers) = &self.idle else { return self.group.write(look) };
        let idle = lock(readers).pop();
        let connection = idle.map_or_else(|| connect(&self.place, READER), Ok)?;
        let mut tx = SqliteTx { connection: &connection, place: &self.place };
        tx.run("BEGIN", &[])?;
        let seen = look(&mut tx)?;
        tx.run("COMMIT", &[])?;
        let mut idle = lock(readers);
        if idle.len() < IDLE {
            idle.push(connection);
        }
        Ok(seen)
    }

    fn examine(&self) -> Result<()> {
        let mut cause = None;
        self.read(|tx| {
            tx.each("PRAGMA integrity_check(1)", &[], &mut |row| {
                cause = Some(row.text(0)?).filter(|word| word != "ok");
                Ok(())
            })
        })?;
        cause.map_or(Ok(()), |cause| Err(self.place.damaged(cause)))
    }

    fn place(&self) -> &str {
        self.place.name()
    }
}

impl Migrate for Writing {
    fn alone(&mut self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let mut tx = self.tx();
        tx.run("BEGIN IMMEDIATE", &[])?;
        let done = work(&mut tx).and_then(|()| tx.run("COMMIT", &[]));
        if done.is_err() {
            // Where SQLite has given up the transaction itself, there is none to roll back.
            let _ = tx.run("ROLLBACK", &[]);
        }
        done.map(|_| ())
    }

    fn begun(tx: &mut dyn Tx) -> Result<bool> {
        let (mut application, mut ours, mut others) = (0, false, None);
        tx.each("PRAGMA application_id", &[], &mut |row| {
            application = row.int(0)?;
            Ok(())
        })?;
        tx.each("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name DESC", &[], &mut |row| {
            let name = row.text(0)?;
            ours |= name == "cloister_schema";
            others = Some(name);
            Ok(())
        })?;
        match others {
            Some(other) if application != APPLICATION || !ours => Err(Error::NotAStore {
                place: String::new(),
                cause: format!("it has a table {other} of another program"),
            }),
            others => Ok(others.is_some()),
        }
    }

    fn begin(tx: &mut dyn Tx) -> Result<()> {
        tx.run(&format!("PRAGMA application_id = {APPLICATION}"), &[]).map(|_| ())
    }

    fn spelt(statement: &str) -> String {
        statement.to_owned()
    }

    fn place(&self) -> String {
        self.place.name().to_owned()
    }
}

impl Place {
    fn new(path: &Path) -> Place {
        Place::of(PathBuf::from(path))
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::one;
    use super::*;

    #[test]
    fn commits_wait_for_the_disk_and_erasing_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("hub.db")).unwrap();
        let is = |setting: &str| {
            let sql = format!("PRAGMA {setting}");
            store.engine.write(&[], |tx| one(tx, &sql, &[], |row| row.int(0))).unwrap()
        };
        assert_eq!(
            (is("synchronous"), is("secure_delete"), is("application_id")),
            (Some(2), Some(1), Some(APPLICATION))
        );
    }
}
